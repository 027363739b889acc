//! Tests of the connection to the API server: which connection is used, and the messages if none works.
//!
//! The real binary uses real sockets: servers with certificates made by OpenSSL, proxies, and a real API server.

mod causes;
mod credentials;
mod files;
mod memory;
mod program;
mod proxies;
mod proxy;
mod restore;

use std::sync::OnceLock;

use lapsewatch_test_support::cluster::bed::Bed;

/// Returns a control plane for these tests only. It contains none of the project's objects, and receives no requests of
/// other tests.
fn empty_bed() -> &'static Bed {
    static BED: OnceLock<Bed> = OnceLock::new();
    BED.get_or_init(|| {
        let bed = Bed::bare();
        bed.install_crds().unwrap();
        bed
    })
}

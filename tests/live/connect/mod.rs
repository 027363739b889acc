//! The way to the API server: which one is taken, and what is said where there is none. The real binary runs against real
//! sockets: servers that show certificates made by OpenSSL, proxies, and a real API server.

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

/// Returns a control plane that only these tests use. It contains no object of the project's kinds, and `status` reports
/// that. Its audit log contains only the requests of these tests.
fn empty_bed() -> &'static Bed {
    static BED: OnceLock<Bed> = OnceLock::new();
    BED.get_or_init(|| {
        let bed = Bed::bare();
        bed.install_crds().unwrap();
        bed
    })
}

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

/// A control plane for these tests alone: none of the project's objects are on it, which `status` says, and nobody else
/// asks it for anything.
fn empty_bed() -> &'static Bed {
    static BED: OnceLock<Bed> = OnceLock::new();
    BED.get_or_init(|| {
        let bed = Bed::bare();
        bed.install_crds().unwrap();
        bed
    })
}

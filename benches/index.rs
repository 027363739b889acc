//! Measures updates of the index of holders, with few and with many entries. The results form the last table of
//! docs/benchmarks.md.
#![allow(missing_docs, clippy::unwrap_used, reason = "it ends where something fails")]

use divan::Bencher;
use lapsewatch_core::api::{CredentialType, Key};
use lapsewatch_core::assessment::peers::{End, Holder, Index};
use sha2::{Digest, Sha256};

const AMONG: [usize; 3] = [100, 10_000, 100_000];

fn main() {
    divan::main();
}

/// Creates the entry of this number. Entries with the same `of` use the same credential.
fn holder(number: usize, of: usize) -> Holder {
    Holder {
        created: Some(i64::try_from(number).unwrap()),
        type_: CredentialType::DEPToken,
        secret: format!("secret-{number}").into(),
        claims: false,
        tenant: Some("acme".into()),
        fingerprint: Sha256::digest(of.to_be_bytes()).into(),
        identity: Some(format!("CK_{of}").into()),
        end: End::Known(1_900_000_000),
    }
}

/// Returns the key of an entry. Each namespace contains fifty entries.
fn key(number: usize) -> Key {
    Key::new(&format!("tenant-{}", number / 50), &format!("credential-{number}"))
}

/// The entry that is removed and added again.
#[derive(Clone, Copy)]
enum Which {
    /// The same entry every time. Its data stays in the processor's cache, so only the work is measured.
    One,
    /// A different entry every time, so the time for memory access is measured too.
    Any,
}

fn measure(bencher: Bencher<'_, '_>, among: usize, of: impl Fn(usize) -> usize, which: Which) {
    let mut index = Index::default();
    for number in 0..among {
        index.set(&key(number), Some(holder(number, of(number))));
    }
    let mut number = among / 2;
    let input = || {
        if let Which::Any = which {
            number = (number + 7919) % among;
        }
        (key(number), holder(number, of(number)))
    };
    bencher.with_inputs(input).bench_local_values(|(key, holder)| {
        let left = index.set(&key, None);
        let came = index.set(&key, Some(holder));
        (left, came)
    });
}

#[divan::bench(args = AMONG, sample_count = 1000, sample_size = 1)]
fn all_different(bencher: Bencher<'_, '_>, among: usize) {
    measure(bencher, among, |number| number, Which::One);
}

#[divan::bench(args = AMONG, sample_count = 1000, sample_size = 1)]
fn all_different_any(bencher: Bencher<'_, '_>, among: usize) {
    measure(bencher, among, |number| number, Which::Any);
}

#[divan::bench(args = AMONG, sample_count = 1000, sample_size = 1)]
fn all_in_pairs(bencher: Bencher<'_, '_>, among: usize) {
    measure(bencher, among, |number| number / 2, Which::One);
}

#[divan::bench(args = AMONG, sample_count = 1000, sample_size = 1)]
fn all_in_pairs_any(bencher: Bencher<'_, '_>, among: usize) {
    measure(bencher, among, |number| number / 2, Which::Any);
}

#[divan::bench(args = AMONG, sample_count = 1000, sample_size = 1)]
fn all_the_same(bencher: Bencher<'_, '_>, among: usize) {
    measure(bencher, among, |_| 0, Which::One);
}

#[divan::bench(args = AMONG, sample_count = 1000, sample_size = 1)]
fn all_the_same_any(bencher: Bencher<'_, '_>, among: usize) {
    measure(bencher, among, |_| 0, Which::Any);
}

//! What it takes to keep the index of holders up to date among few and among many: the last table of docs/benchmarks.md.
#![allow(missing_docs, clippy::unwrap_used, reason = "it ends where something fails")]

use divan::Bencher;
use lapsewatch_core::api::{CredentialType, Key};
use lapsewatch_core::assessment::peers::{End, Holder, Index};
use sha2::{Digest, Sha256};

const AMONG: [usize; 3] = [100, 10_000, 100_000];

fn main() {
    divan::main();
}

/// The entry of this number; with `of` the same for several they hold the same.
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

/// In namespaces of fifty.
fn key(number: usize) -> Key {
    Key::new(&format!("tenant-{}", number / 50), &format!("credential-{number}"))
}

/// Which entry leaves and comes back.
#[derive(Clone, Copy)]
enum Which {
    /// The same every time, so that the processor has it at hand: what is measured is the work.
    One,
    /// Another one every time: here the memory is waited for, too.
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

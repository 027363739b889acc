//! The first table: the holders of one credential by age, and what the operator reports for each of them.

use super::party::Place::{Here, There};
use super::party::{
    ELSEWHERE, Party, Said, UNIQUE, apns, assumed, contested, dep, in_use, lost, reset, same_secret, shared, staged,
    vpp, windows, x509,
};

pub struct Row {
    pub what: &'static str,
    /// Sorted by age, the oldest first.
    pub parties: &'static [Party],
    pub said: &'static [Said],
}

const fn row(what: &'static str, parties: &'static [Party], said: &'static [Said]) -> Row {
    Row { what, parties, said }
}

const E: &[&str] = &[ELSEWHERE];
const A: &[&str] = &["a"];
const B: &[&str] = &["b"];
const DEP: &str = "dep/a.json";
const DEP_RENEWED: &str = "dep/renewed.json";
const APNS: &str = "apns/a.pem";
const APNS_OLDER: &str = "apns/a-older.pem";
const APNS_TWIN: &str = "apns/a-twin.pem";

pub const ROWS: &[Row] = &[
    // Two holders of a VPP token, in one namespace and in two.
    row("two, no override", &[vpp("a", Here), vpp("b", Here)], &[shared(B), in_use(A)]),
    row("two, the older claims", &[vpp("a", Here).claims(), vpp("b", Here)], &[assumed(B), lost(A)]),
    row("two, the newer claims", &[vpp("a", Here), vpp("b", Here).claims()], &[lost(B), assumed(A)]),
    row("two contest", &[vpp("a", Here).claims(), vpp("b", Here).claims()], &[contested(B), contested(A)]),
    row("two apart", &[vpp("a", Here), vpp("b", There)], &[shared(E), in_use(E)]),
    row("two apart, the older claims", &[vpp("a", There).claims(), vpp("b", Here)], &[assumed(E), lost(E)]),
    row("two apart, the newer claims", &[vpp("a", Here), vpp("b", There).claims()], &[lost(E), assumed(E)]),
    row("two apart contest", &[vpp("a", There).claims(), vpp("b", Here).claims()], &[contested(E), contested(E)]),
    // Three holders.
    row(
        "three, no override",
        &[vpp("a", Here), vpp("b", Here), vpp("c", Here)],
        &[shared(&["b", "c"]), in_use(A), in_use(&["b", "a"])],
    ),
    row(
        "three, one claims",
        &[vpp("a", Here), vpp("b", Here).claims(), vpp("c", Here)],
        &[lost(&["b", "c"]), assumed(A), lost(&["b", "a"])],
    ),
    row(
        "three, two contest",
        &[vpp("a", Here).claims(), vpp("b", Here), vpp("c", Here).claims()],
        &[contested(&["b", "c"]), lost(A), contested(&["b", "a"])],
    ),
    row(
        "three apart, no override",
        &[vpp("a", Here), vpp("b", There), vpp("c", Here)],
        &[shared(&["c", ELSEWHERE]), in_use(E), in_use(&["a", ELSEWHERE])],
    ),
    row(
        "three apart, one claims",
        &[vpp("a", Here), vpp("b", There).claims(), vpp("c", Here)],
        &[lost(&["c", ELSEWHERE]), assumed(E), lost(&["a", ELSEWHERE])],
    ),
    row(
        "three apart, two contest",
        &[vpp("a", There).claims(), vpp("b", Here), vpp("c", There).claims()],
        &[contested(&["c", ELSEWHERE]), lost(E), contested(&["a", ELSEWHERE])],
    ),
    row(
        "two of three elsewhere are one",
        &[vpp("a", There), vpp("b", There), vpp("c", Here)],
        &[shared(&["b", ELSEWHERE]), in_use(A), in_use(E)],
    ),
    // One Secret for both parties.
    row("one Secret", &[vpp("a", Here), vpp("b", Here).from("a", "value")], &[same_secret(B), same_secret(A)]),
    row(
        "two keys of one Secret",
        &[dep("a", Here, DEP), dep("b", Here, DEP).from("a", "other")],
        &[same_secret(B), same_secret(A)],
    ),
    row(
        "one Secret, and another one",
        &[vpp("a", Here), vpp("b", Here).from("a", "value"), vpp("c", There)],
        &[shared(&["b", ELSEWHERE]), shared(&["a", ELSEWHERE]), in_use(E)],
    ),
    // DEP tokens.
    row("two DEP", &[dep("a", Here, DEP), dep("b", Here, DEP)], &[in_use(B), in_use(A)]),
    row(
        "three DEP apart",
        &[dep("a", Here, DEP), dep("b", There, DEP), dep("c", Here, DEP)],
        &[in_use(&["c", ELSEWHERE]), in_use(E), in_use(&["a", ELSEWHERE])],
    ),
    row("DEP, renewed in a newer object", &[dep("a", Here, DEP), dep("b", Here, DEP_RENEWED)], &[reset(B), UNIQUE]),
    row("DEP, renewed in an older object", &[dep("a", There, DEP_RENEWED), dep("b", Here, DEP)], &[UNIQUE, reset(E)]),
    row(
        "DEP, in use and renewed",
        &[dep("a", Here, DEP), dep("b", Here, DEP), dep("c", There, DEP_RENEWED)],
        &[in_use(B), in_use(A), UNIQUE],
    ),
    // Certificates.
    row("two APNs", &[apns("a", Here, APNS), apns("b", There, APNS)], &[in_use(E), in_use(E)]),
    row("APNs, a staged renewal", &[apns("a", Here, APNS_OLDER), apns("b", Here, APNS)], &[staged(B), UNIQUE]),
    row(
        "APNs, a staged renewal in an older object",
        &[apns("a", Here, APNS), apns("b", There, APNS_OLDER)],
        &[UNIQUE, staged(E)],
    ),
    row("APNs, of one age", &[apns("a", Here, APNS), apns("b", Here, APNS_TWIN)], &[staged(B), staged(A)]),
    row("two Windows", &[windows("a", Here), windows("b", There)], &[in_use(E), in_use(E)]),
    row(
        "three Windows",
        &[windows("a", Here), windows("b", Here), windows("c", Here)],
        &[in_use(&["b", "c"]), in_use(A), in_use(&["b", "a"])],
    ),
    row(
        "not exclusive",
        &[x509("a", Here), x509("b", Here)],
        &[Said { reason: "NotExclusive", ..UNIQUE }, Said { reason: "NotExclusive", ..UNIQUE }],
    ),
];

//! The second table: how one of several holders may change, and what the operator then reports for all of them.

use super::party::Place::{Here, There};
use super::party::{
    ELSEWHERE, Party, Said, UNIQUE, apns, assumed, contested, dep, in_use, lost, reset, same_secret, shared, staged,
    vpp,
};

/// A change. The number is the index of the party.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    Deleted(usize),
    /// The Secret of the party gets the content of another file.
    Renewed(usize, &'static str),
    SecretGone(usize),
    Withdrawn(usize),
    Claimed(usize),
    /// The last party is created.
    Joined,
}

pub struct Passage {
    pub what: &'static str,
    /// Sorted by age, the oldest first.
    pub parties: &'static [Party],
    pub before: &'static [Said],
    pub change: Change,
    /// The entry of a deleted party is ignored.
    pub after: &'static [Said],
    /// All Events of each party, half a minute later. The first Event belongs to the state before the change.
    pub events: &'static [&'static [&'static str]],
}

const fn passage(
    what: &'static str,
    (parties, before): (&'static [Party], &'static [Said]),
    change: Change,
    after: &'static [Said],
    events: &'static [&'static [&'static str]],
) -> Passage {
    Passage { what, parties, before, change, after, events }
}

const E: &[&str] = &[ELSEWHERE];
const A: &[&str] = &["a"];
const B: &[&str] = &["b"];
const C: &[&str] = &["c"];
const BA: &[&str] = &["b", "a"];
const BC: &[&str] = &["b", "c"];
const GONE: Said = UNIQUE;
/// The outcome for a party without its Secret.
pub const NOT_READ: Said = Said { reason: "Unique", severity: "Warning", named: &[] };

const RECOVERED_SHARED: &[&str] = &["SharedByOthers", "Recovered"];
const RECOVERED_IN_USE: &[&str] = &["TokenInUse", "Recovered"];

const TWO: (&[Party], &[Said]) = (&[vpp("a", Here), vpp("b", Here)], &[shared(B), in_use(A)]);
const APART: (&[Party], &[Said]) = (&[vpp("a", Here), vpp("b", There)], &[shared(E), in_use(E)]);
const THREE: (&[Party], &[Said]) =
    (&[vpp("a", Here), vpp("b", Here), vpp("c", Here)], &[shared(BC), in_use(A), in_use(BA)]);
const CLAIMED: (&[Party], &[Said]) = (&[vpp("a", Here).claims(), vpp("b", Here)], &[assumed(B), lost(A)]);
const CONTESTED: (&[Party], &[Said]) =
    (&[vpp("a", Here).claims(), vpp("b", There).claims()], &[contested(E), contested(E)]);
const THREE_CLAIMED: (&[Party], &[Said]) =
    (&[vpp("a", Here), vpp("b", Here), vpp("c", Here).claims()], &[lost(BC), lost(A), assumed(BA)]);
const DEP_RESET: (&[Party], &[Said]) =
    (&[dep("a", Here, "dep/a.json"), dep("b", There, "dep/renewed.json")], &[reset(E), UNIQUE]);
const DEP_IN_USE: (&[Party], &[Said]) =
    (&[dep("a", Here, "dep/a.json"), dep("b", Here, "dep/a.json")], &[in_use(B), in_use(A)]);
const APNS_IN_USE: (&[Party], &[Said]) =
    (&[apns("a", Here, "apns/a-older.pem"), apns("b", Here, "apns/a-older.pem")], &[in_use(B), in_use(A)]);
const APNS_STAGED: (&[Party], &[Said]) =
    (&[apns("a", Here, "apns/a-older.pem"), apns("b", Here, "apns/a.pem")], &[staged(B), UNIQUE]);
const ONE_SECRET: (&[Party], &[Said]) =
    (&[vpp("a", Here), vpp("b", Here).from("a", "value")], &[same_secret(B), same_secret(A)]);

pub const PASSAGES: &[Passage] = &[
    // A party is deleted.
    passage("the older goes", TWO, Change::Deleted(0), &[GONE, UNIQUE], &[&[], RECOVERED_IN_USE]),
    passage("the newer goes", TWO, Change::Deleted(1), &[UNIQUE, GONE], &[RECOVERED_SHARED, &[]]),
    passage("the one apart goes", APART, Change::Deleted(1), &[UNIQUE, GONE], &[RECOVERED_SHARED, &[]]),
    passage(
        "the oldest of three goes",
        THREE,
        Change::Deleted(0),
        &[GONE, shared(C), in_use(B)],
        &[&[], &["TokenInUse", "SharedByOthers"], &["TokenInUse"]],
    ),
    passage(
        "who claims it goes",
        THREE_CLAIMED,
        Change::Deleted(2),
        &[shared(B), in_use(A), GONE],
        &[&["ControlLost", "SharedByOthers"], &["ControlLost", "TokenInUse"], &[]],
    ),
    passage(
        "one object of one Secret goes",
        ONE_SECRET,
        Change::Deleted(1),
        &[UNIQUE, GONE],
        &[&["SameSecret", "Recovered"], &[]],
    ),
    passage(
        "the renewed token goes",
        DEP_RESET,
        Change::Deleted(1),
        &[UNIQUE, GONE],
        &[&["Superseded", "Recovered"], &[]],
    ),
    // A credential is renewed.
    passage(
        "the older has another token",
        APART,
        Change::Renewed(0, "vpp/b.vpptoken"),
        &[UNIQUE, UNIQUE],
        &[&["SharedByOthers", "Replaced", "Recovered"], RECOVERED_IN_USE],
    ),
    passage(
        "the newer has another token",
        TWO,
        Change::Renewed(1, "vpp/b.vpptoken"),
        &[UNIQUE, UNIQUE],
        &[RECOVERED_SHARED, &["TokenInUse", "Replaced", "Recovered"]],
    ),
    passage(
        "who claims it has another token",
        CLAIMED,
        Change::Renewed(0, "vpp/b.vpptoken"),
        &[UNIQUE, UNIQUE],
        &[&["ControlAssumed", "Replaced", "Recovered"], &["ControlLost", "Recovered"]],
    ),
    passage(
        "DEP renewed in one of two",
        DEP_IN_USE,
        Change::Renewed(1, "dep/renewed.json"),
        &[reset(B), UNIQUE],
        &[&["TokenInUse", "Superseded"], &["TokenInUse", "Renewed", "Recovered"]],
    ),
    passage(
        "APNs renewed in one of two",
        APNS_IN_USE,
        Change::Renewed(0, "apns/a.pem"),
        &[UNIQUE, staged(A)],
        &[&["TokenInUse", "Renewed", "Recovered"], &["TokenInUse", "Superseded"]],
    ),
    passage(
        "a staged renewal is put into both",
        APNS_STAGED,
        Change::Renewed(0, "apns/a.pem"),
        &[in_use(B), in_use(A)],
        &[&["Superseded", "Renewed", "TokenInUse"], &["TokenInUse"]],
    ),
    // A Secret is deleted.
    passage(
        "the older's Secret is gone",
        TWO,
        Change::SecretGone(0),
        &[NOT_READ, UNIQUE],
        &[&["SharedByOthers", "SecretNotFound"], RECOVERED_IN_USE],
    ),
    passage(
        "the newer's Secret is gone",
        APART,
        Change::SecretGone(1),
        &[UNIQUE, NOT_READ],
        &[RECOVERED_SHARED, &["TokenInUse", "SecretNotFound"]],
    ),
    passage(
        "the Secret of who claims it is gone",
        CLAIMED,
        Change::SecretGone(0),
        &[NOT_READ, UNIQUE],
        &[&["ControlAssumed", "SecretNotFound"], &["ControlLost", "Recovered"]],
    ),
    passage(
        "the renewed token's Secret is gone",
        DEP_RESET,
        Change::SecretGone(1),
        &[UNIQUE, NOT_READ],
        &[&["Superseded", "Recovered"], &["SecretNotFound"]],
    ),
    // The override changes.
    passage(
        "the override is withdrawn",
        CLAIMED,
        Change::Withdrawn(0),
        &[shared(B), in_use(A)],
        &[&["ControlAssumed", "SharedByOthers"], &["ControlLost", "TokenInUse"]],
    ),
    passage(
        "one of two overrides is withdrawn",
        CONTESTED,
        Change::Withdrawn(1),
        &[assumed(E), lost(E)],
        &[&["OverrideContested", "ControlAssumed"], &["OverrideContested", "ControlLost"]],
    ),
    passage(
        "the newer claims it",
        APART,
        Change::Claimed(1),
        &[lost(E), assumed(E)],
        &[&["SharedByOthers", "ControlLost"], &["TokenInUse", "ControlAssumed"]],
    ),
    passage(
        "the other claims it too",
        CLAIMED,
        Change::Claimed(1),
        &[contested(B), contested(A)],
        &[&["ControlAssumed", "OverrideContested"], &["ControlLost", "OverrideContested"]],
    ),
    // Another party is created.
    passage(
        "a third one joins",
        (&[vpp("a", Here), vpp("b", Here), vpp("c", There)], &[shared(B), in_use(A)]),
        Change::Joined,
        &[shared(&["b", ELSEWHERE]), in_use(A), in_use(E)],
        &[&["SharedByOthers"], &["TokenInUse"], &["TokenInUse"]],
    ),
    passage(
        "a third one joins and claims it",
        (&[vpp("a", Here), vpp("b", There), vpp("c", Here).claims()], &[shared(E), in_use(E)]),
        Change::Joined,
        &[lost(&["c", ELSEWHERE]), lost(E), assumed(&["a", ELSEWHERE])],
        &[&["SharedByOthers", "ControlLost"], &["TokenInUse", "ControlLost"], &["ControlAssumed"]],
    ),
    passage(
        "another one joins with a newer token",
        (&[dep("a", Here, "dep/a.json"), dep("b", There, "dep/renewed.json")], &[UNIQUE]),
        Change::Joined,
        &[reset(E), UNIQUE],
        &[&["Superseded"], &[]],
    ),
    passage(
        "the one in the middle goes",
        THREE,
        Change::Deleted(1),
        &[shared(C), GONE, in_use(A)],
        &[&["SharedByOthers"], &[], &["TokenInUse"]],
    ),
];

//! Tests the index of holders against a plain implementation of the rules that scans all holders.

use std::collections::BTreeMap;

use lapsewatch_core::api::{CredentialType, Key};
use lapsewatch_core::assessment::peers::{End, Holder, Index, NAMED, Reveal};
use lapsewatch_core::verdict::{Other, SharingState, Unlisted, View};
use proptest::prelude::*;

type All = BTreeMap<Key, Holder>;
/// The order of holders: creation time, then key, oldest first.
type Place = (i64, Key);

fn age(key: &Key, holder: &Holder) -> Place {
    (holder.created.unwrap_or(i64::MAX), key.clone())
}

fn secret(key: &Key, holder: &Holder) -> (String, String) {
    (key.namespace.to_string(), holder.secret.to_string())
}

/// Returns the nearest older holders, or the next younger holders if no holder is older.
fn nearest(mut all: Vec<Place>, at: &Place) -> Vec<Key> {
    all.sort();
    let before: Vec<Key> =
        all.iter().rev().filter(|other| *other < at).map(|(_, key)| key.clone()).take(NAMED).collect();
    if !before.is_empty() {
        return before;
    }
    all.into_iter().filter(|other| other > at).map(|(_, key)| key).take(NAMED).collect()
}

fn tell(all: &All, key: &Key, named: Vec<Key>) -> Vec<Other> {
    let here = named.iter().filter(|other| other.namespace == key.namespace);
    let mut told: Vec<Other> =
        here.map(|other| Other::Here { name: other.name.clone(), tenant: all[other].tenant.clone() }).collect();
    if named.iter().any(|other| other.namespace != key.namespace) {
        told.push(Other::Elsewhere);
    }
    told
}

fn plain(all: &All, key: &Key) -> Option<View> {
    let this = all.get(key)?;
    let at = age(key, this);
    let same: Vec<(&Key, &Holder)> =
        all.iter().filter(|(_, other)| other.type_ == this.type_ && other.fingerprint == this.fingerprint).collect();
    let mut secrets: Vec<_> = same.iter().map(|(key, holder)| secret(key, holder)).collect();
    secrets.sort();
    secrets.dedup();
    let mut claimed: Vec<_> =
        same.iter().filter(|(_, holder)| holder.claims).map(|(key, holder)| secret(key, holder)).collect();
    claimed.sort();
    claimed.dedup();
    let own = secret(key, this);
    let oldest = same.iter().min_by_key(|(key, holder)| age(key, holder)).map(|(key, holder)| secret(key, holder));
    let shared = match this.type_ {
        _ if same.len() == 1 => SharingState::Unique,
        _ if secrets.len() == 1 => SharingState::SameSecret,
        CredentialType::VPPToken if claimed.is_empty() && oldest == Some(own.clone()) => SharingState::SharedByOthers,
        CredentialType::VPPToken if claimed.is_empty() => SharingState::TokenInUse,
        CredentialType::VPPToken if claimed == [own.clone()] => SharingState::ControlAssumed,
        CredentialType::VPPToken if claimed.contains(&own) => SharingState::OverrideContested,
        CredentialType::VPPToken => SharingState::ControlLost,
        _ => SharingState::TokenInUse,
    };
    let rivals: Vec<(&Key, &Holder)> = all
        .iter()
        .filter(|(_, other)| this.identity.is_some() && other.identity == this.identity && other.type_ == this.type_)
        .filter(|(_, other)| other.fingerprint != this.fingerprint)
        .collect();
    let ending = |end: End| -> Vec<Place> {
        rivals.iter().filter(|(_, other)| other.end == end).map(|(key, other)| age(key, other)).collect()
    };
    let next = rivals.iter().map(|(_, other)| other.end).filter(|end| *end != End::Unknown && *end > this.end).min();
    let last = rivals.iter().map(|(_, other)| other.end).filter(|end| *end != End::Unknown).max();
    let undated = ending(End::Unknown);
    let superseded = match (this.end, next) {
        (End::Unknown, _) if !undated.is_empty() => Some((false, undated)),
        (End::Unknown, _) => last.map(|last| (false, ending(last))),
        (_, Some(next)) => Some((true, ending(next))),
        (end, None) if !ending(end).is_empty() => Some((false, ending(end))),
        (_, None) => (!undated.is_empty()).then_some((false, undated)),
    };
    if let Some((certain, rivals)) = superseded
        && shared.rank() < SharingState::TokenInUse.rank()
    {
        let (count, others) = (rivals.len(), tell(all, key, nearest(rivals, &at)));
        let unlisted = if others.len() < count { Unlisted::Some } else { Unlisted::None };
        return Some(View { standing: SharingState::Superseded { certain }, others, claimant: None, unlisted });
    }
    // If all named holders read the same Secret, the oldest holder that reads another Secret is named too.
    let mut named = nearest(same.iter().map(|(key, holder)| age(key, holder)).collect(), &at);
    let others = same.iter().filter(|(key, holder)| secret(key, holder) != own);
    let other = others.min_by_key(|(key, holder)| age(key, holder)).map(|(key, _)| (*key).clone());
    if named.iter().all(|key| secret(key, &all[key]) == own) {
        named.truncate(if other.is_some() { NAMED - 1 } else { NAMED });
        named.extend(other);
    }
    let claimants = same.iter().filter(|(_, holder)| holder.claims && shared == SharingState::ControlLost);
    let claimant = claimants.min_by_key(|(key, holder)| age(key, holder)).map(|(other, _)| (*other).clone());
    let (others, claimant) =
        (tell(all, key, named), claimant.and_then(|claimant| tell(all, key, vec![claimant]).pop()));
    let beside = claimant.iter().filter(|claimant| !others.contains(claimant)).count();
    let unlisted = if others.len() + beside < same.len() - 1 { Unlisted::Some } else { Unlisted::None };
    Some(View { standing: shared, others, claimant, unlisted })
}

fn keys() -> impl Strategy<Value = Key> {
    (0..2_u8, 0..5_u8).prop_map(|(namespace, name)| Key::new(&format!("ns-{namespace}"), &format!("c-{name}")))
}

fn holders() -> impl Strategy<Value = Option<Holder>> {
    let types = prop_oneof![
        3 => Just(CredentialType::VPPToken),
        2 => Just(CredentialType::DEPToken),
        1 => Just(CredentialType::APNsCertificate),
        1 => Just(CredentialType::WindowsSymantecCertificate)
    ];
    // The expiry is a property of the credential, so each fingerprint has a fixed date.
    const ENDS: [End; 6] = [End::Known(1), End::Known(2), End::Known(2), End::Never, End::Unknown, End::Unknown];
    let holder = (types, prop::option::of(0..3_i64), 0..3_u8, any::<bool>(), 0..ENDS.len(), 0..2_u8, 0..2_u8);
    let holder = holder.prop_map(|(type_, created, secret, claims, fingerprint, identity, tenant)| Holder {
        created,
        type_,
        secret: format!("s-{secret}").into(),
        claims: claims && type_ == CredentialType::VPPToken,
        tenant: (tenant > 0).then(|| "acme".into()),
        fingerprint: [u8::try_from(fingerprint).unwrap(); 32],
        identity: matches!(type_, CredentialType::DEPToken | CredentialType::APNsCertificate)
            .then(|| format!("i-{identity}").into()),
        end: ENDS[fingerprint],
    });
    prop::option::weighted(0.85, holder)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_index_says_what_the_rules_say_and_tells_of_all_who_are_concerned(
        steps in prop::collection::vec((keys(), holders()), 1..40)
    ) {
        let (mut index, mut all) = (Index::default(), All::new());
        let mut views: BTreeMap<Key, View> = BTreeMap::new();
        for (key, holder) in steps {
            let disturbed = index.set(&key, holder.clone());
            prop_assert!(!disturbed.contains(&key));
            match holder {
                Some(holder) => drop(all.insert(key.clone(), holder)),
                None => drop(all.remove(&key)),
            }
            prop_assert_eq!(index.len(), all.len());
            prop_assert_eq!(index.view(&key), plain(&all, &key));
            let now: BTreeMap<Key, View> = all.keys().map(|key| (key.clone(), plain(&all, key).unwrap())).collect();
            for (other, view) in &now {
                let found = index.view(other);
                prop_assert_eq!(found.as_ref(), Some(view), "{}", other);
                let changed = views.get(other) != Some(view);
                prop_assert!(!changed || *other == key || disturbed.contains(other), "{} was not reported", other);
            }
            views = now;
        }
        for key in all.into_keys() {
            index.set(&key, None);
        }
        prop_assert!(index.is_empty());
    }
}

fn token(created: i64) -> Option<Holder> {
    Some(Holder {
        created: Some(created),
        type_: CredentialType::VPPToken,
        secret: format!("s-{created}").into(),
        claims: false,
        tenant: None,
        fingerprint: [7; 32],
        identity: None,
        end: End::Known(1),
    })
}

fn key(number: i64) -> Key {
    Key::new("ns", &format!("c-{number:04}"))
}

#[test]
fn who_comes_to_a_thousand_or_goes_concerns_few() {
    let mut index = Index::default();
    for number in 0..1000 {
        let concerned = index.set(&key(number), token(number));
        assert!(concerned.len() <= 2, "{number}: {concerned:?}");
    }
    // The changed holders are in the middle, the newest and the oldest.
    for number in [500, 999, 0] {
        assert!(index.set(&key(number), None).len() <= NAMED + 1, "{number} goes");
        assert!(index.set(&key(number), token(number)).len() <= NAMED + 1, "{number} comes");
    }
}

/// The user of a command provided all objects, so the exact number may be shown. The operator only reports that there
/// are more.
#[test]
fn where_more_hold_it_than_are_named_that_is_told() {
    for reveal in [Reveal::OwnNamespace, Reveal::All] {
        let mut index = Index::new(reveal);
        let unlisted = |index: &Index, number: i64| index.view(&key(number)).unwrap().unlisted;
        let expected = |left: usize| match (left, reveal) {
            (0, _) => Unlisted::None,
            (_, Reveal::OwnNamespace) => Unlisted::Some,
            (left, Reveal::All) => Unlisted::Exactly(left),
        };
        for number in 0..9 {
            index.set(&key(number), token(number));
        }
        // The oldest holder names the five next younger holders. Each of the others names up to five older holders.
        let left: Vec<usize> = vec![3, 7, 6, 5, 4, 3, 3, 3, 3];
        for (number, left) in (0..).zip(left) {
            assert_eq!(unlisted(&index, number), expected(left), "{number}");
        }
        for number in 2..9 {
            index.set(&key(number), None);
        }
        assert_eq!([0, 1].map(|number| unlisted(&index, number)), [Unlisted::None; 2]);
    }
}

#[test]
fn one_entry_for_other_namespaces_stands_for_one_and_others_are_told() {
    let mut index = Index::default();
    index.set(&key(0), token(0));
    for number in 1..=3 {
        index.set(&Key::new("other", &format!("c-{number}")), token(number));
        let view = index.view(&key(0)).unwrap();
        assert_eq!(view.others, [Other::Elsewhere]);
        assert_eq!(view.unlisted, if number == 1 { Unlisted::None } else { Unlisted::Some });
    }
}

#[test]
fn nobody_of_another_namespace_is_named_but_to_who_gave_them_all() {
    let there = Key::new("other", "theirs");
    for (reveal, expected) in [
        (Reveal::OwnNamespace, vec![Other::Elsewhere]),
        (Reveal::All, vec![Other::There { namespace: "other".into(), name: "theirs".into(), tenant: None }]),
    ] {
        let mut index = Index::new(reveal);
        index.set(&there, token(1));
        index.set(&key(2), token(2));
        assert_eq!(index.view(&key(2)).unwrap().others, expected);
    }
}

#[test]
fn who_reads_the_secret_of_one_that_claims_it_is_told_when_that_goes() {
    let mut index = Index::default();
    let of =
        |secret: &str, created, claims| token(created).map(|holder| Holder { secret: secret.into(), claims, ..holder });
    for (number, secret, claims) in [(1, "one", true), (2, "two", true), (3, "three", false), (4, "three", true)] {
        index.set(&key(number), of(secret, number, claims));
    }
    let standing = |index: &Index| index.view(&key(3)).unwrap().standing;
    assert_eq!(standing(&index), SharingState::OverrideContested);
    assert!(index.set(&key(4), of("three", 4, false)).contains(&key(3)), "withdrawing the claim changes holder 3");
    assert_eq!(standing(&index), SharingState::ControlLost);
    assert!(index.set(&key(4), of("three", 4, true)).contains(&key(3)), "renewing the claim changes holder 3");
    assert!(index.set(&key(4), None).contains(&key(3)), "deleting the claimant changes holder 3");
    assert_eq!(standing(&index), SharingState::ControlLost);
}

#[test]
fn who_holds_it_elsewhere_is_named_beside_those_that_read_the_same_secret() {
    let mut index = Index::default();
    let of = |secret: &str, created| token(created).map(|holder| Holder { secret: secret.into(), ..holder });
    for number in 1..=9 {
        index.set(&key(number), of("one", number));
    }
    let there = Key::new("other", "theirs");
    let all = (1..=9).map(key).collect();
    assert_eq!(index.set(&there, of("two", 10)), all);
    for number in 1..=9 {
        let others = index.view(&key(number)).unwrap().others;
        assert_eq!(others.last(), Some(&Other::Elsewhere), "{number}: {others:?}");
        assert!(others.len() <= NAMED, "{number}: {others:?}");
    }
    assert_eq!(index.set(&there, None), all);
}

#[test]
fn an_older_one_concerns_all_that_were_here_first_until_then() {
    let mut index = Index::default();
    let of = |secret: &str, created| token(created).map(|holder| Holder { secret: secret.into(), ..holder });
    for number in 1..=9 {
        index.set(&key(number), of(if number < 9 { "one" } else { "two" }, number));
    }
    let all = (1..=8).map(key).collect();
    assert!((1..=8).all(|number| index.view(&key(number)).unwrap().standing == SharingState::SharedByOthers));
    assert_eq!(index.set(&key(0), of("three", 0)), all);
    assert!((1..=8).all(|number| index.view(&key(number)).unwrap().standing == SharingState::TokenInUse));
    assert_eq!(index.set(&key(0), None), all);
}

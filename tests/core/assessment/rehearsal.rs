//! Tests that a rehearsal predicts the result of the operator and stops before harmful changes.

use chrono::{DateTime, TimeDelta, Utc};
use lapsewatch_core::api::conditions::{Condition, ConditionStatus};
use lapsewatch_core::api::reasons::{ChangeReason, FailureReason};
use lapsewatch_core::api::status::{CredentialFacts, Expiry, KeyMatch};
use lapsewatch_core::api::{CredentialType, Failure, TenantCredentialStatus};
use lapsewatch_core::assessment::Reading;
use lapsewatch_core::assessment::verification::{Verification, VerifyInput, verify};
use lapsewatch_core::verdict::{VerifyCause, VerifyOutcome};
use proptest::prelude::*;

use lapsewatch_test_support::assessment::facts::{apns, apns_of_another_topic, fingerprint, of_type, time};
use lapsewatch_test_support::assessment::story::Story;

const NOW: &str = "2030-06-15T00:00:00Z";
const LATER: &str = "2031-12-01T00:00:00Z";

fn in_place() -> Story {
    let mut story = Story::apns(apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"));
    story.at(NOW);
    story
}

fn renewed() -> CredentialFacts {
    apns('b', "2030-06-01T00:00:00Z", LATER)
}

fn with(
    story: &Story,
    previous: &TenantCredentialStatus,
    reading: Reading,
    sees_all: bool,
    now: DateTime<Utc>,
) -> Verification {
    verify(VerifyInput {
        spec: &story.spec,
        previous,
        reading,
        sees_all,
        peers: story.peers.clone(),
        tenant: story.tenant,
        now,
    })
}

fn rehearsal(story: &Story, facts: CredentialFacts) -> Verification {
    with(story, &story.status, Reading::Facts(facts), true, time(NOW))
}

#[track_caller]
fn says(rehearsal: &Verification, outcome: VerifyOutcome, sentence: &str) {
    assert_eq!((rehearsal.outcome, rehearsal.sentence.as_str()), (outcome, sentence), "{:#?}", rehearsal.points);
}

#[test]
fn the_worst_decides_and_all_of_it_is_said() {
    let story = in_place();
    says(&rehearsal(&story, renewed()), VerifyOutcome::Safe, "same topic, 334 days later, key fits: safe to apply");
    let worst =
        CredentialFacts { key_match: KeyMatch::Mismatch, ..apns_of_another_topic('b', "2030-07-01T00:00:00Z", LATER) };
    let worst = rehearsal(&story, worst);
    says(
        &worst,
        VerifyOutcome::Stop,
        "STOP: another topic; every device would have to enroll again. Also: the private key does not belong to the certificate. Also: the APNs certificate is not valid before 2030-07-01T00:00:00Z",
    );
    let causes: Vec<VerifyCause> = worst.points.iter().map(|point| point.cause).collect();
    assert_eq!(causes, [VerifyCause::IdentityChanged, VerifyCause::KeyMismatch, VerifyCause::NotYetValid]);
    // An undecided finding does not decide the verdict if another finding is a stop, but the finding is still listed.
    let both =
        CredentialFacts { key_match: KeyMatch::NoKey, ..apns_of_another_topic('b', "2030-06-01T00:00:00Z", LATER) };
    let both = rehearsal(&story, both);
    says(&both, VerifyOutcome::Stop, "STOP: another topic; every device would have to enroll again");
    assert!(
        both.points
            .iter()
            .any(|point| point.cause == VerifyCause::KeyNotTold && point.outcome == VerifyOutcome::Untold)
    );
}

#[test]
fn a_shorter_lifetime_is_no_fault_and_the_days_are_told_as_they_are() {
    let story = in_place();
    let until = |end: &str| rehearsal(&story, apns('b', "2030-06-01T00:00:00Z", end)).sentence;
    assert_eq!(until("2030-12-31T00:00:00Z"), "same topic, 1 day earlier, key fits: safe to apply");
    assert_eq!(until("2030-12-31T23:59:59Z"), "same topic, less than a day earlier, key fits: safe to apply");
    assert_eq!(until("2031-01-01T00:00:00Z"), "same topic, same expiry, key fits: safe to apply");
    assert_eq!(until("2031-01-01T23:59:59Z"), "same topic, less than a day later, key fits: safe to apply");
    assert_eq!(until("2031-01-02T00:00:00Z"), "same topic, 1 day later, key fits: safe to apply");
    let never = CredentialFacts { expiry: Expiry::Never, not_after: None, ..renewed() };
    assert_eq!(rehearsal(&story, never).sentence, "same topic, without expiry, key fits: safe to apply");
}

#[test]
fn the_newest_back_again_mends_what_went_wrong() {
    let mut story = in_place();
    story.holds(apns_of_another_topic('x', "2030-06-01T00:00:00Z", LATER)).at(NOW);
    let back = rehearsal(&story, apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"));
    says(&back, VerifyOutcome::Safe, "same topic, the newest one back again, key fits: safe to apply");
    assert_eq!(back.change, Some(ChangeReason::Restored));
    // Applying the wrong credential in place again is still a stop.
    let again = rehearsal(&story, apns_of_another_topic('x', "2030-06-01T00:00:00Z", LATER));
    assert_eq!((again.outcome, again.change), (VerifyOutcome::Stop, None));
    assert!(again.sentence.starts_with("STOP: another topic") && again.sentence.contains("in place already"));
}

#[test]
fn what_is_not_seen_is_not_held_against_it_nor_taken_for_well() {
    let mut story = in_place();
    let bare = CredentialFacts { key_match: KeyMatch::NoKey, ..renewed() };
    let told =
        |story: &Story, sees_all| with(story, &story.status, Reading::Facts(bare.clone()), sees_all, time(NOW)).outcome;
    assert_eq!((told(&story, true), told(&story, false)), (VerifyOutcome::Untold, VerifyOutcome::Untold));
    // A credential that never had a private key needs none.
    story
        .holds(CredentialFacts {
            key_match: KeyMatch::NoKey,
            ..apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z")
        })
        .at(NOW);
    assert_eq!((told(&story, true), told(&story, false)), (VerifyOutcome::Safe, VerifyOutcome::Safe));
    // Removing the wrong private key resolves the finding, if the rehearsal sees that the key is removed.
    story
        .holds(CredentialFacts {
            key_match: KeyMatch::Mismatch,
            ..apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z")
        })
        .at(NOW);
    assert_eq!((told(&story, true), told(&story, false)), (VerifyOutcome::Safe, VerifyOutcome::Untold));
}

#[test]
fn what_can_not_be_read_is_a_stop_or_could_not_be_told() {
    let story = in_place();
    for reason in FailureReason::ALL {
        let failed = |sees_all| {
            let reading = Reading::Failed(Failure { reason, message: "as the reader says".to_owned() });
            let rehearsal = with(&story, &story.status, reading, sees_all, time(NOW));
            assert_eq!(rehearsal.points.len(), 1, "the credential in place causes no finding: {:?}", rehearsal.points);
            assert!(rehearsal.sentence.ends_with("as the reader says") && !rehearsal.points[0].remedy.is_empty());
            rehearsal.outcome
        };
        let expected = match reason {
            FailureReason::WrongFile | FailureReason::Malformed => (VerifyOutcome::Stop, VerifyOutcome::Stop),
            FailureReason::KeyNotFound | FailureReason::NoMatchingKey => (VerifyOutcome::Stop, VerifyOutcome::Untold),
            _ => (VerifyOutcome::Untold, VerifyOutcome::Untold),
        };
        assert_eq!((failed(true), failed(false)), expected, "{reason:?}");
    }
}

#[test]
fn nothing_known_before_is_nothing_to_compare_with_unless_a_pin_says_what_belongs_there() {
    for type_ in CredentialType::ALL.into_iter().filter(|type_| *type_ != CredentialType::DeclaredExpiry) {
        let mut story = Story::of(of_type(type_, 'a', LATER), type_);
        let none = TenantCredentialStatus::default();
        let told =
            |story: &Story| with(story, &none, Reading::Facts(of_type(type_, 'a', LATER)), true, time(NOW)).outcome;
        assert_eq!(told(&story), VerifyOutcome::Untold, "{type_}");
        let Some(identity) = of_type(type_, 'a', LATER).identity else { continue };
        assert_eq!(told(story.pins([&identity])), VerifyOutcome::Safe, "{type_}");
        assert_eq!(told(story.pins(["another"])), VerifyOutcome::Stop, "{type_}");
    }
}

prop_compose! {
    fn facts()(
        letter in prop::sample::select(vec!['a', 'b', 'c', 'd']),
        identity in prop::sample::select(vec![Some("one"), Some("one"), Some("one"), Some("two"), None]),
        expiry in prop::sample::select(vec![Expiry::Known, Expiry::Known, Expiry::Known, Expiry::Never, Expiry::Unknown]),
        key_match in prop::sample::select(vec![KeyMatch::Matches, KeyMatch::Matches, KeyMatch::Mismatch, KeyMatch::NoKey, KeyMatch::KeyUnreadable]),
        dated in any::<bool>(),
    ) -> CredentialFacts {
        let begin = time("2030-01-01T00:00:00Z") + TimeDelta::days(i64::from(u32::from(letter) - u32::from('a')) * 40);
        CredentialFacts {
            identity: identity.map(str::to_owned),
            fingerprint: Some(fingerprint(letter)),
            not_before: dated.then_some(begin),
            not_after: (expiry == Expiry::Known).then(|| begin + TimeDelta::days(60)),
            expiry,
            key_match,
            ..CredentialFacts::default()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// After any history, the rehearsal predicts what the operator reports, and only a harmless change is called safe.
    #[test]
    fn the_verdict_is_what_the_operator_says_afterwards(
        type_ in prop::sample::select(CredentialType::ALL.to_vec()),
        before in prop::collection::vec(facts(), 0..4),
        new in facts(),
        pins in prop::sample::select(vec![vec![], vec!["one"], vec!["two", "one"]]),
        day in 0_i64..200,
        sees_all in any::<bool>(),
    ) {
        let mut story = Story::of(new.clone(), type_);
        story.settle = TimeDelta::zero();
        for facts in before {
            story.holds(facts).at("2030-03-01T00:00:00Z");
        }
        story.spec.expected_identities = (!pins.is_empty()).then(|| pins.into_iter().map(str::to_owned).collect());
        let now = time("2030-01-01T00:00:00Z") + TimeDelta::days(day);
        let said = with(&story, &story.status, Reading::Facts(new.clone()), sees_all, now);
        let before = story.status.last_change.clone();
        let after = story.holds(new).at(&now.to_rfc3339()).status;

        // A rehearsal has no generation of the object, so observedGeneration is not compared.
        let plain = |conditions: &[Condition]| -> Vec<Condition> {
            conditions.iter().map(|one| Condition { observed_generation: None, ..one.clone() }).collect()
        };
        prop_assert_eq!(plain(&said.status.conditions), plain(&after.conditions));
        prop_assert_eq!(&said.status.notifications, &after.notifications);
        let change = after.last_change.clone().filter(|_| after.last_change != before).map(|change| change.reason);
        prop_assert_eq!(said.change, change);
        let wrong = |type_: &str| after.conditions.iter().any(|c| c.type_ == type_ && c.status == ConditionStatus::True);
        if ["IdentityChanged", "KeyMismatch", "Regressed", "Expired"].into_iter().any(wrong) {
            prop_assert_eq!(said.outcome, VerifyOutcome::Stop);
        }
        let bad = [ChangeReason::IdentityChanged, ChangeReason::WentBackwards];
        prop_assert!(!change.is_some_and(|change| bad.contains(&change)) || said.outcome == VerifyOutcome::Stop);
        prop_assert_eq!(said.points.iter().map(|point| point.outcome).max().unwrap_or(VerifyOutcome::Safe), said.outcome);
        prop_assert!(said.points.is_sorted_by_key(|point| (std::cmp::Reverse(point.outcome), point.cause)));
        let begins = match said.outcome {
            VerifyOutcome::Stop => said.sentence.starts_with("STOP: "),
            VerifyOutcome::Untold => said.sentence.starts_with("could not tell: "),
            VerifyOutcome::Safe => said.sentence.contains(": safe to apply") || said.sentence.starts_with("nothing would change"),
        };
        prop_assert!(begins && !said.sentence.contains('\n'), "{}", said.sentence);
        prop_assert!(said.points.iter().all(|point| !point.message.is_empty() && !point.reason.is_empty()));
    }
}

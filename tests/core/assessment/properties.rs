//! Tests properties that apply to any facts, any spec and any sequence of steps.

use chrono::{DateTime, TimeDelta, Utc};
use lapsewatch_core::api::CredentialType;
use lapsewatch_core::api::credential::{Owner, TenantRef};
use lapsewatch_core::api::reasons::FailureReason;
use lapsewatch_core::api::status::{CredentialFacts, Expiry, KeyMatch};
use proptest::prelude::*;

use lapsewatch_test_support::assessment::facts::{fingerprint, time};
use lapsewatch_test_support::assessment::story::Story;

#[derive(Clone, Debug)]
enum Step {
    Holds(Box<CredentialFacts>),
    Fails(FailureReason),
    Pins(Vec<String>),
    Days(Option<Vec<u16>>),
    Reminders(u16),
    Mute(i64),
    Declares(Option<i64>),
    Waits(i64),
    ClockSetBack(i64),
    Crash,
    Refused,
}

fn moment(days: i64) -> DateTime<Utc> {
    time("2030-01-01T00:00:00Z") + TimeDelta::days(days)
}

fn identity() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["one".to_owned(), "two".to_owned(), "ü".repeat(300)])
}

prop_compose! {
    fn facts()(
        letter in prop::sample::select(vec!['a', 'b', 'c', 'd']),
        identity in prop::option::weighted(0.9, identity()),
        expiry in prop::sample::select(vec![Expiry::Known, Expiry::Known, Expiry::Known, Expiry::Never, Expiry::Unknown]),
        key_match in prop::sample::select(vec![KeyMatch::Matches, KeyMatch::Mismatch, KeyMatch::NoKey, KeyMatch::KeyUnreadable]),
        dated in any::<bool>(),
        subject in prop::option::of(".{0,600}"),
    ) -> CredentialFacts {
        // A fingerprint identifies one credential, so its dates depend on the fingerprint only.
        let begin = i64::from(u32::from(letter) - u32::from('a')) * 40;
        CredentialFacts {
            identity,
            fingerprint: Some(fingerprint(letter)),
            subject,
            not_before: dated.then(|| moment(begin)),
            not_after: (expiry == Expiry::Known).then(|| moment(begin + 60)),
            expiry,
            key_match,
            ..CredentialFacts::default()
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => facts().prop_map(|facts| Step::Holds(Box::new(facts))),
        1 => prop::sample::select(FailureReason::ALL.to_vec()).prop_map(Step::Fails),
        1 => prop::collection::vec(identity(), 0..2).prop_map(Step::Pins),
        1 => prop::option::of(prop::collection::vec(1_u16..400, 1..4)).prop_map(Step::Days),
        1 => (0_u16..50).prop_map(Step::Reminders),
        1 => (0_i64..200).prop_map(Step::Mute),
        1 => prop::option::of(0_i64..200).prop_map(Step::Declares),
        6 => (1_i64..4_000_000).prop_map(Step::Waits),
        1 => (1_i64..4_000_000).prop_map(Step::ClockSetBack),
        1 => Just(Step::Crash),
        1 => Just(Step::Refused),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// [`Story::at`] checks each result: texts and times fit the schema, all seven conditions are present and the next
    /// boundary is in the future. A second assessment, from the facts and from the status, finds the same and sends
    /// nothing.
    #[test]
    fn every_look_of_every_story_holds(
        type_ in prop::sample::select(CredentialType::ALL.to_vec()),
        first in facts(),
        steps in prop::collection::vec(step(), 1..14),
        owner in prop::option::of(("\\PC{1,128}", "\\PC{1,128}")),
    ) {
        let mut story = Story::of(first, type_);
        story.spec.owner = owner.map(|(account, contact)| Owner {
            account: Some(account),
            contact: Some(contact),
            runbook_url: Some(format!("https://{}", "r".repeat(248))),
        });
        story.spec.tenant_ref = Some(TenantRef { name: "t".repeat(253) });
        let mut now = moment(0);
        for step in steps {
            let mut look: fn(&mut Story, &str) -> lapsewatch_test_support::assessment::story::Look = Story::at;
            match step {
                Step::Holds(facts) => { story.holds(*facts); }
                Step::Fails(reason) => { story.fails(reason); }
                Step::Pins(pins) => story.spec.expected_identities = (!pins.is_empty()).then_some(pins),
                Step::Days(days) => story.spec.warn_before_days = days,
                Step::Reminders(hours) => story.spec.reminder_every_hours = Some(hours),
                Step::Mute(day) => story.spec.muted_until = Some(moment(day)),
                Step::Declares(day) => story.spec.expiration_time = day.map(moment),
                Step::Waits(seconds) => now += TimeDelta::seconds(seconds),
                Step::ClockSetBack(seconds) => now -= TimeDelta::seconds(seconds),
                Step::Crash => look = Story::crash_at,
                Step::Refused => look = Story::refused_at,
            }
            look(&mut story, &now.to_rfc3339());
            now += TimeDelta::seconds(7);
        }
    }

    /// While time passes for one credential, each stage's first Event is sent once, whatever boundaries are missed.
    #[test]
    fn no_stage_is_announced_twice(
        waits in prop::collection::vec(-2_000_000_i64..4_000_000, 1..30),
        days in prop::collection::vec(prop::option::of(prop::collection::vec(1_u16..100, 1..4)), 30),
    ) {
        let mut story = Story::apns(lapsewatch_test_support::assessment::facts::apns('a', "2030-01-01T00:00:00Z", "2030-06-01T00:00:00Z"));
        story.spec.reminder_every_hours = Some(0);
        let mut now = moment(0);
        let mut seen = std::collections::BTreeSet::new();
        for (wait, days) in waits.into_iter().zip(days) {
            now += TimeDelta::seconds(wait);
            story.spec.warn_before_days = days;
            for notice in story.at(&now.to_rfc3339()).sent {
                if notice.reason != "NotYetValid" {
                    prop_assert!(seen.insert(notice.reason.clone()), "{} twice", notice.reason);
                }
            }
        }
    }
}

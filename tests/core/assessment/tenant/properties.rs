//! Tests properties of a tenant status that apply to any credentials in any order of changes.

use chrono::{DateTime, TimeDelta, Utc};
use lapsewatch_core::api::CredentialType;
use lapsewatch_core::api::reasons::FailureReason;
use proptest::prelude::*;

use lapsewatch_test_support::assessment::facts::{of_type, time};
use lapsewatch_test_support::assessment::page::{Look, Page};
use lapsewatch_test_support::assessment::story::Story;

#[derive(Clone, Debug)]
enum Step {
    Has(u8, CredentialType, i64),
    Breaks(u8, CredentialType, FailureReason),
    Unseen(u8, CredentialType),
    Lacks(u8),
    Requires(Vec<CredentialType>),
    Waits(i64),
    ClockSetBack(i64),
    Crash,
    Refused,
}

fn type_() -> impl Strategy<Value = CredentialType> {
    prop::sample::select(CredentialType::ALL.to_vec())
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0_u8..4, type_(), -50_i64..100).prop_map(|(n, type_, days)| Step::Has(n, type_, days)),
        2 => (0_u8..4, type_(), prop::sample::select(FailureReason::ALL.to_vec()))
            .prop_map(|(n, type_, reason)| Step::Breaks(n, type_, reason)),
        1 => (0_u8..4, type_()).prop_map(|(n, type_)| Step::Unseen(n, type_)),
        2 => (0_u8..4).prop_map(Step::Lacks),
        1 => prop::collection::vec(type_(), 0..3).prop_map(Step::Requires),
        4 => prop_oneof![1_i64..60, 60_i64..4_000_000].prop_map(Step::Waits),
        1 => (1_i64..4_000_000).prop_map(Step::ClockSetBack),
        1 => Just(Step::Crash),
        1 => Just(Step::Refused),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// [`Page::at`] checks each result: limits, order and counts. A second assessment from the cached summaries finds
    /// the same and sends nothing. In addition, a state is announced again only after another state, and a recovery
    /// only after a problem.
    #[test]
    fn every_look_of_every_page_holds(steps in prop::collection::vec(step(), 1..20)) {
        let mut page = Page::new();
        let mut now: DateTime<Utc> = time("2030-06-01T00:00:00Z");
        let mut announced = None;
        for step in steps {
            let mut look: fn(&mut Page, &str) -> Look = Page::at;
            let dies = matches!(step, Step::Crash);
            let name = |n: u8| format!("acme-{n}");
            match step {
                Step::Has(n, type_, days) => {
                    let end = (now + TimeDelta::days(days)).to_rfc3339();
                    page.has(&name(n), Story::of(of_type(type_, 'a', &end), type_));
                }
                Step::Breaks(n, type_, reason) => { page.has(&name(n), Story::unreadable(reason, type_)); }
                Step::Unseen(n, type_) => { page.unseen(&name(n), type_); }
                Step::Lacks(n) => { page.lacks(&name(n)); }
                Step::Requires(types) => page.spec.required_credentials = (!types.is_empty()).then_some(types),
                Step::Waits(seconds) => now += TimeDelta::seconds(seconds),
                Step::ClockSetBack(seconds) => now -= TimeDelta::seconds(seconds),
                Step::Crash => look = Page::crash_at,
                Step::Refused => look = Page::refused_at,
            }
            let open = page.status.announced.iter().any(|a| a.reason != "Recovered");
            let look = look(&mut page, &now.to_rfc3339());
            let state = look.condition("Healthy").reason.clone();
            if announced.as_ref() != Some(&state) {
                announced = None;
            }
            for notice in look.sent.iter().filter(|notice| notice.reason != "MissingCredential") {
                prop_assert!(notice.reason != "Recovered" || open, "a recovery without an announced problem");
                prop_assert!(announced.is_none(), "{state} is announced twice");
                prop_assert!(notice.reason == state || (notice.reason == "Recovered" && state == "Valid"));
                // An announcement that a crash lost can be repeated after its Event has expired.
                announced = (!dies).then(|| state.clone());
            }
            now += TimeDelta::seconds(7);
        }
    }
}

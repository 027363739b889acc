//! Tests how many Events result from a Secret that alternates between contents.

use chrono::{DateTime, TimeDelta, Utc};
use lapsewatch_core::api::CredentialFacts;
use lapsewatch_core::api::Severity;
use lapsewatch_core::api::reasons::FailureReason::SecretNotFound;
use lapsewatch_core::messages::at;

use lapsewatch_test_support::assessment::facts::{apns, apns_of_another_topic, time};
use lapsewatch_test_support::assessment::story::{Look, Story};

const BEGIN: &str = "2030-12-10T00:00:00Z";

/// Returns a certificate that expires within 30 days of [`BEGIN`].
fn old() -> CredentialFacts {
    apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z")
}

fn new() -> CredentialFacts {
    apns('b', "2030-12-01T00:00:00Z", "2031-12-01T00:00:00Z")
}

/// Returns a story without reminders whose old credential was renewed.
fn renewed() -> Story {
    let mut story = Story::apns(old());
    story.spec.reminder_every_hours = Some(0);
    story.at("2030-12-09T00:00:00Z").events(["ExpiresWithin30Days"]);
    story.holds(new()).at("2030-12-09T01:00:00Z").events(["Renewed"]);
    story
}

/// Changes the content every `step`, `times` times. Returns the results of all assessments, including those at
/// boundaries in between.
fn flap(story: &mut Story, contents: &[CredentialFacts], step: TimeDelta, times: usize) -> (Vec<Look>, DateTime<Utc>) {
    let mut looks = Vec::new();
    let mut now = time(BEGIN);
    for turn in 0..times {
        story.holds(contents[turn % contents.len()].clone());
        let until = now + step;
        let mut next = Some(now);
        while let Some(look_at) = next.filter(|next| *next < until) {
            let look = story.at(&at(look_at));
            next = look.next;
            looks.push(look);
        }
        now = until;
    }
    (looks, now)
}

fn reasons(looks: &[Look]) -> Vec<&str> {
    looks.iter().flat_map(|look| &look.sent).map(|notice| notice.reason.as_str()).collect()
}

#[test]
fn what_changes_faster_than_the_delay_is_announced_once_it_lasts() {
    let mut story = renewed();
    let (looks, now) = flap(&mut story, &[old(), new()], TimeDelta::milliseconds(1700), 70);
    assert_eq!(reasons(&looks), [""; 0]);
    assert_eq!(looks.last().unwrap().status.last_change.as_ref().unwrap().reason.as_str(), "Restored");
    // The last state was announced before and remains.
    story.at(&at(now + TimeDelta::seconds(60))).quiet().severity(Severity::None);
    let (looks, now) = flap(&mut story, &[old(), new(), old()], TimeDelta::seconds(10), 3);
    assert_eq!(reasons(&looks), [""; 0]);
    story.at(&at(now + TimeDelta::seconds(30))).events(["ExpiresWithin30Days", "WentBackwards"]);
    story.holds(new()).settled(&at(now + TimeDelta::seconds(60))).events(["Restored"]);
}

#[test]
fn what_lasts_longer_than_the_delay_each_time_is_held_back_by_the_budget_and_counted() {
    let mut story = renewed();
    let (looks, mut now) = flap(&mut story, &[old(), new()], TimeDelta::seconds(31), 60);
    let sent = reasons(&looks);
    // The alternation takes half an hour. The expected number is the unreserved share of the budget and the
    // replenishment in that time.
    assert!((18..=27).contains(&sent.len()), "{}: {sent:?}", sent.len());
    let status = &story.status;
    let held = status.event_budget.as_ref().unwrap();
    let held_back = held.held_back;
    assert!(held_back > 0, "{held:?}");
    let since = at(held.held_back_since.unwrap());
    // The status shows the current state, regardless of which Events were sent.
    assert_eq!(status.last_change.as_ref().unwrap().reason.as_str(), "Restored");
    assert!(status.notifications.is_empty());
    // The last Event announces this state, without another change of the content.
    let mut last = String::new();
    while let Some(next) = story.at(&at(now)).next.filter(|next| *next < time("2030-12-11T00:00:00Z")) {
        now = next;
        last.extend(story.assess(now).notices.first().map(|notice| notice.reason.clone()));
    }
    let announced = story.status.announced.iter().find(|record| record.type_ == "Regressed").unwrap();
    assert_eq!(announced.reason, "Restored", "{last}");
    assert!(story.status.pending_events.is_empty());
    // The next Event reports the number of Events that were held back.
    story.fails(SecretNotFound);
    let look = story.settled("2030-12-12T00:00:00Z");
    look.events(["SecretNotFound"]);
    let note = &look.sent[0].note;
    if let Some(budget) = story.status.event_budget.as_ref() {
        assert_eq!(budget.held_back, 0, "the Events that were held back are reported once");
    }
    let reported =
        looks.iter().flat_map(|look| &look.sent).chain(&look.sent).filter(|n| n.note.contains("has held back"));
    assert!(reported.count() > 0 && (note.contains(&since) || last.contains("Restored")), "{note}");
}

#[test]
fn a_critical_problem_is_not_starved_and_no_state_is_lost() {
    let mut story = renewed();
    flap(&mut story, &[old(), new()], TimeDelta::seconds(31), 100);
    let other = apns_of_another_topic('x', "2030-12-02T00:00:00Z", "2031-12-02T00:00:00Z");
    let now = time(BEGIN) + TimeDelta::seconds(31 * 100);
    story.holds(other).at(&at(now)).quiet().severity(Severity::Critical);
    let look = story.at(&at(now + TimeDelta::seconds(30)));
    look.events(["IdentityChanged"]);
    assert!(look.sent[0].critical);
}

#[test]
fn a_restart_and_a_crash_keep_the_budget() {
    let mut story = renewed();
    flap(&mut story, &[old(), new()], TimeDelta::seconds(31), 60);
    let budget = story.status.event_budget.clone().unwrap();
    let json = serde_json::to_value(&story.status).unwrap();
    assert_eq!(serde_json::from_value::<lapsewatch_core::api::TenantCredentialStatus>(json).unwrap(), story.status);
    assert!(budget.full_at > time(BEGIN) + TimeDelta::minutes(90), "{budget:?}");
}

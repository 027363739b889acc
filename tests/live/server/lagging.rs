//! Tests of an operator with outdated data: a paused program, and a standby whose watches lag behind. It sends no Event
//! about Secrets that were missing for less than the event delay and that exist again.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::server::program::Program;
use crate::server::replica::Replica;
use lapsewatch_test_support::cluster::story::{PATIENCE, Story, said};

const NOW: &str = "2030-06-01T00:00:00Z";
const OBJECTS: usize = 5;
/// The event delay in these tests.
const DELAY: Duration = Duration::from_secs(30);

fn names() -> impl Iterator<Item = String> {
    (0..OBJECTS).map(|n| format!("acme-{n}"))
}

async fn create(story: &Story) {
    restore_secrets(story).await;
    for name in names() {
        story.credential(&name, json!({"type": "X509Certificate", "secretRef": {"name": name}})).await;
    }
}

async fn restore_secrets(story: &Story) {
    for name in names() {
        story.secret(&name, &[("push.pem", "apns/a.pem")]).await;
    }
}

async fn delete_secrets(story: &Story) {
    for name in names() {
        story.delete_secret(&name).await;
    }
}

/// Waits until all credentials have this condition Ready. The operator closes silent connections after a quarter of a
/// minute.
async fn until_all_are(story: &Story, ready: &str) {
    let begun = Instant::now();
    for name in names() {
        while said(&story.status(&name).await, "Ready") != ready {
            assert!(begun.elapsed() < PATIENCE * 2, "{name}: {:#}", story.status(&name).await);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

async fn expect_no_event_of_a_missing_secret(story: &Story) {
    story.calm().await;
    for name in names() {
        let events = story.events(&name).await;
        let is_about_the_secret = |reason: &String| reason == "SecretNotFound" || reason == "Recovered";
        assert!(!events.iter().any(is_about_the_secret), "{name}: {events:?}");
    }
}

#[tokio::test]
async fn a_program_that_was_paused_announces_no_secret_that_is_back() {
    let story = Story::without_operator("paused", NOW).await;
    create(&story).await;
    let delay = format!("{}s", DELAY.as_secs());
    let (program, log) = Program::start(&story, &["--settle", &delay]).await;
    let reader = std::thread::spawn(move || log.for_each(drop));
    until_all_are(&story, "True/Assessed").await;
    // If the machine is so slow that the Secrets are missing longer than the delay, an Event would be correct.
    let mut attempts = 0;
    let deleted = loop {
        attempts += 1;
        assert!(attempts < 10, "this machine needs longer than {DELAY:?} for {OBJECTS} objects");
        let deleted = Instant::now();
        delete_secrets(&story).await;
        until_all_are(&story, "False/SecretNotFound").await;
        program.signal("STOP");
        restore_secrets(&story).await;
        if deleted.elapsed() < DELAY {
            break deleted;
        }
        program.signal("CONT");
        until_all_are(&story, "True/Assessed").await;
        story.delete_events().await;
    };
    tokio::time::sleep((DELAY + Duration::from_secs(2)).saturating_sub(deleted.elapsed())).await;
    program.signal("CONT");
    until_all_are(&story, "True/Assessed").await;
    expect_no_event_of_a_missing_secret(&story).await;
    drop(program);
    reader.join().unwrap();
}

/// Starts two replicas, deletes the Secrets, and freezes the standby's watches after both have seen the deletion.
async fn with_lagging_standby(prefix: &str) -> (Story, Replica, Replica) {
    let mut story = Story::without_operator(prefix, NOW).await;
    create(&story).await;
    let agents = ["first", "second"].map(|which| format!("lapsewatch-test/{}-{which}", story.namespace));
    let leader = Replica::start(&story, &agents[0], None, true).await;
    leader.until_ready("ok: leading\n").await;
    story.connect_by_relay().await;
    let standby = Replica::start(&story, &agents[1], None, true).await;
    standby.until_ready("ok: standing by\n").await;
    until_all_are(&story, "True/Assessed").await;
    delete_secrets(&story).await;
    until_all_are(&story, "False/SecretNotFound").await;
    // The standby serves no series of objects, so the test can't observe what the standby has seen. It normally sees a
    // change within milliseconds.
    tokio::time::sleep(Duration::from_secs(1)).await;
    story.relay.as_ref().unwrap().freeze().await;
    (story, leader, standby)
}

/// The standby takes over after the event delay, and assesses every object.
async fn take_over(story: &Story, standby: &Replica) {
    story.at("2030-06-01T00:00:31Z");
    standby.until_ready("ok: leading\n").await;
    standby.served("/metrics", |scrape| names().all(|name| !scrape.of(&name).is_empty())).await;
    until_all_are(story, "True/Assessed").await;
    expect_no_event_of_a_missing_secret(story).await;
}

#[tokio::test]
async fn a_standby_that_lags_announces_no_secret_that_the_leader_saw_come_back() {
    let (story, leader, standby) = with_lagging_standby("behind").await;
    restore_secrets(&story).await;
    until_all_are(&story, "True/Assessed").await;
    leader.fail().await;
    take_over(&story, &standby).await;
}

#[tokio::test]
async fn a_standby_that_lags_announces_no_secret_that_nobody_saw_come_back() {
    let (story, leader, standby) = with_lagging_standby("unseen").await;
    leader.fail().await;
    restore_secrets(&story).await;
    take_over(&story, &standby).await;
}

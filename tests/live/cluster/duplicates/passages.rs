//! Plays each change of the second table. The operator reports the change for all other holders at once, while the
//! clock does not move, and announces each resolved problem once.

use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt};
use serde_json::json;

use super::changes::{Change, NOT_READ, PASSAGES, Passage};
use super::party::{Party, Said};
use super::scene::Scene;
use super::table::at_once;
use lapsewatch_test_support::cluster::bed::bed;
use lapsewatch_test_support::cluster::story::said;

#[tokio::test]
async fn when_one_party_changes_the_others_are_told_at_once_and_once() {
    let namespaces = bed().namespaces("passage", PASSAGES.len() * 2);
    stream::iter(PASSAGES.iter().zip(namespaces.chunks_exact(2)))
        .for_each_concurrent(at_once(), |(passage, pair)| play(passage, pair))
        .await;
}

async fn play(passage: &Passage, pair: &[String]) {
    let mut scene = Scene::set(passage.what.to_owned(), pair[0].clone(), pair[1].clone()).await;
    let mut parties = passage.parties.to_vec();
    let newcomer = matches!(passage.change, Change::Joined).then(|| parties.pop().unwrap());
    for party in &parties {
        scene.give(party, &parties).await;
    }
    scene.create(&parties).await;
    scene.here.start().await;
    scene.expect_all(&parties, passage.before).await;
    scene.here.at("2030-03-01T00:00:30Z");
    for (party, said) in parties.iter().zip(passage.before) {
        scene.expect_events(party, &said.events()).await;
    }
    scene.restart(&parties).await;

    // The clock does not move from here on. The operator therefore reassesses an object only because its peer has
    // changed.
    if let Some(newcomer) = newcomer {
        tokio::time::sleep(Duration::from_millis(1050)).await;
        parties.push(newcomer);
    }
    change(&scene, passage.change, &mut parties).await;
    let left: Vec<(&Party, &Said, &[&str])> = parties
        .iter()
        .zip(passage.after)
        .zip(passage.events)
        .enumerate()
        .filter(|(number, _)| !matches!(passage.change, Change::Deleted(gone) if gone == *number))
        .map(|(_, ((party, said), events))| (party, said, *events))
        .collect();
    for (party, said, _) in &left {
        expect(&scene, party, said).await;
    }

    scene.here.at("2030-03-01T00:01:00Z");
    for (party, _, events) in &left {
        let events: Vec<String> = events.iter().map(|reason| (*reason).to_owned()).collect();
        scene.expect_events(party, &events).await;
    }
    let left: Vec<Party> = left.into_iter().map(|(party, ..)| *party).collect();
    scene.restart(&left).await;
    scene.here.stop().await;
}

async fn change(scene: &Scene, change: Change, parties: &mut [Party]) {
    match change {
        Change::Deleted(at) => scene.at(parties[at].place).delete_credential(parties[at].name).await,
        Change::Renewed(at, file) => {
            parties[at] = parties[at].holding(file);
            scene.give(&parties[at], parties).await;
        }
        Change::SecretGone(at) => scene.at(parties[at].place).delete_secret(parties[at].secret()).await,
        Change::Withdrawn(at) => {
            parties[at].claims = false;
            scene.declare(&parties[at]).await;
        }
        Change::Claimed(at) => {
            parties[at].claims = true;
            scene.declare(&parties[at]).await;
        }
        Change::Joined => {
            let newcomer = parties.last().unwrap();
            scene.give(newcomer, parties).await;
            scene.declare(newcomer).await;
        }
    }
}

async fn expect(scene: &Scene, party: &Party, said: &Said) {
    if said.reason == NOT_READ.reason && said.severity == NOT_READ.severity {
        let holds_nothing = [("Duplicate", "False/Unique"), ("Ready", "False/SecretNotFound"), ("severity", "Warning")];
        scene.at(party.place).expect(party.name, &holds_nothing).await;
    } else {
        scene.expect(party, said).await;
    }
}

#[tokio::test]
async fn a_secret_that_comes_back_counts_again() {
    let pair = bed().namespaces("back", 2);
    let mut scene = Scene::set("a Secret comes back".to_owned(), pair[0].clone(), pair[1].clone()).await;
    let passage = PASSAGES.iter().find(|passage| matches!(passage.change, Change::SecretGone(0))).unwrap();
    let parties = passage.parties;
    for party in parties {
        scene.give(party, parties).await;
    }
    scene.create(parties).await;
    scene.here.start().await;
    scene.expect_all(parties, passage.before).await;
    scene.here.delete_secret("a").await;
    expect(&scene, &parties[0], &NOT_READ).await;
    scene.expect(&parties[1], &passage.after[1]).await;
    scene.give(&parties[0], parties).await;
    scene.expect_all(parties, passage.before).await;
    scene.here.at("2030-03-01T00:00:30Z");
    for (party, said) in parties.iter().zip(passage.before) {
        scene.expect_events(party, &said.events()).await;
    }
    // The same again after the announcement. A Secret that returns at once is neither a resolved problem nor a new one.
    scene.here.delete_secret("a").await;
    expect(&scene, &parties[0], &NOT_READ).await;
    scene.expect(&parties[1], &passage.after[1]).await;
    scene.give(&parties[0], parties).await;
    scene.expect_all(parties, passage.before).await;
    scene.here.at("2030-03-01T00:01:30Z");
    scene.here.calm().await;
    for (party, said) in parties.iter().zip(passage.before) {
        scene.expect_events(party, &said.events()).await;
    }
    scene.here.stop().await;
}

/// Several Secrets are deleted and restored together, after their duplicates have been announced.
#[tokio::test]
async fn secrets_that_come_back_together_repeat_nothing() {
    const PAIRS: usize = 6;
    let pair = bed().namespaces("together", 2);
    let mut scene = Scene::set("Secrets come back together".to_owned(), pair[0].clone(), pair[1].clone()).await;
    let name = |number: usize| format!("holder-{number}");
    // Each token is held in two ways: by two objects with two Secrets, and by two objects with one Secret.
    let declare = |number: usize, secret: usize| {
        let spec = json!({"type": "VPPToken", "secretRef": {"name": name(secret)}, "reminderEveryHours": 0});
        (name(number), spec)
    };
    let story = &scene.here;
    let files = ["vpp/a.vpptoken", "vpp/b.vpptoken"];
    let secrets: Vec<(usize, &str)> = vec![(0, files[0]), (1, files[0]), (2, files[1])];
    for number in 0..PAIRS {
        let (name, spec) = declare(number, number.min(2));
        story.credential(&name, spec).await;
    }
    let put = async |story: &lapsewatch_test_support::cluster::story::Story| {
        for (secret, file) in &secrets {
            story.secret(&name(*secret), &[("sToken", *file)]).await;
        }
    };
    put(story).await;
    scene.here.start().await;
    let is_shared = async |story: &lapsewatch_test_support::cluster::story::Story, is_there: bool| {
        for number in 0..PAIRS {
            let begun = Instant::now();
            loop {
                let status = story.status(&name(number)).await;
                let (ready, shared) = (said(&status, "Ready"), said(&status, "Duplicate"));
                match is_there {
                    true if ready == "True/Assessed" && shared.starts_with("True/") => break,
                    false if ready == "False/SecretNotFound" => break,
                    _ => {}
                }
                assert!(begun.elapsed() < Duration::from_secs(60), "{number}: {status:#}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    };
    let events = async |story: &lapsewatch_test_support::cluster::story::Story, count: usize| {
        for number in 0..PAIRS {
            let begun = Instant::now();
            while story.events(&name(number)).await.len() < count {
                assert!(begun.elapsed() < Duration::from_secs(60), "{number}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    };
    let story = &scene.here;
    is_shared(story, true).await;
    story.at("2030-03-01T00:00:30Z");
    events(story, 1).await;
    for minute in [10, 20, 30] {
        story.at(&format!("2030-03-01T00:{minute}:00Z"));
        for (secret, _) in &secrets {
            story.delete_secret(&name(*secret)).await;
        }
        is_shared(story, false).await;
        story.at(&format!("2030-03-01T00:{}:00Z", minute + 2));
        events(story, (minute as usize / 10) * 2).await;
        put(story).await;
        is_shared(story, true).await;
        story.at(&format!("2030-03-01T00:{}:00Z", minute + 4));
        events(story, (minute as usize / 10) * 2 + 1).await;
        story.calm().await;
    }
    for number in 0..PAIRS {
        let events = story.events(&name(number)).await;
        assert_eq!(events[1..], ["SecretNotFound", "Recovered"].repeat(3), "{number}: {events:?}");
    }
    scene.here.stop().await;
}

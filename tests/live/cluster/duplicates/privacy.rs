//! Tests that a user who may read one namespace learns nothing about another, and that a user who may read all
//! namespaces finds all holders.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::party::Place::{Here, There};
use super::party::{Party, Said, apns, assumed, contested, dep, in_use, lost, reset, shared, staged, vpp, windows};
use super::scene::Scene;
use crate::cluster::restart::grant;
use lapsewatch_test_support::cluster::bed::bed;
use lapsewatch_test_support::cluster::story::Story;

/// Returns the parties in the two namespaces: one of each kind of duplicate, some with the override.
fn parties() -> Vec<Party> {
    vec![
        vpp("mine-vpp", Here),
        vpp("theirs-vpp", There).claims(),
        dep("mine-dep", Here, "dep/a.json"),
        dep("theirs-dep", There, "dep/renewed.json"),
        apns("mine-apns", Here, "apns/a-older.pem"),
        apns("theirs-apns", There, "apns/a.pem"),
        windows("mine-windows", Here),
        windows("theirs-windows", There),
    ]
}

/// Returns everything that `user` can read in its namespace, in every output format of kubectl.
fn readable(story: &Story, user: &str) -> String {
    let kubeconfig = story.bed.kubeconfig_as(user, &story.namespace);
    let kubeconfig = kubeconfig.to_str().unwrap();
    let mut found = String::new();
    for args in [
        ["get", "tcred", "-o", "yaml", "--show-managed-fields"].as_slice(),
        &["get", "events", "-o", "yaml", "--show-managed-fields"],
        &["get", "events.events.k8s.io", "-o", "yaml", "--show-managed-fields"],
        &["get", "tcred", "-o", "wide"],
        &["describe", "tcred"],
    ] {
        found += &story.bed.kubectl_ok(&[&["--kubeconfig", kubeconfig], args].concat(), "");
    }
    let refused = story.bed.kubectl(&["--kubeconfig", kubeconfig, "get", "tcred", "-A"]);
    assert!(!refused.status.success(), "{user} may read one namespace only");
    found
}

fn may_read() -> Value {
    let verbs = ["get", "list", "watch"];
    json!([
        {"apiGroups": ["lapsewatch.dev"], "resources": ["tenantcredentials"], "verbs": verbs},
        {"apiGroups": ["", "events.k8s.io"], "resources": ["events"], "verbs": verbs},
    ])
}

/// Returns the kubectl command in the message of the condition Duplicate.
fn command(status: &Value) -> Option<String> {
    let conditions = status["conditions"].as_array()?;
    let message = conditions.iter().find(|c| c["type"] == "Duplicate")?["message"].as_str()?;
    let command = &message[message.find("kubectl ")?..];
    let end = command.find([';', '\n']).unwrap_or(command.len());
    Some(command[..end].trim_end().to_owned())
}

#[tokio::test]
async fn no_namespace_learns_of_another_and_who_may_look_finds_all() {
    let names = bed().namespaces("apart", 2);
    let mut scene = Scene::set("privacy".to_owned(), names[0].clone(), names[1].clone()).await;
    let parties = parties();
    for party in &parties {
        scene.give(party, &parties).await;
    }
    scene.create(&parties).await;
    scene.here.start().await;
    let elsewhere: &[&str] = &["elsewhere"];
    let unique = super::party::UNIQUE;
    let said = [
        lost(elsewhere),
        assumed(elsewhere),
        reset(elsewhere),
        unique,
        staged(elsewhere),
        unique,
        in_use(elsewhere),
        in_use(elsewhere),
    ];
    scene.expect_all(&parties, &said).await;
    // Events must not reveal the other namespace either, for any kind of duplicate.
    scene.here.at("2030-03-01T00:00:30Z");
    announced(&scene, &parties, &said).await;
    let pair = [parties[0], parties[1]];
    for (claims, said, now) in [
        ([true, true], [contested(elsewhere), contested(elsewhere)], "2030-03-01T00:01:00Z"),
        ([true, false], [assumed(elsewhere), lost(elsewhere)], "2030-03-01T00:02:00Z"),
        ([false, false], [shared(elsewhere), in_use(elsewhere)], "2030-03-01T00:03:00Z"),
    ] {
        for (party, claims) in pair.iter().zip(claims) {
            scene.declare(&Party { claims, ..*party }).await;
        }
        scene.expect_all(&pair, &said).await;
        scene.here.at(now);
        announced(&scene, &pair, &said).await;
    }

    for (own, other, place) in [(&scene.here, &scene.there, There), (&scene.there, &scene.here, Here)] {
        let user = format!("system:serviceaccount:{}:reader", own.namespace);
        grant(own, &user, &may_read());
        let found = readable(own, &user);
        assert!(found.contains(&own.namespace) && found.contains("another namespace"), "own data is visible");
        assert!(!found.contains(&other.namespace), "the namespace {} is visible to {user}", other.namespace);
        for party in parties.iter().filter(|party| party.place == place) {
            let object = other.get(party.name).await;
            let uid = object["metadata"]["uid"].as_str().unwrap();
            for secret in [party.name, uid] {
                assert!(!found.contains(secret), "{secret} is visible to {user}");
            }
        }
    }

    // A user who may read all namespaces runs the command of the message unchanged, and finds all holders.
    for (party, names) in
        [(0, ["mine-vpp", "theirs-vpp"]), (2, ["mine-dep", "theirs-dep"]), (4, ["mine-apns", "theirs-apns"])]
    {
        let party = &parties[party];
        let status = scene.at(party.place).status(party.name).await;
        let command = command(&status).unwrap_or_else(|| panic!("no command: {status}"));
        let args: Vec<&str> = command.split(' ').skip(1).collect();
        assert!(args.contains(&"-A"), "{command}");
        let found = scene.here.bed.kubectl_ok(&args, "");
        let mut lines: Vec<&str> = found
            .lines()
            .filter(|line| {
                [&scene.here, &scene.there].iter().any(|story| line.starts_with(&format!("{} ", story.namespace)))
            })
            .collect();
        lines.sort_unstable();
        assert_eq!(lines.len(), 2, "{command}: {found}");
        assert!(lines.iter().zip(names).all(|(line, name)| line.contains(name)), "{command}: {found}");
    }
    scene.here.stop().await;
}

/// Waits until the last Event of each party matches its expected outcome.
async fn announced(scene: &Scene, parties: &[Party], said: &[Said]) {
    let begun = Instant::now();
    for (party, said) in parties.iter().zip(said).filter(|(_, said)| said.is_duplicate()) {
        while scene.events(party).await.last().and_then(|event| event.reason.clone()).as_deref() != Some(said.reason) {
            assert!(begun.elapsed() < Duration::from_secs(180), "{} is not announced: {said:?}", party.name);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

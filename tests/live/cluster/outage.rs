//! Tests of an API server that stops for a while: the operator misses nothing and repeats nothing.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::cluster::renewal::until_events;
use lapsewatch_test_support::cluster::bed::Bed;
use serde_json::json;

use lapsewatch_test_support::cluster::story::Story;

fn signal(pid: u32, signal: &str) {
    assert!(Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
}

#[tokio::test]
async fn a_server_that_stands_still_is_caught_up_with() {
    let bed: &'static Bed = Box::leak(Box::new(Bed::bare()));
    bed.install_crds().unwrap();
    let server = bed.server_pid();
    let mut story = Story::on(bed, "stands-still", "2030-12-01T00:00:00Z").await;
    for name in ["acme", "other"] {
        story.secret(name, &[("push.pem", "apns/a.pem")]).await;
        story.apns(name).await;
    }
    story.start().await;
    for name in ["acme", "other"] {
        story.expect(name, &[("Expiring", "True/Within60Days")]).await;
    }
    story.calm().await;

    signal(server, "-STOP");
    story.at("2030-12-10T00:00:00Z");
    // Longer than the timeout of a request.
    tokio::time::sleep(Duration::from_secs(18)).await;
    story.at("2030-12-26T00:00:00Z");
    signal(server, "-CONT");
    for name in ["acme", "other"] {
        story.expect(name, &[("Expiring", "True/Within7Days"), ("severity", "Critical")]).await;
        story.calm().await;
        let events = story.events(name).await;
        let mut once = events.clone();
        once.dedup();
        assert_eq!(events, once);
        // The peer and the stage may be announced in either order, depending on which object is assessed first.
        assert!(events.contains(&"ExpiresWithin7Days".to_owned()), "{events:?}");
    }
    // The watches work again.
    story.secret("acme", &[("push.pem", "apns/a-renewed.pem")]).await;
    story.expect("acme", &[("lastChange", "Renewed"), ("Healthy", "True/Valid")]).await;
    story.delete_events().await;
    until_events(&story, &[]).await;

    // SIGTERM ends the operator even while the server does not answer.
    signal(server, "-STOP");
    story.at("2031-01-02T00:00:00Z");
    tokio::time::sleep(Duration::from_millis(300)).await;
    let begun = Instant::now();
    story.stop().await;
    let took = begun.elapsed();
    signal(server, "-CONT");
    // The operator waits at most four seconds. The longer limit allows for a busy machine.
    assert!(took < Duration::from_secs(15), "{took:?}");
}

#[tokio::test]
async fn what_happened_while_the_connection_was_cut_is_caught_up_with() {
    let mut story = Story::without_operator("cut", "2030-12-01T00:00:00Z").await;
    story.connect_by_relay().await;
    // Several objects may hold this type.
    let spec = |name: &str| {
        json!({
            "type": "X509Certificate", "secretRef": {"name": name}, "warnBeforeDays": [60, 30], "reminderEveryHours": 0,
        })
    };
    for name in ["renewed", "missing", "deleted", "same"] {
        story.secret(name, &[("push.pem", "apns/a.pem")]).await;
        story.credential(name, spec(name)).await;
    }
    story.start().await;
    for name in ["renewed", "missing", "deleted", "same"] {
        story.expect(name, &[("Expiring", "True/Within60Days")]).await;
    }
    story.calm().await;
    let relay = story.relay.take().unwrap();
    relay.cut().await;
    story.secret("renewed", &[("push.pem", "apns/a-renewed.pem")]).await;
    story.delete_secret("missing").await;
    story.delete_credential("deleted").await;
    story.secret("new", &[("push.pem", "apns/a.pem")]).await;
    story.credential("new", spec("new")).await;
    story.at("2030-12-10T00:00:00Z");
    story.calm().await;
    relay.mend();
    story.expect("renewed", &[("lastChange", "Renewed"), ("Healthy", "True/Valid")]).await;
    story.expect("missing", &[("Ready", "False/SecretNotFound"), ("Expiring", "True/Within30Days")]).await;
    story.expect("new", &[("Expiring", "True/Within30Days"), ("severity", "Warning")]).await;
    story.expect("same", &[("Expiring", "True/Within30Days")]).await;
    story.calm().await;
    assert!(!story.exists("deleted").await);
    for (name, events) in [
        ("missing", &["ExpiresWithin60Days", "ExpiresWithin30Days"][..]),
        ("new", &["ExpiresWithin30Days"]),
        ("same", &["ExpiresWithin60Days", "ExpiresWithin30Days"]),
    ] {
        assert_eq!(story.events(name).await, events, "{name}");
    }
    // The renewal is announced exactly once, whether the operator sees the boundary or the renewal first.
    let renewed = story.events("renewed").await;
    assert_eq!(renewed.iter().filter(|event| *event == "Renewed").count(), 1, "{renewed:?}");
}

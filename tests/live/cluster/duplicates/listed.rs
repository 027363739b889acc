//! Tests that the status reports if there are more holders of a credential than it names.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use lapsewatch_test_support::cluster::story::{PATIENCE, Story};

/// Creates a holder of a token that no other test uses. The API server's timestamps are whole seconds, and they
/// determine which holder was first.
async fn join(story: &Story, name: &str) {
    let inner = STANDARD.encode("a token of a namespace with many holders of it".repeat(2));
    let token = json!({"token": inner, "expDate": "2031-01-01T00:00:00Z", "orgName": "Acme"}).to_string();
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": story.namespace},
        "stringData": {"token": STANDARD.encode(token)}});
    story.bed.kubectl_ok(&["apply", "-f", "-"], &secret.to_string());
    story.credential(name, json!({"type": "VPPToken", "secretRef": {"name": name}, "reminderEveryHours": 0})).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
}

/// Waits until the notification contains the text. `has_more` is true if the status does not name all other holders.
async fn told(story: &Story, name: &str, text: &str, has_more: bool) {
    let begun = Instant::now();
    loop {
        let status = story.status(name).await;
        let message = status["notifications"][0]["message"].as_str().unwrap_or_default();
        let more = status["moreDuplicates"].as_bool().unwrap_or_default();
        if message.contains(text) && more == has_more {
            return;
        }
        assert!(begun.elapsed() < PATIENCE * 4, "{name}: {text:?} is not in {status:#}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn where_more_hold_a_token_than_are_named_the_status_says_so() {
    let story = Story::begin("more", "2030-03-01T00:00:00Z").await;
    for name in ["a", "b", "c"] {
        join(&story, name).await;
    }
    told(&story, "a", "is also held by b and c", false).await;
    told(&story, "b", "is also held by a and others; all of them are found with", true).await;
    told(&story, "c", "is also held by b and a", false).await;
    for name in ["d", "e", "f", "g"] {
        join(&story, name).await;
    }
    told(&story, "a", "is also held by b, c, d, e, f and others", true).await;
    told(&story, "g", "is also held by f, e, d, c, b and others", true).await;
    for name in ["d", "e", "f", "g"] {
        story.delete_credential(name).await;
    }
    told(&story, "a", "is also held by b and c", false).await;
    let status: Value = story.status("a").await;
    assert!(status.get("moreDuplicates").is_none(), "{status:#}");
}

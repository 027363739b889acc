//! Tests time that passes faster than the operator's own writes return through the watch. Every stage is still
//! announced once.

use std::collections::BTreeSet;
use std::time::Duration;

use lapsewatch_test_support::cluster::story::Story;

const OBJECTS: usize = 20;

#[tokio::test]
async fn stages_in_quick_succession_are_never_announced_twice() {
    let story = Story::begin("haste", "2030-11-01T00:00:00Z").await;
    for n in 0..OBJECTS {
        let name = format!("acme-{n}");
        let spec = serde_json::json!({
            "type": "DeclaredExpiry", "expirationTime": "2031-01-01T00:00:00Z", "reminderEveryHours": 0,
            "warnBeforeDays": [40, 30, 25, 20, 15, 10, 7, 5, 3, 1],
        });
        story.credential(&name, spec).await;
        story.expect(&name, &[("Expiring", "False/OutsideWindow")]).await;
    }
    for day in ["11-25", "12-03", "12-08", "12-13", "12-18", "12-23", "12-26", "12-28", "12-30", "12-31"] {
        story.at(&format!("2030-{day}T00:00:00Z"));
        // This is about the time until the watch returns a write.
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
    story.at("2031-01-01T00:00:01Z");
    for n in 0..OBJECTS {
        let name = format!("acme-{n}");
        story.expect(&name, &[("Expired", "True/Lapsed")]).await;
        let events = story.events(&name).await;
        let once: BTreeSet<&String> = events.iter().collect();
        assert_eq!(once.len(), events.len(), "{name}: {events:?}");
    }
}

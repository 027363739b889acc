//! Tests of time: every stage of a credential, its boundaries to the second, and one Event for each.

use serde_json::json;

use lapsewatch_test_support::cluster::story::Story;

/// An instant, the expected status from then on, and the Event at that instant, if any.
type Step<'a> = (&'a str, &'a [(&'a str, &'a str)], Option<&'a str>);

async fn walk(story: &Story, name: &str, steps: &[Step<'_>]) {
    let mut events: Vec<String> = story.events(name).await;
    for (time, expected, event) in steps {
        story.at(time);
        story.expect(name, expected).await;
        if event.is_none() {
            story.calm().await;
            story.expect(name, expected).await;
        }
        events.extend(event.map(str::to_owned));
        assert_eq!(story.events(name).await, events, "Events at {time}");
    }
}

#[tokio::test]
async fn an_apns_certificate_from_61_days_before_to_31_days_after() {
    // The certificate is valid until 2031-01-01T00:00:00Z.
    let story = Story::begin("stages", "2030-11-01T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")]).await;
    story.apns("acme").await;
    let outside = [
        ("Healthy", "True/Valid"),
        ("Expiring", "False/OutsideWindow"),
        ("Expired", "False/NotExpired"),
        ("severity", "None"),
    ];
    story.expect("acme", &outside).await;
    assert!(story.events("acme").await.is_empty(), "a healthy object has no Event");

    let within = |reason| [("Healthy", "True/Expiring"), ("Expiring", reason), ("Expired", "False/NotExpired")];
    let (w60, w30, w14) = (within("True/Within60Days"), within("True/Within30Days"), within("True/Within14Days"));
    let (w7, w1) = (within("True/Within7Days"), within("True/Within1Days"));
    let notice = [&w60[..], &[("severity", "Notice")]].concat();
    let warning30 = [&w30[..], &[("severity", "Warning")]].concat();
    let warning14 = [&w14[..], &[("severity", "Warning")]].concat();
    let critical7 = [&w7[..], &[("severity", "Critical")]].concat();
    let critical1 = [&w1[..], &[("severity", "Critical")]].concat();
    let expired = |reason| {
        [
            ("Ready", "True/Assessed"),
            ("Healthy", "False/Expired"),
            ("Expiring", "False/AlreadyExpired"),
            ("Expired", reason),
            ("severity", "Critical"),
        ]
    };
    let (grace, over) = (expired("True/InGracePeriod"), expired("True/GracePeriodOver"));
    walk(
        &story,
        "acme",
        &[
            ("2030-11-01T23:59:59Z", &outside, None),
            ("2030-11-02T00:00:00Z", &notice, Some("ExpiresWithin60Days")),
            ("2030-12-01T23:59:59Z", &notice, None),
            ("2030-12-02T00:00:00Z", &warning30, Some("ExpiresWithin30Days")),
            ("2030-12-17T23:59:59Z", &warning30, None),
            ("2030-12-18T00:00:00Z", &warning14, Some("ExpiresWithin14Days")),
            ("2030-12-24T23:59:59Z", &warning14, None),
            ("2030-12-25T00:00:00Z", &critical7, Some("ExpiresWithin7Days")),
            ("2030-12-30T23:59:59Z", &critical7, None),
            ("2030-12-31T00:00:00Z", &critical1, Some("ExpiresWithin1Days")),
            ("2031-01-01T00:00:00Z", &critical1, None),
            ("2031-01-01T00:00:01Z", &grace, Some("Expired")),
            ("2031-01-30T23:59:59Z", &grace, None),
            ("2031-01-31T00:00:00Z", &over, Some("GracePeriodOver")),
            ("2031-02-01T00:00:00Z", &over, None),
        ],
    )
    .await;

    let events = story.event_objects("acme").await;
    let types: Vec<_> = events.iter().map(|event| event.type_.as_deref().unwrap()).collect();
    assert_eq!(types, ["Normal", "Warning", "Warning", "Warning", "Warning", "Warning", "Warning"]);
    for event in &events {
        assert!(event.message.as_ref().unwrap().len() <= 1024);
        assert_eq!(event.related.as_ref().unwrap().kind.as_deref(), Some("Secret"));
    }
    let described = story.bed.kubectl_ok(&["describe", "tcred", "acme", "-n", &story.namespace], "");
    for reason in ["ExpiresWithin60Days", "ExpiresWithin1Days", "Expired", "GracePeriodOver"] {
        let told = described.split("Events:").nth(1).unwrap();
        assert_eq!(told.lines().filter(|line| line.split_whitespace().nth(1) == Some(reason)).count(), 1, "{told}");
    }
}

#[tokio::test]
async fn a_declared_date_needs_no_secret_and_a_later_date_renews_it() {
    let story = Story::begin("declared", "2030-12-20T00:00:00Z").await;
    let declared = |date: &str| json!({"type": "DeclaredExpiry", "expirationTime": date, "reminderEveryHours": 0});
    story.credential("contract", declared("2031-01-01T00:00:00Z")).await;
    let status = story.expect("contract", &[("Expiring", "True/Within30Days"), ("severity", "Notice")]).await;
    assert!(status["credential"]["fingerprint"].is_null() && status["lastRead"].is_null());
    story.at("2031-01-01T00:00:01Z");
    story
        .expect("contract", &[("Expired", "True/Lapsed"), ("Healthy", "False/Expired"), ("severity", "Warning")])
        .await;
    story.credential("contract", declared("2032-01-01T00:00:00Z")).await;
    story.expect("contract", &[("Healthy", "True/Valid"), ("lastChange", "Renewed"), ("severity", "None")]).await;
    assert_eq!(story.events("contract").await, ["ExpiresWithin30Days", "Expired", "Renewed"]);
}

#[tokio::test]
async fn a_first_sight_after_several_boundaries_announces_the_present_stage_alone() {
    let story = Story::begin("first-sight", "2030-12-26T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.apns("acme").await;
    story.expect("acme", &[("Expiring", "True/Within7Days")]).await;
    assert_eq!(story.events("acme").await, ["ExpiresWithin7Days"]);
    // A clock that is set back and forward again causes no second announcement.
    story.at("2030-12-10T00:00:00Z");
    story.expect("acme", &[("Expiring", "True/Within30Days")]).await;
    story.at("2030-12-27T00:00:00Z");
    story.expect("acme", &[("Expiring", "True/Within7Days")]).await;
    story.calm().await;
    assert_eq!(story.events("acme").await, ["ExpiresWithin7Days"]);
}

#[tokio::test]
async fn reminders_come_on_their_grid_while_it_is_a_warning() {
    let story = Story::begin("reminders", "2030-12-02T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    let spec =
        |hours: u32| json!({"type": "APNsCertificate", "secretRef": {"name": "acme"}, "reminderEveryHours": hours});
    story.credential("acme", spec(24)).await;
    story.expect("acme", &[("Expiring", "True/Within30Days")]).await;
    let reminders = async |count: i64| {
        for _ in 0..2400 {
            if story.status("acme").await["announced"][0]["reminder"] == count {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("no reminder {count}: {}", story.status("acme").await["announced"]);
    };
    // The first reminder is delayed by up to an hour, depending on the UID.
    story.at("2030-12-03T01:00:00Z");
    reminders(1).await;
    story.at("2030-12-04T01:00:00Z");
    reminders(2).await;
    // Only the latest of three missed reminders is sent.
    story.at("2030-12-07T01:00:00Z");
    reminders(5).await;
    assert_eq!(story.events("acme").await, ["ExpiresWithin30Days"; 4]);
}

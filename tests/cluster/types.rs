//! One Secret of each type, healthy and lapsed: from applying to status and Events, with the consequences of its kind.

use serde_json::{Value, json};

use crate::story::{Data, Story, fixture};

/// A type, its Secret, the forms it is read in, and what is said to stop when it has lapsed.
struct Kind {
    name: &'static str,
    type_: &'static str,
    secret: Data,
    format: &'static str,
    key_match: &'static str,
    lapsed: (&'static str, &'static str),
    stops: &'static str,
}

fn kinds() -> Vec<Kind> {
    let kind = |name, type_, secret: &[(&'static str, &str)], format, key_match, lapsed, stops| {
        let mut secret: Data = secret.iter().map(|(key, file)| (*key, fixture(file))).collect();
        secret.push(("password", b"secret\n".to_vec()));
        Kind { name, type_, secret, format, key_match, lapsed, stops }
    };
    let devices = "existing devices stop reporting";
    vec![
        kind(
            "keystore",
            "APNsCertificate",
            &[("push.p12", "containers/p12/legacy.p12")],
            "PKCS12",
            "False/Matches",
            ("True/InGracePeriod", "Critical"),
            devices,
        ),
        kind(
            "vpp",
            "VPPToken",
            &[("sToken", "vpp/a.vpptoken")],
            "JSON",
            "False/NotApplicable",
            ("True/Lapsed", "Critical"),
            "new app distributions and licence assignments",
        ),
        kind(
            "dep",
            "DEPToken",
            &[("token.p7m", "dep/a.p7m"), ("server.key", "dep/server.key")],
            "SMIME",
            "False/NotApplicable",
            ("True/Lapsed", "Critical"),
            "new automated enrollments and profile assignments",
        ),
        kind(
            "windows",
            "WindowsSymantecCertificate",
            &[("code.pem", "symantec/a.pem")],
            "PEM",
            "Unknown/NoKey",
            ("True/Lapsed", "Warning"),
            "some app-based features on Windows Phone",
        ),
        kind(
            "tls",
            "X509Certificate",
            &[("tls.crt", "x509/rsa.pem"), ("tls.key", "x509/rsa.key")],
            "PEM",
            "False/Matches",
            ("True/Lapsed", "Warning"),
            "whatever relies on it",
        ),
        // The last to lapse.
        kind(
            "pem",
            "APNsCertificate",
            &[("push.pem", "apns/b.pem"), ("push.key", "apns/b.key")],
            "PEM",
            "False/Matches",
            ("True/InGracePeriod", "Critical"),
            devices,
        ),
    ]
}

#[tokio::test]
async fn a_secret_of_each_type_healthy_and_lapsed() {
    let story = Story::begin("types", "2030-08-01T00:00:00Z").await;
    let kinds = kinds();
    for kind in &kinds {
        story.secret_of(kind.name, &kind.secret).await;
        let spec = json!({"type": kind.type_, "secretRef": {"name": kind.name, "passwordKey": "password"}, "reminderEveryHours": 0});
        story.credential(kind.name, spec).await;
    }
    let declared = json!({"type": "DeclaredExpiry", "expirationTime": "2031-01-01T00:00:00Z", "reminderEveryHours": 0});
    story.credential("declared", declared).await;
    for kind in &kinds {
        let healthy = [
            ("Ready", "True/Assessed"),
            ("Healthy", "True/Valid"),
            ("KeyMismatch", kind.key_match),
            ("severity", "None"),
        ];
        let status = story.expect(kind.name, &healthy).await;
        assert_eq!(status["credential"]["format"], kind.format, "{}", kind.name);
        assert_eq!(status["credential"]["fingerprint"].as_str().unwrap().len(), 64, "{}", kind.name);
        assert_eq!(status["credential"]["identity"].is_null(), kind.type_ == "X509Certificate", "{}", kind.name);
        assert!(story.events(kind.name).await.is_empty(), "{}: a healthy object is no news", kind.name);
    }
    story.expect("declared", &[("Healthy", "True/Valid")]).await;

    for kind in &kinds {
        story.at(if kind.name == "pem" { "2031-06-15T00:00:00Z" } else { "2031-01-15T00:00:00Z" });
        let (expired, severity) = kind.lapsed;
        let lapsed =
            [("Ready", "True/Assessed"), ("Healthy", "False/Expired"), ("Expired", expired), ("severity", severity)];
        let status = story.expect(kind.name, &lapsed).await;
        assert_eq!(story.events(kind.name).await, ["Expired"], "{}: only the present stage", kind.name);
        let told = |value: &Value| value.as_str().unwrap().contains(kind.stops);
        assert!(told(&status["notifications"][0]["impact"]), "{}: {}", kind.name, status["notifications"]);
        let event = story.event_objects(kind.name).await.remove(0);
        assert!(told(&event.message.clone().into()), "{}: {:?}", kind.name, event.message);
        assert_eq!(event.type_.as_deref(), Some("Warning"));
    }
    story.expect("declared", &[("Expired", "True/Lapsed"), ("severity", "Warning")]).await;

    // Nothing of what the Secrets hold is said: neither their passwords nor their tokens.
    let objects = story.bed.kubectl_ok(&["get", "tcred,events", "-n", &story.namespace, "-o", "yaml"], "");
    let token = String::from_utf8(fixture("dep/a.json")).unwrap();
    let token: Value = serde_json::from_str(&token).unwrap();
    for field in ["consumer_key", "consumer_secret", "access_token", "access_secret"] {
        assert!(!objects.contains(token[field].as_str().unwrap()), "{field} is said");
    }
}

#[tokio::test]
async fn a_password_that_is_missing_or_wrong_is_told_apart_and_mended() {
    let story = Story::begin("password", "2030-08-01T00:00:00Z").await;
    let keystore = fixture("containers/p12/openssl3.p12");
    let with = async |password: Option<&str>| {
        let mut data = vec![("push.p12", keystore.clone())];
        data.extend(password.map(|password| ("password", password.as_bytes().to_vec())));
        story.secret_of("acme", &data).await;
    };
    with(None).await;
    let spec = |password_key: Option<&str>| {
        let mut spec = json!({"type": "APNsCertificate", "secretRef": {"name": "acme"}});
        if let Some(key) = password_key {
            spec["secretRef"]["passwordKey"] = key.into();
        }
        spec
    };
    story.credential("acme", spec(None)).await;
    story.expect("acme", &[("Ready", "False/PasswordRequired"), ("severity", "Warning")]).await;
    story.credential("acme", spec(Some("password"))).await;
    story.expect("acme", &[("Ready", "False/KeyNotFound")]).await;
    with(Some("wrong")).await;
    story.expect("acme", &[("Ready", "False/PasswordWrong")]).await;
    with(Some("secret\n")).await;
    story.expect("acme", &[("Ready", "True/Assessed"), ("KeyMismatch", "False/Matches"), ("severity", "None")]).await;
}

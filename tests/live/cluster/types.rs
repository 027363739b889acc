//! Tests of one Secret of each type, valid and expired: from creation to status and Events, with the consequences for
//! the type.

use serde_json::{Value, json};

use lapsewatch_test_support::cluster::story::{Data, Story, fixture};

/// A type, its Secret, the detected format, and the expected messages after expiry.
struct Kind {
    name: &'static str,
    type_: &'static str,
    account: Option<&'static str>,
    secret: Data,
    format: &'static str,
    key_match: &'static str,
    /// The reason of the condition Expired, and the severity.
    lapsed: (&'static str, &'static str),
    said: Said,
}

/// The consequences and the remedy, as documented by lapsewatch and the vendors.
#[derive(Clone, Copy)]
struct Said {
    impact: &'static [&'static str],
    remedy: &'static [&'static str],
}

const APNS: &[&str] = &[
    "stops: existing devices stop reporting, new actions and policies do not reach devices, and no new Apple device can enroll",
    "goes on: users keep application features such as secure mail, and the policy already applied",
];
const VPP: Said = Said {
    impact: &[
        "stops: new app distributions and licence assignments, until a new token is in place",
        "goes on: apps and devices already deployed",
    ],
    remedy: &["download a new content token for the same location, upload it to the MDM"],
};
const DEP: Said = Said {
    impact: &[
        "stops: new automated enrollments and profile assignments, until a new token is in place",
        "goes on: devices already enrolled",
    ],
    remedy: &["download a new server token for the same MDM server, upload it to the MDM"],
};
const WINDOWS: Said = Said {
    impact: &[
        "stops: some app-based features on Windows Phone",
        "goes on: devices stay enrolled and receive actions; Windows 10 desktop (Pro, Enterprise, Education) does not need it",
    ],
    remedy: &["renew it with the same Publisher ID, upload it to the MDM"],
};
const OTHER: Said = Said {
    impact: &["stops: whatever relies on it, since whoever checks the certificate refuses it"],
    remedy: &["have it renewed by its issuer"],
};
const IN_GRACE: (&str, &str) = ("True/InGracePeriod", "Critical");
const CRITICAL: (&str, &str) = ("True/Lapsed", "Critical");
const WARNING: (&str, &str) = ("True/Lapsed", "Warning");

#[rustfmt::skip]
fn kinds() -> Vec<Kind> {
    let kind = |name, type_, secret: &[(&'static str, &str)], format, key_match, lapsed, said| {
        let secret: Data = secret.iter().map(|(key, file)| (*key, fixture(file))).collect();
        Kind { name, type_, account: None, secret, format, key_match, lapsed, said }
    };
    let (matches, none, without) = ("False/Matches", "False/NotApplicable", "Unknown/NoKey");
    // The remedy names the Apple ID if it is recorded, and otherwise asks to record it.
    let named = Said {
        impact: APNS,
        remedy: &["renew it before 2031-01-31T00:00:00Z in Apple's push portal", "with the same Apple ID (mdm@acme.example): Renew, not Create, keeps the topic"],
    };
    let unnamed = Said {
        impact: APNS,
        remedy: &["with the Apple ID it was made with", "record it in spec.owner.account", "Renew, not Create"],
    };
    let mut kinds = vec![
        kind("apns-pem", "APNsCertificate", &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")], "PEM", matches, IN_GRACE, named),
        kind("apns-keystore", "APNsCertificate", &[("push.p12", "containers/p12/legacy.p12")], "PKCS12", matches, IN_GRACE, unnamed),
        kind("vpp", "VPPToken", &[("sToken", "vpp/a.vpptoken")], "JSON", none, CRITICAL, VPP),
        kind("dep-json", "DEPToken", &[("token.json", "dep/a.json")], "JSON", none, CRITICAL, DEP),
        kind("dep", "DEPToken", &[("token.p7m", "dep/a.p7m"), ("server.key", "dep/server.key")], "SMIME", none, CRITICAL, DEP),
        kind("windows-pem", "WindowsSymantecCertificate", &[("code.pem", "symantec/a.pem")], "PEM", without, WARNING, WINDOWS),
        kind("windows-keystore", "WindowsSymantecCertificate", &[("code.pfx", "symantec/a.pfx")], "PKCS12", matches, WARNING, WINDOWS),
        kind("tls", "X509Certificate", &[("tls.crt", "x509/rsa.pem"), ("tls.key", "x509/rsa.key")], "PEM", matches, WARNING, OTHER),
    ];
    for kind in &mut kinds {
        let password: &[u8] = if kind.name == "windows-keystore" { b"fixture" } else { b"secret\n" };
        kind.secret.push(("password", password.to_vec()));
    }
    kinds[0].account = Some("mdm@acme.example");
    kinds
}

/// Checks that the first notification and the Event contain the consequences.
async fn told(story: &Story, name: &str, status: &Value, said: Said) {
    let notification = &status["notifications"][0];
    let event = story.event_objects(name).await.pop().unwrap();
    assert_eq!(event.type_.as_deref(), Some("Warning"), "{name}");
    let note = event.message.unwrap();
    for (field, label, words) in [("impact", "What ", said.impact), ("remedy", "", said.remedy)] {
        for words in words {
            assert!(notification[field].as_str().unwrap().contains(words), "{name}: {words:?}: {notification}");
            assert!(note.contains(&format!("{label}{words}")), "{name}: {words:?}: {note}");
        }
    }
}

/// The two forms of one credential are neighbors in the list. Each run uses every second entry, so that no credential
/// has two holders.
#[tokio::test]
async fn a_secret_of_each_type_healthy_and_lapsed() {
    if lapsewatch_test_support::cluster::account::is_cluster_wide() {
        healthy_and_lapsed(0).await;
        healthy_and_lapsed(1).await;
    } else {
        tokio::join!(healthy_and_lapsed(0), healthy_and_lapsed(1));
    }
}

async fn healthy_and_lapsed(first: usize) {
    let story = Story::begin("types", "2030-08-01T00:00:00Z").await;
    let kinds: Vec<Kind> = kinds().into_iter().skip(first).step_by(2).collect();
    for kind in &kinds {
        story.secret_of(kind.name, &kind.secret).await;
        let mut spec = json!({"type": kind.type_, "secretRef": {"name": kind.name, "passwordKey": "password"}, "reminderEveryHours": 0});
        if let Some(account) = kind.account {
            spec["owner"] = json!({"account": account});
        }
        story.credential(kind.name, spec).await;
    }
    let declared = json!({"type": "DeclaredExpiry", "expirationTime": "2031-01-01T00:00:00Z", "reminderEveryHours": 0});
    story.credential("declared", declared).await;
    for kind in &kinds {
        let healthy = [
            ("Ready", "True/Assessed"),
            ("Healthy", "True/Valid"),
            ("Expired", "False/NotExpired"),
            ("KeyMismatch", kind.key_match),
            ("severity", "None"),
        ];
        let status = story.expect(kind.name, &healthy).await;
        assert_eq!(status["credential"]["format"], kind.format, "{}", kind.name);
        assert_eq!(status["credential"]["fingerprint"].as_str().unwrap().len(), 64, "{}", kind.name);
        assert_eq!(status["credential"]["identity"].is_null(), kind.type_ == "X509Certificate", "{}", kind.name);
        assert!(status["notifications"].as_array().is_none_or(Vec::is_empty), "{}: {status}", kind.name);
        assert!(story.events(kind.name).await.is_empty(), "{}: a healthy object has no Event", kind.name);
    }
    story.expect("declared", &[("Ready", "True/Assessed"), ("Healthy", "True/Valid"), ("severity", "None")]).await;
    assert!(story.events("declared").await.is_empty());

    story.at("2031-01-15T00:00:00Z");
    for kind in &kinds {
        let (expired, severity) = kind.lapsed;
        let lapsed =
            [("Ready", "True/Assessed"), ("Healthy", "False/Expired"), ("Expired", expired), ("severity", severity)];
        let status = story.expect(kind.name, &lapsed).await;
        assert_eq!(story.events(kind.name).await, ["Expired"], "{}: only the current stage is announced", kind.name);
        told(&story, kind.name, &status, kind.said).await;
    }
    let lapsed = [("Healthy", "False/Expired"), ("Expired", "True/Lapsed"), ("severity", "Warning")];
    let status = story.expect("declared", &lapsed).await;
    assert_eq!(story.events("declared").await, ["Expired"]);
    let said = Said {
        impact: &["stops: what this date stands for"],
        remedy: &["renew it, then set spec.expirationTime to the new date"],
    };
    told(&story, "declared", &status, said).await;

    // Thirty days after expiry, Apple need not renew the push certificates any more.
    story.at("2031-01-31T00:00:01Z");
    for kind in kinds.iter().filter(|kind| kind.type_ == "APNsCertificate") {
        let status = story.expect(kind.name, &[("Expired", "True/GracePeriodOver"), ("severity", "Critical")]).await;
        assert_eq!(story.events(kind.name).await, ["Expired", "GracePeriodOver"], "{}", kind.name);
        let remedy = &["where it is refused, create a new certificate and enroll every device again"];
        told(&story, kind.name, &status, Said { impact: APNS, remedy }).await;
    }
}

/// An enrollment token contains no date. The operator therefore reports it neither as valid nor as expired.
#[tokio::test]
async fn an_enrollment_token_is_read_and_its_date_is_asked_for() {
    let story = Story::begin("aetx", "2030-08-01T00:00:00Z").await;
    story.secret("app", &[("app.aetx", "symantec/a.aetx")]).await;
    let spec = json!({"type": "WindowsSymantecCertificate", "secretRef": {"name": "app"}, "reminderEveryHours": 0});
    story.credential("app", spec).await;
    let unknown = [("Ready", "True/Assessed"), ("Healthy", "Unknown/ExpiryUnknown"), ("severity", "Notice")];
    let status = story.expect("app", &unknown).await;
    assert_eq!(status["credential"]["format"], "AETX");
    assert_eq!(status["notifications"][0]["remedy"], "watch its date by other means");
    assert_eq!(story.events("app").await, ["ExpiryUnknown"]);
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

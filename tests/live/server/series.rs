//! Tests of the series of objects: they match the statuses, and exist only as long as the objects.

use std::io::Read;

use lapsewatch_operator::metrics::series;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::replica::Replica;
use crate::server::scrape::{Answer, accepting};
use lapsewatch_test_support::cluster::story::Story;

const NOW: &str = "2030-12-10T00:00:00Z";

/// Starts a replica in a namespace with a credential in each of several states, and waits until all are assessed.
async fn assessed(prefix: &str) -> (Story, Replica) {
    let story = Story::without_operator(prefix, NOW).await;
    let namespace = &story.namespace;
    story.secret("soon", &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")]).await;
    story.apns("soon").await;
    story.apns("missing").await;
    story.credential("contract", json!({"type": "DeclaredExpiry", "expirationTime": "2030-01-01T00:00:00Z"})).await;
    story.credential("ever", json!({"type": "DeclaredExpiry", "expirationTime": "2050-01-01T00:00:00Z"})).await;
    story.secret("dep", &[("token.json", "dep/no-date.json")]).await;
    story.credential("dep", json!({"type": "DEPToken", "secretRef": {"name": "dep"}})).await;
    let tenant = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "MDMTenant",
        "metadata": {"name": "acme", "namespace": namespace}, "spec": {"requiredCredentials": ["VPPToken"]}});
    story.bed.kubectl_ok(&["apply", "-f", "-"], &tenant.to_string());
    let replica = Replica::start(&story, "lapsewatch-test/series", None, false).await;
    let all = |answer: &Answer| {
        let credentials = ["soon", "missing", "contract", "ever", "dep"];
        credentials.iter().all(|name| answer.value(&severity(namespace, name)).is_some())
            && !answer.of("acme").is_empty()
    };
    replica.served("/metrics", all).await;
    (story, replica)
}

fn severity(namespace: &str, name: &str) -> String {
    format!("lapsewatch_severity{{namespace=\"{namespace}\",name=\"{name}\"}}")
}

#[tokio::test]
async fn a_scrape_tells_what_the_statuses_say_and_nothing_of_what_is_not_known() {
    let (story, replica) = assessed("series").await;
    let namespace = &story.namespace;
    let answer = replica.get("/metrics").await;
    assert!(answer.head.contains("content-type: application/openmetrics-text; version=1.0.0"), "{}", answer.head);
    assert!(answer.body.ends_with("# EOF\n"));
    let of = |name: &str, rest: &str| format!("{{namespace=\"{namespace}\",name=\"{name}\"{rest}}}");
    let expiry = |name: &str, type_: &str| {
        answer.value(&format!("lapsewatch_expiry_timestamp_seconds{}", of(name, &format!(",type=\"{type_}\""))))
    };
    let end = story.status("soon").await["credential"]["notAfter"].as_str().unwrap().to_owned();
    let end = chrono::DateTime::parse_from_rfc3339(&end).unwrap().timestamp();
    assert_eq!(expiry("soon", "APNsCertificate"), Some(end as f64));
    assert_eq!(expiry("contract", "DeclaredExpiry"), Some(1_893_456_000.0));
    // An unknown expiry is not zero: the series is absent.
    for name in ["missing", "dep"] {
        assert!(!answer.of(name).iter().any(|line| line.contains("expiry_timestamp")), "{:?}", answer.of(name));
    }
    assert_eq!(answer.value(&severity(namespace, "ever")), Some(0.0));
    assert_eq!(answer.value(&severity(namespace, "missing")), Some(2.0));
    let problem = |name: &str, type_: &str, condition: &str, reason: &str, severity: &str| {
        let labels = format!(",type=\"{type_}\",condition=\"{condition}\",reason=\"{reason}\",severity=\"{severity}\"");
        answer.value(&format!("lapsewatch_credential_problem{}", of(name, &labels)))
    };
    assert_eq!(problem("missing", "APNsCertificate", "Ready", "SecretNotFound", "Warning"), Some(1.0));
    assert_eq!(problem("contract", "DeclaredExpiry", "Expired", "Expired", "Warning"), Some(1.0));
    assert_eq!(answer.of("ever").len(), 2, "a healthy one has an expiry and a severity: {:?}", answer.of("ever"));
    let missing = format!("lapsewatch_tenant_missing_credential{}", of("acme", ",type=\"VPPToken\""));
    assert_eq!(answer.value(&missing), Some(1.0), "{:?}", answer.of("acme"));
    let healthy = "lapsewatch_credential_conditions{condition=\"Healthy\",status=\"False\",reason=\"Unreadable\"}";
    assert_eq!(answer.value(healthy), Some(1.0));
    assert_eq!(answer.value("lapsewatch_credentials{type=\"DeclaredExpiry\",severity=\"None\"}"), Some(1.0));
    assert_eq!(answer.value("lapsewatch_leader"), Some(1.0));
    assert_eq!(answer.value("lapsewatch_ready"), Some(1.0));
    let reads = |result: &str| answer.value(&format!("lapsewatch_secret_reads_total{{result=\"{result}\"}}"));
    assert_eq!((reads("found"), reads("not_found")), (Some(2.0), Some(1.0)));
    let writes = "lapsewatch_api_requests_total{method=\"PATCH\",resource=\"tenantcredentials/status\",code=\"200\"}";
    assert!(answer.value(writes).unwrap() >= 5.0);
}

#[tokio::test]
async fn no_series_outlives_its_object_and_none_is_of_another_ones_making() {
    let (story, replica) = assessed("gone").await;
    // A user who may write statuses can't put arbitrary text into a label.
    let hostile = json!({"status": {"notifications": [
        {"type": "Expired", "reason": "a\"} 1\nevil_metric 7\n#", "severity": "Critical", "since": NOW, "message": ""},
        {"type": "Expired", "reason": "b c", "severity": "Critical", "since": NOW, "message": ""},
        {"type": "Nonsense", "reason": "Odd", "severity": "Critical", "since": NOW, "message": ""}]}});
    story.merge("ever", true, hostile).await;
    let answer = replica.get("/metrics").await;
    assert!(!answer.body.contains("evil_metric") && !answer.body.contains("Nonsense"), "{:?}", answer.of("ever"));
    // The operator corrects the status, and the wrong series disappear.
    replica.served("/metrics", |answer| answer.of("ever").len() == 2).await;

    for name in ["soon", "missing", "contract"] {
        story.delete_credential(name).await;
    }
    story.bed.kubectl_ok(&["delete", "mdmt", "acme", "-n", &story.namespace], "");
    let gone = |answer: &Answer| ["soon", "missing", "contract", "acme"].iter().all(|name| answer.of(name).is_empty());
    let answer = replica.served("/metrics", gone).await;
    assert!(!answer.of("dep").is_empty());
    assert!(!answer.body.contains("reason=\"Unreadable\""), "the count for its reason is gone too");
}

#[tokio::test]
async fn every_series_is_in_the_list_with_its_labels_and_holds_nothing_of_a_secret() {
    let (story, replica) = assessed("listed").await;
    // One token in two objects, and a failure of each kind that a list can have.
    story.secret("one", &[("token", "vpp/a.vpptoken")]).await;
    story.secret("two", &[("token", "vpp/a.vpptoken")]).await;
    for name in ["one", "two"] {
        let spec = json!({"type": "VPPToken", "secretRef": {"name": name}, "tenantRef": {"name": "acme"}});
        story.credential(name, spec).await;
    }
    let answer = replica
        .served("/metrics", |answer| {
            answer.body.contains("lapsewatch_credential_duplicates{")
                && answer.body.contains("lapsewatch_events_total{")
                && answer.body.contains("lapsewatch_tenant_next_deadline_timestamp_seconds{")
        })
        .await;
    let families = answer.families();
    let mut unlisted: Vec<&String> = families.keys().collect();
    for listed in series::ALL {
        // No errors occurred here. The module `probes` tests these series.
        if [series::ERRORS.name, series::WATCH_ERRORS.name].contains(&listed.name) {
            continue;
        }
        let (type_, labels) = families.get(listed.family()).unwrap_or_else(|| panic!("{} is not served", listed.name));
        assert_eq!(type_, listed.type_, "{}", listed.name);
        if listed.name != series::TENANT_MISSING.name {
            assert_eq!(labels, listed.labels, "{}", listed.name);
        }
        unlisted.retain(|name| *name != listed.family());
    }
    assert!(unlisted.is_empty(), "{unlisted:?}");
    for status in [story.status("soon").await, story.status("one").await] {
        let credential = &status["credential"];
        for secret in [&credential["identity"], &credential["fingerprint"], &credential["subject"]] {
            let text = secret.as_str().unwrap_or("-nothing-");
            assert!(!answer.body.contains(text), "{text}");
        }
    }
}

/// A scraper that accepts only the text format does not understand OpenMetrics' types and its end marker.
#[tokio::test]
async fn who_does_not_ask_for_openmetrics_gets_the_text_format_with_the_same_series() {
    let (_story, replica) = assessed("text").await;
    let open_metrics = replica.get("/metrics").await;
    let series = |answer: &Answer| {
        let lines = answer.body.lines().filter(|line| line.starts_with("lapsewatch_"));
        lines.map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect::<std::collections::BTreeSet<_>>()
    };
    for accept in ["", "text/plain", "*/*", "text/plain;version=0.0.4", "application/openmetrics-text;q=0,*/*;q=0.1"] {
        let text = accepting(replica.address, "/metrics", accept).await;
        assert!(
            text.head.contains("content-type: text/plain; version=0.0.4; charset=utf-8"),
            "{accept}: {}",
            text.head
        );
        assert!(text.head.contains("vary: accept"), "{}", text.head);
        for wrong in ["# EOF", "# UNIT", " info\n", " unknown\n"] {
            assert!(!text.body.contains(wrong), "{accept}: {wrong}");
        }
        assert_eq!(series(&text), series(&open_metrics), "{accept}");
        let families = text.families();
        for listed in series::ALL.iter().filter(|listed| families.contains_key(listed.name)) {
            let type_ = if listed.type_ == "info" { "gauge" } else { listed.type_ };
            assert_eq!(families[listed.name].0, type_, "{}", listed.name);
        }
        assert!(
            families.contains_key("lapsewatch_api_requests_total") && families.contains_key("lapsewatch_build_info")
        );
    }
    let old = accepting(replica.address, "/metrics", "application/openmetrics-text;version=0.0.1").await;
    assert!(old.head.contains("content-type: application/openmetrics-text; version=0.0.1"), "{}", old.head);
    assert!(old.body.ends_with("# EOF\n"));
}

#[tokio::test]
async fn a_scrape_that_takes_gzip_gets_the_same_in_fewer_bytes() {
    let (_story, replica) = assessed("zipped").await;
    let (mut stream, mut zipped) = (TcpStream::connect(replica.address).await.unwrap(), Vec::new());
    stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: a\r\naccept: application/openmetrics-text\r\naccept-encoding: gzip\r\n\r\n").await.unwrap();
    stream.read_to_end(&mut zipped).await.unwrap();
    let end = zipped.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&zipped[..end]).to_lowercase();
    assert!(head.contains("content-encoding: gzip"), "{head}");
    let mut text = String::new();
    flate2::read::GzDecoder::new(&zipped[end + 4..]).read_to_string(&mut text).unwrap();
    let plain = replica.get("/metrics").await.body;
    let objects =
        |text: &str| text.lines().filter(|line| line.contains("name=\"")).map(str::to_owned).collect::<Vec<_>>();
    let (mut zipped_objects, mut objects) = (objects(&text), objects(&plain));
    zipped_objects.sort();
    objects.sort();
    assert_eq!(zipped_objects, objects);
    assert!(text.ends_with("# EOF\n") && zipped.len() * 3 < plain.len(), "{} of {}", zipped.len(), plain.len());
}

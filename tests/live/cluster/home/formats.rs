//! Tests of each output format, compared with stored output.

use std::io::Write;
use std::process::{Command, Stdio};

use super::{assessed, company, status};
use lapsewatch_test_support::cluster::bed::bed;
use lapsewatch_test_support::cluster::story::Story;

/// Less than 60 days before the APNs certificate expires.
const NOW: &str = "2030-12-15T00:00:00Z";

/// The namespace; its name appears in all stored output.
const NAMESPACE: &str = "acme-mdm";

fn assert_shown(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    let uid = regex::Regex::new(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").unwrap();
    let text = uid.replace_all(text, "(uid)");
    settings.bind(|| insta::assert_snapshot!(format!("status__{name}"), text.as_ref()));
}

#[tokio::test]
async fn each_format_is_as_it_was() {
    bed().kubectl_ok(&["create", "namespace", NAMESPACE], "");
    let mut story = Story::within(bed(), NAMESPACE.to_owned(), NOW).await;
    story.start().await;
    company(&story).await;
    assessed(&story, "True/Expiring").await;
    for format in ["table", "wide", "json", "yaml", "markdown", "ics"] {
        let shown = status(&story, &["-o", format]).await;
        shown.is(1);
        assert_eq!(shown.err, "", "{format}");
        assert_shown(format, &shown.out.replace("\r\n", "\n"));
    }
}

/// `--min-severity` selects what is shown. The counts and the exit code refer to all objects.
#[tokio::test]
async fn what_is_left_out_of_a_document_counts_in_it() {
    let story = Story::begin("home-counts", NOW).await;
    super::declare(&story, "fine", "2040-01-01T00:00:00Z").await;
    story.expect("fine", &[("Healthy", "True/Valid")]).await;
    let shown = status(&story, &["-o", "json", "--min-severity", "warning"]).await;
    let json: serde_json::Value = serde_json::from_str(&shown.is(0).out).unwrap();
    assert_eq!(json["credentials"], serde_json::json!([]));
    let counts = &json["summary"];
    assert_eq!(
        (&counts["checked"], &counts["exitCode"], &counts["bySeverity"]["none"]),
        (&1.into(), &0.into(), &1.into())
    );
    let markdown = status(&story, &["-o", "markdown", "--min-severity", "warning"]).await;
    markdown.is(0).shows("### lapsewatch status: nothing fails");
}

/// Runs this program with this standard input, and returns its output.
fn of(program: &str, args: &[&str], stdin: &str) -> String {
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap_or_else(|e| panic!("{program}: {e}"));
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program} {args:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn jq_and_kubectl_read_it() {
    let story = Story::begin("home-read", NOW).await;
    company(&story).await;
    assessed(&story, "True/Expiring").await;
    let json = status(&story, &["-o", "json"]).await.out;
    let worst = r#".credentials[] | select(.severity == "Warning") | "\(.name) \(.expires // "-")""#;
    let names = of("jq", &["-r", worst], &json);
    assert_eq!(names, "apns 2031-01-01T00:00:00Z\nvpp 2031-01-01T00:00:00Z\ngone -\n");
    for text in [json, status(&story, &["-o", "yaml"]).await.out] {
        let label = ["label", "--local", "-f", "-", "seen=yes", "-o"];
        assert_eq!(
            story.bed.kubectl_ok(&[&label[..], &["name"]].concat(), &text),
            "report.report.lapsewatch.dev/status\n"
        );
        let path = "jsonpath={.credentials[*].state} {.tenants[0].nextDeadline.name} {.summary.exitCode}";
        let read = story.bed.kubectl_ok(&[&label[..], &[path]].concat(), &text);
        assert_eq!(read, "Expiring Expiring Unreadable Valid apns 1");
    }
}

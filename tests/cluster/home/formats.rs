//! Each format, as it is.

use super::{assessed, company, status};
use crate::bed::bed;
use crate::story::Story;

/// Within 60 days of the APNs certificate's end.
const NOW: &str = "2030-12-15T00:00:00Z";

/// The namespace's name stands in all of it.
const NAMESPACE: &str = "acme-mdm";

fn assert_shown(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
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

//! Tests without tenants: their definition is not installed, or the operator may not list them. Credentials are still
//! assessed, the log reports what is missing, and tenants are found as soon as that is possible.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::cluster::renewal::until_events;
use crate::cluster::restart::{grant, may_send_events, may_write_status, rules};
use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::faults::{Fault, Faults};
use lapsewatch_test_support::cluster::story::Story;

const NOW: &str = "2030-12-10T00:00:00Z";
/// A time after the event delay.
const WAITED: &str = "2030-12-10T00:00:31Z";
/// The backoff of the watch grows to at most half a minute plus jitter.
const AT_LATEST: Duration = Duration::from_secs(180);

/// The log of this test's thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn listen() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Checks that a credential is watched, assessed and announced without a tenant.
async fn warned(story: &Story) {
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    let spec = json!({"type": "APNsCertificate", "tenantRef": {"name": "acme-prod"}, "secretRef": {"name": "acme"},
        "reminderEveryHours": 0});
    story.credential("acme", spec).await;
    story
        .expect("acme", &[("Ready", "True/Assessed"), ("Expiring", "True/Within30Days"), ("severity", "Warning")])
        .await;
    // If the tenant were known not to exist, the Event would wait for it.
    story.at(WAITED);
    until_events(story, &["ExpiresWithin30Days"]).await;
}

/// Checks that the tenant is found, its status is written, and its days are passed on.
async fn found(story: &Story, since: Instant, what: &str) {
    let begun = Instant::now();
    while lapsewatch_test_support::cluster::story::said(&story.page("acme-prod").await, "Healthy") != "True/Expiring" {
        assert!(begun.elapsed() < AT_LATEST, "{what}: the tenant is not found");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    println!("{what}: the tenant is found after {} ms", since.elapsed().as_millis());
    story.expect("acme", &[("Expiring", "True/Within25Days")]).await;
}

fn days() -> Value {
    json!({"warnBeforeDays": {"APNsCertificate": [25]}})
}

#[tokio::test]
async fn without_the_tenants_definition_credentials_are_warned_of_all_the_same() {
    let (log, _listening) = Log::listen();
    let bed: &'static Bed = Box::leak(Box::new(Bed::bare()));
    let (_, credentials) = lapsewatch_core::api::crds::all().remove(0);
    bed.kubectl_ok(&["--cache-dir=bare", "apply", "--server-side", "-f", "-"], &credentials.to_string());
    let wait = ["wait", "--for=condition=Established", "--timeout=60s", "crd/tenantcredentials.lapsewatch.dev"];
    bed.kubectl_ok(&wait, "");
    let mut story = Story::on(bed, "no-definition", NOW).await;
    story.start().await;
    warned(&story).await;
    let text = log.text();
    assert!(text.contains("does not know MDMTenants") && text.contains("lapsewatch crds"), "{text}");

    tokio::time::sleep(Duration::from_secs(12)).await;
    let said = log.text().matches("does not know MDMTenants").count();
    assert!(said <= 2, "the message is repeated in the log: {said}");
    bed.install_crds().unwrap();
    let since = Instant::now();
    story.at("2030-12-10T00:00:00Z");
    story.tenant("acme-prod", days()).await;
    found(&story, since, "its definition is installed").await;
    story.stop().await;
}

#[tokio::test]
async fn without_the_right_to_see_tenants_credentials_are_warned_of_all_the_same() {
    let (log, _listening) = Log::listen();
    let mut story = Story::without_operator("no-right", NOW).await;
    let user = format!("system:serviceaccount:{}:lapsewatch", story.namespace);
    let before = [may_write_status(), may_send_events()];
    grant(&story, &user, &rules(&before));
    story.tenant("acme-prod", days()).await;
    story.start_as(&user).await;
    warned(&story).await;
    story.expect_page("acme-prod", &[("Ready", "Unknown/Pending")]).await;
    // The tenant exists, but the operator can't see it.
    let ready = story.status("acme").await["conditions"][0]["message"].as_str().unwrap().to_owned();
    assert!(!ready.contains("TenantNotFound"), "{ready}");
    let text = log.text();
    let refused = format!("refuses to list and watch MDMTenants in namespace \"{}\" (403)", story.namespace);
    assert!(text.contains(&refused) && text.contains("service account"), "{text}");

    let [group, verbs] = [json!(["lapsewatch.dev"]), json!(["get", "list", "watch"])];
    let tenants = json!({"apiGroups": group, "resources": ["mdmtenants"], "verbs": verbs});
    let pages = json!({"apiGroups": group, "resources": ["mdmtenants/status"], "verbs": ["patch"]});
    grant(&story, &user, &rules(&[before[0].clone(), before[1].clone(), tenants, pages]));
    found(&story, Instant::now(), "the right is given").await;
    story.stop().await;
}

/// The first list fails for another reason, as it may while the API server starts. The operator still reports the
/// refusal that follows.
#[tokio::test]
async fn a_failure_before_the_refusal_of_tenants_does_not_stop_credentials() {
    let mut story = Story::without_operator("first-failure", NOW).await;
    let user = format!("system:serviceaccount:{}:lapsewatch", story.namespace);
    grant(&story, &user, &rules(&[may_write_status(), may_send_events()]));
    let faults = std::sync::Arc::new(Faults::default());
    faults.at(Method::GET, "/mdmtenants", 0, Fault::Refused(500));
    story.faults = Some(faults.clone());
    story.start_as(&user).await;
    warned(&story).await;
    assert!(faults.are_over(), "the first list failed");
    story.stop().await;
}

/// A proxy may answer with the status code 404. Only the API server's own answer means that an object is gone.
#[tokio::test]
async fn one_stray_answer_that_a_kind_is_unknown_removes_nothing() {
    let mut story = Story::without_operator("stray", NOW).await;
    let faults = std::sync::Arc::new(Faults::default());
    story.faults = Some(faults.clone());
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    faults.at(Method::GET, "/secrets/acme", 0, Fault::Refused(404));
    faults.at(Method::PATCH, "/tenantcredentials/acme/status", 0, Fault::Refused(404));
    story.start().await;
    story.apns("acme").await;
    let status = story.expect("acme", &[("Ready", "True/Assessed"), ("Expiring", "True/Within30Days")]).await;
    assert!(faults.are_over(), "both requests were answered with 404");
    assert_eq!(status["lastRead"]["failure"], Value::Null);
    assert_eq!(story.events("acme").await, ["ExpiresWithin30Days"]);
    story.stop().await;
}

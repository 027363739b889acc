//! Tests of stale statuses, and of statuses that only look stale.

use serde_json::json;

use super::{assessed, binary, by, company, declare, status};
use crate::cluster::restart::grant;
use lapsewatch_test_support::cluster::story::Story;

/// A time long before the company's APNs certificate expires (2031-01-01T00:00:00Z).
const CALM: &str = "2030-09-01T00:00:00Z";

#[tokio::test]
async fn an_operator_that_stopped_is_found_out_as_time_goes_on() {
    let mut story = Story::begin("home-stale", CALM).await;
    company(&story).await;
    assessed(&story, "True/Valid").await;
    let shown = status(&story, &[]).await;
    shown.is(1).hides("STALE").shows("gone Unreadable Warning").shows("4 credentials: 1 Warning, 3 fine; 1 tenant");
    story.stop().await;
    assert_eq!(status(&story, &[]).await.out.matches("STALE").count(), 0, "nothing has changed, so nothing is stale");

    // The operator may still be busy with a boundary that passed one minute ago. After three minutes the status is
    // stale.
    story.at("2030-11-02T00:01:00Z");
    status(&story, &[]).await.hides("STALE").shows("apns Expiring Notice");
    story.at("2030-11-02T00:03:00Z");
    status(&story, &[])
        .await
        .is(1)
        .shows("apns Expiring (STALE) Warning")
        .shows("the operator has not updated this: stored is Valid, now it is Expiring")
        .shows("to do: see whether the operator is running")
        .shows("1 STALE");
    // The remedy fits the actual state, and the other objects are not stale.
    story.at("2031-01-02T00:00:00Z");
    let late = status(&story, &["--min-severity", "critical"]).await;
    late.shows("stored is Valid, now it is Expired").hides("gone").hides("contract");
    late.shows("acme-prod Expired (STALE) Critical").shows("with the same Apple ID (mdm@acme.example)");

    // The caller's clock is a minute behind the operator's clock.
    story.at("2030-10-31T23:59:30Z");
    story.start().await;
    story.at("2030-11-02T00:00:20Z");
    story.expect("apns", &[("Healthy", "True/Expiring")]).await;
    story.calm().await;
    story.stop().await;
    story.at("2030-11-01T23:59:20Z");
    status(&story, &[]).await.hides("STALE").shows("apns Valid None");

    // With `--at`, a stale status is a notice only: the operator will update the status by that time.
    let asked =
        binary(&story.bed.kubeconfig, &["-n", &story.namespace, "--at", "2030-12-20", "--type", "APNsCertificate"]);
    asked.is(1).shows("apns Expiring (STALE) Warning").shows(
        "Notice Stale STALE at 2030-12-20T00:00:00Z: stored is Expiring Within60Days, then it is Expiring Within14Days",
    );
}

#[tokio::test]
async fn what_was_never_looked_at_and_what_was_changed_a_moment_ago_is_told_apart() {
    let mut story = Story::without_operator("home-new", CALM).await;
    declare(&story, "contract", "2030-09-20T00:00:00Z").await;
    story.credential("apns", json!({"type": "APNsCertificate", "secretRef": {"name": "apns"}})).await;
    // The creation time comes from the server's clock.
    let created: chrono::DateTime<chrono::Utc> =
        story.get("apns").await["metadata"]["creationTimestamp"].as_str().unwrap().parse().unwrap();
    story.at(&(created + chrono::TimeDelta::minutes(1)).to_rfc3339());
    status(&story, &[]).await.is(0).shows("Notice Waiting it is new").shows("apns Pending Notice");
    story.at(&(created + chrono::TimeDelta::minutes(3)).to_rfc3339());
    status(&story, &[]).await.is(1).shows("Warning NeverAssessed no operator has looked at it since it was created at");
    // `status` itself judges a declared date, even before an operator has assessed the object.
    story.at("2030-09-01T00:00:00Z");
    status(&story, &[]).await.shows("contract Expiring").shows("Notice ExpiresWithin30Days");

    story.start().await;
    story.expect("apns", &[("Ready", "False/SecretNotFound")]).await;
    story.expect("contract", &[("Healthy", "True/Expiring")]).await;
    story.stop().await;
    status(&story, &[]).await.hides("STALE").hides("Stored").shows("apns Unreadable Warning");
    declare(&story, "contract", "2035-01-01T00:00:00Z").await;
    status(&story, &[])
        .await
        .hides("STALE")
        .shows("contract Valid Notice DeclaredExpiry - 2035-01-01T00:00:00Z")
        .shows("Notice SpecChanged the spec was changed");
}

#[tokio::test]
async fn days_that_the_caller_cannot_see_are_no_reason_to_call_it_stale() {
    let mut story = Story::begin("home-days", "2030-10-01T00:00:00Z").await;
    story.tenant("acme", json!({"warnBeforeDays": {"APNsCertificate": [100, 5], "X509Certificate": [3]}})).await;
    for (name, type_) in [("apns", "APNsCertificate"), ("web", "X509Certificate")] {
        story.secret(name, &[("tls.crt", "apns/a.pem")]).await;
        let spec = json!({"type": type_, "secretRef": {"name": name}, "tenantRef": {"name": "acme"},
            "reminderEveryHours": 0});
        story.credential(name, spec).await;
    }
    story.expect("apns", &[("Expiring", "True/Within100Days")]).await;
    story.expect("web", &[("Expiring", "False/OutsideWindow")]).await;
    let is_complete = |page: &serde_json::Value| page["credentials"]["total"] == 2;
    story.until_page("acme", "it has two credentials", is_complete).await;
    story.calm().await;
    let user = format!("system:serviceaccount:{}:reader", story.namespace);
    let rules = json!([{"apiGroups": ["lapsewatch.dev"], "resources": ["tenantcredentials"], "verbs": ["list"]}]);
    grant(&story, &user, &rules);
    let kubeconfig = story.bed.kubeconfig_as(&user, &story.namespace);
    let seen = by(story.clock.clone(), &kubeconfig, &[]).await;
    seen.is(0).hides("STALE").shows("apns Expiring Notice").shows("web Valid None");
    seen.complains("you may not list mdmtenants.lapsewatch.dev");

    // The default days apply, because this caller can't read the tenant's own days. A difference that those days
    // explain is not stale.
    story.at("2030-12-20T00:00:00Z");
    story.calm().await;
    let seen = by(story.clock.clone(), &kubeconfig, &[]).await;
    seen.hides("STALE").shows("apns Expiring Warning").shows("web Expiring Notice");
    // An expired credential is recognized without any days.
    story.stop().await;
    story.at("2031-02-01T00:00:00Z");
    by(story.clock.clone(), &kubeconfig, &[]).await.shows("apns Expired (STALE)").shows("web Expired (STALE)");
}

#[tokio::test]
async fn a_page_that_lags_behind_its_credentials_is_stale_and_lies_are_found() {
    let mut story = Story::begin("home-lies", CALM).await;
    company(&story).await;
    assessed(&story, "True/Valid").await;
    story.stop().await;
    // The tenant status is not updated for the new credential, because no operator runs.
    let spec =
        json!({"type": "DeclaredExpiry", "expirationTime": "2040-01-01T00:00:00Z", "tenantRef": {"name": "acme-prod"}});
    story.credential("fifth", spec).await;
    let shown = status(&story, &[]).await;
    shown.shows("acme-prod Unreadable (STALE)").shows("stored is 3 credentials, now it is 4 credentials");
    story.delete_credential("fifth").await;
    // Another program makes an expired certificate appear valid, and another credential appear critical.
    story.at("2031-03-01T00:00:00Z");
    let lie = json!({"status": {"severity": "Critical", "notifications": []}});
    story.merge("contract", true, lie).await;
    let shown = status(&story, &[]).await;
    shown.shows("apns Expired (STALE) Critical").shows("contract Valid (STALE) Warning");
    shown.shows("stored is severity Critical, now it is severity None");
}

//! Tests of `kubectl describe mdmt` for a tenant with one of everything, and for a tenant without problems. The
//! expected output is in tests/snapshots/describe__*.snap.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use lapsewatch_test_support::cluster::story::{Story, fixture};
use lapsewatch_test_support::cluster::tenants::notification;

const NOW: &str = "2030-06-15T08:00:00Z";

/// Returns a VPP token that is unique for this number.
fn vpp(number: u8, expires: &str) -> Vec<u8> {
    let token = json!({"token": STANDARD.encode([number; 64]), "expDate": expires, "orgName": "Acme Corp."});
    STANDARD.encode(token.to_string()).into_bytes()
}

async fn create(story: &Story, name: &str, type_: &str, content: &[(&str, Vec<u8>)], more: Value) {
    story.secret_of(name, content).await;
    let mut spec = json!({"type": type_, "tenantRef": {"name": "acme-prod"}, "secretRef": {"name": name},
        "reminderEveryHours": 0});
    spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    story.credential(name, spec).await;
}

async fn tenant(story: &Story) {
    let owner = json!({"contact": "#mobile-ops", "runbookURL": "https://wiki.acme.example/mdm"});
    let spec = json!({"displayName": "Acme Production", "product": "IBM MaaS360", "environment": "Production",
        "supportAccount": "4711", "owner": owner, "requiredCredentials": ["APNsCertificate", "WindowsSymantecCertificate"]});
    story.tenant("acme-prod", spec).await;
}

async fn one_of_everything(story: &Story) {
    tenant(story).await;
    let account = json!({"owner": {"account": "mdm@acme.example", "runbookURL": "https://wiki.acme.example/apns"}});
    create(story, "acme-apns", "APNsCertificate", &[("push.pem", fixture("apns/a-older.pem"))], account).await;
    let pinned = json!({"expectedIdentities": ["com.apple.mgmt.External.77777777-7777-7777-7777-777777777777"]});
    create(story, "acme-apns-eu", "APNsCertificate", &[("push.pem", fixture("apns/b.pem"))], pinned).await;
    for (name, number, expires) in [
        ("acme-vpp-1-london", 1, "2030-07-01T00:00:00Z"),
        ("acme-vpp-2-paris", 2, "2030-07-05T00:00:00Z"),
        ("acme-vpp-3-rome", 3, "2031-05-01T00:00:00Z"),
        ("acme-vpp-3-trial", 3, "2031-05-01T00:00:00Z"),
        ("acme-vpp-4-oslo", 4, "2031-06-01T00:00:00Z"),
    ] {
        create(story, name, "VPPToken", &[("sToken", vpp(number, expires))], json!({})).await;
        if name == "acme-vpp-3-rome" {
            // Creation times are whole seconds, and the age decides which holder is first.
            tokio::time::sleep(std::time::Duration::from_millis(1050)).await;
        }
    }
    for name in ["acme-dep", "acme-dep-lab"] {
        create(story, name, "DEPToken", &[("token.json", fixture("dep/a.json"))], json!({})).await;
    }
    let mismatch = [("tls.crt", fixture("x509/rsa.pem")), ("tls.key", fixture("x509/p384.key"))];
    create(story, "acme-scep", "X509Certificate", &mismatch, json!({})).await;
    create(story, "acme-portal", "X509Certificate", &[("tls.crt", fixture("wrong/page.html"))], json!({})).await;
    for n in 1..=12 {
        story.declared(&format!("contract-{n:02}"), "acme-prod", &format!("2030-07-{n:02}T00:00:00Z")).await;
    }
    story.declared("support", "acme-prod", "2032-01-01T00:00:00Z").await;
}

/// Returns kubectl's output without the values that differ between runs.
fn described(story: &Story) -> String {
    let text = story.bed.kubectl_ok(&["-n", &story.namespace, "describe", "mdmt", "acme-prod"], "");
    let mut lines = Vec::new();
    for line in text.replace(&story.namespace, "mdm").lines() {
        let (indent, rest) = line.split_at(line.len() - line.trim_start().len());
        let line = match rest.split_once(':') {
            Some((label @ ("UID" | "Resource Version" | "Creation Timestamp"), value)) => {
                let space = &value[..value.len() - value.trim_start().len()];
                format!("{indent}{label}:{space}…")
            }
            _ => line.to_owned(),
        };
        lines.push(line.trim_end().to_owned());
    }
    // The width of the Events table depends on the printed ages.
    let at = lines.iter().position(|line| line.starts_with("Events:")).unwrap();
    for line in lines.iter_mut().skip(at + 1) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let [type_, reason, _, from, message @ ..] = words.as_slice() {
            *line = format!("  {type_}  {reason}  …  {from}  {}", message.join(" "));
        }
    }
    // Events of the same second are sorted by name, which is derived from the object's UID.
    if let Some(events) = lines.get_mut(at + 3..) {
        events.sort();
    }
    lines.join("\n") + "\n"
}

fn assert_described(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(format!("describe__{name}"), text));
}

#[tokio::test]
async fn the_page_of_a_tenant_with_one_of_everything_as_kubectl_shows_it() {
    let story = Story::begin("described", NOW).await;
    one_of_everything(&story).await;
    let reasons =
        ["Expired", "IdentityChanged", "TokenInUse", "SharedByOthers", "KeyMismatch", "WrongFile", "MissingCredential"];
    let is_complete = |page: &Value| {
        page["credentials"]["total"] == 24
            && reasons.iter().all(|reason| notification(page, reason).is_some())
            && lapsewatch_test_support::cluster::tenants::counted(page, "Pending") == 0
    };
    story.until_page("acme-prod", "one of everything", is_complete).await;
    story.at("2030-06-15T08:00:30Z");
    story.expect_tenant_events("acme-prod", &["MissingCredential", "Expired"]).await;
    assert_described("MDMTenant", &described(&story));
}

#[tokio::test]
async fn the_page_of_a_tenant_where_all_is_well_as_kubectl_shows_it() {
    let story = Story::begin("well", NOW).await;
    tenant(&story).await;
    create(&story, "acme-apns", "APNsCertificate", &[("push.pem", fixture("apns/a.pem"))], json!({})).await;
    create(&story, "acme-win", "WindowsSymantecCertificate", &[("app.pem", fixture("symantec/a.pem"))], json!({}))
        .await;
    story.expect_page("acme-prod", &[("Healthy", "True/Valid")]).await;
    story.at("2030-06-15T08:00:30Z");
    story.expect_tenant_events("acme-prod", &[]).await;
    assert_described("MDMTenantWell", &described(&story));
}

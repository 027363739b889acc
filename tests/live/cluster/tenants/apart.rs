//! Tests of tenants in two namespaces that hold the same token: the operator uses only the description of the tenant in
//! the same namespace, and no namespace contains data of the other tenant.

use serde_json::json;

use crate::cluster::restart::grant;
use lapsewatch_test_support::cluster::bed::bed;
use lapsewatch_test_support::cluster::story::Story;

const NOW: &str = "2030-03-01T00:00:00Z";

/// A tenant and its own description.
struct Side<'a> {
    story: &'a Story,
    tenant: &'static str,
    credential: &'static str,
    environment: &'static str,
    account: &'static str,
    display: &'static str,
}

impl Side<'_> {
    async fn create(&self) {
        let owner =
            json!({"contact": format!("#{}", self.account), "account": format!("{}@acme.example", self.account)});
        let spec = json!({"displayName": self.display, "environment": self.environment, "supportAccount": self.account,
            "product": format!("MaaS360 of {}", self.display), "owner": owner});
        self.story.tenant(self.tenant, spec).await;
        for (suffix, type_, file) in [("dep", "DEPToken", "dep/a.json"), ("vpp", "VPPToken", "vpp/a.vpptoken")] {
            let name = format!("{}-{suffix}", self.credential);
            self.story.secret(&name, &[("value", file)]).await;
            let spec = json!({"type": type_, "tenantRef": {"name": self.tenant}, "secretRef": {"name": name},
                "reminderEveryHours": 0});
            self.story.credential(&name, spec).await;
        }
    }

    /// Returns everything that a user with read access to only this namespace can read there.
    fn readable(&self) -> String {
        let story = self.story;
        let user = format!("system:serviceaccount:{}:reader", story.namespace);
        let verbs = ["get", "list", "watch"];
        let rules = json!([
            {"apiGroups": ["lapsewatch.dev"], "resources": ["tenantcredentials", "mdmtenants"], "verbs": verbs},
            {"apiGroups": ["", "events.k8s.io"], "resources": ["events"], "verbs": verbs},
        ]);
        grant(story, &user, &rules);
        let kubeconfig = story.bed.kubeconfig_as(&user, &story.namespace);
        let mut found = String::new();
        for args in [
            ["get", "tcred,mdmt", "-o", "yaml", "--show-managed-fields"].as_slice(),
            &["get", "events", "-o", "yaml", "--show-managed-fields"],
            &["get", "events.events.k8s.io", "-o", "yaml", "--show-managed-fields"],
            &["get", "tcred,mdmt", "-o", "wide"],
            &["describe", "tcred,mdmt"],
        ] {
            let args = [&["--kubeconfig", kubeconfig.to_str().unwrap()], args].concat();
            found += &story.bed.kubectl_ok(&args, "");
        }
        found
    }
}

#[tokio::test]
async fn a_duplicate_is_told_by_the_own_tenant_and_nothing_of_anothers_is() {
    let names = bed().namespaces("side", 2);
    let mut here = Story::within(bed(), names[0].clone(), NOW).await;
    let there = Story::within(bed(), names[1].clone(), NOW).await;
    here.also = vec![there.namespace.clone()];
    let sides = [
        Side {
            story: &here,
            tenant: "acme-prod",
            credential: "prod",
            environment: "Production",
            account: "4711-prod",
            display: "Acme Works",
        },
        Side {
            story: &there,
            tenant: "beta-trial",
            credential: "beta",
            environment: "Trial",
            account: "0815-beta",
            display: "Beta Labs",
        },
    ];
    for side in &sides {
        side.create().await;
    }
    // The side borrows the story in which the operator runs.
    let mut operator = Story::within(bed(), names[0].clone(), NOW).await;
    operator.also = vec![there.namespace.clone()];
    operator.start().await;
    for side in &sides {
        let status = side.story.expect(&format!("{}-dep", side.credential), &[("Duplicate", "True/TokenInUse")]).await;
        let remedy = status["notifications"][0]["remedy"].as_str().unwrap();
        let account = format!("contact the MDM vendor's support with the account number {}", side.account);
        let environment = format!("this side is tenant {}, the {} environment", side.tenant, side.environment);
        assert!(remedy.contains(&account) && remedy.contains(&environment), "{remedy}");
        let page = side.story.expect_page(side.tenant, &[("Healthy", "False/Duplicate")]).await;
        let on_page = lapsewatch_test_support::cluster::tenants::notification(&page, "TokenInUse").unwrap();
        assert!(on_page["remedy"].as_str().unwrap().contains(&environment), "{page:#}");
    }
    operator.at("2030-03-01T00:00:30Z");
    for side in &sides {
        side.story.expect_tenant_events(side.tenant, &["Duplicate"]).await;
        let note = side.story.tenant_event_objects(side.tenant).await.remove(0).message.unwrap();
        assert!(note.contains("also held by a credential of another namespace"), "{note}");
    }
    for (own, other) in [(&sides[0], &sides[1]), (&sides[1], &sides[0])] {
        let found = own.readable();
        let own_words = [own.tenant, own.credential, own.environment, own.account, own.display];
        assert!(own_words.iter().all(|word| found.contains(word)), "own data is visible");
        let mut others = vec![
            other.tenant.to_owned(),
            other.account.to_owned(),
            other.display.to_owned(),
            other.story.namespace.clone(),
        ];
        others.extend([format!("{}-dep", other.credential), format!("the {} environment", other.environment)]);
        for object in ["dep", "vpp"].map(|suffix| format!("{}-{suffix}", other.credential)) {
            others.push(other.story.get(&object).await["metadata"]["uid"].as_str().unwrap().to_owned());
        }
        others.push(other.story.get_tenant(other.tenant).await["metadata"]["uid"].as_str().unwrap().to_owned());
        for word in others {
            let at = found.find(&word);
            assert!(at.is_none(), "{word} is visible: …{}…", &found[at.unwrap().saturating_sub(80)..][..200]);
        }
    }
    operator.stop().await;
}

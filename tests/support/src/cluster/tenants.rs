//! Helpers for stories with tenants.

use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::Event;
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, Patch, PatchParams};
use kube::core::{ApiResource, GroupVersionKind};
use serde_json::{Value, json};

use crate::cluster::audit::count;
use crate::cluster::story::{PATIENCE, Story, said};

impl Story {
    pub fn tenants(&self) -> Api<DynamicObject> {
        let kind = GroupVersionKind::gvk("lapsewatch.dev", "v1alpha1", "MDMTenant");
        let kind = ApiResource::from_gvk_with_plural(&kind, "mdmtenants");
        Api::namespaced_with(self.client.clone(), &self.namespace, &kind)
    }

    /// Applies an MDMTenant.
    pub async fn tenant(&self, name: &str, spec: Value) {
        let object = json!({
            "apiVersion": "lapsewatch.dev/v1alpha1", "kind": "MDMTenant",
            "metadata": {"name": name, "namespace": self.namespace}, "spec": spec,
        });
        let params = PatchParams::apply("test").force();
        self.tenants().patch(name, &params, &Patch::Apply(&object)).await.unwrap();
    }

    pub async fn delete_tenant(&self, name: &str) {
        self.tenants().delete(name, &DeleteParams::default()).await.unwrap();
    }

    /// Applies a declared date of the tenant, without reminders.
    pub async fn declared(&self, name: &str, tenant: &str, expires: &str) {
        let spec = json!({"type": "DeclaredExpiry", "tenantRef": {"name": tenant}, "expirationTime": expires,
            "reminderEveryHours": 0});
        self.credential(name, spec).await;
    }

    pub async fn get_tenant(&self, name: &str) -> Value {
        serde_json::to_value(self.tenants().get(name).await.unwrap()).unwrap()
    }

    /// Returns the tenant status.
    pub async fn page(&self, name: &str) -> Value {
        self.get_tenant(name).await["status"].clone()
    }

    /// Waits until the tenant status has all these values, like `expect` for a credential.
    pub async fn expect_page(&self, name: &str, expected: &[(&str, &str)]) -> Value {
        let holds = |page: &Value| expected.iter().all(|(aspect, value)| said(page, aspect) == *value);
        self.until_page(name, &format!("{expected:?}"), holds).await
    }

    /// Waits until the tenant status meets the condition.
    pub async fn until_page(&self, name: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let page = self.page(name).await;
            if holds(&page) {
                return page;
            }
            assert!(begun.elapsed() < PATIENCE, "the status of tenant {name} does not reach {what}:\n{page:#}");
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }

    /// Returns the Events about a tenant in the order of creation, as `kubectl describe` finds them.
    pub async fn tenant_event_objects(&self, name: &str) -> Vec<Event> {
        let uid = self.get_tenant(name).await["metadata"]["uid"].as_str().unwrap().to_owned();
        let api: Api<Event> = Api::namespaced(self.client.clone(), &self.namespace);
        let params = ListParams::default().fields(&format!("involvedObject.uid={uid},involvedObject.name={name}"));
        let mut events = api.list(&params).await.unwrap().items;
        events.sort_by_key(|event| event.metadata.resource_version.as_ref().unwrap().parse::<u64>().unwrap());
        events
    }

    /// Returns the reasons of the Events about a tenant.
    pub async fn tenant_events(&self, name: &str) -> Vec<String> {
        self.tenant_event_objects(name).await.into_iter().filter_map(|event| event.reason).collect()
    }

    /// Waits until exactly these Events were sent, and checks that no further Event follows.
    pub async fn expect_tenant_events(&self, name: &str, expected: &[&str]) {
        let begun = Instant::now();
        while self.tenant_events(name).await != expected && begun.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.rest().await;
        assert_eq!(self.tenant_events(name).await, expected);
    }

    /// Waits long enough for a pending tenant status to be written.
    pub async fn rest(&self) {
        tokio::time::sleep(Duration::from_millis(1800)).await;
    }

    /// Restarts the operator, and checks that nothing is read, written or sent.
    pub async fn restart_is_no_news(&mut self, tenant: &str) {
        self.stop().await;
        let before = (self.get_tenant(tenant).await, self.tenant_events(tenant).await);
        let since = self.bed.mark();
        self.start().await;
        self.rest().await;
        self.stop().await;
        let requests = self.bed.audit(since);
        assert!(count(&requests, |r| r.user_agent == self.agent()) > 0, "the operator ran: {requests:#?}");
        assert_eq!(crate::cluster::audit::reads_and_writes(self, &requests), (0, 0), "{requests:#?}");
        assert_eq!((self.get_tenant(tenant).await, self.tenant_events(tenant).await), before);
        self.start().await;
    }
}

/// Returns the notification with this reason.
pub fn notification<'a>(page: &'a Value, reason: &str) -> Option<&'a Value> {
    page["notifications"].as_array()?.iter().find(|n| n["reason"] == reason)
}

/// Returns the number of credentials in a state.
pub fn counted(page: &Value, state: &str) -> i64 {
    let states = page["credentials"]["states"].as_array();
    states.and_then(|states| states.iter().find(|s| s["state"] == state)).map_or(0, |s| s["count"].as_i64().unwrap())
}

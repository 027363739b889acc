//! Tests of field selectors. With them, a user who may read several namespaces finds every holder of one credential.

use kube::Api;
use kube::api::{ListParams, Patch, PatchParams, PostParams};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use serde_json::json;

use lapsewatch_test_support::cluster::bed::bed;

#[tokio::test]
async fn objects_are_found_by_what_they_declare_and_by_what_was_read() {
    let bed = bed();
    let namespace = bed.namespace("selectors");
    let kind = ApiResource::from_gvk_with_plural(
        &GroupVersionKind::gvk("lapsewatch.dev", "v1alpha1", "TenantCredential"),
        "tenantcredentials",
    );
    let api: Api<DynamicObject> = Api::namespaced_with(bed.client().await, &namespace, &kind);
    for (name, type_) in [("one", "APNsCertificate"), ("other", "VPPToken")] {
        let spec = json!({
            "type": type_,
            "tenantRef": {"name": format!("tenant-{name}")},
            "secretRef": {"name": format!("secret-{name}")},
        });
        let object = DynamicObject::new(name, &kind).data(json!({"spec": spec}));
        api.create(&PostParams::default(), &object).await.expect("the object is valid");
        let status = json!({"status": {
            "severity": if name == "one" { "Warning" } else { "None" },
            "credential": {"fingerprint": format!("f-{name}"), "identity": format!("com.apple.mgmt.External.{name}")},
        }});
        api.patch_status(name, &PatchParams::default(), &Patch::Merge(&status)).await.expect("the object is valid");
    }
    for (field, value) in [
        ("spec.type", "APNsCertificate"),
        ("spec.tenantRef.name", "tenant-one"),
        ("spec.secretRef.name", "secret-one"),
        ("status.severity", "Warning"),
        ("status.credential.fingerprint", "f-one"),
        ("status.credential.identity", "com.apple.mgmt.External.one"),
    ] {
        for (selector, found) in [(format!("{field}={value}"), "one"), (format!("{field}!={value}"), "other")] {
            let list = api.list(&ListParams::default().fields(&selector)).await.expect("the field is selectable");
            let names: Vec<_> = list.items.iter().filter_map(|o| o.metadata.name.as_deref()).collect();
            assert_eq!(names, [found], "{selector}");
        }
    }
}

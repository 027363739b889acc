//! A table of specs that the server accepts.

use serde_json::{Value, json};

use super::spec;

/// Returns valid specs: the minimum for each type, and every field at its limit.
pub fn specs() -> Vec<Value> {
    let owner = json!({
        "account": "ä".repeat(128), "contact": "#mobile-ops, Größe & Co", "runbookURL": format!("https://{}", "a".repeat(248)),
    });
    let mut specs: Vec<Value> =
        ["APNsCertificate", "VPPToken", "DEPToken", "WindowsSymantecCertificate", "X509Certificate", "DeclaredExpiry"]
            .map(|type_| spec(type_, json!({})))
            .into();
    specs.extend([
        spec(
            "APNsCertificate",
            json!({
                "tenantRef": {"name": "acme.prod-1"},
                "secretRef": {"name": "a", "key": "push.pem", "privateKeyKey": "push_key", "passwordKey": "Password"},
                "warnBeforeDays": [3650, 100, 60, 30, 14, 7, 5, 3, 2, 1],
                "reminderEveryHours": 0,
                "expectedIdentities": ["b", "a", "d", "i".repeat(256)],
                "mutedUntil": "9998-12-31T23:59:59Z",
                "owner": owner,
            }),
        ),
        spec("APNsCertificate", json!({"warnBeforeDays": [1], "reminderEveryHours": 8760, "owner": {}})),
        spec("VPPToken", json!({"vppToken": {"override": "Enabled"}, "expectedIdentities": ["Acme Corp."]})),
        spec("VPPToken", json!({"vppToken": {"override": "Disabled"}})),
        spec("VPPToken", json!({"vppToken": {}})),
        spec("DEPToken", json!({"expirationTime": "2027-03-01T00:00:00Z"})),
        spec("DeclaredExpiry", json!({"expirationTime": "9998-12-31T23:59:59.5+01:00"})),
    ]);
    specs
}

//! A table of specs that the server refuses.

use serde_json::{Value, json};

use super::spec;

const DAYS: &str = "warnBeforeDays must fall from number to number, without repeats, such as [60, 30, 14, 7, 1]";
const DATE: &str = "the date is read from the credential itself: expirationTime is only for DeclaredExpiry, and for a DEPToken that carries no date";
const SECRET: &str = "secretRef is needed for this type: name the Secret that holds the credential";
const NO_SECRET: &str =
    "a DeclaredExpiry reads no Secret: remove secretRef, or choose the type of the credential that the Secret holds";
const NO_DATE: &str = "a DeclaredExpiry needs expirationTime: the date at which what it stands for lapses";
const OVERRIDE: &str =
    "only a VPPToken can be taken over from another place: remove vppToken (a DEP token has no override)";
const PINS: &str = "this type has no identity to pin: remove expectedIdentities";

/// Returns invalid specs, each with the field that the server names and the server's message.
pub fn table() -> Vec<(Value, &'static str, &'static str)> {
    let apns = |fields| spec("APNsCertificate", fields);
    let mut table = vec![
        // Fields that a type requires, and fields that a type does not allow.
        (spec("DeclaredExpiry", json!({"secretRef": {"name": "acme"}})), "spec.secretRef", NO_SECRET),
        (spec("DeclaredExpiry", json!({"expirationTime": null})), "spec.expirationTime", NO_DATE),
        (json!({"secretRef": {"name": "acme"}}), "spec.type", "Required value"),
        (
            apns(json!({"type": "PushCertificate"})),
            "spec.type",
            "Unsupported value: \"PushCertificate\": supported values: ",
        ),
        (apns(json!({"secretRef": {}})), "spec.secretRef.name", "Required value"),
        (apns(json!({"tenantRef": {}})), "spec.tenantRef.name", "Required value"),
        // The server's date-time format accepts these times, but RFC 3339 does not. An object with such a time would
        // never be assessed.
        (
            spec("DeclaredExpiry", json!({"expirationTime": "2030-01-01T00:00:00,5Z"})),
            "spec.expirationTime",
            "should match",
        ),
        (apns(json!({"mutedUntil": "2030-01-01T00:00:00+24:00"})), "spec.mutedUntil", "should match"),
        // Days and hours.
        (apns(json!({"warnBeforeDays": []})), "spec.warnBeforeDays", "should have at least 1 items"),
        (apns(json!({"warnBeforeDays": [7, 30]})), "spec.warnBeforeDays", DAYS),
        (apns(json!({"warnBeforeDays": [30, 30]})), "spec.warnBeforeDays", DAYS),
        (apns(json!({"warnBeforeDays": [60, 7, 30]})), "spec.warnBeforeDays", DAYS),
        (apns(json!({"warnBeforeDays": [0]})), "spec.warnBeforeDays[0]", "should be greater than or equal to 1"),
        (apns(json!({"warnBeforeDays": [3651]})), "spec.warnBeforeDays[0]", "should be less than or equal to 3650"),
        (apns(json!({"warnBeforeDays": ["30"]})), "spec.warnBeforeDays[0]", "must be of type integer: \"string\""),
        (
            apns(json!({"warnBeforeDays": [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]})),
            "spec.warnBeforeDays",
            "Too many: 11: must have at most 10 items",
        ),
        (apns(json!({"reminderEveryHours": -1})), "spec.reminderEveryHours", "should be greater than or equal to 0"),
        (apns(json!({"reminderEveryHours": 8761})), "spec.reminderEveryHours", "should be less than or equal to 8760"),
        // Expected identities.
        (apns(json!({"expectedIdentities": []})), "spec.expectedIdentities", "should have at least 1 items"),
        (
            apns(json!({"expectedIdentities": ["a", "b", "c", "d", "e"]})),
            "spec.expectedIdentities",
            "Too many: 5: must have at most 4 items",
        ),
        (apns(json!({"expectedIdentities": ["a", "a"]})), "spec.expectedIdentities[1]", "Duplicate value: \"a\""),
        (apns(json!({"expectedIdentities": [""]})), "spec.expectedIdentities[0]", "should be at least 1 chars long"),
        (
            apns(json!({"expectedIdentities": ["a".repeat(257)]})),
            "spec.expectedIdentities[0]",
            "Too long: may not be more than 256 bytes",
        ),
        // Times.
        (
            apns(json!({"mutedUntil": "9999-01-01T00:00:00Z"})),
            "spec.mutedUntil",
            "mutedUntil must be before the year 9999",
        ),
        (apns(json!({"mutedUntil": "tomorrow"})), "spec.mutedUntil", "must be of type date-time: \"tomorrow\""),
        (
            spec("DeclaredExpiry", json!({"expirationTime": "9999-12-31T23:59:59Z"})),
            "spec.expirationTime",
            "expirationTime must be before the year 9999",
        ),
        (
            spec("DeclaredExpiry", json!({"expirationTime": "2027-03-01"})),
            "spec.expirationTime",
            "must be of type date-time: \"2027-03-01\"",
        ),
        // The owner.
        (apns(json!({"owner": {"account": ""}})), "spec.owner.account", "should be at least 1 chars long"),
        (
            apns(json!({"owner": {"account": "a".repeat(129)}})),
            "spec.owner.account",
            "Too long: may not be more than 128 bytes",
        ),
        (apns(json!({"owner": {"account": "a\nb"}})), "spec.owner.account", "should match '^[^\\x00-\\x1f\\x7f]+$'"),
        (
            apns(json!({"owner": {"contact": "c".repeat(129)}})),
            "spec.owner.contact",
            "Too long: may not be more than 128 bytes",
        ),
        (apns(json!({"owner": {"contact": "a\u{7f}"}})), "spec.owner.contact", "should match '^[^\\x00-\\x1f\\x7f]+$'"),
        (
            apns(json!({"owner": {"runbookURL": "wiki/apns"}})),
            "spec.owner.runbookURL",
            "should match '^https?://[!-~]+$'",
        ),
        (
            apns(json!({"owner": {"runbookURL": "https://größe.example"}})),
            "spec.owner.runbookURL",
            "should match '^https?://[!-~]+$'",
        ),
        (
            apns(json!({"owner": {"runbookURL": format!("https://{}", "a".repeat(249))}})),
            "spec.owner.runbookURL",
            "Too long: may not be more than 256 bytes",
        ),
        (
            spec("VPPToken", json!({"vppToken": {"override": true}})),
            "spec.vppToken.override",
            "must be of type string: \"boolean\"",
        ),
        (
            spec("VPPToken", json!({"vppToken": {"override": "Yes"}})),
            "spec.vppToken.override",
            "Unsupported value: \"Yes\": supported values: \"Enabled\", \"Disabled\"",
        ),
    ];
    for type_ in ["APNsCertificate", "VPPToken", "DEPToken", "WindowsSymantecCertificate", "X509Certificate"] {
        table.push((spec(type_, json!({"secretRef": null})), "spec.secretRef", SECRET));
        if type_ != "DEPToken" {
            let dated = spec(type_, json!({"expirationTime": "2027-03-01T00:00:00Z"}));
            table.push((dated, "spec.expirationTime", DATE));
        }
    }
    for type_ in ["APNsCertificate", "DEPToken", "WindowsSymantecCertificate", "X509Certificate", "DeclaredExpiry"] {
        table.push((spec(type_, json!({"vppToken": {"override": "Enabled"}})), "spec.vppToken", OVERRIDE));
    }
    for type_ in ["X509Certificate", "DeclaredExpiry"] {
        table.push((spec(type_, json!({"expectedIdentities": ["a"]})), "spec.expectedIdentities", PINS));
    }
    for name in ["Acme", "acme_apns", "-acme", "acme-", "acme/apns", "acme apns"] {
        let says = "should match '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$'";
        table.push((apns(json!({"secretRef": {"name": name}})), "spec.secretRef.name", says));
        table.push((apns(json!({"tenantRef": {"name": name}})), "spec.tenantRef.name", says));
    }
    for (field, path) in [
        ("key", "spec.secretRef.key"),
        ("privateKeyKey", "spec.secretRef.privateKeyKey"),
        ("passwordKey", "spec.secretRef.passwordKey"),
    ] {
        let with = |key: &str| apns(json!({"secretRef": {"name": "acme", field: key}}));
        table.push((with("push/pem"), path, "should match '^[-._a-zA-Z0-9]+$'"));
        table.push((with(""), path, "should be at least 1 chars long"));
        table.push((with(&"k".repeat(254)), path, "Too long: may not be more than 253 bytes"));
    }
    table
}

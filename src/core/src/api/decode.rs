//! Decodes specs from JSON, as they come from the API server or a manifest.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{CredentialType, MDMTenantSpec, TenantCredentialSpec};

/// Decodes the spec of a TenantCredential.
///
/// Checks the fields that the assessment needs. The API server validates these fields too, but may contain objects that
/// were created before the validation rules existed.
///
/// # Errors
/// Returns a sentence that names the invalid field and does not quote its content.
pub fn spec(spec: &Value) -> Result<TenantCredentialSpec, String> {
    let spec: TenantCredentialSpec = understand(spec)?;
    match spec.type_ {
        CredentialType::DeclaredExpiry if spec.expiration_time.is_none() => {
            Err("spec.expirationTime is missing, which a DeclaredExpiry needs".to_owned())
        }
        CredentialType::DeclaredExpiry => Ok(spec),
        _ if spec.secret_ref.is_none() => Err("spec.secretRef is missing, which this type needs".to_owned()),
        _ => Ok(spec),
    }
}

/// Decodes only the valid fields of an invalid spec, so that its references to a tenant and a Secret still work. None
/// if the type is unknown.
pub fn part(spec: &Value) -> Option<TenantCredentialSpec> {
    let type_ = spec.get("type")?;
    let mut part = Map::from_iter([("type".to_owned(), type_.clone())]);
    for (name, value) in spec.as_object()? {
        let alone = Map::from_iter([("type".to_owned(), type_.clone()), (name.clone(), value.clone())]);
        if understand::<TenantCredentialSpec>(&Value::Object(alone)).is_ok() {
            part.insert(name.clone(), value.clone());
        }
    }
    understand(&Value::Object(part)).ok()
}

/// Decodes the spec of an MDMTenant. All fields are optional, and the spec itself may be absent.
///
/// # Errors
/// Returns a sentence that names the invalid field and does not quote its content.
pub fn tenant(spec: &Value) -> Result<MDMTenantSpec, String> {
    if spec.is_null() { Ok(MDMTenantSpec::default()) } else { understand(spec) }
}

fn understand<T: DeserializeOwned>(spec: &Value) -> Result<T, String> {
    serde_path_to_error::deserialize(spec).map_err(|e| match e.path().to_string() {
        path if path == "." => "spec lacks a field that is needed, or is of another form".to_owned(),
        path => format!("spec.{path} is of another form than this version knows"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_cannot_be_understood_is_named_and_not_quoted() {
        let with_days =
            json!({"type": "X509Certificate", "secretRef": {"name": "a"}, "warnBeforeDays": [30, "canary"]});
        assert_eq!(spec(&with_days).unwrap_err(), "spec.warnBeforeDays[1] is of another form than this version knows");
        let newer = json!({"type": "Passkey", "secretRef": {"name": "a"}});
        assert_eq!(spec(&newer).unwrap_err(), "spec.type is of another form than this version knows");
    }

    #[test]
    fn of_what_cannot_be_understood_the_rest_is() {
        let newer = json!({"type": "VPPToken", "secretRef": {"name": "a"}, "tenantRef": {"name": "acme"},
            "vppToken": {"override": "Negotiated"}, "warnBeforeDays": ["soon"], "reminderEveryHours": 3});
        assert!(spec(&newer).is_err());
        let part = part(&newer).unwrap();
        assert_eq!(part.secret_ref.unwrap().name, "a");
        assert_eq!(part.tenant_ref.unwrap().name, "acme");
        assert_eq!((part.vpp_token, part.warn_before_days, part.reminder_every_hours), (None, None, Some(3)));
        for none in
            [json!({"type": "Passkey", "secretRef": {"name": "a"}}), json!({"secretRef": {"name": "a"}}), json!(null)]
        {
            assert!(super::part(&none).is_none(), "{none}");
        }
    }

    #[test]
    fn what_would_leave_nothing_to_assess_is_refused() {
        assert!(spec(&json!({"type": "DeclaredExpiry"})).unwrap_err().contains("spec.expirationTime"));
        assert!(spec(&json!({"type": "APNsCertificate"})).unwrap_err().contains("spec.secretRef"));
        assert!(spec(&json!(null)).is_err());
    }

    #[test]
    fn fields_of_a_newer_version_are_passed_over() {
        let newer = json!({"type": "X509Certificate", "secretRef": {"name": "a", "future": 1}, "alsoFuture": {}});
        assert!(spec(&newer).is_ok());
    }

    #[test]
    fn of_a_tenant_nothing_is_needed_and_what_cannot_be_understood_is_named() {
        for nothing in [json!(null), json!({}), json!({"future": 1, "owner": {}})] {
            assert!(tenant(&nothing).is_ok(), "{nothing}");
        }
        let days = json!({"warnBeforeDays": {"VPPToken": [30, "canary"]}});
        let says = "spec.warnBeforeDays.VPPToken[1] is of another form than this version knows";
        assert_eq!(tenant(&days).unwrap_err(), says);
        let newer = json!({"requiredCredentials": ["Passkey"]});
        assert_eq!(
            tenant(&newer).unwrap_err(),
            "spec.requiredCredentials[0] is of another form than this version knows"
        );
        assert!(tenant(&json!([1])).is_err());
    }
}

//! A spec from JSON, as the API server or a manifest has it.

use serde_json::Value;

use super::{CredentialType, TenantCredentialSpec};

/// The spec, or the path of what can't be understood in it. The API server's rules are held again where breaking them
/// would leave nothing to assess: an object may be older than the rules.
///
/// # Errors
/// A sentence that names the field and quotes nothing of its content.
pub fn spec(spec: &Value) -> Result<TenantCredentialSpec, String> {
    let spec: TenantCredentialSpec =
        serde_path_to_error::deserialize(spec).map_err(|e| match e.path().to_string() {
            path if path == "." => "spec lacks a field that is needed, or is of another form".to_owned(),
            path => format!("spec.{path} is of another form than this version knows"),
        })?;
    match spec.type_ {
        CredentialType::DeclaredExpiry if spec.expiration_time.is_none() => {
            Err("spec.expirationTime is missing, which a DeclaredExpiry needs".to_owned())
        }
        CredentialType::DeclaredExpiry => Ok(spec),
        _ if spec.secret_ref.is_none() => Err("spec.secretRef is missing, which this type needs".to_owned()),
        _ => Ok(spec),
    }
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
}

//! Remarks of `lapsewatch verify` and `lapsewatch check` about their inputs. Remarks do not change the verdict.

use crate::api::TenantCredentialSpec;
use crate::messages::advice::secret;

/// Returns the remark for a file that replaces or adds a value of the Secret.
pub fn stands_for(file: &str, key: &str, spec: &TenantCredentialSpec, is_new: bool) -> String {
    match is_new {
        false => format!("{file} stands for key {key} of Secret {}", secret(spec)),
        true => format!("{file} stands for a new key {key} of Secret {}", secret(spec)),
    }
}

/// Returns the remark for a Secret that the caller can't read.
pub fn secret_unseen(spec: &TenantCredentialSpec, why: &str) -> String {
    format!(
        "Secret {} could not be read ({why}): what stands beside the new file there, as its private key, was not seen",
        secret(spec)
    )
}

/// Returns the remark for a Secret that does not exist.
pub fn no_secret(spec: &TenantCredentialSpec) -> String {
    format!("there is no Secret {} yet: the files were taken for all of it", secret(spec))
}

/// Returns the remark for a tenant that can't be read.
pub fn tenant_unseen(name: &str, why: &str) -> String {
    format!("MDMTenant {name} could not be read ({why}): its warning days and contact were left out")
}

/// Returns the remark for a tenant that is not in the manifests.
pub fn tenant_absent(name: &str) -> String {
    format!("MDMTenant \"{name}\" is not among what was given: the default warning days apply")
}

/// Returns the remark for the number of further problems in the previous state.
pub fn more_problems(count: usize) -> String {
    format!("--previous: {count} more problems are left out here. lapsewatch check lists them.")
}

/// Returns the remark for other TenantCredentials that can't be read, so that a shared credential may go undetected.
pub fn others_unread(count: usize) -> String {
    let others = if count == 1 { "1 other TenantCredential" } else { &format!("{count} other TenantCredentials") };
    format!("{others} of this type could not be read and may contain the same credential.")
}

/// Returns the remark for a tenant whose spec is invalid.
pub fn tenant_invalid(name: &str, why: &str) -> String {
    format!("MDMTenant \"{name}\" is not understood ({why}). Its warning days and contact were left out.")
}

/// Returns the remark for a caller who can list TenantCredentials only in one namespace.
pub fn own_namespace_only(namespace: &str) -> String {
    format!(
        "TenantCredentials of other namespaces could not be listed: whether one of them holds it too was only looked for in namespace {namespace}"
    )
}

/// Returns the remark for a caller who can't list TenantCredentials.
pub fn others_unseen(why: &str) -> String {
    format!("whether another TenantCredential holds it too could not be looked for ({why})")
}

/// Returns the remark for a credential that can't be compared with the previous state. `is_vouched_for` is true if
/// the identity is confirmed in another way, so that no further advice is needed.
pub fn not_compared(why: &str, is_vouched_for: bool) -> String {
    match is_vouched_for {
        true => format!("the credential was not compared with the previous state (--previous): {why}"),
        false => format!(
            "the credential was not compared with the previous state (--previous): {why}. Give the previous state decrypted and complete, or pin the identity in spec.expectedIdentities."
        ),
    }
}

/// The remark for a previous state without a TenantCredential.
pub const NOTHING_BEFORE: &str = "--previous contains no TenantCredential, so nothing was compared";

/// The remark for an encrypted object in the previous state, which may be the object that is checked.
pub const MAY_BE_ENCRYPTED: &str = "an object there that sops has encrypted may be this one";

/// The message for a TenantCredential whose type differs from the previous state.
pub const OTHER_TYPE: &str = "spec.type: it differs from the type that --previous gives, which the API server refuses";

/// The message for a TenantCredential that exists only in the previous state.
pub const REMOVED: &str = "it is not in what was given now: nothing would warn of its credential any more";

/// Returns the remark for a password that the Secret must contain too.
pub fn password(spec: &TenantCredentialSpec) -> String {
    format!(
        "it was opened with the password given: the operator needs it too, in a key of Secret {} that spec.secretRef.passwordKey names",
        secret(spec)
    )
}

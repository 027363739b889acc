//! The remarks on what was seen and done, and what was not. None of them decides.

use crate::api::TenantCredentialSpec;
use crate::messages::advice::secret;

/// A file that stands for a value of the Secret.
pub fn stands_for(file: &str, key: &str, spec: &TenantCredentialSpec, is_new: bool) -> String {
    match is_new {
        false => format!("{file} stands for key {key} of Secret {}", secret(spec)),
        true => format!("{file} stands for a new key {key} of Secret {}", secret(spec)),
    }
}

/// A Secret that the caller may not read.
pub fn secret_unseen(spec: &TenantCredentialSpec, why: &str) -> String {
    format!(
        "Secret {} could not be read ({why}): what stands beside the new file there, as its private key, was not seen",
        secret(spec)
    )
}

/// A Secret that is not there.
pub fn no_secret(spec: &TenantCredentialSpec) -> String {
    format!("there is no Secret {} yet: the files were taken for all of it", secret(spec))
}

/// A tenant that could not be read.
pub fn tenant_unseen(name: &str, why: &str) -> String {
    format!("MDMTenant {name} could not be read ({why}): its warning days and contact were left out")
}

/// A tenant that is not among the manifests.
pub fn tenant_absent(name: &str) -> String {
    format!("MDMTenant \"{name}\" is not among what was given: the default warning days apply")
}

/// Problems of the previous state that are left out of a list.
pub fn more_problems(count: usize) -> String {
    format!("--previous: {count} more problems are left out here. lapsewatch check lists them.")
}

/// Other credentials that may hold it too, and that could not be read.
pub fn others_unread(count: usize) -> String {
    let others = if count == 1 { "1 other TenantCredential" } else { &format!("{count} other TenantCredentials") };
    format!("{others} of this type could not be read and may contain the same credential.")
}

/// A tenant that this version does not understand.
pub fn tenant_invalid(name: &str, why: &str) -> String {
    format!("MDMTenant \"{name}\" is not understood ({why}). Its warning days and contact were left out.")
}

/// Other namespaces that the caller may not list.
pub fn own_namespace_only(namespace: &str) -> String {
    format!(
        "TenantCredentials of other namespaces could not be listed: whether one of them holds it too was only looked for in namespace {namespace}"
    )
}

/// No TenantCredentials that the caller may list.
pub fn others_unseen(why: &str) -> String {
    format!("whether another TenantCredential holds it too could not be looked for ({why})")
}

/// A credential that could not be held against its state before. `is_vouched_for`: other evidence stands for it.
pub fn not_compared(why: &str, is_vouched_for: bool) -> String {
    match is_vouched_for {
        true => format!("the credential was not compared with the previous state (--previous): {why}"),
        false => format!(
            "the credential was not compared with the previous state (--previous): {why}. Give the previous state decrypted and complete, or pin the identity in spec.expectedIdentities."
        ),
    }
}

/// A previous state without any object.
pub const NOTHING_BEFORE: &str = "--previous contains no TenantCredential, so nothing was compared";

/// An object that may be the one before, as far as what is encrypted lets tell.
pub const MAY_BE_ENCRYPTED: &str = "an object there that sops has encrypted may be this one";

/// A TenantCredential whose type is another one than before.
pub const OTHER_TYPE: &str = "spec.type: it differs from the type that --previous gives, which the API server refuses";

/// A TenantCredential that was there before.
pub const REMOVED: &str = "it is not in what was given now: nothing would warn of its credential any more";

/// A password that the Secret must have, too.
pub fn password(spec: &TenantCredentialSpec) -> String {
    format!(
        "it was opened with the password given: the operator needs it too, in a key of Secret {} that spec.secretRef.passwordKey names",
        secret(spec)
    )
}

//! Builds the names and the spec of the TenantCredential that `new` writes.

use std::io;

use super::names;
use super::secret::SecretEntry;
use crate::args::NewArgs;
use crate::local_files::{self, LocalAssessment};
use crate::manifests::rules::Rules;
use lapsewatch_core::api::credential::{Owner, SecretRef, TenantRef};
use lapsewatch_core::api::{self, CredentialType, TenantCredentialSpec};

/// The names of the TenantCredential and the Secret.
pub(super) struct Names {
    pub credential: String,
    pub secret: String,
}

/// Returns the names from the arguments. A missing name is derived from the tenant and the type.
pub(super) fn names(args: &NewArgs, type_: CredentialType) -> Result<Names, String> {
    let credential = match (&args.name, &args.tenant) {
        (Some(name), _) => name.clone(),
        (None, Some(tenant)) => api::names::object(&names::credential(tenant, type_))
            .map_err(|_| "the tenant's name is too long to make another of it: give --name".to_owned())?,
        (None, None) => return Err("there is no name: give --tenant or --name".to_owned()),
    };
    let secret = args.secret_name.clone().unwrap_or_else(|| credential.clone());
    Ok(Names { credential, secret })
}

/// Returns the part of the spec that follows from the arguments alone, before any file is read.
pub(super) fn declared(args: &NewArgs, type_: CredentialType) -> TenantCredentialSpec {
    let owner = Owner {
        account: args.owner_account.clone(),
        contact: args.contact.clone(),
        runbook_url: args.runbook_url.clone(),
    };
    TenantCredentialSpec {
        tenant_ref: args.tenant.clone().map(|name| TenantRef { name }),
        owner: Some(owner).filter(|owner| *owner != Owner::default()),
        ..local_files::spec(type_)
    }
}

/// Returns the complete spec: with the reference to the Secret, and with the credential's identity as the only expected
/// identity.
pub(super) fn spec(
    args: &NewArgs,
    look: &LocalAssessment,
    names: &Names,
    entries: &[SecretEntry<'_>],
) -> TenantCredentialSpec {
    let facts = look.status.credential.as_ref();
    let identity = facts.and_then(|facts| facts.identity.clone()).filter(|identity| !identity.is_empty());
    let password = entries.iter().find(|entry| entry.file.is_none());
    TenantCredentialSpec {
        // The keys of the values are not set: the operator finds the credential and the private key by their content,
        // as `new` does.
        secret_ref: Some(SecretRef {
            name: names.secret.clone(),
            key: None,
            private_key_key: None,
            password_key: password.map(|entry| entry.key.clone()),
        }),
        expected_identities: identity.map(|identity| vec![identity]),
        ..declared(args, look.identified.type_)
    }
}

/// Returns the faults for which the API server would reject the spec.
pub(super) fn broken(spec: &TenantCredentialSpec) -> io::Result<Vec<String>> {
    let faults = Rules::for_crd("tenantcredentials.yaml").broken(&serde_json::to_value(spec)?);
    Ok(faults.iter().map(ToString::to_string).collect())
}

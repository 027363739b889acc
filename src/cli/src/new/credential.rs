//! The TenantCredential: its names and its spec.

use std::io;

use super::names;
use super::secret::SecretEntry;
use crate::args::NewArgs;
use crate::local_files::{self, LocalAssessment};
use crate::manifests::rules::Rules;
use lapsewatch_core::api::credential::{Owner, SecretRef, TenantRef};
use lapsewatch_core::api::{self, CredentialType, TenantCredentialSpec};

/// What the objects are called.
pub(super) struct Names {
    pub credential: String,
    pub secret: String,
}

/// The names that were given, and those that follow from them.
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

/// What is declared before anything is read.
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

/// The whole spec: with the Secret, and the identity as a pin.
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
        // All else is found by content, as it was found here.
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

/// What the API server would refuse of it.
pub(super) fn broken(spec: &TenantCredentialSpec) -> io::Result<Vec<String>> {
    let faults = Rules::of("tenantcredentials.yaml").broken(&serde_json::to_value(spec)?);
    Ok(faults.iter().map(ToString::to_string).collect())
}

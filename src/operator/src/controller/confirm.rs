//! Confirmation: an Event is sent only of what the API server has now. A watch may lag behind: after a lost connection,
//! in a process that was suspended, and in a replica that takes over.
//!
//! Conditions need no confirmation. They follow the watch, and nobody is paged twice by one that is corrected.

use kube::Client;
use serde::Deserialize;

use super::cache::SecretVersion;
use lapsewatch_cluster::request::{self, RequestError};
use lapsewatch_core::api::{GROUP, Key, VERSION};
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::kind::{CredentialKind, TenantKind, WatchedKind};
use lapsewatch_core::observed::trimmed_meta::TrimmedMeta;

/// An object that an Event about another one rests on, as the caches have it.
#[derive(Clone, Debug)]
pub struct Witness {
    /// Which one.
    pub key: Key,
    /// The UID and generation; none if there is no such object.
    pub object: Option<(String, i64)>,
    /// The Secret that it names, and the Secret's version; none if it names none.
    pub secret: Option<(String, Option<SecretVersion>)>,
}

#[derive(Deserialize)]
struct Partial {
    #[serde(default)]
    metadata: TrimmedMeta,
}

#[derive(Deserialize)]
struct PartialList {
    #[serde(default)]
    items: Vec<Partial>,
}

/// The version of a Secret as the API server has it; `known` if it has no name or may not be looked at.
///
/// # Errors
/// Where it could not be looked at.
pub async fn secret_now(
    client: &Client,
    namespace: &str,
    name: Option<&str>,
    known: Option<&SecretVersion>,
) -> Result<Option<SecretVersion>, RequestError> {
    let Some(name) = name else { return Ok(known.cloned()) };
    let path = format!("/api/v1/namespaces/{namespace}/secrets/{name}");
    Ok(match metadata(client, &path).await? {
        PresentMetadata::At(slim) => Some(SecretVersion { uid: slim.uid, resource_version: slim.resource_version }),
        PresentMetadata::Gone => None,
        PresentMetadata::Refused => known.cloned(),
    })
}

/// True if the API server has all of these, and the Secrets they name, as the caches have them.
///
/// # Errors
/// Where one could not be looked at.
pub async fn are_current(client: &Client, witnesses: &[Witness]) -> Result<bool, RequestError> {
    for Witness { key, object, secret: named } in witnesses {
        let is_same = match metadata(client, &object_path::<CredentialKind>(&key.namespace, &key.name)).await? {
            PresentMetadata::At(slim) => object
                .as_ref()
                .is_some_and(|(uid, generation)| (uid.as_str(), *generation) == (slim.uid.as_str(), slim.generation)),
            PresentMetadata::Gone => object.is_none(),
            PresentMetadata::Refused => true,
        };
        if !is_same {
            return Ok(false);
        }
        if let Some((name, version)) = named
            && secret_now(client, &key.namespace, Some(name), version.as_ref()).await? != *version
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// True if the API server has exactly these members of a tenant, by name and resourceVersion.
///
/// # Errors
/// Where they could not be listed.
pub async fn are_members(
    client: &Client,
    tenant: &Observed<TenantKind>,
    members: &[(String, String)],
) -> Result<bool, RequestError> {
    let (namespace, name, plural) = (&tenant.namespace, &tenant.name, CredentialKind::PLURAL);
    let path =
        format!("/apis/{GROUP}/{VERSION}/namespaces/{namespace}/{plural}?fieldSelector=spec.tenantRef.name%3D{name}");
    let body = match request::metadata_of_list(client, &path).await {
        Ok(body) => body,
        Err(cause) if is_refused(&cause) => return Ok(true),
        Err(cause) => return Err(cause),
    };
    let PartialList { items } = serde_json::from_slice(&body).map_err(|_| RequestError::NoList)?;
    let mut present: Vec<(String, String)> =
        items.into_iter().map(|item| (item.metadata.name, item.metadata.resource_version)).collect();
    present.sort_unstable();
    let mut known = members.to_vec();
    known.sort_unstable();
    Ok(present == known)
}

enum PresentMetadata {
    At(TrimmedMeta),
    Gone,
    /// The operator may not look: it goes by what it was told.
    Refused,
}

async fn metadata(client: &Client, path: &str) -> Result<PresentMetadata, RequestError> {
    match request::metadata(client, path).await {
        Ok(body) => {
            let Partial { metadata } = serde_json::from_slice(&body).map_err(|_| RequestError::Connection)?;
            Ok(PresentMetadata::At(metadata))
        }
        Err(cause) if cause.is_not_found() => Ok(PresentMetadata::Gone),
        Err(cause) if is_refused(&cause) => Ok(PresentMetadata::Refused),
        Err(cause) => Err(cause),
    }
}

fn is_refused(cause: &RequestError) -> bool {
    matches!(cause.code(), Some(401 | 403))
}

fn object_path<K: WatchedKind>(namespace: &str, name: &str) -> String {
    format!("/apis/{GROUP}/{VERSION}/namespaces/{namespace}/{}/{name}", K::PLURAL)
}

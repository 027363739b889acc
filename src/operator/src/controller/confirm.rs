//! Confirms Events: compares the state on which an Event is based with the API server. The watch may be outdated after
//! a lost connection, in a process that was suspended, and in a replica that takes over.
//!
//! Conditions need no confirmation. The next watch update corrects a wrong condition, but a sent Event can't be
//! withdrawn.

use kube::Client;
use serde::Deserialize;

use super::cache::SecretVersion;
use lapsewatch_cluster::request::{self, RequestError};
use lapsewatch_core::api::{GROUP, Key, VERSION};
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::kind::{CredentialKind, TenantKind, WatchedKind};
use lapsewatch_core::observed::trimmed_meta::TrimmedMeta;

/// Another object on which an Event is based, as the cache contains it.
#[derive(Clone, Debug)]
pub struct Witness {
    /// The object's namespace and name.
    pub key: Key,
    /// The object's UID and generation. None if the object does not exist.
    pub object: Option<(String, i64)>,
    /// The name of its Secret, and the Secret's version. None if the object names no Secret.
    pub secret: Option<(String, Option<SecretVersion>)>,
}

#[derive(Deserialize)]
struct Partial {
    #[serde(default)]
    metadata: TrimmedMeta,
}

#[derive(Deserialize)]
struct PartialList {
    /// The objects. Go writes an empty list as null.
    #[serde(default)]
    items: Option<Vec<Partial>>,
}

/// Reads the version of a Secret from the API server. Returns `known` if `name` is None, or if the operator has no
/// permission to read the Secret.
///
/// # Errors
/// If the API server did not answer, or reported an error other than a missing Secret or permission.
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

/// True if these objects and their Secrets are the same in the API server as in the cache. An object that the
/// operator has no permission to read counts as unchanged.
///
/// # Errors
/// If an object or Secret could not be read, for a reason other than a missing permission.
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

/// True if the API server has exactly these members (TenantCredentials of a tenant), by name and resourceVersion. Also
/// true if the operator has no permission to list them.
///
/// # Errors
/// If the members could not be listed.
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
        items.into_iter().flatten().map(|item| (item.metadata.name, item.metadata.resource_version)).collect();
    present.sort_unstable();
    let mut known = members.to_vec();
    known.sort_unstable();
    Ok(present == known)
}

enum PresentMetadata {
    At(TrimmedMeta),
    Gone,
    /// The permission is missing, so the cached state must suffice.
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

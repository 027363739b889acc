//! Starts the watches of one scope: TenantCredentials and MDMTenants without the messages in their statuses, and
//! Secrets as metadata only. The API server filters out the Secrets of Helm releases.

use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt};
use kube::Client;
use serde::Deserialize;

use super::cache::{List, ListChange, SecretVersion};
use super::follow::{FollowedObject, Follower};
use super::recovery::ConnectionState;
use super::watch_update::WatchUpdate;
use lapsewatch_cluster::request::Extent;
use lapsewatch_core::api::{GROUP, Key, VERSION};
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::kind::{CredentialKind, TenantKind, WatchedKind};
use lapsewatch_core::observed::trimmed_meta::{RawObject, TrimmedMeta};

/// Excludes the Secrets in which Helm stores releases. They may be up to 1 MiB large and never contain a credential.
const NO_RELEASES: &str = "fieldSelector=type%21%3Dhelm.sh%2Frelease.v1";

/// Returns the updates of one scope: one namespace, or all namespaces if `namespace` is None.
pub fn scope(
    client: &Client,
    namespace: Option<&str>,
    state: &Arc<ConnectionState>,
) -> BoxStream<'static, WatchUpdate> {
    let credentials = objects::<CredentialKind>(client, namespace, state, Some(List::Credentials), WatchUpdate::Object);
    // The list of tenants is never reported as lost, because the holders of credentials do not depend on tenants.
    // Tenants stay as last seen.
    let tenants = objects::<TenantKind>(client, namespace, state, None, WatchUpdate::Tenant);
    let within = within(namespace);
    let secrets = Follower {
        client: client.clone(),
        path: format!("/api/v1{within}/secrets?{NO_RELEASES}"),
        extent: Extent::Metadata,
        kind: "Secret",
        namespace: namespace.map(Arc::from),
        is_optional: false,
        list: Some(List::Secrets),
        read: secret,
        seen: WatchUpdate::Secret,
        state: state.clone(),
    };
    stream::select_all([credentials, tenants, secrets.follow()]).boxed()
}

/// Returns the updates of one kind. If an optional kind can't be listed from the start, the operator works without its
/// objects.
fn objects<K: WatchedKind>(
    client: &Client,
    namespace: Option<&str>,
    state: &Arc<ConnectionState>,
    list: Option<List>,
    seen: fn(ListChange<Arc<Observed<K>>>) -> WatchUpdate,
) -> BoxStream<'static, WatchUpdate> {
    let follower = Follower {
        client: client.clone(),
        path: format!("/apis/{GROUP}/{VERSION}{}/{}", within(namespace), K::PLURAL),
        extent: Extent::Whole,
        kind: K::KIND,
        namespace: namespace.map(Arc::from),
        is_optional: K::IS_OPTIONAL,
        list,
        read: object::<K>,
        seen,
        state: state.clone(),
    };
    follower.follow()
}

fn within(namespace: Option<&str>) -> String {
    namespace.map(|namespace| format!("/namespaces/{namespace}")).unwrap_or_default()
}

fn object<K: WatchedKind>(json: &str) -> Option<FollowedObject<Arc<Observed<K>>>> {
    let RawObject { metadata, spec, status } = serde_json::from_str(json).ok()?;
    let observed = Observed::<K>::new(&metadata, &spec, &status);
    Some(FollowedObject { key: observed.key(), version: metadata.resource_version, kept: Arc::new(observed) })
}

fn secret(json: &str) -> Option<FollowedObject<SecretVersion>> {
    #[derive(Deserialize)]
    struct Secret {
        metadata: TrimmedMeta,
    }
    let Secret { metadata } = serde_json::from_str(json).ok()?;
    let key = Key::new(&metadata.namespace, &metadata.name);
    let kept = SecretVersion { uid: metadata.uid, resource_version: metadata.resource_version.clone() };
    Some(FollowedObject { key, version: metadata.resource_version, kept })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_date_that_no_library_takes_and_an_annotation_that_holds_the_content_are_passed_over() {
        let json = r#"{"kind":"PartialObjectMetadata","metadata":{"name":"a","namespace":"b","uid":"c","resourceVersion":"7",
            "creationTimestamp":"9999-12-31T23:59:59Z","managedFields":[{"time":"no date"}],
            "annotations":{"kubectl.kubernetes.io/last-applied-configuration":"aHVudGVyMg=="}}}"#;
        let FollowedObject { key, version, kept } = secret(json).unwrap();
        assert_eq!((key, version.as_str()), (Key::new("b", "a"), "7"));
        assert!(!format!("{kept:?}").contains("aHVudGVyMg"));
    }
}

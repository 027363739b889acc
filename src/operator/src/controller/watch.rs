//! Starts the watches of one scope: TenantCredentials and MDMTenants without their texts, and Secrets as metadata only.
//! The API server filters out the Secrets of Helm releases.

use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt};
use kube::Client;
use serde::Deserialize;

use super::cache::{List, ListChange, SecretVersion};
use super::follow::{FollowedObject, Follower};
use super::recovery::ConnectionState;
use lapsewatch_cluster::request::{Extent, RequestError};
use lapsewatch_core::api::{GROUP, Key, VERSION};
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::kind::{CredentialKind, TenantKind, WatchedKind};
use lapsewatch_core::observed::trimmed_meta::{RawObject, TrimmedMeta};

/// An update from the watches.
pub enum WatchUpdate {
    /// A change of TenantCredentials.
    Object(ListChange<Arc<Observed>>),
    /// A change of MDMTenants.
    Tenant(ListChange<Arc<Observed<TenantKind>>>),
    /// MDMTenants can't be listed, so the operator works without them.
    TenantsRefused,
    /// A change of Secrets.
    Secret(ListChange<SecretVersion>),
    /// A complete list can no longer be kept up to date. The follower continues to list it.
    Lost(List),
    /// A watch failed. The follower tries again.
    Failed(WatchFailure),
    /// The API server answers again after an outage.
    Reconnected,
    /// This problem of a watch is solved.
    Solved(String),
}

/// The failure of a watch. The text contains no content of objects.
pub struct WatchFailure {
    /// The watched kind.
    pub kind: &'static str,
    /// The namespace. None for all namespaces.
    pub namespace: Option<String>,
    /// The problem.
    pub problem: String,
    /// The remedy.
    pub advice: &'static str,
}

/// Excludes the Secrets in which Helm stores releases. They may be up to 1 MiB large and never contain a credential.
const NO_RELEASES: &str = "fieldSelector=type%21%3Dhelm.sh%2Frelease.v1";

/// Returns the updates of one scope: one namespace, or all.
pub fn scope(
    client: &Client,
    namespace: Option<&str>,
    state: &Arc<ConnectionState>,
) -> BoxStream<'static, WatchUpdate> {
    let credentials = objects::<CredentialKind>(client, namespace, state, Some(List::Credentials), WatchUpdate::Object);
    // The list of tenants is never lost, because the holders of credentials do not depend on tenants. Tenants stay as
    // last seen.
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

impl WatchFailure {
    /// Describes a failure. A refusal names the kind and namespace, because each refusal has its own cause. An outage
    /// interrupts all watches at once, so its text names neither and is logged only once.
    pub fn new(kind: &'static str, namespace: Option<&str>, cause: &RequestError) -> Self {
        let place = match namespace {
            Some(namespace) => format!("in namespace \"{namespace}\""),
            None => "in all namespaces".to_owned(),
        };
        let (problem, advice) = match (cause.code(), cause) {
            (Some(404), _) => (
                format!("the API server does not know {kind}s"),
                "install the definitions: lapsewatch crds | kubectl apply --server-side -f -",
            ),
            (Some(401), _) => (
                "the API server does not accept the operator's credentials (401)".to_owned(),
                "check the token or certificate that the operator logs in with, and whether its service account exists",
            ),
            (Some(403), _) => (
                format!("the API server refuses to list and watch {kind}s {place} (403)"),
                "allow the operator's service account get, list and watch on tenantcredentials, mdmtenants and secrets",
            ),
            (Some(410), _) => (
                format!("the watch of {kind}s {place} fell behind"),
                "no action is needed: lapsewatch lists the objects again",
            ),
            (Some(code), _) => (
                format!("the API server answered {code} {} to lists and watches", cause.reason().unwrap_or_default()),
                "see the API server's log. lapsewatch tries again",
            ),
            (None, RequestError::Unreachable(unreachable)) => {
                (format!("the watches are interrupted: {unreachable}"), unreachable.advice())
            }
            (None, cause) if cause.is_unanswered() => (
                format!("the watches are interrupted: {cause}"),
                "check that the API server can be reached from here; it is tried again",
            ),
            (None, cause) => (
                format!("{kind}s {place} cannot be listed or watched: {cause}"),
                "see the API server's log. lapsewatch tries again",
            ),
        };
        Self { kind, namespace: namespace.map(str::to_owned), problem, advice }
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn each_refused_namespace_is_named_and_an_interruption_is_one() {
        let forbidden = RequestError::Api { code: 403, reason: "Forbidden".to_owned(), message: None };
        let problem =
            |namespace: &str, cause: &RequestError| WatchFailure::new("Secret", Some(namespace), cause).problem;
        assert_eq!(
            problem("a", &forbidden),
            "the API server refuses to list and watch Secrets in namespace \"a\" (403)"
        );
        assert_ne!(problem("a", &forbidden), problem("b", &forbidden));
        assert_eq!(problem("a", &RequestError::Connection), problem("b", &RequestError::Connection));
    }
}

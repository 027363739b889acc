//! Watching: TenantCredentials without their texts, and Secrets as metadata only, Helm's releases left out by the server.

use std::sync::Arc;

use futures::stream::{BoxStream, StreamExt};
use k8s_openapi::api::core::v1::Secret;
use kube::core::PartialObjectMeta;
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Config, Event, watcher};
use kube::{Api, Client};

use super::cache::{Change, Key, SecretVersion};
use super::observed::{Observed, Wire};

/// A change of one of the two kinds that are watched.
pub enum Seen {
    /// Of TenantCredentials.
    Object(Change<Arc<Observed>>),
    /// Of Secrets.
    Secret(Change<SecretVersion>),
    /// A watch failed; it is tried again by itself.
    Failed(WatchFailure),
}

/// Why a watch failed, in words that hold nothing of what is watched.
pub struct WatchFailure {
    /// What was watched.
    pub kind: &'static str,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub advice: &'static str,
}

/// The changes of one scope: a namespace, or all.
pub fn scope(client: &Client, namespace: Option<&str>) -> BoxStream<'static, Seen> {
    let objects: Api<Wire> = api(client, namespace);
    let secrets: Api<PartialObjectMeta<Secret>> = api(client, namespace);
    let objects = watcher(objects, Config::default()).default_backoff().map(|event| match event {
        Ok(event) => Seen::Object(change(event, |wire: Wire| {
            let observed = wire.into_observed();
            (Key::new(&observed.namespace, &observed.name), Arc::new(observed))
        })),
        Err(error) => Seen::Failed(failure("TenantCredentials", &error)),
    });
    // Helm keeps each release in a Secret of up to 1 MiB, and never a credential.
    let config = Config::default().fields("type!=helm.sh/release.v1");
    let secrets = watcher(secrets, config).default_backoff().map(|event| match event {
        Ok(event) => Seen::Secret(change(event, |secret: PartialObjectMeta<Secret>| {
            let meta = secret.metadata;
            let key = Key::new(&meta.namespace.unwrap_or_default(), &meta.name.unwrap_or_default());
            let version = SecretVersion {
                uid: meta.uid.unwrap_or_default(),
                resource_version: meta.resource_version.unwrap_or_default(),
            };
            (key, version)
        })),
        Err(error) => Seen::Failed(failure("Secrets", &error)),
    });
    futures::stream::select(objects, secrets).boxed()
}

fn api<K>(client: &Client, namespace: Option<&str>) -> Api<K>
where
    K: kube::Resource<Scope = k8s_openapi::NamespaceResourceScope, DynamicType = ()>,
{
    match namespace {
        Some(namespace) => Api::namespaced(client.clone(), namespace),
        None => Api::all(client.clone()),
    }
}

fn change<K, T>(event: Event<K>, slim: impl Fn(K) -> (Key, T)) -> Change<T> {
    match event {
        Event::Init => Change::ListBegins,
        Event::InitApply(object) => {
            let (key, item) = slim(object);
            Change::Listed(key, item)
        }
        Event::InitDone => Change::ListEnds,
        Event::Apply(object) => {
            let (key, item) = slim(object);
            Change::Applied(key, item)
        }
        Event::Delete(object) => Change::Deleted(slim(object).0),
    }
}

fn failure(kind: &'static str, error: &watcher::Error) -> WatchFailure {
    let api = match error {
        watcher::Error::InitialListFailed(e) | watcher::Error::WatchStartFailed(e) | watcher::Error::WatchFailed(e) => {
            match e {
                kube::Error::Api(status) => Some((status.code, status.reason.clone())),
                _ => None,
            }
        }
        watcher::Error::WatchError(status) => Some((status.code, status.reason.clone())),
        watcher::Error::NoResourceVersion => None,
    };
    let (problem, advice) = match api {
        Some((404, _)) => (
            format!("the API server does not know {kind}"),
            "install the definitions: lapsewatch crds | kubectl apply --server-side -f -",
        ),
        Some((code @ (401 | 403), _)) => (
            format!("the API server refuses to list and watch {kind} ({code})"),
            "allow the operator's service account get, list and watch on tenantcredentials and secrets",
        ),
        Some((410, _)) => (format!("the watch of {kind} fell behind"), "nothing: they are listed again"),
        Some((code, reason)) => (format!("the API server answered {code} {reason}"), "see the API server's log"),
        None => (
            format!("no connection for {kind}, or it broke"),
            "check that the API server can be reached from here; it is tried again",
        ),
    };
    WatchFailure { kind, problem, advice }
}

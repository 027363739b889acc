//! Watching: TenantCredentials and MDMTenants without their texts, and Secrets as metadata only, Helm's releases left out by the server.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{self, BoxStream, StreamExt};
use kube::core::Status;
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Config, Event, watcher};
use kube::{Api, Client};

use super::cache::{Change, List, SecretVersion};
use super::kind::{Credential, Kind, Tenant};
use super::observed::{Observed, Wire};
use super::slim::SecretMeta;
use crate::api::Key;

/// A change of one of the kinds that are watched.
pub enum Seen {
    /// Of TenantCredentials.
    Object(Change<Arc<Observed>>),
    /// Of MDMTenants.
    Tenant(Change<Arc<Observed<Tenant>>>),
    /// MDMTenants may not be listed: whether there are any is not known.
    TenantsRefused,
    /// Of Secrets.
    Secret(Change<SecretVersion>),
    /// A list that was complete may no longer be watched. It is listed anew until it may.
    Lost(List),
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

/// How long to wait before asking again for what the API server does not know.
const UNKNOWN_WAIT: Duration = Duration::from_secs(5);

/// The changes of one scope: a namespace, or all.
pub fn scope(client: &Client, namespace: Option<&str>) -> BoxStream<'static, Seen> {
    let credentials = watch::<Credential>(api(client, namespace), Seen::Object);
    let tenants = watch::<Tenant>(api(client, namespace), Seen::Tenant);
    let secrets: Api<SecretMeta> = api(client, namespace);
    // Helm keeps each release in a Secret of up to 1 MiB, and never a credential.
    let config = Config::default().fields("type!=helm.sh/release.v1");
    let secrets = anew(move || {
        let mut is_listed = false;
        watcher(secrets.clone(), config.clone())
            .default_backoff()
            .flat_map(move |event| {
                is_listed |= matches!(event, Ok(Event::InitDone));
                let refused = event.as_ref().err().and_then(code);
                let told = match event {
                    Ok(event) => Seen::Secret(change(event, |SecretMeta { slim, .. }: SecretMeta| {
                        let key = Key::new(&slim.namespace, &slim.name);
                        (key, SecretVersion { uid: slim.uid, resource_version: slim.resource_version })
                    })),
                    Err(error) => Seen::Failed(failure("Secret", &error)),
                };
                let mut all = vec![Step::Seen(told)];
                all.extend(lost(Some(List::Secrets).filter(|_| is_listed), refused));
                stream::iter(all)
            })
            .boxed()
    });
    stream::select_all([credentials, tenants, secrets]).boxed()
}

/// The steps after a watch of `list` was refused. The list may have changed in any way once it is allowed again, so that
/// it is listed anew.
fn lost(list: Option<List>, refused: Option<u16>) -> Vec<Step> {
    match list {
        Some(list) if matches!(refused, Some(401 | 403)) => vec![Step::Seen(Seen::Lost(list)), Step::Anew],
        _ => Vec::new(),
    }
}

/// The changes of one kind. Where its definition goes, all objects go with it, and the watcher would go on asking for
/// what followed its last one: so it begins anew, with a list. Tenants that can't be listed from the start are waited
/// for no longer, so that credentials are watched all the same.
fn watch<K: Kind>(api: Api<Wire<K>>, seen: fn(Change<Arc<Observed<K>>>) -> Seen) -> BoxStream<'static, Seen> {
    let begin = move || {
        let mut is_listed = false;
        let mut is_first = true;
        watcher(api.clone(), Config::default())
            .default_backoff()
            .flat_map(move |event| {
                is_listed |= matches!(event, Ok(Event::InitDone));
                let refused = event.as_ref().err().and_then(code);
                let is_unknown = refused == Some(404);
                let gives_up = K::IS_OPTIONAL && !is_listed && matches!(refused, Some(403 | 404));
                let gives_up = gives_up && std::mem::take(&mut is_first);
                let told = match event {
                    Ok(event) => seen(change(event, |wire: Wire<K>| {
                        let observed = wire.into_observed();
                        (observed.key(), Arc::new(observed))
                    })),
                    Err(error) => Seen::Failed(failure(K::KIND, &error)),
                };
                let mut all = vec![Step::Seen(told)];
                if gives_up && !is_unknown {
                    all.push(Step::Seen(Seen::TenantsRefused));
                } else if is_unknown && (is_listed || gives_up) {
                    all.push(Step::Seen(seen(Change::ListBegins)));
                    all.push(Step::Seen(seen(Change::ListEnds)));
                }
                if is_unknown && is_listed {
                    all.push(Step::Anew);
                }
                // Tenants that can't be seen stay as they were seen last. Who holds what does not depend on them.
                all.extend(lost(Some(List::Credentials).filter(|_| is_listed && !K::IS_OPTIONAL), refused));
                stream::iter(all)
            })
            .boxed()
    };
    anew(begin)
}

/// The steps of a watch, which begins anew where it says so.
fn anew(begin: impl Fn() -> BoxStream<'static, Step> + Send + 'static) -> BoxStream<'static, Seen> {
    stream::unfold((begin(), begin), |(mut steps, begin)| async move {
        loop {
            match steps.next().await? {
                Step::Seen(seen) => return Some((seen, (steps, begin))),
                Step::Anew => {
                    tokio::time::sleep(UNKNOWN_WAIT).await;
                    steps = begin();
                }
            }
        }
    })
    .boxed()
}

enum Step {
    Seen(Seen),
    Anew,
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

/// The API server's status, where it answered at all.
fn status(error: &watcher::Error) -> Option<&Status> {
    match error {
        watcher::Error::InitialListFailed(e) | watcher::Error::WatchStartFailed(e) | watcher::Error::WatchFailed(e) => {
            match e {
                kube::Error::Api(status) => Some(status),
                _ => None,
            }
        }
        watcher::Error::WatchError(status) => Some(status),
        watcher::Error::NoResourceVersion => None,
    }
}

fn code(error: &watcher::Error) -> Option<u16> {
    status(error).map(|status| status.code)
}

fn failure(kind: &'static str, error: &watcher::Error) -> WatchFailure {
    let api = status(error).map(|status| (status.code, &status.reason));
    let (problem, advice) = match api {
        Some((404, _)) => (
            format!("the API server does not know {kind}s"),
            "install the definitions: lapsewatch crds | kubectl apply --server-side -f -",
        ),
        Some((code @ (401 | 403), _)) => (
            format!("the API server refuses to list and watch {kind}s ({code})"),
            "allow the operator's service account get, list and watch on tenantcredentials, mdmtenants and secrets",
        ),
        Some((410, _)) => (format!("the watch of {kind}s fell behind"), "nothing: they are listed again"),
        Some((code, reason)) => (format!("the API server answered {code} {reason}"), "see the API server's log"),
        None => (
            format!("no connection for {kind}s, or it broke"),
            "check that the API server can be reached from here; it is tried again",
        ),
    };
    WatchFailure { kind, problem, advice }
}

//! Reads the TenantCredentials and MDMTenants of one context that the caller may list. Secrets are never read.

use std::sync::Arc;

use kube::Client;
use serde::Deserialize;

use super::progress::Progress;
use super::refused;
use crate::source;
use lapsewatch_cluster::list::list;
use lapsewatch_core::api::status::OtherHolder;
use lapsewatch_core::api::{GROUP, Key, VERSION, stored};
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::kind::{CredentialKind, TenantKind, WatchedKind};
use lapsewatch_core::observed::trimmed_meta::RawObject;

/// The namespaces to read.
#[derive(Clone, Debug)]
pub enum Scope {
    /// All namespaces.
    All,
    /// The namespaces with these names.
    Named(Vec<String>),
}

/// A TenantCredential from a cluster.
pub struct ListedCredential {
    /// The spec and the stored status.
    pub observed: Observed,
    /// The other holders that the stored status lists.
    pub duplicates: Vec<OtherHolder>,
}

/// The objects of a context.
#[derive(Default)]
pub struct ClusterContents {
    /// The name of the context. None if only one context is read.
    pub label: Option<Arc<str>>,
    /// The TenantCredentials, by namespace and name.
    pub credentials: Vec<ListedCredential>,
    /// The MDMTenants, by namespace and name.
    pub tenants: Vec<Arc<Observed<TenantKind>>>,
    /// True if MDMTenants could be listed in every namespace that was read.
    pub knows_tenants: bool,
    /// True if all namespaces were read and every TenantCredential could be decoded, so that no other holder of a
    /// credential is unknown.
    pub is_whole: bool,
    /// The problems, each with its object if the object is known.
    pub problems: Vec<(Option<(source::ObjectKind, Key)>, String)>,
    /// Notes for the user that are not failures, such as MDMTenants that the user has no permission to list.
    pub notes: Vec<String>,
}

/// One item of a list, or only its namespace and name if the item can't be decoded.
type ListedItem<T> = Result<T, Key>;

fn item<T>(json: &str, take: impl Fn(&RawObject) -> T) -> ListedItem<T> {
    match serde_json::from_str::<RawObject>(json) {
        Ok(raw) => Ok(take(&raw)),
        Err(_) => Err(name(json)),
    }
}

fn name(json: &str) -> Key {
    #[derive(Deserialize, Default)]
    struct Named {
        #[serde(default)]
        metadata: NameOnlyMeta,
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct NameOnlyMeta {
        namespace: String,
        name: String,
    }
    let Named { metadata } = serde_json::from_str(json).unwrap_or_default();
    Key::new(&metadata.namespace, &metadata.name)
}

fn credential(raw: &RawObject) -> ListedCredential {
    let observed = Observed::new(&raw.metadata, &raw.spec, &raw.status);
    let duplicates = raw.status.get("duplicates").map(|entries| serde_json::json!({ "duplicates": entries }));
    let duplicates =
        duplicates.map(|part| stored::decode::<lapsewatch_core::api::TenantCredentialStatus>(&part).0.duplicates);
    ListedCredential { observed, duplicates: duplicates.unwrap_or_default() }
}

fn tenant(raw: &RawObject) -> Arc<Observed<TenantKind>> {
    Arc::new(Observed::new(&raw.metadata, &raw.spec, &raw.status))
}

/// Reads the objects of one cluster. Failures are recorded as problems or notes.
pub async fn read(client: &Client, label: Option<Arc<str>>, scope: &Scope, progress: &Progress) -> ClusterContents {
    let mut context = ClusterContents {
        label,
        is_whole: matches!(scope, Scope::All),
        knows_tenants: true,
        ..ClusterContents::default()
    };
    let places: Vec<Option<&str>> = match scope {
        Scope::All => vec![None],
        Scope::Named(names) => names.iter().map(|name| Some(name.as_str())).collect(),
    };
    for place in places {
        if context.credentials_of(client, place, progress).await {
            context.tenants_of(client, place).await;
        } else {
            context.is_whole = false;
            context.knows_tenants = false;
        }
    }
    context.credentials.sort_by_key(|seen| seen.observed.key());
    context.tenants.sort_by_key(|tenant| tenant.key());
    context
}

fn path<K: WatchedKind>(namespace: Option<&str>) -> String {
    let within = namespace.map(|namespace| format!("/namespaces/{namespace}")).unwrap_or_default();
    format!("/apis/{GROUP}/{VERSION}{within}/{}", K::PLURAL)
}

impl ClusterContents {
    /// Adds the TenantCredentials of a namespace, or of all namespaces if `place` is None. Returns true if the request
    /// succeeded.
    async fn credentials_of(&mut self, client: &Client, place: Option<&str>, progress: &Progress) -> bool {
        let before = self.credentials.len();
        let so_far = |count: usize| progress.set_count(self.label.as_deref(), before + count);
        let listed = list(client, &path::<CredentialKind>(place), |json| item(json, credential), &so_far).await;
        match listed {
            Ok(items) => {
                for item in items {
                    match item {
                        Ok(seen) => self.credentials.push(seen),
                        Err(key) => {
                            // An object that can't be decoded may use the same credential as another object, so the
                            // result is not complete.
                            self.is_whole = false;
                            self.problem(source::ObjectKind::TenantCredential, key, refused::UNREADABLE);
                        }
                    }
                }
                true
            }
            Err(cause) => {
                self.problems.push((None, refused::credentials(&cause, place)));
                false
            }
        }
    }

    async fn tenants_of(&mut self, client: &Client, place: Option<&str>) {
        match list(client, &path::<TenantKind>(place), |json| item(json, tenant), &|_| ()).await {
            Ok(items) => {
                for item in items {
                    match item {
                        Ok(tenant) => self.tenants.push(tenant),
                        Err(key) => self.problem(source::ObjectKind::MDMTenant, key, refused::UNREADABLE),
                    }
                }
            }
            Err(cause) => {
                self.knows_tenants = false;
                match refused::tenants(&cause, place) {
                    Ok(note) => self.notes.push(note),
                    Err(problem) => self.problems.push((None, problem)),
                }
            }
        }
    }

    fn problem(&mut self, kind: source::ObjectKind, key: Key, what: &str) {
        self.problems.push((Some((kind, key)), what.to_owned()));
    }
}

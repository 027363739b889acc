//! Caches the watched objects (TenantCredentials, MDMTenants, versions of Secrets) and their references.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use lapsewatch_core::api::Key;
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::assessment_context::NamedTenant;
use lapsewatch_core::observed::kind::TenantKind;

/// The version of a Secret, without any of its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretVersion {
    /// The Secret's UID.
    pub uid: String,
    /// The Secret's resourceVersion.
    pub resource_version: String,
}

/// A change of a watched object, or a step of a new list.
pub enum ListChange<T> {
    /// A list begins. Objects that it does not contain at its end are removed.
    ListBegins,
    /// The list contains this object.
    Listed(Key, T),
    /// The list is complete.
    ListEnds,
    /// An object was created or modified.
    Applied(Key, T),
    /// An object was deleted.
    Deleted(Key),
}

/// A list that the follower reports as lost when the list can't be kept up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// The list of TenantCredentials.
    Credentials,
    /// The list of Secrets.
    Secrets,
}

/// The objects of one kind. Each scope (one namespace, or all namespaces) has its own list.
struct Store<T> {
    items: HashMap<Key, T>,
    /// The objects that the list in progress has contained so far, by scope.
    listed: HashMap<usize, HashSet<Key>>,
    complete: HashSet<usize>,
}

impl<T> Default for Store<T> {
    fn default() -> Self {
        Self { items: HashMap::new(), listed: HashMap::new(), complete: HashSet::new() }
    }
}

/// A change of one object: `before` is the object before the change, if any. `after` is true if the object exists
/// after the change.
struct CacheTransition<T> {
    key: Key,
    before: Option<T>,
    after: bool,
}

impl<T> Store<T> {
    fn apply(
        &mut self,
        scope: usize,
        in_scope: impl Fn(&Key) -> bool,
        change: ListChange<T>,
    ) -> Vec<CacheTransition<T>> {
        match change {
            ListChange::ListBegins => {
                self.listed.insert(scope, HashSet::new());
                Vec::new()
            }
            ListChange::Listed(key, item) => {
                self.listed.entry(scope).or_default().insert(key.clone());
                vec![CacheTransition { before: self.items.insert(key.clone(), item), key, after: true }]
            }
            ListChange::ListEnds => {
                self.complete.insert(scope);
                let listed = self.listed.remove(&scope).unwrap_or_default();
                let gone: Vec<Key> =
                    self.items.keys().filter(|key| in_scope(key) && !listed.contains(*key)).cloned().collect();
                gone.into_iter().map(|key| self.delete(key)).collect()
            }
            ListChange::Applied(key, item) => {
                vec![CacheTransition { before: self.items.insert(key.clone(), item), key, after: true }]
            }
            ListChange::Deleted(key) => vec![self.delete(key)],
        }
    }

    fn delete(&mut self, key: Key) -> CacheTransition<T> {
        CacheTransition { before: self.items.remove(&key), key, after: false }
    }
}

/// An index of the TenantCredentials that refer to an object of another kind by name.
#[derive(Default)]
struct Referrers(HashMap<Key, BTreeSet<Arc<str>>>);

impl Referrers {
    fn moved(&mut self, name: &Arc<str>, before: Option<&Key>, after: Option<&Key>) {
        if before == after {
            return;
        }
        if let Some(before) = before
            && let Some(names) = self.0.get_mut(before)
        {
            names.remove(name);
            if names.is_empty() {
                self.0.remove(before);
            }
        }
        if let Some(after) = after {
            self.0.entry(after.clone()).or_default().insert(name.clone());
        }
    }

    fn referring_to(&self, to: &Key) -> impl Iterator<Item = Key> {
        let names = self.0.get(to).into_iter().flatten();
        names.map(|name| Key { namespace: to.namespace.clone(), name: name.clone() })
    }
}

/// The cache of all watched objects.
pub struct Cache {
    scopes: Vec<Option<String>>,
    objects: Store<Arc<Observed>>,
    tenants: Store<Arc<Observed<TenantKind>>>,
    secrets: Store<SecretVersion>,
    by_secret: Referrers,
    by_tenant: Referrers,
    tenants_refused: HashSet<usize>,
}

/// A change of a TenantCredential.
pub struct Moved {
    /// The TenantCredential.
    pub key: Key,
    /// True if the TenantCredential is gone.
    pub is_gone: bool,
    /// The MDMTenants whose status contains the TenantCredential, before or after the change.
    pub tenants: BTreeSet<Key>,
}

/// A change of an MDMTenant.
pub struct TenantMoved {
    /// The MDMTenant.
    pub key: Key,
    /// True if the MDMTenant is gone.
    pub is_gone: bool,
    /// The TenantCredentials that must be assessed again.
    pub members: Vec<Key>,
}

impl Cache {
    /// Creates an empty cache. Each scope is a namespace, or None for all namespaces.
    pub fn new(scopes: Vec<Option<String>>) -> Self {
        Self {
            scopes,
            objects: Store::default(),
            tenants: Store::default(),
            secrets: Store::default(),
            by_secret: Referrers::default(),
            by_tenant: Referrers::default(),
            tenants_refused: HashSet::new(),
        }
    }

    /// Applies a change of a TenantCredential. The end of a list may remove several TenantCredentials at once.
    pub fn object(&mut self, scope: usize, change: ListChange<Arc<Observed>>) -> Vec<Moved> {
        let scopes = &self.scopes;
        let steps = self.objects.apply(scope, |key| within(scopes, scope, key), change);
        let mut moved = Vec::with_capacity(steps.len());
        for CacheTransition { key, before, after } in steps {
            let now = self.objects.items.get(&key).map(Arc::as_ref);
            let before = before.as_deref();
            let refers = |to: fn(&Observed, &Key) -> Option<Key>| {
                (before.and_then(|observed| to(observed, &key)), now.and_then(|observed| to(observed, &key)))
            };
            let (from, to) = refers(secret_of);
            self.by_secret.moved(&key.name, from.as_ref(), to.as_ref());
            let (from, to) = refers(tenant_of);
            self.by_tenant.moved(&key.name, from.as_ref(), to.as_ref());
            moved.push(Moved { tenants: from.into_iter().chain(to).collect(), is_gone: !after, key });
        }
        moved
    }

    /// Marks MDMTenants as not listable in the scope, so that the scope can be complete without them.
    pub fn refuse_tenants(&mut self, scope: usize) {
        self.tenants.complete.insert(scope);
        self.tenants_refused.insert(scope);
    }

    /// Marks the list as incomplete. Its objects stay as last seen.
    pub fn lose(&mut self, scope: usize, list: List) {
        match list {
            List::Credentials => self.objects.complete.remove(&scope),
            List::Secrets => self.secrets.complete.remove(&scope),
        };
    }

    /// True if the list of Secrets in the object's scope is kept up to date.
    pub fn knows_secrets_of(&self, key: &Key) -> bool {
        self.scope_of(key).is_some_and(|scope| self.secrets.complete.contains(&scope))
    }

    /// Returns the number of cached objects of all kinds.
    pub fn len(&self) -> usize {
        self.objects.items.len() + self.tenants.items.len() + self.secrets.items.len()
    }

    /// True if `change` completes the first list of MDMTenants in a scope where listing them was refused before.
    pub fn tenants_appear(&mut self, scope: usize, change: &ListChange<Arc<Observed<TenantKind>>>) -> bool {
        matches!(change, ListChange::ListEnds) && self.tenants_refused.remove(&scope)
    }

    /// Applies a change of an MDMTenant.
    pub fn tenant(&mut self, scope: usize, change: ListChange<Arc<Observed<TenantKind>>>) -> Vec<TenantMoved> {
        let scopes = &self.scopes;
        let steps = self.tenants.apply(scope, |key| within(scopes, scope, key), change);
        let moved = steps.into_iter().map(|CacheTransition { key, before, after }| {
            let now = self.tenants.items.get(&key);
            // The assessment of credentials depends on the spec of their tenant, not on the tenant's status.
            let is_same = before.zip(now).is_some_and(|(before, now)| before.spec == now.spec);
            let members = if is_same { Vec::new() } else { self.by_tenant.referring_to(&key).collect() };
            TenantMoved { key, is_gone: !after, members }
        });
        moved.collect()
    }

    /// Applies a change of a Secret. Returns the TenantCredentials to reconcile.
    pub fn secret(&mut self, scope: usize, change: ListChange<SecretVersion>) -> Vec<Key> {
        let scopes = &self.scopes;
        let steps = self.secrets.apply(scope, |key| within(scopes, scope, key), change);
        steps
            .into_iter()
            .filter(|step| step.before.as_ref() != self.secrets.items.get(&step.key))
            .flat_map(|step| self.by_secret.referring_to(&step.key).collect::<Vec<_>>())
            .collect()
    }

    /// Returns a TenantCredential and the version of its Secret.
    pub fn get(&self, key: &Key) -> Option<(Arc<Observed>, Option<SecretVersion>)> {
        let observed = self.objects.items.get(key)?;
        let secret = secret_of(observed, key).and_then(|secret| self.secrets.items.get(&secret).cloned());
        Some((observed.clone(), secret))
    }

    /// Returns an MDMTenant.
    pub fn get_tenant(&self, key: &Key) -> Option<&Arc<Observed<TenantKind>>> {
        self.tenants.items.get(key)
    }

    /// Returns the MDMTenant that a TenantCredential names.
    pub fn tenant_named_by(&self, observed: &Observed, key: &Key) -> NamedTenant {
        let is_refused = self.scope_of(key).is_some_and(|scope| self.tenants_refused.contains(&scope));
        match tenant_of(observed, key) {
            None => NamedTenant::Unnamed,
            Some(_) if is_refused => NamedTenant::Unseen,
            Some(tenant) => match self.tenants.items.get(&tenant) {
                Some(tenant) => NamedTenant::Found(tenant.clone()),
                None => NamedTenant::NotFound,
            },
        }
    }

    /// Returns the key of the MDMTenant that a TenantCredential names.
    pub fn tenant_of(&self, key: &Key) -> Option<Key> {
        tenant_of(self.objects.items.get(key)?, key)
    }

    /// Returns the TenantCredentials of an MDMTenant, sorted by name.
    pub fn members(&self, tenant: &Key) -> impl Iterator<Item = (Key, &Arc<Observed>)> {
        self.by_tenant
            .referring_to(tenant)
            .filter_map(|key| self.objects.items.get(&key).map(|observed| (key, observed)))
    }

    /// True if all lists of a scope are complete.
    pub fn is_complete(&self, scope: usize) -> bool {
        let complete = [&self.objects.complete, &self.tenants.complete, &self.secrets.complete];
        complete.into_iter().all(|complete| complete.contains(&scope))
    }

    /// Returns the number of scopes.
    pub fn scopes(&self) -> usize {
        self.scopes.len()
    }

    /// Returns the scope that contains an object.
    pub fn scope_of(&self, key: &Key) -> Option<usize> {
        (0..self.scopes.len()).find(|scope| within(&self.scopes, *scope, key))
    }

    /// Returns the namespace of a scope. None if the scope contains all namespaces.
    pub fn namespace(&self, scope: usize) -> Option<&str> {
        self.scopes.get(scope)?.as_deref()
    }

    /// Returns the TenantCredentials of a scope.
    pub fn keys_in(&self, scope: usize) -> impl Iterator<Item = &Key> {
        self.keys().filter(move |key| within(&self.scopes, scope, key))
    }

    /// Returns the MDMTenants of a scope.
    pub fn tenant_keys_in(&self, scope: usize) -> impl Iterator<Item = &Key> {
        self.tenant_keys().filter(move |key| within(&self.scopes, scope, key))
    }

    /// Returns all TenantCredentials with their keys.
    pub fn credentials(&self) -> impl Iterator<Item = (&Key, &Arc<Observed>)> {
        self.objects.items.iter()
    }

    /// Returns all MDMTenants with their keys.
    pub fn tenants(&self) -> impl Iterator<Item = (&Key, &Arc<Observed<TenantKind>>)> {
        self.tenants.items.iter()
    }

    /// Returns the keys of all MDMTenants.
    pub fn tenant_keys(&self) -> impl Iterator<Item = &Key> {
        self.tenants.items.keys()
    }

    /// Returns the keys of all TenantCredentials.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.objects.items.keys()
    }
}

fn within(scopes: &[Option<String>], scope: usize, key: &Key) -> bool {
    match scopes.get(scope) {
        Some(Some(namespace)) => **namespace == *key.namespace,
        _ => true,
    }
}

fn secret_of(observed: &Observed, key: &Key) -> Option<Key> {
    observed.understood()?.secret_ref.as_ref().map(|secret| key.beside(&secret.name))
}

fn tenant_of(observed: &Observed, key: &Key) -> Option<Key> {
    observed.understood()?.tenant_key(key)
}

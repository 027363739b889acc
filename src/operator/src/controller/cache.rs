//! What the operator knows of the cluster: the TenantCredentials and MDMTenants, which Secrets there are, and who refers
//! to which.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use lapsewatch_core::api::Key;
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::assessment_context::NamedTenant;
use lapsewatch_core::observed::kind::TenantKind;

/// Which state a Secret is in, without anything of its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretVersion {
    /// The Secret's UID.
    pub uid: String,
    /// The Secret's resourceVersion.
    pub resource_version: String,
}

/// A change of something watched, or a step of listing it anew.
pub enum ListChange<T> {
    /// A list begins: what it does not name is gone.
    ListBegins,
    /// One of the list.
    Listed(Key, T),
    /// The list is complete.
    ListEnds,
    /// Created or modified.
    Applied(Key, T),
    /// Deleted.
    Deleted(Key),
}

/// A list that no watch keeps up to date without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Of TenantCredentials.
    Credentials,
    /// Of Secrets.
    Secrets,
}

/// Objects of one kind, of one or several scopes that are listed apart.
struct Store<T> {
    items: HashMap<Key, T>,
    /// What the list that is under way has named, by scope.
    listed: HashMap<usize, HashSet<Key>>,
    complete: HashSet<usize>,
}

impl<T> Default for Store<T> {
    fn default() -> Self {
        Self { items: HashMap::new(), listed: HashMap::new(), complete: HashSet::new() }
    }
}

/// What became of one object: before, and after.
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

/// Which TenantCredentials refer to an object of another kind, by name.
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

    fn of(&self, to: &Key) -> impl Iterator<Item = Key> {
        let names = self.0.get(to).into_iter().flatten();
        names.map(|name| Key { namespace: to.namespace.clone(), name: name.clone() })
    }
}

/// What the operator knows of the cluster.
pub struct Cache {
    scopes: Vec<Option<String>>,
    objects: Store<Arc<Observed>>,
    tenants: Store<Arc<Observed<TenantKind>>>,
    secrets: Store<SecretVersion>,
    by_secret: Referrers,
    by_tenant: Referrers,
    /// The scopes in which MDMTenants may not be listed.
    tenants_refused: HashSet<usize>,
}

/// What became of a TenantCredential.
pub struct Moved {
    /// Which one.
    pub key: Key,
    /// It is gone.
    pub is_gone: bool,
    /// The MDMTenants whose page it stands on, or stood on.
    pub tenants: BTreeSet<Key>,
}

/// What became of an MDMTenant.
pub struct TenantMoved {
    /// Which one.
    pub key: Key,
    /// It is gone.
    pub is_gone: bool,
    /// The TenantCredentials that are assessed anew for that.
    pub members: Vec<Key>,
}

impl Cache {
    /// Of these scopes: a namespace each, or all.
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

    /// Takes in a change of a TenantCredential.
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

    /// MDMTenants may not be listed there: they are waited for no longer.
    pub fn refuse_tenants(&mut self, scope: usize) {
        self.tenants.complete.insert(scope);
        self.tenants_refused.insert(scope);
    }

    /// The list can no longer be kept up to date. Its objects stay as they were seen last.
    pub fn lose(&mut self, scope: usize, list: List) {
        match list {
            List::Credentials => self.objects.complete.remove(&scope),
            List::Secrets => self.secrets.complete.remove(&scope),
        };
    }

    /// True if the list of Secrets beside an object is kept up to date.
    pub fn knows_secrets_of(&self, key: &Key) -> bool {
        self.scope_of(key).is_some_and(|scope| self.secrets.complete.contains(&scope))
    }

    /// How many objects of all kinds there are.
    pub fn len(&self) -> usize {
        self.objects.items.len() + self.tenants.items.len() + self.secrets.items.len()
    }

    /// Whether MDMTenants can be seen there that could not be before.
    pub fn tenants_appear(&mut self, scope: usize, change: &ListChange<Arc<Observed<TenantKind>>>) -> bool {
        matches!(change, ListChange::ListEnds) && self.tenants_refused.remove(&scope)
    }

    /// Takes in a change of an MDMTenant.
    pub fn tenant(&mut self, scope: usize, change: ListChange<Arc<Observed<TenantKind>>>) -> Vec<TenantMoved> {
        let scopes = &self.scopes;
        let steps = self.tenants.apply(scope, |key| within(scopes, scope, key), change);
        let moved = steps.into_iter().map(|CacheTransition { key, before, after }| {
            let now = self.tenants.items.get(&key);
            // Its own status concerns nobody else.
            let is_same = before.zip(now).is_some_and(|(before, now)| before.spec == now.spec);
            let members = if is_same { Vec::new() } else { self.by_tenant.of(&key).collect() };
            TenantMoved { key, is_gone: !after, members }
        });
        moved.collect()
    }

    /// Takes in a change of a Secret; tells which TenantCredentials to look at.
    pub fn secret(&mut self, scope: usize, change: ListChange<SecretVersion>) -> Vec<Key> {
        let scopes = &self.scopes;
        let steps = self.secrets.apply(scope, |key| within(scopes, scope, key), change);
        steps
            .into_iter()
            .filter(|step| step.before.as_ref() != self.secrets.items.get(&step.key))
            .flat_map(|step| self.by_secret.of(&step.key).collect::<Vec<_>>())
            .collect()
    }

    /// A TenantCredential, with the version of the Secret that it names.
    pub fn get(&self, key: &Key) -> Option<(Arc<Observed>, Option<SecretVersion>)> {
        let observed = self.objects.items.get(key)?;
        let secret = secret_of(observed, key).and_then(|secret| self.secrets.items.get(&secret).cloned());
        Some((observed.clone(), secret))
    }

    /// An MDMTenant.
    pub fn get_tenant(&self, key: &Key) -> Option<&Arc<Observed<TenantKind>>> {
        self.tenants.items.get(key)
    }

    /// The MDMTenant that a TenantCredential names.
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

    /// The MDMTenant that a TenantCredential names, by its key.
    pub fn tenant_of(&self, key: &Key) -> Option<Key> {
        tenant_of(self.objects.items.get(key)?, key)
    }

    /// The TenantCredentials of an MDMTenant, by name.
    pub fn members(&self, tenant: &Key) -> impl Iterator<Item = (Key, &Arc<Observed>)> {
        self.by_tenant.of(tenant).filter_map(|key| self.objects.items.get(&key).map(|observed| (key, observed)))
    }

    /// Whether all lists of a scope are complete.
    pub fn is_complete(&self, scope: usize) -> bool {
        let complete = [&self.objects.complete, &self.tenants.complete, &self.secrets.complete];
        complete.into_iter().all(|complete| complete.contains(&scope))
    }

    /// How many scopes there are.
    pub fn scopes(&self) -> usize {
        self.scopes.len()
    }

    /// The scope that holds an object.
    pub fn scope_of(&self, key: &Key) -> Option<usize> {
        (0..self.scopes.len()).find(|scope| within(&self.scopes, *scope, key))
    }

    /// The namespace that is a scope; none where it is all of them.
    pub fn namespace(&self, scope: usize) -> Option<&str> {
        self.scopes.get(scope)?.as_deref()
    }

    /// The TenantCredentials of a scope.
    pub fn keys_in(&self, scope: usize) -> impl Iterator<Item = &Key> {
        self.keys().filter(move |key| within(&self.scopes, scope, key))
    }

    /// The MDMTenants of a scope.
    pub fn tenant_keys_in(&self, scope: usize) -> impl Iterator<Item = &Key> {
        self.tenant_keys().filter(move |key| within(&self.scopes, scope, key))
    }

    /// All TenantCredentials, each as it is.
    pub fn credentials(&self) -> impl Iterator<Item = (&Key, &Arc<Observed>)> {
        self.objects.items.iter()
    }

    /// All MDMTenants, each as it is.
    pub fn tenants(&self) -> impl Iterator<Item = (&Key, &Arc<Observed<TenantKind>>)> {
        self.tenants.items.iter()
    }

    /// All MDMTenants.
    pub fn tenant_keys(&self) -> impl Iterator<Item = &Key> {
        self.tenants.items.keys()
    }

    /// All TenantCredentials.
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
    let name = &observed.understood()?.secret_ref.as_ref()?.name;
    Some(Key { namespace: key.namespace.clone(), name: name.as_str().into() })
}

fn tenant_of(observed: &Observed, key: &Key) -> Option<Key> {
    let name = &observed.understood()?.tenant_ref.as_ref()?.name;
    Some(Key { namespace: key.namespace.clone(), name: name.as_str().into() })
}

//! What the operator knows of the cluster: the TenantCredentials, which Secrets there are, and who refers to which.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::observed::Observed;
use crate::api::Key;

/// Which state a Secret is in, without anything of its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretVersion {
    /// The Secret's UID.
    pub uid: String,
    /// The Secret's resourceVersion.
    pub resource_version: String,
}

/// A change of something watched, or a step of listing it anew.
pub enum Change<T> {
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
struct Step<T> {
    key: Key,
    before: Option<T>,
    after: bool,
}

impl<T> Store<T> {
    fn apply(&mut self, scope: usize, in_scope: impl Fn(&Key) -> bool, change: Change<T>) -> Vec<Step<T>> {
        match change {
            Change::ListBegins => {
                self.listed.insert(scope, HashSet::new());
                Vec::new()
            }
            Change::Listed(key, item) => {
                self.listed.entry(scope).or_default().insert(key.clone());
                vec![Step { before: self.items.insert(key.clone(), item), key, after: true }]
            }
            Change::ListEnds => {
                self.complete.insert(scope);
                let listed = self.listed.remove(&scope).unwrap_or_default();
                let gone: Vec<Key> =
                    self.items.keys().filter(|key| in_scope(key) && !listed.contains(*key)).cloned().collect();
                gone.into_iter().map(|key| self.delete(key)).collect()
            }
            Change::Applied(key, item) => {
                vec![Step { before: self.items.insert(key.clone(), item), key, after: true }]
            }
            Change::Deleted(key) => vec![self.delete(key)],
        }
    }

    fn delete(&mut self, key: Key) -> Step<T> {
        Step { before: self.items.remove(&key), key, after: false }
    }
}

/// What the operator knows of the cluster.
pub struct Cache {
    scopes: Vec<Option<String>>,
    objects: Store<Arc<Observed>>,
    secrets: Store<SecretVersion>,
    /// The TenantCredentials that refer to a Secret.
    by_secret: HashMap<Key, BTreeSet<Arc<str>>>,
}

impl Cache {
    /// Of these scopes: a namespace each, or all.
    pub fn new(scopes: Vec<Option<String>>) -> Self {
        Self { scopes, objects: Store::default(), secrets: Store::default(), by_secret: HashMap::new() }
    }

    /// Takes in a change of a TenantCredential; tells which one to look at, and whether it is gone.
    pub fn object(&mut self, scope: usize, change: Change<Arc<Observed>>) -> Vec<(Key, bool)> {
        let scopes = &self.scopes;
        let steps = self.objects.apply(scope, |key| within(scopes, scope, key), change);
        steps
            .into_iter()
            .map(|step| {
                let before = step.before.as_deref().and_then(|observed| secret_of(observed, &step.key));
                let after = self.objects.items.get(&step.key).and_then(|observed| secret_of(observed, &step.key));
                if before != after {
                    if let Some(secret) = before
                        && let Some(names) = self.by_secret.get_mut(&secret)
                    {
                        names.remove(&step.key.name);
                        if names.is_empty() {
                            self.by_secret.remove(&secret);
                        }
                    }
                    if let Some(secret) = after {
                        self.by_secret.entry(secret).or_default().insert(step.key.name.clone());
                    }
                }
                (step.key, !step.after)
            })
            .collect()
    }

    /// Takes in a change of a Secret; tells which TenantCredentials to look at.
    pub fn secret(&mut self, scope: usize, change: Change<SecretVersion>) -> Vec<Key> {
        let scopes = &self.scopes;
        let steps = self.secrets.apply(scope, |key| within(scopes, scope, key), change);
        steps
            .into_iter()
            .filter(|step| step.before.as_ref() != self.secrets.items.get(&step.key))
            .flat_map(|step| {
                let names = self.by_secret.get(&step.key);
                names
                    .into_iter()
                    .flatten()
                    .map(|name| Key { namespace: step.key.namespace.clone(), name: name.clone() })
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// A TenantCredential, with the version of the Secret that it names.
    pub fn get(&self, key: &Key) -> Option<(Arc<Observed>, Option<SecretVersion>)> {
        let observed = self.objects.items.get(key)?;
        let secret = secret_of(observed, key).and_then(|secret| self.secrets.items.get(&secret).cloned());
        Some((observed.clone(), secret))
    }

    /// Whether both lists of a scope are complete.
    pub fn is_complete(&self, scope: usize) -> bool {
        self.objects.complete.contains(&scope) && self.secrets.complete.contains(&scope)
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
    let name = &observed.spec.as_ref().ok()?.secret_ref.as_ref()?.name;
    Some(Key { namespace: key.namespace.clone(), name: name.as_str().into() })
}

//! Who holds the same, as far as the caller can see: in the namespace, in the cluster, in all clusters that were asked.

use std::collections::HashMap;
use std::sync::Arc;

use super::read::{ClusterContents, ListedCredential};
use lapsewatch_core::api::{Key, TenantCredentialStatus};
use lapsewatch_core::assessment::peers::{Index, Peers, Reveal, remembered};
use lapsewatch_core::verdict::{Other, View};

/// Stands between a context's number and a namespace, where all contexts are in one index: no name has it.
const BETWEEN: char = '/';

/// All holders.
pub struct HolderIndexes {
    labels: Vec<Option<Arc<str>>>,
    /// Whether each context was looked at as a whole.
    is_whole: Vec<bool>,
    /// By context and namespace: the least that an operator looks at.
    namespaces: HashMap<(usize, Arc<str>), Index>,
    /// By context: the most that an operator looks at.
    contexts: Vec<Index>,
    /// All contexts, where there are several.
    all: Option<Index>,
}

/// The others beside one credential.
pub struct PeerViews {
    /// What is to be said of them.
    pub shown: Peers,
    /// What the operator would say of them.
    pub compared: Peers,
}

impl HolderIndexes {
    /// Of all that was read.
    pub fn of(contexts: &[ClusterContents]) -> Self {
        let index = || Index::new(Reveal::All);
        let mut crowd = Self {
            labels: contexts.iter().map(|context| context.label.clone()).collect(),
            is_whole: contexts.iter().map(|context| context.is_whole).collect(),
            namespaces: HashMap::new(),
            contexts: contexts.iter().map(|_| index()).collect(),
            all: (contexts.len() > 1).then(index),
        };
        for (at, context) in contexts.iter().enumerate() {
            for ListedCredential { observed, .. } in &context.credentials {
                let Some(holder) = observed.remembered_holder() else { continue };
                let key = observed.key();
                if let Some(all) = &mut crowd.all {
                    all.set(&among_all(at, &key), Some(holder.clone()));
                }
                let own = crowd.namespaces.entry((at, key.namespace.clone())).or_insert_with(index);
                own.set(&key, Some(holder.clone()));
                if let Some(context) = crowd.contexts.get_mut(at) {
                    context.set(&key, Some(holder));
                }
            }
        }
        crowd
    }

    /// Those beside one credential of the context of this number.
    ///
    /// An operator looks at least at the credential's own namespace and at most at the whole cluster, and each holder more
    /// makes what is said worse: what was said is behind only where it is not between the two. What the caller can't see
    /// is left as it was said.
    pub fn beside(&self, at: usize, seen: &ListedCredential) -> PeerViews {
        let key = seen.observed.key();
        let is_whole = self.is_whole.get(at).copied().unwrap_or_default();
        let least = self.namespaces.get(&(at, key.namespace.clone())).and_then(|index| index.view(&key));
        let most = self.contexts.get(at).and_then(|index| index.view(&key));
        let said = said(seen);
        let is_behind = match &said {
            Some(Peers::Known(said)) => {
                rank(said.as_ref()) < rank(least.as_ref()) || is_whole && rank(said.as_ref()) > rank(most.as_ref())
            }
            _ => false,
        };
        let visible = self.view_among_all(at, &key).or_else(|| most.clone());
        let shown = match &said {
            Some(Peers::Known(said)) if !is_whole && rank(said.as_ref()) > rank(visible.as_ref()) => said.clone(),
            _ => visible,
        };
        let compared = match said {
            Some(said) if !is_behind => said,
            _ => Peers::Known(most),
        };
        PeerViews { shown: Peers::Known(shown), compared }
    }

    fn view_among_all(&self, at: usize, key: &Key) -> Option<View> {
        let mut view = self.all.as_ref()?.view(&among_all(at, key))?;
        for other in view.others.iter_mut().chain(&mut view.claimant) {
            if let Other::There { namespace, name, tenant } = other {
                *other = self.there(at, namespace, name.clone(), tenant.clone());
            }
        }
        Some(view)
    }

    fn there(&self, here: usize, place: &str, name: Arc<str>, tenant: Option<Arc<str>>) -> Other {
        let (context, namespace) = place.split_once(BETWEEN).unwrap_or_default();
        let context = context.parse().unwrap_or(here);
        let label = |at: usize| self.labels.get(at).cloned().flatten().unwrap_or_default();
        if context == here {
            return Other::There { namespace: namespace.into(), name, tenant };
        }
        Other::Away { context: label(context), here: label(here), namespace: namespace.into(), name, tenant }
    }
}

fn among_all(at: usize, key: &Key) -> Key {
    Key { namespace: format!("{at}{BETWEEN}{}", key.namespace).into(), name: key.name.clone() }
}

fn rank(view: Option<&View>) -> u8 {
    view.map_or(0, |view| view.standing.rank())
}

/// What was said of the others.
fn said(seen: &ListedCredential) -> Option<Peers> {
    let status = &seen.observed.previous;
    remembered(&TenantCredentialStatus {
        conditions: status.conditions.clone(),
        duplicates: seen.duplicates.clone(),
        more_duplicates: status.more_duplicates,
        ..TenantCredentialStatus::default()
    })
}

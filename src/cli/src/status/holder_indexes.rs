//! Finds the other holders of each credential: the TenantCredentials that use the same credential, in the namespace, in
//! the cluster, and in all clusters that were read.

use std::collections::HashMap;
use std::sync::Arc;

use super::read::{ClusterContents, ListedCredential};
use lapsewatch_core::api::{Key, TenantCredentialStatus};
use lapsewatch_core::assessment::peers::{Index, Peers, Reveal, remembered};
use lapsewatch_core::verdict::{Other, View};

/// Separates the number of the context from the namespace in the keys of the index of all contexts. No namespace
/// contains this character.
const BETWEEN: char = '/';

/// The holders of all credentials that were read, indexed by namespace, by context, and for all contexts together.
pub struct HolderIndexes {
    labels: Vec<Option<Arc<str>>>,
    /// True for each context of which all namespaces were read.
    is_whole: Vec<bool>,
    /// The index of each namespace of each context. An operator may watch only this namespace, or more.
    namespaces: HashMap<(usize, Arc<str>), Index>,
    /// The index of each context. An operator can't watch more than one whole cluster.
    contexts: Vec<Index>,
    /// The index of all contexts. None if only one context was read.
    all: Option<Index>,
}

/// The other holders of one credential, for two purposes. The operator that wrote the stored status may see fewer
/// objects than this command.
pub struct PeerViews {
    /// The other holders to show to the user, from all contexts.
    pub shown: Peers,
    /// The other holders that the operator probably sees, for the comparison with the stored status.
    pub compared: Peers,
}

impl HolderIndexes {
    /// Indexes the holders in all contexts.
    pub fn from_contexts(contexts: &[ClusterContents]) -> Self {
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

    /// Returns the other holders of one credential. `at` is the index of its context.
    ///
    /// An operator watches at least the credential's own namespace and at most the whole cluster. The sharing state
    /// (unique, shared, superseded and so on) has a rank, which additional holders can only raise. The stored state is
    /// therefore outdated in two cases: its rank is below the rank within the namespace, or above the rank within the
    /// cluster. If the caller can't list the whole cluster, a stored state of a higher rank is kept, because of holders
    /// that the caller can't see.
    pub fn beside(&self, at: usize, seen: &ListedCredential) -> PeerViews {
        let key = seen.observed.key();
        let is_whole = self.is_whole.get(at).copied().unwrap_or_default();
        let least = self.namespaces.get(&(at, key.namespace.clone())).and_then(|index| index.view(&key));
        let most = self.contexts.get(at).and_then(|index| index.view(&key));
        let said = stored_peers(seen);
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

/// Returns the other holders that the stored status reports. None if the condition Duplicate is missing, or has a
/// reason that only a newer version of lapsewatch writes.
fn stored_peers(seen: &ListedCredential) -> Option<Peers> {
    let status = &seen.observed.previous;
    remembered(&TenantCredentialStatus {
        conditions: status.conditions.clone(),
        duplicates: seen.duplicates.clone(),
        more_duplicates: status.more_duplicates,
        ..TenantCredentialStatus::default()
    })
}

//! Tracks the gaps in the operator's knowledge of the other holders of a credential.

use std::collections::{BTreeMap, HashSet};

use lapsewatch_core::api::conditions::ConditionType;
use lapsewatch_core::api::status::Announced;
use lapsewatch_core::api::{CredentialType, Key};
use lapsewatch_core::assessment::notices::RECOVERED;
use lapsewatch_core::assessment::peers::{self, Peers};
use lapsewatch_core::observed::Observed;
use lapsewatch_core::verdict::SharingState;

/// The objects that could not be read, and the objects whose assessment lacks this knowledge. Both are grouped by
/// credential type, because objects of different types never use the same credential.
#[derive(Default)]
pub struct KnowledgeGaps {
    /// The objects whose Secret could not be fetched by the last read.
    unread: ByType,
    /// The objects whose verdict is based on partial knowledge and may change.
    unsure: ByType,
}

#[derive(Default)]
struct ByType(BTreeMap<CredentialType, HashSet<Key>>);

impl ByType {
    fn insert(&mut self, type_: CredentialType, key: &Key) {
        self.0.entry(type_).or_default().insert(key.clone());
    }

    fn remove(&mut self, key: &Key) {
        self.0.retain(|_, keys| {
            keys.remove(key);
            !keys.is_empty()
        });
    }
}

impl KnowledgeGaps {
    /// Records whether the object's Secret could be fetched.
    pub fn looked_at(&mut self, key: &Key, type_: CredentialType, is_read: bool) {
        self.unread.remove(key);
        if !is_read {
            self.unread.insert(type_, key);
        }
    }

    /// Records an object as unsure if its verdict is based on partial knowledge of the other holders and may change.
    pub fn assessed(&mut self, observed: &Observed, peers: &Peers) {
        let key = observed.key();
        self.unsure.remove(&key);
        if let (Peers::Partial(Some(view)), Some(type_)) = (peers, exclusive_type(observed))
            && !(view.standing == SharingState::Unique && is_settled_as_unique(observed))
        {
            self.unsure.insert(type_, &key);
        }
    }

    /// Forgets a deleted object.
    pub fn forget(&mut self, key: &Key) {
        self.unread.remove(key);
        self.unsure.remove(key);
    }

    /// True if an object of this type could not be read.
    pub fn is_unread(&self, type_: CredentialType) -> bool {
        self.unread.0.contains_key(&type_)
    }

    /// Removes and returns the unsure objects of the credential types that have no unread object.
    pub fn take_sure(&mut self) -> Vec<Key> {
        let unread = &self.unread.0;
        let mut sure = Vec::new();
        self.unsure.0.retain(|type_, keys| {
            let is_unread = unread.contains_key(type_);
            if !is_unread {
                sure.extend(keys.drain());
            }
            is_unread
        });
        sure
    }
}

/// True if the status reports that no other object uses the credential, and no announced duplicate is still open.
fn is_settled_as_unique(observed: &Observed) -> bool {
    let (duplicate, unique) = (ConditionType::Duplicate.as_str(), SharingState::Unique.reason());
    let is_open = |announced: &Announced| announced.type_ == duplicate && announced.reason != RECOVERED;
    observed.previous.conditions.iter().any(|c| c.type_ == duplicate && c.reason == unique)
        && !observed.previous.announced.iter().any(is_open)
}

/// Returns the credential type if only one object may use such a credential.
pub fn exclusive_type(observed: &Observed) -> Option<CredentialType> {
    observed.understood().map(|spec| spec.type_).filter(|type_| peers::is_exclusive(*type_))
}

//! Indexes all holders by the fingerprint and the identity of their credentials.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::holder::{Fingerprint, Holder, Rank};
use super::shared_credential::{FingerprintHolders, SharedMember};
use super::succession::Lineage;
use crate::api::{CredentialType, Key};
use crate::verdict::{Other, SharingState, Unlisted, View};

/// The information that a [`View`] may contain about holders in other namespaces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reveal {
    /// Only the existence of such holders. Users who can read a status in one namespace may have no access to other
    /// namespaces.
    #[default]
    OwnNamespace,
    /// All names and tenants. The user of a command has supplied all objects or is permitted to read them.
    All,
}

/// The index of all holders.
#[derive(Default)]
pub struct Index {
    holders: HashMap<Key, Holder>,
    by_fingerprint: HashMap<(CredentialType, Fingerprint), FingerprintHolders>,
    by_identity: HashMap<(CredentialType, Arc<str>), Lineage>,
    reveal: Reveal,
}

impl Index {
    /// Creates an empty index whose views contain the information that `reveal` permits.
    pub fn new(reveal: Reveal) -> Self {
        Self { reveal, ..Self::default() }
    }

    /// Replaces the holder of the object `key`. None removes the holder. Returns the other objects whose views may
    /// change.
    pub fn set(&mut self, key: &Key, holder: Option<Holder>) -> BTreeSet<Key> {
        let mut disturbed = BTreeSet::new();
        if self.holders.get(key) == holder.as_ref() {
            return disturbed;
        }
        if let Some(before) = self.holders.remove(key) {
            self.remove(key, &before, &mut disturbed);
        }
        if let Some(after) = holder {
            self.insert(key, &after, &mut disturbed);
            self.holders.insert(key.clone(), after);
        }
        disturbed.remove(key);
        disturbed
    }

    /// Returns the number of holders.
    pub fn len(&self) -> usize {
        self.holders.len()
    }

    /// Returns the number of other objects that use the same credential from a different Secret.
    pub fn others(&self, key: &Key) -> usize {
        let Some(holder) = self.holders.get(key) else { return 0 };
        let crowd = self.by_fingerprint.get(&(holder.type_, holder.fingerprint)).and_then(FingerprintHolders::crowd);
        crowd.map_or(0, |crowd| crowd.elsewhere(&holder.rank(key)))
    }

    /// True if the index contains no holder.
    pub fn is_empty(&self) -> bool {
        self.holders.is_empty()
    }

    fn insert(&mut self, key: &Key, holder: &Holder, disturbed: &mut BTreeSet<Key>) {
        let rank = holder.rank(key);
        let member = SharedMember { place: holder.place(key), claims: holder.claims };
        match self.by_fingerprint.entry((holder.type_, holder.fingerprint)) {
            Entry::Occupied(mut group) => disturbed.extend(group.get_mut().insert(rank.clone(), member)),
            Entry::Vacant(group) => drop(group.insert(FingerprintHolders::One(rank.clone(), member))),
        }
        let Some(identity) = &holder.identity else { return };
        match self.by_identity.entry((holder.type_, identity.clone())) {
            Entry::Occupied(mut line) => {
                disturbed.extend(line.get_mut().insert(rank, holder.fingerprint, holder.end));
            }
            Entry::Vacant(line) => drop(line.insert(Lineage::One(rank, holder.fingerprint, holder.end))),
        }
    }

    fn remove(&mut self, key: &Key, holder: &Holder, disturbed: &mut BTreeSet<Key>) {
        let rank = holder.rank(key);
        if let Entry::Occupied(mut group) = self.by_fingerprint.entry((holder.type_, holder.fingerprint)) {
            let (others, is_empty) = group.get_mut().remove(&rank);
            disturbed.extend(others);
            if is_empty {
                group.remove();
            }
        }
        let Some(identity) = &holder.identity else { return };
        if let Entry::Occupied(mut line) = self.by_identity.entry((holder.type_, identity.clone())) {
            let (others, is_empty) = line.get_mut().remove(&rank, &holder.fingerprint, holder.end);
            disturbed.extend(others);
            if is_empty {
                line.remove();
            }
        }
    }

    /// Returns the relation of an object to the other holders. None if the object uses no credential.
    pub fn view(&self, key: &Key) -> Option<View> {
        let holder = self.holders.get(key)?;
        let rank = holder.rank(key);
        let crowd = self.by_fingerprint.get(&(holder.type_, holder.fingerprint)).and_then(FingerprintHolders::crowd);
        let standing = crowd.map_or(SharingState::Unique, |crowd| crowd.sharing_state(holder.type_, &rank));
        if standing.rank() < (SharingState::Superseded { certain: true }).rank()
            && let Some(identity) = &holder.identity
            && let Some(line) = self.by_identity.get(&(holder.type_, identity.clone()))
            && let Some(newer) = line.newer(&rank, &holder.fingerprint, holder.end)
        {
            let standing = SharingState::Superseded { certain: newer.certain };
            let others = self.visible_holders(key, newer.named);
            let unlisted = self.unlisted(newer.count, &others, None);
            return Some(View { standing, others, claimant: None, unlisted });
        }
        let others = crowd.map(|crowd| self.visible_holders(key, crowd.named(&rank))).unwrap_or_default();
        let claimant = crowd
            .filter(|_| standing == SharingState::ControlLost)
            .and_then(|crowd| Some(self.other(key, &crowd.claimant(&rank)?.key)));
        let count = crowd.map_or(0, |crowd| crowd.len() - 1);
        let unlisted = self.unlisted(count, &others, claimant.as_ref());
        Some(View { standing, others, claimant, unlisted })
    }

    /// Returns the number of other holders that a view does not name, as far as `reveal` permits. `count` is the number
    /// of all other holders. `others` and `claimant` are those that the view names.
    fn unlisted(&self, count: usize, others: &[Other], claimant: Option<&Other>) -> Unlisted {
        let told = others.len() + usize::from(claimant.is_some_and(|claimant| !others.contains(claimant)));
        match (count.saturating_sub(told), self.reveal) {
            (0, _) => Unlisted::None,
            (_, Reveal::OwnNamespace) => Unlisted::Some,
            (left, Reveal::All) => Unlisted::Exactly(left),
        }
    }

    /// Returns at most `count` other objects that the view of an object names or depends on. The operator confirms
    /// their state before it sends an Event.
    pub fn witnesses(&self, key: &Key, count: usize) -> Vec<Key> {
        let Some(holder) = self.holders.get(key) else { return Vec::new() };
        let rank = holder.rank(key);
        let crowd = self.by_fingerprint.get(&(holder.type_, holder.fingerprint)).and_then(FingerprintHolders::crowd);
        let claimant = crowd.and_then(|crowd| crowd.claimant(&rank));
        let named = crowd.map(|crowd| crowd.named(&rank)).unwrap_or_default();
        let line =
            holder.identity.as_ref().and_then(|identity| self.by_identity.get(&(holder.type_, identity.clone())));
        let newer = line.and_then(|line| line.newer(&rank, &holder.fingerprint, holder.end));
        let newer = newer.map(|newer| newer.named).unwrap_or_default();
        claimant.into_iter().chain(named).chain(newer).take(count).map(|rank| rank.key.clone()).collect()
    }

    /// Converts the holders to name into entries of a view. Holders in the namespace of `key` come first. With
    /// [`Reveal::OwnNamespace`], one entry at the end stands for all holders in other namespaces.
    fn visible_holders(&self, key: &Key, named: Vec<&Rank>) -> Vec<Other> {
        let (mut here, mut there): (Vec<Other>, Vec<Other>) = named
            .into_iter()
            .map(|rank| self.other(key, &rank.key))
            .partition(|other| matches!(other, Other::Here { .. }));
        there.dedup();
        here.append(&mut there);
        here
    }

    fn other(&self, key: &Key, other: &Key) -> Other {
        let tenant = || self.holders.get(other).and_then(|holder| holder.tenant.clone());
        if other.namespace == key.namespace {
            Other::Here { name: other.name.clone(), tenant: tenant() }
        } else if self.reveal == Reveal::All {
            Other::There { namespace: other.namespace.clone(), name: other.name.clone(), tenant: tenant() }
        } else {
            Other::Elsewhere
        }
    }
}

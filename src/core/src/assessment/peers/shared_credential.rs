//! Tracks all holders of one credential, which have the same fingerprint. A claimant is a holder whose override is
//! enabled. A place is the namespace and name of a Secret, and a rank sorts holders by age.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::NAMED;
use super::holder::Rank;
use crate::api::{CredentialType, Key};
use crate::verdict::SharingState;

/// The holders of one fingerprint. A single holder, which is the usual case, is stored without the large struct.
pub(super) enum FingerprintHolders {
    One(Rank, SharedMember),
    Many(Box<SharedCredential>),
}

/// The properties of one holder of the shared credential.
#[derive(Clone)]
pub(super) struct SharedMember {
    /// The Secret that contains the credential.
    pub place: Key,
    pub claims: bool,
}

/// Several holders of one credential.
#[derive(Default)]
pub(super) struct SharedCredential {
    /// All holders, with the Secret of each.
    members: BTreeMap<Rank, Key>,
    by_place: HashMap<Key, BTreeSet<Rank>>,
    /// The oldest holder of each Secret.
    first: BTreeSet<Rank>,
    /// The Secrets that several holders read.
    crowded: BTreeSet<Key>,
    claimants: BTreeSet<Rank>,
    claims: HashMap<Key, usize>,
}

/// The properties on which the views of many holders depend. Comparing the shapes before and after a change shows which
/// views may differ.
#[derive(PartialEq)]
struct SharingShape {
    oldest: Option<Key>,
    /// The oldest holder, and the oldest holder with a different Secret.
    first: Vec<Rank>,
    /// The number of Secrets. 2 means two or more, because views do not depend on the exact number.
    places: usize,
    /// The number of Secrets with a claimant. 2 means two or more.
    claims: usize,
    claimant: Option<Rank>,
}

impl FingerprintHolders {
    /// Adds a holder. Returns the other holders whose views may change.
    pub(super) fn insert(&mut self, rank: Rank, member: SharedMember) -> Vec<Key> {
        if let Self::One(first, of) = self {
            let mut crowd = Box::new(SharedCredential::default());
            crowd.add(first.clone(), of.clone());
            *self = Self::Many(crowd);
        }
        match self {
            Self::Many(crowd) => crowd.insert(rank, member),
            Self::One(..) => Vec::new(),
        }
    }

    /// Removes a holder. Returns the other holders whose views may change, and true if no holder remains.
    pub(super) fn remove(&mut self, rank: &Rank) -> (Vec<Key>, bool) {
        let Self::Many(crowd) = self else { return (Vec::new(), true) };
        let disturbed = crowd.remove(rank);
        if crowd.members.len() <= 1 {
            let Some((last, place)) = crowd.members.pop_first() else { return (disturbed, true) };
            let claims = !crowd.claimants.is_empty();
            *self = Self::One(last, SharedMember { place, claims });
        }
        (disturbed, false)
    }

    /// Returns the holders. None if there is only one holder.
    pub(super) fn crowd(&self) -> Option<&SharedCredential> {
        match self {
            Self::One(..) => None,
            Self::Many(crowd) => Some(crowd),
        }
    }
}

impl SharedCredential {
    fn add(&mut self, rank: Rank, member: SharedMember) {
        let SharedMember { place, claims } = member;
        self.at_place(&place, |ranks| ranks.insert(rank.clone()));
        if claims {
            self.claimants.insert(rank.clone());
            *self.claims.entry(place.clone()).or_default() += 1;
        }
        self.members.insert(rank, place);
    }

    fn insert(&mut self, rank: Rank, member: SharedMember) -> Vec<Key> {
        let without = self.shape();
        self.add(rank.clone(), member);
        self.affected(&rank, &self.shape(), &without)
    }

    fn remove(&mut self, rank: &Rank) -> Vec<Key> {
        let with = self.shape();
        let Some(place) = self.members.get(rank).cloned() else { return Vec::new() };
        // The shape without the holder is needed first, but `affected` requires `self` with the holder. Therefore the
        // holder is removed, added again, and removed at the end.
        let claims = self.claimants.contains(rank);
        self.take(rank, &place);
        let without = self.shape();
        self.add(rank.clone(), SharedMember { place: place.clone(), claims });
        let disturbed = self.affected(rank, &with, &without);
        self.take(rank, &place);
        disturbed
    }

    fn take(&mut self, rank: &Rank, place: &Key) {
        self.members.remove(rank);
        self.at_place(place, |ranks| ranks.remove(rank));
        if self.claimants.remove(rank)
            && let Some(count) = self.claims.get_mut(place)
        {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.claims.remove(place);
            }
        }
    }

    /// Applies `change` to the holders of the Secret `place`, and updates `first` and `crowded` accordingly.
    fn at_place(&mut self, place: &Key, change: impl FnOnce(&mut BTreeSet<Rank>) -> bool) {
        let ranks = self.by_place.entry(place.clone()).or_default();
        if let Some(first) = ranks.first() {
            self.first.remove(first);
        }
        change(ranks);
        self.first.extend(ranks.first().cloned());
        match ranks.len() {
            0 => drop(self.by_place.remove(place)),
            1 => drop(self.crowded.remove(place)),
            _ => drop(self.crowded.insert(place.clone())),
        }
    }

    fn shape(&self) -> SharingShape {
        SharingShape {
            oldest: self.members.first_key_value().map(|(_, place)| place.clone()),
            first: self.first.iter().take(2).cloned().collect(),
            places: self.by_place.len().min(2),
            claims: self.claims.len().min(2),
            claimant: self.claimants.first().cloned(),
        }
    }

    /// Returns the other holders whose views the presence of the holder `rank` may change. `self` must contain this
    /// holder. `with` and `without` are the shapes with and without it.
    fn affected(&self, rank: &Rank, with: &SharingShape, without: &SharingShape) -> Vec<Key> {
        if with.places != without.places || with.claimant != without.claimant {
            return self.members.keys().filter(|other| *other != rank).map(|other| other.key.clone()).collect();
        }
        let mut disturbed: BTreeSet<&Rank> = self.after(rank).collect();
        let oldest = self.members.keys().next();
        if let Some(oldest) = oldest
            && self.after(oldest).any(|next| next == rank)
        {
            disturbed.insert(oldest);
        }
        if with.oldest != without.oldest {
            for place in [&with.oldest, &without.oldest].into_iter().flatten() {
                disturbed.extend(self.by_place.get(place).into_iter().flatten());
            }
        }
        // A claim counts for all holders of the same Secret. They are affected if `rank` is the only claimant of them.
        if let Some(place) = self.members.get(rank)
            && self.claimants.contains(rank)
            && self.claims.get(place) == Some(&1)
        {
            disturbed.extend(self.by_place.get(place).into_iter().flatten());
        }
        if with.first != without.first {
            disturbed.extend(self.crowded.iter().filter_map(|place| self.by_place.get(place)).flatten());
        }
        if with.claims != without.claims {
            disturbed.extend(self.claims.keys().filter_map(|place| self.by_place.get(place)).flatten());
        }
        disturbed.extend(self.completely_told());
        disturbed.remove(rank);
        disturbed.into_iter().map(|other| other.key.clone()).collect()
    }

    fn after(&self, rank: &Rank) -> impl Iterator<Item = &Rank> {
        use std::ops::Bound::{Excluded, Unbounded};
        self.members.range((Excluded(rank), Unbounded)).map(|(other, _)| other).take(NAMED)
    }

    /// Returns the number of holders.
    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// Returns the holders whose views name all other holders, or all but one. If one holder is added or removed, only
    /// these views may change between "all are named" and "there are more" (`unlisted`).
    fn completely_told(&self) -> impl Iterator<Item = &Rank> {
        // A view names up to NAMED holders, and the claimant. It names neither its own holder nor, at most, one more.
        // These two are the 2 below.
        let most = NAMED + usize::from(!self.claimants.is_empty());
        let few = Some(&self.members).filter(|members| members.len() <= most + 2);
        let is_told = move |rank: &&Rank| self.named(rank).len() + most - NAMED + 2 >= self.members.len();
        few.into_iter().flat_map(BTreeMap::keys).filter(is_told)
    }

    /// Returns the other holders that the view of the holder `rank` names. If all of these read the same Secret as
    /// `rank`, the oldest holder with a different Secret becomes the last entry.
    pub(super) fn named(&self, rank: &Rank) -> Vec<&Rank> {
        let mut named: Vec<&Rank> = self.members.range(..rank).rev().map(|(other, _)| other).take(NAMED).collect();
        if named.is_empty() {
            named.extend(self.after(rank));
        }
        let place = self.members.get(rank);
        let is_apart = |other: &Rank| self.members.get(other) != place;
        if !named.iter().any(|other| is_apart(other))
            && let Some(apart) = self.first.iter().take(2).find(|other| is_apart(other))
        {
            named.truncate(NAMED - 1);
            named.push(apart);
        }
        named
    }

    /// Returns the oldest claimant. None if there is no claimant, or if `rank` itself is the oldest claimant.
    pub(super) fn claimant(&self, rank: &Rank) -> Option<&Rank> {
        self.claimants.first().filter(|claimant| *claimant != rank)
    }

    /// Returns the number of holders that read a different Secret than `rank`.
    pub(super) fn elsewhere(&self, rank: &Rank) -> usize {
        let beside = self.members.get(rank).and_then(|place| self.by_place.get(place));
        beside.map_or(0, |beside| self.members.len() - beside.len())
    }

    /// Returns the relation of a holder to the other holders.
    pub(super) fn sharing_state(&self, type_: CredentialType, rank: &Rank) -> SharingState {
        let Some(place) = self.members.get(rank) else { return SharingState::Unique };
        if self.by_place.len() <= 1 {
            return SharingState::SameSecret;
        }
        if type_ != CredentialType::VPPToken {
            return SharingState::TokenInUse;
        }
        match (self.claims.contains_key(place), self.claims.len()) {
            (true, 1) => SharingState::ControlAssumed,
            (true, _) => SharingState::OverrideContested,
            (false, 1..) => SharingState::ControlLost,
            (false, 0) if self.members.values().next() == Some(place) => SharingState::SharedByOthers,
            (false, 0) => SharingState::TokenInUse,
        }
    }
}

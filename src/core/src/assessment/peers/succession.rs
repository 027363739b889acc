//! Tracks all holders of one identity by expiry: a credential with a later expiry supersedes an earlier credential.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound::{Excluded, Unbounded};

use super::NAMED;
use super::holder::{End, Fingerprint, Rank};
use crate::api::Key;

/// The holders of one identity. A single holder, which is the usual case, is stored without the large struct.
pub(super) enum Lineage {
    One(Rank, Fingerprint, End),
    Many(Box<Succession>),
}

/// Several holders of one identity, by expiry.
#[derive(Default)]
pub(super) struct Succession {
    ends: BTreeMap<End, SameExpiry>,
    count: usize,
}

/// The holders whose credentials have the same expiry.
#[derive(Default)]
struct SameExpiry {
    ranks: BTreeMap<Rank, Fingerprint>,
    /// The same holders by fingerprint. Holders of the same credential do not supersede each other, so a search for
    /// newer credentials skips a whole fingerprint.
    crowds: HashMap<Fingerprint, BTreeSet<Rank>>,
}

/// The holders whose credentials are newer, or may be newer, than the credential of one holder.
pub(super) struct Newer<'a> {
    /// True if a later expiry date shows that the credential is newer. False if the dates are equal or unknown.
    pub certain: bool,
    /// The holders to name, at most [`NAMED`].
    pub named: Vec<&'a Rank>,
    /// The number of all holders of newer credentials, including those that `named` leaves out.
    pub count: usize,
}

impl Lineage {
    /// Adds a holder. Returns the other holders whose views may change.
    pub(super) fn insert(&mut self, rank: Rank, fingerprint: Fingerprint, end: End) -> Vec<Key> {
        if let Self::One(first, of, until) = self {
            let mut all = Box::new(Succession::default());
            all.add(first.clone(), *of, *until);
            *self = Self::Many(all);
        }
        let Self::Many(all) = self else { return Vec::new() };
        all.add(rank, fingerprint, end);
        all.affected(&fingerprint, end)
    }

    /// Removes a holder. Returns the other holders whose views may change, and true if no holder remains.
    pub(super) fn remove(&mut self, rank: &Rank, fingerprint: &Fingerprint, end: End) -> (Vec<Key>, bool) {
        let Self::Many(all) = self else { return (Vec::new(), true) };
        let disturbed = all.affected(fingerprint, end);
        all.take(rank, fingerprint, end);
        if all.count <= 1 {
            let last = all.ends.pop_first().and_then(|(end, level)| Some((end, level.ranks.into_iter().next()?)));
            let Some((end, (rank, fingerprint))) = last else { return (disturbed, true) };
            *self = Self::One(rank, fingerprint, end);
        }
        (disturbed, false)
    }

    /// Returns the holders whose credentials are newer, or may be newer, than that of `rank`. None if there are none.
    pub(super) fn newer(&self, rank: &Rank, fingerprint: &Fingerprint, end: End) -> Option<Newer<'_>> {
        match self {
            Self::One(..) => None,
            Self::Many(all) => all.newer(rank, fingerprint, end),
        }
    }
}

impl Succession {
    fn add(&mut self, rank: Rank, fingerprint: Fingerprint, end: End) {
        let level = self.ends.entry(end).or_default();
        level.crowds.entry(fingerprint).or_default().insert(rank.clone());
        level.ranks.insert(rank, fingerprint);
        self.count += 1;
    }

    fn take(&mut self, rank: &Rank, fingerprint: &Fingerprint, end: End) {
        let Some(level) = self.ends.get_mut(&end) else { return };
        if level.ranks.remove(rank).is_none() {
            return;
        }
        self.count = self.count.saturating_sub(1);
        if let Some(crowd) = level.crowds.get_mut(fingerprint) {
            crowd.remove(rank);
            if crowd.is_empty() {
                level.crowds.remove(fingerprint);
            }
        }
        if level.ranks.is_empty() {
            self.ends.remove(&end);
        }
    }

    /// Returns the holders with the latest expiry. None if no holder has a known expiry.
    fn newest(&self) -> Option<(End, &SameExpiry)> {
        self.ends.last_key_value().filter(|(end, _)| **end != End::Unknown).map(|(end, level)| (*end, level))
    }

    /// Returns the holders whose views may change if a holder with the expiry `end` is added or removed. A view names
    /// only holders of the next later expiry. Therefore holders for which another expiry is the next later one are not
    /// affected.
    fn affected(&self, fingerprint: &Fingerprint, end: End) -> Vec<Key> {
        let newest = self.newest();
        let undated = self.ends.get(&End::Unknown);
        let (below, beside) = if end == End::Unknown {
            (None, newest.map(|(_, level)| level))
        } else {
            let below = self.ends.range((Excluded(End::Unknown), Excluded(end))).next_back().map(|(_, level)| level);
            (below, undated.filter(|_| newest.is_some_and(|(newest, _)| newest == end)))
        };
        let levels = self.ends.get(&end).into_iter().chain(below).chain(beside);
        let others = levels.flat_map(|level| &level.crowds).filter(|(other, _)| *other != fingerprint);
        others.flat_map(|(_, crowd)| crowd).map(|rank| rank.key.clone()).collect()
    }

    fn newer(&self, rank: &Rank, fingerprint: &Fingerprint, end: End) -> Option<Newer<'_>> {
        let undated = self.ends.get(&End::Unknown);
        let (certain, level) = if end == End::Unknown {
            let beside = undated.filter(|level| level.has_other(fingerprint));
            (false, beside.or(self.newest().map(|(_, level)| level))?)
        } else if let Some((_, next)) = self.ends.range((Excluded(end), Unbounded)).next() {
            (true, next)
        } else {
            let beside = self.ends.get(&end).filter(|level| level.has_other(fingerprint));
            (false, beside.or(undated)?)
        };
        let named = level.named(rank, fingerprint);
        let count = level.ranks.len() - level.crowds.get(fingerprint).map_or(0, BTreeSet::len);
        (!named.is_empty()).then_some(Newer { certain, named, count })
    }
}

impl SameExpiry {
    fn has_other(&self, fingerprint: &Fingerprint) -> bool {
        self.crowds.len() > usize::from(self.crowds.contains_key(fingerprint))
    }

    /// Returns at most [`NAMED`] holders of other fingerprints: those created most recently before `rank`. If there are
    /// none, returns those created next after `rank`.
    fn named(&self, rank: &Rank, fingerprint: &Fingerprint) -> Vec<&Rank> {
        let other = |(_, of): &(&Rank, &Fingerprint)| *of != fingerprint;
        let before: Vec<&Rank> =
            self.ranks.range(..rank).rev().filter(other).map(|(rank, _)| rank).take(NAMED).collect();
        if !before.is_empty() {
            return before;
        }
        self.ranks.range((Excluded(rank), Unbounded)).filter(other).map(|(rank, _)| rank).take(NAMED).collect()
    }
}

//! All holders of one identity, by the date at which their credentials end: a later one supersedes an earlier one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound::{Excluded, Unbounded};

use super::NAMED;
use super::holder::{End, Fingerprint, Rank};
use crate::api::Key;

/// One holder is the rule, and takes little memory.
pub(super) enum Lineage {
    One(Rank, Fingerprint, End),
    Many(Box<Succession>),
}

/// Several holders.
#[derive(Default)]
pub(super) struct Succession {
    ends: BTreeMap<End, SameExpiry>,
    count: usize,
}

/// Those that end at the same time.
#[derive(Default)]
struct SameExpiry {
    ranks: BTreeMap<Rank, Fingerprint>,
    /// The same by fingerprint, so that a large crowd of one fingerprint is passed over at once.
    crowds: HashMap<Fingerprint, BTreeSet<Rank>>,
}

/// What supersedes a holder's credential.
pub(super) struct Newer<'a> {
    /// Whether the dates tell that it is newer.
    pub certain: bool,
    /// Those that are named.
    pub named: Vec<&'a Rank>,
    /// How many there are in all.
    pub count: usize,
}

impl Lineage {
    /// Takes in a holder; tells of whom something else is to be said now.
    pub(super) fn insert(&mut self, rank: Rank, fingerprint: Fingerprint, end: End) -> Vec<Key> {
        if let Self::One(first, of, until) = self {
            let mut all = Box::new(Succession::default());
            all.add(first.clone(), *of, *until);
            *self = Self::Many(all);
        }
        let Self::Many(all) = self else { return Vec::new() };
        all.add(rank, fingerprint, end);
        all.disturbed(&fingerprint, end)
    }

    /// Lets a holder go; tells of whom something else is to be said now, and whether nobody is left.
    pub(super) fn remove(&mut self, rank: &Rank, fingerprint: &Fingerprint, end: End) -> (Vec<Key>, bool) {
        let Self::Many(all) = self else { return (Vec::new(), true) };
        let disturbed = all.disturbed(fingerprint, end);
        all.take(rank, fingerprint, end);
        if all.count <= 1 {
            let last = all.ends.pop_first().and_then(|(end, level)| Some((end, level.ranks.into_iter().next()?)));
            let Some((end, (rank, fingerprint))) = last else { return (disturbed, true) };
            *self = Self::One(rank, fingerprint, end);
        }
        (disturbed, false)
    }

    /// What supersedes a holder's credential, if something does.
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

    /// The last level, by a date of its own.
    fn newest(&self) -> Option<(End, &SameExpiry)> {
        self.ends.last_key_value().filter(|(end, _)| **end != End::Unknown).map(|(end, level)| (*end, level))
    }

    /// Of whom something else may be said with a holder of `end` than without it: each looks only at the next level, so
    /// that a newer one does not concern those who are superseded already.
    fn disturbed(&self, fingerprint: &Fingerprint, end: End) -> Vec<Key> {
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

    /// The ones created next before it; where there are none, next after it.
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

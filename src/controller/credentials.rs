//! The work on TenantCredentials: what each holds is found and entered; then, with what stands around it, it is said.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::time::Instant;

use super::gate::{Gate, Moved};
use super::observed::Observed;
use super::operator::{Done, Operator};
use super::own_writes::OwnWrites;
use super::queue::Queue;
use super::reconcile::{Around, Found, find, remembered, say};
use crate::api::Key;
use crate::assessment::peers::{self, Peers};

/// What is to be done.
#[derive(Default)]
pub struct Credentials {
    /// Which to look at.
    pub queue: Queue,
    /// What the watch has yet to tell of.
    pub own_writes: OwnWrites,
    /// What a start waits for.
    pub gate: Gate,
    /// What was found, and is to be said as soon as there is room.
    found: VecDeque<(Key, Arc<Observed>, Box<Found>)>,
    /// What waits for the gate.
    held: Vec<(Key, Arc<Observed>, Box<Found>)>,
}

impl Operator {
    /// Calls for one.
    pub fn call(&mut self, key: Key) {
        if self.is_known(&key) {
            self.credentials.queue.call(key);
        }
    }

    /// Calls for all.
    pub fn call_all(&mut self) {
        self.cache.keys().cloned().collect::<Vec<_>>().into_iter().for_each(|key| self.call(key));
    }

    /// Starts the next step of one; tells whether there was any.
    pub fn start_credential(&mut self) -> bool {
        let context = self.context.clone();
        if let Some((key, observed, found)) = self.credentials.found.pop_front() {
            let around = self.around(&key, &observed);
            self.tasks.spawn(async move {
                let outcome = say(&context, &observed, *found, around).await;
                Done::Said(key, outcome)
            });
            return true;
        }
        let Some(key) = self.credentials.queue.start() else { return false };
        match self.cache.get(&key) {
            Some((observed, _)) if self.credentials.own_writes.is_behind(&key, &observed.resource_version) => {
                self.credentials.queue.pass(&key);
            }
            Some((observed, secret)) => drop(self.tasks.spawn(async move {
                let found = find(&context, &observed, secret.as_ref()).await;
                Done::Found(key, observed, Box::new(found))
            })),
            None => {
                self.credentials.queue.done(&key, None);
                self.credentials.gate.tried(&key);
                self.release();
            }
        }
        true
    }

    /// Enters what one held before this start: should it be too late to wait for all, nothing that was said is taken back
    /// for want of those that were not looked at again.
    pub fn remember(&mut self, key: &Key) {
        let Some(holder) = self.cache.get(key).and_then(|(observed, _)| remembered(&observed)) else { return };
        let concerned = self.index.set(key, Some(holder));
        concerned.into_iter().for_each(|other| self.call(other));
    }

    /// Enters what one holds, and calls for those of whom something else is to be said now.
    pub fn take_in(&mut self, key: Key, observed: Arc<Observed>, mut found: Box<Found>) {
        let is_there = self.cache.get(&key).is_some();
        let holder = found.holder.take().filter(|_| is_there);
        let concerned = self.index.set(&key, holder);
        concerned.into_iter().for_each(|other| self.call(other));
        self.credentials.gate.tried(&key);
        if is_exclusive(&observed) && self.credentials.gate.holds(&key, observed.knows_peers()) {
            self.credentials.held.push((key, observed, found));
        } else {
            self.credentials.found.push_back((key, observed, found));
        }
        self.release();
    }

    /// What stands around one object, as far as that may be told.
    pub fn around(&self, key: &Key, observed: &Observed) -> Around {
        // What was said before this start is said anew, from what was known then of those that were not tried yet.
        let is_known = self.credentials.gate.is_open() || observed.knows_peers();
        Around {
            peers: if is_known { Peers::Known(self.index.view(key)) } else { Peers::Pending },
            tenant: self.cache.tenant_named_by(observed, key).map(Option::<&_>::cloned),
        }
    }

    /// Looks whether the gate is open, and lets through what waits for it.
    pub fn release(&mut self) {
        let complete = self.is_complete();
        match self.credentials.gate.look(complete, Instant::now()) {
            Moved::No => return,
            Moved::Late => tracing::warn!(
                "not all objects could be looked at within a minute; who else holds a credential is said later"
            ),
            Moved::Open { was_late } => {
                tracing::info!(holders = self.index.len(), "all objects were looked at");
                if was_late {
                    self.call_all();
                }
            }
        }
        self.credentials.found.extend(self.credentials.held.drain(..));
    }

    /// It is gone.
    pub fn forget(&mut self, key: &Key) {
        self.credentials.queue.forget(key);
        self.credentials.own_writes.forget(key);
        self.context.publisher.credentials_not_kept.forget(key);
        self.credentials.gate.tried(key);
        let concerned = self.index.set(key, None);
        concerned.into_iter().for_each(|other| self.call(other));
        self.release();
    }
}

fn is_exclusive(observed: &Observed) -> bool {
    observed.spec.as_ref().is_ok_and(|spec| peers::is_exclusive(spec.type_))
}

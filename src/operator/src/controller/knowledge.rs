//! Decides whether the operator's knowledge of the other holders of a credential is complete. The knowledge is partial
//! while an object that may use the same credential was not read.

use super::knowledge_gaps::exclusive_type;
use super::operator::Operator;
use lapsewatch_core::api::Key;
use lapsewatch_core::assessment::peers::Peers;
use lapsewatch_core::observed::Observed;

impl Operator {
    /// Returns the known holders of the object's credential, as complete or partial knowledge.
    pub fn peers(&self, key: &Key, observed: &Observed) -> Peers {
        let view = self.index.view(key);
        let is_unread = exclusive_type(observed).is_some_and(|type_| self.credentials.blind.is_unread(type_));
        match self.is_all_seen() && !is_unread {
            true => Peers::Known(view),
            false => Peers::Partial(view),
        }
    }

    /// Queues the objects that were assessed with partial knowledge, if the knowledge is complete.
    pub fn call_unsure(&mut self) {
        if self.is_all_seen() {
            self.credentials.blind.take_sure().into_iter().for_each(|key| self.call(key));
        }
    }

    fn is_all_seen(&self) -> bool {
        self.is_complete() && self.credentials.barrier.is_open()
    }
}

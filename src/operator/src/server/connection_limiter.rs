//! Connections of one sort, as many as there is room for. Where one more comes, the one that came first goes: whoever asks
//! and listens is answered long before, whoever only keeps a place loses it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::AbortHandle;

/// Connections, the first to come first.
pub struct ConnectionLimiter {
    most: usize,
    members: Mutex<VecDeque<(u64, AbortHandle)>>,
}

/// A place, until it is dropped.
pub struct ConnectionSlot {
    crowd: Arc<ConnectionLimiter>,
    number: u64,
}

impl ConnectionLimiter {
    /// With room for `most`.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, members: Mutex::default() })
    }

    /// Takes one in, as its `number`th connection; the first goes where there is no room.
    pub fn enter(self: &Arc<Self>, number: u64, connection: AbortHandle) -> ConnectionSlot {
        let mut members = self.members();
        while members.len() >= self.most
            && let Some((_, first)) = members.pop_front()
        {
            first.abort();
        }
        members.push_back((number, connection));
        ConnectionSlot { crowd: self.clone(), number }
    }

    /// Ends the one that came first, if there is any.
    pub fn shed(&self) {
        if let Some((_, first)) = self.members().pop_front() {
            first.abort();
        }
    }

    fn members(&self) -> MutexGuard<'_, VecDeque<(u64, AbortHandle)>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        self.crowd.members().retain(|(number, _)| *number != self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_to_come_goes_where_there_is_no_room_and_who_has_left_needs_none() {
        let crowd = ConnectionLimiter::new(2);
        let handles: Vec<AbortHandle> = (0..4).map(|_| AbortHandle::new_pair().0).collect();
        let gone = || handles.iter().map(AbortHandle::is_aborted).collect::<Vec<_>>();
        let first = crowd.enter(0, handles[0].clone());
        let second = crowd.enter(1, handles[1].clone());
        drop(first);
        let _third = crowd.enter(2, handles[2].clone());
        assert_eq!(gone(), [false, false, false, false]);
        let _fourth = crowd.enter(3, handles[3].clone());
        assert_eq!(gone(), [false, true, false, false]);
        // That its place is gone already is no matter.
        drop(second);
        crowd.shed();
        assert_eq!(gone(), [false, true, true, false]);
    }
}

//! Limits the number of connections in one group, such as the connections that have not sent their request yet. A new
//! connection beyond the limit aborts the oldest connection of the group. A client that reads its answer finishes long
//! before its connection is the oldest.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::AbortHandle;

/// The open connections of one group, oldest first.
pub struct ConnectionLimiter {
    most: usize,
    members: Mutex<VecDeque<(u64, AbortHandle)>>,
}

/// The slot of one connection, which is freed when this value is dropped.
pub struct ConnectionSlot {
    crowd: Arc<ConnectionLimiter>,
    number: u64,
}

impl ConnectionLimiter {
    /// Creates a limiter for at most `most` connections.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, members: Mutex::default() })
    }

    /// Adds the connection with this number. If the limit is reached, the oldest connection is aborted.
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

    /// Aborts the oldest connection, if any.
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
        // Dropping the slot of an aborted connection has no effect.
        drop(second);
        crowd.shed();
        assert_eq!(gone(), [false, true, true, false]);
    }
}

//! Generates the script of a soak: the actions of users and the faults in each round. A seed always gives the same
//! script.

use std::time::Duration;

/// A random number generator with the same sequence on every platform (splitmix64).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a number in `0..count`.
    pub fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(count).unwrap()).unwrap()
    }

    fn between(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.next() % (to - from))
    }
}

/// A user's action on one credential, at most once in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The Secret gets the content of this number.
    Content(usize),
    /// The Secret is deleted.
    Delete,
    /// The Secret is deleted at the beginning of the round, and created again before the event delay ends.
    Blink,
    /// The tenant is created, or deleted if it exists.
    Tenant,
    /// The contact in the spec changes, which changes no condition.
    Contact(usize),
}

/// A fault of a replica, the network or the API server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A replica gets SIGKILL and is started again.
    Kill(usize),
    /// A replica gets SIGTERM and is started again.
    Terminate(usize),
    /// A replica gets SIGSTOP, and later SIGCONT.
    Suspend(usize),
    /// All connections of the replicas are cut, and new connections fail.
    Cut,
    /// Responses are held back, while requests reach the server.
    Mute,
    /// The replicas' API server gets SIGKILL and is started again.
    KillServer,
    /// The replicas' API server gets SIGSTOP, and later SIGCONT.
    SuspendServer,
}

/// A fault with its start time and duration.
#[derive(Clone, Copy, Debug)]
pub struct Timed {
    pub fault: Fault,
    pub after: Duration,
    pub lasts: Duration,
}

/// One round: the actions in order, each after a pause, and the faults.
#[derive(Debug)]
pub struct Round {
    pub actions: Vec<(Duration, usize, Action)>,
    pub faults: Vec<Timed>,
}

impl Round {
    /// Generates the round of this number for the given number of credentials.
    pub fn new(seed: u64, number: u64, credentials: usize, contents: usize) -> Self {
        let mut dice = Dice::new(seed ^ number.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let mut actions = Vec::new();
        for credential in 0..credentials {
            let action = match dice.below(14) {
                0..=2 => Action::Content(dice.below(contents)),
                3 => Action::Delete,
                4..=6 => Action::Blink,
                7 => Action::Tenant,
                8 => Action::Contact(dice.below(1000)),
                _ => continue,
            };
            actions.push((dice.between(0, 200), credential, action));
        }
        let faults = (0..2 + dice.below(4))
            .map(|_| {
                let replica = dice.below(2);
                let fault = match dice.below(10) {
                    0..=2 => Fault::Kill(replica),
                    3 => Fault::Terminate(replica),
                    4 | 5 => Fault::Suspend(replica),
                    6 => Fault::Cut,
                    7 => Fault::Mute,
                    8 => Fault::KillServer,
                    _ => Fault::SuspendServer,
                };
                Timed { fault, after: dice.between(0, 4_000), lasts: dice.between(200, 16_000) }
            })
            .collect();
        Self { actions, faults }
    }
}

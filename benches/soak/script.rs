//! The script of a soak: what users do in each round, and what breaks meanwhile. The same seed gives the same script.

use std::time::Duration;

/// A generator of numbers that is the same everywhere (splitmix64).
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

    /// One of `0..count`.
    pub fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(count).unwrap()).unwrap()
    }

    fn between(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.next() % (to - from))
    }
}

/// What users do to one credential, at most once a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Its Secret holds the content of this number from now on.
    Content(usize),
    /// Its Secret is deleted.
    Delete,
    /// Its Secret is deleted at the beginning of the round, and created again sooner than the event delay.
    Blink,
    /// Its tenant is created, or deleted if it exists.
    Tenant,
    /// Its spec changes in a way that changes no verdict.
    Contact(usize),
}

/// What breaks, when it begins, and how long it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// SIGKILL to a replica, which is started again.
    Kill(usize),
    /// SIGTERM to a replica, which is started again.
    Terminate(usize),
    /// SIGSTOP to a replica, then SIGCONT.
    Suspend(usize),
    /// All connections of the replicas are cut, and none is taken.
    Cut,
    /// Answers are held back. Requests reach the server.
    Mute,
    /// SIGKILL to the replicas' API server, which is started again.
    KillServer,
    /// SIGSTOP to the replicas' API server, then SIGCONT.
    SuspendServer,
}

/// A fault in its time.
#[derive(Clone, Copy, Debug)]
pub struct Timed {
    pub fault: Fault,
    pub after: Duration,
    pub lasts: Duration,
}

/// One round: the actions in their order, each with the pause before it, and the faults.
#[derive(Debug)]
pub struct Round {
    pub actions: Vec<(Duration, usize, Action)>,
    pub faults: Vec<Timed>,
}

impl Round {
    /// The round of this number, for so many credentials.
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

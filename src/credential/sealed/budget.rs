//! How much key derivation one Secret may ask for. It is spent before the work is done.

use super::Locked;

/// The most iterations of one derivation.
const EACH: u64 = 1_000_000;
/// The most iterations of all derivations for one Secret.
const SUM: u64 = 2_000_000;

/// What is left of the iterations that one Secret may cost.
#[derive(Debug)]
pub(in crate::credential) struct KdfBudget {
    left: u64,
}

impl KdfBudget {
    /// The budget of one Secret.
    pub(in crate::credential) fn new() -> Self {
        Self { left: SUM }
    }

    /// Takes one derivation's iterations off, or refuses them.
    pub(in crate::credential) fn spend(&mut self, iterations: u64) -> Result<(), Locked> {
        // Also a derivation of none is work.
        let iterations = iterations.max(1);
        if iterations > EACH {
            return Err(Locked::TooCostly);
        }
        self.left = self.left.checked_sub(iterations).ok_or(Locked::TooCostly)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_and_all_are_bounded() {
        let mut budget = KdfBudget::new();
        assert_eq!(budget.spend(EACH + 1), Err(Locked::TooCostly));
        assert_eq!(budget.spend(u64::MAX), Err(Locked::TooCostly));
        assert_eq!(budget.spend(EACH), Ok(()));
        assert_eq!(budget.spend(EACH - 1), Ok(()));
        assert_eq!(budget.spend(0), Ok(()));
        assert_eq!(budget.spend(1), Err(Locked::TooCostly));
    }
}

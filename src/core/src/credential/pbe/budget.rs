//! How much key derivation, and how many operations with RSA keys, one Secret may ask for. It is spent before the work
//! is done.

use super::OpenError;

/// The most iterations of one derivation.
const EACH: u64 = 1_000_000;
/// The most iterations of all derivations for one Secret.
const SUM: u64 = 2_000_000;

/// The most that the private keys of one Secret may work on its messages: 16 operations with a key of 2,048 bits, two
/// with 4,096, or one with the largest: some 20 ms.
const RSA_WORK: usize = 16 * 8;

/// What is left of the operations with RSA keys that one Secret may cost.
#[derive(Debug)]
pub(in crate::credential) struct RsaBudget {
    left: usize,
}

impl RsaBudget {
    /// The budget of one Secret.
    pub(in crate::credential) fn new() -> Self {
        Self { left: RSA_WORK }
    }

    /// Takes one operation with a key of that many bytes off, or refuses it: twice the length is eight times the work.
    /// The first operation is allowed with a key of any length.
    ///
    /// # Errors
    /// `ManyKeys` if the budget does not cover the operation. A key that was not tried may be the right one.
    pub(in crate::credential) fn spend(&mut self, bytes: usize) -> Result<(), OpenError> {
        let work = bytes.div_ceil(128).saturating_pow(3);
        if work > self.left && self.left < RSA_WORK {
            return Err(OpenError::ManyKeys);
        }
        self.left = self.left.saturating_sub(work);
        Ok(())
    }
}

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
    pub(in crate::credential) fn spend(&mut self, iterations: u64) -> Result<(), OpenError> {
        // Also a derivation of none is work.
        let iterations = iterations.max(1);
        if iterations > EACH {
            return Err(OpenError::TooCostly);
        }
        self.left = self.left.checked_sub(iterations).ok_or(OpenError::TooCostly)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_and_all_are_bounded() {
        let mut budget = KdfBudget::new();
        assert_eq!(budget.spend(EACH + 1), Err(OpenError::TooCostly));
        assert_eq!(budget.spend(u64::MAX), Err(OpenError::TooCostly));
        assert_eq!(budget.spend(EACH), Ok(()));
        assert_eq!(budget.spend(EACH - 1), Ok(()));
        assert_eq!(budget.spend(0), Ok(()));
        assert_eq!(budget.spend(1), Err(OpenError::TooCostly));
    }

    #[test]
    fn large_keys_work_seldom() {
        for (bytes, times) in [(128, 128), (256, 16), (512, 2), (513, 1), (1024, 1), (2048, 1)] {
            let mut budget = RsaBudget::new();
            let done = (0..1000).take_while(|_| budget.spend(bytes).is_ok()).count();
            assert_eq!(done, times, "{bytes}");
        }
    }
}

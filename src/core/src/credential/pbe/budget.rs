//! Limits the key derivations and RSA operations for one Secret. The budget is spent before the work is done.

use super::OpenError;

/// The maximum number of iterations of one key derivation.
const EACH: u64 = 1_000_000;
/// The maximum number of iterations of all key derivations for one Secret.
const SUM: u64 = 2_000_000;

/// The maximum RSA work for the messages of one Secret, about 20 ms. The unit is one operation with a 1,024-bit key.
/// The limit allows 16 operations with 2,048 bits (8 units each), two with 4,096 bits, or one with the largest key.
const RSA_WORK: usize = 16 * 8;

/// The RSA operations that are left for one Secret.
#[derive(Debug)]
pub(in crate::credential) struct RsaBudget {
    left: usize,
}

impl RsaBudget {
    /// Returns the budget of one Secret.
    pub(in crate::credential) fn new() -> Self {
        Self { left: RSA_WORK }
    }

    /// Subtracts one operation with a key of this number of bytes. Twice the length takes eight times the work. The
    /// first operation is allowed with a key of any length.
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

/// The iterations of key derivation that are left for one Secret.
#[derive(Debug)]
pub(in crate::credential) struct KdfBudget {
    left: u64,
}

impl KdfBudget {
    /// Returns the budget of one Secret.
    pub(in crate::credential) fn new() -> Self {
        Self { left: SUM }
    }

    /// Subtracts the iterations of one key derivation.
    ///
    /// # Errors
    /// `TooCostly` if the budget does not cover the derivation.
    pub(in crate::credential) fn spend(&mut self, iterations: u64) -> Result<(), OpenError> {
        // A derivation without iterations takes work, too.
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

//! Checks RSA private keys: the private numbers must belong to the public numbers.

use crypto_bigint::{BoxedUint, ConcatenatingMul as _, NonZero};
use pkcs1::RsaPrivateKeyRef;
use pkcs8::der::Decode as _;
use zeroize::{Zeroize as _, Zeroizing};

use super::public_key::{MAX_RSA_BITS, PublicKey, trimmed};

/// Reads the public key of a PKCS#1 private key. None if the private key can't be read or its numbers contradict each
/// other.
pub(super) fn public_key(der: &[u8]) -> Option<PublicKey> {
    let key = RsaPrivateKeyRef::from_der(der).ok()?;
    let modulus = key.modulus.as_bytes();
    let numbers = [
        modulus,
        key.public_exponent.as_bytes(),
        key.private_exponent.as_bytes(),
        key.prime1.as_bytes(),
        key.prime2.as_bytes(),
    ];
    if numbers.iter().any(|number| number.len() > MAX_RSA_BITS / 8) {
        return None;
    }
    if key.other_prime_infos.is_none() && !is_consistent(numbers) {
        return None;
    }
    Some(PublicKey::Rsa {
        modulus: trimmed(modulus).to_vec(),
        exponent: trimmed(key.public_exponent.as_bytes()).to_vec(),
    })
}

/// Returns the length of the modulus of a PKCS#1 private key in bytes.
pub(super) fn length(der: &[u8]) -> Option<usize> {
    Some(trimmed(RsaPrivateKeyRef::from_der(der).ok()?.modulus.as_bytes()).len())
}

/// True if n = p q, and e d = 1 modulo p - 1 and modulo q - 1 (RFC 8017, section 3.2).
fn is_consistent([n, e, d, p, q]: [&[u8]; 5]) -> bool {
    let number = |bytes: &[u8]| Zeroizing::new(BoxedUint::from_be_slice_vartime(bytes));
    let (e, d) = (number(e), number(d));
    let inverse = |prime: &[u8]| {
        let prime = number(prime);
        let Some(mut order) = NonZero::new(prime.wrapping_sub(BoxedUint::one())).into_option() else {
            return false;
        };
        let product = Zeroizing::new(e.concatenating_mul(&*d));
        let rest = Zeroizing::new(product.rem_vartime(&order));
        order.zeroize();
        rest.is_one().to_bool()
    };
    let product = Zeroizing::new(number(p).concatenating_mul(&*number(q)));
    let product = Zeroizing::new(product.to_be_bytes());
    trimmed(&product) == trimmed(n) && inverse(p) && inverse(q)
}

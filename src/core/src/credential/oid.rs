//! Defines all object identifiers that the readers compare, each with the name and the source of its definition.

use pkcs8::ObjectIdentifier;
use x509_parser::asn1_rs::Oid;

/// Converts an object identifier of a parsed certificate, so that the identifier can be compared with the constants
/// byte by byte. None for an identifier that is malformed or longer than 39 bytes, which equals none of the constants.
pub(super) fn from_x509(oid: &Oid<'_>) -> Option<ObjectIdentifier> {
    ObjectIdentifier::from_bytes(oid.as_bytes()).ok()
}

macro_rules! object_identifiers {
    ($($(#[$documentation:meta])* $name:ident = $number:literal;)*) => {
        $($(#[$documentation])* pub(super) const $name: ObjectIdentifier = ObjectIdentifier::new_unwrap($number);)*

        #[cfg(test)]
        const ALL: &[ObjectIdentifier] = &[$($name),*];
    };
}

object_identifiers! {
    // Content types of messages and of the parts of a keystore.

    /// `pkcs-7`, the arc of the content types (RFC 2315, section 14). One more number identifies the content type.
    PKCS7 = "1.2.840.113549.1.7";
    /// `id-data` (RFC 5652, section 4).
    DATA = "1.2.840.113549.1.7.1";
    /// `id-signedData` (RFC 5652, section 5.1).
    SIGNED_DATA = "1.2.840.113549.1.7.2";
    /// `id-envelopedData` (RFC 5652, section 6.1).
    ENVELOPED_DATA = "1.2.840.113549.1.7.3";
    /// `id-encryptedData` (RFC 5652, section 8).
    ENCRYPTED_DATA = "1.2.840.113549.1.7.6";

    // Types of the bags in a keystore, and of the certificates in bags.

    /// `keyBag` (RFC 7292, section 4.2.1).
    KEY_BAG = "1.2.840.113549.1.12.10.1.1";
    /// `pkcs8ShroudedKeyBag` (RFC 7292, section 4.2.2).
    SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
    /// `certBag` (RFC 7292, section 4.2.3).
    CERTIFICATE_BAG = "1.2.840.113549.1.12.10.1.3";
    /// `safeContentsBag` (RFC 7292, section 4.2.6).
    SAFE_CONTENTS_BAG = "1.2.840.113549.1.12.10.1.6";
    /// `x509Certificate` (RFC 7292, section 4.2.3).
    X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";

    // Encryption and MACs with a password.

    /// `pbeWithSHAAnd128BitRC4` (RFC 7292, appendix C).
    PKCS12_RC4_128 = "1.2.840.113549.1.12.1.1";
    /// `pbeWithSHAAnd40BitRC4` (RFC 7292, appendix C).
    PKCS12_RC4_40 = "1.2.840.113549.1.12.1.2";
    /// `pbeWithSHAAnd3-KeyTripleDES-CBC` (RFC 7292, appendix C).
    PKCS12_3DES = "1.2.840.113549.1.12.1.3";
    /// `pbeWithSHAAnd2-KeyTripleDES-CBC` (RFC 7292, appendix C).
    PKCS12_2DES = "1.2.840.113549.1.12.1.4";
    /// `pbeWithSHAAnd128BitRC2-CBC` (RFC 7292, appendix C).
    PKCS12_RC2_128 = "1.2.840.113549.1.12.1.5";
    /// `pbewithSHAAnd40BitRC2-CBC` (RFC 7292, appendix C).
    PKCS12_RC2_40 = "1.2.840.113549.1.12.1.6";
    /// `pbeWithMD5AndDES-CBC` (RFC 8018, appendix A.3).
    MD5_DES = "1.2.840.113549.1.5.3";
    /// `pbeWithMD5AndRC2-CBC` (RFC 8018, appendix A.3).
    MD5_RC2 = "1.2.840.113549.1.5.6";
    /// `pbeWithSHA1AndDES-CBC` (RFC 8018, appendix A.3).
    SHA1_DES = "1.2.840.113549.1.5.10";
    /// `pbeWithSHA1AndRC2-CBC` (RFC 8018, appendix A.3).
    SHA1_RC2 = "1.2.840.113549.1.5.11";
    /// `id-PBKDF2` (RFC 8018, appendix A.2).
    PBKDF2 = "1.2.840.113549.1.5.12";
    /// `id-PBES2` (RFC 8018, appendix A.4).
    PBES2 = "1.2.840.113549.1.5.13";
    /// `id-PBMAC1` (RFC 8018, appendix A.5).
    PBMAC1 = "1.2.840.113549.1.5.14";
    /// `id-scrypt` (RFC 7914, section 7).
    SCRYPT = "1.3.6.1.4.1.11591.4.11";

    // Hashes and HMACs.

    /// `md5` (RFC 3370, section 2.2).
    MD5 = "1.2.840.113549.2.5";
    /// `sha-1` (RFC 3370, section 2.1).
    SHA1 = "1.3.14.3.2.26";
    /// `id-sha224` (RFC 5754, section 2.1).
    SHA224 = "2.16.840.1.101.3.4.2.4";
    /// `id-sha256` (RFC 5754, section 2.2).
    SHA256 = "2.16.840.1.101.3.4.2.1";
    /// `id-sha384` (RFC 5754, section 2.3).
    SHA384 = "2.16.840.1.101.3.4.2.2";
    /// `id-sha512` (RFC 5754, section 2.4).
    SHA512 = "2.16.840.1.101.3.4.2.3";
    /// `id-hmacWithSHA1` (RFC 8018, appendix B.1.1).
    HMAC_SHA1 = "1.2.840.113549.2.7";
    /// `id-hmacWithSHA224` (RFC 8018, appendix B.1.2).
    HMAC_SHA224 = "1.2.840.113549.2.8";
    /// `id-hmacWithSHA256` (RFC 8018, appendix B.1.2).
    HMAC_SHA256 = "1.2.840.113549.2.9";
    /// `id-hmacWithSHA384` (RFC 8018, appendix B.1.2).
    HMAC_SHA384 = "1.2.840.113549.2.10";
    /// `id-hmacWithSHA512` (RFC 8018, appendix B.1.2).
    HMAC_SHA512 = "1.2.840.113549.2.11";

    // Block ciphers in CBC mode.

    /// `id-aes128-CBC` (RFC 3565, section 4.1).
    AES_128_CBC = "2.16.840.1.101.3.4.1.2";
    /// `id-aes192-CBC` (RFC 3565, section 4.1).
    AES_192_CBC = "2.16.840.1.101.3.4.1.22";
    /// `id-aes256-CBC` (RFC 3565, section 4.1).
    AES_256_CBC = "2.16.840.1.101.3.4.1.42";
    /// `des-EDE3-CBC` (RFC 8018, appendix B.2.2).
    DES_EDE3_CBC = "1.2.840.113549.3.7";
    /// `desCBC` (RFC 8018, appendix B.2.1).
    DES_CBC = "1.3.14.3.2.7";

    // Keys and curves, and the encryption of content keys with RSA.

    /// `rsaEncryption` (RFC 8017, appendix A.1).
    RSA = "1.2.840.113549.1.1.1";
    /// `id-RSAES-OAEP` (RFC 8017, appendix A.2.1).
    RSA_OAEP = "1.2.840.113549.1.1.7";
    /// `id-mgf1` (RFC 8017, appendix A.2.1).
    MGF1 = "1.2.840.113549.1.1.8";
    /// `id-pSpecified` (RFC 8017, appendix A.2.1).
    P_SPECIFIED = "1.2.840.113549.1.1.9";
    /// `id-RSASSA-PSS` (RFC 8017, appendix A.2.3).
    RSA_PSS = "1.2.840.113549.1.1.10";
    /// `id-ecPublicKey` (RFC 5480, section 2.1.1).
    EC = "1.2.840.10045.2.1";
    /// `secp256r1` (RFC 5480, section 2.1.1.1).
    P256 = "1.2.840.10045.3.1.7";
    /// `secp384r1` (RFC 5480, section 2.1.1.1).
    P384 = "1.3.132.0.34";
    /// `secp521r1` (RFC 5480, section 2.1.1.1).
    P521 = "1.3.132.0.35";
    /// `id-Ed25519` (RFC 8410, section 3).
    ED25519 = "1.3.101.112";

    // Extensions of certificates, and the purposes in them.

    /// `id-ce-subjectAltName` (RFC 5280, section 4.2.1.6).
    SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
    /// `id-ce-basicConstraints` (RFC 5280, section 4.2.1.9).
    BASIC_CONSTRAINTS = "2.5.29.19";
    /// `id-ce-extKeyUsage` (RFC 5280, section 4.2.1.12).
    EXTENDED_KEY_USAGE = "2.5.29.37";
    /// `id-kp-codeSigning` (RFC 5280, section 4.2.1.12).
    CODE_SIGNING = "1.3.6.1.5.5.7.3.3";

    // Types of the attributes in names.

    /// `cn` (RFC 4519, section 2.3).
    COMMON_NAME = "2.5.4.3";
    /// `sn` (RFC 4519, section 2.32).
    SURNAME = "2.5.4.4";
    /// `serialNumber` (RFC 4519, section 2.31).
    SERIAL_NUMBER = "2.5.4.5";
    /// `c` (RFC 4519, section 2.2).
    COUNTRY = "2.5.4.6";
    /// `l` (RFC 4519, section 2.16).
    LOCALITY = "2.5.4.7";
    /// `st` (RFC 4519, section 2.33).
    STATE = "2.5.4.8";
    /// `street` (RFC 4519, section 2.34).
    STREET = "2.5.4.9";
    /// `o` (RFC 4519, section 2.19).
    ORGANIZATION = "2.5.4.10";
    /// `ou` (RFC 4519, section 2.20).
    ORGANIZATIONAL_UNIT = "2.5.4.11";
    /// `title` (RFC 4519, section 2.38).
    TITLE = "2.5.4.12";
    /// `givenName` (RFC 4519, section 2.12).
    GIVEN_NAME = "2.5.4.42";
    /// `uid` (RFC 4519, section 2.39).
    USER_ID = "0.9.2342.19200300.100.1.1";
    /// `dc` (RFC 4519, section 2.4).
    DOMAIN_COMPONENT = "0.9.2342.19200300.100.1.25";
    /// `emailAddress` (RFC 2985, section 5.2.1).
    EMAIL_ADDRESS = "1.2.840.113549.1.9.1";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_object_identifier_has_two_names() {
        for (at, one) in ALL.iter().enumerate() {
            assert!(!ALL.iter().skip(at + 1).any(|other| one == other), "{one}");
        }
    }

    #[test]
    fn identifiers_of_certificates_compare_by_their_bytes() {
        for known in ALL {
            assert_eq!(from_x509(&Oid::new(known.as_bytes().into())), Some(*known));
        }
        assert_eq!(from_x509(&Oid::new([0x55, 4, 3][..].into())), Some(COMMON_NAME));
        assert_ne!(from_x509(&Oid::new([0x55, 4, 4][..].into())), Some(COMMON_NAME));
    }

    #[test]
    fn malformed_and_endless_identifiers_equal_none() {
        for bytes in [vec![], vec![0x55, 0x84], vec![0x55; 40], vec![0xff; 200_000]] {
            assert_eq!(from_x509(&Oid::new(bytes.into())), None);
        }
    }
}

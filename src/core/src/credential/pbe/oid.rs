//! Defines the object identifiers of the parts and algorithms of containers.

use pkcs8::ObjectIdentifier;

macro_rules! names {
    ($($name:ident = $number:literal;)*) => {
        $(pub(in crate::credential) const $name: ObjectIdentifier = ObjectIdentifier::new_unwrap($number);)*
    };
}

// Content types of messages and of the parts of a keystore (RFC 5652).
names! {
    DATA = "1.2.840.113549.1.7.1";
    ENVELOPED_DATA = "1.2.840.113549.1.7.3";
    ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
}

// Types of the bags in a keystore, and of the certificates in bags (RFC 7292, section 4.2).
names! {
    KEY_BAG = "1.2.840.113549.1.12.10.1.1";
    SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
    CERTIFICATE_BAG = "1.2.840.113549.1.12.10.1.3";
    SAFE_CONTENTS_BAG = "1.2.840.113549.1.12.10.1.6";
    X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";
}

// Encryption with a password: PKCS#12 (RFC 7292, appendix C), PKCS#5 versions 1 and 2 (RFC 8018, appendix A), and
// scrypt (RFC 7914, section 7).
names! {
    PKCS12_RC4_128 = "1.2.840.113549.1.12.1.1";
    PKCS12_RC4_40 = "1.2.840.113549.1.12.1.2";
    PKCS12_3DES = "1.2.840.113549.1.12.1.3";
    PKCS12_2DES = "1.2.840.113549.1.12.1.4";
    PKCS12_RC2_128 = "1.2.840.113549.1.12.1.5";
    PKCS12_RC2_40 = "1.2.840.113549.1.12.1.6";
    MD5_DES = "1.2.840.113549.1.5.3";
    MD5_RC2 = "1.2.840.113549.1.5.6";
    SHA1_DES = "1.2.840.113549.1.5.10";
    SHA1_RC2 = "1.2.840.113549.1.5.11";
    PBES2 = "1.2.840.113549.1.5.13";
    PBMAC1 = "1.2.840.113549.1.5.14";
    PBKDF2 = "1.2.840.113549.1.5.12";
    SCRYPT = "1.3.6.1.4.1.11591.4.11";
}

// Hashes and HMACs.
names! {
    MD5 = "1.2.840.113549.2.5";
    SHA1 = "1.3.14.3.2.26";
    SHA224 = "2.16.840.1.101.3.4.2.4";
    SHA256 = "2.16.840.1.101.3.4.2.1";
    SHA384 = "2.16.840.1.101.3.4.2.2";
    SHA512 = "2.16.840.1.101.3.4.2.3";
    HMAC_SHA1 = "1.2.840.113549.2.7";
    HMAC_SHA224 = "1.2.840.113549.2.8";
    HMAC_SHA256 = "1.2.840.113549.2.9";
    HMAC_SHA384 = "1.2.840.113549.2.10";
    HMAC_SHA512 = "1.2.840.113549.2.11";
}

// Block ciphers in CBC mode.
names! {
    AES_128_CBC = "2.16.840.1.101.3.4.1.2";
    AES_192_CBC = "2.16.840.1.101.3.4.1.22";
    AES_256_CBC = "2.16.840.1.101.3.4.1.42";
    DES_EDE3_CBC = "1.2.840.113549.3.7";
    DES_CBC = "1.3.14.3.2.7";
}

// RSA encryption of content keys (RFC 8017, appendix C).
names! {
    RSA = "1.2.840.113549.1.1.1";
    RSA_OAEP = "1.2.840.113549.1.1.7";
    MGF1 = "1.2.840.113549.1.1.8";
    P_SPECIFIED = "1.2.840.113549.1.1.9";
}

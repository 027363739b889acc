//! Describes an object encrypted with sops. The fields that are not encrypted limit which object it can be.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::sops::is_cipher;
use crate::source::problem::ObjectKind;
use lapsewatch_core::api::{CredentialType, Key, TenantCredentialSpec, decode};

/// An object that can't be assessed because it is encrypted.
pub struct EncryptedObject {
    /// The object's kind. None if the kind is encrypted too.
    kind: Option<ObjectKind>,
    namespace: MaybeEncrypted,
    name: MaybeEncrypted,
    tenant: MaybeEncrypted,
    type_: MaybeEncrypted,
    /// The readable part of a TenantCredential's spec. None if the type can't be read.
    spec: Option<TenantCredentialSpec>,
    /// The object's status, if the manifest was exported from a cluster.
    status: Value,
    /// SHA-256 of the whole object. Two objects with the same digest are the same object without a change.
    digest: [u8; 32],
}

/// A text field of the object.
enum MaybeEncrypted {
    /// A readable text. Empty if the field is missing.
    Plain(String),
    Encrypted,
}

impl MaybeEncrypted {
    fn at(object: &Value, path: &str) -> Self {
        match object.pointer(path).and_then(Value::as_str) {
            Some(text) if is_cipher(text) => Self::Encrypted,
            text => Self::Plain(text.unwrap_or_default().to_owned()),
        }
    }

    fn may_be(&self, text: &str) -> bool {
        match self {
            Self::Plain(plain) => plain == text,
            Self::Encrypted => true,
        }
    }

    fn as_plain(&self) -> Option<&str> {
        match self {
            Self::Plain(text) => Some(text),
            Self::Encrypted => None,
        }
    }
}

impl EncryptedObject {
    /// Describes this object. `kind` is None if the kind is encrypted too. Moves the status out of `object`.
    pub fn from_value(kind: Option<ObjectKind>, object: &mut Value) -> Self {
        Self {
            kind,
            digest: Sha256::digest(object.to_string()).into(),
            namespace: MaybeEncrypted::at(object, "/metadata/namespace"),
            name: MaybeEncrypted::at(object, "/metadata/name"),
            tenant: MaybeEncrypted::at(object, "/spec/tenantRef/name"),
            type_: MaybeEncrypted::at(object, "/spec/type"),
            spec: object.get("spec").and_then(decode::part),
            status: object.get_mut("status").map(Value::take).unwrap_or_default(),
        }
    }

    /// Returns the SHA-256 digest of the whole object.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// True if the encrypted object may be the object with this kind and key.
    pub fn may_be(&self, kind: ObjectKind, key: &Key) -> bool {
        self.may_stand(kind, &key.namespace) && (self.kind.is_none() || self.name.may_be(&key.name))
    }

    /// True if the kind is not encrypted and equals `kind`.
    pub fn is_a(&self, kind: ObjectKind) -> bool {
        self.kind == Some(kind)
    }

    /// True if the object is a TenantCredential of this type, or of an encrypted type.
    pub fn may_be_of(&self, type_: CredentialType) -> bool {
        self.is_a(ObjectKind::TenantCredential) && self.type_.may_be(type_.as_str())
    }

    /// True if the object may be a TenantCredential of this type and tenant.
    pub fn may_belong_to(&self, tenant: &Key, type_: CredentialType) -> bool {
        // If the kind is encrypted, the object may be a TenantCredential, whatever its other fields contain.
        let fits = || self.tenant.may_be(&tenant.name) && self.type_.may_be(type_.as_str());
        self.may_stand(ObjectKind::TenantCredential, &tenant.namespace) && (self.kind.is_none() || fits())
    }

    fn may_stand(&self, kind: ObjectKind, namespace: &str) -> bool {
        match self.kind {
            Some(own) => own == kind && self.namespace.may_be(namespace),
            None => self.namespace.may_be(namespace) || self.namespace.may_be(""),
        }
    }

    /// Returns the key, spec and status of a TenantCredential. None for other kinds, and if the name, namespace or type
    /// is encrypted.
    pub fn credential(&self) -> Option<(Key, &TenantCredentialSpec, &Value)> {
        let key = Key::new(self.namespace.as_plain()?, self.name.as_plain()?);
        self.type_.as_plain().filter(|_| self.is_a(ObjectKind::TenantCredential))?;
        Some((key, self.spec.as_ref()?, &self.status))
    }
}

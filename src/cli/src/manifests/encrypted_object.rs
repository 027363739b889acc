//! An object that sops has encrypted: as much of it as can be read, which tells whose place it may take.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::sops::is_cipher;
use crate::source::problem::ObjectKind;
use lapsewatch_core::api::{CredentialType, Key, TenantCredentialSpec, decode};

/// An object that can't be judged, since it is encrypted.
pub struct EncryptedObject {
    /// Its kind; none where that is encrypted, too.
    kind: Option<ObjectKind>,
    namespace: MaybeEncrypted,
    name: MaybeEncrypted,
    tenant: MaybeEncrypted,
    type_: MaybeEncrypted,
    /// What can be read of a TenantCredential's spec, with its type.
    spec: Option<TenantCredentialSpec>,
    /// Its status, where it was taken from a cluster.
    status: Value,
    /// SHA-256 of all of it: the same ciphertext is the same object.
    digest: [u8; 32],
}

/// A text of the object.
enum MaybeEncrypted {
    /// It can be read; empty where it is not there.
    Plain(String),
    Encrypted,
}

impl MaybeEncrypted {
    fn of(object: &Value, path: &str) -> Self {
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

    fn plain(&self) -> Option<&str> {
        match self {
            Self::Plain(text) => Some(text),
            Self::Encrypted => None,
        }
    }
}

impl EncryptedObject {
    /// Of an object of this kind, or of one whose kind is encrypted.
    pub fn of(kind: Option<ObjectKind>, object: &mut Value) -> Self {
        Self {
            kind,
            digest: Sha256::digest(object.to_string()).into(),
            namespace: MaybeEncrypted::of(object, "/metadata/namespace"),
            name: MaybeEncrypted::of(object, "/metadata/name"),
            tenant: MaybeEncrypted::of(object, "/spec/tenantRef/name"),
            type_: MaybeEncrypted::of(object, "/spec/type"),
            spec: object.get("spec").and_then(decode::part),
            status: object.get_mut("status").map(Value::take).unwrap_or_default(),
        }
    }

    /// SHA-256 of all of it.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Whether it may be this object.
    pub fn may_be(&self, kind: ObjectKind, key: &Key) -> bool {
        self.may_stand(kind, &key.namespace) && (self.kind.is_none() || self.name.may_be(&key.name))
    }

    /// Whether it is of a kind that can be read.
    pub fn is_a(&self, kind: ObjectKind) -> bool {
        self.kind == Some(kind)
    }

    /// True where it is a TenantCredential that may be of this type.
    pub fn may_be_of(&self, type_: CredentialType) -> bool {
        self.is_a(ObjectKind::TenantCredential) && self.type_.may_be(type_.as_str())
    }

    /// Whether it may be a TenantCredential of this type and tenant.
    pub fn may_belong_to(&self, tenant: &Key, type_: CredentialType) -> bool {
        // What an object is whose kind is encrypted, nothing else in it tells.
        let fits = || self.tenant.may_be(&tenant.name) && self.type_.may_be(type_.as_str());
        self.may_stand(ObjectKind::TenantCredential, &tenant.namespace) && (self.kind.is_none() || fits())
    }

    fn may_stand(&self, kind: ObjectKind, namespace: &str) -> bool {
        match self.kind {
            Some(own) => own == kind && self.namespace.may_be(namespace),
            None => self.namespace.may_be(namespace) || self.namespace.may_be(""),
        }
    }

    /// The TenantCredential, where it can be told which it is and of what type.
    pub fn credential(&self) -> Option<(Key, &TenantCredentialSpec, &Value)> {
        let key = Key::new(self.namespace.plain()?, self.name.plain()?);
        self.type_.plain().filter(|_| self.is_a(ObjectKind::TenantCredential))?;
        Some((key, self.spec.as_ref()?, &self.status))
    }
}

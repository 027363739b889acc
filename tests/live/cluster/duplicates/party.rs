//! Who holds what, and what is said of it: the words that the tables are written in.

use serde_json::{Value, json};

/// All fixtures of the tables are valid then, and in no stage.
pub const NOW: &str = "2030-03-01T00:00:00Z";

/// One of two namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Here,
    There,
}

/// A TenantCredential, with what its Secret holds.
#[derive(Clone, Copy, Debug)]
pub struct Party {
    pub name: &'static str,
    pub place: Place,
    pub type_: &'static str,
    /// What its Secret holds under its key, of tests/fixtures.
    pub file: &'static str,
    /// The Secret; none: one of its own.
    pub secret: Option<&'static str>,
    pub key: &'static str,
    pub claims: bool,
}

/// What is said of it.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    pub reason: &'static str,
    pub severity: &'static str,
    /// The names of those who hold it too; [`ELSEWHERE`] for all of another namespace.
    pub named: &'static [&'static str],
}

pub const ELSEWHERE: &str = "elsewhere";

const fn party(name: &'static str, place: Place, type_: &'static str, file: &'static str) -> Party {
    Party { name, place, type_, file, secret: None, key: "value", claims: false }
}

pub const fn vpp(name: &'static str, place: Place) -> Party {
    party(name, place, "VPPToken", "vpp/a.vpptoken")
}

pub const fn dep(name: &'static str, place: Place, file: &'static str) -> Party {
    party(name, place, "DEPToken", file)
}

pub const fn apns(name: &'static str, place: Place, file: &'static str) -> Party {
    party(name, place, "APNsCertificate", file)
}

pub const fn windows(name: &'static str, place: Place) -> Party {
    party(name, place, "WindowsSymantecCertificate", "symantec/a.pem")
}

pub const fn x509(name: &'static str, place: Place) -> Party {
    party(name, place, "X509Certificate", "symantec/a.pem")
}

impl Party {
    pub const fn claims(self) -> Self {
        Self { claims: true, ..self }
    }

    /// Reads this key of another one's Secret.
    pub const fn from(self, secret: &'static str, key: &'static str) -> Self {
        Self { secret: Some(secret), key, ..self }
    }

    pub const fn holding(self, file: &'static str) -> Self {
        Self { file, ..self }
    }

    pub fn secret(&self) -> &'static str {
        self.secret.unwrap_or(self.name)
    }

    pub fn spec(&self) -> Value {
        let secret = json!({"name": self.secret(), "key": self.key});
        let mut spec = json!({"type": self.type_, "secretRef": secret, "reminderEveryHours": 0});
        if self.claims {
            spec["vppToken"] = json!({"override": "Enabled"});
        }
        spec
    }
}

pub const UNIQUE: Said = Said { reason: "Unique", severity: "None", named: &[] };

const fn said(reason: &'static str, severity: &'static str, named: &'static [&'static str]) -> Said {
    Said { reason, severity, named }
}

pub const fn shared(named: &'static [&'static str]) -> Said {
    said("SharedByOthers", "Notice", named)
}

pub const fn in_use(named: &'static [&'static str]) -> Said {
    said("TokenInUse", "Warning", named)
}

pub const fn assumed(named: &'static [&'static str]) -> Said {
    said("ControlAssumed", "Notice", named)
}

pub const fn lost(named: &'static [&'static str]) -> Said {
    said("ControlLost", "Critical", named)
}

pub const fn contested(named: &'static [&'static str]) -> Said {
    said("OverrideContested", "Warning", named)
}

/// A reset DEP token.
pub const fn reset(named: &'static [&'static str]) -> Said {
    said("Superseded", "Warning", named)
}

/// A push certificate whose renewal is staged elsewhere.
pub const fn staged(named: &'static [&'static str]) -> Said {
    said("Superseded", "Notice", named)
}

pub const fn same_secret(named: &'static [&'static str]) -> Said {
    said("SameSecret", "Notice", named)
}

impl Said {
    pub fn is_duplicate(&self) -> bool {
        !["Unique", "NotExclusive"].contains(&self.reason)
    }

    /// Whether it fails a gate, and its Event is of type Warning.
    pub fn is_warning(&self) -> bool {
        ["Warning", "Critical"].contains(&self.severity)
    }

    /// The reason of the only Event that it makes, if it makes one.
    pub fn events(&self) -> Vec<String> {
        if self.is_duplicate() { vec![self.reason.to_owned()] } else { Vec::new() }
    }
}

//! The vocabulary of the tables: which party holds which credential, and what the operator reports.

use serde_json::{Value, json};

/// At this time, all fixtures of the tables are valid and in no stage.
pub const NOW: &str = "2030-03-01T00:00:00Z";

/// One of two namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Here,
    There,
}

/// A TenantCredential and the content of its Secret.
#[derive(Clone, Copy, Debug)]
pub struct Party {
    pub name: &'static str,
    pub place: Place,
    pub type_: &'static str,
    /// The file below tests/fixtures that the Secret contains under the key.
    pub file: &'static str,
    /// The name of the Secret. None if the party has its own Secret.
    pub secret: Option<&'static str>,
    pub key: &'static str,
    pub claims: bool,
}

/// The outcome that the operator reports for a party.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    pub reason: &'static str,
    pub severity: &'static str,
    /// The names of the other holders; [`ELSEWHERE`] stands for all holders in another namespace.
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

    /// Reads this key of another party's Secret.
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

/// The outcome for a DEP token that was reset.
pub const fn reset(named: &'static [&'static str]) -> Said {
    said("Superseded", "Warning", named)
}

/// The outcome for a push certificate whose renewal is staged in another object.
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

    /// True if the party fails a gate, and its Event has the type Warning.
    pub fn is_warning(&self) -> bool {
        ["Warning", "Critical"].contains(&self.severity)
    }

    /// Returns the reasons of the expected Events: one if the party is a duplicate, otherwise none.
    pub fn events(&self) -> Vec<String> {
        if self.is_duplicate() { vec![self.reason.to_owned()] } else { Vec::new() }
    }
}

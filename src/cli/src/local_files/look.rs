//! Identifies the credential in local files and assesses it as the operator would.

use chrono::{DateTime, TimeDelta, Utc};

use super::LocalCredential;
use super::password;
use lapsewatch_core::api::conditions::{Condition, ConditionType};
use lapsewatch_core::api::reasons::FailureReason;
use lapsewatch_core::api::status::KeyMatch;
use lapsewatch_core::api::{CredentialType, Failure, TenantCredentialSpec, TenantCredentialStatus};
use lapsewatch_core::assessment::peers::Peers;
use lapsewatch_core::assessment::{AssessmentInput, Reading, TenantContext, assess};
use lapsewatch_core::credential::{self, Identified};
use lapsewatch_core::messages::{self, reader};
use lapsewatch_core::sanitize::sanitize_line;

/// The maximum number of times that the user may enter a password.
const ATTEMPTS: usize = 3;

/// The credential in local files, and its assessment.
pub struct LocalAssessment {
    /// The credential.
    pub identified: Identified,
    /// The status that the operator would publish after its first reading.
    pub status: TenantCredentialStatus,
}

impl LocalAssessment {
    /// Returns the condition of this type.
    pub fn condition(&self, type_: ConditionType) -> Option<&Condition> {
        self.status.conditions.iter().find(|condition| condition.type_ == type_.as_str())
    }

    /// Returns the state in one word: the reason of the condition Healthy.
    pub fn state(&self) -> &str {
        self.condition(ConditionType::Healthy).map_or("-", |condition| &condition.reason)
    }

    /// Returns the identity with the term for it before the value, such as "topic com.apple.mgmt.External.1".
    pub fn identity(&self) -> Option<String> {
        let identity = self.identified.facts.identity.as_deref()?;
        Some(format!("{} {identity}", messages::identity_name(self.identified.type_)))
    }

    /// Returns the message about whether the private key matches the certificate. None if the type has no private key.
    pub fn private_key(&self) -> Option<&str> {
        let is_certificate = self.identified.facts.key_match != KeyMatch::NotApplicable;
        self.condition(ConditionType::KeyMismatch).filter(|_| is_certificate).map(|condition| &*condition.message)
    }

    /// Returns the names of the files that are not part of the credential.
    pub fn unused(&self, in_hand: &LocalCredential) -> Vec<String> {
        let keys = self.identified.facts.keys.clone().unwrap_or_default();
        let used = [keys.credential, keys.private_key];
        in_hand.paths.keys().filter(|key| !used.iter().flatten().any(|used| used == *key)).cloned().collect()
    }
}

/// Returns a spec that declares only the type.
pub fn spec(type_: CredentialType) -> TenantCredentialSpec {
    TenantCredentialSpec {
        tenant_ref: None,
        type_,
        secret_ref: None,
        warn_before_days: None,
        reminder_every_hours: None,
        expected_identities: None,
        muted_until: None,
        owner: None,
        vpp_token: None,
        expiration_time: None,
    }
}

/// Identifies and assesses the credential in the files.
///
/// `type_` is the expected type; None accepts every type. If a needed password is missing, the user at the terminal is
/// asked. `declare` builds the spec for the assessment from the detected type.
///
/// # Errors
/// If the files contain no credential that can be read.
pub fn look(
    in_hand: &mut LocalCredential,
    type_: Option<CredentialType>,
    now: DateTime<Utc>,
    declare: impl Fn(CredentialType) -> TenantCredentialSpec,
) -> Result<LocalAssessment, Failure> {
    let identified = identify(in_hand, type_)?;
    let spec = declare(identified.type_);
    let status = assess(AssessmentInput {
        uid: "",
        generation: 0,
        spec: &spec,
        previous: &TenantCredentialStatus::default(),
        reading: Reading::Facts(identified.facts.clone()),
        last_read: None,
        peers: Peers::default(),
        tenant: TenantContext::Unnamed,
        now,
        settle: TimeDelta::zero(),
    })
    .status;
    Ok(LocalAssessment { identified, status })
}

/// Identifies the credential in the files. If a needed password is missing, the user at the terminal is asked.
///
/// # Errors
/// If the files contain no credential that can be read.
pub fn identify(in_hand: &mut LocalCredential, type_: Option<CredentialType>) -> Result<Identified, Failure> {
    let mut identified = credential::identify(type_, &in_hand.data, &in_hand.selection);
    let is_closed = match &identified {
        Ok(identified) => identified.has_closed_keys,
        Err(failure) => failure.reason() == FailureReason::PasswordRequired,
    };
    if !is_closed || in_hand.password().is_some() || !password::can_be_asked_for() {
        return identified.map_err(|failure| reader::failure(&failure));
    }
    let names: Vec<&str> = in_hand.paths.keys().map(String::as_str).collect();
    let of = sanitize_line(&names.join(", "));
    let mut prompt = format!("Password for {of}: ");
    for _ in 0..ATTEMPTS {
        let Ok(Some(password)) = password::ask(&prompt) else { break };
        in_hand.unlock(password);
        identified = credential::identify(type_, &in_hand.data, &in_hand.selection);
        match &identified {
            Err(failure) if failure.reason() == FailureReason::PasswordWrong => {}
            Ok(identified) if identified.has_closed_keys => {}
            _ => break,
        }
        prompt = format!("That password does not open it. Password for {of}: ");
    }
    identified.map_err(|failure| reader::failure(&failure))
}

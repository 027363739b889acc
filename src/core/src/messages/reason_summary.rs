//! One general sentence for each reason, for tools that list rules, such as SARIF viewers.

use crate::verdict::days_within;

/// Returns a short sentence that explains a reason.
pub fn reason_summary(reason: &str) -> String {
    if let Some(days) = reason.strip_prefix("Expires").and_then(days_within) {
        return match days {
            1 => "The credential expires within a day.".to_owned(),
            days => format!("The credential expires within {days} days."),
        };
    }
    match reason {
        "LapsesWithin" => "The credential lapses within the span that --within names.",
        "Expired" | "Lapsed" => "The credential has expired.",
        "InGracePeriod" => "The certificate has expired, and can still be renewed with the same topic.",
        "GracePeriodOver" => "The certificate has expired, and can no longer be renewed with the same topic.",
        "ExpiryUnknown" => "The credential carries no date of expiry.",
        "DatesReversed" => "The certificate expires before its validity begins.",
        "IssuerExpired" => "An issuer in the certificate's chain has expired.",
        "IssuerExpiresFirst" => "An issuer in the certificate's chain expires before the certificate.",
        "KeyUnreadable" => "The private key that the spec names can't be read.",
        "SeveralCertificates" => "A value contains several certificates of one identity.",
        "NotYetValid" => "The credential is not valid yet.",
        "TokenInUse" => "Another TenantCredential holds the same credential.",
        "SharedByOthers" => "Others hold the token of which this TenantCredential was the first holder.",
        "ControlAssumed" => "An override here assumes control of a token that others hold too.",
        "ControlLost" => "An override elsewhere assumes control of the token.",
        "OverrideContested" => "Several TenantCredentials claim control of one token.",
        "Superseded" => "A newer credential of the same identity is held elsewhere.",
        "SameSecret" => "Another TenantCredential reads the same credential of the same Secret.",
        "IdentityChanged" => "The credential has another identity than the one accepted before.",
        "IdentityUnknown" => "The credential carries no identity to compare with the accepted or pinned one.",
        "KeyMismatch" => "The private key does not belong to the certificate.",
        "WentBackwards" => "The credential is older than the newest that was seen here.",
        "MissingCredential" => "A tenant lacks a credential that it requires.",
        "SecretNotFound" => "There is no such Secret.",
        "KeyNotFound" => "The Secret has no such key.",
        "Ambiguous" => "Several credentials in the Secret fit, and none is named.",
        "Malformed" => "The file is of the right kind, and broken.",
        "WrongFile" => "The file is of another kind.",
        "PasswordRequired" => "The file is encrypted, and no password is given.",
        "PasswordWrong" => "The password does not open the file.",
        "NoMatchingKey" => "No private key opens the message.",
        "LimitExceeded" => "The file is larger or costlier than is read.",
        "NotSupported" => "The file is of a form that is not read.",
        "Forbidden" => "The Secret may not be read.",
        "InvalidObject" => "The object itself can't be understood.",
        _ => "Something needs attention.",
    }
    .to_owned()
}

//! The updates that the watches send to the operator, and the advice for failures of a watch.

use std::sync::Arc;

use super::cache::{List, ListChange, SecretVersion};
use lapsewatch_cluster::request::RequestError;
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::kind::TenantKind;

/// An update from the watches.
pub enum WatchUpdate {
    /// A change of TenantCredentials.
    Object(ListChange<Arc<Observed>>),
    /// A change of MDMTenants.
    Tenant(ListChange<Arc<Observed<TenantKind>>>),
    /// MDMTenants can't be listed, so the operator works without them.
    TenantsRefused,
    /// A change of Secrets.
    Secret(ListChange<SecretVersion>),
    /// A complete list can no longer be kept up to date. The follower continues to request the list.
    Lost(List),
    /// A watch failed. The follower tries again.
    Failed(WatchFailure),
    /// The API server answers again after an outage.
    Reconnected,
    /// The failure with this text is over. A later failure with the same text is logged again.
    Solved(String),
}

/// The failure of a watch. The text contains no content of objects.
pub struct WatchFailure {
    /// The watched kind.
    pub kind: &'static str,
    /// The namespace. None for all namespaces.
    pub namespace: Option<String>,
    /// The failure, as the log line describes it.
    pub problem: String,
    /// The advice for the user, in the same log line.
    pub advice: &'static str,
}

impl WatchFailure {
    /// Describes a failure. A refusal names the kind and namespace, because each refusal has its own cause. An outage
    /// interrupts all watches at once, so its text names neither kind nor namespace and is logged only once.
    pub fn new(kind: &'static str, namespace: Option<&str>, cause: &RequestError) -> Self {
        let place = match namespace {
            Some(namespace) => format!("in namespace \"{namespace}\""),
            None => "in all namespaces".to_owned(),
        };
        let (problem, advice) = match (cause.code(), cause) {
            (Some(404), _) => (
                format!("the API server does not know {kind}s"),
                "install the definitions: lapsewatch crds | kubectl apply --server-side -f -",
            ),
            (Some(401), _) => (
                "the API server does not accept the operator's credentials (401)".to_owned(),
                "check the token or certificate that the operator logs in with, and whether its service account exists",
            ),
            (Some(403), _) => (
                format!("the API server refuses to list and watch {kind}s {place} (403)"),
                "allow the operator's service account get, list and watch on tenantcredentials, mdmtenants and secrets",
            ),
            (Some(410), _) => (
                format!("the watch of {kind}s {place} fell behind"),
                "no action is needed: lapsewatch lists the objects again",
            ),
            (Some(code), _) => (
                format!("the API server answered {code} {} to lists and watches", cause.reason().unwrap_or_default()),
                "see the API server's log. lapsewatch tries again",
            ),
            (None, RequestError::Unreachable(unreachable)) => {
                (format!("the watches are interrupted: {unreachable}"), unreachable.advice())
            }
            (None, cause) if cause.is_unanswered() => (
                format!("the watches are interrupted: {cause}"),
                "check that the API server can be reached from here; it is tried again",
            ),
            (None, cause) => (
                format!("{kind}s {place} cannot be listed or watched: {cause}"),
                "see the API server's log. lapsewatch tries again",
            ),
        };
        Self { kind, namespace: namespace.map(str::to_owned), problem, advice }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refused_namespace_is_named_and_an_interruption_is_one() {
        let forbidden = RequestError::Api { code: 403, reason: "Forbidden".to_owned(), message: None };
        let problem =
            |namespace: &str, cause: &RequestError| WatchFailure::new("Secret", Some(namespace), cause).problem;
        assert_eq!(
            problem("a", &forbidden),
            "the API server refuses to list and watch Secrets in namespace \"a\" (403)"
        );
        assert_ne!(problem("a", &forbidden), problem("b", &forbidden));
        assert_eq!(problem("a", &RequestError::Connection), problem("b", &RequestError::Connection));
    }
}

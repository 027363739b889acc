//! Messages about a list request that failed: the objects that were requested, and the remedy.

use lapsewatch_cluster::request::RequestError;
use lapsewatch_core::sanitize::sanitize_line;

/// The message about an item that can't be decoded.
pub const UNREADABLE: &str = "what the API server gives of it can't be read";

/// Returns the message about TenantCredentials that can't be listed.
pub fn credentials(cause: &RequestError, namespace: Option<&str>) -> String {
    match (cause.code(), namespace) {
        (Some(403), None) => "you may not list tenantcredentials.lapsewatch.dev in all namespaces: name one that you \
may read with -n, or ask for a ClusterRole with the verbs get and list on tenantcredentials and mdmtenants of \
lapsewatch.dev"
            .to_owned(),
        (Some(403), Some(namespace)) => format!(
            "you may not list tenantcredentials.lapsewatch.dev in namespace {namespace}: ask for a Role there with the \
verbs get and list on tenantcredentials and mdmtenants of lapsewatch.dev, or name another namespace with -n"
        ),
        (Some(404), _) => {
            "the cluster does not know TenantCredentials: have an administrator install their definitions, \
lapsewatch crds | kubectl apply --server-side -f -"
                .to_owned()
        }
        _ => otherwise("tenantcredentials", cause, namespace),
    }
}

/// Returns the message about MDMTenants that can't be listed.
///
/// # Errors
/// Returns the message as an error if the command must fail. Returns it as Ok if a note suffices, because the
/// credentials can be shown without their tenants.
pub fn tenants(cause: &RequestError, namespace: Option<&str>) -> Result<String, String> {
    let place = place(namespace);
    match cause.code() {
        Some(403) => Ok(format!(
            "you may not list mdmtenants.lapsewatch.dev {place}: credentials are shown without what their tenants \
declare; ask for the verbs get and list on mdmtenants"
        )),
        Some(404) => {
            Ok("the cluster does not know MDMTenants: credentials are shown without them; have an administrator \
install their definition, lapsewatch crds | kubectl apply --server-side -f -"
                .to_owned())
        }
        _ => Err(otherwise("mdmtenants", cause, namespace)),
    }
}

fn place(namespace: Option<&str>) -> String {
    namespace.map_or_else(|| "in all namespaces".to_owned(), |namespace| format!("in namespace {namespace}"))
}

fn otherwise(plural: &str, cause: &RequestError, namespace: Option<&str>) -> String {
    let place = place(namespace);
    match cause {
        RequestError::Api { code: 401, .. } => {
            "the API server does not know you (401): log in again, or see whether the kubeconfig's credentials have expired"
                .to_owned()
        }
        RequestError::Unreachable(unreachable) => sanitize_line(&format!("{unreachable}. {}", unreachable.advice().trim_end_matches('.'))),
        RequestError::Connection | RequestError::Timeout(_) => {
            format!("{cause}. Check that the cluster can be reached with kubectl get --raw /readyz")
        }
        RequestError::Api { code, reason, .. } => {
            let reason: String = reason.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
            format!("{plural}.lapsewatch.dev {place} can't be listed: the API server answered {code} {reason}")
        }
        _ => format!("{plural}.lapsewatch.dev {place} can't be listed: {cause}"),
    }
}

//! Reads the TenantCredential to renew from a cluster, with the user's permissions. If a permission for the tenant, the
//! Secret or other objects is missing, a remark is added and the command continues.

use std::path::Path;

use http::Method;
use kube::Client;
use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::place::{InstalledSecret, RenewalTarget};
use lapsewatch_cluster::connect;
use lapsewatch_cluster::list::list;
use lapsewatch_cluster::request::{self, RequestError, Sensitivity};
use lapsewatch_core::api::{CredentialFacts, GROUP, Key, TenantCredentialStatus, VERSION, decode, stored};
use lapsewatch_core::assessment::peers::{Holder, Index, Peers, Reveal, is_exclusive};
use lapsewatch_core::messages::verify_remarks;
use lapsewatch_core::secret::SecretData;

/// A connection to a cluster, and the namespace and name of the TenantCredential to renew.
pub struct Cluster {
    client: Client,
    runtime: tokio::runtime::Runtime,
    key: Key,
}

/// A Kubernetes object as returned by the API server, with undecoded spec and status.
#[derive(Deserialize)]
struct Object {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    spec: Value,
    #[serde(default)]
    status: Value,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    namespace: String,
    name: String,
    creation_timestamp: String,
}

impl Metadata {
    fn created(&self) -> Option<i64> {
        chrono::DateTime::parse_from_rfc3339(&self.creation_timestamp).ok().map(|time| time.timestamp())
    }
}

impl Cluster {
    /// Connects to the cluster. Without `namespace`, the namespace of the context is used.
    ///
    /// # Errors
    /// Returns a sentence for the user if the kubeconfig can't be used.
    pub fn connect(
        kubeconfig: Option<&Path>,
        context: Option<&str>,
        namespace: Option<&str>,
        name: &str,
    ) -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        let client = runtime.block_on(connect::connect(kubeconfig, context)).map_err(|error| error.to_string())?;
        let key = Key::new(namespace.unwrap_or(client.default_namespace()), name);
        Ok(Self { client, runtime, key })
    }

    /// Reads the TenantCredential to renew, its tenant and its Secret.
    ///
    /// # Errors
    /// Returns a sentence if the TenantCredential itself can't be read.
    pub fn place(&self) -> Result<RenewalTarget, String> {
        let object = self.get::<Object>("tenantcredentials", &self.key.name).map_err(|cause| self.no_object(&cause))?;
        let spec = decode::spec(&object.spec).map_err(|why| format!("TenantCredential {}: {why}", self.key))?;
        let (status, _) = stored::decode::<TenantCredentialStatus>(&object.status);
        let mut remarks = Vec::new();
        let mut tenant = None;
        if let Some(named) = &spec.tenant_ref {
            match self.get::<Object>("mdmtenants", &named.name) {
                Ok(object) => match decode::tenant(&object.spec) {
                    Ok(spec) => tenant = Some(spec),
                    Err(why) => remarks.push(verify_remarks::tenant_invalid(&named.name, &why)),
                },
                // The tenant does not exist, so it has no settings that the rehearsal would lack. No remark is needed.
                Err(cause) if cause.code() == Some(404) => {}
                Err(cause) => remarks.push(verify_remarks::tenant_unseen(&named.name, &why(&cause))),
            }
        }
        let beside = match spec.secret_ref.as_ref().map(|secret| self.secret(&secret.name)) {
            Some(Ok(data)) => InstalledSecret::Seen(data),
            Some(Err(cause)) if cause.is_not_found() => InstalledSecret::Missing,
            Some(Err(cause)) => {
                remarks.push(verify_remarks::secret_unseen(&spec, &why(&cause)));
                InstalledSecret::Unseen
            }
            None => InstalledSecret::Missing,
        };
        let created = object.metadata.created();
        let selection = spec.selection();
        Ok(RenewalTarget { key: Some(self.key.clone()), spec, selection, status, beside, tenant, created, remarks })
    }

    fn no_object(&self, cause: &RequestError) -> String {
        match (cause.code(), cause.reason()) {
            (Some(404), Some("NotFound")) => format!("there is no TenantCredential {} in this cluster", self.key),
            (Some(404), _) => {
                "this cluster does not know TenantCredentials: lapsewatch crds prints what defines them".to_owned()
            }
            _ => format!("TenantCredential {} could not be read: {cause}", self.key),
        }
    }

    /// Finds the other TenantCredentials that use the new credential, among the objects that the user has permission to
    /// list. Also returns a remark if some objects could not be read.
    pub fn peers(&self, place: &RenewalTarget, facts: &CredentialFacts) -> (Peers, Option<String>) {
        if !is_exclusive(place.spec.type_) {
            return (Peers::Known(None), None);
        }
        let mut index = Index::new(Reveal::All);
        let selectors = [("fingerprint", &facts.fingerprint), ("identity", &facts.identity)];
        let (mut scope, mut remark) = (String::new(), None);
        let mut unread = 0;
        for (field, value) in selectors {
            let Some(value) = value else { continue };
            let selector = format!("status.credential.{field}={},spec.type={}", escaped(value), place.spec.type_);
            let mut found = self.list(&scope, &selector);
            if scope.is_empty() && found.as_ref().is_err_and(|cause| cause.code() == Some(403)) {
                scope = format!("namespaces/{}/", self.key.namespace);
                remark = Some(verify_remarks::own_namespace_only(&self.key.namespace));
                found = self.list(&scope, &selector);
            }
            match found {
                Ok(objects) => {
                    let is_other = |object: &Option<Object>| {
                        let own = |object: &Object| {
                            *object.metadata.name == *self.key.name && *object.metadata.namespace == *self.key.namespace
                        };
                        !object.as_ref().is_some_and(own)
                    };
                    let others = objects.into_iter().filter(is_other);
                    unread += others
                        .filter(|object| !object.as_ref().is_some_and(|object| enter(&mut index, object)))
                        .count();
                }
                Err(cause) => return (Peers::Pending, Some(verify_remarks::others_unseen(&why(&cause)))),
            }
        }
        index.set(&self.key, Holder::from_facts(place.created, &place.spec, Some(facts), None));
        let unread = (unread > 0).then(|| verify_remarks::others_unread(unread));
        (
            Peers::Known(index.view(&self.key)),
            remark.into_iter().chain(unread).reduce(|all, one| format!("{all}. {one}")),
        )
    }

    /// Lists the objects that match a selector, page by page. An object that can't be parsed becomes None.
    fn list(&self, scope: &str, selector: &str) -> Result<Vec<Option<Object>>, RequestError> {
        let path = format!(
            "/apis/{GROUP}/{VERSION}/{scope}tenantcredentials?fieldSelector={}",
            request::query_value(selector)
        );
        let take = |json: &str| serde_json::from_str(json).ok();
        self.runtime.block_on(list(&self.client, &path, take, &|_| ()))
    }

    fn get<T: for<'de> Deserialize<'de>>(&self, plural: &str, name: &str) -> Result<T, RequestError> {
        let namespace = &self.key.namespace;
        let body =
            self.fetch(&format!("/apis/{GROUP}/{VERSION}/namespaces/{namespace}/{plural}/{name}"), Sensitivity::Open)?;
        serde_json::from_slice(&body).map_err(|_| RequestError::NoObject)
    }

    fn secret(&self, name: &str) -> Result<SecretData, RequestError> {
        let path = format!("/api/v1/namespaces/{}/secrets/{name}", self.key.namespace);
        let body = self.fetch(&path, Sensitivity::Secret)?;
        SecretData::from_json(&body).map(|secret| secret.data).map_err(|_| RequestError::NoObject)
    }

    fn fetch(&self, path: &str, sensitivity: Sensitivity) -> Result<Zeroizing<Vec<u8>>, RequestError> {
        self.runtime.block_on(request::send(&self.client, Method::GET, path, None, Vec::new(), sensitivity))
    }
}

/// Returns the cause in a few words. The API server's own message would repeat the name of the object.
fn why(cause: &RequestError) -> String {
    match cause.code() {
        Some(403) => "403: this user may not".to_owned(),
        _ => cause.to_string(),
    }
}

/// Adds an object to the index that finds objects with the same credential. Returns false if its spec can't be parsed.
fn enter(index: &mut Index, object: &Object) -> bool {
    let Some(spec) = decode::part(&object.spec) else { return false };
    let (status, _) = stored::decode::<TenantCredentialStatus>(&object.status);
    let key = Key::new(&object.metadata.namespace, &object.metadata.name);
    index.set(&key, Holder::remembered(object.metadata.created(), &spec, &status));
    true
}

/// Escapes a value for a field selector (`EscapeValue` in k8s.io/apimachinery/pkg/fields).
fn escaped(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for letter in value.chars() {
        if matches!(letter, '\\' | ',' | '=') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_takes_any_identity() {
        assert_eq!(escaped(r"a=b,c\d"), r"a\=b\,c\\d");
        assert_eq!(request::query_value("a=Acme & Söhne"), "a%3DAcme%20%26%20S%C3%B6hne");
    }
}

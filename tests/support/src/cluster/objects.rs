//! TenantCredentials with one VPP token each, created and listed with as few requests as possible.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use kube::Client;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

/// Returns the VPP token with this number, in base64 as in a Secret. It is valid until 2035.
pub fn token(number: usize) -> String {
    let inner = STANDARD.encode(Sha512::digest(number.to_be_bytes()));
    let token = json!({"token": inner, "expDate": "2035-01-01T00:00:00Z", "orgName": "Acme Corp."});
    STANDARD.encode(STANDARD.encode(token.to_string()))
}

pub async fn create_secret(client: &Client, namespace: &str, name: &str, data: Value) {
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": data});
    send(client, "POST", &format!("/api/v1/namespaces/{namespace}/secrets"), "application/json", &secret).await;
}

/// Creates a credential that reads the Secret with its own name.
pub async fn create_credential(client: &Client, namespace: &str, name: &str, type_: &str) {
    let credential = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
        "metadata": {"name": name}, "spec": {"type": type_, "secretRef": {"name": name}}});
    let path = path(namespace, "");
    send(client, "POST", path.trim_end_matches('/'), "application/json", &credential).await;
}

/// Creates a Secret and a credential that holds the token with this number.
pub async fn create(client: &Client, namespace: &str, name: &str, number: usize) {
    create_secret(client, namespace, name, json!({"sToken": token(number)})).await;
    create_credential(client, namespace, name, "VPPToken").await;
}

/// Creates a TenantCredential or MDMTenant with this spec.
pub async fn create_of(client: &Client, namespace: &str, kind: &str, name: &str, spec: Value) {
    let object =
        json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec});
    let plural = format!("{}s", kind.to_lowercase());
    let path = format!("/apis/lapsewatch.dev/v1alpha1/namespaces/{namespace}/{plural}");
    send(client, "POST", &path, "application/json", &object).await;
}

/// Returns the status of an MDMTenant.
pub async fn page(client: &Client, namespace: &str, name: &str) -> Value {
    let path = format!("/apis/lapsewatch.dev/v1alpha1/namespaces/{namespace}/mdmtenants/{name}");
    let request = Request::builder().uri(path).body(Vec::new()).unwrap();
    let tenant: Value = client.request(request).await.unwrap();
    tenant["status"].clone()
}

pub async fn delete(client: &Client, path: &str) {
    send(client, "DELETE", path, "application/json", &json!({})).await;
}

pub async fn patch_status(client: &Client, namespace: &str, name: &str, status: &Value) {
    let path = format!("{}/status", path(namespace, name));
    send(client, "PATCH", &path, "application/merge-patch+json", &json!({"status": status})).await;
}

pub fn path(namespace: &str, name: &str) -> String {
    format!("/apis/lapsewatch.dev/v1alpha1/namespaces/{namespace}/tenantcredentials/{name}")
}

async fn send(client: &Client, method: &str, path: &str, content_type: &str, body: &Value) {
    let request = Request::builder().method(method).uri(path).header("content-type", content_type);
    client.request::<Value>(request.body(body.to_string().into_bytes()).unwrap()).await.unwrap();
}

/// Returns all credentials of a namespace.
pub async fn list(client: &Client, namespace: &str) -> Vec<Value> {
    items(client, path(namespace, "").trim_end_matches('/')).await
}

/// Returns all Events of a namespace.
pub async fn events(client: &Client, namespace: &str) -> Vec<Value> {
    items(client, &format!("/apis/events.k8s.io/v1/namespaces/{namespace}/events")).await
}

async fn items(client: &Client, path: &str) -> Vec<Value> {
    let request = Request::builder().uri(path).body(Vec::new()).unwrap();
    let list: Value = client.request(request).await.unwrap();
    list["items"].as_array().unwrap().clone()
}

/// Returns the reason of a condition.
pub fn reason<'a>(object: &'a Value, type_: &str) -> &'a str {
    let conditions = object["status"]["conditions"].as_array();
    let condition = conditions.and_then(|conditions| conditions.iter().find(|c| c["type"] == type_));
    condition.and_then(|condition| condition["reason"].as_str()).unwrap_or_default()
}

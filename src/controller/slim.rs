//! Metadata as far as the operator goes by it. The rest is not even decoded: annotations of a Secret may hold its
//! content (kubectl's last-applied configuration), and a date of another program may be one that no library takes.

use std::borrow::Cow;

use chrono::DateTime;
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use serde::Deserialize;
use serde_json::Value;

/// The part of an object's metadata that is kept.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Slim {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The UID.
    pub uid: String,
    /// The version.
    pub resource_version: String,
    /// The generation of the spec.
    pub generation: i64,
    /// When it was created, in seconds since 1970; none where that can't be told.
    #[serde(rename = "creationTimestamp", deserialize_with = "seconds")]
    pub created: Option<i64>,
}

/// An object of one of the project's kinds as the API server has it: its spec and status are not understood yet.
#[derive(Debug, Deserialize)]
pub struct Raw {
    /// Its metadata.
    #[serde(default)]
    pub metadata: Slim,
    /// What the user declares.
    #[serde(default)]
    pub spec: Value,
    /// What the operator said.
    #[serde(default)]
    pub status: Value,
}

impl Slim {
    /// What kube's watcher goes by.
    pub fn for_watcher(&self) -> ObjectMeta {
        ObjectMeta {
            name: Some(self.name.clone()),
            namespace: Some(self.namespace.clone()),
            resource_version: Some(self.resource_version.clone()),
            ..ObjectMeta::default()
        }
    }
}

/// A date that can't be understood is none, and stops nothing.
fn seconds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let text: Option<Cow<'de, str>> = Option::deserialize(deserializer)?;
    Ok(text.and_then(|text| DateTime::parse_from_rfc3339(&text).ok()).map(|time| time.timestamp()))
}

/// A Secret's metadata; its content is not asked for.
#[derive(Clone, Debug)]
pub struct SecretMeta {
    meta: ObjectMeta,
    /// What is kept of it.
    pub slim: Slim,
}

impl<'de> Deserialize<'de> for SecretMeta {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Raw {
            #[serde(default)]
            metadata: Slim,
        }
        let slim = Raw::deserialize(deserializer)?.metadata;
        Ok(Self { meta: slim.for_watcher(), slim })
    }
}

impl Resource for SecretMeta {
    type DynamicType = ();
    type Scope = NamespaceResourceScope;

    /// Asks the API server for the metadata alone.
    fn metadata_api() -> bool {
        true
    }
    fn kind(_: &()) -> Cow<'_, str> {
        Secret::kind(&())
    }
    fn group(_: &()) -> Cow<'_, str> {
        Secret::group(&())
    }
    fn version(_: &()) -> Cow<'_, str> {
        Secret::version(&())
    }
    fn plural(_: &()) -> Cow<'_, str> {
        Secret::plural(&())
    }
    fn meta(&self) -> &ObjectMeta {
        &self.meta
    }
    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.meta
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_that_no_library_takes_and_an_annotation_that_holds_the_content_are_passed_over() {
        let json = r#"{"kind":"PartialObjectMetadata","metadata":{"name":"a","namespace":"b","uid":"c","resourceVersion":"7",
            "creationTimestamp":"9999-12-31T23:59:59Z","managedFields":[{"time":"no date"}],
            "annotations":{"kubectl.kubernetes.io/last-applied-configuration":"aHVudGVyMg=="}}}"#;
        let secret: SecretMeta = serde_json::from_str(json).unwrap();
        assert_eq!((secret.slim.name.as_str(), secret.slim.resource_version.as_str()), ("a", "7"));
        assert!(!format!("{secret:?}").contains("aHVudGVyMg"));
        assert!(SecretMeta::metadata_api());
    }
}

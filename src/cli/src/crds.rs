//! `lapsewatch crds` prints the CustomResourceDefinitions as YAML.

use lapsewatch_core::api::crds::all;

/// Returns all CustomResourceDefinitions as one YAML stream.
///
/// # Errors
/// If a definition can't be serialized as YAML. No definition of this program causes this error.
pub fn yaml() -> Result<String, serde_norway::Error> {
    all().iter().map(|(_, crd)| Ok(format!("---\n{}", serde_norway::to_string(crd)?))).collect()
}

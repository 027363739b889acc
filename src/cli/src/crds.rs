//! `lapsewatch crds`: the CustomResourceDefinitions as YAML.

use lapsewatch_core::api::crds::all;

/// All definitions as one YAML stream, as `lapsewatch crds` prints it.
///
/// # Errors
/// Where a definition can't be written as YAML, which no definition of this crate does.
pub fn yaml() -> Result<String, serde_norway::Error> {
    all().iter().map(|(_, crd)| Ok(format!("---\n{}", serde_norway::to_string(crd)?))).collect()
}

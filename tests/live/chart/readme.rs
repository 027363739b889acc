//! Tests of the table of values in the chart's README.md, which is generated from the comments in values.yaml.
//! LAPSEWATCH_WRITE=1 writes the table.

use std::fs;

use serde_json::Value;

use lapsewatch_test_support::cluster::helm::chart;

/// A value that values.yaml describes.
pub struct Documented {
    /// The path, for example `image.tag`.
    pub path: String,
    pub default: Value,
    pub meaning: String,
}

/// Returns all described values, in the order of the file.
pub fn documented() -> Vec<Documented> {
    let text = fs::read_to_string(chart().join("values.yaml")).unwrap();
    let values: Value = serde_norway::from_str(&text).unwrap();
    let mut above: Vec<(usize, String)> = Vec::new();
    let mut meaning = None;
    let mut all = Vec::new();
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let line = line.trim();
        if let Some(text) = line.strip_prefix("# -- ") {
            meaning = Some(text.to_owned());
            continue;
        }
        let Some((key, _)) = line.split_once(':').filter(|_| !line.starts_with(['#', '-'])) else { continue };
        above.retain(|(column, _)| *column < indent);
        above.push((indent, key.to_owned()));
        if let Some(meaning) = meaning.take() {
            let keys: Vec<&str> = above.iter().map(|(_, key)| key.as_str()).collect();
            let default = keys.iter().fold(&values, |value, key| &value[key]).clone();
            all.push(Documented { path: keys.join("."), default, meaning });
        }
    }
    all
}

/// The table contains each leaf of values.yaml, either as its own row or as a part of a described value.
#[test]
fn every_value_is_described() {
    let documented = documented();
    let text = fs::read_to_string(chart().join("values.yaml")).unwrap();
    let mut leaves = Vec::new();
    leaves_of("", &serde_norway::from_str(&text).unwrap(), &mut leaves);
    assert!(leaves.len() > 60, "{leaves:?}");
    for leaf in leaves {
        let is_described =
            documented.iter().any(|value| leaf == value.path || leaf.starts_with(&format!("{}.", value.path)));
        assert!(is_described, "values.yaml does not describe {leaf}: add a line `# -- …` above it");
    }
}

fn leaves_of(path: &str, value: &Value, leaves: &mut Vec<String>) {
    match value.as_object().filter(|object| !object.is_empty()) {
        Some(object) => {
            for (key, value) in object {
                leaves_of(&if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, value, leaves);
            }
        }
        None => leaves.push(path.to_owned()),
    }
}

#[test]
fn the_table_of_the_readme_is_made_from_values_yaml() {
    const BEGIN: &str =
        "<!-- made from values.yaml; LAPSEWATCH_WRITE=1 cargo test --test live chart::readme writes it anew -->\n";
    let path = chart().join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, _) = readme.split_once(BEGIN).expect("the README marks where the table begins");
    let mut table = "\n| value | default | meaning |\n|---|---|---|\n".to_owned();
    for Documented { path, default, meaning } in documented() {
        table += &format!("| `{path}` | `{default}` | {} |\n", meaning.replace('|', "\\|"));
    }
    let expected = format!("{before}{BEGIN}{table}");
    if std::env::var_os("LAPSEWATCH_WRITE").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let readme = fs::read_to_string(&path).unwrap();
    assert!(readme == expected, "the table is outdated: run LAPSEWATCH_WRITE=1 cargo test --test live chart::readme");
}

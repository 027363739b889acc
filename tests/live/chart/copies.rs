//! Tests that the chart's copies are equal to their originals. LAPSEWATCH_WRITE=1 writes the copies again.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::chart::rendered::of_kind;
use lapsewatch_test_support::cluster::helm::{chart, template};

/// The files are equal byte by byte.
#[test]
fn the_definitions_are_those_of_crds() {
    let originals = Path::new(env!("CARGO_MANIFEST_DIR")).join("crds");
    let copies = chart().join("files/crds");
    let names = |folder: &Path| -> BTreeSet<String> {
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    };
    if std::env::var_os("LAPSEWATCH_WRITE").is_some() {
        fs::remove_dir_all(&copies).unwrap();
        fs::create_dir(&copies).unwrap();
        for name in names(&originals) {
            fs::copy(originals.join(&name), copies.join(&name)).unwrap();
        }
    }
    assert_eq!(names(&copies), names(&originals), "run `make crds`");
    for name in names(&originals) {
        let (copy, original) = (fs::read(copies.join(&name)).unwrap(), fs::read(originals.join(&name)).unwrap());
        assert!(copy == original, "files/crds/{name} is not crds/{name}: run `make crds`");
    }
}

/// Descriptions contain braces and backticks, which templating must not interpret. Rendering adds only metadata.
#[test]
fn what_is_rendered_of_them_says_what_the_code_says() {
    for (keep, policy) in [("true", Value::from("keep")), ("false", Value::Null)] {
        let set = format!("crds.keep={keep}");
        let objects = template("lapsewatch", "mdm", &["--set", &set]).unwrap();
        let mut rendered: Vec<Value> = of_kind(&objects, "CustomResourceDefinition").into_iter().cloned().collect();
        for crd in &mut rendered {
            assert_eq!(crd["metadata"]["annotations"]["helm.sh/resource-policy"], policy);
            assert_eq!(crd["metadata"]["labels"]["app.kubernetes.io/managed-by"], "Helm");
            let metadata = crd["metadata"].as_object_mut().unwrap();
            metadata.remove("annotations");
            metadata.remove("labels");
        }
        rendered.sort_by_key(|crd| crd["metadata"]["name"].to_string());
        let mut expected: Vec<Value> = lapsewatch_core::api::crds::all().into_iter().map(|(_, crd)| crd).collect();
        expected.sort_by_key(|crd| crd["metadata"]["name"].to_string());
        assert!(rendered == expected, "the chart renders other definitions than crds/");
    }
}

/// The chart and the operator are released together, under the same version.
#[test]
fn the_charts_version_is_the_operators() {
    let text = fs::read_to_string(chart().join("Chart.yaml")).unwrap();
    let about: Value = serde_norway::from_str(&text).unwrap();
    assert_eq!(about["appVersion"], env!("CARGO_PKG_VERSION"));
}

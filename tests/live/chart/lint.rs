//! Checks the chart with Helm's own lint, and with kubeconform and the schemas of the supported API server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::chart::operator::until;
use lapsewatch_test_support::cluster::bed::{Bed, bed};
use lapsewatch_test_support::cluster::helm::{chart, helm, template, tool};

/// Values that render everything that the chart can render.
pub const EVERYTHING: &[&str] = &[
    "--set=replicaCount=2",
    "--set=networkPolicy.enabled=true",
    "--set=metrics.serviceMonitor.enabled=true",
    "--set=metrics.prometheusRule.enabled=true",
    "--set=metrics.dashboard.enabled=true",
];

#[test]
fn helm_finds_nothing_to_complain_about() {
    let chart = chart();
    for more in [EVERYTHING, &["--set=namespaces={a,b}", "--set=crds.keep=false"], &[]] {
        let args = [&["lint", "--strict", "--with-subcharts", chart.to_str().unwrap()], more].concat();
        let output = helm(None, &args);
        let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(output.status.success(), "{told}");
        assert!(!told.contains("[WARNING]") && !told.contains("[ERROR]"), "{told}");
    }
}

/// Installs the CustomResourceDefinitions of the Prometheus Operator from its Go module.
pub fn install_prometheus_definitions(bed: &Bed) {
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools-go/prometheus-operator");
    let output = Command::new("go")
        .args(["mod", "download", "-json", "github.com/prometheus-operator/prometheus-operator"])
        .current_dir(module)
        .output()
        .unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).expect("go prints JSON with the module's folder");
    let folder = PathBuf::from(told["Dir"].as_str().unwrap_or_else(|| panic!("{told}")));
    for name in ["servicemonitors", "prometheusrules"] {
        let file = folder.join(format!("example/prometheus-operator-crd/monitoring.coreos.com_{name}.yaml"));
        bed.kubectl_ok(&["--cache-dir=monitoring", "apply", "--server-side", "-f", file.to_str().unwrap()], "");
    }
    // The server publishes the OpenAPI schemas some time after the kinds can be used.
    until("the server does not describe its new kinds", || {
        let described = bed.kubectl(&["get", "--raw", "/openapi/v3/apis/monitoring.coreos.com/v1"]);
        let described = String::from_utf8_lossy(&described.stdout);
        ["ServiceMonitor", "PrometheusRule"].iter().all(|kind| described.contains(&format!("\"kind\":\"{kind}\"")))
    });
}

/// Writes a schema for each kind of the server, made from the server's own description. The schema allows no other
/// fields.
fn schemas(bed: &Bed, folder: &Path) {
    let raw = |path: &str| -> Value { serde_json::from_str(&bed.kubectl_ok(&["get", "--raw", path], "")).unwrap() };
    for part in raw("/openapi/v3")["paths"].as_object().unwrap().values() {
        let mut described = raw(part["serverRelativeURL"].as_str().unwrap());
        let Some(all) = described["components"]["schemas"].as_object_mut() else { continue };
        all.values_mut().for_each(close);
        for (name, schema) in &*all {
            for kind in schema["x-kubernetes-group-version-kind"].as_array().into_iter().flatten() {
                let text = |field: &str| kind[field].as_str().unwrap().to_owned();
                let version = text("version");
                let group = if text("group").is_empty() { version.clone() } else { text("group") };
                let file = folder.join(format!("{group}_{version}_{}.json", text("kind").to_lowercase()));
                let of = json!({"$ref": format!("#/components/schemas/{name}"), "components": {"schemas": all}});
                fs::write(file, of.to_string()).unwrap();
            }
        }
    }
}

/// Forbids fields that the schema does not describe.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            let is_open = object.get("x-kubernetes-preserve-unknown-fields") == Some(&true.into());
            let is_object = object.get("type") == Some(&"object".into());
            if is_object && !is_open && object.get("properties").is_some_and(Value::is_object) {
                object.entry("additionalProperties").or_insert(false.into());
            }
            object.values_mut().for_each(close);
        }
        Value::Array(array) => array.iter_mut().for_each(close),
        _ => {}
    }
}

/// Returns what kubeconform reports about these objects: the number of valid objects, and the errors of the others.
fn judged(schemas: &Path, objects: &[Value]) -> (usize, Vec<String>) {
    let location = schemas.join("{{ .Group }}_{{ .ResourceAPIVersion }}_{{ .ResourceKind }}.json");
    let file = schemas.join("objects.yaml");
    let text: Vec<String> = objects.iter().map(Value::to_string).collect();
    fs::write(&file, text.join("\n---\n")).unwrap();
    let output = Command::new(tool("kubeconform"))
        .args(["-strict", "-output", "json", "-verbose", "-schema-location", location.to_str().unwrap()])
        .arg(&file)
        .output()
        .unwrap();
    let told: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
    let resources = told["resources"].as_array().unwrap();
    let is_valid = |resource: &&Value| resource["status"] == "statusValid";
    let others = resources.iter().filter(|resource| !is_valid(resource)).map(Value::to_string).collect();
    (resources.iter().filter(is_valid).count(), others)
}

#[test]
fn each_object_is_of_the_form_that_the_server_describes() {
    let bed = bed();
    install_prometheus_definitions(bed);
    let folder = TempDir::new().unwrap();
    schemas(bed, folder.path());
    let namespaced = [EVERYTHING, &["--set=namespaces={a,b}"]].concat();
    for more in [EVERYTHING, &namespaced, &[]] {
        let objects = template("lapsewatch", "mdm", more).unwrap();
        let (valid, others) = judged(folder.path(), &objects);
        assert!(others.is_empty(), "{others:#?}");
        assert_eq!(valid, objects.len());
    }
    // An example of the errors that this check must find: a misspelled field.
    let mut objects = template("lapsewatch", "mdm", &[]).unwrap();
    let deployment = objects.iter_mut().find(|object| object["kind"] == "Deployment").unwrap();
    deployment["spec"]["template"]["spec"]["containers"][0]["livenessProbe"]["period"] = 10.into();
    let (_, others) = judged(folder.path(), &objects);
    assert!(others.len() == 1 && others[0].contains("period"), "{others:#?}");
}

/// The server checks more than schemas do. Each warning counts as a refusal.
#[test]
fn the_server_takes_each_object() {
    let bed = bed();
    install_prometheus_definitions(bed);
    let names = bed.namespaces("taken", 3);
    let namespaces = format!("--set=namespaces={{{},{}}}", names[1], names[2]);
    for more in [EVERYTHING, &[EVERYTHING, &[&namespaces]].concat()] {
        let objects = template("lapsewatch", &names[0], more).unwrap();
        let list = json!({"apiVersion": "v1", "kind": "List", "items": objects}).to_string();
        let apply =
            ["--warnings-as-errors", "apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", "-"];
        let told = bed.kubectl_ok(&apply, &list);
        assert_eq!(told.lines().count(), objects.len(), "{told}");
    }
}

//! Tests that names which look like numbers or words to YAML stay strings, and that the server accepts each rendered
//! name.

use serde_json::{Value, json};

use crate::chart::documented::helm_ok;
use crate::chart::lint::EVERYTHING;
use crate::chart::rendered::of_kind;
use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::helm::{chart, helm, template};

/// Valid names for Kubernetes and Helm that YAML 1.1 or 1.2 reads as another type.
const WORDS: [&str; 8] = ["123", "true", "1e3", "0x1f", "null", "yes", "off", "n"];

/// Renders the chart with this word for every configurable name. CustomResourceDefinitions are left out.
fn named(word: &str) -> Vec<Value> {
    let [namespaces, name, account, priority] =
        ["namespaces[0]", "nameOverride", "serviceAccount.name", "priorityClassName"]
            .map(|key| format!("{key}={word}"));
    let strings = [&namespaces, &name, &account, &priority].map(|set| ["--set-string", set]).concat();
    let args = [EVERYTHING, &strings, &["--set=crds.enabled=false"]].concat();
    let text = helm(None, &[&["template", word, chart().to_str().unwrap(), "--namespace", word], &args[..]].concat());
    let text = String::from_utf8(text.stdout).unwrap();
    // The parser below reads YAML 1.2, in which these words are plain strings.
    if ["yes", "off", "n"].contains(&word) {
        let bare = [format!(": {word}"), format!("- {word}"), format!("[{word}]")];
        let line = text.lines().find(|line| bare.iter().any(|bare| line.ends_with(bare)));
        assert!(line.is_none(), "{word} is not quoted: {line:?}");
    }
    template(word, word, &args).unwrap_or_else(|told| panic!("{word}: {told}"))
}

/// Checks that all fields which Kubernetes defines as strings are strings, and returns their number.
fn strings(at: &str, value: &Value) -> usize {
    let is_name = |key: &str| {
        let names = ["name", "namespace", "serviceAccountName", "priorityClassName", "image", "policyName"];
        names.contains(&key) || ["resourceNames", "args", "labels", "matchLabels", "annotations"].contains(&key)
    };
    let hold = |key: &str, value: &Value| {
        let all: Vec<&Value> = match value {
            Value::Array(items) => items.iter().collect(),
            Value::Object(fields) => fields.values().collect(),
            one => vec![one],
        };
        assert!(all.iter().all(|one| one.is_string()), "{at}/{key}: {value}");
        all.len()
    };
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| if is_name(key) { hold(key, value) } else { strings(&format!("{at}/{key}"), value) })
            .sum(),
        Value::Array(items) => items.iter().map(|item| strings(at, item)).sum(),
        _ => 0,
    }
}

#[test]
fn what_yaml_takes_for_something_else_stays_a_name() {
    for word in WORDS {
        let objects = named(word);
        // Prometheus rules have values of other types under these keys.
        let own: Vec<&Value> = objects.iter().filter(|object| object["kind"] != "PrometheusRule").collect();
        let held: usize = own.iter().map(|object| strings(&object["kind"].to_string(), object)).sum();
        assert!(held > 100, "{word}: {held}");
        for object in &objects {
            let labels = &object["metadata"]["labels"];
            assert_eq!(labels["app.kubernetes.io/instance"], word, "{object:#}");
            assert_eq!(labels["app.kubernetes.io/name"], word, "{object:#}");
            let namespace = &object["metadata"]["namespace"];
            assert!(namespace.is_null() || namespace == word, "{object:#}");
        }
        let selector = json!({"app.kubernetes.io/name": word, "app.kubernetes.io/instance": word});
        let deployment = of_kind(&objects, "Deployment")[0];
        assert_eq!(deployment["metadata"]["name"], word);
        assert_eq!(deployment["spec"]["selector"]["matchLabels"], selector);
        assert_eq!(of_kind(&objects, "Service")[0]["spec"]["selector"], selector);
        let pod = &deployment["spec"]["template"]["spec"];
        assert_eq!([&pod["serviceAccountName"], &pod["priorityClassName"]], [word, word]);
        let args = pod["containers"][0]["args"].as_array().unwrap();
        for option in ["lease-name", "namespace"] {
            assert!(args.contains(&json!(format!("--{option}={word}"))), "{args:?}");
        }
        assert_eq!(of_kind(&objects, "ServiceAccount")[0]["metadata"]["name"], word);
        for binding in of_kind(&objects, "RoleBinding") {
            assert_eq!(binding["subjects"], json!([{"kind": "ServiceAccount", "name": word, "namespace": word}]));
            assert_eq!(binding["roleRef"]["name"], binding["metadata"]["name"]);
        }
        let leases = of_kind(&objects, "Role").into_iter().find(|role| role["metadata"]["name"] != word).unwrap();
        assert_eq!(leases["rules"][1]["resourceNames"], json!([word]));
    }
}

/// Helm allows dots in the name of a release, but Kubernetes does not allow them in the name of a Service. Before
/// Kubernetes 1.36 the name of a Service can't begin with a digit either.
#[test]
fn a_service_has_a_name_of_its_kind() {
    for (release, more, expected, service) in [
        ("mdm.prod", "", "mdm-prod-lapsewatch", "mdm-prod-lapsewatch"),
        ("lapsewatch.prod", "", "lapsewatch-prod", "lapsewatch-prod"),
        ("1.5", "", "1-5-lapsewatch", "lapsewatch-1-5-lapsewatch"),
        ("mdm", "fullnameOverride=123", "123", "lapsewatch-123"),
    ] {
        let objects = template(release, "mdm", &[EVERYTHING, &["--set-string", more]].concat()).unwrap();
        assert_eq!(of_kind(&objects, "Deployment")[0]["metadata"]["name"], expected);
        assert_eq!(of_kind(&objects, "Service")[0]["metadata"]["name"], service);
        for object in objects.iter().filter(|object| object["kind"] != "CustomResourceDefinition") {
            let name = object["metadata"]["name"].as_str().unwrap();
            assert!(!name.contains('.'), "{name}");
            assert_eq!(object["metadata"]["labels"]["app.kubernetes.io/instance"], release);
        }
    }
}

#[test]
fn the_server_takes_a_dotted_release_in_a_namespace_that_is_a_number() {
    let bed = Bed::bare();
    for namespace in ["2024", "2025"] {
        bed.kubectl_ok(&["create", "namespace", namespace], "");
    }
    let kubeconfig = Some(bed.kubeconfig.as_path());
    let chart = chart();
    let chart = chart.to_str().unwrap();
    helm_ok(kubeconfig, &["install", "mdm.prod", chart, "--namespace", "2024"]);
    let narrow =
        ["--set-string=namespaces[0]=2025", "--set-string=nameOverride=1e3", "--set-string=serviceAccount.name=123"];
    helm_ok(kubeconfig, &["uninstall", "mdm.prod", "--namespace", "2024"]);
    helm_ok(
        kubeconfig,
        &[&["install", "1e3", chart, "--namespace", "2024", "--set=crds.enabled=false"][..], &narrow].concat(),
    );
    let get = |args: &[&str]| -> Value {
        serde_json::from_str(&bed.kubectl_ok(&[&["get", "-o", "json"], args].concat(), "")).unwrap()
    };
    let account = json!([{"kind": "ServiceAccount", "name": "123", "namespace": "2024"}]);
    assert_eq!(get(&["rolebinding", "1e3", "-n", "2025"])["subjects"], account);
    let deployment = get(&["deployment", "1e3", "-n", "2024"]);
    assert_eq!(deployment["spec"]["selector"]["matchLabels"]["app.kubernetes.io/instance"], "1e3");
}

/// Two ClusterRoles with the same name would overwrite each other: the operator's permissions, and those for the
/// cluster's users.
#[test]
fn a_name_that_the_chart_has_for_another_role_is_refused() {
    for (release, more, name) in [
        ("lapsewatch-view", "", "lapsewatch-view"),
        ("lapsewatch-edit", "", "lapsewatch-edit"),
        ("mdm", "fullnameOverride=lapsewatch-edit", "lapsewatch-edit"),
        ("lapsewatch.view", "", "lapsewatch-view"),
    ] {
        let told = template(release, "mdm", &["--set", more]).map(|objects| objects.len()).expect_err(release);
        for said in [name, "ClusterRole", "fullnameOverride"] {
            assert!(told.contains(said), "{told}");
        }
        // If only one of the two roles is rendered, the name is free.
        for other in ["namespaces={a}", "aggregatedRoles.enabled=false", "rbac.create=false"] {
            let objects = template(release, "mdm", &["--set", more, "--set", other]).expect(other);
            assert_eq!(of_kind(&objects, "Deployment")[0]["metadata"]["name"], name);
        }
    }
    template("lapsewatch-viewer", "mdm", &[]).expect("a name that only begins like another must be accepted");
}

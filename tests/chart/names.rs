//! Names that YAML takes for numbers or words stay names.

use serde_json::{Value, json};

use crate::helm::{chart, helm, template};
use crate::lint::EVERYTHING;
use crate::rendered::of_kind;

/// What Kubernetes and Helm take for names, and YAML 1.1 or 1.2 for something else.
const WORDS: [&str; 8] = ["123", "true", "1e3", "0x1f", "null", "yes", "off", "n"];

/// Every name that the chart takes is this one; of the objects, those that are no definitions.
fn named(word: &str) -> Vec<Value> {
    let [namespaces, name, account, priority] =
        ["namespaces[0]", "nameOverride", "serviceAccount.name", "priorityClassName"]
            .map(|key| format!("{key}={word}"));
    let strings = [&namespaces, &name, &account, &priority].map(|set| ["--set-string", set]).concat();
    let args = [EVERYTHING, &strings, &["--set=crds.enabled=false"]].concat();
    let text = helm(None, &[&["template", word, chart().to_str().unwrap(), "--namespace", word], &args[..]].concat());
    let text = String::from_utf8(text.stdout).unwrap();
    // The parser below knows YAML 1.2 only, where these are but names.
    if ["yes", "off", "n"].contains(&word) {
        let bare = [format!(": {word}"), format!("- {word}"), format!("[{word}]")];
        let line = text.lines().find(|line| bare.iter().any(|bare| line.ends_with(bare)));
        assert!(line.is_none(), "{word} is not quoted: {line:?}");
    }
    template(word, word, &args).unwrap_or_else(|told| panic!("{word}: {told}"))
}

/// Holds as strings all that Kubernetes has as strings, and counts them.
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
        // The rules of Prometheus have values of their own under these keys.
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
        for option in ["lease-name", "lease-namespace", "namespace"] {
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

//! Tests of rendered objects, for properties that no schema checks.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::chart::lint::EVERYTHING;
use lapsewatch_test_support::cluster::helm::{chart, documents, helm, template};

/// Returns the objects of this kind.
pub fn of_kind<'a>(objects: &'a [Value], kind: &str) -> Vec<&'a Value> {
    objects.iter().filter(|object| object["kind"] == kind).collect()
}

fn all(more: &[&str]) -> Vec<Value> {
    template("lapsewatch", "mdm", more).unwrap()
}

fn pod(objects: &[Value]) -> Value {
    of_kind(objects, "Deployment")[0]["spec"]["template"].clone()
}

const CLUSTER_SCOPED: &[&str] = &[
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleBinding",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
];

#[test]
fn with_the_switches_off_and_namespaces_named_nothing_is_cluster_scoped() {
    let off = [
        EVERYTHING,
        &["--set=namespaces={a,b}", "--set=crds.enabled=false", "--set=aggregatedRoles.enabled=false"],
        &["--set=admissionPolicy.enabled=false"],
    ]
    .concat();
    for object in all(&off) {
        let kind = object["kind"].as_str().unwrap();
        assert!(!CLUSTER_SCOPED.contains(&kind), "{kind}");
        let expected: &[&str] = if ["Role", "RoleBinding"].contains(&kind) { &["a", "b", "mdm"] } else { &["mdm"] };
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
        assert!(expected.contains(&namespace), "{kind} in {namespace:?}");
    }
    let without = all(EVERYTHING);
    for kind in CLUSTER_SCOPED {
        assert!(!of_kind(&without, kind).is_empty(), "{kind}");
    }
    assert_eq!(of_kind(&without, "Role").len(), 1, "only the Role for the Lease");
}

/// The permissions are the same in both modes, and each named namespace has all of them.
#[test]
fn each_namespace_has_the_rights_that_all_have_otherwise() {
    let wide = all(&["--set=aggregatedRoles.enabled=false"]);
    let rules = of_kind(&wide, "ClusterRole")[0]["rules"].clone();
    let narrow = all(&["--set=namespaces={a,b,mdm}"]);
    let roles: Vec<&Value> =
        of_kind(&narrow, "Role").into_iter().filter(|role| role["metadata"]["name"] == "lapsewatch").collect();
    let namespaces: Vec<&Value> = roles.iter().map(|role| &role["metadata"]["namespace"]).collect();
    assert_eq!(namespaces, ["a", "b", "mdm"]);
    assert!(roles.iter().all(|role| role["rules"] == rules));
    let account = json!([{"kind": "ServiceAccount", "name": "lapsewatch", "namespace": "mdm"}]);
    let bindings = [of_kind(&wide, "ClusterRoleBinding"), of_kind(&narrow, "RoleBinding")].concat();
    assert_eq!(bindings.len(), 5);
    assert!(bindings.iter().all(|binding| binding["subjects"] == account));
    let args = pod(&narrow)["spec"]["containers"][0]["args"].clone();
    for namespace in ["a", "b", "mdm"] {
        assert!(args.as_array().unwrap().contains(&json!(format!("--namespace={namespace}"))), "{args}");
    }
}

#[test]
fn an_image_is_named_by_its_version_its_tag_or_its_digest() {
    let image = |more: &[&str]| pod(&all(more))["spec"]["containers"][0]["image"].clone();
    let digest = format!("sha256:{}", "0123456789abcdef".repeat(4));
    let pinned = format!("--set=image.digest={digest}");
    assert_eq!(image(&[]), format!("ghcr.io/lapsewatch/lapsewatch:{}", env!("CARGO_PKG_VERSION")));
    assert_eq!(image(&["--set=image.tag=1.2.3"]), "ghcr.io/lapsewatch/lapsewatch:1.2.3");
    assert_eq!(image(&["--set=image.tag=1.2.3", &pinned]), format!("ghcr.io/lapsewatch/lapsewatch@{digest}"));
}

#[test]
fn pods_run_on_linux_nodes_and_a_users_labels_are_added() {
    let selector = |more: &[&str]| pod(&all(more))["spec"]["nodeSelector"].clone();
    assert_eq!(selector(&[]), json!({"kubernetes.io/os": "linux"}));
    assert_eq!(selector(&["--set=nodeSelector.pool=mdm"]), json!({"kubernetes.io/os": "linux", "pool": "mdm"}));
    assert_eq!(selector(&["--set=nodeSelector.kubernetes\\.io/os=null"]), Value::Null);
}

/// OpenShift's SecurityContextConstraints `restricted-v2` refuse users and groups outside the range of the namespace.
#[test]
fn no_user_and_no_group_is_fixed() {
    let pod = pod(&all(EVERYTHING))["spec"].clone();
    let contexts = [&pod["securityContext"], &pod["containers"][0]["securityContext"]];
    for field in ["runAsUser", "runAsGroup", "fsGroup", "supplementalGroups"] {
        assert!(contexts.iter().all(|context| context.is_object() && context[field].is_null()), "{field}: {pod:#}");
    }
}

/// If a rendered chart is moved to another namespace, a namespace in an argument would not change.
#[test]
fn no_argument_names_the_namespace_of_the_release() {
    let args = pod(&all(EVERYTHING))["spec"]["containers"][0]["args"].to_string();
    assert!(!args.contains("mdm"), "{args}");
}

#[test]
fn a_budget_is_there_for_two_only() {
    assert!(of_kind(&all(&[]), "PodDisruptionBudget").is_empty(), "a budget for one replica would block every drain");
    assert_eq!(of_kind(&all(&["--set=replicaCount=2"]), "PodDisruptionBudget").len(), 1);
}

#[test]
fn only_the_operators_pod_has_a_token() {
    let objects = all(EVERYTHING);
    assert_eq!(of_kind(&objects, "ServiceAccount")[0]["automountServiceAccountToken"], false);
    assert_eq!(pod(&objects)["spec"]["automountServiceAccountToken"], true);
    let with_pods: Vec<&Value> = objects.iter().filter(|o| o["spec"]["template"]["spec"].is_object()).collect();
    assert_eq!(with_pods.len(), 1, "other Pods would match too");
}

#[test]
fn all_that_selects_pods_selects_these() {
    let objects = all(&[EVERYTHING, &["--set=podLabels.team=mobile"]].concat());
    let labels = pod(&objects)["metadata"]["labels"].clone();
    assert_eq!(labels["team"], "mobile");
    let at = |kind: &str, pointer: &str| of_kind(&objects, kind)[0].pointer(pointer).unwrap().clone();
    let spread = "/spec/template/spec/topologySpreadConstraints/0/labelSelector/matchLabels";
    for selector in [
        at("Deployment", "/spec/selector/matchLabels"),
        at("Deployment", spread),
        at("Service", "/spec/selector"),
        at("PodDisruptionBudget", "/spec/selector/matchLabels"),
        at("NetworkPolicy", "/spec/podSelector/matchLabels"),
    ] {
        let selector = selector.as_object().unwrap().clone();
        assert!(selector.len() == 2 && selector.iter().all(|(key, value)| labels[key] == *value), "{selector:?}");
    }
    let service = of_kind(&objects, "Service")[0]["metadata"]["labels"].clone();
    let monitor = at("ServiceMonitor", "/spec/selector/matchLabels");
    assert!(monitor.as_object().unwrap().iter().all(|(key, value)| service[key] == *value));
    assert_eq!(at("ServiceMonitor", "/spec/endpoints/0/honorLabels"), true);
}

/// Braces in these files belong to Prometheus and Grafana. Helm must not interpret them.
#[test]
fn alerts_and_dashboard_are_the_files() {
    let objects = all(EVERYTHING);
    let read = |name: &str| fs::read_to_string(chart().join("files").join(name)).unwrap();
    let rules: Value = serde_norway::from_str(&read("alerts.yaml")).unwrap();
    assert_eq!(of_kind(&objects, "PrometheusRule")[0]["spec"], rules);
    let dashboard = of_kind(&objects, "ConfigMap")[0]["data"]["lapsewatch.json"].as_str().unwrap();
    let shown: Value = serde_json::from_str(dashboard).unwrap();
    assert_eq!(shown, serde_json::from_str::<Value>(&read("dashboard.json")).unwrap());
}

#[test]
fn every_object_has_the_labels_and_a_name_of_its_own() {
    let objects = all(&[EVERYTHING, &["--set=commonLabels.team=mobile", "--set=commonAnnotations.of=us"]].concat());
    let mut names = BTreeSet::new();
    for object in &objects {
        let metadata = &object["metadata"];
        assert_eq!(metadata["labels"]["app.kubernetes.io/instance"], "lapsewatch", "{object:#}");
        assert_eq!(metadata["labels"]["team"], "mobile", "{object:#}");
        assert_eq!(metadata["annotations"]["of"], "us", "{object:#}");
        let name = [&object["kind"], &metadata["namespace"], &metadata["name"]].map(ToString::to_string);
        assert!(names.insert(name), "{object:#}");
    }
    assert!(names.len() >= 18, "{names:#?}");
}

/// The chart's own labels take precedence. Otherwise a selector would match nothing.
#[test]
fn labels_of_the_user_do_not_replace_the_charts() {
    let more = ["--set=commonLabels.app\\.kubernetes\\.io/name=x", "--set=podLabels.app\\.kubernetes\\.io/instance=y"];
    for object in all(&more) {
        assert_eq!(object["metadata"]["labels"]["app.kubernetes.io/name"], "lapsewatch");
        if object["kind"] == "Deployment" {
            let labels = &object["spec"]["template"]["metadata"]["labels"];
            assert_eq!(labels["app.kubernetes.io/instance"], "lapsewatch");
        }
    }
}

/// The packaged archive contains everything that the chart needs.
#[test]
fn the_packaged_chart_renders_the_same() {
    let folder = tempfile::TempDir::new().unwrap();
    let packaged = helm(None, &["package", chart().to_str().unwrap(), "-d", folder.path().to_str().unwrap()]);
    assert!(packaged.status.success(), "{}", String::from_utf8_lossy(&packaged.stderr));
    let archive = folder.path().join(format!("lapsewatch-{}.tgz", env!("CARGO_PKG_VERSION")));
    let args = [&["template", "lapsewatch", archive.to_str().unwrap(), "--namespace", "mdm"], EVERYTHING].concat();
    let rendered = documents(&String::from_utf8(helm(None, &args).stdout).unwrap());
    assert!(rendered == all(EVERYTHING) && !rendered.is_empty(), "the archive and the folder render different objects");
}

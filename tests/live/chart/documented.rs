//! Runs the commands of docs/install.md exactly as printed there, and checks the objects in the cluster after each
//! command.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::helm::{helm, tool};

/// Returns what Helm prints. The test fails if Helm fails.
#[track_caller]
pub fn helm_ok(kubeconfig: Option<&Path>, args: &[&str]) -> String {
    let output = helm(kubeconfig, args);
    assert!(output.status.success(), "helm {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("Helm prints UTF-8")
}

/// Returns the commands in the `sh` blocks under a heading.
fn commands(heading: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/install.md");
    let text = fs::read_to_string(path).unwrap();
    let (_, section) = text.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no heading {heading}"));
    let section = section.split("\n## ").next().unwrap();
    let blocks = section.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let lines: Vec<String> = blocks.flat_map(str::lines).map(str::to_owned).collect();
    assert!(!lines.is_empty(), "{heading}");
    lines
}

/// Runs a command as a user would type it in a checkout, and returns the output.
fn typed(bed: &Bed, line: &str) -> Result<String, String> {
    static HELM: std::sync::OnceLock<std::path::PathBuf> = std::sync::OnceLock::new();
    let helm = HELM.get_or_init(|| tool("helm").parent().unwrap().to_owned());
    let path = format!("{}:{}:{}", helm.display(), bed.assets.display(), std::env::var("PATH").unwrap());
    let own = bed.folder.join("home");
    fs::create_dir_all(&own).unwrap();
    let output = Command::new("bash")
        .args(["-c", line])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("PATH", path)
        .env("HOME", &own)
        .env("KUBECACHEDIR", bed.folder.join("kubectl-cache"))
        .env("KUBECONFIG", &bed.kubeconfig)
        .output()
        .unwrap();
    let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    if output.status.success() { Ok(told) } else { Err(told) }
}

fn run(bed: &Bed, heading: &str) -> String {
    let told = commands(heading)
        .iter()
        .map(|line| typed(bed, line).unwrap_or_else(|e| panic!("{line}\n{e}")))
        .collect::<Vec<_>>();
    told.concat()
}

/// Returns all objects of the cluster, except those that the server creates by itself.
pub fn objects(bed: &Bed) -> BTreeSet<String> {
    // A fresh discovery each time, since definitions are installed and deleted in between.
    let kinds =
        bed.kubectl_ok(&["--cache-dir=fresh", "api-resources", "--verbs=list", "-o", "name", "--cached=false"], "");
    let left_out = [
        "apiservices.apiregistration.k8s.io",
        "events",
        "events.events.k8s.io",
        "leases.coordination.k8s.io",
        "componentstatuses",
    ];
    let kinds: Vec<&str> = kinds.lines().filter(|kind| !left_out.contains(kind)).collect();
    let name = "-o=jsonpath={range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name}{\"\\n\"}{end}";
    let listed = bed.kubectl_ok(&["--cache-dir=fresh", "get", &kinds.join(","), "-A", name], "");
    listed.lines().map(str::to_owned).collect()
}

pub fn added(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Vec<String> {
    after.difference(before).cloned().collect()
}

const DEFINITIONS: [&str; 2] = [
    "CustomResourceDefinition /mdmtenants.lapsewatch.dev",
    "CustomResourceDefinition /tenantcredentials.lapsewatch.dev",
];

pub fn contract(bed: &Bed, namespace: &str) {
    let object = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
        "metadata": {"name": "contract", "namespace": namespace},
        "spec": {"type": "DeclaredExpiry", "expirationTime": "2031-01-01T00:00:00Z"}});
    bed.kubectl_ok(&["--cache-dir=fresh", "apply", "-f", "-"], &object.to_string());
}

/// Checks that the value set earlier by the test is still set.
#[track_caller]
fn keeps_what_was_set(bed: &Bed) {
    let args = "jsonpath={.spec.template.spec.containers[0].args}";
    let args = bed.kubectl_ok(&["get", "deployment", "lapsewatch", "-n", "lapsewatch", "-o", args], "");
    assert!(args.contains("--log-level=debug"), "{args}");
}

#[test]
fn the_commands_do_what_is_said_of_them() {
    let bed = Bed::bare();
    bed.kubectl_ok(&["create", "namespace", "lapsewatch"], "");
    bed.kubectl_ok(&["create", "namespace", "lapsewatch-qa"], "");
    let bare = objects(&bed);

    let notes = run(&bed, "Install");
    for said in [
        "watches all namespaces",
        "kubectl rollout status deployment/lapsewatch -n lapsewatch",
        "kind: TenantCredential",
    ] {
        assert!(notes.contains(said), "{notes}");
    }
    bed.kubectl_ok(
        &["wait", "--for=condition=Established", "--timeout=60s", "crd/tenantcredentials.lapsewatch.dev"],
        "",
    );
    let installed = added(&bare, &objects(&bed));
    for name in [
        "ClusterRole /lapsewatch",
        "Deployment lapsewatch/lapsewatch",
        "ValidatingAdmissionPolicy /lapsewatch-secret-access",
    ] {
        assert!(installed.contains(&name.to_owned()), "{installed:#?}");
    }

    run(&bed, "Pod Security");
    // A value that a user set earlier must survive all upgrades in the documentation.
    typed(&bed, "helm upgrade lapsewatch charts/lapsewatch --namespace lapsewatch --set logLevel=debug").unwrap();
    run(&bed, "Some namespaces only");
    keeps_what_was_set(&bed);
    contract(&bed, "mdm");
    let narrowed = objects(&bed);
    assert!(!narrowed.contains("ClusterRole /lapsewatch"), "the object must be deleted");
    assert!(narrowed.contains("Role mdm/lapsewatch"));

    // The second release is installed beside the first. Helm refuses the second release if a switch is left on.
    let [install, uninstall] = &commands("A second release for other namespaces")[..] else { panic!("two commands") };
    for switch in ["crds", "aggregatedRoles", "admissionPolicy"] {
        let all_but_one = install.replace(&format!(" --set {switch}.enabled=false"), "");
        let told = typed(&bed, &all_but_one).expect_err("the object belongs to the first release");
        assert!(told.contains("lapsewatch-qa") && told.contains("meta.helm.sh/release-name"), "{told}");
        typed(&bed, "helm uninstall lapsewatch-qa --namespace lapsewatch-qa --ignore-not-found").unwrap();
    }
    typed(&bed, install).unwrap();
    let second = added(&narrowed, &objects(&bed));
    assert!(second.contains(&"Role mdm-qa/lapsewatch-qa".to_owned()), "{second:#?}");
    typed(&bed, uninstall).unwrap();
    assert_eq!(objects(&bed), narrowed, "uninstalling the second release deletes exactly its own objects");

    run(&bed, "All namespaces again");
    keeps_what_was_set(&bed);
    let widened = objects(&bed);
    assert!(widened.contains("ClusterRole /lapsewatch"));
    assert!(!widened.contains("Role mdm/lapsewatch"), "the object must be deleted");
    let told = typed(&bed, "helm upgrade lapsewatch charts/lapsewatch --namespace lapsewatch --set 'namespaces={}'");
    assert!(told.expect_err("an empty name of a namespace must be refused").contains("at '/namespaces/0'"));

    run(&bed, "Upgrade");
    keeps_what_was_set(&bed);
    assert!(objects(&bed).contains("ClusterRole /lapsewatch"));

    let [first, rest @ ..] = &commands("Uninstall")[..] else { panic!("commands") };
    typed(&bed, first).unwrap();
    let mut left = added(&bare, &objects(&bed));
    // Running controllers create two objects in every namespace, and the namespace mdm was created for this test.
    left.retain(|name| !name.starts_with("Namespace /mdm"));
    assert_eq!(left, [&DEFINITIONS[..], &["TenantCredential mdm/contract"]].concat());
    let told = typed(&bed, "helm install watcher charts/lapsewatch --namespace lapsewatch").expect_err("not refused");
    assert!(told.contains("meta.helm.sh/release-name"), "{told}");
    for line in rest {
        typed(&bed, line).unwrap_or_else(|e| panic!("{line}\n{e}"));
    }
    let mut left = added(&bare, &objects(&bed));
    left.retain(|name| !name.starts_with("Namespace /mdm"));
    assert!(left.is_empty(), "{left:?}");
}

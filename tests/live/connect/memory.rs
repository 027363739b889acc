//! Tests of the memory of the operator and `status` with objects of the maximal size. The chart's limit is 256 MiB.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use lapsewatch_test_support::cluster::bed::Bed;

/// The number of objects of each kind. Together they are larger than the limit.
const OBJECTS: usize = 520;
/// The size of the annotation in bytes. The API server accepts 262,144 bytes of annotations for each object.
const ANNOTATION: usize = 255_000;
/// The chart's limit, minus a margin for memory that the kernel counts in addition.
const LIMIT_KIB: u64 = 256 * 1024 - 32 * 1024;

fn create(bed: &Bed, namespace: &str) {
    let annotations = json!({"note": "x".repeat(ANNOTATION)});
    let certificate = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/x509/rsa.pem")).unwrap();
    for part in (0..OBJECTS).collect::<Vec<_>>().chunks(20) {
        let items: Vec<Value> = part
            .iter()
            .flat_map(|number| {
                let metadata =
                    json!({"name": format!("n-{number}"), "namespace": namespace, "annotations": annotations});
                [
                    json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata,
                        "data": {"tls.crt": STANDARD.encode(&certificate)}}),
                    json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential", "metadata": metadata,
                        "spec": {"type": "X509Certificate", "secretRef": {"name": format!("n-{number}")}}}),
                ]
            })
            .collect();
        bed.kubectl_ok(
            &["create", "-f", "-"],
            &json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string(),
        );
    }
}

/// Returns the peak resident memory of a process in KiB. None if the process has ended.
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.parse().ok()
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[test]
fn objects_as_large_as_anyone_may_make_them_fit_into_the_charts_limit() {
    // A control plane of its own, because lists on it would be slow for other tests.
    let bed = &Bed::bare();
    bed.install_crds().unwrap();
    let namespace = bed.namespace("large");
    create(bed, &namespace);
    let log = bed.folder.join("large.log");
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lapsewatch"));
        command.args(args).arg("--kubeconfig").arg(&bed.kubeconfig);
        command.stdout(Stdio::null()).stderr(std::fs::File::create(&log).unwrap()).spawn().unwrap()
    };

    let mut operator = Running(run(&["run", "--namespace", &namespace]));
    let begun = Instant::now();
    let seen = format!("watching credentials={OBJECTS}");
    while !std::fs::read_to_string(&log).unwrap().contains(&seen) {
        assert!(begun.elapsed() < Duration::from_secs(300), "{}", std::fs::read_to_string(&log).unwrap());
        std::thread::sleep(Duration::from_millis(200));
    }
    let listed = peak(operator.0.id()).expect("the process has ended");
    // Every object is written once, and the watch returns it with all annotations.
    let begun = Instant::now();
    let assessed = || {
        let ready = "-o=jsonpath={.items[*].status.conditions[?(@.type=='Ready')].reason}";
        let listed = bed.kubectl(&["get", "tcred", "-n", &namespace, ready]);
        // On a busy machine, a list of this size can exceed the API server's time limit. Then the list is read again.
        if !listed.status.success() {
            return 0;
        }
        String::from_utf8_lossy(&listed.stdout).split_whitespace().filter(|r| *r == "Assessed").count()
    };
    while assessed() < OBJECTS {
        assert!(begun.elapsed() < Duration::from_secs(300), "some objects are not assessed");
        assert!(operator.0.try_wait().unwrap().is_none(), "the operator ended");
        std::thread::sleep(Duration::from_secs(2));
    }
    let worked = peak(operator.0.id()).expect("the process has ended");
    println!("the operator: {listed} KiB after its lists, {worked} KiB after its work");
    assert!(worked < LIMIT_KIB, "{listed} KiB after the lists, {worked} KiB at most, of {LIMIT_KIB}");
    drop(operator);

    let mut status = Running(run(&["status", "-n", &namespace]));
    let mut most = 0;
    while status.0.try_wait().unwrap().is_none() {
        most = peak(status.0.id()).unwrap_or_default().max(most);
        std::thread::sleep(Duration::from_millis(5));
    }
    println!("status: {most} KiB");
    assert!(most > 0 && most < LIMIT_KIB, "{most} KiB of {LIMIT_KIB}");
}

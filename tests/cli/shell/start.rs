//! Tests that commands without a cluster run in a single thread and open no sockets.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use crate::shell::{LAPSEWATCH, has, ran, root};

#[test]
fn no_runtime_starts_where_no_cluster_is_asked() {
    if !has("strace") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let calls = folder.path().join("calls");
    let asked = |args: &[&str]| {
        let mut strace = Command::new("strace");
        strace.args(["-f", "-e", "trace=clone,clone3,epoll_create1,eventfd2,socket", "-o"]).arg(&calls).arg(LAPSEWATCH);
        let code = ran(strace.args(args).current_dir(root()).env_remove("KUBECONFIG")).0;
        let calls = fs::read_to_string(&calls).unwrap();
        (code, calls.lines().filter(|line| line.contains('(')).count())
    };
    for args in [
        &["--version"][..],
        &["check", "--at", "2030-01-01", "examples/declared.yaml"],
        &["check", "-o", "json", "--at", "2030-01-01", "examples/declared.yaml"],
        &["crds"],
        &["completions", "bash"],
        &["man"],
    ] {
        assert_eq!(asked(args), (0, 0), "{args:?}");
    }
    // The `run` command does start threads, so the search above would find them.
    let (_, calls) = asked(&["run", "--kubeconfig", "no-such-file"]);
    assert!(calls > 0);
}

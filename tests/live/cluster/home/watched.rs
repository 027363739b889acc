//! Tests of `--watch`: it shows each change once, and ends with Ctrl-C.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::declare;
use lapsewatch_test_support::cluster::story::Story;

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_is_shown_and_nothing_else_until_it_is_told_to_end() {
    let story = Story::begin("home-watched", "2030-01-01T00:00:00Z").await;
    declare(&story, "first", "2095-01-01T00:00:00Z").await;
    story.expect("first", &[("Healthy", "True/Valid")]).await;
    let mut child = Command::new(env!("CARGO_BIN_EXE_lapsewatch"))
        .args(["status", "--watch", "--kubeconfig", story.bed.kubeconfig.to_str().unwrap(), "-n", &story.namespace])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let (send, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in out.lines().map_while(Result::ok) {
            let _ = send.send(line);
        }
    });
    let until = |text: &str, patience: u64| {
        let mut seen = Vec::new();
        while let Ok(line) = lines.recv_timeout(Duration::from_secs(patience)) {
            seen.push(line);
            if seen.last().unwrap().contains(text) {
                return Ok(seen);
            }
        }
        Err(seen)
    };
    until("1 credential: 1 fine", 20).unwrap();
    declare(&story, "second", "2095-02-01T00:00:00Z").await;
    story.expect("second", &[("Healthy", "True/Valid")]).await;
    let shown = until("2 credentials: 2 fine", 20).unwrap();
    assert!(!shown.concat().contains('\u{1b}'), "without a terminal, nothing is cleared: {shown:?}");
    assert_eq!(until("credential", 12), Err(Vec::new()), "nothing changed, so nothing is shown");

    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), b"".as_slice()));
}

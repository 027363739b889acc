//! Tests the job for GitLab CI.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::mpsc;
use std::{fs, thread};

use crate::pipelines::{Ran, Scene, another_topic, example, fine, fits, parsed, ran, tool};

/// Runs the script of the job as a runner does, with all lines in a single shell.
fn run(scene: &Scene, env: &[(&str, &str)]) -> Ran {
    let job = parsed(&example(".gitlab-ci.yml"))["lapsewatch"].clone();
    let lines: Vec<&str> = job["script"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    let mut all = vec![("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main")];
    all.extend(
        job["variables"].as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())),
    );
    all.extend(env);
    scene.bash(&["-eo", "pipefail"], &lines.join("\n"), &all)
}

/// Accepts a single request and answers with success. Returns the URL and a channel with the request's head and body.
fn api() -> (String, mpsc::Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/api/v4", listener.local_addr().unwrap());
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        if head.to_lowercase().contains("expect: 100-continue") {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
        }
        reader.read_exact(&mut body).unwrap();
        stream.write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        send.send((head, String::from_utf8(body).unwrap())).unwrap();
    });
    (address, receive)
}

#[test]
fn it_is_a_job_and_names_the_files_that_it_writes() {
    fits("vendor.gitlab-ci", &example(".gitlab-ci.yml"));
    let job = &parsed(&example(".gitlab-ci.yml"))["lapsewatch"];
    assert_eq!(job["artifacts"]["reports"]["junit"], "lapsewatch.xml");
    let scene = Scene::new(None, &fine());
    run(&scene, &[]).is(0);
    assert!(scene.work().join("lapsewatch.xml").exists() && scene.work().join("lapsewatch.md").exists());
}

#[test]
fn a_change_that_would_make_every_device_enroll_again_fails_with_its_report_and_its_note() {
    let scene = Scene::new(Some(&fine()), &another_topic());
    let (address, note) = api();
    let env = [
        ("LAPSEWATCH_NOTE_TOKEN", "a-token"),
        ("CI_API_V4_URL", address.as_str()),
        ("CI_PROJECT_ID", "7"),
        ("CI_MERGE_REQUEST_IID", "42"),
    ];
    run(&scene, &env).is(1);
    let (head, body) = note.recv().unwrap();
    assert!(head.starts_with("POST /api/v4/projects/7/merge_requests/42/notes "), "{head}");
    assert!(head.contains("PRIVATE-TOKEN: a-token"), "{head}");
    assert!(body.starts_with("body=") && body.contains("IdentityChanged"), "{body}");
    assert!(fs::read_to_string(scene.work().join("lapsewatch.md")).unwrap().contains("IdentityChanged"));
    // The JUnit report must be valid for another parser.
    let count = "import sys, junitparser; xml = junitparser.JUnitXml.fromfile(sys.argv[1]); print(xml.failures)";
    let read = ran(Command::new(tool("python")).args(["-c", count]).arg(scene.work().join("lapsewatch.xml")));
    assert_eq!(read.is(0).out.trim(), "1");
}

#[test]
fn what_cannot_be_read_fails_by_another_code() {
    run(&Scene::new(None, "kind: Secret\n\tx: ["), &[]).is(2);
}

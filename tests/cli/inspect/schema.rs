//! Tests that the committed schema of the JSON output matches the code, because other programs validate documents with
//! this schema.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use lapsewatch_cli::inspect::json::InspectDocument;
use tempfile::TempDir;

use crate::files::{fixtures, run};

/// `LAPSEWATCH_WRITE=1 cargo test --test cli inspect::schema` updates the file.
#[test]
fn the_committed_schema_is_the_code_s() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/inspect-v1.schema.json");
    let schema = serde_json::to_string_pretty(&schemars::schema_for!(InspectDocument<'_>)).unwrap() + "\n";
    if std::env::var_os("LAPSEWATCH_WRITE").is_some() {
        fs::write(&path, &schema).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), schema);
}

#[test]
fn a_validator_of_others_takes_every_document_and_no_other() {
    let install = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/install");
    let installed = Command::new(install).stderr(Stdio::inherit()).output().unwrap();
    assert!(installed.status.success(), "tests/tools/install failed: see its output above");
    let tools = String::from_utf8(installed.stdout).unwrap();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/inspect-v1.schema.json");
    let folder = TempDir::new().unwrap();
    let is_taken = |files: &[String]| {
        let mut validate = Command::new(Path::new(tools.trim()).join("venv/bin/check-jsonschema"));
        let output = validate.arg("--schemafile").arg(&schema).args(files).current_dir(&folder).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let mut files = Vec::new();
    for (number, line) in [
        "apns/a.pem apns/a.key",
        "--at 2031-01-15 apns/a.pem apns/a.encrypted.key wrong/note.txt",
        "--password-file apns/a.key apns/a.p12",
        "vpp/never.json",
        "dep/no-date.json",
        "symantec/a.aetx",
        "x509/rsa.pem nowhere.key",
        "wrong/page.html",
        "nowhere",
    ]
    .iter()
    .enumerate()
    {
        let args: Vec<&str> = ["inspect", "-o", "json"].into_iter().chain(line.split(' ')).collect();
        let name = format!("{number}.json");
        fs::write(folder.path().join(&name), run(fixtures(), &args, b"").out).unwrap();
        files.push(name);
    }
    let (taken, why) = is_taken(&files);
    assert!(taken, "{why}");
    let right = fs::read_to_string(folder.path().join("0.json")).unwrap();
    for (part, by) in [
        ("inspect/v1", "inspect/v2"),
        ("\"APNsCertificate\"", "\"Other\""),
        ("\"errors\"", "\"error\""),
        ("\"severity\": \"", "\"severity\": \"x"),
    ] {
        assert!(right.contains(part), "{part}");
        fs::write(folder.path().join("wrong.json"), right.replacen(part, by, 1)).unwrap();
        assert!(!is_taken(&["wrong.json".to_owned()]).0, "{part}");
    }
}

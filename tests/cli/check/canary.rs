//! Tests that no output of `check` contains any part of a Secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::check::{check, folder};
use lapsewatch_test_support::canary::{CANARY, Case, Search, cases};

/// Returns the case as the manifests of a Secret and its TenantCredential.
fn manifests(case: &Case) -> [Value; 2] {
    let data: serde_json::Map<String, Value> =
        case.values.iter().map(|(key, value)| ((*key).to_owned(), STANDARD.encode(value).into())).collect();
    let metadata = json!({"name": case.name, "namespace": "acme"});
    [
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data}),
        json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential", "metadata": metadata, "spec": case.spec()}),
    ]
}

const FORMATS: [&str; 5] = ["json", "junit", "sarif", "github", "markdown"];

#[test]
fn nothing_of_a_secret_is_in_the_table_or_in_the_messages() {
    let cases = cases();
    let items: Vec<Value> = cases.iter().flat_map(manifests).collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string();
    // The file name contains characters that the output formats must escape.
    let folder = folder(&[("a,l:l %0A::error::`|`<b>@x.json", &list)]);
    let search = Search::of(&cases);
    for format in FORMATS {
        let ran = check(folder.path(), &["--at", "2035-12-20", "-o", format, "--within", "3650d", "."], b"");
        // Most of the cases contain credentials that can't be read, so the exit code is 2.
        assert_eq!(ran.code, 2, "{format}");
        assert!(cases.iter().all(|case| ran.out.contains(case.name)), "{format}\n{}", ran.out);
        search.finds_nothing(format, &format!("{}\n{}", ran.out, ran.err));
    }
    for now in ["2026-01-01", "2035-12-20", "2036-06-01"] {
        let ran = check(folder.path(), &["--at", now, "."], b"");
        ran.is(2, &format!("checked {}, skipped 0", cases.len()));
        assert_eq!(ran.err, "");
        let mut other = Vec::new();
        for case in &cases {
            let block = ran.out.split("\n\n").find(|block| block.starts_with(&format!("acme/{} (", case.name)));
            let is_said = block.is_some_and(|block| block.contains(&format!("Warning {}\n", case.reason)));
            if is_said == case.is_read() {
                other.push(format!("{}: {} is expected: {block:?}", case.name, case.reason));
            }
        }
        assert!(other.is_empty(), "{}", other.join("\n"));
        search.finds_nothing("the output", &ran.out);
    }
}

/// The manifests of these Secrets are malformed, and the parser's own error messages would quote them.
#[test]
fn nothing_of_a_manifest_that_cannot_be_read_is_printed() {
    let declared = crate::check::declared("fine");
    let head = "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: acme}\n";
    let asking = crate::check::credential("asks", "VPPToken", "s");
    let json_head = r#""apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "acme"}"#;
    let broken = [
        format!("{head}data: {{token: {CANARY}!}}\n"),
        format!("{head}data: {{token: [{CANARY}]}}\n"),
        format!("{head}data: {CANARY}\n"),
        format!("{head}data: [{CANARY}]\n"),
        format!("{head}stringData: {{token: {{{CANARY}: {CANARY}}}}}\n"),
        format!("{head}stringData:\n  token: {CANARY}\n  token: {CANARY}x\n"),
        format!("{head}stringData:\n  token: {CANARY}\n {CANARY}: {CANARY}\n"),
        format!("{head}stringData:\n  token: \"{CANARY}\\q{CANARY}\"\n"),
        format!("{head}stringData:\n  token: *{CANARY}\n"),
        format!("{head}stringData:\n  token: !{CANARY} {CANARY}\n"),
        format!("{head}stringData:\n  token: !{CANARY}!{CANARY} x\n"),
        format!("{head}stringData:\n  token: !!int {CANARY}\n"),
        format!("{head}stringData:\n  token: !!float {CANARY}\n"),
        format!("{head}stringData:\n  token: !!bool {CANARY}\n"),
        format!("{head}stringData:\n  token: !!null {CANARY}\n"),
        format!("{head}stringData:\n  <<: {CANARY}\n"),
        format!("{head}stringData:\n  <<: [{CANARY}]\n"),
        format!("{head}stringData:\n  token: '{CANARY}\n"),
        format!("{head}stringData:\n  token: {CANARY}: {CANARY}\n"),
        format!("{head}stringData:\n\ttoken: {CANARY}\n"),
        format!("{head}stringData:\n  token: |\n    {CANARY}\n   {CANARY}: x\n"),
        format!("{head}stringData: {{token: ENC[{CANARY}]}}\nsops: {{mac: {CANARY}}}\n"),
        format!("{head}type: {CANARY}\nstringData: {{token: 7, note: {CANARY}}}\n"),
        format!("{{{json_head}, \"stringData\": {{\"token\": \"{CANARY}\", \"{CANARY}\",}}"),
        // A colon without a space separates nothing in YAML, so the value becomes a part of the key.
        format!("{head}stringData: {{token:{CANARY}}}\n"),
        format!("{head}data: {{token:{CANARY}}}\n"),
        format!("{head}data: {{\"token\": \"{CANARY}\", \"note {CANARY}\"}}\n"),
        format!("{head}stringData: {{? [{CANARY}] : x}}\n"),
        format!("{head}stringData:\n  ? |\n    {CANARY}\n"),
        format!("{{{json_head}, \"stringData\": {{\"token\": {CANARY}}}, {CANARY}}}"),
        format!("{{{json_head}, \"stringData\": {{\"token\": \"{CANARY}\\u12\"}}}}"),
        format!("{{{json_head}, \"data\": {{\"token\": \"{CANARY}\"}}}} {CANARY}"),
        format!("{{{json_head}, \"data\": \"{CANARY}\"}}"),
        format!("{CANARY}\n---\nkind: Secret\n{CANARY}\n"),
        format!("kind: Secret\ndata: {{token: {CANARY}}}\n"),
        format!("apiVersion: v1\nkind: Secret\nmetadata: [{CANARY}]\ndata: {{token: {CANARY}}}\n"),
    ];
    let search = Search::of(&[]);
    for text in broken {
        let folder = folder(&[("a.yaml", &declared), ("b.yaml", &text), ("c.yaml", &asking)]);
        for paths in [&["."][..], &["a.yaml", "b.yaml", "c.yaml"]] {
            let ran = check(folder.path(), &[&["--at", "2030-01-01"], paths].concat(), b"");
            assert!(ran.out.contains("fine"), "{text}\n{}", ran.out);
            search.finds_nothing(&text, &format!("{}\n{}", ran.out, ran.err));
        }
        for format in FORMATS {
            let ran = check(folder.path(), &["--at", "2030-01-01", "-o", format, "--strict", "."], b"");
            search.finds_nothing(&text, &format!("{}\n{}", ran.out, ran.err));
        }
        let bytes = [text.as_bytes(), &[0xff]].concat();
        let ran = check(folder.path(), &["-"], &bytes);
        search.finds_nothing(&text, &format!("{}\n{}", ran.out, ran.err));
    }
}

//! Tests that the output of `verify` contains nothing of a file or a Secret that is read, refused or broken.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::verify::verify;
use lapsewatch_test_support::canary::{Search, cases};

#[test]
fn nothing_of_what_is_in_place_or_new_is_printed() {
    let cases = cases();
    let search = Search::of(&cases);
    let folder = tempfile::TempDir::new().unwrap();
    let mut printed = String::new();
    for case in &cases {
        let place = folder.path().join(case.name);
        std::fs::create_dir(&place).unwrap();
        let mut files = Vec::new();
        for (key, value) in &case.values {
            let path = place.join(key).to_str().unwrap().to_owned();
            std::fs::write(&path, value).unwrap();
            files.extend([if *key == "password" { "--password-file" } else { "--file" }.to_owned(), path]);
        }
        let metadata = json!({"name": case.name, "namespace": "acme"});
        let data: serde_json::Map<String, Value> =
            case.values.iter().map(|(key, value)| ((*key).to_owned(), STANDARD.encode(value).into())).collect();
        let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data});
        let object = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential", "metadata": metadata, "spec": case.spec()});
        let alone = json!({"apiVersion": "v1", "kind": "List", "items": [object]}).to_string();
        let both = json!({"apiVersion": "v1", "kind": "List", "items": [object, secret]}).to_string();
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let against: Vec<&str> = files.iter().map(|word| if *word == "--file" { "--against" } else { word }).collect();
        // The type is given, because any certificate can also be read as X.509, and then the output contains its names.
        let new = ["--file", "apns/a.pem"];
        for (args, stdin, output) in [
            ([&files, &["--previous", "-"][..]].concat(), &alone, "json"),
            ([&files, &["--previous", "-"][..]].concat(), &both, "text"),
            ([&new[..], &["--previous", "-"]].concat(), &both, "json"),
            ([&files, &["--against", "apns/a.pem"][..]].concat(), &alone, "text"),
            ([&against, &new[..], &["--type", case.type_]].concat(), &alone, "json"),
        ] {
            let ran = verify(&[&args[..], &["--at", "2035-12-01", "-o", output]].concat(), stdin);
            assert!(ran.err.is_empty() && !ran.out.is_empty(), "{}: {args:?}\n{}", case.name, ran.err);
            printed += &ran.out;
        }
    }
    search.finds_nothing("what was printed", &printed);
}

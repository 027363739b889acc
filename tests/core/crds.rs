//! Tests that the files in `crds/`, which users and charts install, match the code.

use lapsewatch_core::api::crds;

#[test]
fn the_files_are_up_to_date() {
    let folder = lapsewatch_test_support::root().join("crds");
    let mut files: Vec<String> = std::fs::read_dir(&folder)
        .expect("the folder crds/ exists")
        .map(|entry| entry.expect("the folder crds/ can be listed").file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    let mut expected: Vec<_> = crds::all().iter().map(|(file, _)| (*file).to_owned()).collect();
    expected.sort();
    assert_eq!(files, expected, "crds/ is out of date: run `make crds`");
    for (file, crd) in crds::all() {
        let text = std::fs::read_to_string(folder.join(file)).expect("the file can be read");
        let written: serde_json::Value = serde_norway::from_str(&text).expect("the file is valid YAML");
        assert!(written == crd, "crds/{file} is out of date: run `make crds`");
    }
}

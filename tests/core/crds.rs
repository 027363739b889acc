//! The files in `crds/`, which people and charts install, say what the code says.

use lapsewatch_core::api::crds;

#[test]
fn the_files_are_up_to_date() {
    let folder = lapsewatch_test_support::root().join("crds");
    let mut files: Vec<String> = std::fs::read_dir(&folder)
        .expect("crds/ is there")
        .map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    let mut expected: Vec<_> = crds::all().iter().map(|(file, _)| (*file).to_owned()).collect();
    expected.sort();
    assert_eq!(files, expected, "run `make crds`");
    for (file, crd) in crds::all() {
        let text = std::fs::read_to_string(folder.join(file)).expect("it can be read");
        let written: serde_json::Value = serde_norway::from_str(&text).expect("it is YAML");
        assert!(written == crd, "crds/{file} is not what the code says: run `make crds`");
    }
}

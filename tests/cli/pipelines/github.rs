//! Tests the workflow for GitHub Actions.

use std::fs;

use serde_json::Value;

use crate::pipelines::{Ran, Scene, another_topic, example, fine, fits, parsed, renewed};

/// Runs the command steps of the workflow as a runner does. Returns the name and the result of each step.
fn run(scene: &Scene) -> Vec<(String, Ran)> {
    let workflow = parsed(&example("github.yaml"));
    let job = &workflow["jobs"]["check"];
    let temporary = scene.at("temporary");
    fs::create_dir(&temporary).unwrap();
    let mut env = vec![("RUNNER_TEMP", temporary.to_str().unwrap()), ("GITHUB_BASE_REF", "main")];
    env.extend(job["env"].as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())));
    let mut steps = Vec::new();
    for step in job["steps"].as_array().unwrap() {
        let Some(script) = step["run"].as_str() else { continue };
        let has_failed = steps.iter().any(|(_, ran): &(String, Ran)| ran.code != 0);
        let name = step["name"].as_str().unwrap();
        // The binary under test is on the PATH already.
        if name == "Install lapsewatch" || has_failed && step["if"] != "always()" {
            continue;
        }
        // GitHub Actions runs a step without `shell` on Linux with `bash -e`.
        steps.push((name.to_owned(), scene.bash(&["--noprofile", "--norc", "-e"], script, &env)));
    }
    steps
}

fn sarif(scene: &Scene) -> Vec<Value> {
    let sarif: Value = serde_json::from_slice(&fs::read(scene.work().join("lapsewatch.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    sarif["runs"][0]["results"].as_array().unwrap().clone()
}

#[test]
fn it_is_a_workflow() {
    fits("vendor.github-workflows", &example("github.yaml"));
    let workflow = parsed(&example("github.yaml"));
    let uploaded = workflow["jobs"]["check"]["steps"].as_array().unwrap().last().unwrap();
    assert_eq!(uploaded["with"]["sarif_file"], "lapsewatch.sarif");
}

#[test]
fn what_is_fine_passes() {
    for (before, after) in [(None, fine()), (Some(fine()), renewed())] {
        let scene = Scene::new(before.as_deref(), &after);
        let steps = run(&scene);
        assert_eq!(steps.len(), 3);
        for (_, ran) in &steps {
            ran.is(0);
        }
        // The fixtures become valid in 2030, so the only results are notes that they are not valid yet.
        assert!(sarif(&scene).iter().all(|result| result["level"] == "note"));
    }
}

#[test]
fn a_change_that_would_make_every_device_enroll_again_fails_with_an_annotation() {
    let scene = Scene::new(Some(&fine()), &another_topic());
    let steps = run(&scene);
    let codes: Vec<i32> = steps.iter().map(|(_, ran)| ran.code).collect();
    assert_eq!(codes, [0, 1, 0], "{}", steps[1].1.err);
    let annotations = &steps[1].1.out;
    assert!(annotations.contains("::error file=manifests/acme.yaml,line=1"), "{annotations}");
    assert!(annotations.contains("IdentityChanged"), "{annotations}");
    assert!(sarif(&scene).iter().any(|result| result.to_string().contains("IdentityChanged")));
}

#[test]
fn what_cannot_be_read_fails_in_both() {
    let scene = Scene::new(None, "kind: Secret\n\tx: [");
    let codes: Vec<i32> = run(&scene).iter().map(|(_, ran)| ran.code).collect();
    assert_eq!(codes[1], 2);
    assert_ne!(codes[2], 0);
}

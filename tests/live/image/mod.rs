//! Tests of the image as packaging/image builds it. It runs with its own user, in a root folder that contains only the
//! image's files. The binary uses cargo's profile dev because a release build takes minutes. Everything else is the
//! same.

mod archive;
mod entry;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use archive::Archive;
use entry::Root;
use lapsewatch_test_support::cluster::bed::bed;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn script(name: &str) -> Command {
    let mut command = Command::new(root().join("packaging/image").join(name));
    command.stdin(Stdio::null()).stderr(Stdio::inherit());
    // Removes variables of the cargo process that runs this test. Some crates would be built again if these variables
    // change.
    let of_this_package = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars().filter(|(name, _)| of_this_package(name)) {
        command.env_remove(name);
    }
    command
}

/// Returns the output of a command. The test fails if the command fails.
fn output(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap().trim_end().to_owned()
}

/// Returns the path of the static binary.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let mut build = script("binary");
        // Debug information takes most of the build time and nine tenths of the size.
        let binary = output(build.args(["amd64", "dev"]).env("CARGO_PROFILE_DEV_DEBUG", "false"));
        PathBuf::from(binary)
    })
}

/// Builds and unpacks an archive for these architectures.
fn packed(architectures: &[&str]) -> Archive {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lapsewatch.tar");
    let mut pack = script("pack");
    pack.arg(&file).arg("9.8.7");
    for architecture in architectures {
        pack.arg(format!("{architecture}={}", binary().display()));
    }
    assert_eq!(output(&mut pack), file.to_str().unwrap());
    Archive::unpacked(&file, folder)
}

#[test]
fn it_holds_the_binary_and_the_licence_and_says_who_runs_what() {
    let archive = packed(&["amd64"]);
    let image = archive.image("amd64");
    let config = &image.config["config"];
    assert_eq!(config["User"], "65532:65532");
    assert_eq!(config["Entrypoint"], serde_json::json!(["/lapsewatch"]));
    assert!(config["Cmd"].is_null() && config["Volumes"].is_null() && config["ExposedPorts"].is_null(), "{config:#}");
    let label = |name: &str| config["Labels"][format!("org.opencontainers.image.{name}")].as_str().unwrap().to_owned();
    assert_eq!(
        (label("title"), label("version"), label("licenses")),
        ("lapsewatch".into(), "9.8.7".into(), "Apache-2.0".into())
    );
    assert_eq!(label("revision"), output(Command::new("git").args(["rev-parse", "HEAD"]).current_dir(root())));
    assert_eq!(label("created"), image.config["created"].as_str().unwrap());
    assert_eq!(image.listed(), ["-rw-r--r-- 0/0 LICENSE", "-rwxr-xr-x 0/0 lapsewatch"]);
}

#[test]
fn the_same_sources_make_the_same_image_and_each_architecture_has_one() {
    let (one, other) = (packed(&["amd64", "arm64"]), packed(&["amd64", "arm64"]));
    assert_eq!(one.architectures(), ["amd64", "arm64"]);
    for architecture in ["amd64", "arm64"] {
        assert_eq!(one.image(architecture).config["architecture"], architecture);
        assert_eq!(one.image(architecture).digest, other.image(architecture).digest);
    }
    let folder = tempfile::tempdir().unwrap();
    let mut pack = script("pack");
    pack.arg(folder.path().join("lapsewatch.tar")).arg("1").arg(format!("amd64={}", root().join("LICENSE").display()));
    assert_eq!(pack.status().unwrap().code(), Some(2), "a file that is not a program is refused");
}

#[test]
fn its_entry_point_runs_where_nothing_else_is() {
    let image = Root::of(&packed(&["amd64"]));
    let version = image.run(&["--version"], "");
    assert_eq!(version.out, concat!("lapsewatch ", env!("CARGO_PKG_VERSION"), "\n"));
    let manifests = fs::read_to_string(root().join("examples/apns.yaml")).unwrap();
    for (at, code) in [("2026-06-01", 0), ("2035-12-28", 1)] {
        let args = ["check", "--at", at, "-"];
        let (inside, outside) = (image.run(&args, &manifests), entry::here(&args, &manifests));
        assert_eq!((inside.code, inside.out, inside.err), (outside.code, outside.out, outside.err));
        assert_eq!(outside.code, Some(code), "{at}");
    }
}

#[test]
fn the_operator_runs_from_it() {
    let bed = bed();
    let namespace = bed.namespace("image");
    let image = Root::of(&packed(&["amd64"]));
    // Like a mounted Secret, since the file contains the private key of the test's user.
    image.add("kubeconfig", &fs::read(&bed.kubeconfig).unwrap());
    let operator = image.start(&["run", "--kubeconfig", "/kubeconfig", "--namespace", &namespace]);
    let manifests = fs::read_to_string(root().join("examples/apns.yaml")).unwrap();
    bed.kubectl_ok(&["apply", "-n", &namespace, "-f", "-"], &manifests.replace("namespace: acme", ""));
    let args = ["wait", "tcred/acme-apns", "--for=condition=Healthy", "--timeout=60s", "-n", &namespace];
    bed.kubectl_ok(&args, "");
    assert_eq!(operator.end(), Some(0), "exit code 0 after SIGTERM, as process 1 of a container");
}

#[test]
fn what_it_is_made_of_can_be_read_from_it() {
    let archive = packed(&["amd64"]);
    let folder = Root::of(&archive);
    let section = folder.path().join("section");
    let read = format!("--dump-section=.dep-v0={}", section.display());
    output(Command::new("objcopy").arg(read).arg(folder.path().join("lapsewatch")).arg("/dev/null"));
    let inflate = "import sys, zlib; sys.stdout.buffer.write(zlib.decompress(open(sys.argv[1], 'rb').read()))";
    let list = output(Command::new("python3").args(["-c", inflate]).arg(&section));
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let packages = list["packages"].as_array().unwrap();
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    for package in packages {
        let (name, version) = (package["name"].as_str().unwrap(), package["version"].as_str().unwrap());
        assert!(lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\"\n")), "{name} {version}");
    }
    let runs = |name: &str| packages.iter().any(|p| p["name"] == name && p["kind"].is_null());
    assert!(packages.len() > 100 && ["lapsewatch", "kube", "x509-parser", "rustls"].into_iter().all(runs), "{list:#}");
    assert!(!packages.iter().any(|p| p["name"] == "proptest"), "dependencies of tests are not listed");
}

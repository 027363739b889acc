//! Tests the krew manifest with krew itself, which installs the plugin from archives that the test serves.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use tempfile::TempDir;

use crate::shell::{LAPSEWATCH, built, output, ran, root, run_kubectl, with_kubectl};

const PLATFORMS: [(&str, &str); 4] = [("linux", "amd64"), ("linux", "arm64"), ("darwin", "amd64"), ("darwin", "arm64")];

/// Packages the archives of a release into `folder`, all with the same binary, because krew does not run the binary.
fn archives(folder: &Path) -> Vec<PathBuf> {
    // Without debug information, packaging takes a tenth of the time.
    let small = folder.join("small");
    output(Command::new("strip").arg("-o").arg(&small).arg(LAPSEWATCH));
    let package = |(os, arch): &(&str, &str)| {
        let archive = output(Command::new(script("package")).arg(&small).args([os, arch]).arg(folder));
        PathBuf::from(archive.trim_end())
    };
    PLATFORMS.iter().map(package).collect()
}

fn script(name: &str) -> PathBuf {
    root().join("packaging/krew").join(name)
}

fn rendered(downloads: &str, archives: &[PathBuf]) -> String {
    let mut render = Command::new(script("render"));
    output(render.args(["--homepage", "https://lapsewatch.example", "--downloads", downloads]).args(archives))
}

/// Serves the files of a folder over HTTP and returns the base URL.
fn serve(folder: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            answer(stream.unwrap(), &folder);
        }
    });
    format!("http://{address}")
}

fn answer(mut stream: TcpStream, folder: &Path) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let first = lines.next().unwrap_or_default();
    lines.find(String::is_empty);
    let name = first.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
    let bytes = fs::read(folder.join(name)).unwrap_or_default();
    let status = if bytes.is_empty() { "404 Not Found" } else { "200 OK" };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", bytes.len());
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&bytes));
}

#[test]
fn krew_finds_nothing_wrong_and_installs_the_plugin_that_then_runs() {
    let folder = TempDir::new().unwrap();
    let archives = archives(folder.path());
    let downloads = serve(folder.path().to_owned());
    let manifest = folder.path().join("lapsewatch.yaml");
    fs::write(&manifest, rendered(&downloads, &archives)).unwrap();
    let version = concat!("\n  version: \"v", env!("CARGO_PKG_VERSION"), "\"\n");
    assert!(fs::read_to_string(&manifest).unwrap().contains(version));

    let (bin, path) = with_kubectl(&[]);
    let tools = built("tests/tools-go/build", &["krew"]);
    std::os::unix::fs::symlink(tools.join("krew"), bin.path().join("kubectl-krew")).unwrap();
    // The validation installs the plugin for each platform and checks the digests, the files and the license.
    let mut validate = Command::new(tools.join("validate-krew-manifest"));
    let (code, _, said) = ran(validate.env("PATH", &path).arg("-manifest").arg(&manifest));
    assert!(code == 0 && said.contains("all 4 spec.platforms installed fine"), "{said}");

    let home = TempDir::new().unwrap();
    let krew = home.path().join("krew");
    let mut install = run_kubectl(&path, home.path(), &["krew", "install", "--manifest"]);
    install.env("KREW_ROOT", &krew).env("KREW_NO_UPGRADE_CHECK", "1").arg(&manifest);
    let (code, out, said) = ran(&mut install);
    assert_eq!(code, 0, "{out}\n{said}");
    let paths = [krew.join("bin")].into_iter().chain(std::env::split_paths(&path));
    let path = std::env::join_paths(paths).unwrap();
    let help = output(&mut run_kubectl(&path, home.path(), &["lapsewatch", "check", "--help"]));
    assert!(help.contains("Usage: kubectl lapsewatch check "), "{help}");
    let (code, _, _) = ran(&mut run_kubectl(&path, home.path(), &["lapsewatch", "check", "examples/declared.yaml"]));
    assert!(matches!(code, 0 | 1), "{code}");
}

#[test]
fn krew_refuses_an_archive_that_is_another_than_the_manifest_says() {
    let folder = TempDir::new().unwrap();
    let archives = archives(folder.path());
    let manifest = folder.path().join("lapsewatch.yaml");
    fs::write(&manifest, rendered("http://127.0.0.1:9", &archives)).unwrap();
    let (bin, path) = with_kubectl(&[]);
    std::os::unix::fs::symlink(built("tests/tools-go/build", &["krew"]).join("krew"), bin.path().join("kubectl-krew"))
        .unwrap();
    let install = |archive: &Path| {
        let home = TempDir::new().unwrap();
        let mut install = run_kubectl(&path, home.path(), &["krew", "install"]);
        install.env("KREW_ROOT", home.path().join("krew")).env("KREW_NO_UPGRADE_CHECK", "1");
        ran(install.arg("--manifest").arg(&manifest).arg("--archive").arg(archive)).0
    };
    let own = if cfg!(target_os = "macos") { "darwin" } else { "linux" };
    let arch = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };
    let archive = folder.path().join(format!("lapsewatch-{own}-{arch}.tar.gz"));
    assert_eq!(install(&archive), 0);
    let mut bytes = fs::read(&archive).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&archive, bytes).unwrap();
    assert_ne!(install(&archive), 0);
}

#[test]
fn the_same_content_makes_the_same_archive_and_what_is_no_platform_is_refused() {
    let folder = TempDir::new().unwrap();
    let package = |to: &str| {
        let mut package = Command::new(script("package"));
        let archive = output(package.arg("/bin/sh").args(["linux", "arm64"]).arg(folder.path().join(to)));
        fs::read(archive.trim_end()).unwrap()
    };
    assert!(package("one") == package("two"));
    let (code, _, said) = ran(Command::new(script("package")).args(["/bin/sh", "plan9", "amd64"]).arg(folder.path()));
    assert!(code == 2 && said.contains("plan9"), "{code} {said}");
    let (code, _, _) = ran(Command::new(script("render")).args(["--homepage", "x", "--downloads", "y"]));
    assert_eq!(code, 2);
}

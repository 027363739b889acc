//! Tests that `inspect` names malformed input and still reads the other files.

use std::fs::{self, File};
use std::process::Command;

use tempfile::TempDir;

use crate::files::{Ran, fixtures, run};

const AT: [&str; 3] = ["inspect", "--at", "2030-08-01"];

fn inspect(folder: &std::path::Path, files: &[&str], stdin: &[u8]) -> Ran {
    run(folder, &[&AT, files].concat(), stdin)
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, fixture) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(fixtures().join(fixture), path).unwrap();
    }
    folder
}

#[test]
fn what_cannot_be_read_is_an_error_and_the_rest_is_looked_at() {
    let folder = folder(&[("push.pem", "apns/a.pem")]);
    File::create(folder.path().join("huge")).unwrap().set_len(100 << 20).unwrap();
    fs::create_dir(folder.path().join("folder")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap().success());
    std::os::unix::fs::symlink("loop", folder.path().join("loop")).unwrap();
    for (file, why) in [
        ("nowhere", "error: nowhere: there is no such file\n"),
        ("push.pem/x", "error: push.pem/x: "),
        ("folder", "error: folder: it is a folder: name a file\n"),
        ("huge", "error: huge: it is larger than 1 MiB, which is more than a Secret can hold\n"),
        ("/dev/zero", "error: /dev/zero: it is larger than 1 MiB"),
        ("pipe", "error: pipe: it is a named pipe: name a file\n"),
        ("loop", "error: loop: "),
    ] {
        inspect(folder.path(), &[file, "push.pem"], b"").is(2).says(why).shows("an MDM push certificate");
        let alone = inspect(folder.path(), &[file], b"");
        alone.is(2).says(why);
        assert_eq!(alone.out, "", "{file}");
    }
    inspect(folder.path(), &[], b"").is(2).says("<FILE>");
}

#[test]
fn a_file_without_permission_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(&[("push.pem", "apns/a.pem")]);
    let path = folder.path().join("push.pem");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    // Root can read every file, for example in a container, so no error is expected there.
    if File::open(&path).is_err() {
        inspect(folder.path(), &["push.pem"], b"").is(2).says("error: push.pem: this user may not read it\n");
    }
}

#[test]
fn two_files_of_one_name_are_told() {
    let folder = folder(&[("a/push.pem", "apns/a.pem"), ("b/push.pem", "apns/a.key")]);
    let ran = inspect(folder.path(), &["a/push.pem", "b/push.pem"], b"");
    ran.is(2).says(
        "error: b/push.pem: another file that was given is called push.pem too; give one of the two another name",
    );
    ran.shows("an MDM push certificate");
}

#[test]
fn a_hostile_name_moves_no_cursor() {
    let name = "push\u{1b}[2J\n\u{202e}.pem";
    let folder = folder(&[(name, "apns/a.pem"), ("other.key", "apns/other.key")]);
    let ran = inspect(folder.path(), &[name, "other.key"], b"");
    ran.is(1).shows("push?[2J??.pem").shows("does not belong to the certificate in file push?[2J??.pem");
    inspect(folder.path(), &["\u{1b}]0;x\u{7}"], b"").is(2).says("error: ?]0;x?: there is no such file");
    for text in [ran.out, ran.err] {
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
    }
}

#[test]
fn the_standard_input_is_a_file_too() {
    let pem = fs::read(fixtures().join("apns/a.pem")).unwrap();
    let key = fixtures().join("apns/a.key");
    let key = key.to_str().unwrap();
    inspect(fixtures(), &["-"], &pem).is(0).shows("an MDM push certificate");
    inspect(fixtures(), &["-", key], &pem).is(0).shows("the private key in file a.key belongs to the certificate");
    inspect(fixtures(), &["-", "-"], &pem).is(2).says("error: -: another file that was given is called stdin too");
    inspect(fixtures(), &["-"], b"").is(2).says("error: file stdin is empty; expected is an MDM push certificate");
    let both = inspect(fixtures(), &["--password-file", "-", "-"], &pem);
    both.is(2).says("error: -: the standard input can't be a file and the password at once");
}

#[test]
fn a_password_is_read_from_its_file_without_the_end_of_its_line() {
    let folder = folder(&[("push.p12", "apns/a.p12")]);
    for (password, code) in
        [("fixture", 0), ("fixture\n", 0), ("fixture\r\n", 0), ("fixture\n\n\n", 2), ("fixtur", 2), ("", 2)]
    {
        fs::write(folder.path().join("pw"), password).unwrap();
        let ran = inspect(folder.path(), &["--password-file", "pw", "push.p12"], b"");
        ran.is(code);
        if code == 2 {
            ran.says("file push.p12 holds a PKCS#12 keystore that the given password does not open");
        }
    }
    let wide: Vec<u8> = "\u{feff}fixture\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for password in [&b"\xef\xbb\xbffixture\n"[..], &wide, b"\"fixture\"\n", "“fixture”".as_bytes()] {
        fs::write(folder.path().join("pw"), password).unwrap();
        inspect(folder.path(), &["--password-file", "pw", "push.p12"], b"").is(0);
    }
    fs::write(folder.path().join("pw"), "'fixtur'").unwrap();
    inspect(folder.path(), &["--password-file", "pw", "push.p12"], b"")
        .is(2)
        .says("The password file has quotation marks around the password. Write the password alone, in UTF-8");
    fs::write(folder.path().join("pw"), "x".repeat(5000)).unwrap();
    let long = inspect(folder.path(), &["--password-file", "pw", "push.p12"], b"");
    long.is(2).says("error: pw: it is larger than 4096 bytes, which is no password");
    inspect(folder.path(), &["--password-file", "nowhere", "push.p12"], b"")
        .is(2)
        .says("nowhere: there is no such file");
}

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    let command = format!(
        "{} inspect --at 2030-08-01 apns/a.pem | true; echo ${{PIPESTATUS[0]}}",
        env!("CARGO_BIN_EXE_lapsewatch")
    );
    let output = Command::new("bash").args(["-c", &command]).current_dir(fixtures()).output().unwrap();
    assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (&b"0\n"[..], &b""[..]));
}

//! Tests `verify` with new files and files in place, without a cluster: each situation with its verdict.

use crate::verify::{fixtures, verify, words};

const SAFE: i32 = 0;
const STOP: i32 = 1;
const UNTOLD: i32 = 2;

/// The new files, the files in place, the exit code and the verdict.
type Row = (&'static str, &'static str, i32, &'static str);

fn line(new: &str, old: &str) -> String {
    let each = |option: &str, files: &str| files.split(' ').map(|file| format!("{option} {file} ")).collect::<String>();
    format!("{} {}", each("--file", new), each("--against", old))
}

#[track_caller]
fn hold(day: &str, rows: &[Row]) {
    for (new, old, code, first) in rows {
        let line = line(new, old);
        let args: Vec<&str> = line.split_whitespace().chain(["--at", day]).collect();
        let ran = verify(&args, "");
        assert_eq!((ran.code, ran.first()), (*code, *first), "{line}\n{}\n{}", ran.out, ran.err);
        assert_eq!(ran.err, "", "{line}");
    }
}

#[test]
fn an_apns_certificate_is_compared_with_the_one_in_place() {
    hold(
        "2030-12-01",
        &[
            (
                "apns/a-renewed.pem",
                "apns/a.pem apns/a.key",
                SAFE,
                "same topic, 334 days later, key fits: safe to apply",
            ),
            (
                "apns/a-renewed.pem apns/a.key",
                "apns/a.pem",
                SAFE,
                "same topic, 334 days later, key fits: safe to apply",
            ),
            ("apns/a-renewed.pem", "apns/a.pem", SAFE, "same topic, 334 days later, no key beside it: safe to apply"),
            (
                "apns/b.pem apns/b.key",
                "apns/a.pem apns/a.key",
                STOP,
                "STOP: another topic; every device would have to enroll again",
            ),
            (
                "apns/b.pem",
                "apns/a.pem apns/a.key",
                STOP,
                "STOP: another topic; every device would have to enroll again. Also: the private key does not belong to the certificate",
            ),
            (
                "apns/a-renewed.pem apns/other.key",
                "apns/a.pem apns/a.key",
                STOP,
                "STOP: the private key does not belong to the certificate",
            ),
            (
                "apns/a-renewed.pem",
                "apns/a-bundle.pem",
                UNTOLD,
                "could not tell: no private key was given or seen, so that the one in use may be the wrong one",
            ),
            ("apns/a.pem", "apns/a-renewed.pem", STOP, "STOP: older than one that was in place"),
        ],
    );
}

#[test]
fn what_is_in_place_already_renews_nothing() {
    let nothing = "nothing would change: this one is in place already";
    hold(
        "2030-06-15",
        &[
            ("apns/a.pem", "apns/a.pem", SAFE, nothing),
            // The same credential in another encoding.
            ("apns/a.der", "apns/a-windows.pem", SAFE, nothing),
            ("vpp/a.json", "vpp/a.vpptoken", SAFE, nothing),
            // Adding the matching private key is a change.
            ("apns/a.key", "apns/a.pem apns/other.key", SAFE, "same topic, same expiry, key fits: safe to apply"),
            ("apns/a-twin.pem", "apns/a.pem", SAFE, "same topic, same expiry, no key beside it: safe to apply"),
        ],
    );
    // If the credential in place needs attention, the user intended a renewal.
    hold(
        "2030-12-10",
        &[(
            "apns/a.pem",
            "apns/a.pem",
            STOP,
            "STOP: this one is in place already and needs attention, which it would not mend",
        )],
    );
    words("--file apns/a-twin.pem --against apns/a.pem").says("note Replaced").says("no newer than the one in place");
}

/// A private key that is added or left out does not renew the certificate.
#[test]
fn the_one_in_place_with_another_key_renews_nothing_either() {
    let attention = "STOP: this one is in place already and needs attention, which it would not mend";
    hold(
        "2030-12-15",
        &[
            ("apns/a.pem apns/a.key", "apns/a.pem", STOP, attention),
            ("apns/a-bundle.pem", "apns/a.pem", STOP, attention),
            ("apns/a.key", "apns/a.pem", STOP, attention),
            ("apns/a.key", "apns/a.pem apns/other.key", STOP, attention),
        ],
    );
    words("--file apns/a.key --against apns/a.pem --against apns/other.key").says("note InPlace it is the APNs");
}

#[test]
fn time_is_held_against_it() {
    hold(
        "2030-11-01",
        &[(
            "apns/a-renewed.pem",
            "apns/a.pem",
            STOP,
            "STOP: the APNs certificate is not valid before 2030-12-01T00:00:00Z",
        )],
    );
    hold(
        "2031-12-02",
        &[(
            "apns/a-renewed.pem",
            "apns/a.pem",
            STOP,
            "STOP: the APNs certificate expired at 2031-12-01T00:00:00Z; until 2031-12-31T00:00:00Z Apple renews it with the same topic",
        )],
    );
    // Within its warning days, the new credential is safe to apply, and the output contains a note.
    let args = ["--file", "apns/a-renewed.pem", "--against", "apns/a.pem", "--at", "2031-11-29"];
    verify(&args, "")
        .is(SAFE, "same topic, 334 days later, no key beside it: safe to apply; it is within its warning days already")
        .says("note ExpiresWithin7Days");
}

#[test]
fn tokens_and_other_certificates_are_compared_too() {
    hold(
        "2030-06-15",
        &[
            (
                "dep/renewed.p7m dep/server.key",
                "dep/a.p7m dep/server.key",
                SAFE,
                "same consumer key, 365 days later: safe to apply",
            ),
            // The private key that decrypts the new token is among the files in place.
            ("dep/renewed.p7m", "dep/a.p7m dep/server.key", SAFE, "same consumer key, 365 days later: safe to apply"),
            (
                "dep/a.json",
                "dep/renewed.json",
                STOP,
                "STOP: older than one that was in place; downloading the newer one has reset it",
            ),
            (
                "dep/no-date.json",
                "dep/renewed.json",
                UNTOLD,
                "could not tell: the dates do not tell which of the two is newer, and only the newest works",
            ),
            ("wrong/dep.json", "dep/a.json", STOP, "STOP: another consumer key; it was made for another MDM server"),
            ("vpp/b.vpptoken", "vpp/a.vpptoken", SAFE, "same organization, same expiry: safe to apply"),
            ("vpp/odd-name.json", "vpp/a.vpptoken", STOP, "STOP: another organization; it may be another account's"),
            ("symantec/b.pem", "symantec/a.pem", STOP, "STOP: another Publisher ID; it may be another account's"),
            (
                "x509/other.pem",
                "x509/rsa.pem x509/rsa.key",
                STOP,
                "STOP: the private key does not belong to the certificate",
            ),
            ("x509/p384.pem x509/p384.key", "x509/rsa.pem x509/rsa.key", SAFE, "same expiry, key fits: safe to apply"),
        ],
    );
    let renewed = ["--file", "symantec/renewed.pem", "--against", "symantec/a.pem", "--at", "2030-12-05"];
    verify(&renewed, "").is(SAFE, "same Publisher ID, 334 days later, no key beside it: safe to apply");
}

#[test]
fn identities_are_compared_whatever_their_spelling_and_not_where_one_is_missing() {
    const SAME: &str = "same organization, 365 days later: safe to apply";
    const OTHER: &str = "STOP: another organization; it may be another account's";
    hold(
        "2030-06-01",
        &[
            ("spelling/composed.vpptoken", "spelling/old.vpptoken", SAFE, SAME),
            ("spelling/decomposed.vpptoken", "spelling/old.vpptoken", SAFE, SAME),
            ("spelling/no-break-space.vpptoken", "spelling/old.vpptoken", SAFE, SAME),
            ("spelling/spaces.vpptoken", "spelling/old.vpptoken", SAFE, SAME),
            ("spelling/cyrillic.vpptoken", "spelling/old.vpptoken", STOP, OTHER),
            ("spelling/zero-width.vpptoken", "spelling/old.vpptoken", STOP, OTHER),
            ("spelling/other.vpptoken", "spelling/old.vpptoken", STOP, OTHER),
            (
                "spelling/none.vpptoken",
                "spelling/old.vpptoken",
                UNTOLD,
                "could not tell: no organization to compare with the expected one",
            ),
            // The token in place contains no organization.
            (
                "spelling/old.vpptoken",
                "vpp/no-name.json",
                SAFE,
                "first organization seen here, same expiry: safe to apply",
            ),
            // Neither file contains a date or a Publisher ID.
            (
                "symantec/renewed.aetx",
                "symantec/a.aetx",
                UNTOLD,
                "could not tell: no date tells which of the two is newer",
            ),
            (
                "symantec/a.aetx",
                "symantec/a.pem",
                UNTOLD,
                "could not tell: no Publisher ID to compare with the expected one",
            ),
        ],
    );
    let ran = verify(&["--file", "spelling/cyrillic.vpptoken", "--against", "spelling/old.vpptoken"], "");
    assert!(ran.out.contains("first differ at character 11"), "{}", ran.out);
}

#[test]
fn what_is_no_such_credential_is_named() {
    for (new, old, part) in [
        ("wrong/request.csr", "apns/a.pem", "file \"request.csr\" contains a certificate signing request"),
        ("vpp/a.vpptoken", "apns/a.pem", "a.vpptoken holds a VPP content token"),
        ("apns/a.pem", "vpp/a.vpptoken", "a.pem holds an MDM push certificate"),
        ("apns/app-push.pem", "apns/a.pem", "app-push.pem holds"),
        ("wrong/truncated.pem", "apns/a.pem", "truncated.pem holds"),
        ("wrong/page.html", "dep/a.json", "page.html holds an HTML page"),
        ("wrong/empty", "apns/a.pem", "empty is empty"),
    ] {
        let ran = words(&line(new, old));
        assert_eq!(ran.code, STOP, "{new}\n{}", ran.out);
        assert!(ran.first().starts_with("STOP: ") && ran.first().contains(part), "{part}\n{}", ran.first());
    }
    // A file that is only encrypted can be the right file.
    for (new, old, part, remedy) in [
        ("apns/a.p12", "apns/a.pem", "holds a PKCS#12 keystore that needs a password", "--password-file"),
        (
            "dep/renewed.p7m",
            "dep/a.json",
            "no private key to open it",
            "give the private key that opens it with another --file",
        ),
    ] {
        let ran = words(&line(new, old));
        assert_eq!(ran.code, UNTOLD, "{new}\n{}", ran.out);
        assert!(ran.first().starts_with("could not tell: ") && ran.first().contains(part), "{part}\n{}", ran.first());
        ran.says(remedy);
    }
}

#[test]
fn a_password_opens_it_with_or_without_a_line_end() {
    let folder = tempfile::TempDir::new().unwrap();
    for (name, text, code) in [("a", "fixture", SAFE), ("b", "fixture\r\n", SAFE), ("c", "wrong\n", UNTOLD)] {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let path = path.to_str().unwrap();
        let ran = verify(
            &["--file", "apns/a.p12", "--against", "apns/a.pem", "--password-file", path, "--at", "2030-06-15"],
            "",
        );
        assert_eq!(ran.code, code, "{text:?}\n{}", ran.out);
        ran.says_nothing_of("password/");
        if code == UNTOLD {
            ran.says("give the right password with --password-file");
        } else {
            ran.is(SAFE, "same topic, same expiry, key fits: safe to apply");
        }
    }
}

#[test]
fn the_json_says_the_same() {
    let stop = words("--file apns/b.pem --against apns/a.pem -o json");
    let json = stop.json();
    assert_eq!(
        (stop.code, json["verdict"].as_str(), json["schema"].as_str()),
        (1, Some("stop"), Some("lapsewatch.dev/verify/v1"))
    );
    assert_eq!(json["sentence"], "STOP: another topic; every device would have to enroll again");
    assert_eq!((&json["change"], &json["type"]), (&"IdentityChanged".into(), &"APNsCertificate".into()));
    assert_eq!(json["points"][0]["reason"], "IdentityChanged");
    assert_eq!(json["at"], "2030-06-15T00:00:00Z");
    assert_ne!(json["new"]["fingerprint"], json["inPlace"]["fingerprint"]);
    let safe =
        verify(&["--file", "apns/a-renewed.pem", "--against", "apns/a.pem", "-o", "json", "--at", "2030-12-02"], "");
    let json = safe.json();
    assert_eq!((safe.code, &json["verdict"], &json["change"]), (0, &"safe".into(), &"Renewed".into()));
    assert!(json["conditions"].as_array().unwrap().iter().any(|c| c["type"] == "Regressed" && c["status"] == "False"));
    let none = words("--file nowhere.pem --against apns/a.pem -o json");
    assert_eq!((none.code, &none.json()["verdict"]), (2, &"unknown".into()));
}

#[test]
fn nothing_of_a_file_is_shown() {
    let key = std::fs::read_to_string(fixtures().join("apns/a.key")).unwrap();
    let token = std::fs::read_to_string(fixtures().join("vpp/a.random")).unwrap();
    for output in ["text", "json"] {
        let ran = words(&format!(
            "--file apns/b.pem --file apns/b.key --against apns/a.pem --against apns/a.key -o {output}"
        ));
        for line in key.lines().skip(1).take(3) {
            ran.says_nothing_of(line);
        }
        words(&format!("--file vpp/b.vpptoken --against vpp/a.vpptoken -o {output}"))
            .says_nothing_of(token.lines().next().unwrap());
    }
}

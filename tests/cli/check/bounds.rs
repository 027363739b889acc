//! Tests `check` with input that is built to consume unbounded time or memory.

use std::fs::File;
use std::time::{Duration, Instant};

use crate::check::{check, declared, folder, secret};

#[track_caller]
fn refused(text: &str, why: &str) {
    let folder = folder(&[("bad.yaml", text), ("good.yaml", &declared("good"))]);
    let begin = Instant::now();
    let ran = check(folder.path(), &["--at", "2030-01-01", "bad.yaml", "good.yaml"], b"");
    ran.is(2, "checked 1, skipped 0").says(why);
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

#[test]
fn aliases_of_aliases_end() {
    let mut text = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (letter, before) in ('b'..='j').zip('a'..) {
        text += &format!("{letter}: &{letter} [{}]\n", vec![format!("*{before}"); 9].join(", "));
    }
    refused(&text, "repetition limit exceeded");
}

#[test]
fn a_long_text_under_many_aliases_ends() {
    let text = format!("a: &a \"{}\"\nb: [{}]\n", "x".repeat(1 << 20), ["*a"].repeat(100_000).join(", "));
    refused(&text, "bad.yaml:1: it is larger than is read");
}

#[test]
fn nesting_ends() {
    for text in ["[".repeat(1 << 20), "{".repeat(1 << 20), "- ".repeat(1 << 19), "? ".repeat(1 << 19)] {
        refused(&text, "it is nested deeper than is read");
    }
    refused(&("[".repeat(200) + &"]".repeat(200)), "recursion limit exceeded");
    refused(&(r#"{"a":"#.repeat(5000) + "1" + &"}".repeat(5000)), "recursion limit exceeded");
}

#[test]
fn a_file_has_a_greatest_size() {
    let folder = folder(&[("good.yaml", &declared("good"))]);
    File::create(folder.path().join("big.yaml")).unwrap().set_len((16 << 20) + 1).unwrap();
    let ran = check(folder.path(), &["--at", "2030-01-01", "."], b"");
    ran.is(2, "checked 1, skipped 0")
        .says("error: ./big.yaml: it is larger than the 16 MiB that are read of one file\n");
    let ran = check(folder.path(), &["/dev/zero", "-"], &vec![b'#'; (16 << 20) + 1]);
    ran.is(2, "checked 0, skipped 0")
        .says("error: /dev/zero: it is larger")
        .says("error: standard input: it is larger");
}

#[test]
fn the_same_key_twice_is_told() {
    let twice = secret("s", "data: {a: aGVsbG8=, a: aGVsbG8=}");
    refused(&twice, "one mapping has the same key twice");
}

//! Tests the manual pages.

use std::fs;
use std::process::Command;

use clap::CommandFactory;
use lapsewatch_cli::args::Cli;
use tempfile::TempDir;

use crate::shell::{LAPSEWATCH, has, output, ran};

#[test]
fn there_is_a_page_for_each_command_and_it_renders_without_a_complaint() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("share/man1");
    assert_eq!(output(Command::new(LAPSEWATCH).arg("man").arg("--out").arg(&out)), "");
    let mut expected: Vec<String> =
        Cli::command().get_subcommands().map(|of| format!("lapsewatch-{}.1", of.get_name())).collect();
    expected.push("lapsewatch.1".to_owned());
    expected.sort();
    let mut found: Vec<String> =
        fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    assert_eq!(found, expected);
    for name in &found {
        let page = out.join(name);
        if has("groff") {
            let (code, _, said) = ran(Command::new("groff").args(["-man", "-ww", "-z", "-T", "utf8"]).arg(&page));
            assert_eq!((code, said.as_str()), (0, ""), "{name}");
        }
        if has("mandoc") {
            let (code, said, _) = ran(Command::new("mandoc").args(["-T", "lint", "-W", "error"]).arg(&page));
            assert_eq!((code, said.as_str()), (0, ""), "{name}");
        }
    }
}

#[test]
fn a_page_is_read_with_its_examples_line_by_line() {
    let folder = TempDir::new().unwrap();
    output(Command::new(LAPSEWATCH).arg("man").arg("--out").arg(folder.path()));
    let page = folder.path().join("lapsewatch-check.1");
    let source = fs::read_to_string(&page).unwrap();
    assert!(source.contains(".SH EXAMPLES\n.nf\n"), "{source}");
    let read = if has("mandoc") {
        output(Command::new("mandoc").args(["-T", "ascii", "-O", "width=140"]).arg(&page))
    } else if has("groff") {
        output(Command::new("groff").args(["-man", "-T", "ascii", "-P", "-cbou", "-rLL=140n"]).arg(&page))
    } else {
        return;
    };
    // Some implementations of `man` print bold text by overstriking: character, backspace, character.
    let read: String =
        read.split('\u{8}').map(|part| part.strip_suffix(|_: char| read.contains('\u{8}')).unwrap_or(part)).collect();
    assert!(read.contains("lapsewatch check deploy/ "), "{read}");
    assert!(read.contains("kubectl get tcred,mdmt,secret -o yaml | lapsewatch check - "), "{read}");
}

#[test]
fn the_page_of_the_whole_goes_to_the_output() {
    let page = output(Command::new(LAPSEWATCH).arg("man"));
    assert!(page.contains(".TH lapsewatch 1 ") && page.contains("lapsewatch\\-check(1)"), "{page}");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let (code, _, said) = ran(Command::new(LAPSEWATCH).arg("man").arg("--out").arg(&file));
    assert!(code == 2 && said.contains(file.to_str().unwrap()), "{code} {said}");
}

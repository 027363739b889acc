//! Tests that every command has examples, and that every command line in `--help` and in the docs can be parsed.

use std::fs;
use std::path::PathBuf;

use clap::Parser;
use lapsewatch_cli::args::{self, Called, Cli};

use crate::shell::root;

/// Returns the examples of a help text, between the heading and the next empty line, without the explanations.
fn examples(help: &str) -> Vec<String> {
    let section = help
        .split("\n\n")
        .find_map(|paragraph| paragraph.strip_prefix("Examples:\n").or_else(|| paragraph.strip_prefix("Example:\n")));
    let lines = section.unwrap_or_default().lines();
    lines.map(|line| line.trim_start().split("  ").next().unwrap_or_default().to_owned()).collect()
}

/// Returns the command lines of this program in a line of a shell, split into words.
fn of_this_program(line: &str) -> Vec<Vec<String>> {
    let mut parts = vec![vec![]];
    for word in words(line) {
        match word.as_str() {
            "|" | "&&" | "||" | ";" => parts.push(vec![]),
            _ => parts.last_mut().unwrap().push(word),
        }
    }
    let is_redirection = |word: &String| word.trim_start_matches(['1', '2']).starts_with(['>', '<', '#']);
    let own = |mut words: Vec<String>| {
        if words.first().is_some_and(|word| word == "kubectl") {
            words.remove(0);
        }
        words.truncate(words.iter().position(is_redirection).unwrap_or(words.len()));
        (words.first()? == "lapsewatch").then_some(words)
    };
    parts.into_iter().filter_map(own).collect()
}

/// Splits a line into words as a shell does. Quotation marks keep a word together.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![];
    let (mut word, mut quote) = (None::<String>, None);
    for c in line.chars() {
        match (quote, c) {
            (Some(mark), c) if c == mark => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ' | '\t') => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[track_caller]
fn is_understood(words: &[String], line: &str) {
    match Cli::try_parse_from(words) {
        Ok(_) => {}
        Err(error) if !error.use_stderr() => {}
        Err(error) => panic!("{line}\n{error}"),
    }
}

#[test]
fn every_command_has_examples_and_they_are_right() {
    for called in [Called::Itself, Called::Plugin] {
        for command in args::command(called).get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples = examples(&help);
            let name = command.get_name();
            assert!(!examples.is_empty(), "{name} has no example");
            let mut own = 0;
            for line in &examples {
                for words in of_this_program(line) {
                    is_understood(&words, line);
                    own += usize::from(words.get(1).is_some_and(|word| word == name));
                }
                assert!(line.contains(called.typed()), "{line}");
            }
            assert!(own > 0, "no example of {name} runs {name}: {examples:?}");
        }
    }
}

#[test]
fn the_docs_name_no_command_line_that_is_not_understood() {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let all: Vec<PathBuf> = docs.chain([root().join("README.md")]).collect();
    let mut seen = 0;
    for file in all.iter().filter(|path| path.extension().is_some_and(|of| of == "md")) {
        let text = fs::read_to_string(file).unwrap();
        // Every second part is a code block. Its language shows if the block contains shell commands.
        for block in text.split("```").skip(1).step_by(2) {
            let Some((language, block)) = block.split_once('\n') else { continue };
            if !["sh", "bash", "shell", "console"].contains(&language.trim()) {
                continue;
            }
            for line in block.replace("\\\n", " ").lines() {
                let line = line.trim_start_matches("$ ");
                for words in of_this_program(line) {
                    is_understood(&words, &format!("{}: {line}", file.display()));
                    seen += 1;
                }
            }
        }
    }
    assert!(seen >= 3, "{seen}");
}

#[test]
fn the_search_finds_what_it_is_for() {
    let found =
        of_this_program("kubectl get secret -o yaml | kubectl lapsewatch check --at '2030-01-01' - 2> x && echo");
    assert_eq!(found, [["lapsewatch", "check", "--at", "2030-01-01", "-"]]);
    assert!(of_this_program("kubectl get tcred").is_empty());
    assert_eq!(examples("Examples:\n  a b   c\n  d\n\nMore:\n  e"), ["a b", "d"]);
    assert!(Cli::try_parse_from(["lapsewatch", "check", "--no-such-option"]).is_err());
}

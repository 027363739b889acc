//! Tests the completions in the shells themselves.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::shell::{LAPSEWATCH, has, output, run_kubectl, with_kubectl};

/// Writes the completions for `shell` to the file `name` and returns its path.
fn written(folder: &Path, shell: &str, name: &str) -> String {
    let text = output(Command::new(LAPSEWATCH).args(["completions", shell]));
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Returns the words that bash offers to complete the last of `words`. The first word is the program.
fn bash(file: &str, words: &[&str]) -> Vec<String> {
    const ASK: &str = r#"
        source "$1"; shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        # The function that is registered for the command, as bash would call it.
        registered=$(complete -p "$1"); [[ $registered =~ -F\ ([^ ]+) ]]
        "${BASH_REMATCH[1]}" "$1" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}""#;
    let offered = output(Command::new("bash").args(["--norc", "-c", ASK, "bash", file]).args(words));
    offered.lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_and_their_values() {
    let folder = TempDir::new().unwrap();
    let file = written(folder.path(), "bash", "lapsewatch");
    assert_eq!(bash(&file, &["lapsewatch", "ch"]), ["check"]);
    assert_eq!(bash(&file, &["lapsewatch", "check", "--at"]), ["--at"]);
    assert_eq!(bash(&file, &["lapsewatch", "completions", "b"]), ["bash"]);
    assert_eq!(bash(&file, &["lapsewatch", "run", "--log-format", "j"]), ["json"]);
}

#[test]
fn zsh_takes_them() {
    if !has("zsh") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let file = written(folder.path(), "zsh", "_lapsewatch");
    output(Command::new("zsh").args(["-f", "-n", &file]));
    let ask = "fpath=($1 $fpath); autoload -Uz compinit; compinit -D -u; print $_comps[lapsewatch]; autoload +X -Uz _lapsewatch";
    let registered = output(Command::new("zsh").args(["-f", "-c", ask, "zsh"]).arg(folder.path()));
    assert_eq!(registered, "_lapsewatch\n");
}

#[test]
fn fish_completes_commands_options_and_their_values() {
    if !has("fish") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let file = written(folder.path(), "fish", "lapsewatch.fish");
    let offers = |line: &str| {
        let mut fish = Command::new("fish");
        fish.env("HOME", folder.path()).args([
            "--no-config",
            "-c",
            "source $argv[1]; complete -C $argv[2]",
            &file,
            line,
        ]);
        let offered = output(&mut fish);
        offered.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(offers("lapsewatch ch"), ["check"]);
    assert_eq!(offers("lapsewatch check --at"), ["--at"]);
    assert_eq!(offers("lapsewatch run --log-format j"), ["json"]);
}

/// kubectl runs `kubectl_complete-lapsewatch` to complete the words of the plugin.
#[test]
fn kubectl_completes_the_plugin() {
    let (folder, path) = with_kubectl(&["kubectl-lapsewatch"]);
    let asked = || {
        let script = output(&mut run_kubectl(&path, folder.path(), &["lapsewatch", "completions", "kubectl"]));
        let file = folder.path().join("kubectl_complete-lapsewatch");
        fs::write(&file, script).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    };
    asked();
    let offers = |words: &[&str]| {
        output(&mut run_kubectl(&path, folder.path(), &[&["__complete", "lapsewatch"], words].concat()))
    };
    // The directive in the last line is 0, so kubectl completes files if nothing else is offered.
    assert_eq!(offers(&["ch"]), "check\n:0\n");
    assert_eq!(offers(&["check", "--at"]), "--at\n:0\n");
    assert_eq!(offers(&["check", "exam"]), ":0\n");
    assert_eq!(offers(&["check", ""]), ":0\n");
    assert_eq!(offers(&["run", "--log-format", ""]), "text\njson\n:0\n");
    assert!(offers(&[""]).lines().any(|line| line == "check"));
}

#[test]
fn the_plugins_own_file_can_be_completed_too() {
    let (folder, path) = with_kubectl(&["kubectl-lapsewatch"]);
    let script = output(&mut run_kubectl(&path, folder.path(), &["lapsewatch", "completions", "bash"]));
    let file = folder.path().join("completions");
    fs::write(&file, script).unwrap();
    assert_eq!(bash(file.to_str().unwrap(), &["kubectl-lapsewatch", "ch"]), ["check"]);
}

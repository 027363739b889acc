//! Completions.

use clap_complete::aot;

use crate::args::{self, Called, Shell};

/// What goes before the functions for bash, where kubectl asks.
const HEAD: &str = "#!/usr/bin/env bash
# kubectl runs this, found on the PATH as kubectl_complete-lapsewatch, for the words after `kubectl lapsewatch`.
";
/// And what goes after them. kubectl completes the names of files itself where it is told of nothing.
const TAIL: &str = r#"
compgen() { if [[ $1 == -W ]]; then builtin compgen "$@"; fi; }
[[ $# -gt 0 ]] || set -- ""
COMP_WORDS=(lapsewatch "$@")
COMP_CWORD=$#
_lapsewatch lapsewatch "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
# Options are offered to whoever begins one: before that they would stand in the way of a file's name.
for word in "${COMPREPLY[@]}"; do
    if [[ $word != -* || ${!#} == -* ]]; then printf '%s\n' "$word"; fi
done
echo :0
"#;

/// The completions.
///
/// # Errors
/// None that a writer to memory could give.
pub fn completions(called: Called, shell: Shell) -> Result<Vec<u8>, anyhow::Error> {
    let mut text = Vec::new();
    let generate = |shell, name: &str, text: &mut Vec<u8>| {
        aot::generate(shell, &mut args::command(Called::Itself), name, text);
    };
    match shell {
        Shell::Bash => generate(aot::Shell::Bash, called.file(), &mut text),
        Shell::Zsh => generate(aot::Shell::Zsh, called.file(), &mut text),
        Shell::Fish => generate(aot::Shell::Fish, called.file(), &mut text),
        Shell::Kubectl => {
            text.extend_from_slice(HEAD.as_bytes());
            generate(aot::Shell::Bash, Called::Itself.file(), &mut text);
            text.extend_from_slice(TAIL.as_bytes());
        }
    }
    Ok(text)
}

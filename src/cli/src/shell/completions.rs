//! Prints the completions of the command line for a shell or for kubectl.

use clap_complete::aot;

use crate::args::{self, Called, Shell};

/// The beginning of the script that kubectl runs. The completion functions for bash follow.
const HEAD: &str = "#!/usr/bin/env bash
# kubectl runs this, found on the PATH as kubectl_complete-lapsewatch, for the words after `kubectl lapsewatch`.
";
/// The end of the script that kubectl runs: calls the completion functions for bash and prints their words. The script
/// prints no file names, because kubectl completes file names itself if there are no words.
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

/// Returns the completion script for a shell, or the executable script for kubectl.
///
/// # Errors
/// Never, because the text is written to memory.
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

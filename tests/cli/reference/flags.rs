//! Tests that docs/command-line.md is up to date.

use std::fmt::Write;

use lapsewatch_cli::args::{self, Called};

use crate::reference::hold;

#[test]
fn the_page_of_the_command_line_has_the_help_of_every_command() {
    let mut command = args::command(Called::Itself);
    command.build();
    let mut page = String::new();
    for command in command.get_subcommands_mut().filter(|command| command.get_name() != "help") {
        // A fixed width makes the page independent of the terminal.
        let help = command.clone().term_width(100).render_long_help().to_string();
        let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
        let name = command.get_name();
        write!(page, "## lapsewatch {name}\n\n```text\n{}\n```\n\n", lines.join("\n").trim_end()).unwrap();
    }
    hold("docs/command-line.md", &page);
}

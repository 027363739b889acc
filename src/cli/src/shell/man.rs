//! Writes the manual pages, one for each command.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use clap::Command;
use clap_mangen::Man;

use crate::args::{self, Called};
use lapsewatch_core::sanitize::sanitize_line;

/// Returns the manual page of the program. With a folder, writes the pages of all commands to this folder instead, and
/// returns no text.
///
/// # Errors
/// If the folder can't be written.
pub fn man(called: Called, folder: Option<&Path>) -> Result<Vec<u8>, anyhow::Error> {
    let mut whole = args::command(called).display_name(called.file()).disable_help_subcommand(true);
    whole.build();
    let Some(folder) = folder else { return page(&whole) };
    let name = sanitize_line(&folder.display().to_string());
    fs::create_dir_all(folder).with_context(|| format!("{name} can't be made"))?;
    for command in std::iter::once(&whole).chain(whole.get_subcommands()) {
        let file = format!("{}.1", command.get_display_name().unwrap_or(command.get_name()));
        fs::write(folder.join(&file), page(command)?).with_context(|| format!("{name}/{file} can't be written"))?;
    }
    Ok(Vec::new())
}

fn page(command: &Command) -> Result<Vec<u8>, anyhow::Error> {
    let title = command.get_display_name().unwrap_or(command.get_name());
    let man = Man::new(command.clone());
    let mut text = Vec::new();
    // The title has no date, because a date would make the output of each build different.
    writeln!(text, ".TH {title} 1 \"\" \"lapsewatch {}\" \"lapsewatch\"", env!("CARGO_PKG_VERSION"))?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    for paragraph in after.split("\n\n") {
        section(paragraph, &mut text)?;
    }
    Ok(text)
}

/// Writes a paragraph of the text that follows the options in the help (clap's `after_help`), with its line breaks.
/// Examples become the section EXAMPLES.
fn section(paragraph: &str, text: &mut Vec<u8>) -> Result<(), anyhow::Error> {
    let examples = paragraph.strip_prefix("Examples:\n").or_else(|| paragraph.strip_prefix("Example:\n"));
    match examples {
        Some(_) => writeln!(text, ".SH EXAMPLES")?,
        None => writeln!(text, ".PP")?,
    }
    writeln!(text, ".nf")?;
    for line in examples.unwrap_or(paragraph).lines() {
        // `\&` prevents roff from reading a leading dot or apostrophe as a request.
        writeln!(text, "\\&{}", line.replace('\\', "\\e").replace('-', "\\-"))?;
    }
    writeln!(text, ".fi")?;
    Ok(())
}

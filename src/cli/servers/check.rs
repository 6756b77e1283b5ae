//! `limescope servers check`: is this file right, and for whom?

use std::path::Path;
use std::process::ExitCode;

use color_eyre::eyre::Report;

use super::input::{self, Input};
use super::{CheckOptions, Format, ModeName, json};
use crate::cli::output;
use crate::config;
use crate::files::places::Places;
use crate::servers::document::{self, Document, Mode};
use crate::servers::{Severity, registrar_agent_face, verifier_endpoint};

const INVALID: u8 = 1;

pub(super) fn run(options: &CheckOptions) -> Result<ExitCode, Report> {
    let modes = ModeName::modes(options.mode);
    let (text, name) = match input::read(&options.file)? {
        Input::Text { text, name } => (text, name),
        Input::Unfit { code, message, line, column } => {
            output::standard(|out| match options.format {
                Format::Json => writeln!(out, "{:#}", json::unfit(&modes, code, &message, line, column)),
                Format::Text => writeln!(out, "error: {message} [{code}]"),
            })?;
            return Ok(ExitCode::from(INVALID));
        }
    };
    let document = document::read(&text, &modes);
    let mut others = console_findings(&document, &text, &name);
    others.extend(input::rights(&options.file, &text));
    let valid = document.valid() && others.iter().all(|found| found.severity != Severity::Error);
    output::standard(|out| match options.format {
        Format::Json => writeln!(out, "{:#}", json::answer(&document, valid, &others)),
        Format::Text => {
            let places = document.diagnostics.iter().map(|found| (found.line, found.column));
            let mut found: Vec<_> = places.zip(document.render(&text, &name)).collect();
            found.extend(others.iter().map(|other| {
                let code = format!(" [{}]\n", other.code);
                ((other.line, other.column), other.render(&name).replacen('\n', &code, 1))
            }));
            found.sort_by_key(|(place, _)| *place);
            let mut paragraphs: Vec<_> = found.into_iter().map(|(_, text)| text).collect();
            if document.omitted > 0 {
                paragraphs.push(format!("… and {} more", document.omitted));
            }
            paragraphs.extend(blocks(&document));
            paragraphs.push(summary(&document, valid, &others));
            writeln!(out, "{}", paragraphs.join("\n"))
        }
    })?;
    Ok(if valid { ExitCode::SUCCESS } else { ExitCode::from(INVALID) })
}

/// What the console's own reader finds in `limescope.toml` beside the blocks.
pub(super) fn console_findings(document: &Document, text: &str, name: &Path) -> Vec<config::Diagnostic> {
    if document.modes != [Mode::Console] {
        return Vec::new();
    }
    let home = Places::of_this_user().map(|places| places.home);
    let found = match config::parse(text, name, home.as_deref()) {
        Ok((_, found)) => found,
        Err(errors) => errors.diagnostics,
    };
    let said = |other: &config::Diagnostic| {
        document
            .diagnostics
            .iter()
            .any(|one| (one.code, one.line, one.column) == (other.code, other.line, other.column))
    };
    found.into_iter().filter(|other| !said(other)).collect()
}

/// Each block with where its entries lead.
fn blocks(document: &Document) -> Vec<String> {
    let mut lines = Vec::new();
    for block in &document.blocks {
        let unusable: Vec<_> =
            document.modes.iter().filter(|mode| !block.usable(**mode)).map(|mode| mode.word()).collect();
        let note = match unusable.as_slice() {
            [] => String::new(),
            modes => format!(" (not usable in {} mode)", modes.join(" and ")),
        };
        let name = block.name.as_ref().map(|name| format!(" \"{name}\"")).unwrap_or_default();
        lines.push(format!("block {}{name}{note}", block.index));
        for (entry, address) in block.registrars.addresses() {
            lines.push(format!("  registrar {} → {}", entry.shown, registrar_agent_face(address)));
        }
        for (entry, address) in block.verifiers.addresses() {
            lines.push(format!("  verifier  {} → {}", entry.shown, verifier_endpoint(address)));
        }
    }
    lines
}

fn summary(document: &Document, valid: bool, others: &[config::Diagnostic]) -> String {
    let count = |severity| {
        document.count(severity) + others.iter().filter(|found| found.severity == severity).count()
    };
    let words = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let readings: Vec<_> = document
        .readings
        .iter()
        .map(|reading| {
            let right = reading.valid && (valid || document.readings.len() > 1);
            let headroom = match (reading.headroom, document.duplication.requested) {
                (Some(headroom), Some(requested)) => {
                    format!(", duplication {requested} of {}, headroom {headroom}", reading.max)
                }
                _ => String::new(),
            };
            format!("{} mode: {}{headroom}", reading.mode.word(), if right { "valid" } else { "not valid" })
        })
        .collect();
    format!(
        "{}, {}, {}\n{}",
        words(count(Severity::Error), "error"),
        words(count(Severity::Warning), "warning"),
        words(count(Severity::Info), "remark"),
        readings.join("\n")
    )
}

//! `limescope identity pins list`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use color_eyre::eyre::Report;
use serde_json::json;

use super::{file, not_pinned};
use crate::cli::identity::Format;
use crate::cli::output;
use crate::fleet::identity::{Meant, Pin, Pins};
use crate::tasks::identity::PinFile;
use crate::text::count::some;
use crate::text::sanitise;
use crate::tpm::identity::KeyName;

/// Columns of an id, and of a group's name, after which the others are not lined up any more.
const WIDEST: usize = 64;

#[derive(Debug, Args)]
pub(super) struct Listing {
    /// Only this group; may be repeated
    #[arg(long = "group", value_name = "NAME")]
    groups: Vec<String>,
    /// Another file of pins [default: limescope/identities.jsonl in the XDG state folder]
    #[arg(long, value_name = "FILE")]
    pins: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    /// Only these agents
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    #[command(flatten)]
    pub listing: Listing,
}

pub(super) fn run(ids: &[String], listing: &Listing) -> Result<ExitCode, Report> {
    let file = file(listing.pins.as_deref())?;
    let opened = PinFile::open_existing(&file)?;
    let pins = opened.map(|opened| opened.pins).unwrap_or_default();
    let found = match pins.meant(Meant { ids, groups: &listing.groups }) {
        Ok(found) => found,
        Err(missing) => return Ok(not_pinned(&missing)),
    };
    output::standard(|out| match listing.format {
        Format::Json => as_json(out, &file, &found),
        Format::Table => as_table(out, &file, &pins, &found),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Pin after pin: a large fleet's would be a large text.
fn as_json(out: &mut dyn Write, file: &Path, pins: &[&Pin]) -> io::Result<()> {
    write!(out, "{{\"schema\":1,\"file\":{},\"pins\":[", json!(sanitise(&file.to_string_lossy()).as_str()))?;
    for (number, pin) in pins.iter().enumerate() {
        if number > 0 {
            out.write_all(b",")?;
        }
        let name = |key: &Option<KeyName>| key.as_ref().map(ToString::to_string);
        let value = json!({
            "id": pin.id.shown(),
            "group": sanitise(&pin.group).as_str(),
            "first_seen": pin.first_seen.to_string(),
            "endorsement_key": name(&pin.endorsement_key),
            "attestation_key": name(&pin.attestation_key),
        });
        serde_json::to_writer(&mut *out, &value)?;
    }
    out.write_all(b"]}\n")
}

fn as_table(out: &mut dyn Write, file: &Path, all: &Pins, pins: &[&Pin]) -> io::Result<()> {
    if all.is_empty() {
        let file = sanitise(&file.to_string_lossy());
        return writeln!(
            out,
            "No agent is pinned in {file}: `limescope identity audit` pins those that it sees."
        );
    }
    let rows: Vec<_> = pins.iter().map(|pin| (pin.id.shown(), sanitise(&pin.group), *pin)).collect();
    let width = |title: &str, letters: &mut dyn Iterator<Item = usize>| {
        letters.max().unwrap_or_default().clamp(title.len(), WIDEST)
    };
    let id = width("AGENT", &mut rows.iter().map(|(id, ..)| id.as_str().chars().count()));
    let group = width("GROUP", &mut rows.iter().map(|(_, group, _)| group.as_str().chars().count()));
    let titles = ("AGENT", "GROUP", "FIRST SEEN", "ENDORSEMENT KEY");
    writeln!(
        out,
        "{:<id$}  {:<group$}  {:<20}  {:<15}  ATTESTATION KEY",
        titles.0, titles.1, titles.2, titles.3
    )?;
    for (shown, in_group, pin) in &rows {
        writeln!(
            out,
            "{shown:<id$}  {in_group:<group$}  {:<20}  {:<15}  {}",
            pin.first_seen.strftime("%Y-%m-%d %H:%M UTC").to_string(),
            short(pin.endorsement_key.as_ref()),
            short(pin.attestation_key.as_ref())
        )?;
    }
    writeln!(out, "\n{} in {}.", some(rows.len(), "pin", "pins"), sanitise(&file.to_string_lossy()))
}

/// Enough of a key's Name to tell it from others; JSON has all of it.
pub(super) fn short(key: Option<&KeyName>) -> String {
    key.map_or_else(|| "-".to_owned(), |key| format!("{}…", key.short()))
}

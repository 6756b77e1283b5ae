//! A file that is to be right in one mode, for commands that connect nowhere
//! but reckon with its addresses.

use std::path::Path;

use color_eyre::eyre::Report;

use super::ModeName;
use super::input::{self, Input};
use crate::cli::output;
use crate::servers::document::{self, Mode};
use crate::servers::{Backend, Severity, backends};

/// The usable blocks, and how many of them are demanded.
pub(super) struct Fleet {
    pub mode: Mode,
    pub backends: Vec<Backend>,
    pub requested: usize,
}

/// Reads the file in the given mode; without one as a push agent if it is
/// right for that, else as a pull agent. `None` where it is wrong, which is
/// then said on standard error.
pub(super) fn read(file: &Path, mode: Option<ModeName>) -> Result<Option<Fleet>, Report> {
    let (text, name) = match input::read(file)? {
        Input::Text { text, name } => (text, name),
        Input::Unfit { message, .. } => {
            output::message(&format!("error: {message}"));
            return Ok(None);
        }
    };
    let modes = ModeName::modes(mode);
    let document = document::read(&text, &modes);
    let right = document.readings.iter().rev().find(|reading| reading.valid);
    let Some(reading) = right else {
        let places = document.render(&text, &name);
        for (found, words) in document.diagnostics.iter().zip(places) {
            if found.severity == Severity::Error {
                output::message(&words);
            }
        }
        return Ok(None);
    };
    let mode = reading.mode;
    let requested =
        document.duplication.requested.and_then(|number| usize::try_from(number).ok()).unwrap_or(1);
    Ok(Some(Fleet { mode, backends: backends(&document, mode), requested }))
}

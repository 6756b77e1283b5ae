//! `limescope tpm status`.

use std::process::ExitCode;

use color_eyre::eyre::Report;

use super::REFUSED;
use crate::cli::output;
use crate::tasks;
use crate::text::count::some;
use crate::tpm::device::{Lockout, status};

pub(super) fn run() -> Result<ExitCode, Report> {
    let found = match status(&tasks::device::tpm()) {
        Ok(found) => found,
        Err(error) => {
            output::message(&format!("TPM: {error}"));
            return Ok(ExitCode::from(REFUSED));
        }
    };
    output::standard(|out| {
        writeln!(out, "TPM: {}", crate::text::sanitise(&found.name))?;
        writeln!(out, "maker: {} {}, firmware {}", found.manufacturer, found.model, found.firmware)?;
        if found.owner_password {
            writeln!(out, "owner: has set a password; keys cannot be made or used by limescope")?;
        }
        let counted = |lockout: &Lockout| {
            some(usize::try_from(lockout.counted).unwrap_or(usize::MAX), "wrong PIN", "wrong PINs")
        };
        match &found.lockout {
            None => writeln!(out, "lockout: not known"),
            Some(lockout) if lockout.left() == 0 => {
                writeln!(out, "lockout: locked, {}{}", counted(lockout), lockout.words_of_end())
            }
            Some(lockout) => {
                writeln!(out, "lockout: {} of {} that lock it", counted(lockout), lockout.allowed)
            }
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

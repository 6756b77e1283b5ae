//! `limescope print`: texts to start from.

use std::process::ExitCode;

use super::arguments::Printed;
use super::output;
use crate::config::SAMPLE;

pub(super) fn run(what: Printed) -> color_eyre::Result<ExitCode> {
    let text = match what {
        Printed::Config => SAMPLE,
    };
    output::standard(|out| out.write_all(text.as_bytes()))?;
    Ok(ExitCode::SUCCESS)
}

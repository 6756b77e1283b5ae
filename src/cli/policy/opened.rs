//! A policy that is looked into, whoever signed it: `lint`, `diff`, `search`.
//!
//! Nobody is trusted here, so no signature is vouched for; one that is wrong by
//! the envelope's own certificate still keeps the policy from being read.

use std::ops::ControlFlow;

use color_eyre::eyre::{Report, eyre};
use jiff::Timestamp;

use super::input::Loaded;
use crate::cli::output;
use crate::policy::Severity;
use crate::policy::document::Policy;
use crate::policy::examination::{Examination, Options, Placed, examine};
use crate::policy::trust::Trust;
use crate::text::{count, sanitise, sanitise_to};

/// Characters of a path that are shown at most: `PATH_MAX` of Linux.
const MAX_PATH: usize = 4096;

/// A policy and its name, which is fit to be shown.
pub(super) struct Opened {
    pub file: String,
    pub examination: Examination,
}

impl Opened {
    pub(super) fn new(loaded: Loaded, strict: bool) -> Self {
        let options = Options { strict, ..Options::at(Timestamp::now()) };
        let file = sanitise(&loaded.name).into_string();
        let examination =
            examine(loaded.bytes, &Trust::none(), &options, &mut |_step| ControlFlow::Continue(()));
        Self { file, examination }
    }

    /// The policy, to be compared or searched. That it has errors is said to
    /// people.
    ///
    /// # Errors
    /// There is none, with the first error that was found.
    pub(super) fn policy(&self) -> Result<&Policy, Report> {
        let errors: Vec<_> = self.examination.of_severity(Severity::Error).collect();
        let Some(policy) = &self.examination.document else {
            let why = errors.first().map_or_else(|| "no policy is in it".to_owned(), |error| fault(error));
            return Err(eyre!("{}: {why}", self.file));
        };
        if !errors.is_empty() {
            let some = count::some(errors.len(), "error", "errors");
            output::message(&format!(
                "{}: the policy has {some}; limescope policy lint shows them",
                self.file
            ));
        }
        Ok(policy)
    }
}

/// `error[CODE] LINE:COLUMN: what is wrong`.
pub(super) fn fault(placed: &Placed) -> String {
    let finding = &placed.finding;
    let place = placed.place.map(|place| format!(" {}:{}", place.line, place.column)).unwrap_or_default();
    format!("{}[{}]{place}: {}", finding.severity.word(), finding.code, finding.message)
}

/// A text out of a policy as it may be shown; no path of a file is cut.
pub(super) fn shown(text: &str) -> String {
    sanitise_to(text, MAX_PATH).into_string()
}

//! From options to trust.

use std::path::{Path, PathBuf};

use clap::Args;
use color_eyre::eyre::{Report, WrapErr, eyre};

use super::input::{self, Inputs};
use crate::files::bounded;
use crate::files::places::Places;
use crate::policy::signature::{Material, MaterialError, material};
use crate::policy::trust::{Store, Subject, Trust};
use crate::tasks::anchor;
use crate::text::sanitise;

/// Whom to trust in this run.
#[derive(Debug, Args)]
pub(super) struct TrustedOptions {
    /// A public key that is trusted (PEM), instead of the trust store; may be repeated
    #[arg(long = "key", value_name = "PEM")]
    keys: Vec<PathBuf>,
    /// A certificate that is trusted (PEM), instead of the trust store; may be repeated
    #[arg(long = "cert", value_name = "PEM")]
    certificates: Vec<PathBuf>,
    /// Another trust store, or a file with keys and certificates (PEM)
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
}

impl TrustedOptions {
    /// What is trusted for a policy.
    ///
    /// # Errors
    /// A file cannot be read or holds nothing that can be used.
    pub(super) fn trust(&self, subject: Subject<'_>, inputs: &Inputs<'_>) -> Result<Trust, Report> {
        let mut trust = match &self.trust {
            Some(file) => stored(file, subject)?,
            None if !self.keys.is_empty() || !self.certificates.is_empty() => Trust::none(),
            None => Trust::of_store(&own(inputs)?, subject),
        };
        for file in self.keys.iter().chain(&self.certificates) {
            let text = input::small(file)?;
            let name = || format!("{}", sanitise(&file.to_string_lossy()));
            match material::read(&text) {
                Ok(found) => trust.give(found),
                // A kind of key that is known and not judged refuses the text, not the command line.
                Err(error @ MaterialError::OpenPgp) => {
                    trust.give_unusable(error.code(), format!("{}: {error}", name()));
                }
                Err(error) => return Err(eyre!("{}: {error}", name())),
            }
        }
        Ok(trust)
    }
}

fn stored(file: &Path, subject: Subject<'_>) -> Result<Trust, Report> {
    let text = bounded::read_text(file, input::MAX_SMALL)?;
    let name = || format!("{}", sanitise(&file.to_string_lossy()));
    if text.contains("-----BEGIN ") && !text.contains("[[trusted]]") && !text.contains("trusted =") {
        let found: Vec<Material> = material::read(text.as_bytes()).wrap_err_with(name)?;
        return Ok(Trust::given(found));
    }
    Ok(Trust::of_store(&Store::parse(&text).wrap_err_with(name)?, subject))
}

/// The file of the console's own store.
///
/// # Errors
/// The system knows no home folder for this user.
pub(super) fn own_file() -> Result<PathBuf, Report> {
    Places::of_this_user()
        .map(|places| places.trust_file)
        .ok_or_else(|| eyre!("no home folder is known for this user; name the trust store with --trust"))
}

/// The console's own store, as its anchor in the TPM lets it count; empty where there is no file yet.
fn own(inputs: &Inputs<'_>) -> Result<Store, Report> {
    let Ok(file) = own_file() else { return Ok(Store::default()) };
    anchor::read_store(&file, inputs.anchor()?)
        .wrap_err_with(|| format!("{}", sanitise(&file.to_string_lossy())))
}

/// A time: `2026-01-31T12:00:00Z`, or a day, which begins at midnight UTC.
pub(super) fn time(text: &str) -> Result<jiff::Timestamp, String> {
    let day = || text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    text.parse().or_else(|_no_time| {
        day()
            .map(|day| day.timestamp())
            .ok_or_else(|| "write a time as 2026-01-31T12:00:00Z, or a day as 2026-01-31".to_owned())
    })
}

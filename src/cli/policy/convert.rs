//! `limescope policy convert`.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use color_eyre::eyre::Report;
use jiff::Timestamp;

use super::input::Loaded;
use super::trusted::TrustedOptions;
use super::{Inputs, saved};
use crate::cli::output;
use crate::policy::convert::{Conversion, convert};
use crate::policy::examination::{Options, examine};
use crate::policy::json::{Limits, Refusal, place};
use crate::policy::{Finding, PolicyVerdict, Severity, document};
use crate::text::{count, sanitise};

/// Nothing was written.
const REFUSED: u8 = 1;

/// The text is a DSSE envelope.
const ENVELOPE: &str = "convert-envelope";

#[derive(Debug, Args)]
pub(super) struct ConvertOptions {
    /// The policy or allow-list; `-` reads standard input, group:NAME/POLICY a group
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where the policy goes; `-` is standard output
    #[arg(short, long, value_name = "OUT", default_value = "-")]
    output: PathBuf,
    #[command(flatten)]
    trusted: TrustedOptions,
    /// Write a policy that still has errors, and replace a file that is there
    #[arg(long)]
    force: bool,
}

pub(super) fn run(options: &ConvertOptions, inputs: &Inputs<'_>) -> Result<ExitCode, Report> {
    let loaded = inputs.load(&options.file)?;
    let file = sanitise(&loaded.name);
    let limits = Limits::default();
    let Conversion { from, text, changes } = match converted(loaded, options, &limits, inputs)? {
        Ok(conversion) => conversion,
        Err(why) => {
            output::message(&format!("{file}: {why}"));
            return Ok(ExitCode::from(REFUSED));
        }
    };
    let said = match changes.len() {
        0 => "nothing had to be changed".to_owned(),
        number => count::some(number, "change", "changes"),
    };
    output::message(&format!("{file}: {}: {said}", from.word()));
    changes.iter().for_each(say);
    let text = bytes::Bytes::from(text);
    let reading = document::read(text.clone(), &limits, &mut |_done| ControlFlow::Continue(()));
    if reading.verdict() != PolicyVerdict::Valid {
        output::message("the policy that it became still has errors:");
        reading.findings.iter().filter(|finding| finding.severity == Severity::Error).for_each(say);
        if !options.force {
            output::message("it is not written; --force writes it all the same");
            return Ok(ExitCode::from(REFUSED));
        }
    }
    saved::write(&options.output, std::str::from_utf8(&text)?, options.force)?;
    Ok(ExitCode::SUCCESS)
}

/// The policy; the inner error says why there is none.
fn converted(
    loaded: Loaded,
    options: &ConvertOptions,
    limits: &Limits,
    inputs: &Inputs<'_>,
) -> Result<Result<Conversion, String>, Report> {
    let now = Timestamp::now();
    let timestamp = now.to_string();
    let refusal = match convert(&loaded.bytes, &timestamp, limits) {
        Err(refusal) if refusal.code == ENVELOPE => refusal,
        other => return Ok(other.map_err(|refusal| words(&loaded.bytes, &refusal))),
    };
    // What a DSSE envelope holds is taken out only where somebody trusted signed it.
    let trust = options.trusted.trust(loaded.subject(), inputs)?;
    let why = words(&loaded.bytes, &refusal);
    let judged = Options::at(now);
    let examination = examine(loaded.bytes, &trust, &judged, &mut |_step| ControlFlow::Continue(()));
    let policy = examination.document.as_ref().filter(|_policy| {
        examination.signature == crate::policy::SignatureVerdict::Valid && !examination.cancelled
    });
    let Some(policy) = policy else {
        let verdict = examination.signature.word();
        return Ok(Err(format!("{why} (its signature is {verdict}; --key names a trusted key)")));
    };
    let mut conversion = match convert(policy.text(), &timestamp, limits) {
        Ok(conversion) => conversion,
        Err(refusal) => return Ok(Err(words(policy.text(), &refusal))),
    };
    let message = "the policy was taken out of its envelope, whose signature was verified; sign it anew";
    conversion.changes.insert(0, Finding::new(Severity::Warning, "convert-signature-lost", message));
    Ok(Ok(conversion))
}

fn words(text: &[u8], refusal: &Refusal) -> String {
    let at = place(text, refusal.offset);
    format!("error[{}] {}:{}: {}", refusal.code, at.line, at.column, refusal.message)
}

fn say(finding: &Finding) {
    output::message(&format!("{}[{}]: {}", finding.severity.word(), finding.code, finding.message));
}

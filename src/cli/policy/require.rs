//! `limescope policy require`.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgGroup, Args};
use color_eyre::eyre::{Report, WrapErr, eyre};
use jiff::Timestamp;

use super::input::{Inputs, Loaded};
use super::opened::fault;
use super::saved;
use super::trusted::TrustedOptions;
use crate::cli::output;
use crate::policy::document::Policy;
use crate::policy::document::metadata::Identity;
use crate::policy::envelope::Format;
use crate::policy::evidence::{Algorithm, Digest};
use crate::policy::examination::{Examination, Options, examine};
use crate::policy::json::place;
use crate::policy::require::{Demanded, Effect, RequireError, Required, Requirement, require};
use crate::policy::{PolicyVerdict, Severity, SignatureVerdict};
use crate::text::{count, sanitise};

/// Nothing was written.
const REFUSED: u8 = 1;

/// Digests that are told one by one; the rest is counted.
const TOLD: usize = 20;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("of").args(["digests", "list"]).required(true).multiple(true))]
#[command(group = ArgGroup::new("check").args(["log_inclusion", "identity"]).required(true).multiple(true))]
pub(super) struct RequireOptions {
    /// The policy; `-` reads standard input, group:NAME/POLICY a group
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A digest of the policy, with or without `sha256:` before it; may be repeated
    #[arg(long = "digest", value_name = "DIGEST", value_parser = digest)]
    digests: Vec<Digest>,
    /// A file of digests, one at the beginning of each line, as sha256sum writes them; `-` reads standard input
    #[arg(long = "digests", value_name = "LIST")]
    list: Option<PathBuf>,
    /// Demand an inclusion proof in a transparency log
    #[arg(long)]
    log_inclusion: bool,
    /// Demand a signature by this subject: the mail address or URL in the signer's certificate, exactly
    #[arg(long, value_name = "SUBJECT", requires = "issuer")]
    identity: Option<String>,
    /// Who vouched for the subject: the https URL in the signer's certificate, exactly
    #[arg(long, value_name = "URL", requires = "identity")]
    issuer: Option<String>,
    /// Where the policy goes; `-` is standard output
    #[arg(short, long, value_name = "OUT", default_value = "-")]
    output: PathBuf,
    /// Replace a check that says something else; an identity then takes the place of the others
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    trusted: TrustedOptions,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
}

fn digest(text: &str) -> Result<Digest, String> {
    Digest::read(text).ok_or_else(|| {
        "a digest is 64 hexadecimal digits (SHA-256), or 40, 96 or 128; sha256: and its like may stand before"
            .to_owned()
    })
}

pub(super) fn run(options: &RequireOptions, inputs: &Inputs<'_>) -> Result<ExitCode, Report> {
    let requirement = requirement(options)?;
    let mut digests = options.digests.clone();
    if let Some(list) = &options.list {
        listed(&inputs.load(list)?, &mut digests)?;
    }
    let loaded = inputs.load(&options.file)?;
    let file = sanitise(&loaded.name).into_string();
    let trust = options.trusted.trust(loaded.subject(), inputs)?;
    let judged = Options::at(Timestamp::now());
    let examination = examine(loaded.bytes, &trust, &judged, &mut |_step| ControlFlow::Continue(()));
    let policy = match policy(&examination) {
        Ok(policy) => policy,
        Err(why) => {
            output::message(&format!("{file}: {why}"));
            return Ok(ExitCode::from(REFUSED));
        }
    };
    let mut required = match require(policy, &digests, &requirement) {
        Ok(required) => required,
        Err(error) => {
            refuse(&file, policy, &error);
            return Ok(ExitCode::from(REFUSED));
        }
    };
    before(&file, &examination);
    let is_same_file = is_same(&options.file, &options.output);
    let sum = examination.sha256;
    // A policy of a million digests is not held twice while it is written.
    drop(examination);
    let text = String::from_utf8(std::mem::take(&mut required.text))?;
    if is_same_file {
        saved::unchanged(&options.output, sum)?;
    }
    saved::write(&options.output, &text, options.force)?;
    // Only now: what is told was written.
    tell(&file, &required);
    output::message(&next_step(&options.output));
    Ok(ExitCode::SUCCESS)
}

fn requirement(options: &RequireOptions) -> Result<Requirement, Report> {
    let identity = match (&options.issuer, &options.identity) {
        (Some(issuer), Some(subject)) => {
            Some(Identity::new(issuer, subject).wrap_err("--identity and --issuer")?)
        }
        _ => None,
    };
    Ok(Requirement { log_inclusion: options.log_inclusion, identity, replace: options.replace })
}

/// Digests at the beginning of lines; empty lines and `#` are passed over.
fn listed(list: &Loaded, digests: &mut Vec<Digest>) -> Result<(), Report> {
    let name = sanitise(&list.name);
    let text = std::str::from_utf8(&list.bytes).wrap_err_with(|| name.to_string())?;
    for (number, line) in text.lines().enumerate() {
        let Some(word) = line.split_whitespace().next().filter(|word| !word.starts_with('#')) else {
            continue;
        };
        // sha256sum writes a backslash before a name that it escaped.
        let found = digest(word.trim_start_matches('\\'));
        digests.push(found.map_err(|why| eyre!("{name}:{}: {why}", number + 1))?);
    }
    match digests.is_empty() {
        true => Err(eyre!("{name}: there is no digest in it")),
        false => Ok(()),
    }
}

/// The policy that can be written into, or why there is none.
fn policy(examination: &Examination) -> Result<&Policy, String> {
    match (&examination.document, examination.format, examination.signature) {
        (_, Format::LegacyFlat | Format::LegacyJson, _) => {
            Err("an old allow-list has no digest_metadata; make a policy of it with limescope policy convert"
                .to_owned())
        }
        (
            Some(policy),
            _,
            SignatureVerdict::Valid | SignatureVerdict::Untrusted | SignatureVerdict::Unsigned,
        ) => Ok(policy),
        (_, _, signature @ (SignatureVerdict::Invalid | SignatureVerdict::Rejected)) => {
            let error = examination.of_severity(Severity::Error).next();
            let why = error.map(|error| format!(": {}", fault(error))).unwrap_or_default();
            Err(format!("its signature is {}, so nothing is taken out of it{why}", signature.word()))
        }
        (None, ..) => {
            let error = examination.of_severity(Severity::Error).next();
            Err(error.map_or_else(|| "no policy is in it".to_owned(), fault))
        }
    }
}

fn refuse(file: &str, policy: &Policy, error: &RequireError) {
    let place = error.offset().map(|offset| place(policy.text(), offset));
    let place = place.map(|place| format!("{}:{}: ", place.line, place.column)).unwrap_or_default();
    let hint = match error {
        RequireError::Conflict { .. } => "\n  --replace replaces it",
        _ => "",
    };
    output::message(&format!("{file}: {place}{error}; nothing was written{hint}"));
}

/// What should be known of the policy as it was.
fn before(file: &str, examination: &Examination) {
    let lost = "that signature does not cover the new policy, which is written without it";
    match examination.signature {
        SignatureVerdict::Unsigned => {}
        SignatureVerdict::Valid => {
            output::message(&format!(
                "{file}: a {} that a trusted key signed; {lost}",
                examination.format.title()
            ));
        }
        other => output::message(&format!(
            "{file}: a {} whose signature is {}: nobody whom you trust signed this policy (--key names a trusted \
             key); {lost}",
            examination.format.title(),
            other.word()
        )),
    }
    if examination.policy != PolicyVerdict::Valid {
        output::message(&format!(
            "{file}: the policy has errors, which stay as they are; limescope policy lint shows them"
        ));
    }
}

fn tell(file: &str, required: &Required) {
    let told = &required.digests;
    for demanded in told.iter().take(TOLD) {
        output::message(&format!("{file}: {}", words(demanded)));
    }
    if told.len() > TOLD {
        let (rest, orphans) = (told.get(TOLD..).unwrap_or_default(), |one: &&Demanded| one.paths == 0);
        let none = rest.iter().filter(orphans).count();
        output::message(&format!(
            "{file}: and {}, {} of which no path has",
            count::some(rest.len(), "more digest", "more digests"),
            none
        ));
    }
    if required.is_unchanged() {
        output::message(&format!("{file}: all of it was demanded already; the policy is written as it was"));
    }
}

fn words(demanded: &Demanded) -> String {
    let digest = demanded.digest.typed();
    let checks: Vec<String> = demanded
        .checks
        .iter()
        .map(|(name, effect)| match effect {
            Effect::Added => format!("{name} added"),
            Effect::AlreadyThere => format!("{name} was demanded already"),
            Effect::Alternative(number) => {
                format!("{name} has {number} identities now, of which any will do (--replace keeps the new one only)")
            }
            Effect::Replaced => format!("{name} replaced"),
        })
        .collect();
    let paths = match demanded.paths {
        0 => "warning: no path of the policy has this digest".to_owned(),
        number => count::some(number, "path", "paths"),
    };
    let never = match demanded.digest.algorithm() {
        Algorithm::Sha1 => "; warning: a SHA-1 digest is in no transparency log, so this can never pass",
        _ => "",
    };
    format!("{digest} ({paths}): {}{never}", checks.join(", "))
}

/// Whether a file is to be written into itself.
fn is_same(input: &Path, output: &Path) -> bool {
    match (input.canonicalize(), output.canonicalize()) {
        (Ok(input), Ok(output)) => input == output,
        _ => false,
    }
}

fn next_step(output: &Path) -> String {
    let said = "the policy is not signed; the next step:";
    if output == Path::new("-") {
        return format!(
            "{said} limescope policy sign POLICY --key KEY -o SIGNED (POLICY: where it was written)"
        );
    }
    let quoted = |path: &Path| {
        let name = path.to_string_lossy().into_owned();
        let name = shlex::try_quote(&name).map_or_else(|_nul| name.clone(), std::borrow::Cow::into_owned);
        sanitise(&name).into_string()
    };
    let signed = output.with_extension("signed.json");
    format!("{said} limescope policy sign {} --key KEY -o {}", quoted(output), quoted(&signed))
}

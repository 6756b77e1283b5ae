//! `limescope policy trust`: the store of pinned keys and certificates.

use std::io::{BufRead, IsTerminal};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use color_eyre::eyre::{Report, WrapErr, eyre};
use jiff::Timestamp;
use serde_json::json;

use super::Format;
use super::input::{self, Inputs};
use super::trusted::{own_file, time};
use crate::cli::output;
use crate::config;
use crate::files::bounded::{self, ReadError};
use crate::files::saving::{Links, Original};
use crate::policy::envelope::{Shape, SignedBytes, shape};
use crate::policy::json::Limits;
use crate::policy::signature::{Material, Scheme, material};
use crate::policy::trust::{Entry, Pin, Scope, Store, edit};
use crate::tasks;
use crate::tasks::anchor::{self, CommitError};
use crate::text::{Secret, sanitise, sanitise_to};
use crate::tpm::device::LONGEST_PIN;

/// Nothing was changed.
const REFUSED: u8 = 1;

#[derive(Debug, Args)]
pub(super) struct TrustOptions {
    #[command(subcommand)]
    command: TrustCommand,
}

#[derive(Debug, Subcommand)]
enum TrustCommand {
    /// List what is trusted, for which policies and until when
    List(ListOptions),
    /// Pin a key or a certificate; shows its fingerprint first and asks
    Add(AddOptions),
    /// Trust a key or certificate no longer
    Remove(RemoveOptions),
}

#[derive(Debug, Args)]
struct ListOptions {
    /// Another trust store [default: limescope/trust.toml in the XDG data folder]
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// The key: certificates that are made anew for it do not matter
    Key,
    /// The certificate, as long as it is valid
    Certificate,
}

#[derive(Debug, Args)]
struct AddOptions {
    /// A public key or certificate (PEM), or a signed policy (also group:NAME/POLICY) whose certificate is
    /// to be pinned
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What it is called
    #[arg(long, value_name = "LABEL")]
    label: String,
    /// It counts for policies of this group only; may be repeated
    #[arg(long = "group", value_name = "NAME")]
    groups: Vec<String>,
    /// It counts for policies of this name only; may be repeated
    #[arg(long = "policy", value_name = "NAME")]
    policies: Vec<String>,
    /// It counts from this time on
    #[arg(long, value_name = "TIME", value_parser = time)]
    valid_from: Option<Timestamp>,
    /// It counts until this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    valid_until: Option<Timestamp>,
    /// How it signs canonical JSON, where that is not the usual way
    #[arg(long, value_name = "SCHEME")]
    scheme: Option<String>,
    /// What of a certificate is pinned [default: asked on a terminal, else the certificate]
    #[arg(long, value_enum)]
    pin: Option<What>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Another trust store [default: limescope/trust.toml in the XDG data folder]
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    #[command(flatten)]
    pin_of_anchor: PinOfAnchor,
}

/// Where the administrator's PIN comes from.
#[derive(Debug, Args)]
pub(in crate::cli) struct PinOfAnchor {
    /// The PIN of the store's anchor in the TPM is the first line of this file [default: asked on a terminal]
    #[arg(long, value_name = "FILE")]
    pin_file: Option<PathBuf>,
}

impl PinOfAnchor {
    /// The PIN; asked for where no file is named. One that no anchor can have is not tried: that would count towards
    /// the TPM's lockout.
    pub(in crate::cli) fn get(&self, question: &str) -> Result<Secret, Report> {
        let (pin, from) = match &self.pin_file {
            Some(file) => {
                let text = zeroize::Zeroizing::new(bounded::read_bytes(file, 4096)?);
                let line = text.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
                (
                    Secret::new(line.to_vec()),
                    format!("{}: its first line is no PIN: ", sanitise(&file.to_string_lossy())),
                )
            }
            None if std::io::stdin().is_terminal() => {
                (Secret::new(rpassword::prompt_password(question)?.into_bytes()), String::new())
            }
            None => {
                return Err(eyre!(
                    "the anchor in the TPM needs its PIN: use a terminal, or name a file with --pin-file"
                ));
            }
        };
        if pin.expose().is_empty() || pin.expose().len() > LONGEST_PIN {
            return Err(eyre!("{from}a PIN has 1 to {LONGEST_PIN} bytes; nothing was changed"));
        }
        Ok(pin)
    }

    /// Whether somebody will be asked.
    pub(in crate::cli) const fn is_asked(&self) -> bool {
        self.pin_file.is_none()
    }
}

#[derive(Debug, Args)]
struct RemoveOptions {
    /// Its label, or how its fingerprint begins
    #[arg(value_name = "LABEL|FINGERPRINT")]
    name: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Another trust store [default: limescope/trust.toml in the XDG data folder]
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    #[command(flatten)]
    pin_of_anchor: PinOfAnchor,
}

pub(super) fn run(options: &TrustOptions, inputs: &Inputs<'_>) -> Result<ExitCode, Report> {
    match &options.command {
        TrustCommand::List(options) => list(options),
        TrustCommand::Add(options) => add(options, inputs),
        TrustCommand::Remove(options) => remove(options),
    }
}

/// The store to be changed; its folder is made, as XDG wants it (0700).
fn open(file: Option<&PathBuf>) -> Result<Original, Report> {
    let file = file.map_or_else(own_file, |file| Ok(file.clone()))?;
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    Ok(Original::open(&file, input::MAX_SMALL, Links::Refuse)?)
}

fn list_of(file: Option<&PathBuf>) -> Result<Store, Report> {
    let file = file.map_or_else(own_file, |file| Ok(file.clone()))?;
    match bounded::read_text(&file, input::MAX_SMALL) {
        Ok(text) => Store::parse(&text).wrap_err_with(|| format!("{}", sanitise(&file.to_string_lossy()))),
        Err(ReadError::Missing { .. }) => Ok(Store::default()),
        Err(error) => Err(error.into()),
    }
}

fn list(options: &ListOptions) -> Result<ExitCode, Report> {
    let store = match &options.trust {
        Some(_) => list_of(options.trust.as_ref())?,
        None => {
            let file = own_file()?;
            anchor::read_store(&file, config::Anchor::Warn)
                .wrap_err_with(|| format!("{}", sanitise(&file.to_string_lossy())))?
        }
    };
    if let Some(doubt) = &store.doubt {
        output::message(&format!("{}; {}", doubt.words, doubt.hint));
    }
    output::standard(|out| {
        if options.format == Format::Json {
            let entries: Vec<_> = store.entries.iter().map(of_entry).collect();
            let history: Vec<_> = store
                .history
                .iter()
                .map(|change| {
                    json!({"at": change.at.to_string(), "action": change.action.word(),
                           "label": sanitise(&change.label).as_str(), "fingerprint": change.fingerprint.to_string()})
                })
                .collect();
            return writeln!(out, "{}", json!({"trusted": entries, "history": history}));
        }
        for entry in &store.entries {
            writeln!(out, "{}", words(entry))?;
        }
        for change in &store.history {
            let label = sanitise(&change.label);
            writeln!(out, "{} {} \"{label}\" {}", change.at, change.action.word(), change.fingerprint)?;
        }
        Ok(())
    })?;
    Ok(ExitCode::SUCCESS)
}

fn of_entry(entry: &Entry) -> serde_json::Value {
    let list = |names: &[String]| names.iter().map(|name| sanitise(name).into_string()).collect::<Vec<_>>();
    json!({
        "label": sanitise(&entry.label).as_str(),
        "kind": entry.pin.noun(),
        "algorithm": entry.pin.key().map(|key| key.algorithm().to_string()),
        "fingerprint": entry.pin.fingerprint().to_string(),
        "groups": list(&entry.scope.groups),
        "policies": list(&entry.scope.policies),
        "valid_from": entry.valid_from.map(|at| at.to_string()),
        "valid_until": entry.valid_until.map(|at| at.to_string()),
        "added_at": entry.added_at.to_string(),
    })
}

fn words(entry: &Entry) -> String {
    let mut words = format!("\"{}\" {}", sanitise(&entry.label), entry.pin.noun());
    if let Some(key) = entry.pin.key() {
        words.push_str(&format!(" {}", key.algorithm()));
    }
    words.push_str(&format!(" sha256 {}", entry.pin.fingerprint()));
    if let Pin::Certificate(certificate) = &entry.pin {
        let subject = certificate.subject().shown_to(80);
        words.push_str(&format!(", {subject}, valid until {}", certificate.not_after()));
    }
    for (of, names) in [("groups", &entry.scope.groups), ("policies", &entry.scope.policies)] {
        if !names.is_empty() {
            words.push_str(&format!(", {of} {}", sanitise_to(&names.join(", "), 200)));
        }
    }
    if let Some(from) = entry.valid_from {
        words.push_str(&format!(", from {from}"));
    }
    if let Some(until) = entry.valid_until {
        words.push_str(&format!(", until {until}"));
    }
    words
}

fn add(options: &AddOptions, inputs: &Inputs<'_>) -> Result<ExitCode, Report> {
    let mut original = open(options.trust.as_ref())?;
    let (found, in_band) = found(&inputs.load(&options.file)?.bytes)?;
    let pin = match found {
        Material::Certificate(certificate) => {
            output::message(&format!(
                "certificate {} sha256 {}, valid until {}; its key {} sha256 {}",
                certificate.subject().shown_to(80),
                certificate.fingerprint(),
                certificate.not_after(),
                certificate.key().algorithm(),
                certificate.key().fingerprint()
            ));
            if in_band {
                output::message(
                    "this certificate comes from the policy itself and proves nothing: compare the fingerprint with \
                     its owner's",
                );
            }
            let offer = "Certificates of Keylime live 30 days. Pin its key instead?";
            let key = match options.pin {
                Some(what) => what == What::Key,
                None => !options.yes && std::io::stdin().is_terminal() && asked(offer)?,
            };
            if key { Pin::Key(certificate.key().clone()) } else { Pin::Certificate(certificate) }
        }
        Material::Key(_) if options.pin == Some(What::Certificate) => {
            return Err(eyre!("this is a key; only a certificate can be pinned as one"));
        }
        Material::Key(key) => Pin::Key(key),
    };
    let scheme = match &options.scheme {
        Some(word) => {
            Some(Scheme::parse(word).ok_or_else(|| eyre!("the scheme {} is not known", sanitise(word)))?)
        }
        None => None,
    };
    let entry = Entry {
        label: options.label.clone(),
        pin,
        scope: Scope { groups: options.groups.clone(), policies: options.policies.clone() },
        valid_from: options.valid_from,
        valid_until: options.valid_until,
        scheme,
        added_at: Timestamp::now(),
    };
    let text = edit::add(original.text().unwrap_or_default(), &entry)?;
    output::message(&words(&entry));
    if !options.yes && !agreed("Trust it to sign policies?")? {
        return Ok(ExitCode::from(REFUSED));
    }
    save(&mut original, &text, &options.pin_of_anchor)
}

/// The one key or certificate of a PEM file, or the certificate in a signed
/// policy.
fn found(bytes: &[u8]) -> Result<(Material, bool), Report> {
    if !bytes.trim_ascii_start().starts_with(b"{") {
        let mut read = material::read(bytes)?;
        return match (read.pop(), read.is_empty()) {
            (Some(found), true) => Ok((found, false)),
            _ => Err(eyre!("several keys or certificates are in this file; add them one by one")),
        };
    }
    let signatures = match shape(bytes, SignedBytes::Canonical, &Limits::default()) {
        Shape::Dsse(dsse) => dsse.signatures,
        Shape::Signed(signed) => signed.signatures,
        _ => Vec::new(),
    };
    signatures
        .into_iter()
        .find_map(|signature| signature.certificate)
        .map(|certificate| (Material::Certificate(certificate), true))
        .ok_or_else(|| eyre!("no certificate is in this policy; bring the signer's public key as PEM"))
}

fn remove(options: &RemoveOptions) -> Result<ExitCode, Report> {
    let mut original = open(options.trust.as_ref())?;
    let (text, entry) = edit::remove(original.text().unwrap_or_default(), &options.name, Timestamp::now())?;
    output::message(&words(&entry));
    if !options.yes && !agreed("Trust it no longer?")? {
        return Ok(ExitCode::from(REFUSED));
    }
    save(&mut original, &text, &options.pin_of_anchor)
}

/// Whether this is the console's own store, by whatever path it was named.
fn is_own(file: &Path) -> bool {
    let Ok(own) = own_file() else { return false };
    own == file || own.canonicalize().is_ok_and(|own| file.canonicalize().is_ok_and(|file| file == own))
}

/// Saves the new text. The console's own store is committed to the TPM in the same step, where it is anchored there.
fn save(original: &mut Original, text: &str, pin: &PinOfAnchor) -> Result<ExitCode, Report> {
    let tpm = tasks::device::tpm();
    let is_own = is_own(original.path());
    let committed = match is_own.then(|| anchor::must_commit(&tpm, original)).transpose() {
        Ok(Some(true)) => {
            let pin = pin.get("PIN of the trust store's anchor: ")?;
            anchor::commit(&tpm, original, text, &pin, false).map(Some)
        }
        Ok(Some(false) | None) => original.save(text).map(|_saved| None).map_err(CommitError::from),
        Err(error) => Err(error),
    };
    match committed {
        Ok(version) => {
            let version = version.map(|version| format!(", committed to the TPM as version {version}"));
            let path = sanitise(&original.path().to_string_lossy());
            output::message(&format!("saved in {path}{}", version.unwrap_or_default()));
            Ok(ExitCode::SUCCESS)
        }
        Err(error @ (CommitError::Device(_) | CommitError::Alarm(_) | CommitError::Stranded { .. })) => {
            output::message(&format!("{error}"));
            Ok(ExitCode::from(REFUSED))
        }
        Err(error) => Err(error.into()),
    }
}

/// Asks, where somebody is there to answer.
fn agreed(question: &str) -> Result<bool, Report> {
    if !std::io::stdin().is_terminal() {
        output::message("nothing is changed: nobody is here to be asked; --yes answers");
        return Ok(false);
    }
    asked(question)
}

fn asked(question: &str) -> Result<bool, Report> {
    output::message(&format!("{question} [y/N]"));
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

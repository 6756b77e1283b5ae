//! `limescope tpm enroll`: a key in the TPM, and what makes it known to servers.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, IsTerminal, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::{Report, eyre};
use jiff::Timestamp;

use super::REFUSED;
use crate::cli::output;
use crate::tasks;
use crate::text::{Secret, sanitise};
use crate::tpm::device::{
    DeviceError, DeviceKey, Kind, LONGEST_NAME, LONGEST_PIN, answers, create, request, self_signed,
};

const KEY: &str = "key.tss2.pem";
const CERTIFICATE: &str = "cert.pem";
const REQUEST: &str = "request.csr";

#[derive(Debug, Args)]
pub(super) struct EnrollOptions {
    /// Make a request for a CA to sign
    #[arg(long, conflicts_with = "self_signed")]
    csr: bool,
    /// Have the key sign its own certificate, valid for two years [default]
    #[arg(long)]
    self_signed: bool,
    /// Protect the key with a PIN: asked for twice on a terminal, else the first line of standard input
    #[arg(long)]
    pin: bool,
    /// An RSA key of 2048 bits, where servers do not take P-256
    #[arg(long)]
    rsa: bool,
    /// Where the files go; none of them may be there already
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The common name, by which servers log what is done [default: limescope]
    #[arg(long, value_name = "CN", default_value = "limescope", hide_default_value = true)]
    name: String,
}

pub(super) fn run(options: &EnrollOptions) -> Result<ExitCode, Report> {
    let length = options.name.chars().count();
    // What has to be escaped on a screen misleads in a server's log as well.
    if options.name.trim().is_empty()
        || length > LONGEST_NAME
        || sanitise(&options.name).as_str() != options.name
    {
        return Err(eyre!(
            "--name takes 1 to {LONGEST_NAME} characters, not all of them blanks, none of them invisible or a control \
             character"
        ));
    }
    let other = if options.csr { REQUEST } else { CERTIFICATE };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&options.out)
        .map_err(|error| cannot("be made", &options.out, &error))?;
    for file in [KEY, other] {
        let path = options.out.join(file);
        // Also where it is a link to nothing.
        if path.symlink_metadata().is_ok() {
            return Err(eyre!("{} is there already; choose another folder, or move it away", shown(&path)));
        }
    }
    let pin = if options.pin { Some(new_pin()?) } else { None };
    let (pem, made) = match make(options, pin) {
        Ok(made) => made,
        Err(error) => {
            output::message(&format!("no key was made: {error}"));
            return Ok(ExitCode::from(REFUSED));
        }
    };
    write(&options.out.join(KEY), &pem, 0o600)?;
    if let Err(error) = write(&options.out.join(other), &made, 0o644) {
        // Half of an enrolment would stand in the way of the next.
        let _ = std::fs::remove_file(options.out.join(KEY));
        return Err(error);
    }
    output::standard(|out| {
        writeln!(out, "{}", shown(&options.out.join(KEY)))?;
        writeln!(out, "{}", shown(&options.out.join(other)))
    })?;
    let whole = |file: &str| {
        let path = options.out.join(file);
        shown(&std::path::absolute(&path).unwrap_or(path))
    };
    let (key, certificate) = (whole(KEY), if options.csr { "…".to_owned() } else { whole(CERTIFICATE) });
    let next = if options.csr {
        format!(
            "Have the operators' CA sign the request (`{REQUEST}`) and set, in [servers.tls] of the groups that trust it:"
        )
    } else {
        format!(
            "Add `{CERTIFICATE}` to `trusted_client_ca` of each verifier and registrar, start them anew, and set, in \
             [servers.tls]:"
        )
    };
    output::message(&format!(
        "{next}\n    cert = \"{certificate}\"\n    key = \"tpm:{key}\"\nThe key works with this TPM only."
    ));
    Ok(ExitCode::SUCCESS)
}

/// The key's file and its certificate or request.
fn make(options: &EnrollOptions, pin: Option<Secret>) -> Result<(String, String), DeviceError> {
    let tpm = tasks::device::tpm();
    // One that hangs is found out sooner than a key takes to be made.
    answers(&tpm)?;
    let kind = if options.rsa { Kind::Rsa(2048) } else { Kind::P256 };
    let again = pin.as_ref().map(|pin| Secret::new(pin.expose().to_vec()));
    let file = create(&tpm, kind, pin)?;
    let pem = file.to_pem().map_err(|error| DeviceError::Internal(error.to_string()))?;
    let key = Arc::new(DeviceKey::new(tpm, file, again));
    let now = u64::try_from(Timestamp::now().as_second()).unwrap_or_default();
    let made =
        if options.csr { request(&key, &options.name)? } else { self_signed(&key, &options.name, now)? };
    Ok((pem, made))
}

fn new_pin() -> Result<Secret, Report> {
    let pin = if io::stdin().is_terminal() {
        let first = rpassword::prompt_password("PIN of the new key: ")?;
        let second = zeroize::Zeroizing::new(rpassword::prompt_password("once more: ")?);
        let first = Secret::new(first.into_bytes());
        if first.expose() != second.as_bytes() {
            return Err(eyre!("the two PINs differ; nothing was made"));
        }
        first
    } else {
        let mut text = zeroize::Zeroizing::new(Vec::with_capacity(256));
        io::stdin().lock().take(256).read_to_end(&mut text)?;
        Secret::new(text.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default().to_vec())
    };
    if pin.expose().is_empty() || pin.expose().len() > LONGEST_PIN {
        return Err(eyre!("a PIN has 1 to {LONGEST_PIN} bytes; nothing was made"));
    }
    Ok(pin)
}

/// Writes a new file. What cannot be written as a whole is not left behind.
fn write(path: &Path, text: &str, mode: u32) -> Result<(), Report> {
    let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
    let mut file = file.map_err(|error| cannot("be written", path, &error))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|error| {
        let _ = std::fs::remove_file(path);
        cannot("be written", path, &error)
    })
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> Report {
    eyre!("{} cannot {what}: {error}; nothing was enrolled; choose another folder with --out", shown(path))
}

fn shown(path: &Path) -> String {
    sanitise(&path.to_string_lossy()).into_string()
}

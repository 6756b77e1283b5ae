//! `limescope policy sign`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use color_eyre::eyre::{Report, WrapErr, eyre};

use super::input::{self, Inputs};
use crate::cli::{load, output};
use crate::files::saving::{Links, Original};
use crate::policy::document;
use crate::policy::json::Limits;
use crate::policy::sign::{FileKey, SignError, Signer, dsse, signed};
use crate::policy::{PolicyVerdict, Severity};
use crate::tasks::{self, DeviceSigner};
use crate::text::{Secret, sanitise};
use crate::tpm::device::KeyFile;

/// The policy is not signed.
const REFUSED: u8 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shape {
    /// What today's verifiers take
    Dsse,
    /// `signatures` and `signed` of Enhancement 86, which no verifier takes today
    Signed,
}

#[derive(Debug, Args)]
pub(super) struct SignOptions {
    /// The policy; `-` reads standard input, group:NAME/POLICY a group
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The private key (PEM, not encrypted), or `tpm:FILE` for a key of the TPM
    #[arg(long, value_name = "KEY")]
    key: PathBuf,
    /// Where the envelope goes; `-` is standard output
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Which envelope
    #[arg(long, value_enum, default_value_t = Shape::Dsse)]
    shape: Shape,
    /// Sign although the policy has errors, and replace a file that is there
    #[arg(long)]
    force: bool,
}

/// Whoever signs: a key in a file, or one that the TPM holds for a file.
fn signer(key: &Path) -> Result<Box<dyn Signer>, Report> {
    let name = || format!("{}", sanitise(&key.to_string_lossy()));
    if let Some(file) = key.to_str().and_then(|key| key.strip_prefix("tpm:")) {
        let key = tasks::key_of_device(None, Path::new(file), &mut load::ask_passphrase)?;
        return Ok(Box::new(DeviceSigner::new(key).wrap_err_with(name)?));
    }
    let pem = Secret::new(input::small(key)?);
    if KeyFile::is_in(pem.expose()) {
        return Err(eyre!("{0}: this is a key of the TPM: name it as tpm:{0}", name()));
    }
    Ok(Box::new(FileKey::from_pem(pem.expose()).wrap_err_with(name)?))
}

pub(super) fn run(options: &SignOptions, inputs: &Inputs<'_>) -> Result<ExitCode, Report> {
    let name = |file: &Path| format!("{}", sanitise(&file.to_string_lossy()));
    let key = signer(&options.key)?;
    let loaded = inputs.load(&options.file)?;
    let limits = Limits::default();
    let policy = bytes::Bytes::from(loaded.bytes);
    let reading = document::read(policy.clone(), &limits, &mut |_done| std::ops::ControlFlow::Continue(()));
    if reading.verdict() != PolicyVerdict::Valid {
        for finding in reading.findings.iter().filter(|finding| finding.severity == Severity::Error) {
            output::message(&format!("error[{}]: {}", finding.code, finding.message));
        }
        if !options.force {
            output::message("the policy has errors and is not signed; --force signs it all the same");
            return Ok(ExitCode::from(REFUSED));
        }
    }
    let made = match options.shape {
        Shape::Dsse => dsse(&policy, key.as_ref()),
        Shape::Signed => {
            let text = std::str::from_utf8(&policy).wrap_err_with(|| name(&options.file))?;
            signed(text, key.as_ref(), &limits)
        }
    };
    let text = match made {
        // The TPM did not do it: that is no wrong usage.
        Err(error @ SignError::Failed(_)) => {
            output::message(&format!("{error} (key {})", name(&options.key)));
            return Ok(ExitCode::from(REFUSED));
        }
        made => made?,
    };
    if options.output == Path::new("-") {
        output::standard(|out| out.write_all(text.as_bytes()))?;
    } else {
        let mut original = Original::open(&options.output, limits.bytes as u64, Links::Refuse)?;
        if original.text().is_some() && !options.force {
            return Err(eyre!("{} is there already; --force replaces it", name(&options.output)));
        }
        original.save(&text)?;
    }
    let public = key.public_key();
    let id = match options.shape {
        Shape::Dsse => Some(public.keylime_id()),
        Shape::Signed => public.securesystemslib_id(),
    };
    output::message(&format!(
        "signed with {}, fingerprint {} (as the trust store names it){}",
        public.algorithm(),
        public.fingerprint(),
        id.map_or_else(String::new, |id| format!(", key id {id} (as the signed text does)"))
    ));
    Ok(ExitCode::SUCCESS)
}

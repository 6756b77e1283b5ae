//! `limescope tpm anchor …`: what the TPM says of the trust store.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use color_eyre::eyre::{Report, WrapErr, eyre};

use super::REFUSED;
use crate::cli::arguments::Global;
use crate::cli::policy::trust::PinOfAnchor;
use crate::cli::{load, output};
use crate::config;
use crate::files::places::Places;
use crate::files::saving::{Links, Original};
use crate::policy::trust::Store;
use crate::tasks;
use crate::tasks::anchor::{self, AnchorState, CommitError, MAX_STORE};
use crate::text::sanitise;

#[derive(Debug, Args)]
pub(super) struct AnchorOptions {
    #[command(subcommand)]
    command: AnchorCommand,
}

#[derive(Debug, Subcommand)]
enum AnchorCommand {
    /// Note in the TPM that the trust store is to be as it is now; the first time with a new PIN
    Commit(CommitOptions),
    /// Whether the trust store is the one that was committed
    Check,
}

#[derive(Debug, Args)]
struct CommitOptions {
    #[command(flatten)]
    pin: PinOfAnchor,
    /// Commit although the trust store does not match its anchor
    #[arg(long)]
    force: bool,
    /// Remove the anchor and make a new one, with a new PIN
    #[arg(long)]
    recreate: bool,
}

pub(super) fn run(global: &Global, options: &AnchorOptions) -> Result<ExitCode, Report> {
    let file = Places::of_this_user()
        .map(|places| places.trust_file)
        .ok_or_else(|| eyre!("no home folder is known for this user, and so no trust store"))?;
    let name = || sanitise(&file.to_string_lossy()).into_string();
    match &options.command {
        AnchorCommand::Check => check(&file, load::anchor_setting(global)?).wrap_err_with(name),
        AnchorCommand::Commit(options) => commit(&file, options).wrap_err_with(name),
    }
}

/// The file as it is, and how it stands to the TPM.
fn look(file: &Path) -> Result<(Option<Original>, AnchorState), Report> {
    // Without its folder there is no file, and nothing is made by looking.
    let original = match file.parent().is_some_and(|folder| folder.is_dir()) {
        true => Some(Original::open(file, MAX_STORE, Links::Refuse)?),
        false => None,
    };
    let text = original.as_ref().and_then(Original::text).unwrap_or_default();
    let state = anchor::check(&tasks::device::tpm(), text, Store::parse(text)?.anchored);
    Ok((original, state))
}

fn check(file: &Path, wanted: config::Anchor) -> Result<ExitCode, Report> {
    let (_original, state) = look(file)?;
    output::standard(|out| writeln!(out, "{}", state.words()))?;
    if let Some(doubt) = anchor::doubt(&state, true, wanted) {
        output::message(&format!("→ {}", doubt.hint));
    }
    let good = match state {
        AnchorState::Match { .. } => true,
        AnchorState::Absent => wanted == config::Anchor::Warn,
        _ => false,
    };
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) })
}

fn commit(file: &Path, options: &CommitOptions) -> Result<ExitCode, Report> {
    let refused = |words: String| {
        output::message(&words);
        Ok(ExitCode::from(REFUSED))
    };
    let (original, state) = look(file)?;
    if let AnchorState::Unavailable(error) = &state {
        return refused(format!("TPM: {error}"));
    }
    let is_there = original.as_ref().is_some_and(|original| original.text().is_some());
    if !is_there && !state.is_alarm() {
        return refused("there is no trust store yet: `limescope policy trust add` makes one".to_owned());
    }
    if state.is_alarm() && !options.force && !options.recreate {
        let next = if is_there {
            "look at the trust store (`limescope policy trust list`) and compare it with its backup beside it; --force \
             commits it as it is"
        } else {
            "there is no trust store: put its backup (beside it, or your own) in its place; --force begins an empty one"
        };
        return refused(format!("{}\nnot committed: {next}", state.words()));
    }
    let mut original = match original {
        Some(original) => original,
        None => {
            if let Some(folder) = file.parent() {
                DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            }
            Original::open(file, MAX_STORE, Links::Refuse)?
        }
    };
    let is_new = options.recreate || !state.has_record();
    let question =
        if is_new { "new PIN for changes of the trust store: " } else { "PIN of the trust store's anchor: " };
    let pin = options.pin.get(question)?;
    if is_new && options.pin.is_asked() && options.pin.get("once more: ")?.expose() != pin.expose() {
        return Err(eyre!("the two PINs differ; nothing was changed"));
    }
    let text = original.text().unwrap_or_default().to_owned();
    match anchor::commit(&tasks::device::tpm(), &mut original, &text, &pin, options.recreate) {
        Ok(version) => {
            output::message(&format!("committed: the trust store is version {version} from now on"));
            Ok(ExitCode::SUCCESS)
        }
        Err(error @ (CommitError::Device(_) | CommitError::Alarm(_) | CommitError::Stranded { .. })) => {
            refused(error.to_string())
        }
        Err(error) => Err(error.into()),
    }
}

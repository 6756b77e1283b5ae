//! `limescope identity pins remove`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use color_eyre::eyre::Report;

use super::list::short;
use super::{NOT_PINNED, file, not_pinned};
use crate::cli::output;
use crate::files::saving::SaveError;
use crate::fleet::identity::{Forget, Forgotten, Meant, NextAudit, NotPinned, Pins};
use crate::tasks::identity::PinFile;
use crate::text::count::some;
use crate::text::sanitise;

/// Pins that are told one by one; the others are counted, and the backup has them.
const TOLD: usize = 50;

/// Agents that one line names.
const NAMED: usize = 4;

#[derive(Debug, Args)]
pub(super) struct RemoveArguments {
    /// The agents' ids, as they are or as they are shown; where one of them is not pinned, nothing is removed
    #[arg(value_name = "ID", required_unless_present = "all")]
    ids: Vec<String>,
    /// Only in this group; may be repeated
    #[arg(long = "group", value_name = "NAME")]
    groups: Vec<String>,
    /// Every agent of the groups that are named with --group, as of a group that is given up
    #[arg(long, requires = "groups", conflicts_with = "ids")]
    all: bool,
    /// Forget the attestation key and keep the TPM pinned: for an agent that was installed anew on the same machine
    #[arg(long)]
    attestation_key_only: bool,
    /// Another file of pins [default: limescope/identities.jsonl in the XDG state folder]
    #[arg(long, value_name = "FILE")]
    pins: Option<PathBuf>,
}

pub(super) fn run(arguments: &RemoveArguments) -> Result<ExitCode, Report> {
    let path = file(arguments.pins.as_deref())?;
    let Some(mut opened) = PinFile::open_existing(&path)? else {
        output::message(&format!("nothing is removed: {} is not there", shown(&path)));
        return Ok(ExitCode::from(NOT_PINNED));
    };
    let meant = Meant { ids: &arguments.ids, groups: &arguments.groups };
    let what = if arguments.attestation_key_only { Forget::AttestationKey } else { Forget::Pin };
    let forgotten = match opened.pins.forget(meant, what) {
        Ok(forgotten) => forgotten,
        Err(missing) => return Ok(refused(&missing)),
    };
    if forgotten.is_empty() {
        output::message("nothing is removed: no attestation key is pinned of them");
        return Ok(ExitCode::SUCCESS);
    }
    let saved = match opened.save() {
        Ok(saved) => {
            let backup = saved.backup.map(|backup| format!("; what it held before is in {}", shown(&backup)));
            format!("saved in {}{}", shown(opened.path()), backup.unwrap_or_default())
        }
        // The new text is in place: what is missing is said.
        Err(error @ SaveError::Backup { .. }) => error.to_string(),
        Err(error) => return Err(error.into()),
    };
    told(&forgotten, &opened.pins);
    output::message(&saved);
    Ok(ExitCode::SUCCESS)
}

fn refused(missing: &[NotPinned]) -> ExitCode {
    let code = not_pinned(missing);
    output::message("nothing is removed; `limescope identity pins` lists who is pinned");
    code
}

/// What was removed, and what comes of it.
fn told(forgotten: &[Forgotten], left: &Pins) {
    for one in forgotten.iter().take(TOLD) {
        let pin = &one.pin;
        let (what, keys) = match one.next {
            NextAudit::LearnsAttestationKey => {
                ("removed the attestation key of ", format!("AK {}", short(pin.attestation_key.as_ref())))
            }
            NextAudit::Believes | NextAudit::Compares { .. } => {
                let (ek, ak) = (short(pin.endorsement_key.as_ref()), short(pin.attestation_key.as_ref()));
                ("removed ", format!("EK {ek}, AK {ak}"))
            }
        };
        output::message(&format!(
            "{what}{} in group {}, pinned since {} ({keys})",
            pin.id.shown(),
            sanitise(&pin.group),
            pin.first_seen.strftime("%Y-%m-%d %H:%M UTC")
        ));
    }
    if forgotten.len() > TOLD {
        output::message(&format!("and {} more", forgotten.len() - TOLD));
    }
    let mut kinds: BTreeMap<String, Vec<&Forgotten>> = BTreeMap::new();
    for one in forgotten {
        kinds.entry(next(&one.next)).or_default().push(one);
    }
    for (words, them) in kinds {
        let mut names: Vec<_> = them.iter().map(|one| one.pin.id.shown().into_string()).collect();
        names.dedup();
        let more = if names.len() > NAMED { ", …" } else { "" };
        names.truncate(NAMED);
        output::message(&format!("{}{more}: {words}", names.join(", ")));
    }
    output::message(&format!("{} left", some(left.len(), "pin is", "pins are")));
}

fn next(next: &NextAudit) -> String {
    match next {
        NextAudit::Believes => {
            "the next audit believes and pins whatever keys a registrar has of it then. If the machine is given \
             up, delete its registration before that; if it was repaired, compare what is pinned then with the keys \
             of the machine"
        }
        NextAudit::Compares { group } => {
            return format!(
                "still pinned in group {}: the next audit compares with that pin, and pins anew what is the same",
                sanitise(group)
            );
        }
        NextAudit::LearnsAttestationKey => {
            "its TPM stays pinned: the next audit pins whatever attestation key comes with the same endorsement \
             key, and tells another one"
        }
    }
    .to_owned()
}

fn shown(path: &Path) -> String {
    sanitise(&path.to_string_lossy()).into_string()
}

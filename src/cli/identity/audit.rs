//! `limescope identity audit`.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Args;
use color_eyre::eyre::{Report, eyre};
use jiff::Timestamp;

use super::{Format, json, pins, table};
use crate::cli::arguments::Global;
use crate::cli::{UNUSABLE, load, output, status};
use crate::config::Config;
use crate::tasks::identity::{
    Audit, AuditError, AuditOptions, Identities, PinFileError, Progress, VendorChoice,
};
use crate::text::count::some;
use crate::text::sanitise;

/// There are findings, or nothing could be audited.
const FINDINGS: u8 = 1;

/// Seconds from one word on the progress to the next.
const WORDS_APART: u64 = 2;

#[derive(Debug, Args)]
pub(super) struct AuditArguments {
    /// Only this group; may be repeated
    #[arg(long = "group", value_name = "NAME")]
    groups: Vec<String>,
    /// A folder with the certificates of TPM makers, roots and intermediates (PEM or DER), to which every
    /// endorsement certificate must lead [default: vendor_roots of the configuration]
    #[arg(long, value_name = "DIR")]
    vendor_roots: Option<PathBuf>,
    /// Take the present keys of this agent for right though they have changed; may be repeated
    #[arg(long, value_name = "ID", conflicts_with = "no_pin")]
    accept: Vec<String>,
    /// Neither compare with what earlier audits saw nor remember what this one sees
    #[arg(long)]
    no_pin: bool,
    /// Where it is remembered [default: limescope/identities.jsonl in the XDG state folder]
    #[arg(long, value_name = "FILE", conflicts_with = "no_pin")]
    pins: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

pub(super) fn run(global: &Global, arguments: &AuditArguments) -> Result<ExitCode, Report> {
    let config = load::load(global)?.config;
    status::check_names(&config, &arguments.groups)?;
    let options = AuditOptions {
        only: arguments.groups.clone(),
        vendors: vendors(arguments, &config),
        pins: pin_file(arguments)?,
        learn: true,
        accept: arguments.accept.clone(),
        at: Timestamp::now(),
    };
    let _log = load::start_log()?;
    // Only the groups that are wanted are asked, and only for the passphrases of their keys.
    let mut chosen = config;
    chosen.groups.retain(|group| arguments.groups.is_empty() || arguments.groups.contains(&group.name));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let identities = {
        let _inside = runtime.enter();
        Identities::of(&chosen, load::limits(), &mut load::ask_passphrase)
    };
    let audited = runtime.block_on(identities.audit(options, &progress()));
    // A name lookup that hangs in the system must not hold up the end.
    runtime.shutdown_background();
    let audit = audited.map_err(with_advice)?;
    output::standard(|out| match arguments.format {
        Format::Json => json::write(out, &audit),
        Format::Table => table::write(out, &audit),
    })?;
    Ok(conclude(audit))
}

/// The folder that the command line names, else that of the configuration.
fn vendors(arguments: &AuditArguments, config: &Config) -> Option<VendorChoice> {
    let given = arguments.vendor_roots.clone().map(|folder| VendorChoice { folder, is_demanded: true });
    // What is only usual must not keep everything else from being looked at.
    let usual = || config.vendor_roots.clone().map(|folder| VendorChoice { folder, is_demanded: false });
    given.or_else(usual)
}

fn with_advice(error: AuditError) -> Report {
    match error {
        AuditError::Pins(error @ PinFileError::Content { .. }) => {
            eyre!("{error}. --no-pin goes on without it")
        }
        error => error.into(),
    }
}

/// What is said beside the report, and the exit code.
fn conclude(audit: Audit) -> ExitCode {
    for remark in audit.vendors.iter().flat_map(|vendors| &vendors.remarks) {
        output::message(remark);
    }
    for group in &audit.groups {
        if let Some(failure) = &group.failure {
            let part = match group.listed {
                None => "was not audited".to_owned(),
                Some(listed) => format!("was audited in part ({} of {listed})", group.read),
            };
            output::message(&format!("{} {part}: {failure}", group.group));
        }
    }
    if let Some(pinning) = &audit.pinning {
        for id in &pinning.unseen {
            output::message(&format!("{}: not accepted, for no registrar has this agent", sanitise(id)));
        }
        if let Some(why) = &pinning.not_saved {
            output::message(&format!("what was seen could not be remembered: {why}"));
        }
    }
    let nothing = audit.groups.iter().all(|group| group.listed.is_none());
    if nothing {
        output::message("nothing was audited: no registrar answered");
    }
    let unread = audit.vendors.as_ref().filter(|vendors| vendors.used.is_err());
    if let Some(vendors) = unread {
        output::message(&vendors.words());
    }
    let code = match (nothing || audit.findings() > 0, unread) {
        (true, _) => ExitCode::from(FINDINGS),
        // Nobody may take it for an audit that looked at everything.
        (false, Some(_)) => ExitCode::from(UNUSABLE),
        (false, None) => ExitCode::SUCCESS,
    };
    // The process ends: giving back every agent of a large fleet would only keep the caller waiting.
    std::mem::forget(audit);
    code
}

fn pin_file(arguments: &AuditArguments) -> Result<Option<PathBuf>, Report> {
    if arguments.no_pin {
        return Ok(None);
    }
    pins::file(arguments.pins.as_deref()).map(Some).map_err(|error| eyre!("{error}, or give --no-pin"))
}

/// Words on the progress for somebody who waits at a terminal.
fn progress() -> impl Fn(Progress) + Send + Sync {
    let is_watched = std::io::stderr().is_terminal();
    let started = std::time::Instant::now();
    let last = AtomicU64::new(0);
    move |progress: Progress| {
        let now = started.elapsed().as_secs();
        let due = now >= last.load(Ordering::Relaxed) + WORDS_APART;
        if is_watched && due {
            last.store(now, Ordering::Relaxed);
            output::message(&format!(
                "{} of {} read; {} of {} answered",
                progress.read,
                some(progress.agents, "agent", "agents"),
                progress.listed,
                some(progress.groups, "group", "groups")
            ));
        }
    }
}

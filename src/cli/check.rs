//! `limescope check`: one line and an exit code, as monitoring plugins do.

use std::process::ExitCode;

use color_eyre::eyre::Report;

use super::arguments::{CheckOptions, Global};
use super::{load, output, status};
use crate::fleet::{Reachability, Snapshot, Verdict};
use crate::text::count::some;

const OK: u8 = 0;
const WARNING: u8 = 1;
const CRITICAL: u8 = 2;
const UNKNOWN: u8 = 3;

pub(super) fn run(global: &Global, options: &CheckOptions) -> Result<ExitCode, Report> {
    let config = match load::load(global) {
        Ok(loaded) => loaded.config,
        Err(error) => {
            output::message(&output::words(&error));
            return say(UNKNOWN, "the configuration cannot be used");
        }
    };
    let _log = load::start_log()?;
    let (snapshot, _) = status::take(&config, |_| true)?;
    let (code, line) = judge(&snapshot, options);
    // The process ends: giving back every agent of a large fleet would only keep the caller waiting.
    std::mem::forget(snapshot);
    say(code, &line)
}

fn say(code: u8, line: &str) -> Result<ExitCode, Report> {
    let word = match code {
        OK => "OK",
        WARNING => "WARNING",
        CRITICAL => "CRITICAL",
        _ => "UNKNOWN",
    };
    output::standard(|out| writeln!(out, "LIMESCOPE {word} - {line}"))?;
    Ok(ExitCode::from(code))
}

fn judge(snapshot: &Snapshot, options: &CheckOptions) -> (u8, String) {
    let groups = snapshot.groups.len();
    let up = snapshot
        .groups
        .iter()
        .filter(|group| group.reachability.is_some_and(|state| state != Reachability::Down))
        .count();
    let min_up = options.min_up.unwrap_or(groups);
    let failed = snapshot.counts.get(Verdict::Failed);
    let doubtful: u32 = [Verdict::Stale, Verdict::TimedOut, Verdict::Unknown]
        .into_iter()
        .map(|verdict| snapshot.counts.get(verdict))
        .sum();
    let answered = snapshot.groups.iter().any(|group| group.addresses.iter().any(|address| address.is_up()));
    let code = if !answered {
        UNKNOWN
    } else if failed > options.max_failed || up < min_up {
        CRITICAL
    } else if doubtful > options.max_stale {
        WARNING
    } else {
        OK
    };
    let down: Vec<_> = snapshot
        .groups
        .iter()
        .filter(|group| group.reachability.is_none_or(|state| state == Reachability::Down))
        .map(|group| &*group.name)
        .collect();
    let mut words = vec![
        format!("{up} of {} up", some(groups, "group", "groups")),
        some(snapshot.counts.total() as usize, "agent", "agents"),
    ];
    if !answered {
        words.insert(0, "nothing answered".to_owned());
    }
    if !down.is_empty() {
        words.push(format!("down: {}", down.join(" ")));
    }
    words.extend(
        Verdict::ALL
            .into_iter()
            .filter(|verdict| snapshot.counts.get(*verdict) > 0)
            .map(|verdict| format!("{} {}", snapshot.counts.get(verdict), verdict.word())),
    );
    // The bar separates the words from the performance data.
    let words = words.join(", ").replace('|', "/");
    let mut data = vec![
        format!("groups_up={up};;{min_up}:;0;{groups}"),
        format!("agents={};;;0", snapshot.counts.total()),
        format!("failed={failed};;{};0", options.max_failed),
        format!("doubtful={doubtful};{};;0", options.max_stale),
    ];
    let others = Verdict::ALL.into_iter().filter(|verdict| *verdict != Verdict::Failed);
    data.extend(others.map(|verdict| format!("{}={};;;0", verdict.word(), snapshot.counts.get(verdict))));
    (code, format!("{words} | {}", data.join(" ")))
}

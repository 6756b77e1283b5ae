//! Memory of `status` and of a process that follows a fleet.

use std::process::Command;

use crate::results::{Results, verdict};
use crate::servers::{Servers, Wanted};
use crate::{Outcome, command, follower, say};

/// 100 MB in KiB, as the system counts.
const TARGET: u64 = 100_000_000 / 1024;

const AGENTS: usize = 50_000;

pub fn measure(results: &mut Results) -> Outcome<()> {
    let mut rows = Vec::new();
    for groups in [4, 1] {
        say(&format!("  status, {groups} groups"));
        let servers = Servers::start(Wanted::still(AGENTS, groups))?;
        let run = command::status(&servers, true)?;
        let peak = run.peak.ok_or("the peak of status could not be read")?;
        rows.push(row("`status`", groups, None, peak));
    }
    for (moving, name) in [(false, "following, nothing changes"), (true, "following, every record changes")] {
        for groups in [4, 1] {
            say(&format!("  {name}, {groups} groups"));
            let servers = Servers::start(Wanted { moving, ..Wanted::still(AGENTS, groups) })?;
            let (steady, peak) = follow(&servers)?;
            rows.push(row(name, groups, Some(steady), peak));
        }
    }
    results.words(
        "**Resident memory at 50,000 agents**, the servers in another process. Following is what the console does, \
         without the screen: the highest value from the second poll to the fifth, and the peak since the start.",
    );
    results.table(["process", "groups", "steady", "peak", "target 100 MB"], &rows);
    Ok(())
}

fn row(name: &str, groups: usize, steady: Option<u64>, peak: u64) -> [String; 5] {
    let words = |kilobytes: u64| format!("{:.1} MB", kilobytes as f64 * 1024.0 / 1e6);
    [
        name.to_owned(),
        groups.to_string(),
        steady.map(words).unwrap_or_default(),
        words(peak),
        verdict(steady.unwrap_or(peak) <= TARGET).to_owned(),
    ]
}

fn follow(servers: &Servers) -> Outcome<(u64, u64)> {
    let mut follower = Command::new(std::env::current_exe()?);
    follower.arg(follower::WORD).arg(servers.config_path());
    let run = command::run(follower, false)?;
    let numbers: Vec<u64> =
        String::from_utf8(run.output)?.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    match numbers.as_slice() {
        [agents, steady, peak] if *agents == AGENTS as u64 => Ok((*steady, *peak)),
        other => Err(format!("the follower told {other:?}").into()),
    }
}

//! `status` beside the servers' own answer time, and beside what an operator
//! would use instead.

use std::time::Duration;

use crate::bare::Bare;
use crate::command;
use crate::results::{Results, verdict};
use crate::samples::{self, in_turn, repeat};
use crate::servers::{Servers, Wanted};
use crate::tenant::Tenant;
use crate::{Outcome, say};

/// A fleet, and how often it is asked.
struct Case {
    wanted: Wanted,
    runs: usize,
    tenant_runs: usize,
}

pub fn measure(results: &mut Results) -> Outcome<()> {
    let case = |agents, groups, slow, runs, tenant_runs| Case {
        wanted: Wanted { slow, ..Wanted::still(agents, groups) },
        runs,
        tenant_runs,
    };
    let cases = [
        case(1_000, 4, false, 21, 3),
        case(10_000, 4, false, 15, 3),
        case(50_000, 4, false, 9, 1),
        case(1_000, 1, false, 21, 3),
        case(10_000, 1, false, 15, 3),
        case(50_000, 1, false, 9, 1),
        case(1_000, 4, true, 9, 3),
        case(10_000, 4, true, 5, 1),
        case(1_000, 1, true, 9, 3),
        case(10_000, 1, true, 3, 1),
        case(50_000, 1, true, 1, 1),
    ];
    let mut rows = Vec::new();
    for case in cases {
        rows.push(compare(&case)?);
    }
    results.words(
        "**`limescope status --format json` beside the servers' own answer time** (a client that reads the same \
         answers and parses nothing, on one connection per address). `as Keylime` is a verifier with one worker, \
         0.55 ms per agent as measured; `at once` is as fast as the embedded fleet can. Allowed on top: 5 % + 20 ms. \
         `keylime_tenant -c bulkinfo` knows one verifier; it is run for one group after the other.",
    );
    results.table(
        [
            "agents",
            "groups",
            "servers answer",
            "servers alone",
            "`limescope status`",
            "on top",
            "allowed",
            "target",
            "`keylime_tenant`",
        ],
        &rows,
    );
    Ok(())
}

fn compare(case: &Case) -> Outcome<[String; 9]> {
    let Wanted { agents, groups, slow, .. } = case.wanted;
    let pace = if slow { "as Keylime" } else { "at once" };
    say(&format!("  {agents} agents in {groups} groups, servers answer {pace}"));
    let servers = Servers::start(case.wanted)?;
    let bare = Bare::new(servers.config())?;
    let tenant = Tenant::new(&servers)?;
    // Agents of the dark group and those that are registered only have no record.
    let fewest = agents * 17 / 20;
    let mut told = 0;
    let [alone, status] = in_turn(
        case.runs,
        [&mut || whole(bare.ask()?, fewest), &mut || {
            let run = command::status(&servers, false)?;
            told = command::agents(&run.output)?;
            Ok(run.took)
        }],
    )?;
    if told != agents {
        return Err(format!("status told {told} of {agents} agents").into());
    }
    let tenant = repeat(case.tenant_runs, || match tenant.ask()? {
        (_, told) if told < fewest => Err(format!("keylime_tenant told {told} of {agents} agents").into()),
        (took, _) => Ok(took),
    })?;
    let on_top = status.median().saturating_sub(alone.median());
    let allowed = alone.median().mul_f64(0.05) + Duration::from_millis(20);
    Ok([
        agents.to_string(),
        groups.to_string(),
        pace.to_owned(),
        alone.words(),
        status.words(),
        samples::words(on_top),
        samples::words(allowed),
        verdict(on_top <= allowed).to_owned(),
        tenant.words(),
    ])
}

/// The time of a bare client's turn, if as much came as the records need.
fn whole((took, bytes): (Duration, usize), records: usize) -> Outcome<Duration> {
    match bytes >= records * 500 {
        true => Ok(took),
        false => Err(format!("the bare client read only {bytes} bytes").into()),
    }
}

//! What a program costs while nobody touches it.

use std::time::Duration;

use super::process::{Usage, Used, memory};
use super::programs::{Home, Program};
use crate::results::{Results, verdict};
use crate::servers::{Servers, Wanted};
use crate::{Outcome, say};

/// From the first content until nothing of the start is left: two polls.
const SETTLING: Duration = Duration::from_secs(22);

/// How long is looked: four polls of the default interval.
const WINDOW: Duration = Duration::from_secs(44);

/// 100 MB in KiB.
const MEMORY_TARGET: u64 = 100_000_000 / 1024;

/// What was seen of one program.
struct Seen {
    used: Used,
    bytes: u64,
    resident: u64,
    peak: u64,
}

pub fn measure(results: &mut Results) -> Outcome<()> {
    let home = Home::new()?;
    let mut rows = Vec::new();
    for (agents, moving, words) in [
        (1_000, false, "limescope, 1,000 agents, nothing changes"),
        (50_000, false, "limescope, 50,000 agents, nothing changes"),
        (1_000, true, "limescope, 1,000 agents, every record changes"),
        (50_000, true, "limescope, 50,000 agents, every record changes"),
    ] {
        let servers = Servers::start(Wanted { moving, ..Wanted::still(agents, 4) })?;
        let program = Program::on_fleet(words, &servers, agents)?;
        rows.push(row(&program, &watch(&program, &home)?, !moving));
    }
    for program in [Program::bottom()?, Program::trippy()?] {
        rows.push(row(&program, &watch(&program, &home)?, false));
    }
    results.words(&format!(
        "**Idle**, 160 × 50, {} s after {} s to settle. limescope is on its Overview and follows four groups in \
         another process, asked every 10 s (the default). CPU is utime + stime of one processor, and the scheduler's \
         sum over the threads; a wake-up is a voluntary context switch of any thread. Targets of limescope where \
         nothing changes: CPU at most 0.1 % and 0 B/s; at most 100 MB.",
        WINDOW.as_secs(),
        SETTLING.as_secs(),
    ));
    results.table(
        ["program", "command", "CPU", "by the scheduler", "wake-ups/s", "B/s", "resident", "peak", "targets"],
        &rows,
    );
    Ok(())
}

fn watch(program: &Program, home: &Home) -> Outcome<Seen> {
    say(&format!("  {}", program.name));
    let mut terminal = program.start(home)?;
    terminal.wait_for(&program.content)?;
    terminal.watch(SETTLING)?;
    let process = terminal.process()?;
    let before = Usage::of(process)?;
    let bytes = terminal.watch(WINDOW)?;
    let used = Usage::of(process)?.since(&before);
    let (resident, peak) = memory(process)?;
    Ok(Seen { used, bytes, resident, peak })
}

fn row(program: &Program, seen: &Seen, must_be_quiet: bool) -> [String; 9] {
    let percent = |time: Duration| time.as_secs_f64() / WINDOW.as_secs_f64() * 100.0;
    let megabytes = |kilobytes: u64| format!("{:.1} MB", kilobytes as f64 * 1024.0 / 1e6);
    let targets = [
        (must_be_quiet, percent(seen.used.ticks) <= 0.1, "CPU"),
        (must_be_quiet, seen.bytes == 0, "bytes"),
        (program.command.starts_with("limescope"), seen.resident <= MEMORY_TARGET, "memory"),
    ];
    let targets = targets.into_iter().filter(|(applies, ..)| *applies);
    [
        program.name.clone(),
        format!("`{}`", program.command),
        format!("{:.2} %", percent(seen.used.ticks)),
        format!("{:.3} %", percent(seen.used.scheduled)),
        format!("{:.1}", seen.used.wake_ups as f64 / WINDOW.as_secs_f64()),
        format!("{:.0}", seen.bytes as f64 / WINDOW.as_secs_f64()),
        megabytes(seen.resident),
        megabytes(seen.peak),
        targets.map(|(_, met, what)| format!("{what} {}", verdict(met))).collect::<Vec<_>>().join(", "),
    ]
}

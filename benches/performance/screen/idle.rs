//! What a program costs while nobody touches it.

use std::time::Duration;

use super::process::{Usage, Used, memory};
use super::programs::{Home, Program};
use super::terminal::Terminal;
use crate::results::{Results, verdict};
use crate::servers::{Servers, Wanted};
use crate::{Outcome, say};

/// From the first content until it is looked for the first time: two polls.
const STARTING: Duration = Duration::from_secs(22);

/// How long is looked: four polls of the default interval.
const WINDOW: Duration = Duration::from_secs(44);

/// limescope is settled once nothing was written for a whole window: a step of
/// its load or of a latency that the start brought about is left after three
/// polls, and the first questions about agents are asked in less. It is waited
/// for in so many windows at most.
const WINDOWS_TO_SETTLE: u32 = 4;

/// 100 MB in KiB.
const MEMORY_TARGET: u64 = 100_000_000 / 1024;

/// What was seen of one program.
struct Seen {
    /// Right after the start.
    first: Window,
    /// Once it was settled, and after how many more windows; only where it settles.
    settled: Option<(Window, u32)>,
    resident: u64,
    peak: u64,
}

struct Window {
    used: Used,
    bytes: u64,
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
        rows.push(row(&program, &watch(&program, &home, !moving)?, !moving));
    }
    for program in [Program::bottom()?, Program::trippy()?] {
        rows.push(row(&program, &watch(&program, &home, false)?, false));
    }
    results.words(&format!(
        "**Idle**, 160 × 50, {window} s. limescope is on its Overview and follows four groups in another process, \
         asked every 10 s (the default). `at first` begins {} s after the first content. The other numbers of \
         limescope are of a later window, once it is settled: after {window} s in which it wrote nothing (what the \
         first, whole answers said of its load and of latencies is left within three polls, and agents are asked \
         about for the first time until then; not waited for where every record changes); `settled after` is the time from the first content until that window \
         began. CPU is utime + stime of one processor, and the scheduler's sum over the threads; a wake-up is a \
         voluntary context switch of any thread. Targets of limescope where nothing changes, settled: CPU at most \
         0.1 % and 0 B/s; at most 100 MB.",
        STARTING.as_secs(),
        window = WINDOW.as_secs(),
    ));
    results.table(
        [
            "program",
            "command",
            "CPU at first",
            "B/s at first",
            "settled after",
            "CPU",
            "by the scheduler",
            "wake-ups/s",
            "B/s",
            "resident",
            "peak",
            "targets",
        ],
        &rows,
    );
    Ok(())
}

fn watch(program: &Program, home: &Home, settles: bool) -> Outcome<Seen> {
    say(&format!("  {}", program.name));
    let mut terminal = program.start(home)?;
    terminal.wait_for(&program.content)?;
    terminal.watch(STARTING)?;
    let first = window(&mut terminal)?;
    let settled = if settles {
        let mut waited = 1;
        let mut is_quiet = first.bytes == 0;
        while !is_quiet && waited < WINDOWS_TO_SETTLE {
            is_quiet = terminal.watch(WINDOW)? == 0;
            waited += 1;
        }
        Some((window(&mut terminal)?, waited))
    } else {
        None
    };
    let (resident, peak) = memory(terminal.process()?)?;
    Ok(Seen { first, settled, resident, peak })
}

fn window(terminal: &mut Terminal) -> Outcome<Window> {
    let process = terminal.process()?;
    let before = Usage::of(process)?;
    let bytes = terminal.watch(WINDOW)?;
    Ok(Window { used: Usage::of(process)?.since(&before), bytes })
}

fn row(program: &Program, seen: &Seen, must_be_quiet: bool) -> [String; 12] {
    let percent = |time: Duration| time.as_secs_f64() / WINDOW.as_secs_f64() * 100.0;
    let a_second = |count: u64| count as f64 / WINDOW.as_secs_f64();
    let megabytes = |kilobytes: u64| format!("{:.1} MB", kilobytes as f64 * 1024.0 / 1e6);
    let (shown, at_first, after) = match &seen.settled {
        Some((settled, windows)) => (settled, Some(&seen.first), Some(STARTING + WINDOW * *windows)),
        None => (&seen.first, None, None),
    };
    let targets = [
        (must_be_quiet, percent(shown.used.ticks) <= 0.1, "CPU"),
        (must_be_quiet, shown.bytes == 0, "bytes"),
        (program.command.starts_with("limescope"), seen.resident <= MEMORY_TARGET, "memory"),
    ];
    let targets = targets.into_iter().filter(|(applies, ..)| *applies);
    [
        program.name.clone(),
        format!("`{}`", program.command),
        at_first.map(|first| format!("{:.2} %", percent(first.used.ticks))).unwrap_or_default(),
        at_first.map(|first| format!("{:.0}", a_second(first.bytes))).unwrap_or_default(),
        after.map(|after| format!("{} s", after.as_secs())).unwrap_or_default(),
        format!("{:.2} %", percent(shown.used.ticks)),
        format!("{:.3} %", percent(shown.used.scheduled)),
        format!("{:.1}", a_second(shown.used.wake_ups)),
        format!("{:.0}", a_second(shown.bytes)),
        megabytes(seen.resident),
        megabytes(seen.peak),
        targets.map(|(_, met, what)| format!("{what} {}", verdict(met))).collect::<Vec<_>>().join(", "),
    ]
}

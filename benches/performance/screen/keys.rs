//! From a key to the last byte of the frame that answers it, while nothing
//! else happens; and how many bytes that frame has.

use std::time::Duration;

use super::programs::{Home, Program, Sleepers};
use super::terminal::{Answer, Terminal};
use crate::results::{Results, verdict};
use crate::samples::{Samples, words};
use crate::servers::{Servers, Wanted};
use crate::{Outcome, say};

/// Keys that are timed.
pub const KEYS: usize = 400;

/// Keys whose frames scroll.
const SCROLLS: usize = 41;

pub const TARGET: Duration = Duration::from_millis(20);

const CURSOR_TARGET: u64 = 600;
const SCROLL_TARGET: u64 = 4_096;

pub fn measure(results: &mut Results) -> Outcome<()> {
    let home = Home::new()?;
    let _more_than_a_screen = Sleepers::start()?;
    let mut rows = Vec::new();
    for (agents, name) in [(1_000, "limescope, 1,000 agents"), (50_000, "limescope, 50,000 agents")] {
        let servers = Servers::start(Wanted::still(agents, 4))?;
        let program = Program::on_fleet(name, &servers, agents)?;
        let mut terminal = program.start(&home)?;
        terminal.wait_for(&program.content)?;
        // The agents of all groups have come when nothing is drawn any more.
        while terminal.watch(Duration::from_secs(2))? > 0 {}
        terminal.press("2", Duration::from_secs(1))?;
        rows.push(row(&program, &mut terminal)?);
    }
    for program in [Program::bottom()?, Program::trippy()?] {
        let mut terminal = program.start(&home)?;
        terminal.wait_for(&program.content)?;
        terminal.watch(Duration::from_secs(5))?;
        rows.push(row(&program, &mut terminal)?);
    }
    results.words(&format!(
        "**Key to paint, and its bytes**, 160 × 50, {KEYS} keys that move the selection down and up again (trippy on \
         loopback has one hop: it is selected and left), 20 to 60 ms apart; from before the key is written to the last \
         byte of the frame in which the selection has moved. A scroll is one key at the end of a full table.",
    ));
    results.table(
        [
            "program",
            "keys",
            "median",
            "p99",
            "longest",
            "target 20 ms",
            "bytes of a move",
            "bytes of a scroll",
            "targets 600 B, 4 kB",
        ],
        &rows,
    );
    Ok(())
}

fn row(program: &Program, terminal: &mut Terminal) -> Outcome<[String; 9]> {
    say(&format!("  {}", program.name));
    let answers = press(terminal, program.keys, KEYS)?;
    let moved = middle(answers.iter().map(|answer| answer.bytes).collect());
    let took = Samples::new(answers.iter().map(|answer| answer.took).collect());
    let scrolled = if program.scrolls { Some(scroll(terminal, program.keys)?) } else { None };
    let is_ours = program.command.starts_with("limescope");
    let only_ours = |met: bool| if is_ours { verdict(met).to_owned() } else { String::new() };
    Ok([
        program.name.clone(),
        program.keys.map(shown).join(", "),
        words(took.median()),
        words(took.p99()),
        words(took.longest()),
        only_ours(took.p99() <= TARGET),
        format!("{moved} B"),
        scrolled.map_or_else(|| "one hop".to_owned(), |bytes| format!("{bytes} B")),
        only_ours(moved <= CURSOR_TARGET && scrolled.is_some_and(|bytes| bytes <= SCROLL_TARGET)),
    ])
}

/// Presses two keys in turn, so that no rhythm of a program is met.
pub fn press(terminal: &mut Terminal, keys: [&str; 2], times: usize) -> Outcome<Vec<Answer>> {
    let pauses = (0..).map(|number: u64| Duration::from_millis(20 + number * 17 % 41));
    let mut answers = Vec::with_capacity(times);
    for (key, pause) in keys.iter().cycle().zip(pauses).take(times) {
        terminal.watch(pause)?;
        answers.push(terminal.answer(key)?);
    }
    Ok(answers)
}

/// Bytes of a frame that scrolls by one row (the median).
fn scroll(terminal: &mut Terminal, [down, _]: [&str; 2]) -> Outcome<u64> {
    let pause = Duration::from_millis(40);
    // To the last row in sight.
    for _ in 0..super::SIZE.1 {
        terminal.press(down, pause)?;
    }
    let bytes = (0..SCROLLS).map(|_| terminal.press(down, pause)).collect::<Outcome<_>>()?;
    Ok(middle(bytes))
}

fn middle(mut numbers: Vec<u64>) -> u64 {
    numbers.sort_unstable();
    numbers.get(numbers.len() / 2).copied().unwrap_or(0)
}

fn shown(key: &str) -> String {
    let name = match key {
        "\u{1b}" => "esc",
        "\u{1b}[B" => "down",
        key => key,
    };
    format!("`{name}`")
}

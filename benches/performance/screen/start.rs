//! From the start of the process to the first frame.

use std::time::Duration;

use super::programs::{Home, Program};
use crate::results::{Results, verdict};
use crate::samples::{Samples, words};
use crate::servers::{Servers, Wanted};
use crate::{Outcome, say};

/// Starts of each program, after one that warms up.
const RUNS: usize = 31;

const TARGET: Duration = Duration::from_millis(20);

pub fn measure(results: &mut Results) -> Outcome<()> {
    let home = Home::new()?;
    let (small, large) =
        (Servers::start(Wanted::still(1_000, 4))?, Servers::start(Wanted::still(50_000, 4))?);
    let demo = ["demo", "--still"];
    let programs = [
        Program::limescope("limescope, nothing configured", "limescope", &[], "Overview".to_owned()),
        Program::on_fleet("limescope, 1,000 agents", &small, 1_000)?,
        Program::on_fleet("limescope, 50,000 agents", &large, 50_000)?,
        Program::limescope(
            "limescope, embedded fleet",
            "limescope demo --still",
            &demo,
            "120 agents in".to_owned(),
        ),
        Program::bottom()?,
        Program::trippy()?,
    ];
    let mut all: Vec<[Vec<Duration>; 3]> = programs.iter().map(|_| Default::default()).collect();
    say(&format!("  {RUNS} starts of each program"));
    for turn in 0..=RUNS {
        for (program, samples) in programs.iter().zip(&mut all) {
            let took = first_frame(program, &home)?;
            // The first turn warms up.
            if turn > 0 {
                samples.iter_mut().zip(took).for_each(|(samples, took)| samples.push(took));
            }
        }
    }
    let mut rows = Vec::new();
    for (program, samples) in programs.iter().zip(all) {
        let [anything, frame, content] = samples.map(Samples::new);
        let is_ours = program.command.starts_with("limescope");
        rows.push([
            program.name.clone(),
            format!("`{}`", program.command),
            words(anything.median()),
            words(frame.median()),
            words(frame.longest()),
            if is_ours { verdict(frame.median() <= TARGET).to_owned() } else { String::new() },
            words(content.median()),
            words(content.longest()),
        ]);
    }
    results.words(&format!(
        "**Start to first frame**, 160 × 50, {RUNS} starts of each program in turn, from before the process is made. \
         A frame is complete when its words stand on the screen; the content is there when the agents (processes, \
         hops) are counted or listed.",
    ));
    results.table(
        [
            "program",
            "command",
            "anything on the screen",
            "first frame",
            "longest",
            "median at most 20 ms",
            "content",
            "longest",
        ],
        &rows,
    );
    Ok(())
}

/// How long until anything stands on the screen, the frame, and its content.
fn first_frame(program: &Program, home: &Home) -> Outcome<[Duration; 3]> {
    let mut terminal = program.start(home)?;
    let anything = terminal.wait_until("anything", |screen| !screen.contents().trim().is_empty())?;
    let mut took = [anything; 3];
    let [_, frame, content] = &mut took;
    if !terminal.text().contains(program.frame) {
        *frame = terminal.wait_for(program.frame)?;
    }
    *content = *frame;
    if !terminal.text().contains(&program.content) {
        *content = terminal.wait_for(&program.content)?;
    }
    Ok(took)
}

//! `make bench`: how much limescope adds to what the servers need.
//!
//! Everything is asked of the embedded fleet in another process, on loopback.
//! Runs that are compared are made in turn, after one that warms up; medians
//! and ranges are told. The results are one Markdown text, on standard output
//! and in `target/bench/results.md`.
//!
//! `cargo bench --bench performance -- parse model` makes only those parts and
//! writes no file.

mod answers;
mod bare;
mod command;
mod follower;
mod machine;
mod memory;
mod model;
mod parse;
mod results;
mod samples;
mod servers;
mod tenant;
mod validation;

use std::error::Error;
use std::io::Write;

/// What a part of the benchmark comes to.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// A part of the benchmark: its name on the command line and what it does.
type Part = (&'static str, fn(&mut results::Results) -> Outcome<()>);

const PARTS: [Part; 5] = [
    ("answers", answers::measure),
    ("parse", parse::measure),
    ("memory", memory::measure),
    ("model", model::measure),
    ("validation", validation::measure),
];

fn main() -> Outcome<()> {
    // `cargo bench` adds `--bench` to whatever was asked for.
    let mut asked: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if asked.first().is_some_and(|word| word == follower::WORD) {
        return follower::run(asked.get(1).ok_or("the follower needs a configuration")?.as_ref());
    }
    let whole = asked.is_empty();
    if whole {
        asked = PARTS.iter().map(|(name, _)| (*name).to_owned()).collect();
    }
    if let Some(unknown) = asked.iter().find(|word| !PARTS.iter().any(|(name, _)| name == word)) {
        return Err(format!(
            "no part is called {unknown}; there are answers, parse, memory, model and validation"
        )
        .into());
    }
    let mut results = results::Results::new(&machine::words());
    for (name, measure) in PARTS {
        if asked.iter().any(|word| word == name) {
            say(&format!("measuring: {name}"));
            measure(&mut results)?;
        }
    }
    results.tell(whole)
}

/// Tells whoever waits how far it is.
fn say(text: &str) {
    // If nobody reads it, nobody waits.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

//! `make bench`: how much limescope adds to what the servers need, and what its
//! console costs beside other programs.
//!
//! Everything is asked of the embedded fleet in another process, on loopback.
//! Runs that are compared are made in turn, after one that warms up; medians
//! and ranges are told. The results are one Markdown text, on standard output
//! and in `target/bench/results.md`.
//!
//! `cargo bench --bench performance -- parse model` makes only those parts and
//! writes them to a file of their own, `target/bench/parse-model.md`; `make
//! bench-console` makes those of the console.

mod answers;
mod bare;
mod command;
mod device;
mod evidence;
mod follower;
mod identity;
mod machine;
mod memory;
mod model;
mod parse;
mod policies;
mod quote;
mod results;
mod samples;
mod screen;
mod servers;
mod tenant;
mod validation;

use std::error::Error;
use std::io::Write;

/// What a part of the benchmark comes to.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// A part of the benchmark: its name on the command line and what it does.
type Part = (&'static str, fn(&mut results::Results) -> Outcome<()>);

const PARTS: [Part; 15] = [
    ("answers", answers::measure),
    ("parse", parse::measure),
    ("memory", memory::measure),
    ("model", model::measure),
    ("validation", validation::measure),
    ("tpm", device::measure),
    ("identity", identity::measure),
    ("quote", quote::measure),
    ("start", screen::start::measure),
    ("idle", screen::idle::measure),
    ("keys", screen::keys::measure),
    ("flood", screen::flood::measure),
    ("frames", screen::frames::measure),
    ("evidence", evidence::measure),
    // The last: it makes this process large, and to start another one from a large one takes longer.
    ("policies", policies::measure),
];

fn main() -> Outcome<()> {
    // `cargo bench` adds `--bench` to whatever was asked for.
    let mut asked: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    // Some parts need a process of their own, which is this program again.
    match asked.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [follower::WORD, configuration] => return follower::run(configuration.as_ref()),
        [screen::flood::WORD, configuration, told] => {
            return screen::flood::run(configuration.as_ref(), told.as_ref());
        }
        _ => {}
    }
    let file = if asked.is_empty() { "results".to_owned() } else { asked.join("-") };
    let names = PARTS.map(|(name, _)| name);
    if asked.is_empty() {
        asked = names.map(str::to_owned).to_vec();
    }
    if let Some(unknown) = asked.iter().find(|word| !names.contains(&word.as_str())) {
        return Err(format!("no part is called {unknown}; there are {}", names.join(", ")).into());
    }
    let mut results = results::Results::new(&machine::words());
    for (name, measure) in PARTS {
        if asked.iter().any(|word| word == name) {
            say(&format!("measuring: {name}"));
            let measured = measure(&mut results);
            if measured.is_err() {
                results.tell(&file)?;
            }
            measured?;
        }
    }
    results.tell(&file)
}

/// Tells whoever waits how far it is.
fn say(text: &str) {
    // If nobody reads it, nobody waits.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

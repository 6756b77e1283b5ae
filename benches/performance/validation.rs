//! Reading and judging server blocks, as the editor does at every keystroke.

use std::fmt::Write;
use std::time::Duration;

use limescope::servers::document::{MAX_ADDRESSES, Mode, read};

use crate::Outcome;
use crate::results::{Results, verdict};
use crate::samples::{repeat, timed};

const AGENT_CONF: &str = include_str!("../../tests/servers/agent.conf");

pub fn measure(results: &mut Results) -> Outcome<()> {
    let four = include_str!("../../tests/servers/example-4.toml");
    let normal = format!("{AGENT_CONF}\n{four}");
    let mut many = String::new();
    for block in 0..MAX_ADDRESSES / 64 {
        let list = |letter| -> Vec<String> {
            (0..32).map(|entry| format!("{letter}{entry}.block{block}.example")).collect()
        };
        writeln!(many, "[[servers]]\nregistrars = {:?}\nverifiers = {:?}", list('r'), list('v'))?;
    }
    results.words("**Reading and judging server blocks** (`servers::document::read`, both modes).");
    let mut rows = Vec::new();
    for (what, text, target) in [
        ("an agent's file with three blocks", &normal, Duration::from_millis(1)),
        ("4,096 addresses in 64 blocks", &many, Duration::from_millis(50)),
    ] {
        let samples = repeat(31, || {
            let (took, document) = timed(|| read(text, &[Mode::Pull, Mode::Push]));
            if document.valid() { Ok(took) } else { Err("the text is not valid".into()) }
        })?;
        rows.push([
            what.to_owned(),
            format!("{} kB", text.len() / 1_000),
            samples.words(),
            format!("{} ms", target.as_millis()),
            verdict(samples.median() <= target).to_owned(),
        ]);
    }
    results.table(["text", "size", "time", "allowed", "target"], &rows);
    Ok(())
}

//! Reading a bulk answer from memory.

use std::time::Duration;

use limescope::keylime::{AddressRole, answer};

use crate::Outcome;
use crate::bare::Bare;
use crate::results::{Results, verdict};
use crate::samples::{repeat, timed};
use crate::servers::{Servers, Wanted};

const TARGET: Duration = Duration::from_millis(250);

pub fn measure(results: &mut Results) -> Outcome<()> {
    let servers = Servers::start(Wanted::still(50_000, 1))?;
    let body = Bare::new(servers.config())?.body(AddressRole::Verifier)?;
    let mut records = 0;
    let samples = repeat(15, || {
        let (took, bulk) = timed(|| answer::bulk(&body));
        records = bulk?.len();
        Ok(took)
    })?;
    results.words("**Reading a bulk answer from memory** (`keylime::answer::bulk`).");
    results.table(
        ["records", "size", "time", "allowed", "target"],
        &[[
            records.to_string(),
            format!("{:.1} MB", body.len() as f64 / 1e6),
            samples.words(),
            "250 ms".to_owned(),
            verdict(samples.median() <= TARGET).to_owned(),
        ]],
    );
    Ok(())
}

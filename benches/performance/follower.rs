//! A process that follows a fleet as the console does, without a screen, and
//! tells what memory it needs.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use limescope::{config, keylime, tasks};

use crate::Outcome;
use crate::command::kilobytes;

/// What makes the benchmark this process.
pub const WORD: &str = "follow-for-memory";

/// Polls of every group that can be asked, until it is told.
const POLLS: usize = 5;

/// Where a process finds itself.
const SELF: &str = "/proc/self/status";

/// Follows the fleet of a configuration for some polls, then prints: agents,
/// the largest resident set after the second poll, and the peak, both in KiB.
pub fn run(configuration: &Path) -> Outcome<()> {
    let text = std::fs::read_to_string(configuration)?;
    let (config, _warnings) = config::parse(&text, configuration, None)?;
    let runtime = tasks::network()?;
    let (following, pictures) = {
        let _inside = runtime.enter();
        tasks::follow(&config, keylime::Limits::default(), &mut |_| None)
    };
    let mut seen: Vec<(Option<Timestamp>, usize)> = vec![(None, 0); config.groups.len()];
    let mut steady = 0;
    loop {
        std::thread::sleep(Duration::from_millis(50));
        let picture = pictures.borrow().clone();
        for ((last, polls), group) in seen.iter_mut().zip(&picture.groups) {
            if group.observed_at != *last {
                *last = group.observed_at;
                *polls += 1;
            }
        }
        // The group whose verifier is dark is never observed.
        let polls = seen.iter().map(|(_, polls)| *polls).filter(|polls| *polls > 0).min().unwrap_or(0);
        if polls >= 2 {
            steady = steady.max(kilobytes(SELF, "VmRSS").unwrap_or(0));
        }
        if polls >= POLLS {
            let peak = kilobytes(SELF, "VmHWM").unwrap_or(0);
            writeln!(std::io::stdout(), "{} {steady} {peak}", picture.agents.len())?;
            break;
        }
    }
    drop(following);
    Ok(())
}

//! A key while 1,000 pictures come in a second.
//!
//! No fleet over the network changes so often, and no model makes pictures of
//! many agents so fast. So the real console runs on a real terminal in a
//! process of its own, and only what publishes the pictures is replaced: a
//! thread that has made them before and sends one every millisecond, each with
//! one row changed that can be seen. What the model costs is measured elsewhere.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use limescope::config;
use limescope::console::{self, Options};
use limescope::fleet::Snapshot;
use portable_pty::CommandBuilder;
use tokio::sync::watch;

use super::keys::{KEYS, TARGET, press};
use super::pictures;
use super::programs::Home;
use super::terminal::Terminal;
use crate::results::{Results, verdict};
use crate::samples::{Samples, words};
use crate::servers::{Servers, Wanted};
use crate::{Outcome, say};

/// What makes the benchmark the console's process.
pub const WORD: &str = "console-under-flood";

/// Time between two pictures.
const BETWEEN: Duration = Duration::from_millis(1);

/// Fewer than so many pictures a second were no flood.
const FEWEST: f64 = 950.0;

/// How long frames are counted.
const COUNTED: Duration = Duration::from_secs(5);

/// What begins a frame.
const FRAME: &[u8] = b"\x1b[?2026h";

pub fn measure(results: &mut Results) -> Outcome<()> {
    let mut rows = Vec::new();
    for agents in [1_000, 10_000, 50_000, 100_000] {
        say(&format!("  {agents} agents"));
        rows.push(one(agents)?);
    }
    results.words(&format!(
        "**Key to paint under 1,000 updates a second**, 160 × 50, the Agents page, {KEYS} keys (`j`, `k`) as \
         above. The console and the terminal are real; the pictures are made before and published every millisecond \
         from another thread of the process, each with one visible row changed (the model itself is not part of it).",
    ));
    results.table(["agents", "updates/s", "frames/s", "median", "p99", "longest", "target 20 ms"], &rows);
    Ok(())
}

fn one(agents: usize) -> Outcome<[String; 7]> {
    let servers = Servers::start(Wanted::still(agents, 1))?;
    let home = Home::new()?;
    let told = servers.folder().join("updates");
    let mut command = CommandBuilder::new(std::env::current_exe()?);
    command.arg(WORD);
    command.arg(servers.config_path());
    command.arg(&told);
    home.furnish(&mut command);
    let mut terminal = Terminal::start("the console under flood", command)?;
    terminal.wait_for("Overview")?;
    terminal.press("2", Duration::from_secs(1))?;
    let frames = terminal.count(FRAME, COUNTED)?;
    let answers = press(&mut terminal, ["j", "k"], KEYS)?;
    let took = Samples::new(answers.iter().map(|answer| answer.took).collect());
    terminal.quit("q")?;
    let updates: f64 = std::fs::read_to_string(told)?.parse()?;
    if updates < FEWEST {
        return Err(format!("only {updates:.0} updates a second were published").into());
    }
    Ok([
        agents.to_string(),
        format!("{updates:.0}"),
        format!("{:.1}", frames as f64 / COUNTED.as_secs_f64()),
        words(took.median()),
        words(took.p99()),
        words(took.longest()),
        verdict(took.p99() <= TARGET).to_owned(),
    ])
}

/// The console's process: shows the fleet of a configuration, whose pictures
/// change, and writes how many came in a second into a file.
pub fn run(configuration: &Path, told: &Path) -> Outcome<()> {
    let text = std::fs::read_to_string(configuration)?;
    let (config, _warnings) = config::parse(&text, configuration, None)?;
    let first = pictures::picture(&config)?;
    let changing = pictures::changing(&first);
    let (sender, receiver) = watch::channel(Arc::new(first));
    let is_over = Arc::new(AtomicBool::new(false));
    let over = Arc::clone(&is_over);
    let flood = std::thread::spawn(move || publish(&sender, changing, &over));
    let options = Options { title: "flood".to_owned(), colour: true, ..Options::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(console::run_on_terminal(receiver, options));
    is_over.store(true, Ordering::Relaxed);
    let rate = flood.join().map_err(|_panic| "the flood panicked")?;
    std::fs::File::create(told)?.write_all(rate.to_string().as_bytes())?;
    ended?;
    Ok(())
}

/// Publishes pictures until it is over; how many in a second.
fn publish(sender: &watch::Sender<Arc<Snapshot>>, pictures: Vec<Snapshot>, is_over: &AtomicBool) -> f64 {
    let started = Instant::now();
    let mut published = 0;
    for (picture, number) in pictures.iter().cycle().zip(1..) {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        let picture = Snapshot { generation: picture.generation + u64::from(number), ..picture.clone() };
        let _ = sender.send(Arc::new(picture));
        published = number;
        std::thread::sleep((started + BETWEEN * number).saturating_duration_since(Instant::now()));
    }
    f64::from(published) / started.elapsed().as_secs_f64()
}

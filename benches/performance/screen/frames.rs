//! What a frame costs the thread that draws, in this process: the update, the
//! drawing, the comparison with the last frame, and its bytes to a sink.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use limescope::console::keymap::Key;
use limescope::console::state::Size;
use limescope::console::terminal::FrameBackend;
use limescope::console::theme::Theme;
use limescope::console::{Message, Options, State, draw, update};
use limescope::fleet::Snapshot;
use ratatui::Terminal;

use super::{SIZE, pictures};
use crate::results::{Results, verdict};
use crate::samples::{Samples, timed};
use crate::servers::{Servers, Wanted};
use crate::{Outcome, say};

/// Frames that are measured of each kind.
const FRAMES: usize = 1_000;

/// Consoles that are opened for their first frames.
const OPENED: usize = 31;

const TARGET: Duration = Duration::from_millis(2);

pub fn measure(results: &mut Results) -> Outcome<()> {
    let mut rows = Vec::new();
    for agents in [1_000, 10_000, 100_000] {
        say(&format!("  {agents} rows"));
        let servers = Servers::start(Wanted::still(agents, 1))?;
        let picture = Arc::new(pictures::picture(servers.config())?);
        drop(servers);
        rows.extend(measure_rows(&picture)?);
    }
    results.words(&format!(
        "**Cost of a frame on the drawing thread**, 160 × 50, the Agents page, in process: update, drawing, comparison \
         with the last frame, bytes to a sink. {FRAMES} frames of each kind; the first two of {OPENED} consoles. A \
         frame is of the target's kind when a picture of the fleet was taken in before.",
    ));
    results.table(["rows", "frame", "median", "p99", "longest", "p99 at most 2 ms"], &rows);
    Ok(())
}

fn measure_rows(picture: &Arc<Snapshot>) -> Outcome<Vec<[String; 6]>> {
    let mut first = Vec::new();
    let mut second = Vec::new();
    for _ in 0..OPENED {
        let mut screen = Screen::open(picture)?;
        first.push(screen.press("2")?);
        second.push(screen.draw()?);
    }
    let mut screen = Screen::open(picture)?;
    screen.press("2")?;
    let later = repeat(FRAMES, |_| screen.draw())?;
    let moves = repeat(FRAMES, |number| screen.press(if number % 2 == 0 { "j" } else { "k" }))?;
    for _ in 0..SIZE.1 {
        screen.press("j")?;
    }
    // Down to the last row of a small fleet, and again from the first.
    let rows = picture.agents.len() - usize::from(SIZE.1) - 1;
    let scrolls = repeat(FRAMES.min(rows), |_| screen.press("j"))?;
    screen.press("home")?;
    let pages = repeat(FRAMES, |number| screen.press(if number % 2 == 0 { "ctrl-f" } else { "ctrl-b" }))?;
    // By id from the first row on: there the changing rows are.
    let mut screen = Screen::open(picture)?;
    for key in ["2", "s", "home"] {
        update(&mut screen.state, Message::Key(key.parse()?));
    }
    screen.draw()?;
    let changing: Vec<_> = pictures::changing(picture).into_iter().map(Arc::new).collect();
    let news = changing.iter().cycle().take(200).map(|picture| screen.take(picture));
    let news = news.collect::<Outcome<Vec<_>>>()?;
    let row = |kind: &str, samples: Vec<Duration>, is_meant: bool| {
        let samples = Samples::new(samples);
        let met = samples.p99() <= TARGET;
        [
            picture.agents.len().to_string(),
            kind.to_owned(),
            crate::samples::words(samples.median()),
            crate::samples::words(samples.p99()),
            crate::samples::words(samples.longest()),
            if is_meant { verdict(met).to_owned() } else { String::new() },
        ]
    };
    Ok(vec![
        row("the first: filter, order, draw", first, false),
        row("the second, nothing changed", second, true),
        row("later, nothing changed", later, true),
        row("cursor move", moves, true),
        row("scroll by a row", scrolls, true),
        row("scroll by a screen", pages, true),
        row("a new picture, one row changed", news, false),
    ])
}

fn repeat(times: usize, mut frame: impl FnMut(usize) -> Outcome<Duration>) -> Outcome<Vec<Duration>> {
    (0..times).map(&mut frame).collect()
}

/// A console without a loop.
struct Screen {
    state: State,
    theme: Theme,
    terminal: Terminal<FrameBackend<Sink>>,
}

impl Screen {
    fn open(picture: &Arc<Snapshot>) -> Outcome<Self> {
        let options = Options { title: "frames".to_owned(), colour: true, ..Options::default() };
        let size = Size { width: SIZE.0, height: SIZE.1 };
        let state = State::new(options, size, Arc::clone(picture), Timestamp::now())?;
        let terminal = Terminal::new(FrameBackend::new(Sink, || Ok(SIZE)))?;
        let mut screen = Self { state, theme: Theme::built_in(true)?, terminal };
        screen.draw()?;
        Ok(screen)
    }

    fn press(&mut self, key: &str) -> Outcome<Duration> {
        let message = Message::Key(key.parse::<Key>()?);
        self.turn(message)
    }

    fn take(&mut self, picture: &Arc<Snapshot>) -> Outcome<Duration> {
        self.turn(Message::Snapshot { snapshot: Arc::clone(picture), now: self.state.now })
    }

    fn turn(&mut self, message: Message) -> Outcome<Duration> {
        let (took, effects) = timed(|| update(&mut self.state, message));
        if !effects.redraw {
            return Err("a key or a picture changed nothing that is seen".into());
        }
        Ok(took + self.draw()?)
    }

    fn draw(&mut self) -> Outcome<Duration> {
        let Self { state, theme, terminal } = self;
        let (took, drawn) = timed(|| terminal.draw(|frame| draw(state, theme, frame.buffer_mut())).map(drop));
        drawn?;
        Ok(took)
    }
}

/// Takes every byte, and keeps none.
struct Sink;

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(std::hint::black_box(bytes).len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

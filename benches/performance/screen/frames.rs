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
use limescope::console::widget::Targets;
use limescope::console::{Effects, Message, Options, State, draw, update};
use limescope::fleet::Snapshot;
use ratatui::Terminal;
use rustix::time::{ClockId, clock_gettime};

use super::{SIZE, pictures};
use crate::results::{Results, verdict};
use crate::samples::{Samples, timed, words};
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
         with the last frame, bytes to a sink. {FRAMES} frames of each kind; the first two of {OPENED} consoles. \
         Processor time is the thread's own; the clock's also holds what other programs took in between.",
    ));
    results.table(
        ["rows", "frame", "processor, median", "p99", "p99 at most 2 ms", "clock, median", "p99", "longest"],
        &rows,
    );
    Ok(())
}

fn measure_rows(picture: &Arc<Snapshot>) -> Outcome<Vec<[String; 8]>> {
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
    let mut screen = Screen::open(picture)?;
    screen.press("2")?;
    let changing: Vec<_> = pictures::changing(picture).into_iter().map(Arc::new).collect();
    let news = changing.iter().cycle().take(200).map(|picture| screen.take(picture));
    let news = news.collect::<Outcome<Vec<_>>>()?;
    let row = |kind: &str, costs: Vec<Cost>, is_meant: bool| {
        let processor = Samples::new(costs.iter().map(|cost| cost.processor).collect());
        let wall = Samples::new(costs.iter().map(|cost| cost.wall).collect());
        let met = processor.p99() <= TARGET;
        [
            picture.agents.len().to_string(),
            kind.to_owned(),
            words(processor.median()),
            words(processor.p99()),
            if is_meant { verdict(met).to_owned() } else { String::new() },
            words(wall.median()),
            words(wall.p99()),
            words(wall.longest()),
        ]
    };
    Ok(vec![
        row("the first, and the rows when they come", first, false),
        row("the second, nothing changed", second, true),
        row("later, nothing changed", later, true),
        row("cursor move", moves, true),
        row("scroll by a row", scrolls, true),
        row("scroll by a screen", pages, true),
        row("a new picture, one row changed", news, false),
    ])
}

fn repeat(times: usize, mut frame: impl FnMut(usize) -> Outcome<Cost>) -> Outcome<Vec<Cost>> {
    (0..times).map(&mut frame).collect()
}

/// What a frame cost.
#[derive(Clone, Copy)]
struct Cost {
    /// By the clock on the wall: other programs are part of it.
    wall: Duration,
    /// The thread's own time on a processor.
    processor: Duration,
}

impl Cost {
    fn of(work: impl FnOnce() -> Outcome<()>) -> Outcome<Self> {
        let processor = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime));
        let before = processor()?;
        let (wall, done) = timed(work);
        done?;
        Ok(Self { wall, processor: processor()?.saturating_sub(before) })
    }
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

    fn press(&mut self, key: &str) -> Outcome<Cost> {
        let message = Message::Key(key.parse::<Key>()?);
        self.turn(message)
    }

    fn take(&mut self, picture: &Arc<Snapshot>) -> Outcome<Cost> {
        self.turn(Message::Snapshot { snapshot: Arc::clone(picture), now: self.state.now })
    }

    /// The turn of a message, and the one in which rows come that were arranged
    /// elsewhere: what that took is no cost of the drawing thread.
    fn turn(&mut self, message: Message) -> Outcome<Cost> {
        let (first, effects) = self.step(message)?;
        match effects.arrange {
            None if effects.redraw => Ok(first),
            None => Err("a key or a picture changed nothing that is seen".into()),
            Some(wish) => {
                let rows = wish.carry_out(|| false).ok_or("nobody gave the rows up")?;
                let (second, _) = self.step(Message::Arranged(Arc::new(rows)))?;
                Ok(Cost { wall: first.wall + second.wall, processor: first.processor + second.processor })
            }
        }
    }

    fn step(&mut self, message: Message) -> Outcome<(Cost, Effects)> {
        let mut effects = Effects::default();
        let cost = Cost::of(|| {
            effects = update(&mut self.state, message);
            if effects.redraw { self.paint() } else { Ok(()) }
        })?;
        Ok((cost, effects))
    }

    fn draw(&mut self) -> Outcome<Cost> {
        Cost::of(|| self.paint())
    }

    fn paint(&mut self) -> Outcome<()> {
        let Self { state, theme, terminal } = self;
        let mut targets = Targets::default();
        terminal.draw(|frame| targets = draw(state, theme, frame.buffer_mut()))?;
        Ok(())
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

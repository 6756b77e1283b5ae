//! The loop.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use crossterm::event::Event;
use futures_util::stream::FuturesUnordered;
use futures_util::{Stream, StreamExt, poll};
use ratatui::backend::Backend;
use ratatui::{Frame, Terminal};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::arranging::{Arranging, dispose};
use super::frame::Pace;
use super::outside::{Outside, Request};
use super::state::{PageId, Size, State};
use super::theme::{ColourDepth, Theme, Themes};
use super::widget::Targets;
use super::{Clock, ConsoleError, Message, Options, Outcome, update, view};
use crate::files::log::LogRing;
use crate::fleet::Snapshot;
use crate::tasks::standing::Standing;

/// Events of the terminal that are taken in one go at most: a flood of them
/// must keep neither the screen nor the stop signal waiting.
const MAX_DRAINED: usize = 256;

/// Shows the fleet until the operator quits or `stop` resolves. Everything is
/// injected: the terminal's backend, the input, the pictures of the fleet, the
/// clock, the world outside. It writes to the terminal only, and waits nowhere else than in its
/// one `select!`.
///
/// # Errors
/// The terminal could not be written or read.
pub async fn run<B, I>(
    terminal: Terminal<B>,
    mut input: I,
    mut snapshots: watch::Receiver<Arc<Snapshot>>,
    clock: impl Clock,
    mut outside: impl Outside,
    stop: impl Future<Output = ()>,
    options: Options,
) -> Result<Outcome, ConsoleError>
where
    B: Backend<Error: Send + Sync + 'static>,
    I: Stream<Item = io::Result<Event>> + Unpin,
{
    let mut stop = pin!(stop);
    let first = Arc::clone(&snapshots.borrow_and_update());
    let ring = options.log.clone();
    let mut standing = options.standing.clone();
    let mut console = Console::open(terminal, options, first, clock)?;
    let mut pace = Pace::default();
    // Pictures that came and were not taken in yet, and whether more may come.
    let mut has_news = false;
    // Records that were written while the Log page is shown.
    let mut records = ring.as_ref().map(LogRing::news);
    let mut has_records = false;
    let mut may_have_news = true;
    // What is being done outside.
    let mut doing = FuturesUnordered::new();
    loop {
        for request in std::mem::take(&mut console.requests) {
            if request.takes_terminal() && console.state.outcome.is_none() {
                let answer = tokio::select! {
                    biased;
                    () = &mut stop => return Ok(Outcome::Stopped),
                    answer = outside.hand_over(request) => answer,
                };
                console.repaint();
                answer.into_iter().for_each(|message| console.take_in(|_| message));
            } else {
                doing.push(outside.begin(request));
            }
        }
        if let Some(outcome) = console.state.outcome {
            // What was begun is brought to its end; each has a deadline.
            while doing.next().await.is_some() {}
            return Ok(outcome);
        }
        let now = Instant::now();
        let wants_turn = has_news || has_records || console.is_dirty;
        let due = if console.is_dirty { pace.next_frame(now) } else { pace.next(now) };
        if wants_turn && due <= now {
            if std::mem::take(&mut has_news) {
                let snapshot = Arc::clone(&snapshots.borrow_and_update());
                console.take_in(|now| Message::Snapshot { snapshot, now });
            }
            if std::mem::take(&mut has_records) {
                console.take_records();
            }
            // A picture that looks the same costs a turn and no frame.
            let took = console.draw_if_dirty()?;
            pace.mark(now, took);
            continue;
        }
        let tick = console.next_tick();
        tokio::select! {
            biased;
            () = &mut stop => return Ok(Outcome::Stopped),
            event = input.next() => {
                let Some(event) = event else { return Ok(Outcome::InputEnded) };
                pace.see(event.as_ref().ok());
                console.take_event(event)?;
                // What is ready is taken in before anything is drawn. Polled with
                // this task's waker: crossterm's stream wakes the first one that
                // it was given, and no other.
                for _ in 1..MAX_DRAINED {
                    if !console.may_take_more() {
                        break;
                    }
                    match poll!(input.next()) {
                        Poll::Ready(Some(event)) => {
                            pace.see(event.as_ref().ok());
                            console.take_event(event)?;
                        }
                        Poll::Ready(None) => {
                            return Ok(console.state.outcome.unwrap_or(Outcome::InputEnded));
                        }
                        Poll::Pending => break,
                    }
                }
                if console.is_dirty {
                    pace.answer();
                }
            }
            Some(answer) = doing.next(), if !doing.is_empty() => {
                answer.into_iter().for_each(|message| console.take_in(|_| message));
            }
            message = console.arranging.next() => console.take_in(|_| message),
            changed = snapshots.changed(), if may_have_news && !has_news => match changed {
                Ok(()) => has_news = true,
                Err(_) => {
                    may_have_news = false;
                    console.take_in(|_| Message::SnapshotsEnded);
                }
            },
            news = next_standing(&mut standing) => console.take_in(|_| Message::Standing(news)),
            () = next_record(&mut records), if console.shows_log() && !has_records => has_records = true,
            () = sleep_until(due), if wants_turn => {}
            () = sleep_until(tick.unwrap_or(now)), if tick.is_some() => {
                console.take_in(|now| Message::Tick { now });
            }
        }
    }
}

/// Resolves with what holds now, when it is something else than before.
async fn next_standing(standing: &mut Option<watch::Receiver<Standing>>) -> Standing {
    if let Some(news) = standing
        && news.changed().await.is_ok()
    {
        return news.borrow_and_update().clone();
    }
    std::future::pending().await
}

/// Resolves when a record is written that was not told yet.
async fn next_record(records: &mut Option<watch::Receiver<u64>>) {
    let is_told = match records {
        Some(records) => records.changed().await.is_ok(),
        None => false,
    };
    if !is_told {
        std::future::pending().await
    }
}

/// The state with what it is shown on.
struct Console<B: Backend, C> {
    terminal: Terminal<B>,
    themes: Themes,
    depth: ColourDepth,
    theme: Theme,
    /// The name of what is in `theme`.
    theme_name: String,
    clock: C,
    state: State,
    log: Option<LogRing>,
    requests: Vec<Request>,
    arranging: Arranging,
    is_dirty: bool,
    must_clear: bool,
    /// What the mouse can hit of the frame in sight.
    targets: Targets,
}

impl<B: Backend<Error: Send + Sync + 'static>, C: Clock> Console<B, C> {
    fn open(
        terminal: Terminal<B>,
        options: Options,
        snapshot: Arc<Snapshot>,
        clock: C,
    ) -> Result<Self, ConsoleError> {
        let themes = options.settings.themes.clone().map_or_else(Themes::built_in, Ok)?;
        let depth = options.depth;
        let size = size_of(&terminal)?;
        let log = options.log.clone();
        let mut state = State::new(options, size, snapshot, clock.now())?;
        let mut arranging = Arranging::default();
        state.agents.take_wish().into_iter().for_each(|wish| arranging.begin(wish));
        let (theme_name, theme) = (state.theme.clone(), themes.get(&state.theme, depth));
        Ok(Self {
            terminal,
            themes,
            depth,
            theme,
            theme_name,
            clock,
            state,
            log,
            requests: Vec::new(),
            arranging,
            is_dirty: true,
            must_clear: false,
            targets: Targets::default(),
        })
    }

    fn take_event(&mut self, event: io::Result<Event>) -> Result<(), ConsoleError> {
        let event = event.map_err(ConsoleError::Input)?;
        if matches!(event, Event::Resize(..)) {
            // Terminals reflow what they show: nothing on it can be relied on.
            // The size itself is asked for when the frame is drawn, because it
            // may have changed again.
            self.repaint();
        } else if let Some(message) = Message::from_event(&event, &self.targets) {
            self.take_in(|_| message);
        }
        Ok(())
    }

    fn take_in(&mut self, message: impl FnOnce(jiff::Timestamp) -> Message) {
        let message = message(self.clock.now());
        let showed_log = self.shows_log();
        self.apply(message);
        if self.shows_log() && !showed_log {
            self.take_records();
        }
    }

    fn shows_log(&self) -> bool {
        self.state.page == PageId::Log
    }

    fn take_records(&mut self) {
        if let Some(log) = &self.log {
            let picture = log.picture();
            self.apply(Message::Log(picture));
        }
    }

    fn apply(&mut self, message: Message) {
        // Pictures and arrangements of large fleets are let go of elsewhere:
        // to free 100,000 agents takes longer than to draw them.
        let news = match &message {
            Message::Arranged(arrangement) => Some(Arc::clone(arrangement)),
            _ => None,
        };
        let brings_picture = matches!(message, Message::Snapshot { .. });
        let state = &self.state;
        let before = (Arc::clone(&state.snapshot), state.agents.arranged().cloned(), state.frozen.clone());
        let policy = state.policies.inspection().map(|inspection| inspection.held());
        let effects = update(&mut self.state, message);
        if brings_picture || news.is_some() || !Arc::ptr_eq(&before.0, &self.state.snapshot) {
            let agents = before.0.agents.len();
            dispose(agents, (before, news));
        }
        if let Some((policy, comparison)) = policy
            && self.state.policies.inspection().is_none_or(|now| *now.policy() != policy)
        {
            dispose(policy.0.counts.paths, (policy, comparison));
        }
        self.is_dirty |= effects.redraw;
        self.requests.extend(effects.requests);
        effects.arrange.into_iter().for_each(|wish| self.arranging.begin(wish));
        self.arranging.wait(self.state.agents.is_waiting());
    }

    /// Nothing on the terminal can be relied on.
    fn repaint(&mut self) {
        self.must_clear = true;
        self.is_dirty = true;
    }

    /// Whether another event may be taken in before anything else is done: not
    /// when the console is to end or to give the terminal away.
    fn may_take_more(&self) -> bool {
        self.state.outcome.is_none() && !self.requests.iter().any(Request::takes_terminal)
    }

    /// Draws a frame if something visible changed, and tells how long the
    /// terminal took to take it.
    fn draw_if_dirty(&mut self) -> Result<Duration, ConsoleError> {
        if !std::mem::take(&mut self.is_dirty) {
            return Ok(Duration::ZERO);
        }
        if std::mem::take(&mut self.must_clear) {
            self.terminal.clear().map_err(unwritable)?;
        }
        let size = size_of(&self.terminal)?;
        if size != self.state.size {
            self.apply(Message::Resize(size));
            self.is_dirty = false;
        }
        if self.theme_name != self.state.theme {
            self.theme_name.clone_from(&self.state.theme);
            self.theme = self.themes.get(&self.theme_name, self.depth);
        }
        let (state, theme, clock) = (&self.state, &self.theme, &self.clock);
        let targets = &mut self.targets;
        let mut drawn = clock.elapsed();
        let draw = |frame: &mut Frame<'_>| {
            *targets = view::draw(state, theme, frame.buffer_mut());
            drawn = clock.elapsed();
        };
        self.terminal.draw(draw).map_err(unwritable)?;
        Ok(clock.elapsed().saturating_sub(drawn))
    }

    /// When a shown age changes by the clock alone, in the clock of the waits.
    fn next_tick(&self) -> Option<Instant> {
        let at = self.state.next_tick()?;
        let wait = at.duration_since(self.clock.now());
        // Never at once: a clock that stands still must not make the loop spin.
        let wait = Duration::try_from(wait).unwrap_or_default();
        Some(Instant::now() + wait.max(Duration::from_millis(100)))
    }
}

fn size_of<B: Backend<Error: Send + Sync + 'static>>(terminal: &Terminal<B>) -> Result<Size, ConsoleError> {
    let size = terminal.size().map_err(unwritable)?;
    Ok(Size { width: size.width, height: size.height })
}

fn unwritable(error: impl std::error::Error + Send + Sync + 'static) -> ConsoleError {
    ConsoleError::Draw(Box::new(error))
}

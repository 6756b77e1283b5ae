//! The real loop with a screen, a keyboard and a fleet of our own.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crossterm::event::{Event, KeyCode as TerminalCode, KeyEvent, KeyModifiers};
use futures_util::{Stream, stream};
use ratatui::Terminal;
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer;
use ratatui::layout::{Position, Size};
use tokio::sync::{oneshot, watch};
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep};

use super::policy_fakes;
use crate::console::keymap::{Key, KeyCode, Named};
use crate::console::outside::{Doing, Outside, Request};
use crate::console::state::{Notice, PolicyNews, PolicyWish};
use crate::console::terminal::FrameBackend;
use crate::console::test_fleet;
use crate::console::{Clock, ConsoleError, Message, Options, Outcome, run};
use crate::files::log::LogRing;
use crate::fleet::{Fleet, Snapshot};

/// The operator's side of a running console.
pub struct Operator {
    keyboard: Keyboard,
    snapshots: Option<watch::Sender<Arc<Snapshot>>>,
    stop: Option<oneshot::Sender<()>>,
    screen: Screen,
    pub fleet: Fleet,
    pub log: LogRing,
    /// What was asked of the world outside.
    pub asked: Recorded,
}

/// A world outside that writes down what it is asked, and says so.
#[derive(Clone, Default)]
pub struct Recorded(pub Rc<RefCell<Vec<Request>>>);

impl Outside for Recorded {
    fn begin(&mut self, request: Request) -> Doing<'static> {
        self.0.borrow_mut().push(request.clone());
        if let Request::Policies(wish) = request {
            return Box::pin(async { policy_news(wish).map(Message::Policies) });
        }
        Box::pin(async { Some(Message::Notice(Notice::information("done outside"))) })
    }

    fn hand_over(&mut self, request: Request) -> Doing<'_> {
        self.0.borrow_mut().push(request);
        Box::pin(async { Some(Message::Edited("id=node-03".to_owned())) })
    }
}

/// Policies that are there at once.
fn policy_news(wish: PolicyWish) -> Option<PolicyNews> {
    match wish {
        PolicyWish::List { generation } => {
            Some(PolicyNews::Listed { generation, list: policy_fakes::list(), is_whole: true })
        }
        PolicyWish::Open { generation, source } => {
            let opened = Ok(policy_fakes::policy(&source.to_string(), 1_000));
            Some(PolicyNews::Opened { generation, opened })
        }
        PolicyWish::Judge { generation, .. } => {
            Some(super::evidence_fakes::judged(generation, 0..100, 100, Some(Ok(()))))
        }
        _ => None,
    }
}

/// Keys on their way, with the manners of crossterm's stream: the first waker
/// that it is given is the one that it wakes, whoever else asks before that.
#[derive(Clone, Default)]
struct Keyboard(Rc<RefCell<Keys>>);

#[derive(Default)]
struct Keys {
    events: VecDeque<Event>,
    waker: Option<Waker>,
    has_ended: bool,
}

impl Keyboard {
    fn send(&self, event: Event) {
        let mut keys = self.0.borrow_mut();
        keys.events.push_back(event);
        keys.waker.take().into_iter().for_each(Waker::wake);
    }

    fn end(&self) {
        let mut keys = self.0.borrow_mut();
        keys.has_ended = true;
        keys.waker.take().into_iter().for_each(Waker::wake);
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Event>>> {
        let mut keys = self.0.borrow_mut();
        match keys.events.pop_front() {
            Some(event) => Poll::Ready(Some(Ok(event))),
            None if keys.has_ended => Poll::Ready(None),
            None => {
                keys.waker.get_or_insert_with(|| context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        self.keyboard.end();
    }
}

/// What the terminal got.
#[derive(Clone)]
pub struct Screen(Rc<Inner>);

struct Inner {
    parser: RefCell<vt100::Parser>,
    writes: RefCell<Vec<Vec<u8>>>,
    draws: Cell<usize>,
    size: Cell<(u16, u16)>,
    /// How long the terminal takes for every write.
    slowness: Cell<Duration>,
    /// How long it took so far, all in all.
    spent: Cell<Duration>,
}

/// Follows the paused clock, and the time that the terminal takes.
struct PausedClock {
    start: Instant,
    screen: Screen,
}

impl Clock for PausedClock {
    fn now(&self) -> jiff::Timestamp {
        test_fleet::now() + jiff::SignedDuration::try_from(Instant::now() - self.start).unwrap()
    }

    fn elapsed(&self) -> Duration {
        Instant::now() - self.start + self.screen.0.spent.get()
    }
}

impl Screen {
    fn new(size: (u16, u16)) -> Self {
        Self(Rc::new(Inner {
            parser: RefCell::new(vt100::Parser::new(cells(size.1), cells(size.0), 0)),
            writes: RefCell::default(),
            draws: Cell::new(0),
            size: Cell::new(size),
            slowness: Cell::default(),
            spent: Cell::default(),
        }))
    }

    pub fn text(&self) -> String {
        self.0.parser.borrow().screen().contents()
    }

    /// How often a frame was drawn.
    pub fn draws(&self) -> usize {
        self.0.draws.get()
    }

    /// From now on every write takes so long.
    pub fn slow_down(&self, slowness: Duration) {
        self.0.slowness.set(slowness);
    }

    /// Bytes of each write.
    pub fn writes(&self) -> Vec<Vec<u8>> {
        self.0.writes.borrow().clone()
    }

    /// Draws and bytes so far.
    pub fn counted(&self) -> (usize, usize) {
        (self.draws(), self.0.writes.borrow().iter().map(Vec::len).sum())
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.parser.borrow_mut().process(bytes);
        self.0.writes.borrow_mut().push(bytes.to_vec());
        self.0.spent.set(self.0.spent.get() + self.0.slowness.get());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Operator {
    pub fn screen(&self) -> &Screen {
        &self.screen
    }

    /// Presses keys: `2 / v e r enter`.
    pub fn press(&self, keys: &str) {
        for key in keys.split_whitespace() {
            self.send(event(key.parse().unwrap()));
        }
    }

    pub fn send(&self, event: Event) {
        self.keyboard.send(event);
    }

    pub fn resize(&self, size: (u16, u16)) {
        self.screen.0.size.set(size);
        self.screen.0.parser.borrow_mut().screen_mut().set_size(cells(size.1), cells(size.0));
        self.send(Event::Resize(size.0, size.1));
    }

    /// Shows the fleet as it is now.
    pub fn publish(&mut self) {
        let snapshot = Arc::new(self.fleet.snapshot());
        self.snapshots.as_ref().unwrap().send(snapshot).unwrap();
    }

    pub fn end_snapshots(&mut self) {
        self.snapshots = None;
    }

    pub fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Waits for a text. The clock is paused: it costs no time.
    pub async fn see(&self, text: &str) {
        let end = Instant::now() + Duration::from_secs(30);
        while !self.screen.text().contains(text) {
            assert!(Instant::now() < end, "never saw {text:?}:\n{}", self.screen.text());
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until a text is not there any more.
    pub async fn see_no(&self, text: &str) {
        let end = Instant::now() + Duration::from_secs(30);
        while self.screen.text().contains(text) {
            assert!(Instant::now() < end, "still there: {text:?}:\n{}", self.screen.text());
            sleep(Duration::from_millis(5)).await;
        }
    }

    pub async fn rest(&self, seconds: u64) {
        sleep(Duration::from_secs(seconds)).await;
    }
}

/// Runs the console on 80×24 with an operator, until both are done. The wall
/// clock follows the paused one.
pub async fn operate<F: Future<Output = ()>>(
    fleet: Fleet,
    script: impl FnOnce(Operator) -> F,
) -> Result<Outcome, ConsoleError> {
    operate_on((80, 24), fleet, script).await
}

pub async fn operate_on<F: Future<Output = ()>>(
    size: (u16, u16),
    mut fleet: Fleet,
    script: impl FnOnce(Operator) -> F,
) -> Result<Outcome, ConsoleError> {
    let screen = Screen::new(size);
    let sized = screen.clone();
    let backend = Counting {
        inner: FrameBackend::new(screen.clone(), move || Ok(sized.0.size.get())),
        screen: screen.clone(),
    };
    let (snapshots, receiver) = watch::channel(Arc::new(fleet.snapshot()));
    let keyboard = Keyboard::default();
    let mut keys = keyboard.clone();
    let input: std::pin::Pin<Box<dyn Stream<Item = io::Result<Event>>>> =
        Box::pin(stream::poll_fn(move |context| keys.poll(context)));
    let outside = Recorded::default();
    let asked = outside.clone();
    let log = LogRing::default();
    let (stop, stopped) = oneshot::channel::<()>();
    let clock = PausedClock { start: Instant::now(), screen: screen.clone() };
    let operator = Operator {
        keyboard,
        snapshots: Some(snapshots),
        stop: Some(stop),
        screen,
        fleet,
        log: log.clone(),
        asked,
    };
    let stop = async move {
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let terminal = Terminal::new(backend).unwrap();
    let options = Options { title: "test".to_owned(), colour: true, log: Some(log), ..Options::default() };
    let console = run(terminal, input, receiver, clock, outside, stop, options);
    // A task of its own: nothing but its own wakers may wake it.
    let play = async {
        let console = tokio::task::spawn_local(console);
        script(operator).await;
        console.await.unwrap()
    };
    LocalSet::new().run_until(play).await
}

fn event(key: Key) -> Event {
    let code = match key.code {
        KeyCode::Character(character) => TerminalCode::Char(character),
        KeyCode::Named(Named::Enter) => TerminalCode::Enter,
        KeyCode::Named(Named::Escape) => TerminalCode::Esc,
        KeyCode::Named(Named::Down) => TerminalCode::Down,
        KeyCode::Named(named) => panic!("{named:?} is not on this keyboard"),
    };
    let modifiers = if key.control { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
    Event::Key(KeyEvent::new(code, modifiers))
}

/// Counts the frames: each ends with exactly one flush.
struct Counting<B> {
    inner: B,
    screen: Screen,
}

impl<B: Backend> Backend for Counting<B> {
    type Error = B::Error;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), B::Error>
    where
        I: Iterator<Item = (u16, u16, &'a buffer::Cell)>,
    {
        self.inner.draw(content)
    }

    fn hide_cursor(&mut self) -> Result<(), B::Error> {
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> Result<(), B::Error> {
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> Result<Position, B::Error> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), B::Error> {
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> Result<(), B::Error> {
        self.inner.clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> Result<(), B::Error> {
        self.inner.clear_region(clear_type)
    }

    fn size(&self) -> Result<Size, B::Error> {
        self.inner.size()
    }

    fn window_size(&mut self) -> Result<WindowSize, B::Error> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> Result<(), B::Error> {
        self.screen.0.draws.set(self.screen.0.draws.get() + 1);
        self.inner.flush()
    }
}

fn cells(number: u16) -> std::num::NonZero<u16> {
    std::num::NonZero::new(number).unwrap()
}

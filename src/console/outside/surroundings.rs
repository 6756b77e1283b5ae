//! The real world outside: clipboard, files, other programs, the servers.

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{Event, EventStream};
use crossterm::execute;
use futures_util::Stream;
use tokio::task::AbortHandle;

use super::clipboard::{self, MAX_OSC52_BYTES, Way};
use super::evidence::Examiner;
use super::files::{self, Effect};
use super::identity::Auditor;
use super::policies::Workshop;
use super::program::{self, CommandLine, ProgramError};
use super::{Doing, Outside, Request, paths, remember, views};
use crate::console::state::Notice;
use crate::console::view_string::View;
use crate::console::{Message, terminal};
use crate::files::bounded;
use crate::tasks::{Director, Looked, Prober, Refresher};

/// Bytes of an edited filter that are read at most.
const MAX_EDITED: u64 = 64 * 1024;

/// The keyboard. It can be let go of: crossterm's stream takes keys from the
/// terminal even when nobody polls it, and an editor needs them.
#[derive(Clone)]
pub(in crate::console) struct Keyboard(Rc<RefCell<Option<EventStream>>>);

impl Keyboard {
    /// Takes the keyboard.
    pub(in crate::console) fn new() -> Self {
        Self(Rc::new(RefCell::new(Some(EventStream::new()))))
    }

    fn let_go(&self) {
        self.0.borrow_mut().take();
        // A stream that is dropped leaves a wake-up behind. Taken in together
        // with a key it would hide that key until the next one, so it is taken
        // in now.
        let _ = crossterm::event::poll(std::time::Duration::ZERO);
    }

    fn take_back(&self) {
        *self.0.borrow_mut() = Some(EventStream::new());
    }
}

impl Stream for Keyboard {
    type Item = io::Result<Event>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut *self.0.borrow_mut() {
            Some(stream) => Pin::new(stream).poll_next(context),
            // Nobody polls while another program has the terminal.
            None => Poll::Pending,
        }
    }
}

/// The real [`Outside`].
pub(in crate::console) struct Surroundings {
    /// Keys of the terminal.
    pub keyboard: Keyboard,
    /// Where filters are remembered; none: nowhere.
    pub history_file: Option<PathBuf>,
    /// Where views are kept; none: nowhere.
    pub views_file: Option<PathBuf>,
    /// Those who ask the servers; none: nobody does.
    pub refresher: Option<Refresher>,
    /// Who looks at addresses that are being edited; none: nobody does.
    pub prober: Option<Prober>,
    /// What ends the look that goes on.
    pub looking: Option<AbortHandle>,
    /// What lets another configuration take effect; none: only the next start.
    pub director: Option<Director>,
    /// Where policies are worked at.
    pub policies: Workshop,
    /// Where identities are audited.
    pub auditor: Auditor,
    /// Who checks evidence.
    pub examiner: Examiner,
}

impl Outside for Surroundings {
    fn begin(&mut self, request: Request) -> Doing<'static> {
        match request {
            Request::Copy { text, what } => Box::pin(copy(text, what)),
            Request::Remember(filters) => match self.history_file.clone() {
                Some(file) => Box::pin(keep(file, filters)),
                None => Box::pin(async { None }),
            },
            Request::KeepView { name, view } => {
                let file = self.views_file.clone();
                Box::pin(async move { Some(keep_view(file, name, view).await) })
            }
            Request::Refresh => {
                let words = self.refresher.as_ref().map(|refresher| refresher.refresh().to_string());
                let words = words.unwrap_or_else(|| "nobody asks the servers here".to_owned());
                Box::pin(async { Some(Message::Notice(Notice::information(words))) })
            }
            Request::Suspend => {
                let failed = terminal::ask_to_suspend().err();
                let words = failed.map(|error| format!("the shell cannot be reached: {error}"));
                Box::pin(async { words.map(|words| Message::Notice(Notice::problem(words))) })
            }
            Request::Mouse { is_ours } => {
                let taken = terminal::take_mouse(is_ours);
                let said = |error| Message::Notice(Notice::problem(format!("the terminal: {error}")));
                Box::pin(async move { taken.err().map(said) })
            }
            Request::ListFolder { number, folder, prefix, is_folder } => {
                Box::pin(paths::list(number, folder, prefix, is_folder))
            }
            Request::OpenFile { path } => Box::pin(files::open(paths::meant(path))),
            Request::SaveFile { original, text, is_own, is_push } => {
                let effect =
                    is_own.then(|| Effect { director: self.director.clone(), auditor: self.auditor.clone() });
                Box::pin(files::save(original, text, is_push, effect))
            }
            Request::Probe { number, question } => {
                self.end_look();
                let Some(prober) = &self.prober else {
                    let remarks = vec!["nobody asks the servers here".to_owned()];
                    let looked = Some(Looked { remarks, ..Looked::default() });
                    return Box::pin(async move { Some(Message::Probed { number, looked }) });
                };
                let looking = prober.look(question);
                self.looking = Some(looking.ender());
                Box::pin(async move { Some(Message::Probed { number, looked: looking.await }) })
            }
            Request::EndProbe => {
                self.end_look();
                Box::pin(async { None })
            }
            Request::Policies(wish) => self.policies.begin(wish),
            Request::Identity(wish) => self.auditor.begin(wish),
            Request::Evidence(wish) => self.examiner.begin(wish),
            Request::Page { .. } | Request::EditFilter { .. } | Request::EditText { .. } => {
                Box::pin(async { None })
            }
        }
    }

    fn hand_over(&mut self, request: Request) -> Doing<'_> {
        Box::pin(async move {
            let done = match request {
                Request::Page { text, suffix } => self.page(&text, suffix).await.map(|()| None),
                Request::EditFilter { text } => {
                    self.edit(&text).await.map(|text| Some(Message::Edited(text)))
                }
                Request::EditText { text } => {
                    self.edit_text(&text).await.map(|text| Some(Message::TextEdited(text)))
                }
                _ => Ok(None),
            };
            done.unwrap_or_else(|error| Some(Message::Notice(Notice::problem(error))))
        })
    }
}

impl Surroundings {
    fn end_look(&mut self) {
        self.looking.take().iter().for_each(AbortHandle::abort);
    }

    async fn page(&self, text: &str, suffix: &str) -> Result<(), String> {
        let command = CommandLine::from_variables(&["PAGER"], "less", |name| std::env::var_os(name));
        let file = private_file(text, suffix)?;
        self.run(command.map_err(words)?, file.path()).await
    }

    async fn edit(&self, text: &str) -> Result<String, String> {
        let command = CommandLine::from_variables(&["VISUAL", "EDITOR"], "vi", |name| std::env::var_os(name));
        let file = private_file(&format!("{text}\n"), ".filter")?;
        self.run(command.map_err(words)?, file.path()).await?;
        let text = bounded::read_text(file.path(), MAX_EDITED).map_err(|error| error.to_string())?;
        Ok(text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned())
    }

    async fn edit_text(&self, text: &str) -> Result<String, String> {
        let command = CommandLine::from_variables(&["VISUAL", "EDITOR"], "vi", |name| std::env::var_os(name));
        let file = private_file(text, ".toml")?;
        self.run(command.map_err(words)?, file.path()).await?;
        bounded::read_text(file.path(), crate::config::MAX_BYTES).map_err(|error| error.to_string())
    }

    /// Gives the terminal away until the program ends, however it ends.
    async fn run(&self, command: CommandLine, file: &Path) -> Result<(), String> {
        let lent = Lent::to_a_program(&self.keyboard);
        let ended = command.run_on(file).await;
        lent.take_back().map_err(|error| format!("the terminal cannot be taken again: {error}"))?;
        ended.map_err(words)
    }
}

/// The terminal is somebody else's.
struct Lent<'k> {
    keyboard: &'k Keyboard,
}

impl<'k> Lent<'k> {
    fn to_a_program(keyboard: &'k Keyboard) -> Self {
        keyboard.let_go();
        terminal::lend();
        Self { keyboard }
    }

    fn take_back(self) -> io::Result<()> {
        terminal::take_back()?;
        self.keyboard.take_back();
        Ok(())
    }
}

async fn copy(text: String, what: String) -> Option<Message> {
    let notice = match clipboard::way(|name| std::env::var_os(name)) {
        Way::Terminal { in_tmux } => through_terminal(&text, &what, in_tmux),
        Way::Tool { name, arguments } => match program::feed(name, arguments, &text).await {
            Ok(()) => Notice::information(format!("copied {what} with {name}")),
            Err(error) => {
                let sent = through_terminal(&text, &what, false);
                Notice { words: format!("{error}; {}", sent.words), ..sent }
            }
        },
    };
    Some(Message::Notice(notice))
}

fn through_terminal(text: &str, what: &str, in_tmux: bool) -> Notice {
    if text.len() > MAX_OSC52_BYTES {
        return Notice::problem(format!(
            "not copied: {what} has {} bytes, and terminals take {MAX_OSC52_BYTES} (OSC 52)",
            text.len()
        ));
    }
    // Between two frames: frames are whole writes of this same thread.
    let mut out = io::stdout();
    match execute!(out, CopyToClipboard::to_clipboard_from(text)).and_then(|()| out.flush()) {
        Ok(()) => Notice::information(clipboard::words_for_terminal(what, in_tmux)),
        Err(error) => Notice::problem(format!("not copied: {error}")),
    }
}

async fn keep(file: PathBuf, filters: Vec<String>) -> Option<Message> {
    let written = tokio::task::spawn_blocking(move || remember::remember(&file, &filters)).await;
    match written {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the filters cannot be remembered"),
        Err(error) => tracing::warn!(%error, "the filters cannot be remembered"),
    }
    None
}

async fn keep_view(file: Option<PathBuf>, name: String, view: Option<View>) -> Message {
    let Some(file) = file else {
        let words = "this system names no folder in which views could be kept";
        return Message::Notice(Notice::problem(words));
    };
    let kept = tokio::task::spawn_blocking(move || views::keep(&file, &name, view.as_ref())).await;
    match kept {
        Ok(Ok((views, words))) => Message::Saved { views, notice: Notice::information(words) },
        Ok(Err(error)) => Message::Notice(Notice::problem(error.to_string())),
        Err(error) => Message::Notice(Notice::problem(format!("the view was not kept: {error}"))),
    }
}

/// A file that only this user can read; it goes when it is dropped.
fn private_file(text: &str, suffix: &str) -> Result<tempfile::NamedTempFile, String> {
    let create = || {
        let mut file = tempfile::Builder::new().prefix("limescope-").suffix(suffix).tempfile()?;
        file.write_all(text.as_bytes())?;
        file.flush()?;
        Ok::<_, io::Error>(file)
    };
    create().map_err(|error| format!("no temporary file can be written: {error}"))
}

fn words(error: ProgramError) -> String {
    error.to_string()
}

//! The console on the real terminal, with the signals that end or suspend it.

use std::io;
use std::pin::pin;
use std::sync::Arc;

use crossterm::event::Event;
use futures_util::{Stream, StreamExt, stream};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{mpsc, watch};

use super::outside::{Auditor, Examiner, Keyboard, Means, Surroundings, Workshop};
use super::terminal::hangup;
use super::{ConsoleError, Options, Outcome, SystemClock, run, terminal};
use crate::fleet::Snapshot;
use crate::tasks::identity::Identities;
use crate::tasks::quotes::Quotes;

/// Runs the console on this process's terminal. Quitting, SIGTERM, SIGHUP,
/// SIGINT and SIGQUIT end it with the terminal restored; SIGTSTP hands the
/// terminal to the shell until SIGCONT.
///
/// Call it on the thread that the console is to stay on (a current-thread
/// runtime); what asks the servers belongs on other threads, because a slow
/// terminal makes a write wait. The signals stay caught afterwards: the process
/// is expected to end soon.
///
/// # Errors
/// There is no terminal that can show it, or it cannot be written or read.
pub async fn run_on_terminal(
    snapshots: watch::Receiver<Arc<Snapshot>>,
    options: Options,
) -> Result<Outcome, ConsoleError> {
    // Before the terminal is entered: a signal in between must not kill us.
    let (ends, mut suspends) = listen().map_err(ConsoleError::Signals)?;
    let (mut session, screen) = terminal::open()?;
    terminal::take_mouse(options.mouse).map_err(ConsoleError::Open)?;
    let keyboard = Keyboard::new();
    let (repaint, input) = keys_and_repaints(keyboard.clone());
    let outside = Surroundings {
        keyboard,
        history_file: options.history_file.clone(),
        views_file: options.settings.views_file.clone(),
        refresher: options.refresher.clone(),
        director: options.director.clone(),
        prober: options.prober.clone(),
        looking: None,
        policies: Workshop::new(Means {
            policies: options.policies.clone(),
            trust_file: options.trust_file.clone(),
            anchor: options.anchor,
        }),
        examiner: Examiner::new(options.policies.clone().map(Quotes::over)),
        auditor: Auditor::new(
            options.policies.clone().map(Identities::over),
            options.identity_file.clone(),
            options.vendor_roots.clone(),
        ),
    };
    let mut console = pin!(run(screen, input, snapshots, SystemClock, outside, any(ends), options));
    let mut gone = pin!(hangup::gone(hangup::Ended::default()));
    loop {
        tokio::select! {
            outcome = &mut console => return outcome,
            () = &mut gone => return Ok(Outcome::InputEnded),
            _ = suspends.recv() => {
                session.suspend().map_err(ConsoleError::Open)?;
                // A size event makes the console draw everything anew. If one
                // is waiting already, that is enough.
                let _ = repaint.try_send(Event::Resize(0, 0));
            }
        }
    }
}

/// The keyboard, and a way to slip in that the screen has to be repainted.
fn keys_and_repaints(
    keyboard: Keyboard,
) -> (mpsc::Sender<Event>, impl Stream<Item = io::Result<Event>> + Unpin) {
    let (sender, mut receiver) = mpsc::channel(1);
    let repaints = stream::poll_fn(move |context| receiver.poll_recv(context)).map(Ok);
    (sender, stream::select(hangup::UntilGone(keyboard), repaints))
}

fn listen() -> io::Result<([Signal; 4], Signal)> {
    let ends = [
        signal(SignalKind::terminate())?,
        signal(SignalKind::hangup())?,
        signal(SignalKind::interrupt())?,
        signal(SignalKind::quit())?,
    ];
    Ok((ends, signal(SignalKind::from_raw(terminal::SUSPEND))?))
}

async fn any([mut terminate, mut hangup, mut interrupt, mut quit]: [Signal; 4]) {
    loop {
        tokio::select! {
            _ = terminate.recv() => return,
            _ = hangup.recv() => return,
            // Keys of an editor or pager reach all of us as signals.
            _ = interrupt.recv() => if terminal::has_signals_of_its_own() { return },
            _ = quit.recv() => if terminal::has_signals_of_its_own() { return },
        }
    }
}

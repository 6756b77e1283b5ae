//! The console on the real terminal, with the signals that end it.

use std::sync::Arc;

use crossterm::event::EventStream;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::{ConsoleError, Options, Outcome, SystemClock, run, terminal};
use crate::fleet::Snapshot;

/// Runs the console on this process's terminal. Quitting, SIGTERM, SIGHUP,
/// SIGINT and SIGQUIT end it with the terminal restored.
///
/// Call it on the thread that the console is to stay on (a current-thread
/// runtime); what asks the servers belongs on other threads, because a slow
/// terminal makes a write wait.
///
/// # Errors
/// There is no terminal that can show it, or it cannot be written or read.
pub async fn run_on_terminal(
    snapshots: watch::Receiver<Arc<Snapshot>>,
    options: Options,
) -> Result<Outcome, ConsoleError> {
    // Before the terminal is entered: a signal in between must not kill us.
    let signals = Signals::listen().map_err(ConsoleError::Signals)?;
    let (session, screen) = terminal::open()?;
    let outcome = run(screen, EventStream::new(), snapshots, SystemClock, signals.any(), options).await;
    drop(session);
    outcome
}

struct Signals([Signal; 4]);

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self([
            signal(SignalKind::terminate())?,
            signal(SignalKind::hangup())?,
            signal(SignalKind::interrupt())?,
            signal(SignalKind::quit())?,
        ]))
    }

    async fn any(self) {
        let Self([mut terminate, mut hangup, mut interrupt, mut quit]) = self;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
            _ = interrupt.recv() => {}
            _ = quit.recv() => {}
        }
    }
}

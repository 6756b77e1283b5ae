//! A check in the background, for who must not wait: a screen.

use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::{AgentCheck, CheckError, Quotes, Source};
use crate::text::RemoteText;

/// A check that goes on. Dropping it ends it: nobody is asked any more.
#[derive(Debug)]
pub struct Checking {
    /// How far it is; the last state stays.
    pub state: watch::Receiver<CheckState>,
    task: AbortHandle,
}

/// How far a check is.
#[derive(Clone, Debug)]
pub enum CheckState {
    /// It goes on.
    Asking,
    /// It ended.
    Done(Box<Result<AgentCheck, CheckError>>),
}

impl Quotes {
    /// Begins a check.
    #[must_use]
    pub fn begin_check(&self, group: String, agent: RemoteText, source: Source) -> Checking {
        let (states, state) = watch::channel(CheckState::Asking);
        let quotes = self.clone();
        let task = self.groups.runtime().spawn(async move {
            let done = quotes.check(&group, &agent, source).await;
            states.send_replace(CheckState::Done(Box::new(done)));
        });
        Checking { state, task: task.abort_handle() }
    }
}

impl Drop for Checking {
    fn drop(&mut self) {
        self.task.abort();
    }
}

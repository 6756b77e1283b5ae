//! An audit in the background, for who must not wait: a screen.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::audit::Audit;
use super::gather::Progress;
use super::{AuditOptions, Identities};

/// An audit that goes on. Dropping it ends it: nobody is asked any more.
#[derive(Debug)]
pub struct Auditing {
    /// How far it is; the last state stays.
    pub state: watch::Receiver<AuditState>,
    task: AbortHandle,
}

/// How far an audit is.
#[derive(Clone, Debug)]
pub enum AuditState {
    /// It goes on.
    Asking(Progress),
    /// It ended; or why it could not begin, in words that are fit to be shown.
    Done(Result<Arc<Audit>, String>),
}

impl Identities {
    /// Begins an audit.
    #[must_use]
    pub fn begin_audit(&self, options: AuditOptions) -> Auditing {
        let (states, state) = watch::channel(AuditState::Asking(Progress::default()));
        let identities = self.clone();
        let task = self.groups.runtime().spawn(async move {
            let told = |progress| {
                states.send_replace(AuditState::Asking(progress));
            };
            let done = identities.audit(options, &told).await;
            let done = done.map(Arc::new).map_err(|error| error.to_string());
            states.send_replace(AuditState::Done(done));
        });
        Auditing { state, task: task.abort_handle() }
    }
}

impl Drop for Auditing {
    fn drop(&mut self) {
        self.task.abort();
    }
}

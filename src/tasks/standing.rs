//! What is to be said as long as it holds: that the TPM is off where it is wanted, that the trust store is not the one
//! that was committed.
//!
//! It is wanted by keys in it and by an anchor. Who uses neither is told nothing, and
//! a TPM that is off is no error at the start.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use super::{anchor, device};
use crate::config;
use crate::text::sanitise;
use crate::tpm::device::answers;

/// How often is looked.
const EVERY: Duration = Duration::from_secs(30);

/// What holds now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Why the TPM is off, where it is wanted; fit to be shown.
    pub tpm_off: Option<String>,
    /// What is wrong with the trust store; fit to be shown.
    pub trust_store: Option<String>,
    /// Whether that takes the trust store's word away.
    pub is_alarm: bool,
}

impl Standing {
    /// The most important of it, in one line.
    #[must_use]
    pub fn line(&self) -> Option<&str> {
        self.trust_store.as_deref().or(self.tpm_off.as_deref())
    }
}

/// Looks from now on, on this runtime, until nobody listens any more.
#[must_use]
pub fn watch(
    runtime: &Handle,
    trust_file: Option<PathBuf>,
    wanted: config::Anchor,
) -> watch::Receiver<Standing> {
    let (news, standing) = watch::channel(Standing::default());
    runtime.spawn(async move {
        loop {
            let file = trust_file.clone();
            // A TPM that hangs keeps this thread for its time-out, and nobody else.
            let found = spawn_blocking(move || look(file.as_deref(), wanted)).await.unwrap_or_default();
            news.send_if_modified(|before| {
                let is_new = *before != found;
                *before = found;
                is_new
            });
            tokio::select! {
                () = news.closed() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    });
    standing
}

fn look(trust_file: Option<&Path>, wanted: config::Anchor) -> Standing {
    let mut standing = Standing::default();
    if let Some(file) = trust_file.filter(|file| wanted == config::Anchor::Required || file.exists()) {
        match anchor::read_store(file, wanted) {
            Ok(store) => {
                standing.is_alarm = store.doubt.as_ref().is_some_and(|doubt| doubt.withholds);
                standing.trust_store = store.doubt.map(|doubt| format!("{}; {}", doubt.words, doubt.hint));
            }
            // The page of the trust store says the same, with what is trusted then: nothing.
            Err(error) => {
                standing.is_alarm = true;
                standing.trust_store = Some(format!("trust store: {}", sanitise(&error.to_string())));
            }
        }
    }
    if device::has_keys()
        && let Err(error) = answers(&device::tpm())
    {
        standing.tpm_off = Some(format!("TPM off: {error}"));
    }
    standing
}

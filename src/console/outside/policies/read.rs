//! The bytes of a policy: of a file, or of a group's verifier.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;

use super::{Means, Track};
use crate::console::outside::paths::meant;
use crate::console::state::PolicySource;
use crate::keylime::policies::PolicyKind;
use crate::policy::json::Limits;
use crate::tasks::policies::FetchState;
use crate::text::{RemoteText, sanitise};

/// Bytes that are read in one go.
const CHUNK: usize = 1024 * 1024;

/// Reads a policy. What is wrong is said in words that are fit to be shown.
pub(super) async fn text(source: &PolicySource, means: &Means, track: &Arc<Track>) -> Result<Bytes, String> {
    let (group, kind, policy) = match source {
        PolicySource::Deployed { group, policy } => (group, PolicyKind::Runtime, policy),
        PolicySource::DeployedBoot { group, policy } => (group, PolicyKind::MeasuredBoot, policy),
        PolicySource::File(path) => {
            let (path, track) = (path.clone(), Arc::clone(track));
            let read = move || file(&meant(&path), &track).map(Bytes::from);
            return tokio::task::spawn_blocking(read).await.unwrap_or_else(|error| Err(error.to_string()));
        }
    };
    let Some(policies) = &means.policies else {
        return Err("nobody asks the servers here".to_owned());
    };
    track.step("asking the verifier", 0);
    let mut fetching = policies.begin_fetch(group.clone(), kind, RemoteText::from(policy.as_str()));
    loop {
        let state = fetching.state.borrow_and_update().clone();
        match state {
            FetchState::Asking => {}
            FetchState::Coming(progress) => {
                track.step("reading", progress.of.unwrap_or(0));
                track.done(progress.taken);
            }
            FetchState::Done(Ok(deployed)) => {
                return deployed.text.clone().ok_or_else(|| "the verifier holds `null` for it".to_owned());
            }
            FetchState::Done(Err(error)) => return Err(error.to_string()),
        }
        if fetching.state.changed().await.is_err() {
            return Err("the transfer ended".to_owned());
        }
    }
}

/// Reads a whole file, and tells how far it is.
pub(super) fn file(path: &Path, track: &Track) -> Result<Vec<u8>, String> {
    let limit = Limits::default().bytes;
    let name = || sanitise(&path.to_string_lossy()).into_string();
    let refused = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => format!("{}: there is no such file", name()),
        std::io::ErrorKind::PermissionDenied => format!("{}: this user may not read it", name()),
        _ => format!("{}: {error}", name()),
    };
    // Before the opening, because to open a pipe for reading waits for a writer.
    if !path.metadata().map_err(refused)?.is_file() {
        return Err(format!("{}: this is no file", name()));
    }
    let mut file = File::open(path).map_err(refused)?;
    let metadata = file.metadata().map_err(refused)?;
    if !metadata.is_file() {
        return Err(format!("{}: this is no file", name()));
    }
    let size = metadata.len();
    let too_large = || format!("{}: larger than {limit} bytes, which is the most that is read", name());
    if size > limit as u64 {
        return Err(too_large());
    }
    track.step("reading", size);
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0).saturating_add(1));
    loop {
        if track.is_given_up() {
            return Err("given up".to_owned());
        }
        let read = file.by_ref().take(CHUNK as u64).read_to_end(&mut bytes).map_err(refused)?;
        if bytes.len() > limit {
            return Err(too_large());
        }
        track.done(bytes.len() as u64);
        if read < CHUNK {
            return Ok(bytes);
        }
    }
}

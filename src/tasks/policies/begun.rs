//! Reading in the background, for who must not wait: a screen.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::Policies;
use super::fetch::{Deployed, FetchError, Progress};
use super::survey::Survey;
use crate::fleet::policies::{Catalogue, catalogue};
use crate::keylime::policies::PolicyKind;
use crate::text::RemoteText;

/// From one picture of a survey to the next at least.
const PICTURES_APART: Duration = Duration::from_millis(200);

/// A policy that is being fetched. Dropping it ends the transfer.
#[derive(Debug)]
pub struct Fetching {
    /// How far it is; the last state stays.
    pub state: watch::Receiver<FetchState>,
    _task: AbortOnDrop,
}

/// How far a fetch is.
#[derive(Clone, Debug)]
pub enum FetchState {
    /// The verifier did not answer yet.
    Asking,
    /// The text is coming.
    Coming(Progress),
    /// It ended.
    Done(Result<Arc<Deployed>, FetchError>),
}

/// A survey that goes on. Dropping it ends it.
#[derive(Debug)]
pub struct Surveying {
    /// What is known so far; the last picture stays.
    pub pictures: watch::Receiver<Arc<Surveyed>>,
    _task: AbortOnDrop,
}

/// A picture of a survey.
#[derive(Clone, Debug, Default)]
pub struct Surveyed {
    /// What is known so far.
    pub catalogue: Catalogue,
    /// Policies whose texts are to be read, as far as is known.
    pub wanted: usize,
    /// Those that were read, or could not be.
    pub done: usize,
    /// What is being read: group, kind, name, and how far it is.
    pub reading: Vec<(String, PolicyKind, RemoteText, Progress)>,
    /// Whether nothing more will come.
    pub is_finished: bool,
}

impl Surveyed {
    fn of(survey: &Survey, is_finished: bool) -> Self {
        let reading = survey.groups.iter().zip(&survey.reading).filter_map(|(group, reading)| {
            let (kind, name, progress) = reading.clone()?;
            Some((group.group.clone(), kind, name, progress))
        });
        Self {
            catalogue: catalogue(&survey.groups),
            wanted: survey.wanted,
            done: survey.done,
            reading: reading.collect(),
            is_finished,
        }
    }
}

impl Policies {
    /// Begins to fetch one policy.
    #[must_use]
    pub fn begin_fetch(&self, group: String, kind: PolicyKind, name: RemoteText) -> Fetching {
        let (states, state) = watch::channel(FetchState::Asking);
        let policies = self.clone();
        let task = self.shared.runtime.spawn(async move {
            let progress = |progress| {
                states.send_replace(FetchState::Coming(progress));
            };
            let done = policies.fetch(&group, kind, &name, &progress).await.map(Arc::new);
            states.send_replace(FetchState::Done(done));
        });
        Fetching { state, _task: AbortOnDrop(task.abort_handle()) }
    }

    /// Begins to list the policies of all groups, and to read them.
    #[must_use]
    pub fn begin_survey(&self) -> Surveying {
        let (pictures, seen) = watch::channel(Arc::default());
        let policies = self.clone();
        let task = self.shared.runtime.spawn(async move {
            let last = std::sync::Mutex::new(None::<(Instant, usize)>);
            let told = |survey: &Survey| {
                let mut last = last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                // A new list is shown at once, what is read only now and then.
                let is_new = last.is_none_or(|(_, wanted)| wanted != survey.wanted);
                if is_new || last.is_none_or(|(at, _)| at.elapsed() >= PICTURES_APART) {
                    pictures.send_replace(Arc::new(Surveyed::of(survey, false)));
                    *last = Some((Instant::now(), survey.wanted));
                }
            };
            let survey = policies.survey_told(&told).await;
            pictures.send_replace(Arc::new(Surveyed::of(&survey, true)));
        });
        Surveying { pictures: seen, _task: AbortOnDrop(task.abort_handle()) }
    }
}

/// Ends a task with whoever holds it.
#[derive(Debug)]
struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

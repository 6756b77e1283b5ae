//! Policies, worked at beside the console.
//!
//! Every wish is a job under its generation. The console waits for one only for
//! a moment at a time: it hears how far the job is, and either waits again or
//! gives it up. A job that is given up sees that at its next step, and ends; so
//! does its transfer.

mod catalogue;
mod compare;
mod evidence;
mod new_file;
mod picture;
mod rank;
mod read;
mod require;
mod sign;
mod text;
mod track;
mod trust;
mod work;

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

pub(super) use track::Track;

use super::Doing;
use crate::config::Anchor;
use crate::console::Message;
use crate::console::state::{PolicyNews, PolicyWish};
use crate::tasks::policies::Policies;

/// How long the console waits before it hears how far a job is.
const MOMENT: Duration = Duration::from_millis(150);

/// What policies are worked at with.
#[derive(Clone, Debug, Default)]
pub(in crate::console) struct Means {
    /// What asks the groups; none: nothing does.
    pub policies: Option<Policies>,
    /// Where the trust store is; none: nowhere.
    pub trust_file: Option<PathBuf>,
    /// What the configuration demands of the store's anchor in the TPM.
    pub anchor: Anchor,
}

/// Where policies are worked at.
#[derive(Clone)]
pub(in crate::console) struct Workshop {
    means: Means,
    jobs: Rc<RefCell<HashMap<u64, Job>>>,
}

/// Something that is at work.
struct Job {
    track: Arc<Track>,
    handle: JoinHandle<PolicyNews>,
}

impl Drop for Job {
    /// The process waits for what is at work: it is not to wait long.
    fn drop(&mut self) {
        self.track.give_up();
        self.handle.abort();
    }
}

impl Workshop {
    /// One that works with these means.
    pub(in crate::console) fn new(means: Means) -> Self {
        Self { means, jobs: Rc::default() }
    }

    /// Begins with a wish, or goes on waiting for one.
    pub(super) fn begin(&self, wish: PolicyWish) -> Doing<'static> {
        let generation = work::generation(&wish);
        match wish {
            PolicyWish::Cancel { .. } => {
                drop(self.jobs.borrow_mut().remove(&generation));
                return Box::pin(async { None });
            }
            PolicyWish::Wait { .. } => {}
            // What writes is brought to its end, also when the console ends meanwhile.
            wish if wish.writes() => {
                let work = work::carry_out(wish, self.means.clone(), Arc::default());
                return Box::pin(async move { Some(Message::Policies(work.await)) });
            }
            wish => {
                let track = Arc::new(Track::default());
                let work = work::carry_out(wish, self.means.clone(), Arc::clone(&track));
                let job = Job { track, handle: tokio::spawn(work) };
                self.jobs.borrow_mut().insert(generation, job);
            }
        }
        Box::pin(wait(Rc::clone(&self.jobs), generation))
    }
}

/// Waits for a job for a moment: what came of it, or how far it is.
async fn wait(jobs: Rc<RefCell<HashMap<u64, Job>>>, generation: u64) -> Option<Message> {
    let mut job = jobs.borrow_mut().remove(&generation)?;
    let news = match tokio::time::timeout(MOMENT, &mut job.handle).await {
        Ok(Ok(news)) => news,
        Ok(Err(error)) => {
            tracing::error!(%error, "a policy");
            PolicyNews::Ended { generation }
        }
        Err(_elapsed) => {
            let news = match job.track.take_list() {
                Some(list) => PolicyNews::Listed { generation, list, is_whole: false },
                None => working(generation, &job.track),
            };
            jobs.borrow_mut().insert(generation, job);
            news
        }
    };
    Some(Message::Policies(news))
}

/// How far it is, with what was judged meanwhile: however fast that goes, it is
/// told once in a moment.
fn working(generation: u64, track: &Track) -> PolicyNews {
    let (batch, progress) = (track.take_judged(), track.progress());
    match batch.is_empty() {
        true => PolicyNews::Working { generation, progress },
        false => PolicyNews::Judged { generation, batch, progress, ended: None },
    }
}

#[cfg(test)]
mod evidence_tests;
#[cfg(test)]
mod tests;

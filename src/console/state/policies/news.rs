//! What comes back from outside, and what becomes of it.

use std::sync::Arc;

use super::{
    Explanation, JudgedBatch, KeyCandidate, PolicyComparison, PolicyList, PolicyPicture, PolicyWish, Tone,
    TrustPicture,
};
use crate::console::outside::Request;
use crate::console::state::{Notice, State};

/// How far something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// What is being done: `reading`.
    pub step: &'static str,
    /// Bytes that are done; of evidence: files or digests.
    pub done: u64,
    /// The same in all; 0: not known.
    pub total: u64,
}

/// What comes back from outside. Fit to be shown, all of it.
#[derive(Clone, Debug)]
pub enum PolicyNews {
    /// The policies of every group.
    Listed {
        /// Of the wish.
        generation: u64,
        /// All of them.
        list: PolicyList,
        /// Whether nothing more will come.
        is_whole: bool,
    },
    /// It is being worked at.
    Working {
        /// Of the wish.
        generation: u64,
        /// How far it is.
        progress: Progress,
    },
    /// A policy was opened, or why not.
    Opened {
        /// Of the wish.
        generation: u64,
        /// The policy, or why there is none.
        opened: Result<Arc<PolicyPicture>, String>,
    },
    /// What holds a text.
    Found {
        /// Of the wish.
        generation: u64,
        /// By number.
        rows: Arc<[u32]>,
    },
    /// Which pattern leaves a path out.
    Explained {
        /// Of the wish.
        generation: u64,
        /// In words.
        lines: Vec<(Tone, String)>,
    },
    /// Two policies were compared, or why not.
    Compared {
        /// Of the wish.
        generation: u64,
        /// How they differ.
        compared: Result<Arc<PolicyComparison>, String>,
    },
    /// The trust store, or why it cannot be read or written.
    Trust {
        /// Of the wish.
        generation: u64,
        /// All of it.
        trust: Result<TrustPicture, String>,
        /// What was done to it; none: it was read.
        done: Option<String>,
    },
    /// A key was read, or why not.
    Key {
        /// Of the wish.
        generation: u64,
        /// The key.
        key: Result<KeyCandidate, String>,
    },
    /// A policy was signed, or why not.
    Signed(Result<String, String>),
    /// Demands were judged: some, all, or it could not be done.
    Judged {
        /// Of the wish.
        generation: u64,
        /// What came of it since the last time.
        batch: JudgedBatch,
        /// How far it is: digests that are done, of how many.
        progress: Progress,
        /// How it ended; none: it goes on.
        ended: Option<Result<(), String>>,
    },
    /// One demand was explained, or why not.
    Examined {
        /// Of the wish.
        generation: u64,
        /// Every step.
        examined: Result<Arc<Explanation>, String>,
    },
    /// A report was written, or why not.
    Exported(Result<String, String>),
    /// A policy that demands more was written, or why not.
    Required {
        /// Of the wish.
        generation: u64,
        /// The new file and what was written, in words.
        required: Result<(String, String), String>,
    },
    /// What was wished for was given up, or broke.
    Ended {
        /// Of the wish.
        generation: u64,
    },
}

impl State {
    /// Takes in what came back. What nobody waits for any more is let go of.
    pub(in crate::console) fn take_policy_news(&mut self, news: PolicyNews) {
        match news {
            PolicyNews::Working { generation, progress } => self.take_progress(generation, progress),
            PolicyNews::Listed { generation, list, is_whole } => {
                let is_awaited = self.policies.table.take(generation, list, is_whole);
                self.policies.revision += u64::from(is_awaited);
                match (is_awaited, is_whole) {
                    (_, true) => {}
                    (true, false) => self.requests.push(Request::Policies(PolicyWish::Wait { generation })),
                    (false, false) => {
                        self.requests.push(Request::Policies(PolicyWish::Cancel { generation }))
                    }
                }
            }
            PolicyNews::Opened { generation, opened } => self.take_policy(generation, opened),
            PolicyNews::Found { generation, rows } => {
                if self.policies.inspection.as_mut().is_some_and(|one| one.take_found(generation, rows)) {
                    self.policies.touch();
                }
            }
            PolicyNews::Explained { generation, lines } => {
                if self.policies.inspection.as_mut().is_some_and(|one| one.take_explained(generation, lines))
                {
                    self.policies.touch();
                }
            }
            PolicyNews::Compared { generation, compared } => {
                if self
                    .policies
                    .inspection
                    .as_mut()
                    .is_some_and(|one| one.take_compared(generation, compared))
                {
                    self.policies.touch();
                }
            }
            PolicyNews::Trust { generation, trust, done } => {
                match (&trust, done) {
                    (Err(words), _) => self.notice = Some(Notice::problem(words.clone())),
                    (Ok(_), Some(done)) => self.notice = Some(Notice::information(done)),
                    (Ok(_), None) => {}
                }
                if self.policies.trust.take(generation, trust) {
                    self.policies.touch();
                }
            }
            PolicyNews::Key { generation, key } => {
                if let Err(words) = &key {
                    self.notice = Some(Notice::problem(words.clone()));
                }
                if self.policies.trust.take_candidate(generation, key) {
                    self.policies.touch();
                }
            }
            PolicyNews::Signed(_) if self.policies.signing.take().is_none() => {}
            PolicyNews::Signed(Ok(words)) => self.notice = Some(Notice::information(words)),
            PolicyNews::Signed(Err(words)) => self.notice = Some(Notice::problem(words)),
            PolicyNews::Judged { generation, batch, progress, ended } => {
                self.take_judged(generation, batch, progress, ended);
            }
            PolicyNews::Examined { generation, examined } => {
                if self
                    .policies
                    .inspection
                    .as_mut()
                    .is_some_and(|one| one.take_examined(generation, examined))
                {
                    self.policies.touch();
                }
            }
            PolicyNews::Exported(Ok(words)) => self.notice = Some(Notice::information(words)),
            PolicyNews::Exported(Err(words)) => self.notice = Some(Notice::problem(words)),
            PolicyNews::Required { generation, required } => self.take_required(generation, required),
            PolicyNews::Ended { generation } => self.take_end(generation),
        }
    }

    /// It goes on; if somebody still waits for it.
    fn take_progress(&mut self, generation: u64, progress: Progress) {
        let policies = &mut self.policies;
        let opening = policies.opening.as_mut().filter(|opening| opening.generation == generation);
        let is_awaited = match opening {
            Some(opening) => {
                let has_changed = opening.progress != Some(progress);
                opening.progress = Some(progress);
                policies.revision += u64::from(has_changed);
                true
            }
            None => {
                let inside = policies.inspection.as_mut();
                let seen = inside.and_then(|one| one.take_progress(generation, progress));
                policies.revision += u64::from(seen == Some(true));
                seen.is_some()
                    || policies.table.is_asking(generation)
                    || policies.trust.is_asking(generation)
                    || policies.signing == Some(generation)
            }
        };
        let wish =
            if is_awaited { PolicyWish::Wait { generation } } else { PolicyWish::Cancel { generation } };
        self.requests.push(Request::Policies(wish));
    }

    fn take_policy(&mut self, generation: u64, opened: Result<Arc<PolicyPicture>, String>) {
        let is_awaited = self.policies.opening.as_ref().is_some_and(|one| one.generation == generation);
        if !is_awaited {
            return;
        }
        self.policies.touch();
        match opened {
            Err(words) => {
                if let Some(opening) = &mut self.policies.opening {
                    opening.progress = None;
                    opening.trouble = Some(words);
                }
            }
            Ok(policy) => {
                let then = self.policies.opening.take().and_then(|opening| opening.then);
                self.policies.table.remember(&policy, self.now);
                let mut inspection = super::Inspection::new(policy);
                inspection.tab = self.policies.wanted_tab.take().unwrap_or_default();
                self.policies.inspection = Some(Box::new(inspection));
                self.judge_if_in_sight();
                if let Some(other) = then {
                    self.compare_policy(other);
                }
            }
        }
    }

    /// Takes what was judged; what goes on is waited for further, if somebody
    /// still wants it.
    fn take_judged(
        &mut self,
        generation: u64,
        batch: JudgedBatch,
        progress: Progress,
        ended: Option<Result<(), String>>,
    ) {
        let goes_on = ended.is_none();
        let inside = self.policies.inspection.as_mut();
        let is_awaited = inside.is_some_and(|one| one.take_judged(generation, batch, progress, ended));
        self.policies.revision += u64::from(is_awaited);
        let wish = match is_awaited {
            true => PolicyWish::Wait { generation },
            false => PolicyWish::Cancel { generation },
        };
        if goes_on {
            self.requests.push(Request::Policies(wish));
        }
    }

    /// It broke: whoever waits is told.
    fn take_end(&mut self, generation: u64) {
        let words = "an error of this program; the log says more".to_owned();
        let policies = &mut self.policies;
        policies.touch();
        if policies.opening.as_ref().is_some_and(|opening| opening.generation == generation) {
            self.take_policy(generation, Err(words));
            return;
        }
        if let Some(inspection) = &mut policies.inspection {
            inspection.take_end(generation, &words);
        }
        policies.table.take_end(generation, &words);
        policies.trust.take(generation, Err(words.clone()));
        policies.trust.take_candidate(generation, Err(words));
    }
}

//! One policy of one group.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::time::timeout;

use super::desk::Desk;
use super::facts::facts_of;
use super::question::{Question, Reply};
use super::store::{Key, Known};
use super::{LARGE, Policies, Trusted};
use crate::fleet::policies::PolicyFacts;
use crate::keylime::policies::{Answered, Coming, PolicyAnswer, PolicyKind, StoredPolicy};
use crate::keylime::{AddressState, EntityTag, Failure};
use crate::policy::trust::{Subject, Trust};
use crate::text::{Checksum, RemoteText};

/// Longest name that stands in our words, in characters.
const SHOWN_NAME: usize = 80;

/// How long a large answer waits for others to end. Its own deadline begins
/// after that.
const LARGE_WAIT: Duration = Duration::from_secs(600);

/// A policy that was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployed {
    /// The group's name.
    pub group: String,
    /// Its kind.
    pub kind: PolicyKind,
    /// Its name.
    pub name: RemoteText,
    /// The stored text, byte for byte; none where `null` is stored. Shared, not
    /// copied.
    pub text: Option<Bytes>,
    /// What is known of it.
    pub facts: PolicyFacts,
}

/// How far a transfer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the answer that came so far.
    pub taken: u64,
    /// Bytes that it has, where its head tells.
    pub of: Option<u64>,
}

/// Why there is no policy. The words are fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// No such group.
    #[error("there is no group {group}")]
    NoGroup {
        /// Its name.
        group: String,
    },
    /// The group has none of that name.
    #[error("{group} has no {kind} of the name {name}")]
    NotThere {
        /// The group's name.
        group: String,
        /// What was asked for.
        kind: PolicyKind,
        /// The policy's name, fit to be shown.
        name: String,
    },
    /// It could not be had.
    #[error("{group}: the {kind} {name} cannot be read: {failure}")]
    Failed {
        /// The group's name.
        group: String,
        /// What was asked for.
        kind: PolicyKind,
        /// The policy's name, fit to be shown.
        name: String,
        /// Why.
        failure: Failure,
    },
}

/// How much of an answer is let in.
#[derive(Clone, Copy)]
pub(super) struct Wish {
    /// Whether the text itself is wanted, not only the facts.
    pub text: bool,
    /// The largest answer that is read, in bytes.
    pub most: u64,
}

/// What a fetch brought.
pub(super) enum Brought {
    NotThere,
    /// It is larger than wished for; nothing was read. None where its head does
    /// not tell how large.
    TooLarge(Option<u64>),
    Read {
        facts: PolicyFacts,
        /// The text, where it was read now or is still kept.
        text: Option<Bytes>,
        /// Bytes of the answer.
        cost: u64,
    },
}

impl Policies {
    /// Fetches one policy of one group; `progress` is told as it comes. What is
    /// kept and did not change at the verifier is not transferred again.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub async fn fetch(
        &self,
        group: &str,
        kind: PolicyKind,
        name: &RemoteText,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Deployed, FetchError> {
        let desk = self.desk(group)?;
        let shown = || name.shown_to(SHOWN_NAME).into_string();
        let brought = self.bring(&desk, kind, name, Wish { text: true, most: u64::MAX }, progress).await;
        let failed = |failure| FetchError::Failed { group: group.to_owned(), kind, name: shown(), failure };
        match brought.map_err(failed)? {
            Brought::NotThere => Err(FetchError::NotThere { group: group.to_owned(), kind, name: shown() }),
            // Nothing is larger than what everything may be.
            Brought::TooLarge(_) => Err(failed(Failure::stay(AddressState::Error, "it is too large"))),
            Brought::Read { facts, text, .. } => {
                Ok(Deployed { group: group.to_owned(), kind, name: name.clone(), text, facts })
            }
        }
    }

    /// Fetches the text of a policy and looks at nothing in it; none where
    /// `null` is stored. It is not kept here, so that who examines it holds the
    /// only copy.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub async fn fetch_text(
        &self,
        group: &str,
        kind: PolicyKind,
        name: &RemoteText,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Option<Bytes>, FetchError> {
        let desk = self.desk(group)?;
        let shown = || name.shown_to(SHOWN_NAME).into_string();
        let failed = |failure| FetchError::Failed { group: group.to_owned(), kind, name: shown(), failure };
        let question = Question::Policy(kind, name.clone(), None);
        match desk.ask(&question).await.map_err(failed)? {
            Reply::Policy(PolicyAnswer { answered: Answered::Coming(coming), .. }) => {
                let of = coming.claimed();
                progress(Progress { taken: 0, of });
                let told = |taken| progress(Progress { taken, of });
                Ok(coming.text(&told).await.map_err(failed)?.0.text)
            }
            Reply::Policy(PolicyAnswer { answered: Answered::NotThere, .. }) => {
                Err(FetchError::NotThere { group: group.to_owned(), kind, name: shown() })
            }
            Reply::Policy(PolicyAnswer { answered: Answered::Unchanged, .. }) => Err(failed(unasked())),
            Reply::Texts(_) => Err(failed(another())),
        }
    }

    fn desk(&self, group: &str) -> Result<Arc<Desk>, FetchError> {
        let desk = self.desks().into_iter().find(|desk| desk.name == group);
        desk.ok_or_else(|| FetchError::NoGroup { group: group.to_owned() })
    }

    /// Asks for a policy, with what is known of it.
    pub(super) async fn bring(
        &self,
        desk: &Arc<Desk>,
        kind: PolicyKind,
        name: &RemoteText,
        wish: Wish,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Brought, Failure> {
        let key = Key { desk: desk.key, kind, name: name.clone() };
        let known = self.store(|store| store.known(&key));
        let kept = known.as_ref().and_then(|known| self.store(|store| store.text(&known.facts.text)));
        let trusted = self.trusted();
        let is_judged = |known: &Known| known.is_judged_by(trusted.number, Timestamp::now());
        // Where the text is gone, and is wanted or has to be judged anew, it has to come again.
        let has_all =
            |known: &&Known| kept.is_some() || known.facts.bytes.is_none() || !wish.text && is_judged(known);
        let etag = known.as_ref().filter(has_all).and_then(|known| known.etag.clone());
        let asked = etag.is_some();
        let question = Question::Policy(kind, name.clone(), etag);
        let Reply::Policy(PolicyAnswer { answered, etag }) = desk.ask(&question).await? else {
            return Err(another());
        };
        match (answered, known) {
            (Answered::NotThere, _) => {
                self.store(|store| store.forget(&key));
                Ok(Brought::NotThere)
            }
            (Answered::Unchanged, Some(known)) if asked && is_judged(&known) => {
                Ok(Brought::Read { facts: known.facts, text: kept, cost: 0 })
            }
            (Answered::Unchanged, Some(known)) if asked => {
                let sum = known.facts.text;
                let facts = judged(&desk.name, &key, &trusted, kept.clone(), sum).await?;
                let known = Known { facts: facts.clone(), trust: trusted.number, ..known };
                self.store(|store| store.learn(key, known, kept.as_ref()));
                Ok(Brought::Read { facts, text: kept, cost: 0 })
            }
            (Answered::Unchanged, _) => Err(unasked()),
            (Answered::Coming(coming), _) => {
                let taking = Taking { group: &desk.name, key, etag, wish, trusted };
                self.take(*coming, taking, progress).await
            }
        }
    }

    async fn take(
        &self,
        coming: Coming,
        Taking { group, key, etag, wish, trusted }: Taking<'_>,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Brought, Failure> {
        let of = coming.claimed();
        if of.is_none_or(|of| of > wish.most) && wish.most != u64::MAX {
            return Ok(Brought::TooLarge(of));
        }
        progress(Progress { taken: 0, of });
        let is_large = of.is_none_or(|of| of > LARGE);
        let _permit = match is_large {
            true => {
                Some(timeout(LARGE_WAIT, self.shared.large.acquire()).await.map_err(|_elapsed| crowded())?)
            }
            false => None,
        };
        let cost = AtomicU64::new(0);
        let told = |taken| {
            cost.store(taken, Ordering::Relaxed);
            progress(Progress { taken, of });
        };
        let (stored, _took) = coming.text(&told).await?;
        let StoredPolicy { text, sum } = stored;
        // A text that nobody needs afterwards is given away: an envelope is then decoded in its place.
        let is_needed =
            wish.text || text.as_ref().is_some_and(|text| self.store(|store| store.has_room_for(text.len())));
        let (looked_at, text) = if is_needed { (text.clone(), text) } else { (text, None) };
        let facts = judged(group, &key, &trusted, looked_at, sum).await?;
        let known = Known { facts: facts.clone(), etag, trust: trusted.number };
        self.store(|store| store.learn(key, known, text.as_ref()));
        Ok(Brought::Read { facts, text, cost: cost.into_inner() })
    }
}

/// What is needed beside an answer to take it.
struct Taking<'a> {
    /// The group's name.
    group: &'a str,
    key: Key,
    etag: Option<EntityTag>,
    wish: Wish,
    trusted: Trusted,
}

/// The facts of a text, made beside the tasks that wait for servers.
async fn judged(
    group: &str,
    key: &Key,
    trusted: &Trusted,
    text: Option<Bytes>,
    sum: Checksum,
) -> Result<PolicyFacts, Failure> {
    let subject = Subject { group: Some(group), policy: Some(key.name.raw()) };
    let trust = Trust::of_store(&trusted.store, subject);
    let (kind, now) = (key.kind, Timestamp::now());
    let looking = tokio::task::spawn_blocking(move || facts_of(kind, text, sum, &trust, now));
    looking
        .await
        .map_err(|error| Failure::stay(AddressState::Error, format!("looking at it failed: {error}")))
}

fn another() -> Failure {
    Failure::stay(AddressState::Error, "another question was answered")
}

fn unasked() -> Failure {
    Failure::stay(AddressState::NotKeylime, "it answered that nothing changed, unasked")
}

fn crowded() -> Failure {
    let words = "other large policies were read all the time, and only a few are at once: try again";
    Failure::stay(AddressState::Error, words)
}

//! Where the policies of one group are asked for.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use super::super::asker::Asker;
use super::question::{Question, Reply};
use crate::keylime::{AddressRole, AddressState, Failure, Meaning};

/// Who asks for a group.
#[derive(Clone)]
pub(in super::super) enum Access {
    /// An asker of our own.
    Own(Arc<Asker>),
    /// That of the task that follows the group; gone when that has ended.
    Followed(Weak<Asker>),
    /// Nobody can, and why.
    Unusable(Failure),
}

/// One group.
pub(in super::super) struct Desk {
    /// Never given to another group.
    pub key: usize,
    pub name: String,
    access: Access,
    /// Which verifier answered last.
    preferred: AtomicUsize,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Own(_) => "Own",
            Self::Followed(_) => "Followed",
            Self::Unusable(_) => "Unusable",
        })
    }
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Desk").field("key", &self.key).field("name", &self.name).finish_non_exhaustive()
    }
}

impl Desk {
    pub(super) fn new(key: usize, name: String, access: Access) -> Self {
        // The first choice is uniform, as everywhere.
        Self { key, name, access, preferred: AtomicUsize::new(rand::random_range(0..usize::MAX / 2)) }
    }

    /// Who asks for this group.
    pub(in super::super) fn asker(&self) -> Result<Arc<Asker>, Failure> {
        match &self.access {
            Access::Own(asker) => Ok(Arc::clone(asker)),
            Access::Followed(asker) => asker.upgrade().ok_or_else(|| {
                Failure::stay(AddressState::Error, "this group is no longer followed: open the list again")
            }),
            Access::Unusable(failure) => Err(failure.clone()),
        }
    }

    /// Asks one verifier after the other, until one answers or refuses. All
    /// share a database, so that any will do.
    pub(in super::super) async fn ask(&self, question: &Question) -> Result<Reply, Failure> {
        let asker = self.asker()?;
        let Some(run) = asker.targets().of_role(AddressRole::Verifier) else {
            return Err(Failure::stay(
                AddressState::Error,
                "this group has no verifier in the configuration, and policies are stored by verifiers",
            ));
        };
        let first = self.preferred.load(Ordering::Relaxed);
        let mut last = None;
        for step in 0..run.count.get() {
            let place = first.wrapping_add(step) % run.count;
            match asker.single(run.first + place, question).await {
                Ok(reply) => {
                    self.preferred.store(place, Ordering::Relaxed);
                    return Ok(reply);
                }
                // It is still at work for us, and its members share a database.
                Err(failure) if failure.state == AddressState::TimedOut => return Err(failure),
                Err(failure) => match failure.meaning {
                    Meaning::Stay | Meaning::Renegotiate => return Err(failure),
                    Meaning::Reselect | Meaning::ReselectAndWarn => last = Some(failure),
                },
            }
        }
        Err(last.unwrap_or_else(|| Failure::stay(AddressState::Error, "no such address")))
    }
}

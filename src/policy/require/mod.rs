//! Demands written into a policy: `digest_metadata` for some of its digests, losslessly.
//!
//! The new text is the old one with a few insertions: the member where it is missing, an entry where a digest has
//! none, a check where an entry lacks it. Every other byte stays as it was, so numbers, escapes, members that nobody
//! knows and line ends do, and a review of the change shows the demand and nothing else. What is written looks as
//! what stands around it ([`layout`]).
//!
//! What is demanded already is left alone, so that asking twice changes nothing. Another identity for the same digest
//! stands beside the first, and either will do. A check that says something else is a [`RequireError::Conflict`],
//! unless it is to be replaced.
//!
//! A signature over the old text does not cover the new one: whoever saves it has it signed anew.

mod additions;
mod entry;
mod error;
mod layout;
mod members;
mod splice;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::policy::document::Policy;
use crate::policy::document::metadata::Identity;
use crate::policy::evidence::Digest;

pub use error::RequireError;

/// What is demanded of each of the digests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requirement {
    /// An inclusion proof in a transparency log: `transparency_log_inclusion_proof`.
    pub log_inclusion: bool,
    /// A signature by this identity: `signer_identity`. Made with [`Identity::new`].
    pub identity: Option<Identity>,
    /// Whether a check that says something else is replaced, not refused; an identity then takes the place of the
    /// others.
    pub replace: bool,
}

/// What became of one check of one digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It was not there and was added.
    Added,
    /// It was there as demanded.
    AlreadyThere,
    /// One more identity, of which any will do; how many there are now.
    Alternative(usize),
    /// It said something else before.
    Replaced,
}

/// What became of the demand for one digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demanded {
    /// The digest.
    pub digest: Digest,
    /// How many paths of the policy have it. With none, the demand is for nothing.
    pub paths: usize,
    /// The checks by name, in the order in which they are written.
    pub checks: Vec<(&'static str, Effect)>,
}

/// A policy that demands what it was asked to demand. It is not signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Required {
    /// The whole policy.
    pub text: Vec<u8>,
    /// Every digest once, in the order in which they were given.
    pub digests: Vec<Demanded>,
}

impl Required {
    /// Whether all was demanded already: the text is the old one.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        let mut effects = self.digests.iter().flat_map(|demanded| &demanded.checks);
        effects.all(|(_, effect)| *effect == Effect::AlreadyThere)
    }
}

/// Writes a demand for these digests into a policy. Memory: one copy of the text beside the policy, and about 200
/// bytes for each digest. A policy with errors is taken too, as long as they are not where something is to be written.
///
/// # Errors
///
/// [`RequireError`]: nothing is asked for, or a check says something else.
pub fn require(
    policy: &Policy,
    digests: &[Digest],
    requirement: &Requirement,
) -> Result<Required, RequireError> {
    if digests.is_empty() || !(requirement.log_inclusion || requirement.identity.is_some()) {
        return Err(RequireError::Nothing);
    }
    let metadata = policy.metadata();
    let mut work = additions::Additions::new(policy)?;
    let mut demanded = Vec::with_capacity(digests.len());
    let mut seen = BTreeSet::new();
    for digest in digests.iter().filter(|digest| seen.insert(*digest)) {
        let name = digest.to_string();
        let checks = match metadata.find(&name).and_then(|number| metadata.entry(number)) {
            Some(found) => entry::extend(&mut work, found, digest, requirement)?,
            None => work.entry(&name, requirement),
        };
        demanded.push(Demanded { digest: digest.clone(), paths: policy.paths_of(&name).count(), checks });
    }
    Ok(Required { text: work.finish(), digests: demanded })
}

//! Older and other shapes made into a runtime policy that today's verifiers take: flat and JSON allow-lists,
//! `meta.version` 0, and the shape that the enhancement shows.
//!
//! As `keylime_convert_runtime_policy` does it (`keylime/cmd/convert_runtime_policy.py`), with three differences:
//! `digest_metadata` and whatever else stands in the policy is never dropped but copied byte for byte; what the
//! schema of the verifier asks for is added, where that tool writes policies that no verifier takes; and
//! everything that was changed is said.

mod changes;
mod digests;
mod flat;
mod members;

pub use changes::CODES;
use changes::Changes;

use super::Finding;
use super::json::{Limits, Refusal};

/// What a text was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Lines of digest and path.
    Flat,
    /// An object with `hashes`.
    JsonAllowlist,
    /// A runtime policy with `meta.version` 0.
    OldVersion,
    /// What stands in `signed` of the enhancement's envelope; its signatures are lost.
    SignedBody,
    /// A policy of today's version, complete or not.
    Policy,
}

impl Origin {
    /// The word for people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Flat => "a flat allow-list",
            Self::JsonAllowlist => "a JSON allow-list",
            Self::OldVersion => "a policy of version 0",
            Self::SignedBody => "a signed body",
            Self::Policy => "a policy",
        }
    }
}

/// A policy made from something else.
#[derive(Debug, Clone)]
pub struct Conversion {
    /// What it was.
    pub from: Origin,
    /// The policy: one line of JSON, as Keylime's tools write it; the given bytes where nothing had to be changed.
    pub text: Vec<u8>,
    /// Everything that was changed. Errors are about the given text: what no verifier would have taken.
    pub changes: Vec<Finding>,
}

/// Whether a text is to be read as a flat allow-list: upstream does so with whatever is no JSON; a text that
/// begins as an object or an array is meant to be JSON.
#[must_use]
pub fn is_flat(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    !matches!(text.trim_ascii_start().first(), None | Some(b'{' | b'['))
}

/// Makes a shippable policy. `now` becomes `meta.timestamp` where that is new.
///
/// # Errors
/// What the strict reader refuses, `convert-envelope` for a DSSE envelope (its policy is to be taken out when the
/// signature was verified), `convert-no-policy` for JSON that is no kind of policy.
pub fn convert(text: &[u8], now: &str, limits: &Limits) -> Result<Conversion, Refusal> {
    let mut changes = Changes::default();
    let (from, text) = if is_flat(text) {
        (Origin::Flat, flat::convert(text, now, limits, &mut changes)?)
    } else {
        members::convert(text, now, limits, &mut changes)?
    };
    Ok(Conversion { from, text, changes: changes.finish() })
}

#[cfg(test)]
mod tests;

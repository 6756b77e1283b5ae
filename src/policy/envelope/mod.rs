//! Which shape a text has, and what in it was signed.
//!
//! [`shape`] looks at the outermost members only and decides once: a bare
//! policy, one of the old allow-lists, a DSSE envelope, Enhancement 86's
//! `signatures` and `signed`, or an envelope that is refused because two
//! readers could see two policies in it. Nothing is verified here and nothing
//! unwrapped twice. A [`Dsse`] or [`Signed`] says where the signed part stands
//! and lists its [`Signature`]s; what is odd but harmless is a warning, what
//! would be refused even if it verified is in `doubts`.

mod dsse;
mod format;
mod legacy;
mod outline;
mod signatures;
mod signed;

pub use dsse::Dsse;
pub use format::{Format, SignedBytes};
pub use signatures::{MAX_SIGNATURES, Signature};
pub use signed::Signed;

use crate::policy::Finding;
use crate::policy::json::Limits;
use outline::Outline;

/// What a text was found to be.
#[derive(Debug)]
pub enum Shape<'a> {
    /// A policy without an envelope, or a text that is no envelope and no
    /// policy either: reading it says what is wrong.
    Bare,
    /// An allow-list of lines (before Keylime 6.6).
    LegacyFlat,
    /// A JSON allow-list (`hashes`, before Keylime 6.6).
    LegacyJson,
    /// A DSSE envelope.
    Dsse(Dsse<'a>),
    /// `signatures` and `signed`.
    Signed(Signed<'a>),
    /// An envelope that is refused.
    Refused(Refused),
}

/// An envelope that is refused before anything could be said of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What it looks like.
    pub format: Format,
    /// Why; offsets are bytes of the file.
    pub findings: Vec<Finding>,
}

impl Refused {
    fn new(format: Format, finding: Finding) -> Self {
        Self { format, findings: vec![finding] }
    }
}

/// Says which shape a text has. `signed_bytes` is what signatures of the
/// `signed` shape cover; there is no falling back from one to the other.
#[must_use]
pub fn shape<'a>(bytes: &'a [u8], signed_bytes: SignedBytes, limits: &Limits) -> Shape<'a> {
    if legacy::is_flat(bytes) {
        return Shape::LegacyFlat;
    }
    if !outline::may_be_more_than_a_policy(bytes) {
        return Shape::Bare;
    }
    let outline = Outline::read(bytes, signed_bytes, limits);
    let dsse = outline.has("payload") || outline.has("payloadType");
    let signed = outline.has("signed");
    let signed_format = match signed_bytes {
        SignedBytes::Canonical => Format::SignedCanonical,
        SignedBytes::Enhancement77Raw => Format::SignedEnhancement77Raw,
    };
    let format = if signed && !outline.has("payload") { signed_format } else { Format::Dsse };
    if !(dsse || signed || outline.has("signatures")) {
        return match outline.refusal {
            // Refused before a name was read, yet it speaks of signatures.
            Some(refusal) if outline.names_nothing() && outline::speaks_of_signatures(bytes) => {
                Shape::Refused(Refused::new(format, refusal.into()))
            }
            None if outline.has("hashes") && !outline.has("digests") => Shape::LegacyJson,
            _ => Shape::Bare,
        };
    }
    if let Some(refusal) = outline.refusal {
        return Shape::Refused(Refused::new(format, refusal.into()));
    }
    let read = if format == signed_format {
        signed::read(outline, signed_bytes).map(Shape::Signed)
    } else {
        dsse::read(outline).map(Shape::Dsse)
    };
    read.unwrap_or_else(|finding| Shape::Refused(Refused::new(format, *finding)))
}

//! One check that is demanded of a digest.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::policy::json::{Content, Span, Text, Value};

use super::identity::{Identity, identities};
use super::key::public_key;

/// The check that the enhancement names.
pub(super) const LOG_PROOF: &str = "transparency_log_inclusion_proof";
/// Who must have signed.
pub(super) const IDENTITY: &str = "signer_identity";
/// The key that must have signed.
pub(super) const PUBLIC_KEY: &str = "public_key";
/// The signature itself.
pub(super) const SIGNATURE: &str = "signature";

/// A check as it stands in the policy.
#[derive(Debug, Clone)]
pub struct Check<'a> {
    /// Its name.
    pub name: Text<'a>,
    /// Its value.
    pub value: Value<'a>,
    /// What it demands.
    pub kind: CheckKind,
}

/// What a check demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckKind {
    /// An inclusion proof in a transparency log; `false` demands none.
    LogProof(bool),
    /// A signature by one of these identities.
    Identity(Vec<Identity>),
    /// A signature with this key: DER of a `SubjectPublicKeyInfo`.
    PublicKey(Vec<u8>),
    /// This signature.
    Signature(Vec<u8>),
    /// A check that this console does not know: never evaluated.
    Unknown,
    /// A known check whose value is wrong; the findings say how.
    Malformed,
}

impl<'a> Check<'a> {
    pub(super) fn new(name: Text<'a>, value: Value<'a>) -> Self {
        let kind = kind(&name.value(), &value);
        Self { name, value, kind }
    }

    /// The part of the text that the value is, byte for byte.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.value.span
    }
}

fn kind(name: &str, value: &Value<'_>) -> CheckKind {
    let known = match name {
        LOG_PROOF => match value.content {
            Content::Bool(demanded) => Some(CheckKind::LogProof(demanded)),
            _ => None,
        },
        IDENTITY => identities(value).ok().map(CheckKind::Identity),
        PUBLIC_KEY => value.text().and_then(|text| public_key(&text.value()).ok()).map(CheckKind::PublicKey),
        SIGNATURE => value.text().and_then(|text| signature(&text.value())).map(CheckKind::Signature),
        _ => Some(CheckKind::Unknown),
    };
    known.unwrap_or(CheckKind::Malformed)
}

/// The bytes of a signature in standard, padded base64.
pub(super) fn signature(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok().filter(|bytes| !bytes.is_empty())
}

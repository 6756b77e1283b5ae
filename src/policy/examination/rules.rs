//! The one place where the rules of other parts are asked.
//!
//! What is dangerous in a policy beyond its schema, what a verifier of today
//! does with a text, and how an old allow-list becomes a policy: each is one
//! function here, so that the examination itself does not depend on how they
//! are answered.

use crate::policy::document::Policy;
use crate::policy::envelope::Signature;
use crate::policy::json::Limits;
use crate::policy::signature::{Algorithm, Message, PublicKey, Scheme, verifies as verified};
use crate::policy::trust::{Source, Trust};
use crate::policy::verifier::{self, Known, Prediction, Upload};
use crate::policy::{Finding, Severity, convert, lint};

/// Texts up to this size are read again as Python reads them; of larger ones
/// what is known already is used where it is enough. In bytes.
const READ_AGAIN: usize = 1 << 20;

/// What a verifier would be given.
pub(super) enum Uploaded<'a> {
    /// The text as it is.
    Text(&'a [u8]),
    /// A text that was read strictly.
    Known(Known),
}

impl<'a> Uploaded<'a> {
    /// A bare policy: what was read of it, unless it is small.
    pub(super) fn policy(text: &'a [u8], policy: &Policy, findings: &[&Finding]) -> Self {
        let looked_up =
            policy.unknown_members().any(|member| member.inside.is_empty() && member.name.is("exclude"));
        if text.len() <= READ_AGAIN || looked_up {
            return Self::Text(text);
        }
        Self::Known(Known { is_envelope: false, schema: schema(findings), verifies: None })
    }

    /// An envelope whose payload was read as a policy.
    pub(super) fn envelope(findings: &[&Finding], verifies: Option<bool>) -> Self {
        Self::Known(Known { is_envelope: true, schema: schema(findings), verifies })
    }
}

/// What the verifier's schema says: the first of our errors that is its too.
fn schema(findings: &[&Finding]) -> Result<(), String> {
    match findings.iter().find(|finding| verifier::REFUSED.contains(&finding.code)) {
        Some(finding) => Err(finding.message.clone()),
        None => Ok(()),
    }
}

/// The public key that would be sent with the policy: the first that was
/// given, else the first of the store that counts here and that Keylime knows.
pub(super) fn key_of(trust: &Trust) -> Option<PublicKey> {
    use crate::policy::trust::Pin;
    let keys = trust.anchors.iter().filter(|anchor| anchor.in_scope).filter_map(|anchor| match &anchor.pin {
        Pin::Key(key) if anchor.source == Source::Given || Scheme::of_keylime(key.algorithm()).is_some() => {
            Some(key)
        }
        _ => None,
    });
    keys.into_iter().next().cloned()
}

/// Whether a DSSE text has to be read as Python reads it: it is small, it is
/// odd, or the key is of a kind that only Keylime verifies with.
pub(super) fn asks_the_text(file: &[u8], odd: bool, key: Option<&PublicKey>) -> bool {
    file.len() <= READ_AGAIN || odd || key.is_some_and(|key| !matches!(key.algorithm(), Algorithm::Ecdsa(_)))
}

/// Whether Keylime's rules find a signature of this key; `None` without one.
pub(super) fn verifies(
    key: Option<&PublicKey>,
    message: &Message<'_>,
    signatures: &[Signature],
) -> Option<bool> {
    let key = key?;
    Some(signatures.iter().any(|signature| verified(key, Scheme::EcdsaSha256, message, &signature.bytes)))
}

/// What a verifier does.
pub(super) fn predict(uploaded: &Uploaded<'_>, key: Option<&PublicKey>) -> Prediction {
    let key = key.map(PublicKey::pem);
    let key = key.as_deref().map(str::as_bytes);
    match uploaded {
        Uploaded::Text(text) => verifier::predict(&Upload { text, key, known: None }),
        Uploaded::Known(known) => verifier::predict(&Upload { text: b"", key, known: Some(known) }),
    }
}

/// What is dangerous or not meant in a policy, beyond its schema. `upload` is
/// how many bytes a verifier would be sent.
pub(super) fn judge(policy: &Policy, upload: usize) -> Vec<Finding> {
    let options = lint::Options { upload_bytes: Some(upload), ..lint::Options::default() };
    lint::lint(policy, &lint::excludes(policy), &options)
}

/// The policy that an old allow-list means, and what is to be said of the
/// list; no text where the list cannot be read.
pub(super) fn convert(file: &[u8], limits: &Limits) -> (Option<Vec<u8>>, Vec<Finding>) {
    // What was changed to make a policy of it is the business of a conversion; faults of the list are ours.
    match convert::convert(file, "", limits) {
        Ok(conversion) => {
            let faults = conversion.changes.into_iter().filter(|change| change.severity != Severity::Info);
            (Some(conversion.text), faults.collect())
        }
        Err(refusal) => (None, vec![refusal.into()]),
    }
}

//! What a key must be so that its quotes prove something.

use super::step::{Step, StepResult};
use crate::tpm::wire::{Attributes, Curve, Key, Public};

/// The attributes that an attestation key must have, and what their lack means.
const NEEDED: [(Attributes, &str, &str); 5] = [
    (Attributes::RESTRICTED, "restricted", "it also signs what no TPM made, so a quote can be made up"),
    (Attributes::SIGN, "sign", "it does not sign"),
    (Attributes::FIXED_TPM, "fixedTPM", "it can be moved to another TPM"),
    (Attributes::FIXED_PARENT, "fixedParent", "it can be moved below another key"),
    (Attributes::SENSITIVE_DATA_ORIGIN, "sensitiveDataOrigin", "it was made outside and is known there"),
];

/// What an attestation key lacks, each with what that means: restricted,
/// fixedTPM, fixedParent, sensitiveDataOrigin, sign, and not decrypt.
#[must_use]
pub fn lacking(attributes: Attributes) -> Vec<(&'static str, &'static str)> {
    let mut lacks: Vec<_> = NEEDED
        .into_iter()
        .filter(|(needed, ..)| !attributes.has(*needed))
        .map(|(_, name, means)| (name, means))
        .collect();
    if attributes.has(Attributes::DECRYPT) {
        lacks.push(("not decrypt", "it serves two ends"));
    }
    lacks
}

pub(super) fn attributes(key: &Public) -> Step {
    let lacks = lacking(key.attributes);
    let said = match lacks.as_slice() {
        [] => "it signs only what its own TPM made".to_owned(),
        lacks => {
            let words: Vec<_> =
                lacks.iter().map(|(name, means)| format!("{name} is missing: {means}")).collect();
            words.join("; ")
        }
    };
    Step::new("ak-attributes", "Attributes of the attestation key", StepResult::of(lacks.is_empty()), said)
        .fact("key", key.key.words())
        .fact("scheme", key.scheme.words())
        .fact("attributes", key.attributes.to_string())
}

/// Why no signature of a key is verified: too weak, which fails, or not known
/// here.
pub(super) fn concern(key: &Key) -> Option<(StepResult, String)> {
    match key {
        Key::Rsa { bits, .. } if *bits < 2048 => {
            Some((StepResult::Failed, format!("RSA with {bits} bits is too weak; 2048 is the least")))
        }
        Key::Rsa { bits, .. } if *bits > 8192 => {
            Some((StepResult::NotCheckable, format!("RSA with {bits} bits is not verified; at most 8192")))
        }
        Key::Rsa { .. } | Key::Ecc { curve: Curve::P256 | Curve::P384 | Curve::P521, .. } => None,
        Key::Ecc { curve: curve @ (Curve::P192 | Curve::P224), .. } => {
            Some((StepResult::Failed, format!("{} is too weak; P-256 is the least", curve.word())))
        }
        Key::Ecc { curve, .. } => {
            Some((StepResult::NotCheckable, format!("signatures on {} are not verified", curve.word())))
        }
    }
}

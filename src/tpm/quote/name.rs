//! Under which key the attestation key stands.

use super::step::{Step, StepResult};
use crate::tpm::wire::{Attest, Public};

const ENDORSEMENT: [u8; 4] = 0x4000_000b_u32.to_be_bytes();
const OWNER: [u8; 4] = 0x4000_0001_u32.to_be_bytes();

/// The qualified name in a quote names the parents of the key that signed. It
/// is computed where the parent is the EK (as Keylime's agents make it) or a
/// hierarchy itself.
pub(super) fn step(attest: &Attest, key: &Public, ek: Option<&Public>) -> Step {
    let told = &attest.qualified_signer;
    let step = |result, said: &str| {
        Step::new("qualified-signer", "Parents of the attestation key", result, said)
            .fact("told", told.to_string())
    };
    let Some(name) = key.name() else {
        return step(StepResult::NotCheckable, "the hash of the key's name is not computed here");
    };
    let below_ek = ek.and_then(|ek| name.qualified(ek.name()?.qualified(&ENDORSEMENT)?.bytes()));
    if below_ek.as_ref() == Some(told) {
        return step(StepResult::Passed, "the key was made below this agent's EK, in the same TPM");
    }
    for (hierarchy, said) in [
        (ENDORSEMENT, "the key is a primary one of the endorsement hierarchy"),
        (OWNER, "the key is a primary one of the owner's hierarchy"),
    ] {
        if name.qualified(&hierarchy).as_ref() == Some(told) {
            return step(StepResult::Passed, said);
        }
    }
    let said = match ek {
        Some(_) => "the key's parent is neither this agent's EK nor a hierarchy: it is not known here",
        None => "the agent's EK is not known here",
    };
    step(StepResult::NotCheckable, said)
}

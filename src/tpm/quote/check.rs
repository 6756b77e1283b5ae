//! A quote and what it must fit.

use super::digits::digits;
use super::step::{Step, StepResult};
use super::{clock, key, name, pcrs, signature};
use crate::tpm::wire::{Attest, Hash, PcrBlob, Public, Signature, WireError};

/// Where the attestation key came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeySource {
    /// The registrar's record: it checked that the key stands beside the EK.
    Registrar,
    /// The attestation itself: it proves only that this key signed it.
    Attestation,
}

/// What the verifier asked the agent for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requested {
    /// Its PCRs; empty where that is not known.
    pub pcrs: Vec<(Hash, u8)>,
    /// The word for the scheme (`rsassa`).
    pub scheme: Option<String>,
    /// The hash of the signature.
    pub hash: Option<Hash>,
}

/// A quote with all that it is checked against, as it was received.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// The attestation key.
    pub key: &'a Public,
    /// Where it came from.
    pub key_source: KeySource,
    /// The key that the attestation says it was signed with, where it says so.
    pub named_key: Option<&'a Public>,
    /// The agent's EK, where it is known.
    pub ek: Option<&'a Public>,
    /// TPMS_ATTEST.
    pub message: &'a [u8],
    /// TPMT_SIGNATURE.
    pub signature: &'a [u8],
    /// The values of the PCRs, in Keylime's form.
    pub pcr_blob: &'a [u8],
    /// The nonce that the agent was given.
    pub nonce: &'a [u8],
    /// What it was asked for.
    pub requested: &'a Requested,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The steps, in order. Those of the logs are added by whoever has logs.
    pub steps: Vec<Step>,
    /// What the TPM attested, where that can be read. It may be trusted only
    /// where the steps hold.
    pub attest: Option<Attest>,
    /// The values of the PCRs, as `attest`.
    pub pcrs: Option<PcrBlob>,
}

fn unreadable(code: &'static str, title: &'static str, error: &WireError) -> Step {
    Step::new(code, title, StepResult::Failed, error.to_string())
}

fn skipped(code: &'static str, title: &'static str, lacking: &str) -> Step {
    Step::new(code, title, StepResult::NotCheckable, format!("{lacking} cannot be read"))
}

fn source(evidence: &Evidence<'_>) -> Step {
    let (code, title) = ("ak-source", "Origin of the attestation key");
    let name = evidence.key.name().map_or_else(|| "not computed".to_owned(), |name| name.to_string());
    let (result, said) = match (evidence.key_source, evidence.named_key) {
        (KeySource::Registrar, Some(named)) if named != evidence.key => {
            (StepResult::Failed, "the attestation names another key than the registrar's record")
        }
        (KeySource::Registrar, _) => (StepResult::Passed, "it is the one in the registrar's record"),
        (KeySource::Attestation, _) => (
            StepResult::NotCheckable,
            "the registrar gave none: it is the one that the attestation names itself",
        ),
    };
    let step = Step::new(code, title, result, said).fact("name", name);
    match evidence.named_key.filter(|named| *named != evidence.key).and_then(Public::name) {
        Some(named) => step.fact("named", named.to_string()),
        None => step,
    }
}

fn scheme(signature: &Signature, requested: &Requested) -> Option<Step> {
    if requested.scheme.is_none() && requested.hash.is_none() {
        return None;
    }
    let same = requested.scheme.as_deref().is_none_or(|scheme| scheme == signature.word())
        && requested.hash.is_none_or(|hash| hash == signature.hash);
    let said =
        if same { "it is signed as was asked for" } else { "it is signed in another way than asked for" };
    // The word is compared only, never shown: it is remote text.
    let asked = requested.hash.map_or("not told", Hash::word);
    Some(
        Step::new("scheme", "Scheme of the signature", StepResult::of(same), said)
            .fact("asked-hash", asked)
            .fact("signed", format!("{} with {}", signature.word(), signature.hash.word())),
    )
}

fn nonce(attest: &Attest, nonce: &[u8]) -> Step {
    let same = attest.extra_data == nonce && !nonce.is_empty();
    let said = match (same, nonce.is_empty()) {
        (true, _) => "it answers this very challenge",
        (false, true) => "there was no challenge: the quote may be of any time",
        (false, false) => "it answers another challenge: an older quote, or one for somebody else",
    };
    Step::new("nonce", "Nonce", StepResult::of(same), said)
        .fact("given", digits(nonce))
        .fact("signed", digits(&attest.extra_data))
}

/// Checks a quote: the key, the signature, the nonce and the PCRs.
#[must_use]
pub fn check(evidence: &Evidence<'_>) -> Quote {
    let mut steps = vec![source(evidence), key::attributes(evidence.key)];
    let signature = Signature::read(evidence.signature);
    match &signature {
        Ok(signature) => {
            steps.push(signature::step(evidence.key, signature, evidence.message));
            steps.extend(scheme(signature, evidence.requested));
        }
        Err(error) => steps.push(unreadable("signature", "Signature of the quote", error)),
    }
    let attest = Attest::read(evidence.message);
    match &attest {
        Ok(attest) => {
            steps.push(
                Step::new(
                    "quote",
                    "Made by a TPM, and a quote",
                    StepResult::Passed,
                    "a TPM made it, of PCRs",
                )
                .fact("pcrs", attest.selections.to_string()),
            );
            steps.push(nonce(attest, evidence.nonce));
        }
        Err(error) => {
            steps.push(unreadable("quote", "Made by a TPM, and a quote", error));
            steps.push(skipped("nonce", "Nonce", "the quote"));
        }
    }
    let blob = PcrBlob::read(evidence.pcr_blob);
    match (&attest, &blob) {
        (Ok(attest), Ok(blob)) => steps.push(pcrs::selection(attest, blob)),
        (_, Err(error)) => steps.push(unreadable("selection", "Selection of PCRs", error)),
        (Err(_), Ok(_)) => steps.push(skipped("selection", "Selection of PCRs", "the quote")),
    }
    if let Ok(attest) = attest.as_ref()
        && !evidence.requested.pcrs.is_empty()
    {
        steps.push(pcrs::requested(attest, evidence.requested));
    }
    steps.push(match (&attest, &blob, &signature) {
        (Ok(attest), Ok(blob), Ok(signature)) => pcrs::digest(attest, blob, signature.hash),
        (Err(_), ..) => skipped("pcr-digest", "Digest of the PCR values", "the quote"),
        (_, Err(_), _) => skipped("pcr-digest", "Digest of the PCR values", "the values"),
        (.., Err(_)) => {
            skipped("pcr-digest", "Digest of the PCR values", "the signature, which says the hash,")
        }
    });
    if let Ok(attest) = &attest {
        steps.push(name::step(attest, evidence.key, evidence.ek));
        steps.push(clock::shown(attest));
    }
    Quote { steps, attest: attest.ok(), pcrs: blob.ok() }
}

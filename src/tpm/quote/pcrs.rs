//! Which PCRs were quoted, and whether the values are theirs.

use super::check::Requested;
use super::digits::digits;
use super::step::{Step, StepResult};
use crate::tpm::wire::{Attest, Hash, PcrBlob};

/// The selection beside the values is the signed one. Keylime itself does not
/// compare them: with another label, values of one PCR read as another's.
pub(super) fn selection(attest: &Attest, blob: &PcrBlob) -> Step {
    let same = attest.selections == blob.selections;
    let said = if same {
        "the values are labelled with the PCRs that were signed"
    } else {
        "the values are labelled with other PCRs than those that were signed"
    };
    Step::new("selection", "Selection of PCRs", StepResult::of(same), said)
        .fact("signed", attest.selections.to_string())
        .fact("labelled", blob.selections.to_string())
}

/// The PCRs that were asked for are among the signed ones.
pub(super) fn requested(attest: &Attest, requested: &Requested) -> Step {
    let signed: Vec<_> = attest.selections.pcrs().collect();
    let lacks: Vec<_> = requested
        .pcrs
        .iter()
        .filter(|asked| !signed.contains(asked))
        .map(|(bank, index)| format!("{}:{index}", bank.word()))
        .collect();
    let asked: Vec<_> =
        requested.pcrs.iter().map(|(bank, index)| format!("{}:{index}", bank.word())).collect();
    let said = match lacks.is_empty() {
        true => "every PCR that was asked for is signed".to_owned(),
        false => format!("asked for, but not signed: {}", lacks.join(" ")),
    };
    Step::new("selection-requested", "PCRs that were asked for", StepResult::of(lacks.is_empty()), said)
        .fact("asked", asked.join(" "))
        .fact("signed", attest.selections.to_string())
}

/// The values hash to the digest that was signed.
pub(super) fn digest(attest: &Attest, blob: &PcrBlob, hash: Hash) -> Step {
    let (code, title) = ("pcr-digest", "Digest of the PCR values");
    let values: Vec<_> = blob.values.iter().map(Vec::as_slice).collect();
    let Some(computed) = hash.digest(&values) else {
        let said = format!("{} is not computed here", hash.word());
        return Step::new(code, title, StepResult::NotCheckable, said);
    };
    let same = computed == attest.digest;
    let said = if same { "the values hash to what was signed" } else { "the values hash to another digest" };
    let step = Step::new(code, title, StepResult::of(same), said)
        .fact("signed", digits(&attest.digest))
        .fact("computed", digits(&computed));
    blob.pcrs().fold(step, |step, (bank, index, value)| {
        step.fact("pcr", format!("{}:{index} {}", bank.word(), digits(value)))
    })
}

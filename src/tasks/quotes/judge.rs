//! The evidence, judged: no waiting here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::gather::{Gathered, Records};
use crate::keylime::attestation::{Attestation, QuoteEvidence};
use crate::text::RemoteText;
use crate::tpm::identity::Registration;
use crate::tpm::quote::{
    Conclusion, Evidence, ImaLog, ImaPart, KeySource, Quote, Requested, Step, StepResult, against_earlier,
    check, conclude, replay_ima, replay_uefi,
};
use crate::tpm::wire::{Attest, Public};

/// Whether two attestations are of the same start of the machine: the agent
/// says when that was, the TPM counts them.
pub(super) fn same_boot(one: &Attestation, other: &Attestation) -> bool {
    let resets = |record: &Attestation| {
        let attest = Attest::read(&record.quote.as_ref()?.message).ok()?;
        Some(attest.clock_info.reset_count)
    };
    one.boot_time == other.boot_time && resets(one) == resets(other)
}

/// The parts of the IMA list of this boot, the newest last.
pub(super) fn parts<'a>(newest: &'a Attestation, earlier: &'a [Attestation]) -> Vec<ImaPart<'a>> {
    let of_this_boot = earlier.iter().filter(|record| same_boot(newest, record));
    let records = of_this_boot.chain([newest]);
    let part = |record: &'a Attestation| {
        let ima = record.ima.as_ref()?;
        Some(ImaPart { index: record.index?, offset: ima.starting_offset, entries: &ima.entries })
    };
    records.filter_map(part).collect()
}

/// The agent's keys.
struct Keys {
    registered: Option<Public>,
    endorsement: Option<Public>,
}

fn key(text: Option<&RemoteText>) -> Option<Result<Public, String>> {
    let bytes = STANDARD.decode(text?.raw());
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(_not_base64) => return Some(Err("it is no base64".to_owned())),
    };
    Some(Public::read_sized(&bytes).map_err(|error| error.to_string()))
}

/// The keys of a registrar's record; one that cannot be read is a step that
/// fails.
fn keys(registration: Option<&Registration>) -> (Keys, Option<Step>) {
    let registered = registration.and_then(|record| key(record.aik_tpm.as_ref()));
    let endorsement = registration.and_then(|record| key(record.ek_tpm.as_ref())).and_then(Result::ok);
    let (registered, fault) = match registered {
        Some(Ok(public)) => (Some(public), None),
        Some(Err(words)) => {
            let said = format!("the registrar's `aik_tpm` cannot be read: {words}");
            (
                None,
                Some(Step::new("ak-registered", "Key in the registrar's record", StepResult::Failed, said)),
            )
        }
        None => (None, None),
    };
    (Keys { registered, endorsement }, fault)
}

/// Checks the quote of one attestation.
fn quote(keys: &Keys, evidence: &QuoteEvidence) -> Quote {
    let named = evidence.certification_key.as_ref().map(|bytes| Public::read(bytes));
    let (named, fault) = match named {
        Some(Ok(public)) => (Some(public), None),
        Some(Err(error)) => (None, Some(error.to_string())),
        None => (None, None),
    };
    let (key, key_source) = match (&keys.registered, &named) {
        (Some(key), _) => (key, KeySource::Registrar),
        (None, Some(key)) => (key, KeySource::Attestation),
        (None, None) => {
            let said =
                fault.unwrap_or_else(|| "neither the registrar nor the attestation has a key".to_owned());
            let step =
                Step::new("ak-source", "Origin of the attestation key", StepResult::NotCheckable, said);
            return Quote { steps: vec![step], attest: None, pcrs: None };
        }
    };
    let mut quote = check(&Evidence {
        key,
        key_source,
        named_key: named.as_ref(),
        ek: keys.endorsement.as_ref(),
        message: &evidence.message,
        signature: &evidence.signature,
        pcr_blob: &evidence.subject_data,
        nonce: &evidence.challenge,
        requested: &evidence.requested,
    });
    if let Some(words) = fault {
        let said = format!("the key that the attestation names cannot be read: {words}");
        quote.steps.push(Step::new("ak-named", "Key that the attestation names", StepResult::Failed, said));
    }
    quote
}

/// The clock against the nearest earlier attestation that holds by itself.
fn clock(keys: &Keys, attest: &Attest, earlier: &[Attestation]) -> Option<Step> {
    let nearest = earlier.iter().rev().find_map(|record| {
        let before = quote(keys, record.quote.as_ref()?);
        // A record that is broken is no witness.
        (conclude(&before.steps) == Conclusion::Holds).then_some((record.index, before.attest?))
    });
    let (index, before) = nearest?;
    let index = index.map_or_else(|| "unknown".to_owned(), |index| index.to_string());
    Some(against_earlier(&before, attest).fact("attestation", index))
}

/// All steps over the evidence.
pub(super) fn judge(gathered: &Gathered) -> Vec<Step> {
    let (keys, fault) = keys(gathered.registration.as_ref());
    let mut steps = Vec::from_iter(fault);
    match &gathered.records {
        Records::NothingKept | Records::NotYet => {}
        Records::Kept { newest, earlier } => {
            let Some(evidence) = &newest.quote else { return steps };
            let Quote { steps: taken, attest, pcrs } = quote(&keys, evidence);
            steps.extend(taken);
            steps.extend(attest.as_ref().and_then(|attest| clock(&keys, attest, earlier)));
            if let (Some(pcrs), Some(_)) = (&pcrs, &newest.ima) {
                steps.extend(replay_ima(&ImaLog::join(&parts(newest, earlier)), pcrs));
            }
            if let (Some(pcrs), Some(log)) = (&pcrs, &newest.uefi) {
                steps.extend(replay_uefi(log, pcrs));
            }
        }
        Records::Asked(asked) => {
            let (nonce, answer) = &**asked;
            let Quote { steps: taken, pcrs, .. } = quote(
                &keys,
                &QuoteEvidence {
                    challenge: nonce.bytes().to_vec(),
                    message: answer.message.clone(),
                    signature: answer.signature.clone(),
                    subject_data: answer.pcr_blob.clone(),
                    certification_key: None,
                    requested: Requested::default(),
                },
            );
            steps.extend(taken);
            if let (Some(pcrs), Some(entries)) = (&pcrs, &answer.ima) {
                let part = ImaPart { index: 0, offset: answer.ima_offset, entries };
                steps.extend(replay_ima(&ImaLog::join(&[part]), pcrs));
            }
            if let (Some(pcrs), Some(log)) = (&pcrs, &answer.uefi) {
                steps.extend(replay_uefi(log, pcrs));
            }
        }
    }
    steps
}

//! One attestation record (`keylime-api` §1.9 upstream:
//! `models/verifier/attestation.py`, `attestation_controller.py`).

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::super::answer::UnreadableAnswer;
use crate::text::RemoteText;
use crate::tpm::quote::Requested;
use crate::tpm::wire::Hash;

/// How far the verifier is with an attestation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The agent was challenged and has not answered yet.
    AwaitingEvidence,
    /// The evidence came and is being judged.
    EvaluatingEvidence,
    /// It is judged.
    VerificationComplete,
    /// A word that this version does not know.
    Other,
}

impl Stage {
    /// Keylime's word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AwaitingEvidence => "awaiting_evidence",
            Self::EvaluatingEvidence => "evaluating_evidence",
            Self::VerificationComplete => "verification_complete",
            Self::Other => "other",
        }
    }
}

/// What the verifier concluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evaluation {
    /// Nothing yet.
    Pending,
    /// The evidence holds and fits the policies.
    Pass,
    /// It does not: broken, or against a policy. The record does not say which.
    Fail,
    /// A word that this version does not know.
    Other,
}

impl Evaluation {
    /// Keylime's word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Other => "other",
        }
    }
}

/// A quote, decoded from base64 and not read further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteEvidence {
    /// The nonce that the agent was given.
    pub challenge: Vec<u8>,
    /// TPMS_ATTEST.
    pub message: Vec<u8>,
    /// TPMT_SIGNATURE.
    pub signature: Vec<u8>,
    /// The values of the PCRs, in Keylime's form.
    pub subject_data: Vec<u8>,
    /// TPMT_PUBLIC of the key that is said to have signed.
    pub certification_key: Option<Vec<u8>>,
    /// What the agent was asked for.
    pub requested: Requested,
}

/// A part of the IMA list.
#[derive(Clone, PartialEq, Eq)]
pub struct ImaEvidence {
    /// The entry of the whole list with which it starts, from 0.
    pub starting_offset: u64,
    /// Its lines.
    pub entries: String,
}

/// The list is long, and no message wants it.
impl fmt::Debug for ImaEvidence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "ImaEvidence({} bytes from entry {})", self.entries.len(), self.starting_offset)
    }
}

/// One attestation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// Its index, counted per agent from 0; only its link tells it.
    pub index: Option<u64>,
    /// How far the verifier is with it.
    pub stage: Stage,
    /// What the verifier concluded.
    pub evaluation: Evaluation,
    /// When the agent's machine started, as the agent says.
    pub boot_time: Option<RemoteText>,
    /// When the evidence came, by the verifier's clock.
    pub received: Option<RemoteText>,
    /// The quote; none as long as the evidence is awaited.
    pub quote: Option<QuoteEvidence>,
    /// The IMA list from some entry on; none where it was not asked for.
    pub ima: Option<ImaEvidence>,
    /// The firmware's log; none where it was not asked for.
    pub uefi: Option<Vec<u8>>,
}

#[derive(Deserialize)]
struct Document {
    data: Resource,
}

#[derive(Deserialize)]
struct Resource {
    attributes: Attributes,
    links: Option<Links>,
}

#[derive(Deserialize)]
struct Links {
    #[serde(rename = "self")]
    own: Option<String>,
}

#[derive(Deserialize)]
struct Attributes {
    stage: Option<String>,
    evaluation: Option<String>,
    #[serde(default)]
    evidence: Vec<Item>,
    system_info: Option<SystemInfo>,
    evidence_received_at: Option<RemoteText>,
}

#[derive(Deserialize)]
struct SystemInfo {
    boot_time: Option<RemoteText>,
}

#[derive(Deserialize)]
struct Item {
    evidence_type: Option<String>,
    chosen_parameters: Option<Chosen>,
    data: Option<Data>,
}

#[derive(Deserialize, Default)]
struct Chosen {
    challenge: Option<String>,
    signature_scheme: Option<String>,
    hash_algorithm: Option<String>,
    selected_subjects: Option<BTreeMap<String, Option<Vec<u8>>>>,
    certification_key: Option<CertificationKey>,
    starting_offset: Option<u64>,
}

#[derive(Deserialize)]
struct CertificationKey {
    public: Option<String>,
}

#[derive(Deserialize)]
struct Data {
    message: Option<String>,
    signature: Option<String>,
    subject_data: Option<String>,
    entries: Option<String>,
}

const WHAT: &str = "the attestation is not readable";

fn decoded(name: &'static str, text: &str) -> Result<Vec<u8>, UnreadableAnswer> {
    STANDARD
        .decode(text)
        .map_err(|_not_base64| UnreadableAnswer { what: WHAT, detail: format!("`{name}` is no base64") })
}

fn quote(chosen: Chosen, data: &Data) -> Result<Option<QuoteEvidence>, UnreadableAnswer> {
    let (Some(message), Some(signature), Some(subjects)) =
        (&data.message, &data.signature, &data.subject_data)
    else {
        return Ok(None);
    };
    let selected = chosen.selected_subjects.unwrap_or_default();
    // A bank of another name cannot be quoted, and so not be compared.
    let banks = selected.into_iter().filter_map(|(bank, indexes)| Some((Hash::of_word(&bank)?, indexes?)));
    let pcrs = banks.flat_map(|(bank, indexes)| indexes.into_iter().map(move |index| (bank, index)));
    let key = chosen.certification_key.and_then(|key| key.public);
    Ok(Some(QuoteEvidence {
        challenge: decoded("challenge", chosen.challenge.as_deref().unwrap_or_default())?,
        message: decoded("message", message)?,
        signature: decoded("signature", signature)?,
        subject_data: decoded("subject_data", subjects)?,
        certification_key: key.map(|key| decoded("public", &key)).transpose()?,
        requested: Requested {
            pcrs: pcrs.collect(),
            scheme: chosen.signature_scheme,
            hash: chosen.hash_algorithm.as_deref().and_then(Hash::of_word),
        },
    }))
}

/// Reads `GET /v3.0/agents/ID/attestations/…` of a verifier. Where an item of
/// one kind stands twice, the first counts, as it does for the verifier.
///
/// # Errors
/// A body of another shape.
pub fn attestation(body: &[u8]) -> Result<Attestation, UnreadableAnswer> {
    let document: Document =
        serde_json::from_slice(body).map_err(|error| UnreadableAnswer::of(WHAT, &error))?;
    let Resource { attributes, links } = document.data;
    let index = links.and_then(|links| links.own?.rsplit_once('/')?.1.parse().ok());
    let mut read = Attestation {
        index,
        stage: match attributes.stage.as_deref() {
            Some("awaiting_evidence") => Stage::AwaitingEvidence,
            Some("evaluating_evidence") => Stage::EvaluatingEvidence,
            Some("verification_complete") => Stage::VerificationComplete,
            _ => Stage::Other,
        },
        evaluation: match attributes.evaluation.as_deref() {
            Some("pending") => Evaluation::Pending,
            Some("pass") => Evaluation::Pass,
            Some("fail") => Evaluation::Fail,
            _ => Evaluation::Other,
        },
        boot_time: attributes.system_info.and_then(|info| info.boot_time),
        received: attributes.evidence_received_at,
        quote: None,
        ima: None,
        uefi: None,
    };
    for Item { evidence_type, chosen_parameters, data } in attributes.evidence {
        let Some(data) = data else { continue };
        let chosen = chosen_parameters.unwrap_or_default();
        match evidence_type.as_deref() {
            Some("tpm_quote") if read.quote.is_none() => read.quote = quote(chosen, &data)?,
            Some("ima_log") if read.ima.is_none() => {
                let starting_offset = chosen.starting_offset.unwrap_or(0);
                read.ima = Some(ImaEvidence { starting_offset, entries: data.entries.unwrap_or_default() });
            }
            Some("uefi_log") if read.uefi.is_none() => {
                read.uefi = data.entries.map(|entries| decoded("entries", &entries)).transpose()?;
            }
            _ => {}
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_none_and_what_is_wrong_is_refused() {
        let bare = attestation(br#"{"data": {"attributes": {"evidence": [{"evidence_type": "ima_log"}]}}}"#);
        let bare = bare.unwrap();
        assert_eq!((bare.index, bare.stage, bare.evaluation), (None, Stage::Other, Evaluation::Other));
        assert!(bare.quote.is_none() && bare.ima.is_none());
        for bad in [
            "",
            "[]",
            r#"{"data": []}"#,
            r#"{"data": {"attributes": {"evidence": [{"evidence_type": "uefi_log", "data": {"entries": "%"}}]}}}"#,
            r#"{"data": {"attributes": {"evidence": [{"evidence_type": "tpm_quote", "chosen_parameters": {"selected_subjects": {"sha256": [256]}}}]}}}"#,
            r#"{"data": {"attributes": {"evidence": [{"evidence_type": "tpm_quote",
                "data": {"message": "AA", "signature": "AA==", "subject_data": "AA=="}}]}}}"#,
        ] {
            let error = attestation(bad.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with(WHAT), "{error}");
        }
    }

    #[test]
    fn members_are_read_where_they_stand() {
        let body = r#"{"data": {"links": {"self": "/3/agents/a/attestations/26"}, "attributes": {
            "stage": "verification_complete", "evaluation": "fail", "system_info": {"boot_time": "then"},
            "evidence": [
                {"evidence_type": "tpm_quote", "chosen_parameters": {"challenge": "AQI=", "signature_scheme": "rsassa",
                    "hash_algorithm": "sha256", "selected_subjects": {"sha1": null, "sha256": [10, 16], "x": [1]},
                    "certification_key": {"public": "Aw=="}},
                 "data": {"message": "BA==", "signature": "BQ==", "subject_data": "Bg==", "meta": {}}},
                {"evidence_type": "tpm_quote", "data": {"message": "AA==", "signature": "AA==", "subject_data": "AA=="}},
                {"evidence_type": "ima_log", "chosen_parameters": {"starting_offset": 6}, "data": {"entries": null}},
                {"evidence_type": "uefi_log", "data": {"entries": "AAEC"}},
                {"evidence_type": "new"}]}}}"#;
        let read = attestation(body.as_bytes()).unwrap();
        assert_eq!((read.index, read.evaluation), (Some(26), Evaluation::Fail));
        let quote = read.quote.unwrap();
        assert_eq!(
            (quote.challenge, quote.message, quote.certification_key),
            (vec![1, 2], vec![4], Some(vec![3]))
        );
        assert_eq!(quote.requested.pcrs, [(Hash::Sha256, 10), (Hash::Sha256, 16)]);
        assert_eq!(read.ima, Some(ImaEvidence { starting_offset: 6, entries: String::new() }));
        assert_eq!(read.uefi, Some(vec![0, 1, 2]));
    }
}

//! A quote with the values that it tells of: TPMS_ATTEST, TPMT_SIGNATURE and a blob in Keylime's form.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tss_esapi::{
    abstraction::pcr,
    interface_types::{algorithm::HashingAlgorithm, session_handles::AuthSession},
    structures::{Data, PcrSelectionList, PcrSlot, SignatureScheme},
    traits::Marshall as _,
};

use super::keys::Keys;

/// The bank of PCRs that an agent quotes.
pub(super) const BANK: HashingAlgorithm = HashingAlgorithm::Sha256;

/// TPM_ALG_SHA256, as it stands in the blob of PCR values.
const BANK_NUMBER: u16 = 0x000b;

/// Places for selections in a TPML_PCR_SELECTION of libtss2.
const SELECTIONS: usize = 16;

/// Places for digests in a TPML_DIGEST of libtss2.
const DIGESTS: usize = 8;

/// Room for a digest in a TPM2B_DIGEST of libtss2: the longest one, SHA-512's.
const DIGEST_ROOM: usize = 64;

/// What an attestation key signed, in base64.
pub struct Quote {
    /// TPMS_ATTEST.
    pub message: String,
    /// TPMT_SIGNATURE.
    pub signature: String,
    /// The values of the PCRs.
    pub values: String,
}

impl Quote {
    /// In the form in which pull agents send it.
    pub fn joined(&self) -> String {
        format!("r{}:{}:{}", self.message, self.signature, self.values)
    }
}

impl Keys {
    /// Quotes the PCRs of `mask` over this nonce.
    pub fn quote(&mut self, nonce: &[u8], mask: u32) -> Quote {
        let slots = slots(mask);
        let selection = PcrSelectionList::builder().with_selection(BANK, &slots).build().unwrap();
        let nonce = Data::try_from(nonce).expect("a nonce that fits");
        let (context, attestation) = (&mut self.context, self.attestation);
        let (attest, signature) = context
            .execute_with_session(Some(AuthSession::Password), |context| {
                context.quote(attestation, nonce, SignatureScheme::Null, selection.clone())
            })
            .expect("a quote");
        // Nobody else extends this TPM's PCRs, and who does it through us waits for us.
        let read = pcr::read_all(context, selection).expect("the values of the PCRs");
        let bank = read.pcr_bank(BANK);
        let values: Vec<Vec<u8>> = slots
            .iter()
            .map(|slot| {
                bank.and_then(|bank| bank.get_digest(*slot)).expect("each PCR's value").value().to_vec()
            })
            .collect();
        Quote {
            message: STANDARD.encode(attest.marshall().unwrap()),
            signature: STANDARD.encode(signature.marshall().unwrap()),
            values: STANDARD.encode(values_blob(mask, &values)),
        }
    }

    /// The AK certifies itself over this nonce: TPMS_ATTEST and TPMT_SIGNATURE in base64.
    pub fn proof_of_possession(&mut self, nonce: &[u8]) -> [String; 2] {
        let nonce = Data::try_from(nonce).expect("a nonce that fits");
        let (context, attestation) = (&mut self.context, self.attestation);
        let sessions = (Some(AuthSession::Password), Some(AuthSession::Password), None);
        let (attest, signature) = context
            .execute_with_sessions(sessions, |context| {
                context.certify(attestation.into(), attestation, nonce, SignatureScheme::Null)
            })
            .expect("a certificate of the AK by itself");
        [STANDARD.encode(attest.marshall().unwrap()), STANDARD.encode(signature.marshall().unwrap())]
    }
}

/// The PCRs of a mask, in their order.
fn slots(mask: u32) -> Vec<PcrSlot> {
    (0..24).filter_map(|number| PcrSlot::try_from(mask & (1 << number)).ok()).collect()
}

/// The values as tpm2-tools write them and Keylime reads them (`__get_pcrs_from_blob` in `tpm/tpm_util.py`): C
/// structures in the order of memory. A TPML_PCR_SELECTION, then the number of TPML_DIGESTs and these.
fn values_blob(mask: u32, values: &[Vec<u8>]) -> Vec<u8> {
    let mut blob = Vec::new();
    blob.extend(1_u32.to_le_bytes());
    for place in 0..SELECTIONS {
        if place == 0 {
            blob.extend(BANK_NUMBER.to_le_bytes());
            blob.push(3);
            blob.extend(&mask.to_le_bytes()[..3]);
            blob.extend([0; 2]);
        } else {
            blob.extend([0; 8]);
        }
    }
    let lists: Vec<_> = values.chunks(DIGESTS).collect();
    blob.extend(u32::try_from(lists.len()).unwrap().to_le_bytes());
    for list in lists {
        blob.extend(u32::try_from(list.len()).unwrap().to_le_bytes());
        for place in 0..DIGESTS {
            let value = list.get(place).map_or(&[][..], Vec::as_slice);
            blob.extend(u16::try_from(value.len()).unwrap().to_le_bytes());
            blob.extend(value);
            blob.resize(blob.len() + DIGEST_ROOM - value.len(), 0);
        }
    }
    blob
}

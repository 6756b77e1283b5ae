//! Attestation keys, and quotes that they really signed.
//!
//! So that the evidence of the embedded fleet holds when it is checked again.
//! The keys are ECDSA P-256, since such a key follows from the seed at once; the
//! PCR values are nobody's.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};

use super::chance::Chance;

/// `TPM2B_PUBLIC` of a key up to its point: ECC, SHA-256, the attributes that a
/// restricted signing key has, ECDSA with SHA-256 on P-256.
const HEAD: [u8; 22] = [
    0x00, 0x58, 0x00, 0x23, 0x00, 0x0b, 0x00, 0x05, 0x00, 0x72, 0x00, 0x00, 0x00, 0x10, 0x00, 0x18, 0x00,
    0x0b, 0x00, 0x03, 0x00, 0x10,
];

/// Where the bit `restricted` is.
const RESTRICTED: usize = 7;

/// `TPM_RH_ENDORSEMENT`, below which the endorsement key is.
const ENDORSEMENT: [u8; 4] = [0x40, 0x00, 0x00, 0x0b];

/// `TPM_ALG_SHA256`.
const SHA_256: [u8; 2] = [0x00, 0x0b];

/// PCR 16, into which an agent measures its key before it quotes.
const DATA_PCR: u8 = 16;

/// How often another number is drawn where one is no private key; one in 2^32 is not.
const DRAWS: usize = 4;

/// The attestation key of one agent.
pub(super) struct AttestationKey {
    scalar: [u8; 32],
    /// Uncompressed, as SEC 1 has it.
    point: Vec<u8>,
    is_restricted: bool,
}

/// What a quote is over.
pub(super) struct Quoted<'a> {
    pub(super) endorsement_key: &'a [u8],
    pub(super) nonce: &'a [u8; 16],
    /// Beside PCR 16, whose value is given.
    pub(super) pcr: u8,
    pub(super) measured_key: [u8; 32],
    /// Milliseconds since the TPM was started.
    pub(super) clock: u64,
    pub(super) resets: u32,
}

/// A quote as an agent sends it.
pub(super) struct Quote {
    /// `TPMS_ATTEST`.
    pub(super) message: Vec<u8>,
    /// `TPMT_SIGNATURE`.
    pub(super) signature: Vec<u8>,
    /// The values of the PCRs: libtss2's structures as they lie in memory.
    pub(super) pcrs: Vec<u8>,
}

impl AttestationKey {
    /// The key that follows from this stream.
    pub(super) fn new(chance: &mut Chance, is_restricted: bool) -> Result<Self, Unspecified> {
        for _ in 0..DRAWS {
            let scalar = chance.bytes::<32>();
            if let Ok(key) = PrivateKey::from_private_key(&ECDH_P256, &scalar) {
                let point = key.compute_public_key()?.as_ref().to_vec();
                return Ok(Self { scalar, point, is_restricted });
            }
        }
        Err(Unspecified)
    }

    /// `TPM2B_PUBLIC`.
    pub(super) fn public(&self) -> Vec<u8> {
        let mut public = HEAD.to_vec();
        if let (false, Some(bits)) = (self.is_restricted, public.get_mut(RESTRICTED)) {
            *bits &= !1;
        }
        // After the byte that says that neither coordinate is left out.
        for coordinate in self.point.get(1..).unwrap_or_default().chunks(32) {
            public.extend([0, 32]);
            public.extend(coordinate);
        }
        public
    }

    /// The name of the key: what the TPM calls it, in every signature.
    pub(super) fn name(&self) -> Vec<u8> {
        name(&self.public())
    }

    /// Signs a quote as a TPM does.
    pub(super) fn quote(&self, quoted: &Quoted<'_>) -> Result<Quote, Unspecified> {
        let below = below(&ENDORSEMENT, &name(quoted.endorsement_key));
        let mut chosen = [(quoted.pcr, [0; 32]), (DATA_PCR, quoted.measured_key)];
        chosen.sort_by_key(|(pcr, _)| *pcr);
        let bits = chosen.iter().fold(0_u32, |bits, (pcr, _)| bits | 1 << pcr).to_le_bytes();
        let [first, second, third, _] = bits;
        let values: Vec<u8> = chosen.iter().flat_map(|(_, value)| *value).collect();

        // TPM_GENERATED_VALUE, TPM_ST_ATTEST_QUOTE.
        let mut message = vec![0xff, 0x54, 0x43, 0x47, 0x80, 0x18];
        sized(&mut message, &self::below(&below, &self.name()));
        sized(&mut message, quoted.nonce);
        message.extend(quoted.clock.to_be_bytes());
        message.extend(quoted.resets.to_be_bytes());
        // No restarts, a clock that is safe, and the version of the firmware.
        message.extend([0, 0, 0, 0, 1]);
        message.extend([0x20, 0x24, 0x01, 0x25, 0x00, 0x12, 0x00, 0x00]);
        message.extend([0, 0, 0, 1]);
        message.extend(SHA_256);
        message.extend([3, first, second, third]);
        sized(&mut message, digest(&SHA256, &values).as_ref());

        let pair = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &self.scalar,
            &self.point,
        )
        .map_err(|_rejected| Unspecified)?;
        let signed = pair.sign(&SystemRandom::new(), &message)?;
        let mut signature = vec![0x00, 0x18];
        signature.extend(SHA_256);
        for number in signed.as_ref().chunks(32) {
            sized(&mut signature, number);
        }
        let pcrs = blob([3, first, second, third], &chosen.map(|(_, value)| value));
        Ok(Quote { message, signature, pcrs })
    }
}

/// The name of what a `TPM2B_PUBLIC` describes (TPM 2.0 Architecture, 16).
fn name(public: &[u8]) -> Vec<u8> {
    [&SHA_256[..], digest(&SHA256, public.get(2..).unwrap_or_default()).as_ref()].concat()
}

/// The qualified name of what is called so below this parent.
fn below(parent: &[u8], name: &[u8]) -> Vec<u8> {
    [&SHA_256[..], digest(&SHA256, &[parent, name].concat()).as_ref()].concat()
}

/// Appends bytes with their number in front; none here is longer than 34.
fn sized(message: &mut Vec<u8>, bytes: &[u8]) {
    message.extend([0, u8::try_from(bytes.len()).unwrap_or(u8::MAX)]);
    message.extend(bytes);
}

/// Keylime's blob: a `TPML_PCR_SELECTION` of 16 places of 8 bytes, the number of
/// lists, and a `TPML_DIGEST` of 8 places of 66 bytes; numbers little-endian.
fn blob(selection: [u8; 4], values: &[[u8; 32]; 2]) -> Vec<u8> {
    let mut blob = vec![1, 0, 0, 0, 0x0b, 0x00];
    blob.extend(selection);
    blob.resize(4 + 16 * 8, 0);
    blob.extend([1, 0, 0, 0, 2, 0, 0, 0]);
    for value in values {
        blob.extend([32, 0]);
        blob.extend(value);
        blob.resize(blob.len() + 32, 0);
    }
    blob.resize(4 + 16 * 8 + 4 + 4 + 8 * 66, 0);
    blob
}

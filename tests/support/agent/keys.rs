//! An agent's keys in its TPM: the endorsement key by TCG's default template, and below it the attestation key, a
//! restricted signing key.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tss_esapi::{
    Context,
    abstraction::{AsymmetricAlgorithmSelection, ak, ek},
    constants::SessionType,
    handles::{AuthHandle, KeyHandle},
    interface_types::{
        algorithm::{HashingAlgorithm, SignatureSchemeAlgorithm},
        ecc::EccCurve,
        key_bits::RsaKeyBits,
        session_handles::{AuthSession, PolicySession},
    },
    structures::{EncryptedSecret, IdObject, Public, PublicBuffer, SymmetricDefinition},
    traits::Marshall as _,
};

use super::software_tpm::SoftwareTpm;

/// What a credential blob begins with: a number of tpm2-tools and a version (`makecredential` in Keylime's
/// `tpm/tpm_util.py`).
const BLOB_HEAD: [u8; 8] = [0xba, 0xdc, 0xc0, 0xde, 0, 0, 0, 1];

/// Which kind of keys an agent has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// P-256 and ECDSA: made in a moment.
    EllipticCurve,
    /// RSA with 2048 bits and RSASSA, as upstream's agents have them where nothing else is configured; a software
    /// TPM takes up to a few seconds to find the primes.
    Rsa,
}

impl Algorithm {
    /// Keylime's name of the key's algorithm, as the agent says it in an answer.
    pub fn encryption(self) -> &'static str {
        match self {
            Self::EllipticCurve => "ecc256",
            Self::Rsa => "rsa2048",
        }
    }

    /// Keylime's name of the signature's algorithm.
    pub fn signing(self) -> &'static str {
        match self {
            Self::EllipticCurve => "ecdsa",
            Self::Rsa => "rsassa",
        }
    }

    /// What Keylime calls the key's family, and its size in bits.
    pub fn family(self) -> (&'static str, u32) {
        match self {
            Self::EllipticCurve => ("ecc", 256),
            Self::Rsa => ("rsa", 2048),
        }
    }

    fn key(self) -> AsymmetricAlgorithmSelection {
        match self {
            Self::EllipticCurve => AsymmetricAlgorithmSelection::Ecc(EccCurve::NistP256),
            Self::Rsa => AsymmetricAlgorithmSelection::Rsa(RsaKeyBits::Rsa2048),
        }
    }

    fn scheme(self) -> SignatureSchemeAlgorithm {
        match self {
            Self::EllipticCurve => SignatureSchemeAlgorithm::EcDsa,
            Self::Rsa => SignatureSchemeAlgorithm::RsaSsa,
        }
    }
}

/// An agent's TPM with the two keys loaded.
pub struct Keys {
    // Before the TPM: what is dropped first still speaks to it.
    pub(super) context: Context,
    pub(super) algorithm: Algorithm,
    pub(super) attestation: KeyHandle,
    endorsement: KeyHandle,
    publics: [Public; 2],
    tpm: SoftwareTpm,
}

impl Keys {
    /// Makes both keys in a new TPM.
    pub fn make(algorithm: Algorithm) -> Self {
        limescope::tpm::link::load().expect("libtss2, which `make keylime` installs");
        let tpm = SoftwareTpm::start();
        let mut context = Context::new(tpm.address()).expect("a TPM that answers");
        let endorsement = ek::create_ek_object_2(&mut context, algorithm.key(), None).expect("an EK");
        let hash = HashingAlgorithm::Sha256;
        let made =
            ak::create_ak_2(&mut context, endorsement, hash, algorithm.key(), algorithm.scheme(), None, None)
                .expect("an AK");
        let public = made.out_public.clone();
        let attestation =
            ak::load_ak(&mut context, endorsement, None, made.out_private, made.out_public).expect("its AK");
        let (endorsed, _, _) = context.read_public(endorsement).expect("the EK's public area");
        Self { context, algorithm, attestation, endorsement, publics: [endorsed, public], tpm }
    }

    /// Where the keys are.
    pub fn tpm(&self) -> &SoftwareTpm {
        &self.tpm
    }

    /// The EK as the registrar wants it: TPM2B_PUBLIC in base64.
    pub fn endorsement_public(&self) -> String {
        in_base64(&self.publics[0])
    }

    /// The AK as the registrar wants it: TPM2B_PUBLIC in base64.
    pub fn attestation_public(&self) -> String {
        in_base64(&self.publics[1])
    }

    /// The AK as push agents describe it: its name in hexadecimal, and TPMT_PUBLIC in base64.
    pub fn attestation_description(&mut self) -> [String; 2] {
        let (public, name, _) = self.context.read_public(self.attestation).expect("the AK's public area");
        let name = name.value().iter().map(|byte| format!("{byte:02x}")).collect();
        [name, STANDARD.encode(public.marshall().expect("a public area that fits"))]
    }

    /// Opens the registrar's challenge, which only a TPM can that holds both keys.
    pub fn activate(&mut self, blob: &[u8]) -> Vec<u8> {
        let rest = blob.strip_prefix(&BLOB_HEAD).expect("a blob in the form of tpm2-tools");
        let (credential, rest) = sized(rest);
        let (secret, rest) = sized(rest);
        assert!(rest.is_empty(), "{} bytes follow the challenge", rest.len());
        let credential = IdObject::try_from(credential).expect("a TPM2B_ID_OBJECT");
        let secret = EncryptedSecret::try_from(secret).expect("a TPM2B_ENCRYPTED_SECRET");
        let context = &mut self.context;
        let session = context
            .start_auth_session(
                None,
                None,
                None,
                SessionType::Policy,
                SymmetricDefinition::AES_128_CFB,
                HashingAlgorithm::Sha256,
            )
            .expect("a policy session")
            .expect("a policy session");
        // The EK's own policy: whoever may use the endorsement hierarchy may use it.
        let policy = PolicySession::try_from(session).unwrap();
        context
            .execute_with_nullauth_session(|context| {
                let (nonce, digest, reference) = Default::default();
                context.policy_secret(policy, AuthHandle::Endorsement, nonce, digest, reference, None)
            })
            .expect("PolicySecret of the endorsement hierarchy");
        let sessions = (Some(AuthSession::Password), Some(session), None);
        let (attestation, endorsement) = (self.attestation, self.endorsement);
        let challenge = context
            .execute_with_sessions(sessions, |context| {
                context.activate_credential(attestation, endorsement, credential, secret)
            })
            .expect("a credential for this TPM");
        // An unused session stays in the TPM; this one went with its command, as policy sessions do by default.
        challenge.value().to_vec()
    }
}

/// The first buffer of a TPM's structure (two bytes of length, then so many bytes), and what follows it.
fn sized(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (length, rest) = bytes.split_first_chunk().expect("a length");
    rest.split_at(usize::from(u16::from_be_bytes(*length)))
}

fn in_base64(public: &Public) -> String {
    let buffer = PublicBuffer::try_from(public.clone()).expect("a public area that fits");
    STANDARD.encode(buffer.marshall().expect("a public area that fits"))
}

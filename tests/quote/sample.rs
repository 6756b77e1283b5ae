//! Quotes of our own: keys made here, attestations signed with them.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
    RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding,
};
use limescope::tpm::quote::{Evidence, KeySource, Quote, Requested, check};
use limescope::tpm::wire::*;

/// A key that signs attestations.
pub enum Signer {
    Rsa(KeyPair),
    Ecdsa(EcdsaKeyPair, Curve),
}

/// All that a check needs, each part to be changed by a test.
pub struct Sample {
    pub key: Public,
    pub ek: Public,
    pub attest: Attest,
    pub blob: PcrBlob,
    pub nonce: Vec<u8>,
    pub hash: Hash,
    /// PKCS #1 v1.5 unless set.
    pub pss: bool,
    pub signer: Signer,
}

pub const NONCE: &[u8] = b"0123456789abcdef";

fn attributes() -> Attributes {
    Attributes::RESTRICTED
        .and(Attributes::SIGN)
        .and(Attributes::FIXED_TPM)
        .and(Attributes::FIXED_PARENT)
        .and(Attributes::SENSITIVE_DATA_ORIGIN)
        .and(Attributes::USER_WITH_AUTH)
}

pub fn rsa(bits: u16) -> (Key, Signer) {
    let size = match bits {
        2048 => KeySize::Rsa2048,
        3072 => KeySize::Rsa3072,
        _ => KeySize::Rsa4096,
    };
    let pair = KeyPair::generate(size).unwrap();
    // RSAPublicKey (RFC 8017, A.1.1): a sequence of the modulus and 65537.
    let der = pair.public_key().as_ref();
    let end = der.len() - 5;
    let modulus = der[end - pair.public_modulus_len()..end].to_vec();
    (Key::Rsa { bits, exponent: 0, modulus }, Signer::Rsa(pair))
}

pub fn ecdsa(curve: Curve) -> (Key, Signer) {
    let algorithm: &'static EcdsaSigningAlgorithm = match curve {
        Curve::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
        Curve::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        _ => &ECDSA_P521_SHA512_FIXED_SIGNING,
    };
    let pair = EcdsaKeyPair::generate(algorithm).unwrap();
    let point = pair.public_key().as_ref()[1..].to_vec();
    let (x, y) = point.split_at(curve.length());
    let cut = |number: &[u8]| {
        // As some TPMs do: without leading zeros.
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        number[zeros..].to_vec()
    };
    (Key::Ecc { curve, kdf: None, x: cut(x), y: cut(y) }, Signer::Ecdsa(pair, curve))
}

impl Sample {
    /// A quote over these PCRs.
    pub fn new((key, signer): (Key, Signer), hash: Hash, pcrs: &[(Hash, &[(u8, Vec<u8>)])]) -> Self {
        let public = |attributes, symmetric, key| Public {
            name_hash: Hash::Sha256,
            attributes,
            policy: Vec::new(),
            symmetric,
            scheme: Scheme::Open,
            key,
        };
        let ek_key = Key::Rsa { bits: 2048, exponent: 0, modulus: vec![0xab; 256] };
        let ek = public(Attributes::new(0x0003_00b2), Some(Symmetric::AES_128_CFB), ek_key);
        let key = public(attributes(), None, key);
        let parent = ek.name().unwrap().qualified(&0x4000_000b_u32.to_be_bytes()).unwrap();
        let selections = pcrs
            .iter()
            .map(|(bank, values)| {
                let mut bitmap = vec![0; 3];
                values.iter().for_each(|(index, _)| bitmap[usize::from(index / 8)] |= 1 << (index % 8));
                PcrSelection { bank: *bank, bitmap }
            })
            .collect();
        let selections = PcrSelections(selections);
        let values: Vec<_> =
            pcrs.iter().flat_map(|(_, values)| values.iter().map(|(_, value)| value.clone())).collect();
        let parts: Vec<_> = values.iter().map(Vec::as_slice).collect();
        let attest = Attest {
            qualified_signer: key.name().unwrap().qualified(parent.bytes()).unwrap(),
            extra_data: NONCE.to_vec(),
            clock_info: ClockInfo { clock: 60_000, reset_count: 7, restart_count: 0, safe: true },
            firmware_version: 0x2019_1023_0016_3636,
            selections: selections.clone(),
            digest: hash.digest(&parts).unwrap(),
        };
        let blob = PcrBlob { selections, values };
        Self { key, ek, attest, blob, nonce: NONCE.to_vec(), hash, pss: false, signer }
    }

    /// The same with one PCR of SHA-256.
    pub fn of(key: (Key, Signer), hash: Hash) -> Self {
        Self::new(key, hash, &[(Hash::Sha256, &[(10, vec![0x5a; 32])])])
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        let value = match &self.signer {
            Signer::Rsa(pair) => {
                let encoding: &'static dyn RsaEncoding = match (self.pss, self.hash) {
                    (false, Hash::Sha384) => &RSA_PKCS1_SHA384,
                    (false, Hash::Sha512) => &RSA_PKCS1_SHA512,
                    (false, _) => &RSA_PKCS1_SHA256,
                    (true, Hash::Sha384) => &RSA_PSS_SHA384,
                    (true, Hash::Sha512) => &RSA_PSS_SHA512,
                    (true, _) => &RSA_PSS_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &random, message, &mut signature).unwrap();
                if self.pss { SignatureValue::Rsapss(signature) } else { SignatureValue::Rsassa(signature) }
            }
            Signer::Ecdsa(pair, curve) => {
                let signature = pair.sign(&random, message).unwrap();
                let (r, s) = signature.as_ref().split_at(curve.length());
                SignatureValue::Ecdsa { r: r.to_vec(), s: s.to_vec() }
            }
        };
        Signature { hash: self.hash, value }.encode()
    }

    /// Signs it as it is, and checks it.
    pub fn checked(&self) -> Quote {
        let message = self.attest.encode();
        let signature = self.sign(&message);
        self.check(&message, &signature, &self.blob.encode())
    }

    pub fn check(&self, message: &[u8], signature: &[u8], pcr_blob: &[u8]) -> Quote {
        check(&Evidence {
            key: &self.key,
            key_source: KeySource::Registrar,
            named_key: None,
            ek: Some(&self.ek),
            message,
            signature,
            pcr_blob,
            nonce: &self.nonce,
            requested: &Requested::default(),
        })
    }
}

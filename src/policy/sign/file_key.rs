//! A private key in a file.

use aws_lc_rs::digest::{Digest, SHA384};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA256_ASN1_SIGNING,
    ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair,
    RSA_PSS_SHA256,
};
use x509_parser::pem::Pem;
use zeroize::Zeroizing;

use super::{SignError, Signer};
use crate::policy::signature::{Message, PublicKey, Scheme};

/// Why a private key cannot be used. Nothing of the key is in the words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileKeyError {
    /// No PEM block that is a private key.
    #[error(
        "no private key in it: a PEM block `PRIVATE KEY`, `EC PRIVATE KEY` or `RSA PRIVATE KEY` is needed"
    )]
    None,
    /// An encrypted key.
    #[error("the key is encrypted; decrypt it into a safe place first: openssl pkcs8 -in KEY -out PLAIN")]
    Encrypted,
    /// A public key or a certificate.
    #[error("this is the public part; signing needs the private key")]
    Public,
    /// Damaged, or of a kind that does not sign policies.
    #[error(
        "the key is damaged or of a kind that is not known: use ECDSA (P-256, P-384, P-521), Ed25519 or RSA"
    )]
    Unknown,
    /// Too weak to sign with.
    #[error("{0}")]
    Refused(String),
}

enum Private {
    /// For SHA-256, and for the hash that fits the curve.
    Ecdsa(EcdsaKeyPair, EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

/// A private key that was read from a PEM file.
pub struct FileKey {
    private: Private,
    public: PublicKey,
}

impl FileKey {
    /// Reads the first private key of a PEM text: PKCS#8, SEC 1 or PKCS#1.
    ///
    /// # Errors
    ///
    /// [`FileKeyError`].
    pub fn from_pem(text: &[u8]) -> Result<Self, FileKeyError> {
        let mut public = false;
        for block in Pem::iter_from_buffer(text) {
            // PEM's own encryption has header lines, which this reader stumbles over.
            let block = block.map_err(|_words| {
                let old = memchr::memmem::find(text, b"Proc-Type: 4,ENCRYPTED").is_some();
                if old { FileKeyError::Encrypted } else { FileKeyError::Unknown }
            })?;
            let der = Zeroizing::new(block.contents);
            match block.label.as_str() {
                "ENCRYPTED PRIVATE KEY" => return Err(FileKeyError::Encrypted),
                "PRIVATE KEY" | "EC PRIVATE KEY" | "RSA PRIVATE KEY" => return Self::from_der(&der),
                "PUBLIC KEY" | "CERTIFICATE" => public = true,
                _ => {}
            }
        }
        Err(if public { FileKeyError::Public } else { FileKeyError::None })
    }

    /// Reads the DER of a private key: PKCS#8, SEC 1 or PKCS#1.
    ///
    /// # Errors
    ///
    /// [`FileKeyError`].
    pub fn from_der(der: &[u8]) -> Result<Self, FileKeyError> {
        let (private, public) = read(der).ok_or(FileKeyError::Unknown)?;
        let public = PublicKey::from_der(&public).map_err(|_fault| FileKeyError::Unknown)?;
        match public.concern() {
            Some(concern) => Err(FileKeyError::Refused(concern.message)),
            None => Ok(Self { private, public }),
        }
    }
}

type Pair = (Private, Vec<u8>);

fn read(der: &[u8]) -> Option<Pair> {
    let curves: [[&'static EcdsaSigningAlgorithm; 2]; 3] = [
        [&ECDSA_P256_SHA256_ASN1_SIGNING, &ECDSA_P256_SHA256_ASN1_SIGNING],
        [&ECDSA_P384_SHA384_ASN1_SIGNING, &ECDSA_P384_SHA384_ASN1_SIGNING],
        [&ECDSA_P521_SHA256_ASN1_SIGNING, &ECDSA_P521_SHA512_ASN1_SIGNING],
    ];
    for [sha256, usual] in curves {
        let pair = |algorithm| EcdsaKeyPair::from_private_key_der(algorithm, der);
        if let (Ok(sha256), Ok(usual)) = (pair(sha256), pair(usual)) {
            let public = AsDer::as_der(sha256.public_key()).ok()?.as_ref().to_vec();
            return Some((Private::Ecdsa(sha256, usual), public));
        }
    }
    if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
        let public = AsDer::as_der(pair.public_key()).ok()?.as_ref().to_vec();
        return Some((Private::Ed25519(pair), public));
    }
    let pair = RsaKeyPair::from_pkcs8(der).or_else(|_not_pkcs8| RsaKeyPair::from_der(der)).ok()?;
    let public = AsDer::as_der(pair.public_key()).ok()?.as_ref().to_vec();
    Some((Private::Rsa(pair), public))
}

impl Signer for FileKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, scheme: Scheme, message: &Message<'_>) -> Result<Vec<u8>, SignError> {
        let failed = |_unspecified| SignError::Failed("the library refused the key or the hash".to_owned());
        let no_hash = || SignError::Failed("no hash".to_owned());
        let signature = match (&self.private, scheme) {
            (Private::Ecdsa(pair, _), Scheme::EcdsaSha256) => {
                let sum = message.sha256().ok_or_else(no_hash)?;
                match widened(pair, sum) {
                    Some(sum) => pair.sign_digest(&sum),
                    None => pair.sign_digest(sum),
                }
                .map_err(failed)?
            }
            (Private::Ecdsa(_, pair), Scheme::EcdsaSha384) => {
                pair.sign_digest(message.sha384().ok_or_else(no_hash)?).map_err(failed)?
            }
            (Private::Ecdsa(_, pair), Scheme::EcdsaSha512) => {
                pair.sign_digest(message.sha512().ok_or_else(no_hash)?).map_err(failed)?
            }
            (Private::Ed25519(pair), Scheme::Ed25519) => pair.sign(message.whole()),
            (Private::Rsa(pair), Scheme::RsaPssSha256) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let sum = message.sha256().ok_or_else(no_hash)?;
                pair.sign_digest(&RSA_PSS_SHA256, sum, &mut signature).map_err(failed)?;
                return Ok(signature);
            }
            (_, scheme) => return Err(SignError::Scheme(scheme.word())),
        };
        Ok(signature.as_ref().to_vec())
    }
}

/// aws-lc-rs signs with P-384 only over 48 bytes of SHA-384. ECDSA takes a
/// hash as an integer (FIPS 186-5 §6.4.1), and one of 32 bytes with zeros
/// before it is the same integer: so Keylime's P-384 with SHA-256 can be made.
/// `None` where the pair takes SHA-256 itself.
fn widened(pair: &EcdsaKeyPair, sum: &Digest) -> Option<Digest> {
    if *pair.algorithm() != ECDSA_P384_SHA384_ASN1_SIGNING {
        return None;
    }
    let wide = [&[0; 16], sum.as_ref()].concat();
    Digest::import_less_safe(&wide, &SHA384).ok()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::policy::json::Limits;
    use crate::policy::sign::{dsse, signed};
    use crate::policy::signature::Message;

    fn read(file: &str) -> Vec<u8> {
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies").join(file)).unwrap()
    }

    #[test]
    fn keys_of_all_kinds_sign_what_they_are_for() {
        let policy = String::from_utf8(read("policy/small-dm.json")).unwrap();
        let pem = |file: &str| FileKey::from_pem(&read(file)).unwrap();
        let generated = |algorithm| {
            let pair = EcdsaKeyPair::generate(algorithm).unwrap();
            FileKey::from_der(pair.to_pkcs8v1().unwrap().as_ref()).unwrap()
        };
        let keys = [
            (pem("keys/ecdsa-p256.key.pem"), true),
            (generated(&ECDSA_P384_SHA384_ASN1_SIGNING), true),
            (generated(&ECDSA_P521_SHA512_ASN1_SIGNING), true),
            (pem("keys/ed25519.key.pem"), false),
            (pem("keys/rsa3072.key.pem"), false),
        ];
        for (key, for_keylime) in keys {
            let envelope = dsse(policy.as_bytes(), &key);
            assert_eq!(envelope.is_ok(), for_keylime, "{:?}: {envelope:?}", key.public_key());
            let envelope = signed(&policy, &key, &Limits::default()).unwrap();
            assert!(envelope.contains(&policy), "the text is as it was");
            assert!(key.sign(Scheme::RsaPkcs1Sha512, &Message::of(&[b"x"])).is_err());
        }
    }

    #[test]
    fn what_is_no_private_key_says_what_it_is() {
        for (file, error) in [
            ("keys/ecdsa-p256.pub.pem", FileKeyError::Public),
            ("keys/x509-small.crt.pem", FileKeyError::Public),
            ("policy/small.json", FileKeyError::None),
        ] {
            assert_eq!(FileKey::from_pem(&read(file)).err(), Some(error), "{file}");
        }
        let key = FileKey::from_pem(&read("keys/ed25519.key.pem")).unwrap();
        for policy in ["[]", "{\"release\": 6.5}", "{\"a\": 1, \"a\": 2}", "{} {}", ""] {
            assert!(signed(policy, &key, &Limits::default()).is_err(), "{policy}");
        }
    }
}

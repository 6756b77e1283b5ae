//! Whether a key signed an attestation.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P256_SHA512_ASN1, ECDSA_P384_SHA256_ASN1,
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1, ECDSA_P521_SHA256_ASN1, ECDSA_P521_SHA384_ASN1,
    ECDSA_P521_SHA512_ASN1, EcdsaVerificationAlgorithm, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPssSaltLength,
    RsaPublicKeyComponents, UnparsedPublicKey,
};

use super::key;
use super::step::{Step, StepResult};
use crate::tpm::wire::{Curve, Hash, Key, Public, Scheme, Signature, SignatureValue};

const CODE: &str = "signature";
const TITLE: &str = "Signature of the quote";

/// The step. `message` is the TPMS_ATTEST as it was received.
pub(super) fn step(key: &Public, signature: &Signature, message: &[u8]) -> Step {
    let (result, said) = judged(key, signature, message);
    Step::new(CODE, TITLE, result, said)
        .fact("key", key.key.words())
        .fact("scheme", format!("{} with {}", signature.word(), signature.hash.word()))
}

fn judged(key: &Public, signature: &Signature, message: &[u8]) -> (StepResult, String) {
    if let Some(concern) = key::concern(&key.key) {
        return concern;
    }
    let made = match signature.value {
        SignatureValue::Rsassa(_) => Scheme::Rsassa(signature.hash),
        SignatureValue::Rsapss(_) => Scheme::Rsapss(signature.hash),
        SignatureValue::Ecdsa { .. } => Scheme::Ecdsa(signature.hash),
    };
    if key.scheme != Scheme::Open && key.scheme != made {
        let said = format!("the key signs {} only, and this is {}", key.scheme.words(), made.words());
        return (StepResult::Failed, said);
    }
    match verifies(&key.key, signature, message) {
        Some(true) => (StepResult::Passed, "the attestation key signed these bytes".to_owned()),
        Some(false) => (StepResult::Failed, "the attestation key did not sign these bytes".to_owned()),
        None if signature.hash == Hash::Sha1 => {
            (StepResult::Failed, "a signature over SHA-1 proves nothing".to_owned())
        }
        None => {
            let words = match (&key.key, &signature.value) {
                (Key::Rsa { .. }, SignatureValue::Ecdsa { .. })
                | (Key::Ecc { .. }, SignatureValue::Rsassa(_) | SignatureValue::Rsapss(_)) => {
                    return (StepResult::Failed, "the signature is not of this kind of key".to_owned());
                }
                _ => format!("signatures with {} are not verified", signature.hash.word()),
            };
            (StepResult::NotCheckable, words)
        }
    }
}

/// None where this hash, or this scheme with this key, is not verified.
fn verifies(key: &Key, signature: &Signature, message: &[u8]) -> Option<bool> {
    let hash = signature.hash;
    match (key, &signature.value) {
        (Key::Rsa { modulus, .. }, SignatureValue::Rsassa(bytes)) => {
            let parameters = match hash {
                Hash::Sha256 => &RSA_PKCS1_2048_8192_SHA256,
                Hash::Sha384 => &RSA_PKCS1_2048_8192_SHA384,
                Hash::Sha512 => &RSA_PKCS1_2048_8192_SHA512,
                _ => return None,
            };
            Some(rsa(key, modulus, parameters, message, bytes))
        }
        (Key::Rsa { modulus, .. }, SignatureValue::Rsapss(bytes)) => {
            // A TPM's salt is as long as the digest, or the longest that fits
            // (Part 1, B.7: older revisions); the parameters cannot be copied.
            let [one, other] = match hash {
                Hash::Sha256 => [RSA_PSS_2048_8192_SHA256; 2],
                Hash::Sha384 => [RSA_PSS_2048_8192_SHA384; 2],
                Hash::Sha512 => [RSA_PSS_2048_8192_SHA512; 2],
                _ => return None,
            };
            let longest = other.with_pss_salt_length(RsaPssSaltLength::Max);
            Some([one, longest].iter().any(|parameters| rsa(key, modulus, parameters, message, bytes)))
        }
        (Key::Ecc { curve, .. }, SignatureValue::Ecdsa { r, s }) => {
            let algorithm = ecdsa(*curve, hash)?;
            let Some(der) = der(*curve, r, s) else { return Some(false) };
            let point = key.ecc_point()?;
            Some(UnparsedPublicKey::new(algorithm, point).verify(message, &der).is_ok())
        }
        _ => None,
    }
}

fn rsa(key: &Key, modulus: &[u8], parameters: &RsaParameters, message: &[u8], signature: &[u8]) -> bool {
    let Some(exponent) = key.rsa_exponent() else { return false };
    let exponent = exponent.to_be_bytes();
    let zeros = exponent.iter().take_while(|byte| **byte == 0).count();
    let e = exponent.get(zeros..).unwrap_or_default();
    RsaPublicKeyComponents { n: modulus, e }.verify(parameters, message, signature).is_ok()
}

const fn ecdsa(curve: Curve, hash: Hash) -> Option<&'static EcdsaVerificationAlgorithm> {
    Some(match (curve, hash) {
        (Curve::P256, Hash::Sha256) => &ECDSA_P256_SHA256_ASN1,
        (Curve::P256, Hash::Sha384) => &ECDSA_P256_SHA384_ASN1,
        (Curve::P256, Hash::Sha512) => &ECDSA_P256_SHA512_ASN1,
        (Curve::P384, Hash::Sha256) => &ECDSA_P384_SHA256_ASN1,
        (Curve::P384, Hash::Sha384) => &ECDSA_P384_SHA384_ASN1,
        (Curve::P384, Hash::Sha512) => &ECDSA_P384_SHA512_ASN1,
        (Curve::P521, Hash::Sha256) => &ECDSA_P521_SHA256_ASN1,
        (Curve::P521, Hash::Sha384) => &ECDSA_P521_SHA384_ASN1,
        (Curve::P521, Hash::Sha512) => &ECDSA_P521_SHA512_ASN1,
        _ => return None,
    })
}

/// The DER of an ECDSA signature (RFC 3279, 2.2.3); none where a number is
/// longer than the curve's, or empty.
fn der(curve: Curve, r: &[u8], s: &[u8]) -> Option<Vec<u8>> {
    let mut numbers = Vec::with_capacity(2 * curve.length() + 6);
    for number in [r, s] {
        if number.is_empty() || number.len() > curve.length() {
            return None;
        }
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        let number = number.get(zeros..).unwrap_or_default();
        // A leading zero keeps the number positive, and is a number by itself.
        let positive = number.first().is_none_or(|first| first & 0x80 != 0);
        numbers.extend([2, u8::try_from(number.len() + usize::from(positive)).ok()?]);
        numbers.extend(positive.then_some(0));
        numbers.extend(number);
    }
    let length = u8::try_from(numbers.len()).ok()?;
    let mut der = vec![0x30];
    der.extend((length >= 0x80).then_some(0x81));
    der.push(length);
    der.extend(numbers);
    Some(der)
}

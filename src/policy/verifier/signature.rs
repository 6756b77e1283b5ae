//! `verify_dsse_envelope` with a key (`keylime/signing.py`, `keylime/dsse`): any signature that verifies will do,
//! any that cannot be decoded spoils all.

use aws_lc_rs::digest::{Context, Digest, SHA256};
use aws_lc_rs::signature::{self, EcdsaVerificationAlgorithm, ParsedPublicKey};
use x509_parser::oid_registry::{Oid, asn1_rs::oid};
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::{
    curve::{self, Curve},
    decode,
    lax::{Kind, Lax},
};

enum Key {
    Known(ParsedPublicKey),
    Small(Curve, Vec<u8>),
}

/// Whether some signature is good.
///
/// # Errors
/// The error that the verifier does not catch.
pub(super) fn verify(lax: Lax<'_>, payload: &str, key: &[u8]) -> Result<bool, String> {
    let key = load(key)?;
    let root = lax.root();
    let kind = lax.get(root, "payloadType").ok_or("KeyError: 'payloadType'")?;
    if lax.kind(kind) != Kind::Text {
        return Err("payloadType is no text (TypeError)".to_owned());
    }
    let Ok(body) = decode::base64(payload) else { return Ok(false) };
    let digest = authenticated(&lax.string_at(kind), &body);
    let signatures = lax.get(root, "signatures").ok_or("KeyError: 'signatures'")?;
    if lax.kind(signatures) != Kind::Array {
        return Err("signatures is no list (TypeError)".to_owned());
    }
    let mut is_good = false;
    for one in lax.elements(signatures) {
        if lax.kind(one) != Kind::Object {
            return Err("a signature is no object (TypeError)".to_owned());
        }
        let text = lax.get(one, "sig").ok_or("KeyError: 'sig'")?;
        if lax.kind(text) != Kind::Text {
            return Err("sig is no text (AttributeError)".to_owned());
        }
        let Ok(bytes) = decode::base64(&lax.string_at(text)) else { return Ok(false) };
        is_good |= match &key {
            Key::Known(key) => key.verify_digest_sig(&digest, &bytes).is_ok(),
            Key::Small(curve, point) => curve::verify(*curve, point, digest.as_ref(), &bytes),
        };
    }
    Ok(is_good)
}

/// SHA-256 of the PAE, with Keylime's length of the type in characters.
fn authenticated(kind: &str, body: &[u8]) -> Digest {
    let mut context = Context::new(&SHA256);
    context.update(format!("DSSEv1 {} {kind} {} ", kind.chars().count(), body.len()).as_bytes());
    context.update(body);
    context.finish()
}

/// `load_pem_public_key`, and the assertion that it is an EC key.
fn load(pem: &[u8]) -> Result<Key, String> {
    let unreadable = || "the key is no PEM public key (ValueError)".to_owned();
    let (label, der) = pem_rfc7468::decode_vec(pem).map_err(|_malformed| unreadable())?;
    if label != "PUBLIC KEY" {
        return Err(unreadable());
    }
    let (_, info) = SubjectPublicKeyInfo::from_der(&der).map_err(|_malformed| unreadable())?;
    if info.algorithm.algorithm != oid!(1.2.840.10045.2.1) {
        return Err("the key is no EC key (AssertionError)".to_owned());
    }
    let curve = info
        .algorithm
        .parameters
        .as_ref()
        .and_then(|parameters| parameters.as_oid().ok())
        .ok_or_else(unreadable)?;
    let point = info.subject_public_key.data.as_ref();
    let Some(algorithm) = algorithm(&curve) else {
        let small = if curve == oid!(1.2.840.10045.3.1.1) {
            Curve::P192
        } else if curve == oid!(1.3.132.0.33) {
            Curve::P224
        } else {
            return Err("the curve of the key is unknown here".to_owned());
        };
        return Ok(Key::Small(small, point.to_vec()));
    };
    ParsedPublicKey::new(algorithm, point).map(Key::Known).map_err(|_malformed| unreadable())
}

fn algorithm(curve: &Oid<'_>) -> Option<&'static EcdsaVerificationAlgorithm> {
    Some(if *curve == oid!(1.2.840.10045.3.1.7) {
        &signature::ECDSA_P256_SHA256_ASN1
    } else if *curve == oid!(1.3.132.0.34) {
        &signature::ECDSA_P384_SHA256_ASN1
    } else if *curve == oid!(1.3.132.0.35) {
        &signature::ECDSA_P521_SHA256_ASN1
    } else if *curve == oid!(1.3.132.0.10) {
        &signature::ECDSA_P256K1_SHA256_ASN1
    } else {
        return None;
    })
}

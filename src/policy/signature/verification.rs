//! The one place that says that a signature is good.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P256_SHA512_ASN1, ECDSA_P384_SHA256_ASN1,
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1, ECDSA_P521_SHA256_ASN1, ECDSA_P521_SHA384_ASN1,
    ECDSA_P521_SHA512_ASN1, ED25519, EcdsaVerificationAlgorithm, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPssSaltLength,
    VerificationAlgorithm,
};

use super::algorithm::{Algorithm, Curve, Scheme};
use super::{Message, PublicKey};

/// Whether this key signed this message in this way.
///
/// `false` too for a scheme that does not fit the key, and for every key with
/// a [concern](PublicKey::concern). ECDSA signatures are DER; the twin
/// (r, n-s) of a good one is good too, so nothing may be known by the bytes of
/// a signature.
#[must_use]
pub fn verifies(key: &PublicKey, scheme: Scheme, message: &Message<'_>, signature: &[u8]) -> bool {
    if key.concern().is_some() || !scheme.fits(key.algorithm()) {
        return false;
    }
    let value = key.value();
    let digest = match scheme {
        Scheme::EcdsaSha256 | Scheme::RsaPssSha256 | Scheme::RsaPkcs1Sha256 => message.sha256(),
        Scheme::EcdsaSha384 | Scheme::RsaPssSha384 | Scheme::RsaPkcs1Sha384 => message.sha384(),
        Scheme::EcdsaSha512 | Scheme::RsaPssSha512 | Scheme::RsaPkcs1Sha512 => message.sha512(),
        Scheme::Ed25519 => return ED25519.verify_sig(value, message.whole(), signature).is_ok(),
    };
    let Some(digest) = digest else { return false };
    if let Algorithm::Ecdsa(curve) = key.algorithm() {
        return ecdsa(*curve, scheme)
            .is_some_and(|algorithm| algorithm.verify_digest_sig(value, digest, signature).is_ok());
    }
    // securesystemslib makes salts of the digest's length; the longest is what OpenSSL makes unasked.
    let pss = |parameters: [RsaParameters; 2]| {
        let salts = [RsaPssSaltLength::Digest, RsaPssSaltLength::Max];
        parameters.into_iter().zip(salts).any(|(parameters, salt)| {
            parameters.with_pss_salt_length(salt).verify_digest_sig(value, digest, signature).is_ok()
        })
    };
    match scheme {
        Scheme::RsaPssSha256 => pss([RSA_PSS_2048_8192_SHA256; 2]),
        Scheme::RsaPssSha384 => pss([RSA_PSS_2048_8192_SHA384; 2]),
        Scheme::RsaPssSha512 => pss([RSA_PSS_2048_8192_SHA512; 2]),
        Scheme::RsaPkcs1Sha256 => {
            RSA_PKCS1_2048_8192_SHA256.verify_digest_sig(value, digest, signature).is_ok()
        }
        Scheme::RsaPkcs1Sha384 => {
            RSA_PKCS1_2048_8192_SHA384.verify_digest_sig(value, digest, signature).is_ok()
        }
        Scheme::RsaPkcs1Sha512 => {
            RSA_PKCS1_2048_8192_SHA512.verify_digest_sig(value, digest, signature).is_ok()
        }
        _ => false,
    }
}

fn ecdsa(curve: Curve, scheme: Scheme) -> Option<&'static EcdsaVerificationAlgorithm> {
    Some(match (curve, scheme) {
        (Curve::P256, Scheme::EcdsaSha256) => &ECDSA_P256_SHA256_ASN1,
        (Curve::P256, Scheme::EcdsaSha384) => &ECDSA_P256_SHA384_ASN1,
        (Curve::P256, Scheme::EcdsaSha512) => &ECDSA_P256_SHA512_ASN1,
        (Curve::P384, Scheme::EcdsaSha256) => &ECDSA_P384_SHA256_ASN1,
        (Curve::P384, Scheme::EcdsaSha384) => &ECDSA_P384_SHA384_ASN1,
        (Curve::P384, Scheme::EcdsaSha512) => &ECDSA_P384_SHA512_ASN1,
        (Curve::P521, Scheme::EcdsaSha256) => &ECDSA_P521_SHA256_ASN1,
        (Curve::P521, Scheme::EcdsaSha384) => &ECDSA_P521_SHA384_ASN1,
        (Curve::P521, Scheme::EcdsaSha512) => &ECDSA_P521_SHA512_ASN1,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::policy::signature::{Material, material};

    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies")
    }

    fn key(name: &str) -> PublicKey {
        let read = material::read(&fs::read(folder().join("keys").join(name)).unwrap()).unwrap();
        let [Material::Key(key)] = &read[..] else { panic!("{read:?}") };
        key.clone()
    }

    fn json(name: &str) -> serde_json::Value {
        serde_json::from_slice(&fs::read(folder().join(name)).unwrap()).unwrap()
    }

    #[test]
    fn keys_have_the_names_that_keylime_and_securesystemslib_give_them() {
        for (file, curve) in [
            ("dsse/small.ecdsa-p256.json", "ecdsa-p256"),
            ("dsse/small.ecdsa-p384.json", "ecdsa-p384"),
            ("dsse/small.ecdsa-p521.json", "ecdsa-p521"),
        ] {
            let key = key(&format!("{curve}.pub.pem"));
            assert_eq!(key.keylime_id(), json(file)["signatures"][0]["keyid"], "{file}");
            assert_eq!(key.algorithm().to_string(), curve);
        }
        for (file, name) in [
            ("signed/small-dm.ed25519.tuf.json", "ed25519"),
            ("signed/small-dm.ecdsa-sha2-nistp256.tuf.json", "ecdsa-p256"),
            ("signed/small-dm.ecdsa-sha2-nistp384.tuf.json", "ecdsa-p384"),
            ("signed/small-dm.ecdsa-sha2-nistp521.tuf.json", "ecdsa-p521"),
            ("signed/small-dm.rsassa-pss-sha256.tuf.json", "rsa3072"),
        ] {
            let id = json(file)["signatures"][0]["keyid"].clone();
            let key = key(&format!("{name}.pub.pem"));
            assert_eq!(key.securesystemslib_id().unwrap(), id, "{file}");
            assert!(key.is_named(id.as_str().unwrap()));
            assert!(!key.is_named(""));
        }
    }

    #[test]
    fn weak_and_strange_keys_are_read_and_refused() {
        for (name, code) in
            [("ecdsa-k256", "curve-not-recommended"), ("ecdsa-p224", "weak-key"), ("ecdsa-p192", "weak-key")]
        {
            assert_eq!(key(&format!("{name}.pub.pem")).concern().unwrap().code, code, "{name}");
        }
        for (file, error) in [
            ("keys/ecdsa-p256.key.pem", material::MaterialError::Private),
            ("legacy/detached/pgp-key.pgp", material::MaterialError::OpenPgp),
            ("policy/empty.json", material::MaterialError::Empty),
        ] {
            assert_eq!(material::read(&fs::read(folder().join(file)).unwrap()), Err(error), "{file}");
        }
    }

    #[test]
    fn keylime_signs_with_sha256_whatever_the_curve() {
        for curve in ["ecdsa-p256", "ecdsa-p384", "ecdsa-p521"] {
            let envelope = json(&format!("dsse/small.{curve}.json"));
            let text = |value: &serde_json::Value| value.as_str().unwrap().as_bytes().to_vec();
            let (payload, _) = super::super::encoding::decode_base64(&text(&envelope["payload"])).unwrap();
            let (signature, _) =
                super::super::encoding::decode_base64(&text(&envelope["signatures"][0]["sig"])).unwrap();
            let header = super::super::pae::header(envelope["payloadType"].as_str().unwrap(), payload.len());
            let pieces = [header.as_slice(), payload.as_slice()];
            let message = Message::of(&pieces);
            let key = key(&format!("{curve}.pub.pem"));
            assert!(verifies(&key, Scheme::EcdsaSha256, &message, &signature), "{curve}");
            assert!(!verifies(&key, Scheme::EcdsaSha512, &message, &signature), "{curve}");
            assert!(!verifies(&key, Scheme::Ed25519, &message, &signature), "{curve}");
            let mut longer = signature.clone();
            longer.push(0);
            assert!(!verifies(&key, Scheme::EcdsaSha256, &message, &longer), "{curve}: bytes behind the DER");
            assert!(!verifies(&key, Scheme::EcdsaSha256, &Message::of(&[&payload]), &signature), "{curve}");
        }
    }

    #[test]
    fn certificates_are_judged_at_a_time() {
        use crate::policy::signature::Validity;
        let read = |name: &str| {
            let read = material::read(&fs::read(folder().join("keys").join(name)).unwrap()).unwrap();
            let [Material::Certificate(certificate)] = &read[..] else { panic!("{read:?}") };
            certificate.clone()
        };
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
        let certificate = read("x509-small.crt.pem");
        assert_eq!(
            certificate.fingerprint().to_string(),
            "f304de132aa72c3a7804d8f97e70a83aeff4969477653c31680633ddecbbcf2f"
        );
        assert_eq!(certificate.validity(at("2026-11-22T00:00:00Z")), Validity::Valid);
        assert_eq!(certificate.validity(at("2026-01-01T00:00:00Z")), Validity::NotYet);
        assert_eq!(certificate.validity(at("2027-11-22T00:00:00Z")), Validity::Expired);
        assert_eq!(certificate.subject().shown().as_str(), "CN=dsse_lib");
        assert_eq!(read("x01-expired.crt.pem").validity(at("2026-11-22T00:00:00Z")), Validity::Expired);
        assert!(!certificate.issued(&certificate), "it is no authority");
    }
}

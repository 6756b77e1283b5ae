//! Signing as `keylime-policy sign runtime` does it: a DSSE envelope with
//! ECDSA over P-256 and SHA-256.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};

use super::super::json::{base64, push_format};
use super::super::names::hexadecimal;

/// `payloadType` of Keylime's envelopes (`keylime/dsse/dsse.py`).
const PAYLOAD_TYPE: &str = "application/vnd.keylime+json";

/// Letters in a line of PEM.
const PEM_LINE: usize = 64;

/// A key made for one run of the fleet.
pub(super) struct Signer {
    key: EcdsaKeyPair,
    public: String,
}

impl Signer {
    pub(super) fn new() -> Result<Self, Unspecified> {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)?;
        let public = pem(key.public_key().as_der()?.as_ref());
        Ok(Self { key, public })
    }

    /// The public key in PEM.
    pub(super) fn public_key(&self) -> &str {
        &self.public
    }

    /// The envelope around a policy. ECDSA draws a number for every signature,
    /// so that the same policy signed twice gives two texts.
    pub(super) fn sign(&self, policy: &str) -> Result<String, Unspecified> {
        let mut message = format!("DSSEv1 {} {PAYLOAD_TYPE} {} ", PAYLOAD_TYPE.len(), policy.len());
        message.push_str(policy);
        let signature = self.key.sign(&SystemRandom::new(), message.as_bytes())?;
        let key_id = hexadecimal(digest(&SHA256, self.public.as_bytes()).as_ref());
        let mut text = String::new();
        push_format(
            &mut text,
            format_args!(
                r#"{{"payload": "{}", "payloadType": "{PAYLOAD_TYPE}", "signatures": [{{"keyid": "{key_id}", "sig": "{}"}}]}}"#,
                base64(policy.as_bytes()),
                base64(signature.as_ref())
            ),
        );
        Ok(text)
    }
}

/// A public key (`SubjectPublicKeyInfo`) in PEM.
fn pem(der: &[u8]) -> String {
    let mut text = String::from("-----BEGIN PUBLIC KEY-----\n");
    let letters = base64(der);
    let mut rest = letters.as_str();
    while let Some((line, after)) = rest.split_at_checked(PEM_LINE) {
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    if !rest.is_empty() {
        text.push_str(rest);
        text.push('\n');
    }
    text.push_str("-----END PUBLIC KEY-----\n");
    text
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};

    use super::*;

    #[test]
    fn what_is_signed_verifies_and_is_never_the_same_text() {
        let signer = Signer::new().unwrap();
        let (one, two) = (signer.sign("{}").unwrap(), signer.sign("{}").unwrap());
        assert_ne!(one, two);
        let read: serde_json::Value = serde_json::from_str(&one).unwrap();
        assert_eq!(read["payload"], "e30=");
        let signature = read["signatures"][0]["sig"].as_str().unwrap();
        let signature = {
            use base64::Engine;
            base64::engine::general_purpose::STANDARD.decode(signature).unwrap()
        };
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, signer.key.public_key().as_ref());
        key.verify(b"DSSEv1 28 application/vnd.keylime+json 2 {}", &signature).unwrap();
        let (label, der) = pem_rfc7468::decode_vec(signer.public_key().as_bytes()).unwrap();
        assert_eq!((label, der.len()), ("PUBLIC KEY", 91));
    }
}

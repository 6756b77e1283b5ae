//! The two envelopes.

use serde_json::{Value, json};

use crate::policy::json::canonical::Form;
use crate::policy::json::{Limits, Reader};
use crate::policy::signature::encoding::{base64, hex};
use crate::policy::signature::pae::{self, KEYLIME_PAYLOAD_TYPE};
use crate::policy::signature::{Message, PublicKey, Scheme, verifies};

/// Somebody who can sign.
pub trait Signer {
    /// The key that verifies what is signed.
    fn public_key(&self) -> &PublicKey;

    /// Signs a message in this way.
    ///
    /// # Errors
    ///
    /// [`SignError`]: the key cannot sign so, or did not.
    fn sign(&self, scheme: Scheme, message: &Message<'_>) -> Result<Vec<u8>, SignError>;
}

/// Why nothing was signed. Fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// Keylime's envelopes are signed with ECDSA keys only.
    #[error("a {0} key cannot sign a DSSE envelope for Keylime; use an ECDSA key (P-256)")]
    NotForKeylime(String),
    /// The key is of a kind that securesystemslib does not know.
    #[error("a {0} key cannot sign this envelope; use an Ed25519, ECDSA or RSA key")]
    NotForSigned(String),
    /// The key cannot sign in this way.
    #[error("the key cannot sign with {0}")]
    Scheme(&'static str),
    /// The key's library or device refused.
    #[error("signing failed: {0}")]
    Failed(String),
    /// What is to be signed is empty.
    #[error("there is nothing to sign")]
    Empty,
    /// What is to be signed is no JSON object that has a canonical form.
    #[error("the policy cannot be signed over canonical JSON: {0}")]
    NoCanonicalForm(String),
    /// What was signed does not verify with the signer's own key.
    #[error("the signature does not verify with the key's own public part; nothing was written")]
    DoesNotVerify,
}

fn checked(signer: &dyn Signer, scheme: Scheme, message: &Message<'_>) -> Result<Vec<u8>, SignError> {
    let signature = signer.sign(scheme, message)?;
    if verifies(signer.public_key(), scheme, message, &signature) {
        Ok(signature)
    } else {
        Err(SignError::DoesNotVerify)
    }
}

/// A DSSE envelope over exactly these bytes, in one line without an end, as
/// `keylime-policy sign runtime -o` writes it. The key id is Keylime's.
///
/// # Errors
///
/// [`SignError`]: nothing was signed.
pub fn dsse(payload: &[u8], signer: &dyn Signer) -> Result<String, SignError> {
    if payload.is_empty() {
        return Err(SignError::Empty);
    }
    let key = signer.public_key();
    let scheme = Scheme::of_keylime(key.algorithm())
        .ok_or_else(|| SignError::NotForKeylime(key.algorithm().to_string()))?;
    let header = pae::header(KEYLIME_PAYLOAD_TYPE, payload.len());
    let signature = checked(signer, scheme, &Message::of(&[&header, payload]))?;
    // Written by hand so that a large payload is not copied again and again.
    let list = json!([{"keyid": key.keylime_id(), "sig": base64(&signature)}]);
    let mut text = String::with_capacity(payload.len() / 3 * 4 + 1024);
    text.push_str("{\"payload\": \"");
    text.push_str(&base64(payload));
    text.push_str("\", \"payloadType\": \"");
    text.push_str(KEYLIME_PAYLOAD_TYPE);
    text.push_str("\", \"signatures\": ");
    text.push_str(&list.to_string());
    text.push('}');
    Ok(text)
}

/// Enhancement 86's envelope: the policy's text as it stands, and a signature
/// in hex over its canonical JSON; key id and scheme are securesystemslib's.
///
/// # Errors
///
/// [`SignError`]: nothing was signed, also for a policy with numbers that
/// canonical JSON has no form for.
pub fn signed(policy: &str, signer: &dyn Signer, limits: &Limits) -> Result<String, SignError> {
    let none = |refusal: crate::policy::json::Refusal| SignError::NoCanonicalForm(refusal.message);
    let mut reader = Reader::new(policy.as_bytes(), limits).map_err(none)?;
    let form = Form::of_next(&mut reader).map_err(none)?;
    reader.next().map_err(none)?;
    let body = String::from_utf8_lossy(form.span().of(policy.as_bytes()));
    if !body.starts_with('{') {
        return Err(SignError::NoCanonicalForm("it is no object".to_owned()));
    }
    let key = signer.public_key();
    let not_for = || SignError::NotForSigned(key.algorithm().to_string());
    let scheme = Scheme::of_securesystemslib(key.algorithm()).ok_or_else(not_for)?;
    let id = key.securesystemslib_id().ok_or_else(not_for)?;
    let write = |sink: &mut dyn FnMut(&[u8])| form.write(sink);
    let signature = checked(signer, scheme, &Message::written_by(&write))?;
    let list: Value = json!([{
        "keyid": id,
        "keytype": key.algorithm().key_type(),
        "sig": hex(&signature),
    }]);
    Ok(format!("{{\"signatures\": {list}, \"signed\": {body}}}"))
}

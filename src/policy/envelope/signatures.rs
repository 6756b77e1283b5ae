//! The list of signatures, which both envelopes have.

use crate::policy::json::Value;
use crate::policy::signature::encoding::{self, Alphabet, EncodingFault};
use crate::policy::signature::{Certificate, Material, material};
use crate::policy::{Finding, Severity};
use crate::text::RemoteText;

/// Signatures of one envelope at most.
pub const MAX_SIGNATURES: usize = 256;

/// Characters of a key id or key type that are kept.
const MAX_HINT: usize = 64 << 10;

/// One signature of an envelope. Everything but the signature itself is a
/// hint that anybody can change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// `keyid`, if there is one.
    pub key_id: Option<RemoteText>,
    /// `keytype`, if there is one.
    pub key_type: Option<RemoteText>,
    /// The certificate that Keylime's x509 signer puts into `keyid`.
    pub certificate: Option<Certificate>,
    /// The signature's bytes.
    pub bytes: Vec<u8>,
    /// Where it stands in the file.
    pub offset: usize,
}

/// How signatures are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// Strict base64, and never hex.
    Base64,
    /// Lower-case hex, else strict base64 (securesystemslib, enhancement 77).
    HexOrBase64,
}

/// What was read of the list, and what is to be said of it.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) signatures: Vec<Signature>,
    pub(super) findings: Vec<Finding>,
    pub(super) doubts: Vec<Finding>,
}

/// A fault that refuses the envelope.
pub(super) fn refuse(code: &'static str, offset: usize, message: impl Into<String>) -> Box<Finding> {
    Box::new(Finding::new(Severity::Error, code, message).at(offset))
}

/// A warning at a byte of the file.
pub(super) fn warn(code: &'static str, offset: usize, message: impl Into<String>) -> Finding {
    Finding::new(Severity::Warning, code, message).at(offset)
}

/// Reads the list.
pub(super) fn read(list: &Value<'_>, spelling: Spelling) -> Result<Read, Box<Finding>> {
    let at = list.span.start();
    let elements = list.elements().ok_or_else(|| {
        refuse("signatures-malformed", at, format!("`signatures` is {}, not an array", list.noun()))
    })?;
    if elements.is_empty() {
        return Err(refuse("no-signatures", at, "`signatures` is empty: nobody signed this"));
    }
    if elements.len() > MAX_SIGNATURES {
        let message = format!("{} signatures; at most {MAX_SIGNATURES} are read", elements.len());
        return Err(refuse("too-many-signatures", at, message));
    }
    let mut read = Read::default();
    for element in elements {
        let signature = one(element, spelling, &mut read)?;
        read.signatures.push(signature);
    }
    Ok(read)
}

fn one(element: &Value<'_>, spelling: Spelling, read: &mut Read) -> Result<Signature, Box<Finding>> {
    let at = element.span.start();
    let members = element.members().ok_or_else(|| {
        refuse("signatures-malformed", at, format!("a signature is {}, not an object", element.noun()))
    })?;
    for member in members {
        if !["keyid", "keytype", "sig"].iter().any(|known| member.name.is(known)) {
            let name = crate::text::sanitise_to(&member.name.value(), 60);
            let message = format!("a signature has the member {name}, which nobody reads");
            read.findings.push(warn("unknown-envelope-member", member.name.offset, message));
        }
    }
    let key_id = hint(element, "keyid")?;
    let key_type = hint(element, "keytype")?;
    let sig =
        element.get("sig").ok_or_else(|| refuse("signatures-malformed", at, "a signature has no `sig`"))?;
    let offset = sig.span.start();
    let text = sig.text().ok_or_else(|| {
        refuse("signatures-malformed", offset, format!("`sig` is {}, not a string", sig.noun()))
    })?;
    let bytes = decode(&text.bytes(), spelling, offset, read)?;
    let certificate = key_id.as_ref().and_then(|(id, at)| certificate(id.raw(), *at, read));
    Ok(Signature {
        key_id: key_id.map(|(id, _)| id),
        key_type: key_type.map(|(word, _)| word),
        certificate,
        bytes,
        offset,
    })
}

/// A text that is only a hint; `null` is as good as none.
fn hint(element: &Value<'_>, name: &str) -> Result<Option<(RemoteText, usize)>, Box<Finding>> {
    let Some(value) = element.get(name).filter(|value| value.noun() != "null") else { return Ok(None) };
    let at = value.span.start();
    let Some(text) = value.text() else {
        let message = format!("`{name}` of a signature is {}, not a string", value.noun());
        return Err(refuse("signatures-malformed", at, message));
    };
    if text.raw.len() > MAX_HINT {
        return Err(refuse("signatures-malformed", at, format!("`{name}` has {} bytes", text.raw.len())));
    }
    Ok(Some((RemoteText::new(text.value().into_owned()), at)))
}

fn decode(text: &[u8], spelling: Spelling, at: usize, read: &mut Read) -> Result<Vec<u8>, Box<Finding>> {
    if spelling == Spelling::HexOrBase64
        && let Some(bytes) = encoding::decode_hex(text)
    {
        return Ok(bytes);
    }
    match encoding::decode_base64(text) {
        Ok((bytes, Alphabet::Standard)) => Ok(bytes),
        Ok((bytes, Alphabet::UrlSafe)) => {
            let message = "`sig` is in URL-safe base64, which DSSE allows and few tools write";
            read.findings.push(warn("base64-urlsafe", at, message));
            Ok(bytes)
        }
        Err(fault) => {
            let finding = refuse(fault.code(), at, format!("`sig` is no strict base64: {fault}"));
            // A signature that is wrong anyway is called wrong; one that is good is refused.
            match (fault, encoding::decode_unpadded_base64(text)) {
                (EncodingFault::PaddingMissing, Some(bytes)) => {
                    read.doubts.push(*finding);
                    Ok(bytes)
                }
                _ => Err(finding),
            }
        }
    }
}

/// The certificate in a key id: base64 of its PEM text, as Keylime writes it;
/// base64 of the DER and bare PEM are read too, and said to be odd.
fn certificate(key_id: &str, at: usize, read: &mut Read) -> Option<Certificate> {
    let decoded = match encoding::decode_base64(key_id.as_bytes()) {
        Ok((decoded, _)) => decoded,
        Err(_) if key_id.starts_with("-----BEGIN ") => key_id.as_bytes().to_vec(),
        Err(_) => return None,
    };
    let pem = decoded.starts_with(b"-----BEGIN ");
    let usual = pem && !key_id.starts_with('-');
    let found = if pem {
        match material::read(&decoded).ok()?.as_slice() {
            [Material::Certificate(certificate)] => Some(certificate.clone()),
            _ => None,
        }
    } else {
        // SEQUENCE: what DER of a certificate begins with.
        if !decoded.starts_with(&[0x30]) {
            return None;
        }
        Certificate::from_der(&decoded).ok()
    };
    if !usual {
        let message =
            "`keyid` holds a certificate, but not as base64 of its PEM text; Keylime cannot read it there";
        read.findings.push(warn("keyid-format", at, message));
    }
    found
}

//! Steps about the signer: certificate, times and signature, as the library
//! verified them, and the certificates that the bundle brings besides.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use x509_parser::der_parser::asn1_rs::{Any, FromDer};
use x509_parser::prelude::X509Certificate;

use super::bundle::{Bundle, Content, SigningKey};
use super::certificate::Certificate;
use super::digest::{hex, sha256};
use super::root::TrustedRoot;
use super::sigstore::Verified;
use super::step::{Step, StepResult};

/// Times that the library authenticated, and whether none is in the future.
pub(super) fn time_step(bundle: &Bundle, verified: Option<&Verified>, at: Timestamp) -> Step {
    let title = "Time of the signature";
    let times: Vec<_> = verified.map(|verified| verified.times.clone()).unwrap_or_default();
    let (result, said) = if times.iter().any(|time| *time > at) {
        (StepResult::Fails, "An authenticated time is in the future.")
    } else if times.is_empty() && verified.is_some() {
        (StepResult::NotJudged, "Nobody vouches for the time; a managed key needs none.")
    } else if times.is_empty() {
        (StepResult::NotJudged, "Not judged, because the bundle does not verify.")
    } else {
        (
            StepResult::Holds,
            "The signature is judged at these times, which a log or a time stamp authority signed.",
        )
    };
    Step::new("time", title, result, said)
        .fact("times", times.iter().map(ToString::to_string).collect::<Vec<_>>())
        .fact("rfc3161_timestamps", bundle.timestamps.len())
        .fact("judged_at", at.to_string())
}

/// The signer's certificate, or the managed key.
pub(super) fn certificate_step(
    bundle: &Bundle,
    certificate: Option<&Result<Certificate, &'static str>>,
    verified: Option<&Verified>,
    root: &TrustedRoot,
) -> Step {
    let title = "Certificate of the signer";
    let chain = match (&bundle.key, certificate) {
        (SigningKey::Managed { hint }, _) => {
            let said = "Signed with a managed key: there is no certificate, and nobody is named.";
            let step = Step::new("certificate", "Key of the signer", StepResult::NotJudged, said);
            return step.fact("key_hint", hint.as_str());
        }
        (SigningKey::Certificates(chain), _) => chain,
    };
    let certificate = match certificate {
        Some(Ok(certificate)) => certificate,
        Some(Err(wrong)) => return Step::new("certificate", title, StepResult::Fails, format!("{wrong}.")),
        None => return Step::new("certificate", title, StepResult::Fails, "The bundle has no certificate."),
    };
    let unknown = unknown_issuer(chain, root);
    let valid = verified.is_some_and(|verified| verified.certificate && verified.sct);
    let covers = |time: &Timestamp| certificate.not_before <= *time && *time <= certificate.not_after;
    let covered = verified.is_some_and(|verified| verified.times.iter().all(covers));
    let (result, said) = match (verified, unknown) {
        (_, true) => (
            StepResult::Fails,
            "The bundle brings a certificate of an issuer that neither the trusted root holds nor vouches for.",
        ),
        (None, _) => (StepResult::NotJudged, "Not judged, because the bundle does not verify."),
        (Some(_), _) if valid && covered => (
            StepResult::Holds,
            "It leads to an authority of the trusted root, was logged (SCT), is for code signing, and was \
             valid at every one of these times.",
        ),
        (Some(_), _) => (StepResult::Fails, "Chain, SCT or validity of the certificate were not verified."),
    };
    let mut extensions = Map::new();
    for (number, value) in &certificate.extensions {
        extensions.insert(number.clone(), Value::from(value.as_str()));
    }
    Step::new("certificate", title, result, said)
        .fact("subjects", certificate.names.clone())
        .fact("identity_issuer", certificate.issuer.as_deref())
        .fact("authority", certificate.authority.as_str())
        .fact("valid", json!([certificate.not_before.to_string(), certificate.not_after.to_string()]))
        .fact("serial", certificate.serial.as_str())
        .fact("sha256", certificate.sha256.as_str())
        .fact("fulcio_extensions", extensions)
        .fact("chain", chain.iter().map(|der| hex(&sha256(der))).collect::<Vec<_>>())
}

/// Bundles v0.1 and v0.2 may bring their issuers. The library takes them only
/// where it needs them; here each must be one of the trusted root, or be signed
/// by the next of the bundle, so that none stands there that nobody vouches for.
fn unknown_issuer(chain: &[Vec<u8>], root: &TrustedRoot) -> bool {
    let signed_by = |der: &[u8], issuer: &[u8]| {
        let (Ok((_, one)), Ok((_, issuer))) =
            (X509Certificate::from_der(der), X509Certificate::from_der(issuer))
        else {
            return false;
        };
        frame_is_signed(der) == Some(true) && one.verify_signature(Some(issuer.public_key())).is_ok()
    };
    let issuers: Vec<_> = chain.iter().skip(1).collect();
    issuers.iter().enumerate().any(|(place, der)| {
        let next = issuers.get(place + 1).map(|next| next.as_slice());
        let vouched = |issuer: &[u8]| signed_by(der, issuer);
        !(root.holds_certificate(der) || next.is_some_and(vouched) || root.any_certificate(vouched))
    })
}

/// Whether what a signature does not cover says nothing of its own: the outer
/// name of the algorithm must be the signed one, byte for byte, in a plain frame.
fn frame_is_signed(der: &[u8]) -> Option<bool> {
    let mut certificate = parts(contents(der)?)?.into_iter();
    let (body, algorithm, signature) = (certificate.next()?, certificate.next()?, certificate.next()?);
    let mut fields = parts(contents(body)?)?.into_iter();
    // The version may be left out; the serial number stands before the algorithm.
    let first = fields.next()?;
    let serial = if first.first() == Some(&0xa0) { fields.next()? } else { first };
    let signed = fields.next()?;
    Some(
        certificate.next().is_none()
            && serial.first() == Some(&0x02)
            && signed == algorithm
            && signature.first() == Some(&0x03)
            && contents_of(signature)?.first() == Some(&0),
    )
}

/// The contents of one DER sequence, with nothing behind it.
fn contents(der: &[u8]) -> Option<&[u8]> {
    der.first().filter(|tag| **tag == 0x30)?;
    contents_of(der)
}

fn contents_of(der: &[u8]) -> Option<&[u8]> {
    let (rest, value) = Any::from_der(der).ok()?;
    rest.is_empty().then_some(value.data)
}

/// The values of a sequence, each with its tag and length.
fn parts(mut contents: &[u8]) -> Option<Vec<&[u8]>> {
    let mut parts = Vec::new();
    while !contents.is_empty() {
        let (rest, _) = Any::from_der(contents).ok()?;
        let (part, _) = contents.split_at_checked(contents.len() - rest.len())?;
        parts.push(part);
        contents = rest;
    }
    Some(parts)
}

/// The signature over the file or the statement.
pub(super) fn signature_step(bundle: &Bundle, verified: Option<&Verified>, key: Option<&[u8]>) -> Step {
    let title = "Signature";
    let (result, said) = match (verified, &bundle.content) {
        (None, _) => (StepResult::NotJudged, "Not judged, because the bundle does not verify."),
        (Some(_), Content::Message { .. }) => {
            (StepResult::Holds, "The signer's key signed the file, as its digest shows.")
        }
        (Some(_), Content::Envelope { .. }) => {
            (StepResult::Holds, "The signer's key signed the statement that names the digest.")
        }
    };
    let kind = match &bundle.content {
        Content::Message { .. } => "over the file's digest",
        Content::Envelope { .. } => "over the DSSE envelope's payload and its type",
    };
    Step::new("signature", title, result, said)
        .fact("signature", hex(bundle.content.signature()))
        .fact("signed", kind)
        .fact("public_key_sha256", key.map(|key| hex(&sha256(key))))
}

//! DSSE envelopes as Keylime makes them: `payload`, `payloadType`,
//! `signatures` (enhancement 88, `keylime/dsse/dsse.py`).

use super::outline::Outline;
use super::signatures::{Read, Signature, Spelling, refuse, warn};
use super::{Format, signatures};
use crate::policy::Finding;
use crate::policy::json::Text;
use crate::policy::signature::pae::KEYLIME_PAYLOAD_TYPE;
use crate::text::sanitise_to;

/// Members of policies, which never stand beside an envelope.
const POLICY_MEMBERS: [&str; 10] = [
    "meta",
    "release",
    "digests",
    "excludes",
    "keyrings",
    "ima",
    "ima-buf",
    "verification-keys",
    "digest_metadata",
    "hashes",
];

/// A DSSE envelope whose parts were found; its payload is still base64.
#[derive(Debug)]
pub struct Dsse<'a> {
    /// The base64 of what was signed.
    pub payload: Text<'a>,
    /// `payloadType`: ASCII.
    pub payload_type: String,
    /// All signatures, at least one.
    pub signatures: Vec<Signature>,
    /// What is odd and does not matter; offsets are bytes of the file.
    pub findings: Vec<Finding>,
    /// What refuses the envelope if its signature is good; offsets are bytes
    /// of the file.
    pub doubts: Vec<Finding>,
}

impl Dsse<'_> {
    /// `dsse`, or `dsse-x509` if a certificate is in it.
    #[must_use]
    pub fn format(&self) -> Format {
        let certified = self.signatures.iter().any(|signature| signature.certificate.is_some());
        if certified { Format::DsseX509 } else { Format::Dsse }
    }
}

/// Refuses policy members beside an envelope and warns of all others.
pub(super) fn neighbours(
    outline: &Outline<'_>,
    foreign: &[&str],
    read: &mut Read,
) -> Result<(), Box<Finding>> {
    if let Some(name) = foreign.iter().find(|name| outline.has(name)) {
        let message =
            format!("`{name}` stands beside another kind of envelope: it is not clear which one is meant");
        return Err(refuse("hybrid-envelope", 0, message));
    }
    for name in &outline.others {
        if let Some(member) = POLICY_MEMBERS.iter().find(|member| name.is(member)) {
            let message =
                format!("`{member}` stands beside the signed part and is not covered by any signature");
            return Err(refuse("hybrid-envelope", name.offset, message));
        }
        let shown = sanitise_to(&name.value(), 60);
        let message = format!("the envelope has the member {shown}, which nobody reads and nobody signed");
        read.findings.push(warn("unknown-envelope-member", name.offset, message));
    }
    Ok(())
}

pub(super) fn read<'a>(outline: Outline<'a>) -> Result<Dsse<'a>, Box<Finding>> {
    let missing = |name: &str| refuse("envelope-malformed", 0, format!("the DSSE envelope has no `{name}`"));
    let no_text =
        |name: &str| refuse("envelope-malformed", 0, format!("`{name}` of the DSSE envelope is no string"));
    let mut odd = Read::default();
    neighbours(&outline, &["signed"], &mut odd)?;
    let payload = outline.payload.ok_or_else(|| missing("payload"))?.ok_or_else(|| no_text("payload"))?;
    let kind =
        outline.payload_type.ok_or_else(|| missing("payloadType"))?.ok_or_else(|| no_text("payloadType"))?;
    let list = outline
        .signatures
        .as_ref()
        .ok_or_else(|| refuse("no-signatures", 0, "the DSSE envelope has no `signatures`"))?;
    let payload_type = kind.value().into_owned();
    let shown = sanitise_to(&payload_type, 80);
    if !payload_type.is_ascii() {
        // Keylime counts characters where DSSE counts bytes.
        let message = format!("payloadType {shown} is not ASCII: tools disagree on what was signed");
        return Err(refuse("payload-type", kind.offset, message));
    }
    if payload.raw.is_empty() {
        return Err(refuse("payload-empty", payload.offset, "the payload is empty"));
    }
    let mut read = signatures::read(list, Spelling::Base64)?;
    if payload_type != KEYLIME_PAYLOAD_TYPE {
        let message = format!("payloadType is {shown}; a signed policy has {KEYLIME_PAYLOAD_TYPE}");
        read.doubts.push(*refuse("payload-type", kind.offset, message));
    }
    odd.findings.append(&mut read.findings);
    Ok(Dsse {
        payload,
        payload_type,
        signatures: read.signatures,
        findings: odd.findings,
        doubts: read.doubts,
    })
}

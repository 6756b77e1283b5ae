//! Signatures against trust.
//!
//! A key that was found in the envelope never makes a signature valid. Every
//! signature is reported; distinct trusted keys count, and one is enough.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::Signer;
use crate::policy::envelope::Signature;
use crate::policy::signature::{Algorithm, Certificate, Message, PublicKey, Scheme, Validity, verifies};
use crate::policy::trust::{Anchor, Pin, Source, Trust};
use crate::policy::{Finding, Severity, SignatureVerdict};
use crate::text::{RemoteText, Shown, sanitise, sanitise_to};

/// How keys of a kind sign in the shape that is judged; `None` if it knows no
/// such keys.
pub(super) type SchemeOf = fn(&Algorithm) -> Option<Scheme>;

/// Characters of a key id that are shown.
const SHOWN_ID: usize = 100;

/// What is to be judged.
pub(super) struct Case<'a> {
    pub(super) signatures: &'a [Signature],
    pub(super) message: &'a Message<'a>,
    pub(super) scheme_of: SchemeOf,
    /// Whether a scheme of the trust store may replace the usual one.
    pub(super) scheme_may_differ: bool,
    /// What refuses the text if its signature is good.
    pub(super) doubts: Vec<Finding>,
    pub(super) at: Timestamp,
}

impl<'a> Case<'a> {
    /// As Keylime signs, with nothing that speaks against it.
    pub(super) fn of_keylime(signatures: &'a [Signature], message: &'a Message<'a>, at: Timestamp) -> Self {
        let scheme_of: SchemeOf = Scheme::of_keylime;
        Self { signatures, message, scheme_of, scheme_may_differ: false, doubts: Vec::new(), at }
    }
}

/// What came out.
#[derive(Debug)]
pub(super) struct Judgement {
    pub(super) verdict: SignatureVerdict,
    pub(super) signers: Vec<Signer>,
    pub(super) findings: Vec<Finding>,
}

/// How much the verification by one key is worth, from the most to the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Trusted,
    /// The pinned certificate or the entry was not valid at that time.
    OutOfTime(&'static str),
    OutOfScope,
    InBand,
}

/// A key that verifies a signature.
struct Vouching<'a> {
    standing: Standing,
    key: PublicKey,
    scheme: Scheme,
    anchor: Option<&'a Anchor>,
    certificate: Option<&'a Certificate>,
}

fn error(code: &'static str, message: impl Into<String>) -> Finding {
    Finding::new(Severity::Error, code, message)
}

fn warning(code: &'static str, message: impl Into<String>) -> Finding {
    Finding::new(Severity::Warning, code, message)
}

/// Judges all signatures of a text.
pub(super) fn judge(case: Case<'_>, trust: &Trust) -> Judgement {
    let mut findings = Vec::new();
    let usable = usable(&case, trust, &mut findings);
    let in_scope = usable.iter().filter(|anchor| anchor.in_scope).count();
    if in_scope == 0 && findings.iter().any(|finding| finding.severity == Severity::Error) {
        let signers = case.signatures.iter().map(claimed).collect();
        return Judgement { verdict: SignatureVerdict::Rejected, signers, findings };
    }
    let found: Vec<_> =
        case.signatures.iter().map(|signature| best(&case, signature, &usable, &mut findings)).collect();
    let refused_in_band = findings.iter().any(|finding| finding.code == IN_BAND_REFUSED);
    let withheld = trust.doubt.as_ref().filter(|doubt| doubt.withholds);
    if let Some(doubt) = &trust.doubt {
        findings.push(warning(doubt.code, doubt.words.clone()).hint(doubt.hint));
    }
    let mut verdict = match withheld {
        // Nobody can say who signed it, not even that nobody did.
        Some(_) if found.iter().flatten().all(|vouching| vouching.standing != Standing::Trusted) => {
            SignatureVerdict::Untrusted
        }
        _ => decide(&found, in_scope, refused_in_band, &mut findings),
    };
    hints(&case, &found, verdict, &mut findings);
    findings.extend(case.doubts.iter().cloned());
    if !case.doubts.is_empty() && verdict != SignatureVerdict::Invalid {
        verdict = SignatureVerdict::Rejected;
    }
    let signers =
        case.signatures.iter().zip(&found).map(|(signature, found)| signer(signature, found.as_ref()));
    Judgement { verdict, signers: signers.collect(), findings }
}

/// A finding of its own, so that the verdict can tell it from the warnings.
const IN_BAND_REFUSED: &str = "in-band-key-refused";

/// The anchors whose keys can sign in this shape. What was given and cannot is
/// an error; what the store holds for other shapes is passed over.
fn usable<'a>(case: &Case<'_>, trust: &'a Trust, findings: &mut Vec<Finding>) -> Vec<&'a Anchor> {
    for (code, words) in &trust.unusable {
        findings.push(error(code, words.clone()));
    }
    let mut usable = Vec::new();
    for anchor in &trust.anchors {
        let Some(key) = anchor.pin.key() else {
            usable.push(anchor);
            continue;
        };
        // A certificate of an authority vouches with the keys of others.
        let authority = matches!(&anchor.pin, Pin::Certificate(certificate) if certificate.is_authority());
        let given = anchor.source == Source::Given;
        if let Some(concern) = key.concern() {
            findings.push(warning(concern.code, concern.message.clone()));
            if given {
                let message = format!("the key that was given is refused: {}", concern.message);
                findings.push(error("key-refused", message));
            }
        } else if (case.scheme_of)(key.algorithm()).is_some() || authority {
            usable.push(anchor);
        } else if given {
            let message = format!(
                "the key that was given is {}; signatures of this kind are made with ECDSA keys only",
                key.algorithm()
            );
            findings.push(error("unsupported-key-type", message));
        }
    }
    usable
}

/// The best that any known key says of a signature.
fn best<'a>(
    case: &Case<'_>,
    signature: &'a Signature,
    usable: &[&'a Anchor],
    findings: &mut Vec<Finding>,
) -> Option<Vouching<'a>> {
    let mut found: Option<Vouching<'a>> = None;
    for anchor in usable {
        let Some((key, standing, certificate)) = candidate(anchor, signature, case.at) else { continue };
        if found.as_ref().is_some_and(|found| found.standing <= standing) {
            continue;
        }
        let usual = (case.scheme_of)(key.algorithm());
        let Some(scheme) = anchor.scheme.filter(|_| case.scheme_may_differ).or(usual) else { continue };
        if verifies(key, scheme, case.message, &signature.bytes) {
            found = Some(Vouching { standing, key: key.clone(), scheme, anchor: Some(anchor), certificate });
        }
    }
    let certificate = signature.certificate.as_ref();
    if found.is_none()
        && let Some(certificate) = certificate
    {
        let key = certificate.key();
        if let Some(concern) = key.concern() {
            findings.push(warning(concern.code, concern.message));
            findings.push(Finding::new(
                Severity::Info,
                IN_BAND_REFUSED,
                "the key of the certificate in the envelope is of a kind that is never verified with",
            ));
        } else if let Some(scheme) = (case.scheme_of)(key.algorithm())
            && verifies(key, scheme, case.message, &signature.bytes)
        {
            found = Some(Vouching {
                standing: Standing::InBand,
                key: key.clone(),
                scheme,
                anchor: None,
                certificate: Some(certificate),
            });
        }
    }
    found
}

/// The key that an anchor brings for a signature, and what it would be worth.
fn candidate<'a>(
    anchor: &'a Anchor,
    signature: &'a Signature,
    at: Timestamp,
) -> Option<(&'a PublicKey, Standing, Option<&'a Certificate>)> {
    let in_band = signature.certificate.as_ref();
    let (key, certificates): (_, [Option<&Certificate>; 2]) = match &anchor.pin {
        Pin::Key(key) => (key, [None, None]),
        Pin::Certificate(pinned) => match in_band.filter(|other| *other != pinned && pinned.issued(other)) {
            Some(issued) => (issued.key(), [Some(issued), Some(pinned)]),
            None => (pinned.key(), [Some(pinned), None]),
        },
        Pin::CertificateFingerprint(sum) => {
            let certificate = in_band.filter(|certificate| certificate.fingerprint() == *sum)?;
            (certificate.key(), [Some(certificate), None])
        }
        Pin::KeyFingerprint(sum) => {
            let certificate = in_band.filter(|certificate| certificate.key().fingerprint() == *sum)?;
            (certificate.key(), [None, None])
        }
    };
    let validity = certificates.iter().flatten().map(|certificate| certificate.validity(at));
    let out_of_time = validity.filter(|validity| *validity != Validity::Valid).map(|validity| {
        if validity == Validity::Expired { "certificate-expired" } else { "certificate-not-yet-valid" }
    });
    let entry = match (anchor.valid_from, anchor.valid_until) {
        (Some(from), _) if at < from => Some("trust-not-yet-valid"),
        (_, Some(until)) if at > until => Some("trust-expired"),
        _ => None,
    };
    let standing = if !anchor.in_scope {
        Standing::OutOfScope
    } else if let Some(code) = out_of_time.chain(entry).next() {
        Standing::OutOfTime(code)
    } else {
        Standing::Trusted
    };
    Some((key, standing, certificates.into_iter().flatten().next()))
}

/// The verdict, by the best of all signatures.
fn decide(
    found: &[Option<Vouching<'_>>],
    in_scope: usize,
    refused_in_band: bool,
    findings: &mut Vec<Finding>,
) -> SignatureVerdict {
    let best = found.iter().flatten().min_by_key(|vouching| vouching.standing);
    match best.map(|vouching| (vouching.standing, vouching)) {
        Some((Standing::Trusted, _)) => SignatureVerdict::Valid,
        Some((Standing::OutOfTime(code), vouching)) => {
            findings.push(out_of_time(code, vouching));
            SignatureVerdict::Invalid
        }
        Some((Standing::OutOfScope, vouching)) => {
            let label = label(vouching).map_or_else(String::new, |label| format!(" ({label})"));
            let message =
                format!("a pinned key{label} verifies the signature, but it is not trusted for this policy");
            let hint = "the entry of the trust store is limited to groups or policies";
            findings.push(warning("trust-out-of-scope", message).hint(hint));
            SignatureVerdict::Untrusted
        }
        Some((Standing::InBand, _)) => {
            let message = "only the certificate in the envelope vouches for the signature: that says nothing of who signed";
            findings.push(Finding::new(Severity::Info, "self-asserted", message));
            SignatureVerdict::Untrusted
        }
        None if in_scope == 0 && refused_in_band => {
            findings.push(error("key-refused", "the key of the certificate in the envelope is refused"));
            SignatureVerdict::Rejected
        }
        None if in_scope == 0 => {
            let message = "no key is trusted for this policy, so nobody can say who signed it";
            let hint = "give the signer's public key, or pin it in the trust store";
            findings.push(Finding::new(Severity::Info, "no-trust", message).hint(hint));
            SignatureVerdict::Untrusted
        }
        None => {
            let message =
                "no trusted key verifies the signature: the text was changed, or somebody else signed it";
            findings.push(error("signature-invalid", message));
            SignatureVerdict::Invalid
        }
    }
}

fn out_of_time(code: &'static str, vouching: &Vouching<'_>) -> Finding {
    let message = match (code, vouching.certificate, vouching.anchor) {
        ("certificate-expired", Some(certificate), _) => {
            format!("the signature is good, but the certificate expired on {}", certificate.not_after())
        }
        ("certificate-not-yet-valid", Some(certificate), _) => {
            format!(
                "the signature is good, but the certificate is valid from {} on",
                certificate.not_before()
            )
        }
        (_, _, Some(Anchor { valid_until: Some(until), .. })) if code == "trust-expired" => {
            format!("the signature is good, but the trust in its key ended on {until}")
        }
        (_, _, Some(Anchor { valid_from: Some(from), .. })) => {
            format!("the signature is good, but the trust in its key begins on {from}")
        }
        _ => "the signature is good, but its key is not trusted at this time".to_owned(),
    };
    error(code, message)
}

/// What the hints of the envelope say wrongly, and signatures that add
/// nothing.
fn hints(
    case: &Case<'_>,
    found: &[Option<Vouching<'_>>],
    verdict: SignatureVerdict,
    findings: &mut Vec<Finding>,
) {
    let mut keys = BTreeSet::new();
    for (number, (signature, found)) in case.signatures.iter().zip(found).enumerate() {
        let number = number + 1;
        let Some(vouching) = found else {
            if verdict == SignatureVerdict::Valid {
                let message = format!("signature {number} is of no key that is trusted here");
                findings.push(warning("unrecognised-signature", message).at(signature.offset));
            } else if signature.certificate.as_ref().is_some_and(|one| one.key().concern().is_none()) {
                let message =
                    format!("signature {number} was not made with the key of the certificate beside it");
                findings.push(warning("in-band-mismatch", message).at(signature.offset));
            }
            continue;
        };
        if !keys.insert(vouching.key.fingerprint()) {
            let message = format!("signature {number} is of a key that signed already: it counts once");
            findings.push(warning("duplicate-signature", message).at(signature.offset));
        }
        if named_otherwise(signature, &vouching.key) {
            let message =
                format!("the key id of signature {number} names another key than the one that verifies it");
            findings.push(warning("keyid-mismatch", message).at(signature.offset));
        }
        if let (Some(claimed), Some(real)) = (&signature.key_type, vouching.key.algorithm().key_type())
            && claimed.raw() != real
            && !(real == "ecdsa" && claimed.raw().starts_with("ecdsa-"))
        {
            let message = format!(
                "signature {number} says keytype {}, the key that verifies it is {real}; nobody signed the keytype",
                claimed.shown_to(40)
            );
            findings.push(warning("keytype-mismatch", message).at(signature.offset));
        }
        let late = vouching.certificate.is_none()
            && signature.certificate.as_ref().is_some_and(|one| one.validity(case.at) != Validity::Valid);
        if late {
            let message = format!(
                "the certificate of signature {number} is not valid at {}; its key is pinned, so that does not matter",
                case.at
            );
            findings.push(Finding::new(Severity::Info, "in-band-certificate-out-of-time", message));
        }
    }
}

fn named_otherwise(signature: &Signature, key: &PublicKey) -> bool {
    match (&signature.certificate, &signature.key_id) {
        (Some(certificate), _) => certificate.key() != key,
        (None, Some(id)) => !id.is_empty() && !key.is_named(id.raw()),
        (None, None) => false,
    }
}

fn label(vouching: &Vouching<'_>) -> Option<Shown> {
    vouching.anchor?.label.as_deref().map(sanitise)
}

fn signer(signature: &Signature, found: Option<&Vouching<'_>>) -> Signer {
    let Some(vouching) = found else { return claimed(signature) };
    // The id that tools of this shape would write; both are sums.
    let named = signature.key_id.as_ref().map(RemoteText::raw).filter(|id| vouching.key.is_named(id));
    let id = named.map_or_else(|| vouching.key.keylime_id(), str::to_owned);
    Signer {
        key_id: sanitise_to(&id, SHOWN_ID),
        algorithm: vouching.scheme.with(vouching.key.algorithm()),
        trusted: vouching.standing == Standing::Trusted,
        verified: true,
        source: vouching.anchor.map_or(Source::InBand, |anchor| anchor.source),
        label: label(vouching),
        certificate: vouching.certificate.map(words),
    }
}

/// A signer of which only the envelope speaks.
fn claimed(signature: &Signature) -> Signer {
    let certificate = signature.certificate.as_ref();
    let key_id = match (certificate, &signature.key_id) {
        (Some(certificate), _) => sanitise_to(&certificate.key().keylime_id(), SHOWN_ID),
        (None, Some(id)) => id.shown_to(SHOWN_ID),
        (None, None) => Shown::default(),
    };
    Signer {
        key_id,
        algorithm: "unknown".to_owned(),
        trusted: false,
        verified: false,
        source: Source::InBand,
        label: None,
        certificate: certificate.map(words),
    }
}

fn words(certificate: &Certificate) -> Shown {
    let subject = certificate.subject().shown_to(SHOWN_ID);
    sanitise(&format!("{subject}, valid from {} until {}", certificate.not_before(), certificate.not_after()))
}

//! One bundle, examined for one digest: all steps, and what they amount to.

use jiff::Timestamp;

use super::binding::{self, Signer};
use super::bundle::SigningKey;
use super::certificate::Certificate;
use super::digest::{Digest, hex, sha256};
use super::root::TrustedRoot;
use super::sigstore::{self, LIBRARY, Parsed, Verified};
use super::step::{Step, StepResult};
use super::{inclusion, signer};
use crate::text::sanitise;

/// What a bundle amounts to for a digest.
#[derive(Debug, Clone)]
pub(super) enum Finding {
    /// It verifies as a whole.
    Verified,
    /// It does not, and why.
    Wrong(String),
    /// It cannot be judged here, and why.
    NotJudged(String),
}

/// A bundle that was examined.
#[derive(Debug)]
pub(super) struct Examined {
    pub steps: Vec<Step>,
    pub finding: Finding,
    /// Whether an entry of a log is proven to be in its tree.
    pub included: bool,
    /// Names and issuer in the certificate; `None` for a managed key.
    pub names: Option<(Vec<String>, Option<String>)>,
    /// The key that signed, as DER (SPKI), where it is known.
    pub key: Option<Vec<u8>>,
    pub signature: Vec<u8>,
}

impl Examined {
    fn unreadable(steps: Vec<Step>, why: String) -> Self {
        Self {
            steps,
            finding: Finding::Wrong(why),
            included: false,
            names: None,
            key: None,
            signature: Vec::new(),
        }
    }
}

/// What a bundle is examined for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'a> {
    pub root: &'a TrustedRoot,
    pub at: Timestamp,
    pub digest: &'a Digest,
    /// The key (DER, SPKI) that the policy names beside it, which a bundle with
    /// a managed key needs.
    pub key: Option<&'a [u8]>,
    /// Whether the policy names a key that cannot be used.
    pub unusable_key: bool,
    /// Whether the library is asked although a step before already fails: for
    /// an explanation, not for thousands of verdicts.
    pub thorough: bool,
}

/// Examines a bundle.
pub(super) fn examine(question: Question<'_>, bytes: &[u8]) -> Examined {
    let Question { root, at, digest: demanded, key, unusable_key, thorough } = question;
    let file = |result, said: String| {
        Step::new("bundle", "Bundle", result, said)
            .fact("sha256", hex(&sha256(bytes)))
            .fact("bytes", bytes.len())
    };
    let parsed = match sigstore::read(bytes) {
        Ok(parsed) => parsed,
        Err(error) => {
            let why = format!("the bundle cannot be read: {}", sanitise(&error));
            return Examined::unreadable(vec![file(StepResult::Fails, why.clone())], why);
        }
    };
    let bundle = &parsed.bundle;
    let first =
        file(StepResult::Holds, "It is a Sigstore bundle.".to_owned()).fact("media_type", bundle.media_type);
    let (digest_step, asked) = binding::digest_step(bundle, demanded);
    let managed = binding::is_managed(bundle);
    let certificate = match &bundle.key {
        SigningKey::Certificates(chain) => chain.first().map(|der| (der, Certificate::read(der))),
        SigningKey::Managed { .. } => None,
    };
    let signing_key = match &certificate {
        Some((_, Ok(certificate))) => Some(certificate.key.clone()),
        Some((_, Err(_))) => None,
        None => key.filter(|_| managed).map(<[u8]>::to_vec),
    };
    let own = signing_key
        .as_deref()
        .map(|key| Signer { certificate: certificate.as_ref().map(|(der, _)| der.as_slice()), key });

    let mut steps = vec![first, digest_step];
    let mut included = false;
    for entry in &bundle.entries {
        let judged = inclusion::judge(entry, bundle.owes_proof, root, at);
        included |= judged.proven;
        steps.extend(judged.steps);
        steps.push(binding::body_step(bundle, entry, own.as_ref()));
    }
    if bundle.entries.is_empty() {
        let said = "The bundle has no entry of a transparency log.";
        steps.push(Step::new("entry", "Entry of the log", StepResult::Fails, said));
    }
    let unsupported = signing_key.as_deref().and_then(sigstore::unsupported_key);
    let verified = match (unsupported, thorough || !steps.iter().any(Step::fails)) {
        (Some(unsupported), _) => Err(Missing::Refused(unsupported)),
        (None, true) => verify(root, &parsed, &asked, managed, key),
        (None, false) => Err(Missing::NotAsked),
    };
    let proof = verified.as_ref().ok();
    let times = proof.map(|verified| verified.times.as_slice()).unwrap_or_default();
    steps.extend(bundle.entries.iter().filter_map(|entry| inclusion::validity_step(entry, root, times)));
    steps.push(signer::time_step(bundle, proof, at));
    let read = certificate.as_ref().map(|(_, read)| read);
    steps.push(signer::certificate_step(bundle, read, proof, root));
    steps.push(signer::signature_step(bundle, proof, signing_key.as_deref()));
    steps.push(library_step(&verified));

    let finding = finding(&steps, &verified, unusable_key);
    let names = read.and_then(|read| read.as_ref().ok());
    Examined {
        finding,
        included: included && verified.is_ok(),
        names: names.map(|certificate| (certificate.names.clone(), certificate.issuer.clone())),
        key: signing_key,
        signature: bundle.content.signature().to_vec(),
        steps,
    }
}

/// Why the library's verdict is missing.
enum Missing {
    Refused(sigstore::Refused),
    KeyNotGiven,
    /// A step before it fails already.
    NotAsked,
}

fn verify(
    root: &TrustedRoot,
    parsed: &Parsed,
    digest: &Digest,
    managed: bool,
    key: Option<&[u8]>,
) -> Result<Verified, Missing> {
    if managed && key.is_none() {
        return Err(Missing::KeyNotGiven);
    }
    let key = key.filter(|_| managed);
    let verified = root.verifier.verify(parsed, digest, key).map_err(Missing::Refused)?;
    // What was not asked to be skipped was not skipped; if the library ever changes its mind, no
    // check passes.
    let whole =
        verified.log && (managed || verified.certificate && verified.sct && !verified.times.is_empty());
    if whole {
        Ok(verified)
    } else {
        let message = "a part of the bundle was not verified".to_owned();
        Err(Missing::Refused(sigstore::Refused { message, unsupported: false }))
    }
}

fn library_step(verified: &Result<Verified, Missing>) -> Step {
    let (result, said) = match verified {
        Ok(_) => {
            (StepResult::Holds, "The library verified the bundle as a whole for this digest.".to_owned())
        }
        Err(Missing::NotAsked) => {
            (StepResult::NotJudged, "The library was not asked: a step before it fails.".to_owned())
        }
        Err(Missing::KeyNotGiven) => (
            StepResult::NotJudged,
            "It was signed with a managed key, and the policy names no public_key beside it.".to_owned(),
        ),
        Err(Missing::Refused(refused)) => {
            let message = sanitise(&refused.message);
            match refused.unsupported {
                true => (StepResult::NotJudged, format!("The library cannot judge it: {message}.")),
                false => (StepResult::Fails, format!("The library does not verify it: {message}.")),
            }
        }
    };
    Step::new("library", "Bundle as a whole", result, said).fact("library", LIBRARY)
}

/// Our own steps come first: they say more plainly what is wrong.
fn finding(steps: &[Step], verified: &Result<Verified, Missing>, unusable_key: bool) -> Finding {
    if let Some(step) = steps.iter().find(|step| step.fails()) {
        return Finding::Wrong(sentence(&step.said));
    }
    match verified {
        Ok(_) => Finding::Verified,
        Err(Missing::KeyNotGiven) if unusable_key => Finding::NotJudged(
            "the bundle was signed with a managed key, and the public_key beside this check cannot be used"
                .to_owned(),
        ),
        Err(Missing::KeyNotGiven) => Finding::NotJudged(
            "the bundle was signed with a managed key: put the key as public_key beside this check"
                .to_owned(),
        ),
        Err(Missing::NotAsked) => Finding::Wrong("the bundle does not verify".to_owned()),
        Err(Missing::Refused(refused)) => {
            Finding::NotJudged(format!("the bundle cannot be judged here: {}", sanitise(&refused.message)))
        }
    }
}

/// A step's sentence as a reason: without its end, and small at the beginning.
fn sentence(said: &str) -> String {
    let said = said.trim_end_matches('.');
    let mut characters = said.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}

//! `verification-keys`: JSON in a text, whose keys nobody checks before a signature is to be verified.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::report::{Report, shown};
use crate::policy::document::Policy;
use crate::policy::json::{Content, Limits, Value};
use crate::policy::signature::{Algorithm, PublicKey};

/// Keys that are looked at.
const MOST: usize = 10_000;

pub(super) fn judge(policy: &Policy, report: &mut Report) {
    let Some(text) = policy.verification_keys() else { return };
    let place = Some(text.offset);
    let said = text.value();
    if said.is_empty() {
        return;
    }
    let invalid = |report: &mut Report, why: &str| {
        let hint = "Write {\"pubkeys\": [base64 of DER, …], \"keyids\": [numbers, …]}, or nothing.";
        report.add("verification-keys-invalid", place, hint, || {
            format!("verification-keys: {why}; the verifier refuses the policy")
        });
    };
    let value = match Value::read(said.as_bytes(), &Limits::default()) {
        Ok(value) => value,
        Err(refusal) => return invalid(report, &refusal.message),
    };
    let list = |name: &str| value.get(name).and_then(Value::elements);
    let (Some(keys), Some(ids)) = (list("pubkeys"), list("keyids")) else {
        return invalid(report, "the lists pubkeys and keyids are due");
    };
    let is_integer = |id: &Value<'_>| matches!(id.content, Content::Number(number) if number.is_integer());
    if !keys.iter().all(|key| key.text().is_some()) || !ids.iter().all(is_integer) {
        return invalid(report, "pubkeys are texts and keyids are whole numbers");
    }
    let mut seen = std::collections::HashSet::new();
    for (index, key) in keys.iter().take(MOST).enumerate() {
        let Some(text) = key.text() else { continue };
        let spelled = text.value();
        let number = index + 1;
        if !seen.insert(spelled.clone()) {
            report.add("verification-key-repeated", place, "", || format!("key {number} was there before"));
            continue;
        }
        let id = ids.get(index).and_then(|id| match id.content {
            Content::Number(number) => number.raw.parse::<u32>().ok(),
            _ => None,
        });
        one(number, &spelled, id, place, report);
    }
}

fn one(number: usize, spelled: &str, id: Option<u32>, place: Option<usize>, report: &mut Report) {
    let unreadable = |report: &mut Report, why: &str| {
        report.add("verification-key-unreadable", place, "Take the key from its file again.", || {
            format!(
                "verification-keys: key {number} {why}; the verifier accepts the policy and skips the key"
            )
        });
    };
    let Ok(der) = STANDARD.decode(spelled) else { return unreadable(report, "is not base64") };
    let Ok(key) = PublicKey::from_der(&der) else {
        return unreadable(report, "is no public key (DER of a SubjectPublicKeyInfo)");
    };
    if matches!(key.algorithm(), Algorithm::Ed25519 | Algorithm::Other(_)) {
        report.add("verification-key-unsupported", place, "", || {
            format!("verification-keys: key {number} is {}; verifiers know RSA and EC keys", key.algorithm())
        });
        return;
    }
    if let Some(concern) = key.concern().filter(|concern| concern.code == "weak-key") {
        report.add("verification-key-weak", place, "", || {
            format!("verification-keys: key {number}: {}", concern.message)
        });
    }
    // 0 makes the verifier compute the id.
    if let Some(id) = id.filter(|id| *id != 0)
        && computed_id(&der).is_some_and(|computed| computed != id)
    {
        report.add("verification-key-id", place, "", || {
            format!(
                "verification-keys: key {number} goes by the id {}, which is not computed from it; right only if a \
                 certificate says so",
                shown(&format!("{id:08x}"))
            )
        });
    }
}

/// `keyidv2` of the kernel: the last four bytes of SHA-1 over the key's own bits.
fn computed_id(der: &[u8]) -> Option<u32> {
    use x509_parser::prelude::FromDer as _;
    let (_, info) = x509_parser::x509::SubjectPublicKeyInfo::from_der(der).ok()?;
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, &info.subject_public_key.data);
    hash.as_ref().last_chunk::<4>().map(|last| u32::from_be_bytes(*last))
}

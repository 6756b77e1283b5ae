//! What a policy demands of a digest.
//!
//! `transparency_log_inclusion_proof` is the enhancement's own name;
//! `signer_identity`, `public_key` and `signature` are ours, because the
//! enhancement leaves the rest open.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::policy::document::Policy;
use crate::policy::document::metadata::{Check as Demanded, DigestMetadata, Identity, public_key};

/// The enhancement's own check.
pub const INCLUSION: &str = "transparency_log_inclusion_proof";
/// Who must have signed.
pub const IDENTITY: &str = "signer_identity";
/// The key that must have signed.
pub const PUBLIC_KEY: &str = "public_key";
/// The very signature that must be there.
pub const SIGNATURE: &str = "signature";

/// The checks that a policy lists for one digest.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// The key in `digest_metadata`: hexadecimal digits.
    pub digest: String,
    /// Names and values, in the order of the policy.
    pub checks: Vec<(String, Value)>,
}

impl Demand {
    /// What a policy demands in one entry of its `digest_metadata`.
    #[must_use]
    pub fn of(policy: &Policy, entry: DigestMetadata<'_>) -> Self {
        let one = |check: &Demanded<'_>| {
            // A number that serde_json cannot hold is of no check that is known here.
            let value = serde_json::from_str(&policy.slice(check.span())).unwrap_or(Value::Null);
            (check.name.value().into_owned(), value)
        };
        Self { digest: entry.digest().into_owned(), checks: entry.checks().iter().map(one).collect() }
    }
}

/// What one check asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Check {
    Inclusion,
    /// One of these.
    Identity(Vec<Identity>),
    /// DER (SPKI).
    PublicKey(Vec<u8>),
    Signature(Vec<u8>),
    /// Set to false.
    NotDemanded,
    /// It cannot be carried out, and why.
    Unknown(&'static str),
}

impl Check {
    pub fn read(name: &str, value: &Value) -> Self {
        if *value == Value::Bool(false) {
            return Self::NotDemanded;
        }
        let bytes =
            || value.as_str().and_then(|text| STANDARD.decode(text).ok()).filter(|bytes| !bytes.is_empty());
        match name {
            INCLUSION if *value == Value::Bool(true) => Self::Inclusion,
            INCLUSION => Self::Unknown("its value is neither true nor false"),
            IDENTITY => identities(value).map_or_else(
                || Self::Unknown("its value is not {issuer: an https address, subject} or a list of them"),
                Self::Identity,
            ),
            PUBLIC_KEY => value.as_str().and_then(|text| public_key(text).ok()).map_or_else(
                || Self::Unknown("its value is not a public key that can be demanded, in base64"),
                Self::PublicKey,
            ),
            SIGNATURE => bytes()
                .map_or_else(|| Self::Unknown("its value is not a signature in base64"), Self::Signature),
            _ => Self::Unknown("this check is not known"),
        }
    }
}

/// A member that is not known could narrow the demand: it is not passed over.
fn identities(value: &Value) -> Option<Vec<Identity>> {
    let one = |value: &Value| {
        let members = value.as_object().filter(|members| members.len() == 2)?;
        let text =
            |name: &str| members.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let issuer = text("issuer").filter(|issuer| issuer.starts_with("https://"))?;
        Some(Identity { issuer, subject: text("subject")? })
    };
    match value {
        Value::Array(values) if !values.is_empty() => values.iter().map(one).collect(),
        Value::Object(_) => Some(vec![one(value)?]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_that_cannot_be_carried_out_are_not_passed_over() {
        let unknown = |name: &str, value| matches!(Check::read(name, &value), Check::Unknown(_));
        for (name, value) in [
            (INCLUSION, json!("true")),
            (INCLUSION, json!(1)),
            (INCLUSION, json!(null)),
            (IDENTITY, json!(true)),
            (IDENTITY, json!([])),
            (IDENTITY, json!({"issuer": "https://a.example"})),
            (IDENTITY, json!({"issuer": "https://a.example", "subject": ""})),
            (IDENTITY, json!({"issuer": "https://a.example", "subject": "a", "not_after": 1})),
            (IDENTITY, json!([{"issuer": "https://a.example", "subject": "a"}, 1])),
            (PUBLIC_KEY, json!("")),
            (PUBLIC_KEY, json!("%")),
            (PUBLIC_KEY, json!("AAAA")),
            (IDENTITY, json!({"issuer": "http://a.example", "subject": "a"})),
            (SIGNATURE, json!(true)),
            ("reproducible_build", json!(true)),
        ] {
            assert!(unknown(name, value.clone()), "{name} {value}");
        }
        assert_eq!(Check::read("reproducible_build", &json!(false)), Check::NotDemanded);
        assert_eq!(Check::read(INCLUSION, &json!(true)), Check::Inclusion);
    }
}

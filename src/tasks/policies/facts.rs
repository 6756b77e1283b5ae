//! The facts about a stored text: the one place where this room looks into one.
//!
//! They are what the policy room's examination finds, with the keys that are
//! trusted for this policy: the sum of a payload is taken only where the
//! verdict on its signature lets the policy be read. A text that is no envelope
//! is read where it lies; of an envelope the decoded payload is a second text
//! for as long as it is looked at.

use std::ops::ControlFlow;

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use jiff::Timestamp;

use crate::fleet::policies::{Counts, Judged, PolicyFacts};
use crate::keylime::policies::PolicyKind;
use crate::policy::document::Policy;
use crate::policy::envelope::Format;
use crate::policy::examination::{Examination, Options, examine};
use crate::policy::trust::Trust;
use crate::policy::{Severity, SignatureVerdict};
use crate::text::{Checksum, sanitise_to};

/// Characters of a fault's reason.
const SHOWN_REASON: usize = 160;

/// What is to be known of a text that is not deployed: a file's, with whom is
/// trusted for it at this time. Takes a second for the largest: not for a
/// thread that others wait for.
#[must_use]
pub fn local_facts(kind: PolicyKind, text: impl Into<Bytes>, trust: &Trust, at: Timestamp) -> PolicyFacts {
    let text = text.into();
    let sum = sum(&text);
    facts_of(kind, Some(text), sum, trust, at)
}

/// What is to be known of a stored text with this sum. Takes as long as
/// [`local_facts`].
pub(super) fn facts_of(
    kind: PolicyKind,
    text: Option<Bytes>,
    sum: Checksum,
    trust: &Trust,
    at: Timestamp,
) -> PolicyFacts {
    let bare = PolicyFacts {
        bytes: text.as_ref().map(|text| text.len() as u64),
        text: sum,
        payload: None,
        is_signed: false,
        generator: None,
        is_empty: text.is_none(),
        judged: None,
    };
    match (kind, text) {
        (_, None) => bare,
        // Keylime does not say what stands in one: the text is the policy.
        (PolicyKind::MeasuredBoot, Some(_)) => PolicyFacts { payload: Some(sum), ..bare },
        (PolicyKind::Runtime, Some(text)) => {
            let options = Options::at(at);
            let examined = examine(text, trust, &options, &mut |_step| ControlFlow::Continue(()));
            of_examination(&examined, bare)
        }
    }
}

fn of_examination(examined: &Examination, bare: PolicyFacts) -> PolicyFacts {
    let policy = examined.document.as_ref();
    let is_signed = match examined.format {
        Format::Policy | Format::LegacyFlat | Format::LegacyJson => false,
        Format::Dsse
        | Format::DsseX509
        | Format::SignedCanonical
        | Format::SignedEnhancement77Raw
        | Format::Detached => true,
    };
    let policy_inside = policy.filter(|_| !contradicts_itself(examined));
    let payload = policy_inside.and_then(|policy| match examined.format {
        // The text is the policy, and its sum is known.
        Format::Policy => Some(bare.text),
        // What was read is what they were made into, not what is stored.
        Format::LegacyFlat | Format::LegacyJson => None,
        _ => Some(sum(policy.text())),
    });
    let judged = Judged {
        format: examined.format,
        signature: examined.signature,
        policy: examined.policy,
        counts: policy.map(|policy| Counts {
            paths: policy.paths(),
            digests: policy.digest_count(),
            excludes: policy.excludes().len(),
            metadata: policy.metadata().len(),
        }),
        errors: examined.of_severity(Severity::Error).count(),
        warnings: examined.of_severity(Severity::Warning).count(),
        fault: payload.is_none().then(|| fault(examined)),
        at: examined.at,
    };
    PolicyFacts {
        payload,
        is_signed,
        generator: policy.and_then(Policy::generator),
        is_empty: policy.is_some_and(is_empty),
        judged: Some(Box::new(judged)),
        ..bare
    }
}

/// Whether the only signature is not even what the certificate beside it says:
/// that is known without any trust, though the verdict is `untrusted` then.
fn contradicts_itself(examined: &Examination) -> bool {
    examined.signature == SignatureVerdict::Untrusted
        && examined.format == Format::DsseX509
        && matches!(examined.signers.as_slice(), [only] if !only.verified)
}

/// Why there is no sum of a policy inside.
fn fault(examined: &Examination) -> String {
    let what = match (examined.signature, examined.format) {
        (_, Format::LegacyFlat | Format::LegacyJson) => {
            return "it is an old allow-list, compared by its text alone".to_owned();
        }
        _ if contradicts_itself(examined) => "the certificate in it does not verify its signature",
        (SignatureVerdict::Invalid, _) => "its signature is invalid",
        (SignatureVerdict::Rejected, _) => "its envelope is refused",
        (SignatureVerdict::Valid | SignatureVerdict::Untrusted | SignatureVerdict::Unsigned, _) => {
            "it holds no policy that can be read"
        }
    };
    match examined.of_severity(Severity::Error).next() {
        Some(placed) => format!("{what}: {}", sanitise_to(&placed.finding.message, SHOWN_REASON)),
        None => what.to_owned(),
    }
}

/// Whether it lists nothing, and has nothing that Keylime would not write into
/// the policy of an agent without one.
fn is_empty(policy: &Policy) -> bool {
    policy.paths() == 0
        && policy.excludes().len() == 0
        && policy.keyrings().len() == 0
        && policy.ima_buf().len() == 0
        && policy.ignored_keyrings().len() == 0
        && policy.verification_keys().is_none_or(|keys| keys.value().is_empty())
        && policy.metadata().len() == 0
        && policy.unknown_members().len() == 0
}

fn sum(text: &[u8]) -> Checksum {
    let mut sum = [0; 32];
    sum.copy_from_slice(digest(&SHA256, text).as_ref());
    Checksum::new(sum)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::fleet::policies::{Relation, relation};
    use crate::policy::PolicyVerdict;
    use crate::policy::sign::{FileKey, dsse};
    use crate::policy::signature::material;

    const KEY: &str = include_str!("../../../tests/policies/keys/ecdsa-p256.key.pem");
    const PUBLIC: &str = include_str!("../../../tests/policies/keys/ecdsa-p256.pub.pem");
    const OTHER: &str = include_str!("../../../tests/policies/keys/ecdsa-p256-wrong.pub.pem");
    const WITH_CERTIFICATE: &str = include_str!("../../../tests/policies/dsse/small-dm.x509.json");

    const MADE_BY_KEYLIME: &str = r#"{"meta": {"version": 1, "generator": 1}, "release": 0, "digests": {}, "excludes": [], "keyrings": {}, "ima": {"ignored_keyrings": [], "log_hash_alg": "sha1", "dm_policy": null}, "ima-buf": {}, "verification-keys": ""}"#;

    fn under(trust: &Trust, text: &str) -> PolicyFacts {
        local_facts(PolicyKind::Runtime, text.to_owned(), trust, Timestamp::UNIX_EPOCH)
    }

    fn of(text: &str) -> PolicyFacts {
        under(&Trust::none(), text)
    }

    fn trusting(pem: &str) -> Trust {
        Trust::given(material::read(pem.as_bytes()).unwrap())
    }

    fn signed(policy: &str) -> String {
        dsse(policy.as_bytes(), &FileKey::from_pem(KEY.as_bytes()).unwrap()).unwrap()
    }

    /// The same payload under a signature that is none.
    fn tampered(envelope: &str) -> String {
        let mut envelope: serde_json::Value = serde_json::from_str(envelope).unwrap();
        let mut bytes = STANDARD.decode(envelope["signatures"][0]["sig"].as_str().unwrap()).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        envelope["signatures"][0]["sig"] = STANDARD.encode(bytes).into();
        envelope.to_string()
    }

    #[test]
    fn what_keylime_makes_is_known_by_its_shape() {
        let made = of(MADE_BY_KEYLIME);
        assert!(made.is_placeholder() && made.payload == Some(made.text), "{made:?}");
        for (what, with) in [
            (r#""digests": {}"#, r#""digests": {"/a": ["00"]}"#),
            (r#""excludes": []"#, r#""excludes": ["a"]"#),
            (r#""verification-keys": """#, r#""verification-keys": "x""#),
            (r#""ignored_keyrings": []"#, r#""ignored_keyrings": ["*"]"#),
            (r#""generator": 1"#, r#""generator": 3"#),
            (r#""release""#, r#""digest_metadata": {"00": {"a": 1}}, "release""#),
            (r#""release""#, r#""unheard_of": 1, "release""#),
        ] {
            assert!(!of(&MADE_BY_KEYLIME.replace(what, with)).is_placeholder(), "{with}");
        }
        for broken in ["", "[]", "7", "{"] {
            let facts = of(broken);
            assert!(!facts.is_placeholder() && facts.payload.is_none(), "{broken}: {facts:?}");
            assert!(facts.fault().unwrap().contains("no policy that can be read"), "{broken}: {facts:?}");
        }
    }

    #[test]
    fn an_envelope_has_the_sum_of_what_is_inside() {
        let bare = of(MADE_BY_KEYLIME);
        let (one, two) = (signed(MADE_BY_KEYLIME), signed(MADE_BY_KEYLIME));
        for (trust, verdict) in
            [(trusting(PUBLIC), SignatureVerdict::Valid), (Trust::none(), SignatureVerdict::Untrusted)]
        {
            let (one, two) = (under(&trust, &one), under(&trust, &two));
            assert!(one.text != two.text && one.payload == two.payload && one.payload == bare.payload);
            assert!(one.is_signed && !one.is_placeholder() && one.generator == Some(1), "{one:?}");
            assert_eq!(one.judged.as_ref().unwrap().signature, verdict);
            assert_eq!((one.fault(), one.is_unverified()), (None, verdict == SignatureVerdict::Untrusted));
            assert_eq!(relation(&one, &two), Relation::ReSigned);
        }
        assert_eq!(of(r#"{"payload": "?"}"#).payload, None);
    }

    #[test]
    fn a_wrong_signature_around_an_equal_payload_is_drift() {
        let good = signed(MADE_BY_KEYLIME);
        let bad = tampered(&good);
        let trust = trusting(PUBLIC);
        let (good, bad) = (under(&trust, &good), under(&trust, &bad));
        assert_eq!(relation(&good, &bad), Relation::Drift);
        assert!(bad.is_signed && !bad.is_placeholder() && bad.judged.as_ref().unwrap().counts.is_none());
        assert!(bad.fault().unwrap().starts_with("its signature is invalid: "), "{bad:?}");
        // So it is for who trusts another signer.
        let (text, trust) = (signed(MADE_BY_KEYLIME), trusting(OTHER));
        assert_eq!(relation(&under(&trust, &text), &of(MADE_BY_KEYLIME)), Relation::Drift);
        // A certificate in the text proves nothing, but it tells a broken signature without any trust.
        let (whole, broken) = (of(WITH_CERTIFICATE), of(&tampered(WITH_CERTIFICATE)));
        assert!(whole.is_unverified() && whole.payload.is_some(), "{whole:?}");
        assert_eq!(broken.judged.as_ref().unwrap().signature, SignatureVerdict::Untrusted);
        assert!(broken.fault().unwrap().starts_with("the certificate in it does not verify"), "{broken:?}");
        assert_eq!(relation(&whole, &broken), Relation::Drift);
    }

    #[test]
    fn what_was_found_is_counted() {
        let policy = MADE_BY_KEYLIME
            .replace(r#""digests": {}"#, &format!(r#""digests": {{"/a": ["{0}", "{0}"]}}"#, "a1".repeat(32)))
            .replace(r#""excludes": []"#, r#""excludes": ["("]"#)
            .replace(r#""generator": 1"#, r#""generator": 3"#);
        let judged = under(&trusting(PUBLIC), &signed(&policy)).judged.unwrap();
        assert_eq!(judged.counts, Some(Counts { paths: 1, digests: 2, excludes: 1, metadata: 0 }));
        assert_eq!((judged.format, judged.policy), (Format::Dsse, PolicyVerdict::Invalid));
        assert!(judged.errors > 0 && judged.fault.is_none(), "{judged:?}");
    }

    #[test]
    fn null_is_a_placeholder_of_measured_boot() {
        let (trust, at) = (Trust::none(), Timestamp::UNIX_EPOCH);
        let null = facts_of(PolicyKind::MeasuredBoot, None, Checksum::new([0; 32]), &trust, at);
        assert!(null.is_placeholder());
        let facts = local_facts(PolicyKind::MeasuredBoot, &b"{}"[..], &trust, at);
        assert!(!facts.is_placeholder() && facts.payload == Some(facts.text) && facts.judged.is_none());
    }
}

//! The facts about a stored text: the one place where this room looks into one.
//!
//! To be made from the policy room's examination: it alone can say whether a
//! payload is what was signed. Until then an envelope's payload is summed up
//! as it stands, which is what a verifier with default settings takes, too.

use std::borrow::Cow;
use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::fleet::policies::PolicyFacts;
use crate::keylime::policies::PolicyKind;
use crate::text::Checksum;

/// What is to be known of a text that is not deployed: a file's. Takes a second
/// for the largest: not for a thread that others wait for.
#[must_use]
pub fn local_facts(kind: PolicyKind, text: &[u8]) -> PolicyFacts {
    let mut sum = [0; 32];
    sum.copy_from_slice(digest(&SHA256, text).as_ref());
    facts_of(kind, Some(text), Checksum::new(sum))
}

/// What is to be known of a stored text with this sum. Takes as long as
/// [`local_facts`].
pub(super) fn facts_of(kind: PolicyKind, text: Option<&[u8]>, sum: Checksum) -> PolicyFacts {
    let bytes = text.map(|text| text.len() as u64);
    let bare = PolicyFacts {
        bytes,
        text: sum,
        payload: None,
        is_signed: false,
        generator: None,
        is_empty: bytes.is_none(),
    };
    let text = match (kind, text) {
        (_, None) => return bare,
        // Keylime does not say what stands in one: the text is the policy.
        (PolicyKind::MeasuredBoot, Some(_)) => return PolicyFacts { payload: Some(sum), ..bare },
        (PolicyKind::Runtime, Some(text)) => text,
    };
    let Ok(outline) = serde_json::from_slice::<Outline<'_>>(text) else { return bare };
    if let Some(Payload(payload)) = outline.payload.as_ref().filter(|Payload(payload)| !payload.is_empty()) {
        let signed = PolicyFacts { is_signed: true, ..bare };
        let Ok(payload) = STANDARD.decode(payload.as_bytes()) else { return signed };
        let inner = serde_json::from_slice::<Outline<'_>>(&payload).unwrap_or_default();
        let inside = Checksum::from_slice(digest(&SHA256, &payload).as_ref());
        return PolicyFacts { payload: inside, ..inner.describe(signed) };
    }
    let payload = outline.meta.is_some().then_some(sum);
    PolicyFacts { payload, ..outline.describe(bare) }
}

/// As much of a policy, or of an envelope around one, as has to be known.
#[derive(Default, Deserialize)]
struct Outline<'a> {
    #[serde(borrow)]
    payload: Option<Payload<'a>>,
    meta: Option<Meta>,
    digests: Option<Size>,
    excludes: Option<Size>,
    keyrings: Option<Size>,
    #[serde(rename = "ima-buf")]
    ima_buf: Option<Size>,
    #[serde(rename = "verification-keys")]
    verification_keys: Option<Size>,
    digest_metadata: Option<Size>,
}

/// Not copied where it needs no unescaping: it may be most of a long text.
#[derive(Deserialize)]
struct Payload<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
struct Meta {
    generator: Option<u64>,
}

impl Outline<'_> {
    fn describe(&self, facts: PolicyFacts) -> PolicyFacts {
        let parts = [
            &self.digests,
            &self.excludes,
            &self.keyrings,
            &self.ima_buf,
            &self.verification_keys,
            &self.digest_metadata,
        ];
        let is_empty =
            self.meta.is_some() && parts.iter().all(|part| part.as_ref().is_none_or(|size| size.0 == 0));
        PolicyFacts { generator: self.meta.as_ref().and_then(|meta| meta.generator), is_empty, ..facts }
    }
}

/// How many members, entries or bytes a value has.
struct Size(usize);

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Counter;
        impl<'de> Visitor<'de> for Counter {
            type Value = Size;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object, a list or a text")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Size, E> {
                Ok(Size(text.len()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Size, A::Error> {
                let mut size = 0;
                while list.next_element::<IgnoredAny>()?.is_some() {
                    size += 1;
                }
                Ok(Size(size))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Size, A::Error> {
                let mut size = 0;
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
                    size += 1;
                }
                Ok(Size(size))
            }
        }
        input.deserialize_any(Counter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> PolicyFacts {
        local_facts(PolicyKind::Runtime, text.as_bytes())
    }

    const MADE_BY_KEYLIME: &str = r#"{"meta": {"version": 1, "generator": 1}, "release": 0, "digests": {}, "excludes": [], "keyrings": {}, "ima": {"ignored_keyrings": [], "log_hash_alg": "sha1", "dm_policy": null}, "ima-buf": {}, "verification-keys": ""}"#;

    #[test]
    fn what_keylime_makes_is_known_by_its_shape() {
        let made = of(MADE_BY_KEYLIME);
        assert!(made.is_placeholder() && made.payload == Some(made.text), "{made:?}");
        for (what, with) in [
            (r#""digests": {}"#, r#""digests": {"/a": ["00"]}"#),
            (r#""excludes": []"#, r#""excludes": ["a"]"#),
            (r#""verification-keys": """#, r#""verification-keys": "x""#),
            (r#""generator": 1"#, r#""generator": 3"#),
            (r#""release""#, r#""digest_metadata": {"00": {}}, "release""#),
        ] {
            assert!(!of(&MADE_BY_KEYLIME.replace(what, with)).is_placeholder(), "{with}");
        }
        for broken in ["", "[]", "7", "{", r#"{"meta": 1}"#] {
            let facts = of(broken);
            assert!(!facts.is_placeholder() && facts.payload.is_none(), "{broken}: {facts:?}");
        }
    }

    #[test]
    fn an_envelope_has_the_sum_of_what_is_inside() {
        let bare = of(MADE_BY_KEYLIME);
        let around = |extra: &str| {
            of(&format!(r#"{{"payload": "{}", "signatures": [{extra}]}}"#, STANDARD.encode(MADE_BY_KEYLIME)))
        };
        let (one, two) = (around(""), around("1"));
        assert!(one.text != two.text && one.payload == two.payload && one.payload == bare.payload);
        assert!(one.is_signed && !one.is_placeholder() && one.generator == Some(1), "{one:?}");
        assert_eq!(of(r#"{"payload": "?"}"#).payload, None);
    }

    #[test]
    fn null_is_a_placeholder_of_measured_boot() {
        assert!(facts_of(PolicyKind::MeasuredBoot, None, Checksum::new([0; 32])).is_placeholder());
        let facts = local_facts(PolicyKind::MeasuredBoot, b"{}");
        assert!(!facts.is_placeholder() && facts.payload == Some(facts.text));
    }
}

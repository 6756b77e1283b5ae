//! What today's verifier (Keylime 7.14.3) does with a text that is uploaded as a runtime policy: by default, and
//! when `require_allow_list_signatures` is on.
//!
//! This is its behaviour, not our verdict: it reads JSON as Python does (`lax`), tries hex before base64
//! (`decode`), does not look at `payloadType`, verifies with ECDSA and SHA-256 whatever the curve, and by default
//! verifies nothing. The steps are those of `__get_runtime_policy_db_format` in `cloud_verifier_tornado.py`:
//! `verify_runtime_policy`, then the schema.

mod curve;
mod decode;
mod lax;
mod schema;
mod signature;

use std::borrow::Cow;

use lax::{Kind, Lax};
pub(in crate::policy) use schema::REFUSED;

/// What is known of a text that was read strictly, so that a large one is not read again.
///
/// Only for texts without duplicates, byte order mark and the other things that Python reads and we refuse, and
/// whose payload is standard or URL-safe base64 that is not hex as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Whether it is an envelope with `payload`.
    pub is_envelope: bool,
    /// What the schema of the verifier's code says of the policy; the reason where it refuses.
    pub schema: Result<(), String>,
    /// Whether Keylime's own rules find a signature of the given key good; `None` if that was not asked.
    pub verifies: Option<bool>,
}

impl Known {
    /// From a policy that was read strictly, alone or out of an envelope that was; nothing where it was refused.
    #[must_use]
    pub fn of(reading: &super::document::Reading, is_envelope: bool, verifies: Option<bool>) -> Option<Self> {
        schema::of_reading(reading).map(|schema| Self { is_envelope, schema, verifies })
    }
}

/// A text as it would be uploaded.
#[derive(Debug, Clone, Copy)]
pub struct Upload<'a> {
    /// All of it.
    pub text: &'a [u8],
    /// The file that is sent as `runtime_policy_key`, or lies in the verifier's `signing_keys`: PEM.
    pub key: Option<&'a [u8]>,
    /// What is known already.
    pub known: Option<&'a Known>,
}

/// What a verifier does, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It stores the policy.
    Accepts {
        /// What to know about that, fit to be shown.
        reason: String,
    },
    /// It answers with an error.
    Rejects {
        /// Its reason or error, fit to be shown.
        reason: String,
    },
}

impl Answer {
    fn accepts(reason: impl Into<String>) -> Self {
        Self::Accepts { reason: reason.into() }
    }

    fn rejects(reason: impl Into<String>) -> Self {
        Self::Rejects { reason: reason.into() }
    }

    /// The word of our JSON.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Accepts { .. } => "accepts",
            Self::Rejects { .. } => "rejects",
        }
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Self::Accepts { reason } | Self::Rejects { reason } => reason,
        }
    }

    /// Whether the policy is stored.
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepts { .. })
    }
}

/// What becomes of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prediction {
    /// With the options that every template has.
    pub default: Answer,
    /// With `require_allow_list_signatures`.
    pub signatures_required: Answer,
    /// `verify_runtime_policy` alone, without signatures: the first step by default.
    pub without_check: Answer,
    /// `verify_runtime_policy` alone, with signatures required.
    pub with_check: Answer,
    /// The second step: what is taken out and held against the schema.
    pub contents: Answer,
}

impl Prediction {
    /// Both reasons in one sentence or two.
    #[must_use]
    pub fn reason(&self) -> String {
        let (default, required) = (self.default.reason(), self.signatures_required.reason());
        if default == required {
            return default.to_owned();
        }
        format!("by default: {default}; with require_allow_list_signatures: {required}")
    }

    fn new(without_check: Answer, with_check: Answer, contents: Answer) -> Self {
        let both = |first: &Answer| match (first, &contents) {
            (Answer::Accepts { .. }, Answer::Rejects { .. }) => contents.clone(),
            _ => first.clone(),
        };
        Self {
            default: both(&without_check),
            signatures_required: both(&with_check),
            without_check,
            with_check,
            contents,
        }
    }

    fn rejected(why: &str) -> Self {
        Self::new(Answer::rejects(why), Answer::rejects(why), Answer::rejects(why))
    }
}

const NO_KEY: &str = "Runtime policy signature verification required but no key was given!";
const NOT_SIGNED: &str = "Runtime policy is not signed!";
const FAILED: &str = "Runtime policy failed DSSE signature verification!";
const NOT_JSON: &str = "Runtime policy is not valid JSON!";
const NOT_LOOKED_AT: &str = "the signature is stored with it and not looked at";
const VERIFIED: &str = "the signature verifies with the given key";

/// What a verifier would do.
#[must_use]
pub fn predict(upload: &Upload<'_>) -> Prediction {
    if let Some(known) = upload.known {
        return predict_known(upload, known);
    }
    // The upload itself is base64 of UTF-8.
    let Ok(text) = std::str::from_utf8(upload.text) else {
        return Prediction::rejected("the text is not UTF-8");
    };
    let contents = contents(text);
    // This step reads bytes, so a byte order mark or UTF-16 passes it; the next one reads text.
    let Ok(decoded) = decode::text(upload.text) else { return Prediction::rejected(NOT_JSON) };
    let lax = match Lax::read(&decoded) {
        Ok(lax) => lax,
        Err(why) => {
            let reason = format!("{NOT_JSON} ({why})");
            return Prediction::new(Answer::rejects(reason.as_str()), Answer::rejects(reason), contents);
        }
    };
    let without_check = without_check(lax);
    let with_check = match upload.key {
        None | Some([]) => Answer::rejects(NO_KEY),
        Some(key) => with_check(lax, key),
    };
    Prediction::new(without_check, with_check, contents)
}

fn predict_known(upload: &Upload<'_>, known: &Known) -> Prediction {
    let contents = match &known.schema {
        Ok(()) => Answer::accepts("the policy passes the schema"),
        Err(why) => malformatted(why),
    };
    let without_check = if known.is_envelope {
        Answer::accepts(NOT_LOOKED_AT)
    } else {
        Answer::accepts("no signature is asked for")
    };
    let with_check = match (upload.key, known.is_envelope) {
        (None | Some([]), _) => Answer::rejects(NO_KEY),
        (Some(_), false) => Answer::rejects(NOT_SIGNED),
        (Some(key), true) => match known.verifies {
            Some(true) => Answer::accepts(VERIFIED),
            Some(false) => Answer::rejects(FAILED),
            None => match std::str::from_utf8(upload.text).map(Lax::read) {
                Ok(Ok(lax)) => with_check(lax, key),
                _ => Answer::rejects(NOT_JSON),
            },
        },
    };
    Prediction::new(without_check, with_check, contents)
}

fn malformatted(why: &str) -> Answer {
    Answer::rejects(format!("Runtime policy is malformatted: {why}"))
}

/// `verify_runtime_policy` without signatures.
fn without_check(lax: Lax<'_>) -> Answer {
    match payload(lax) {
        Err(why) => Answer::rejects(why),
        Ok(None) => excluded_lists(lax).unwrap_or_else(|| Answer::accepts("no signature is asked for")),
        Ok(Some(payload)) => match decode::base64(&payload) {
            Err(why) => Answer::rejects(format!("payload: {why}")),
            Ok(_) => excluded_lists(lax).unwrap_or_else(|| Answer::accepts(told(lax))),
        },
    }
}

/// The text of `payload` where it is true for Python.
fn payload(lax: Lax<'_>) -> Result<Option<Cow<'_, str>>, String> {
    let root = lax.root();
    if lax.kind(root) != Kind::Object {
        return Err("the text is no object (AttributeError)".to_owned());
    }
    let Some(payload) = lax.get(root, "payload").filter(|place| lax.is_true(*place)) else {
        return Ok(None);
    };
    if lax.kind(payload) != Kind::Text {
        return Err("payload is no text (AttributeError)".to_owned());
    }
    if lax.has_lone_surrogate(payload) {
        return Err("payload holds a lone surrogate (UnicodeEncodeError)".to_owned());
    }
    Ok(Some(lax.string_at(payload)))
}

/// The verifier looks up `exclude`, which no policy has; if one does, it is checked.
fn excluded_lists(lax: Lax<'_>) -> Option<Answer> {
    let list = lax.get(lax.root(), "exclude").filter(|place| lax.is_true(*place))?;
    // Python joins whatever can be gone through: the characters of a text, the names of an object.
    let texts: Option<Vec<Cow<'_, str>>> = match lax.kind(list) {
        Kind::Array => lax
            .elements(list)
            .map(|entry| (lax.kind(entry) == Kind::Text).then(|| lax.string_at(entry)))
            .collect(),
        Kind::Text => {
            Some(lax.string_at(list).chars().map(|character| Cow::Owned(character.to_string())).collect())
        }
        Kind::Object => {
            let mut seen = std::collections::HashSet::new();
            Some(lax.members(list).map(|member| member.0).filter(|name| seen.insert(name.clone())).collect())
        }
        _ => None,
    };
    let Some(texts) = texts else {
        return Some(Answer::rejects("\"exclude\" is no list of texts (TypeError)"));
    };
    let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
    match super::exclude::Excludes::new(&texts).standing() {
        super::exclude::Standing::Ignored { why } => {
            let why = crate::text::sanitise_to(why, 120);
            Some(Answer::rejects(format!("Invalid regex: {why}. Exclude list regex is misformatted.")))
        }
        super::exclude::Standing::Raises { why } => {
            Some(Answer::rejects(format!("\"exclude\": {}", crate::text::sanitise_to(why, 120))))
        }
        _ => None,
    }
}

/// What an operator should know of an envelope that passes unverified.
fn told(lax: Lax<'_>) -> String {
    let signatures = lax.get(lax.root(), "signatures");
    let missing = match signatures {
        None => Some("'signatures'"),
        Some(list) if lax.kind(list) == Kind::Array => lax
            .elements(list)
            .any(|one| lax.kind(one) != Kind::Object || lax.get(one, "keyid").is_none())
            .then_some("'keyid'"),
        Some(_) => None,
    };
    match missing {
        Some(name) => {
            format!("{NOT_LOOKED_AT}; uploaded without a key, looking one up fails with KeyError: {name}")
        }
        None => NOT_LOOKED_AT.to_owned(),
    }
}

/// `verify_runtime_policy` with signatures and a key.
fn with_check(lax: Lax<'_>, key: &[u8]) -> Answer {
    match payload(lax) {
        Err(why) => Answer::rejects(why),
        Ok(None) => Answer::rejects(NOT_SIGNED),
        Ok(Some(payload)) => match signature::verify(lax, &payload, key) {
            Err(why) => Answer::rejects(why),
            Ok(false) => Answer::rejects(FAILED),
            Ok(true) => excluded_lists(lax).unwrap_or_else(|| Answer::accepts(VERIFIED)),
        },
    }
}

/// `runtime_policy_db_contents`: reads the text again, takes the policy out and holds it against the schema.
fn contents(text: &str) -> Answer {
    let lax = match Lax::read(text) {
        Ok(lax) => lax,
        Err(why) => return Answer::rejects(format!("the text is not JSON: {why}")),
    };
    let inner = match payload(lax) {
        Err(why) => return Answer::rejects(why),
        Ok(None) => return schema_answer(lax),
        Ok(Some(payload)) => match decode::base64(&payload) {
            Ok(bytes) => bytes,
            Err(why) => return Answer::rejects(format!("payload: {why}")),
        },
    };
    match decode::text(&inner).and_then(|text| Lax::read(&text).map(schema_answer)) {
        Ok(answer) => answer,
        Err(why) => Answer::rejects(format!("the payload is not JSON: {why}")),
    }
}

fn schema_answer(lax: Lax<'_>) -> Answer {
    match schema::check(lax) {
        Ok(()) => Answer::accepts("the policy passes the schema"),
        Err(why) => malformatted(&why),
    }
}

#[cfg(test)]
mod tests;

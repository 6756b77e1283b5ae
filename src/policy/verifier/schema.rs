//! The schema of the verifier's code (`RUNTIME_POLICY_SCHEMA` in `keylime/ima/ima.py`), over what Python reads.
//!
//! Python keeps one value of a name that stands twice, so an earlier one may be anything.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

use super::lax::{Kind, Lax, Place};
use crate::policy::document::{Reading, codes};
use crate::text::sanitise_to;

/// Findings of the strict reader that the schema refuses too.
pub(in crate::policy) const REFUSED: [&str; 12] = [
    codes::NOT_A_POLICY,
    codes::MISSING_MEMBER,
    codes::WRONG_TYPE,
    codes::NOT_AN_INTEGER,
    codes::OUT_OF_RANGE,
    codes::EMPTY_DIGEST_LIST,
    codes::BAD_DIGEST,
    codes::DIGEST_UPPER_CASE,
    codes::DIGEST_PREFIX,
    codes::DIGEST_LENGTH,
    codes::UNKNOWN_HASH_ALGORITHM,
    codes::DM_POLICY,
];

/// What the schema says of a policy that was read strictly, without going through it again.
pub(super) fn of_reading(reading: &Reading) -> Option<Result<(), String>> {
    let policy = reading.policy.as_ref()?;
    if let Some(found) = reading.findings.iter().find(|found| REFUSED.contains(&found.code)) {
        return Some(Err(found.message.clone()));
    }
    if policy.release().is_some_and(|release| release.len() > super::lax::MAX_DIGITS) {
        return Some(Err("'release' has too many digits for Python".to_owned()));
    }
    Some(policy.verification_keys().map_or(Ok(()), |text| keys(&text.value())))
}

const REQUIRED: [&str; 8] =
    ["meta", "release", "digests", "excludes", "keyrings", "ima", "ima-buf", "verification-keys"];

/// Checks a policy.
///
/// # Errors
/// What the verifier would say, about.
pub(super) fn check(lax: Lax<'_>) -> Result<(), String> {
    let root = lax.root();
    if lax.kind(root) != Kind::Object {
        return Err("the policy is not of type 'object'".to_owned());
    }
    let mut found: [Option<Place>; REQUIRED.len()] = [None; REQUIRED.len()];
    for (name, value) in lax.members(root) {
        if let Some(index) = REQUIRED.iter().position(|known| *known == name)
            && let Some(slot) = found.get_mut(index)
        {
            *slot = Some(value);
        }
    }
    for (name, place) in REQUIRED.iter().zip(&found) {
        if place.is_none() {
            return Err(format!("'{name}' is a required property"));
        }
    }
    for (name, place) in REQUIRED.iter().zip(found) {
        let Some(place) = place else { continue };
        match *name {
            "meta" => meta(lax, place)?,
            "release" => integer(lax, place, "release", None)?,
            "excludes" => texts(lax, place, "excludes")?,
            "ima" => ima(lax, place)?,
            "verification-keys" => verification_keys(lax, place)?,
            other => digests(lax, place, other)?,
        }
    }
    Ok(())
}

fn typed(lax: Lax<'_>, place: Place, kind: Kind, name: &str, word: &str) -> Result<(), String> {
    if lax.kind(place) == kind { Ok(()) } else { Err(format!("'{name}' is not of type '{word}'")) }
}

fn required(lax: Lax<'_>, object: Place, name: &str) -> Result<Place, String> {
    lax.get(object, name).ok_or_else(|| format!("'{name}' is a required property"))
}

fn meta(lax: Lax<'_>, place: Place) -> Result<(), String> {
    typed(lax, place, Kind::Object, "meta", "object")?;
    let version = required(lax, place, "version")?;
    let generator = required(lax, place, "generator")?;
    integer(lax, version, "version", None)?;
    integer(lax, generator, "generator", Some(3.0))?;
    match lax.get(place, "timestamp") {
        Some(timestamp) => typed(lax, timestamp, Kind::Text, "timestamp", "string"),
        None => Ok(()),
    }
}

fn ima(lax: Lax<'_>, place: Place) -> Result<(), String> {
    typed(lax, place, Kind::Object, "ima", "object")?;
    let ignored = required(lax, place, "ignored_keyrings")?;
    let algorithm = required(lax, place, "log_hash_alg")?;
    let device_mapper = required(lax, place, "dm_policy")?;
    texts(lax, ignored, "ignored_keyrings")?;
    typed(lax, algorithm, Kind::Text, "log_hash_alg", "string")?;
    if !matches!(lax.string_at(algorithm).as_ref(), "sha1" | "sha256" | "sha384" | "sha512") {
        return Err("'log_hash_alg' is not one of ['sha1', 'sha256', 'sha384', 'sha512']".to_owned());
    }
    typed(lax, device_mapper, Kind::Null, "dm_policy", "null")
}

/// An integer of JSON Schema, from 0: also a float without a fraction, never a boolean.
fn integer(lax: Lax<'_>, place: Place, name: &str, most: Option<f64>) -> Result<(), String> {
    let value = whole(lax, place).ok_or_else(|| format!("'{name}' is not of type 'integer'"))?;
    if value < 0.0 {
        return Err(format!("'{name}' is less than the minimum of 0"));
    }
    if most.is_some_and(|most| value > most) {
        return Err(format!("'{name}' is greater than the maximum"));
    }
    Ok(())
}

fn whole(lax: Lax<'_>, place: Place) -> Option<f64> {
    let kind = lax.kind(place);
    if !matches!(kind, Kind::Integer | Kind::Float) {
        return None;
    }
    let value: f64 = lax.number_text(place).parse().ok()?;
    (kind == Kind::Integer || value.is_finite() && value.fract() == 0.0).then_some(value)
}

fn texts(lax: Lax<'_>, place: Place, name: &str) -> Result<(), String> {
    typed(lax, place, Kind::Array, name, "array")?;
    for element in lax.elements(place) {
        typed(lax, element, Kind::Text, name, "string")?;
    }
    Ok(())
}

fn digests(lax: Lax<'_>, place: Place, name: &str) -> Result<(), String> {
    typed(lax, place, Kind::Object, name, "object")?;
    let hashes = BuildHasherDefault::<DefaultHasher>::default();
    // Paths whose last value so far is wrong: a later one of the same name may put it right.
    let mut wrong: HashSet<u64> = HashSet::new();
    let mut first = None;
    for (path, value) in lax.members(place) {
        match entry(lax, value) {
            Ok(()) if wrong.is_empty() => {}
            Ok(()) => {
                wrong.remove(&hashes.hash_one(path.as_ref()));
            }
            Err(why) => {
                wrong.insert(hashes.hash_one(path.as_ref()));
                first = Some(format!("{name} \"{}\": {why}", sanitise_to(&path, 120)));
            }
        }
    }
    match first {
        Some(why) if !wrong.is_empty() => Err(why),
        _ => Ok(()),
    }
}

fn entry(lax: Lax<'_>, place: Place) -> Result<(), String> {
    if lax.kind(place) != Kind::Array {
        return Err("is not of type 'array'".to_owned());
    }
    let mut is_empty = true;
    for element in lax.elements(place) {
        is_empty = false;
        if lax.kind(element) != Kind::Text {
            return Err("a digest is not of type 'string'".to_owned());
        }
        let digest = lax.string_at(element);
        // The "$" of Python also matches before a newline at the end.
        let text = digest.strip_suffix('\n').unwrap_or(&digest);
        let fits = (40..=128).contains(&text.len())
            && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !fits {
            return Err(format!("'{}' does not match '^[0-9a-f]{{40,128}}$'", sanitise_to(&digest, 150)));
        }
    }
    if is_empty { Err("[] is too short".to_owned()) } else { Ok(()) }
}

fn verification_keys(lax: Lax<'_>, place: Place) -> Result<(), String> {
    typed(lax, place, Kind::Text, "verification-keys", "string")?;
    keys(&lax.string_at(place))
}

/// The text of `verification-keys` against `IMA_KEYRING_JSON_SCHEMA`.
fn keys(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    let keys = Lax::read(text).map_err(|why| format!("'verification-keys' is not JSON: {why}"))?;
    let root = keys.root();
    typed(keys, root, Kind::Object, "verification-keys", "object")?;
    let ids = required(keys, root, "keyids")?;
    let public = required(keys, root, "pubkeys")?;
    if let Some(meta) = keys.get(root, "meta") {
        typed(keys, meta, Kind::Object, "meta", "object")?;
        let version = required(keys, meta, "version")?;
        if whole(keys, version).is_none_or(|version| version < 1.0) {
            return Err("'version' of 'verification-keys' is no integer from 1".to_owned());
        }
    }
    typed(keys, ids, Kind::Array, "keyids", "array")?;
    for id in keys.elements(ids) {
        whole(keys, id).ok_or_else(|| "'keyids' holds what is not of type 'integer'".to_owned())?;
    }
    texts(keys, public, "pubkeys")
}

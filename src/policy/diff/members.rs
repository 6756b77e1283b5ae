//! The small members, and `digest_metadata`.

use std::ops::ControlFlow;

use crate::policy::document::Policy;
use crate::policy::json::{Content, Limits, Reader, Span, Value};

use super::STEP;
use super::maps::{MapChanges, narrow};

/// A member that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberChange {
    /// Its name with what it stands in, as `meta.version`. Text of the policy
    /// where nobody knows the member: to be shown through the sanitiser only.
    pub name: String,
    /// Its value's part of the left policy, if it stands there.
    pub left: Option<Span>,
    /// Its value's part of the right policy, if it stands there.
    pub right: Option<Span>,
}

/// The public keys in `verification-keys`, if it is the JSON text that the
/// verifier reads (`file_signatures.py`): base64 of DER. Others give none.
#[must_use]
pub fn verification_keys(policy: &Policy) -> Vec<String> {
    let Some(text) = policy.verification_keys() else { return Vec::new() };
    let said = text.bytes();
    let Ok(value) = Value::read(&said, &Limits::default()) else { return Vec::new() };
    let keys = value.get("pubkeys").and_then(Value::elements).unwrap_or_default();
    keys.iter().filter_map(|key| key.text().map(|text| text.value().into_owned())).collect()
}

pub(super) fn compare(left: &Policy, right: &Policy) -> Vec<MemberChange> {
    let (before, after) = (members(left), members(right));
    let mut changes = Vec::new();
    let mut rest = after.as_slice();
    let mut push = |name: &str, one: Option<Span>, other: Option<Span>| {
        changes.push(MemberChange { name: name.to_owned(), left: one, right: other });
    };
    // Both are sorted by name.
    for (name, span) in &before {
        while let Some(((other, at), tail)) = rest.split_first().filter(|((other, _), _)| other < name) {
            push(other, None, Some(*at));
            rest = tail;
        }
        match rest.split_first() {
            Some(((other, at), tail)) if other == name => {
                rest = tail;
                if !same(left, *span, right, *at) {
                    push(name, Some(*span), Some(*at));
                }
            }
            _ => push(name, Some(*span), None),
        }
    }
    rest.iter().for_each(|(name, at)| push(name, None, Some(*at)));
    changes
}

/// The members that no list is kept of, sorted by name.
fn members(policy: &Policy) -> Vec<(String, Span)> {
    let texts = [
        ("meta.timestamp", policy.timestamp()),
        ("ima.log_hash_alg", policy.log_hash_algorithm()),
        ("verification-keys", policy.verification_keys()),
    ];
    let texts =
        texts.into_iter().filter_map(|(name, text)| Some((name, Span::new(text?.offset, text?.end()))));
    let numbers = [
        ("meta.version", policy.version_span()),
        ("meta.generator", policy.generator_span()),
        ("release", policy.release_span()),
    ];
    let numbers = numbers.into_iter().filter_map(|(name, span)| Some((name, span?)));
    let mut all: Vec<_> = texts.chain(numbers).map(|(name, span)| (name.to_owned(), span)).collect();
    all.extend(policy.unknown_members().map(|member| {
        let name = member.name.value();
        let whole =
            if member.inside.is_empty() { name.into_owned() } else { format!("{}.{name}", member.inside) };
        (whole, member.value)
    }));
    all.sort_unstable();
    all
}

pub(super) fn metadata(
    left: &Policy,
    right: &Policy,
    progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Option<MapChanges> {
    let (before, after) = (left.metadata(), right.metadata());
    let mut changes = MapChanges::default();
    let mut met = vec![false; before.len()];
    for (number, entry) in after.entries().enumerate() {
        if number % STEP == 0 && progress(right.paths() + number).is_break() {
            return None;
        }
        let found = before.find(&entry.digest()).and_then(|other| Some((other, before.entry(other)?)));
        let Some((other, value)) = found else {
            changes.added.push(narrow(number));
            continue;
        };
        if let Some(met) = met.get_mut(other) {
            *met = true;
        }
        if !same(left, value.value, right, entry.value) {
            changes.changed.push((narrow(other), narrow(number)));
        }
    }
    let gone = met.iter().enumerate().filter(|(_, met)| !**met);
    changes.removed = gone.map(|(number, _)| narrow(number)).collect();
    Some(changes)
}

/// Whether two values say the same; white space, escapes and the order of
/// members do not count. What is too large for a tree counts as it is spelled.
fn same(left: &Policy, one: Span, right: &Policy, other: Span) -> bool {
    if one.of(left.text()) == other.of(right.text()) {
        return true;
    }
    let limits = Limits::default();
    let tree =
        |policy, span| Reader::at(policy, span, &limits).and_then(|mut reader| Value::next(&mut reader));
    match (tree(left.text(), one), tree(right.text(), other)) {
        (Ok(one), Ok(other)) => alike(&one, &other),
        _ => false,
    }
}

/// As deep as the reader went.
fn alike(one: &Value<'_>, other: &Value<'_>) -> bool {
    match (&one.content, &other.content) {
        (Content::Null, Content::Null) => true,
        (Content::Bool(one), Content::Bool(other)) => one == other,
        (Content::Number(one), Content::Number(other)) => one.raw == other.raw,
        (Content::Text(one), Content::Text(other)) => one.same(*other),
        (Content::Array(one), Content::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(one, other))
        }
        (Content::Object(one), Content::Object(other)) => {
            if one.len() != other.len() {
                return false;
            }
            let sorted = |members| {
                let mut members: Vec<&crate::policy::json::Member<'_>> = Vec::from_iter(members);
                members.sort_by_cached_key(|member| member.name.bytes());
                members
            };
            sorted(one)
                .into_iter()
                .zip(sorted(other))
                .all(|(one, other)| one.name.same(other.name) && alike(&one.value, &other.value))
        }
        _ => false,
    }
}

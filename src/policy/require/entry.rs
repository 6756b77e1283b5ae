//! An entry that is there already: what it lacks is added, what it says otherwise is a conflict.

use crate::policy::document::metadata::{Check, CheckKind, DigestMetadata, Identity, MAX_IDENTITIES};
use crate::policy::evidence::{Digest, IDENTITY, INCLUSION};
use crate::policy::json::{Content, Limits, Reader, Span, Value};
use crate::text::sanitise_to;

use super::additions::{Additions, named};
use super::layout::{Around, New};
use super::members::{self, Item, indent_at, is_open};
use super::{Effect, RequireError, Requirement};

/// Characters of a value in a message.
const SHOWN: usize = 80;

/// Adds what the entry of a digest lacks.
pub(super) fn extend(
    work: &mut Additions<'_>,
    found: DigestMetadata<'_>,
    digest: &Digest,
    requirement: &Requirement,
) -> Result<Vec<(&'static str, Effect)>, RequireError> {
    let refused = |found: String, offset| RequireError::Entry { digest: digest.clone(), found, offset };
    let read = Reader::at(work.text, found.value, &Limits::default());
    let value = read
        .and_then(|mut reader| Value::next(&mut reader))
        .map_err(|refusal| refused(refusal.message, refusal.offset))?;
    let noun = value.noun();
    let Content::Object(members) = value.content else {
        return Err(refused(noun.to_owned(), found.value.start()));
    };
    let last = members.last().map(|member| Item { start: member.name.offset, value: member.value.span });
    let checks: Vec<Check<'_>> = found.checks();
    let of = |name: &str| checks.iter().find(|check| check.name.is(name));
    let conflict = |check, found, span: Span| RequireError::Conflict {
        digest: digest.clone(),
        check,
        found,
        offset: span.start(),
    };
    let mut effects = Vec::new();
    let mut missing: Vec<(&'static str, New<'_>)> = Vec::new();
    if requirement.log_inclusion {
        let effect = match of(INCLUSION) {
            None => {
                missing.push((INCLUSION, New::True));
                Effect::Added
            }
            Some(check) if check.kind == CheckKind::LogProof(true) => Effect::AlreadyThere,
            Some(check) if requirement.replace => {
                work.splice.replace(check.span(), b"true".to_vec());
                Effect::Replaced
            }
            Some(check) => return Err(conflict(INCLUSION, says(work.text, check.span()), check.span())),
        };
        effects.push((INCLUSION, effect));
    }
    if let Some(identity) = &requirement.identity {
        let effect = match of(IDENTITY) {
            None => {
                missing.push((IDENTITY, named(identity)));
                Effect::Added
            }
            Some(check) => match judged(check, identity) {
                Judged::Same => Effect::AlreadyThere,
                _ if requirement.replace => {
                    replace(work, check, identity);
                    Effect::Replaced
                }
                Judged::OneOf => Effect::AlreadyThere,
                Judged::Others(most) if most >= MAX_IDENTITIES => {
                    return Err(RequireError::TooManyIdentities { digest: digest.clone(), most });
                }
                Judged::Others(number) => {
                    join(work, check, identity);
                    Effect::Alternative(number + 1)
                }
                Judged::Wrong(why) => return Err(conflict(IDENTITY, why, check.span())),
            },
        };
        effects.push((IDENTITY, effect));
    }
    if !missing.is_empty() {
        let layout = &work.layout;
        let (at, new) = match last {
            Some(last) => {
                let written = missing.iter().map(|(name, value)| {
                    move |out: &mut Vec<u8>, around: &Around| layout.member(out, name, value, around)
                });
                (last.value.end(), members::after(work.text, last, layout, written))
            }
            None => {
                let new = members::into_empty(work.text, found.value, layout, missing.into_iter());
                (found.value.start() + 1, new)
            }
        };
        work.splice.insert(at, new);
    }
    Ok(effects)
}

/// An identity beside those that are demanded.
enum Judged {
    /// Only this one is demanded.
    Same,
    /// It is one of several, of which any will do.
    OneOf,
    /// So many others are demanded.
    Others(usize),
    /// The check is not what it should be, in words.
    Wrong(String),
}

fn judged(check: &Check<'_>, identity: &Identity) -> Judged {
    let CheckKind::Identity(demanded) = &check.kind else {
        return Judged::Wrong("is not what the check may be".to_owned());
    };
    let one = std::slice::from_ref(&check.value);
    let all = check.value.elements().unwrap_or(one);
    if all.iter().any(|value| value.members().is_some_and(|members| members.len() != 2)) {
        return Judged::Wrong("has members that nobody knows and that may narrow it".to_owned());
    }
    match demanded.as_slice() {
        [only] if only == identity => Judged::Same,
        several if several.contains(identity) => Judged::OneOf,
        others => Judged::Others(others.len()),
    }
}

fn replace(work: &mut Additions<'_>, check: &Check<'_>, identity: &Identity) {
    let span = check.span();
    let around =
        Around { indent: indent_of(work, span.start()), open: is_open(work.text, span).unwrap_or(false) };
    let mut new = Vec::new();
    work.layout.value(&mut new, &named(identity), &around);
    work.splice.replace(span, new);
}

/// One more identity: a list where there was a single one.
fn join(work: &mut Additions<'_>, check: &Check<'_>, identity: &Identity) {
    let (text, span) = (work.text, check.span());
    let value = named(identity);
    if let Some(elements) = check.value.elements() {
        let Some(last) = elements.last() else { return };
        let item = Item { start: last.span.start(), value: last.span };
        let layout = &work.layout;
        let write = |out: &mut Vec<u8>, around: &Around| layout.value(out, &value, around);
        let new = members::after(text, item, layout, std::iter::once(write));
        work.splice.insert(last.span.end(), new);
        return;
    }
    let around = Around { indent: indent_of(work, span.start()), open: is_open(text, span).unwrap_or(false) };
    let mut new = b",".to_vec();
    new.extend_from_slice(&work.layout.gap);
    work.layout.value(&mut new, &value, &around);
    new.push(b']');
    work.splice.insert(span.start(), b"[".to_vec());
    work.splice.insert(span.end(), new);
}

/// Of a text in one line, the whole is not gone through for nothing.
fn indent_of(work: &Additions<'_>, at: usize) -> Vec<u8> {
    if work.layout.newline.is_some() { indent_at(work.text, at) } else { Vec::new() }
}

fn says(text: &[u8], span: Span) -> String {
    format!("says {}", sanitise_to(&String::from_utf8_lossy(span.of(text)), SHOWN))
}

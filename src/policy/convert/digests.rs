//! Digests as today's schema wants them, and objects of them.

use std::borrow::Cow;

use super::changes::Changes;
use crate::policy::json::{Event, Kind, Limits, Reader, Refusal, Span};
use crate::text::sanitise_to;

/// Whether a digest is spelled as verifiers want it and has a known length.
pub(super) fn is_digest(text: &str) -> bool {
    matches!(text.len(), 40 | 64 | 96 | 128)
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The digest as verifiers want it; nothing where it is none.
pub(super) fn corrected(text: &str) -> Option<Cow<'_, str>> {
    if is_digest(text) {
        return Some(Cow::Borrowed(text));
    }
    let bare = text.trim();
    let bare = bare.split_once(':').map_or(bare, |(_, digest)| digest).to_ascii_lowercase();
    is_digest(&bare).then_some(Cow::Owned(bare))
}

/// Puts a text in quotes, escaped as JSON asks.
pub(super) fn quote(out: &mut Vec<u8>, text: &str) {
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(out, text);
}

/// Writes `{"path": ["digest", …], …}`: the bytes of the text where they are right already.
pub(super) fn object(
    bytes: &[u8],
    span: Span,
    name: &str,
    limits: &Limits,
    changes: &mut Changes,
    out: &mut Vec<u8>,
) -> Result<(), Refusal> {
    let part = span.of(bytes);
    if is_right(part, limits)? {
        out.extend_from_slice(part);
        return Ok(());
    }
    let mut reader = Reader::new(part, limits)?;
    if reader.next()? != Some(Event::Open(Kind::Object)) {
        changes.add("convert-lost", Some(span.start()), || format!("{name} is no object and was left out"));
        out.extend_from_slice(b"{}");
        return Ok(());
    }
    out.push(b'{');
    let mut is_first = true;
    while let Some(event) = reader.next()? {
        let Event::Key(path) = event else { continue };
        let mut found: Vec<String> = Vec::new();
        let depth = reader.depth();
        let mut is_list = true;
        while let Some(event) = reader.next()? {
            match event {
                Event::Text(text) => {
                    let place = Some(span.start() + text.offset);
                    let said = text.value();
                    let shown = || {
                        format!(
                            "\"{}\" of {name} \"{}\"",
                            sanitise_to(&said, 140),
                            sanitise_to(&path.value(), 120)
                        )
                    };
                    match corrected(&said) {
                        Some(digest) => {
                            if digest != said {
                                changes.add("convert-digest-corrected", place, || {
                                    format!("{} was corrected", shown())
                                });
                            }
                            found.push(digest.into_owned());
                        }
                        None => changes.add("convert-digest-dropped", place, || {
                            format!("{} is no digest and was left out", shown())
                        }),
                    }
                    is_list &= reader.depth() > depth;
                }
                Event::Open(_) | Event::Close(_) | Event::Key(_) => {}
                _ => changes.add("convert-digest-dropped", Some(span.start() + reader.start()), || {
                    format!(
                        "a value of {name} \"{}\" is no text and was left out",
                        sanitise_to(&path.value(), 120)
                    )
                }),
            }
            if reader.depth() <= depth {
                break;
            }
        }
        if !is_list {
            changes.add("convert-replaced", Some(span.start() + path.offset), || {
                format!(
                    "{name} \"{}\" was a single digest and is a list now",
                    sanitise_to(&path.value(), 120)
                )
            });
        }
        if found.is_empty() {
            changes.add("convert-lost", Some(span.start() + path.offset), || {
                format!("{name} \"{}\" has no digest and was left out", sanitise_to(&path.value(), 120))
            });
            continue;
        }
        if !std::mem::take(&mut is_first) {
            out.extend_from_slice(b", ");
        }
        out.push(b'"');
        out.extend_from_slice(path.raw);
        out.extend_from_slice(b"\": [\"");
        out.extend_from_slice(found.join("\", \"").as_bytes());
        out.extend_from_slice(b"\"]");
    }
    out.push(b'}');
    Ok(())
}

/// Whether the schema takes it as it is.
fn is_right(part: &[u8], limits: &Limits) -> Result<bool, Refusal> {
    let mut reader = Reader::new(part, limits)?;
    if reader.next()? != Some(Event::Open(Kind::Object)) {
        return Ok(false);
    }
    loop {
        match reader.next()? {
            Some(Event::Key(_)) => {}
            _ => return Ok(true),
        }
        if reader.next()? != Some(Event::Open(Kind::Array)) {
            return Ok(false);
        }
        let mut number = 0_usize;
        loop {
            match reader.next()? {
                Some(Event::Text(text)) if is_digest(&text.value()) => number += 1,
                Some(Event::Close(_)) if number > 0 => break,
                _ => return Ok(false),
            }
        }
    }
}

//! Flat allow-lists: lines of digest and path, `%keyring:NAME` for keyrings. There are no comments.

use std::collections::HashMap;

use super::{
    changes::Changes,
    digests::{corrected, quote},
};
use crate::policy::json::{Limits, Refusal, code};
use crate::text::sanitise_to;

/// The characters that end a line for Python's `str.splitlines`.
fn ends_line(character: char) -> bool {
    matches!(
        character,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Names with their digests, in the order in which they come first.
#[derive(Default)]
struct Entries<'a> {
    order: Vec<(&'a str, Vec<String>)>,
    places: HashMap<&'a str, usize>,
}

impl<'a> Entries<'a> {
    fn add(&mut self, name: &'a str, digest: String) {
        let next = self.order.len();
        let place = *self.places.entry(name).or_insert(next);
        match self.order.get_mut(place) {
            Some(entry) => entry.1.push(digest),
            None => self.order.push((name, vec![digest])),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        for (index, (name, digests)) in self.order.iter().enumerate() {
            if index > 0 {
                out.extend_from_slice(b", ");
            }
            quote(out, name);
            out.extend_from_slice(b": [\"");
            out.extend_from_slice(digests.join("\", \"").as_bytes());
            out.extend_from_slice(b"\"]");
        }
        out.push(b'}');
    }
}

/// Makes a policy of the lines.
pub(super) fn convert(
    bytes: &[u8],
    now: &str,
    limits: &Limits,
    changes: &mut Changes,
) -> Result<Vec<u8>, Refusal> {
    limits.admit(bytes.len() as u64)?;
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Refusal::new(code::NOT_UTF8, error.valid_up_to(), "the allow-list is not UTF-8"))?;
    let (mut digests, mut keyrings) = (Entries::default(), Entries::default());
    let mut lines = 0_usize;
    for line in text.split(ends_line) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        lines += 1;
        if lines > limits.members {
            return Err(Refusal::new(code::TOO_MANY_MEMBERS, 0, "the allow-list has too many lines"));
        }
        let offset = Some(line.as_ptr() as usize - text.as_ptr() as usize);
        let Some((word, path)) = line.split_once(char::is_whitespace) else {
            changes.add("convert-line-skipped", offset, || {
                format!("\"{}\" is not digest and path; the line was left out", sanitise_to(line, 120))
            });
            continue;
        };
        let path = path.trim_start();
        let Some(digest) = corrected(word) else {
            changes.add("convert-digest-dropped", offset, || {
                let note = if word.starts_with('#') { "; flat allow-lists have no comments" } else { "" };
                format!("\"{}\" is no digest{note}; the line was left out", sanitise_to(word, 120))
            });
            continue;
        };
        if digest != word {
            changes.add("convert-digest-corrected", offset, || {
                format!("\"{}\" was corrected", sanitise_to(word, 140))
            });
        }
        let digest = digest.into_owned();
        match path.strip_prefix("%keyring:") {
            Some(keyring) => keyrings.add(keyring, digest),
            None => digests.add(path, digest),
        }
    }
    changes.add("convert-meta", None, || {
        "a policy was made of the lines; excludes were kept in a file of their own and have to be added"
            .to_owned()
    });
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 8 + 512);
    out.extend_from_slice(b"{\"meta\": {\"version\": 1, \"generator\": 3, \"timestamp\": ");
    quote(&mut out, now);
    out.extend_from_slice(b"}, \"release\": 0, \"digests\": ");
    digests.write(&mut out);
    out.extend_from_slice(b", \"excludes\": [], \"keyrings\": ");
    keyrings.write(&mut out);
    out.extend_from_slice(
        b", \"ima\": {\"ignored_keyrings\": [], \"log_hash_alg\": \"sha1\", \"dm_policy\": null}, \"ima-buf\": {}, \
          \"verification-keys\": \"\"}",
    );
    Ok(out)
}

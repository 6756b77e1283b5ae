//! Ids that are odd, or that look like another one.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};

use unicode_security::confusable_detection::skeleton;

use crate::text::MAX_SHOWN_CHARS;

/// Whether an id has characters that Keylime does not allow in one
/// (upstream `common/validators.py`: `[\w.-]+`), or is too long to be shown as
/// a whole, so that another one may look the same.
pub fn is_odd(id: &str) -> bool {
    id.is_empty()
        || id.len() > MAX_SHOWN_CHARS
        || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

/// How an id looks: two ids with the same look are easily taken for each other
/// (Unicode TR 39 skeleton).
pub fn look(id: &str) -> u64 {
    let mut skeleton_bytes = Vec::with_capacity(id.len() + 8);
    if !is_odd(id) {
        for byte in id.bytes() {
            // The skeleton of plain ids, without its tables.
            match byte {
                b'0' => skeleton_bytes.push(b'O'),
                b'1' | b'I' => skeleton_bytes.push(b'l'),
                b'm' => skeleton_bytes.extend_from_slice(b"rn"),
                other => skeleton_bytes.push(other),
            }
        }
    } else {
        for character in skeleton(id) {
            skeleton_bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    // At once: byte by byte the hash would take longer than all the rest.
    let mut hasher = DefaultHasher::new();
    hasher.write(&skeleton_bytes);
    hasher.finish()
}

/// How many different ids have which look.
#[derive(Debug, Default)]
pub(super) struct Looks(HashMap<u64, u32>);

impl Looks {
    pub(super) fn of(looks: impl IntoIterator<Item = u64>) -> Self {
        let mut counts = HashMap::new();
        for look in looks {
            *counts.entry(look).or_default() += 1;
        }
        Self(counts)
    }

    pub(super) fn is_shared(&self, look: u64) -> bool {
        self.0.get(&look).is_some_and(|count| *count > 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_ids_are_not_odd() {
        assert!(!is_odd("d432fbb3-d2f1-4a97-9ef7-75bd01000001"));
        assert!(!is_odd("node_1.example"));
        for odd in ["", "a b", "a/../b", "n\u{f6}de", "a\u{1b}[0m", "%41"] {
            assert!(is_odd(odd), "{odd:?}");
        }
        assert!(!is_odd(&"a".repeat(MAX_SHOWN_CHARS)));
        assert!(is_odd(&"a".repeat(MAX_SHOWN_CHARS + 1)), "what is cut may look like another one");
    }

    #[test]
    fn lookalikes_share_a_look() {
        assert_eq!(look("web-l1"), look("web-1l"));
        assert_eq!(look("modern-0"), look("rnodern-O"));
        assert_eq!(look("n\u{43e}de"), look("node"));
        assert_ne!(look("node-2"), look("node-3"));
    }

    #[test]
    fn the_ascii_shortcut_agrees_with_the_skeleton() {
        for byte in 0x20u8..0x7f {
            let text = char::from(byte).to_string();
            let long: String = skeleton(&text).collect();
            if !is_odd(&text) {
                assert_eq!(look(&text), look(&long), "{text:?} {long:?}");
            }
        }
    }
}

//! Ids that are odd, or that look like another one.

use std::hash::{DefaultHasher, Hasher};

use unicode_security::confusable_detection::skeleton;

use crate::text::MAX_SHOWN_CHARS;

/// Whether an id has characters that Keylime does not allow in one
/// (upstream `common/validators.py`: `[\w.-]+`), or is too long to be shown as
/// a whole, so that another one may look the same.
pub fn is_odd(id: &str) -> bool {
    // Without a way out of the loop the processor takes many bytes at once.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() | matches!(byte, b'.' | b'_' | b'-');
    id.is_empty() || id.len() > MAX_SHOWN_CHARS || !id.bytes().fold(true, |all, byte| all & is_plain(byte))
}

/// How an id looks: two ids with the same look are easily taken for each other
/// (Unicode TR 39 skeleton).
pub fn look(id: &str) -> u64 {
    // The skeleton of plain ids, without its tables.
    let plain = |byte: u8| match byte {
        b'0' => b'O',
        b'1' | b'I' => b'l',
        other => other,
    };
    // At once: byte by byte the hash would take longer than all the rest.
    let mut hasher = DefaultHasher::new();
    if is_odd(id) {
        hasher.write(skeleton(id).collect::<String>().as_bytes());
    } else if id.as_bytes().contains(&b'm') {
        hasher.write(&id.replace('m', "rn").bytes().map(plain).collect::<Vec<_>>());
    } else {
        let mut skeleton = [0; MAX_SHOWN_CHARS];
        skeleton.iter_mut().zip(id.bytes()).for_each(|(to, byte)| *to = plain(byte));
        hasher.write(skeleton.get(..id.len()).unwrap_or_default());
    }
    hasher.finish()
}

/// The looks that several ids have.
#[derive(Debug, Default)]
pub(super) struct Looks(Vec<u64>);

impl Looks {
    pub(super) fn of(looks: impl IntoIterator<Item = u64>) -> Self {
        let mut looks: Vec<_> = looks.into_iter().collect();
        looks.sort_unstable();
        let twice = |pair: &[u64]| match pair {
            [one, other] if one == other => Some(*one),
            _ => None,
        };
        let mut shared: Vec<_> = looks.windows(2).filter_map(twice).collect();
        shared.dedup();
        Self(shared)
    }

    pub(super) fn is_shared(&self, look: u64) -> bool {
        self.0.binary_search(&look).is_ok()
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

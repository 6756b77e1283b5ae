//! What no output may hold.

use crate::answers::{SECRET, SECRET_BYTES};
use crate::support::command::{Finished, Place};

/// Fails if a run's output, or anything that runs in the place wrote, has a character that acts or hides, or a
/// secret.
pub fn assert_clean(run: &Finished, place: &Place, others: &[&str], what: &str) {
    let written = place.written();
    let log = place.path().join("state/limescope/limescope.log");
    assert!(log.exists(), "{what}: there is no log to look at");
    for (name, text) in [("stdout", &run.stdout), ("stderr", &run.stderr), ("files", &written)] {
        if let Some(fault) = unclean(text) {
            panic!("{what}: {name}: {fault}");
        }
        for secret in others.iter().chain(&[SECRET, SECRET_BYTES]) {
            assert!(
                !text.contains(secret),
                "{what}: {name} holds the secret {secret}: {}",
                around(text, secret)
            );
        }
    }
}

/// The first character that acts or hides, with what stands around it. Written anew here, so that a mistake in the
/// sanitiser is not repeated.
pub fn unclean(text: &str) -> Option<String> {
    let mut marks = 0;
    for (place, character) in text.char_indices() {
        let code = u32::from(character);
        marks = if (0x300..=0x36f).contains(&code) { marks + 1 } else { 0 };
        let hides = matches!(code,
            0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x180b..=0x180f | 0x200b..=0x200f | 0x2028..=0x202f
            | 0x205f..=0x206f | 0x2800 | 0x3000 | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff9..=0xfffb
            | 0xe000..=0xf8ff | 0xe0000..=0xe0fff);
        if (character.is_control() && character != '\n') || hides || marks > 2 {
            let near: String = text.get(place..).unwrap_or_default().chars().take(40).collect();
            return Some(format!("U+{code:04X} before {:?}", near.escape_debug().to_string()));
        }
    }
    None
}

fn around(text: &str, secret: &str) -> String {
    let place = text.find(secret).unwrap_or_default();
    text.get(place.saturating_sub(120)..place + secret.len()).unwrap_or_default().escape_debug().to_string()
}

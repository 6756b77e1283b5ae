//! JSON that says one thing only, as `serde_json` has it.
//!
//! Two readers of the same text must not see two different bundles: the
//! library reads the bundle with its own types, and so do our own steps. What
//! readers disagree on is refused by the one strict reader of the room first.

use serde_json::Value;

use super::bundle::MAX_BUNDLE;
use crate::policy::json::{Limits, Reader, place};

/// Reads a JSON document.
///
/// # Errors
/// What is wrong with the text, with line and column; fit to be shown.
pub(super) fn value(text: &[u8]) -> Result<Value, String> {
    let limits = Limits {
        bytes: MAX_BUNDLE,
        text: MAX_BUNDLE,
        members: 1 << 20,
        values: 2 << 20,
        ..Limits::default()
    };
    let mut reader = Reader::new(text, &limits).map_err(|refusal| refusal.message)?;
    loop {
        match reader.next() {
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(refusal) => {
                let place = place(text, refusal.offset);
                return Err(format!("{} (line {}, column {})", refusal.message, place.line, place.column));
            }
        }
    }
    serde_json::from_slice(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_readers_disagree_on_is_refused() {
        assert!(value(br#"{"a":1,"b":[{"a":1.5,"b":null,"c":-1,"d":true}]}"#).is_ok());
        for wrong in [
            r#"{"a":1,"a":1}"#,
            r#"[{"b":{"a":1,"\u0061":2}}]"#,
            "{} {}",
            "",
            "{\"a\":1,}",
            "\u{feff}{}",
            "[NaN]",
            "[\"\\ud800\"]",
            "[1e999]",
        ] {
            assert!(value(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}

//! Texts of runtime policies, as Keylime's tools print them.

use super::super::json::{push_format, push_string};

/// A policy in the making.
#[derive(Clone, Copy)]
pub(super) struct Draft<'a> {
    /// `meta.generator`: 3 for what people write; 0 and 1 count as no policy.
    pub generator: u8,
    /// Paths with their digests.
    pub digests: &'a [(&'a str, &'a str)],
    pub excludes: &'a [&'a str],
    /// Digests (Enhancement 86) with the JSON text of what is demanded of them.
    pub metadata: &'a [(&'a str, &'a str)],
}

impl Draft<'_> {
    /// The text, in the order and with the blanks of Python's `json.dumps`.
    pub(super) fn text(&self) -> String {
        let mut text = String::from(r#"{"meta": {"version": 1, "generator": "#);
        push_format(&mut text, format_args!("{}", self.generator));
        text.push_str(r#", "timestamp": "2026-11-21 20:03:46.255826"}, "release": 0, "digests": {"#);
        for (position, (path, digest)) in self.digests.iter().enumerate() {
            comma(&mut text, position);
            push_string(&mut text, path);
            push_format(&mut text, format_args!(r#": ["{digest}"]"#));
        }
        text.push_str(r#"}, "excludes": ["#);
        for (position, exclude) in self.excludes.iter().enumerate() {
            comma(&mut text, position);
            push_string(&mut text, exclude);
        }
        text.push_str(concat!(
            r#"], "keyrings": {}, "ima": {"ignored_keyrings": [], "log_hash_alg": "sha1", "dm_policy": null}, "#,
            r#""ima-buf": {}, "verification-keys": """#
        ));
        if !self.metadata.is_empty() {
            text.push_str(r#", "digest_metadata": {"#);
            for (position, (digest, demands)) in self.metadata.iter().enumerate() {
                comma(&mut text, position);
                push_format(&mut text, format_args!(r#""{digest}": {demands}"#));
            }
            text.push('}');
        }
        text.push('}');
        text
    }
}

fn comma(text: &mut String, position: usize) {
    if position > 0 {
        text.push_str(", ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_becomes_json_in_the_order_of_keylime() {
        let draft = Draft {
            generator: 3,
            digests: &[("/a", "00"), ("/b", "11")],
            excludes: &["/tmp/.*"],
            metadata: &[("00", r#"{"transparency_log_inclusion_proof": true}"#)],
        };
        let read: serde_json::Value = serde_json::from_str(&draft.text()).unwrap();
        assert_eq!(read["digests"]["/b"][0], "11");
        assert_eq!(read["digest_metadata"]["00"]["transparency_log_inclusion_proof"], true);
        let bare = Draft { metadata: &[], ..draft }.text();
        assert!(!bare.contains("digest_metadata") && bare.ends_with(r#""verification-keys": ""}"#), "{bare}");
    }
}

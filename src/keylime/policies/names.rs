//! The list of the names of all policies of one kind.

use serde::Deserialize;

use super::super::answer::{MAX_AGENTS, UnreadableAnswer, envelope};
use super::kind::PolicyKind;
use super::name::MAX_POLICY_NAME;
use crate::text::RemoteText;

/// Policies of one kind at one verifier at most: one per agent, and as many as
/// anybody writes by hand.
pub const MAX_POLICIES: usize = MAX_AGENTS + 10_000;

/// Reads `{"results": {"runtimepolicy names": […]}}`. The names come back in
/// order and without repetition.
///
/// # Errors
/// A body of another shape, too many names, one that is too long.
pub(super) fn names(kind: PolicyKind, body: &[u8]) -> Result<Vec<RemoteText>, UnreadableAnswer> {
    #[derive(Deserialize)]
    struct Runtime {
        #[serde(rename = "runtimepolicy names")]
        names: Vec<RemoteText>,
    }
    #[derive(Deserialize)]
    struct MeasuredBoot {
        #[serde(rename = "mbpolicy names")]
        names: Vec<RemoteText>,
    }
    let what = match kind {
        PolicyKind::Runtime => "the list of runtime policies is not readable",
        PolicyKind::MeasuredBoot => "the list of measured-boot policies is not readable",
    };
    let read = match kind {
        PolicyKind::Runtime => envelope(body, std::marker::PhantomData).map(|list: Runtime| list.names),
        PolicyKind::MeasuredBoot => {
            envelope(body, std::marker::PhantomData).map(|list: MeasuredBoot| list.names)
        }
    };
    let mut names = read.map_err(|error| UnreadableAnswer::of(what, &error))?;
    let refused = |detail: String| Err(UnreadableAnswer { what, detail });
    if names.len() > MAX_POLICIES {
        return refused(format!("more than {MAX_POLICIES} names"));
    }
    if names.iter().any(|name| name.len() > MAX_POLICY_NAME) {
        return refused(format!("a name of more than {MAX_POLICY_NAME} bytes"));
    }
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_order_and_once() {
        for (kind, member) in PolicyKind::ALL.into_iter().zip(["runtimepolicy names", "mbpolicy names"]) {
            let body = format!(r#"{{"code": 200, "results": {{"{member}": ["b", "a", "b", "\u001b"]}}}}"#);
            let names = names(kind, body.as_bytes()).unwrap();
            assert_eq!(names, ["\u{1b}", "a", "b"].map(RemoteText::from), "{kind}");
        }
    }

    #[test]
    fn other_shapes_are_refused_without_their_texts() {
        let list = |names: String| format!(r#"{{"results": {{"runtimepolicy names": [{names}]}}}}"#);
        for (body, words) in [
            ("".to_owned(), "EOF"),
            ("[]".to_owned(), "results"),
            (r#"{"results": {}}"#.to_owned(), "missing field `runtimepolicy names`"),
            (r#"{"results": {"mbpolicy names": []}}"#.to_owned(), "missing field `runtimepolicy names`"),
            (list("1".to_owned()), "expected a string"),
            (list("[\"a\"]".to_owned()), "expected a string"),
            (list(format!("\"{}\"", "x".repeat(MAX_POLICY_NAME + 1))), "a name of more than 1024 bytes"),
            (list(vec!["\"\""; MAX_POLICIES + 1].join(",")), "more than 160000 names"),
        ] {
            let told = names(PolicyKind::Runtime, body.as_bytes()).unwrap_err().to_string();
            assert!(told.starts_with("the list of runtime policies is not readable: "), "{told}");
            assert!(told.contains(words), "{told}");
        }
    }
}

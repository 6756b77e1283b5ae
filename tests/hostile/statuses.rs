//! Status codes that nobody wants to see.

use crate::answers::{answer, answer_with, envelope, head};
use crate::authority::Authority;
use crate::case::Case;
use crate::script::say;
use serde_json::json;

const STRANGER: &str = "to /version, and not in Keylime's form";

pub fn cases(authority: &Authority) -> Vec<Case> {
    let html = "<html><body>A proxy speaks</body></html>";
    let mut cases = Vec::new();
    // At /version, as a stranger says it.
    for (code, state, words) in [
        ("201 Created", "not-keylime", STRANGER),
        ("401 Unauthorized", "not-keylime", STRANGER),
        ("403 Forbidden", "not-keylime", STRANGER),
        ("404 Not Found", "not-keylime", STRANGER),
        ("405 Method Not Allowed", "not-keylime", STRANGER),
        ("418 I am a teapot", "not-keylime", STRANGER),
        ("500 Internal Server Error", "not-keylime", STRANGER),
        ("502 Bad Gateway", "error", "it answered 502"),
        ("503 Service Unavailable", "error", "it answered 503"),
        ("504 Gateway Timeout", "error", "it answered 504"),
        ("999 Beyond", "not-keylime", STRANGER),
    ] {
        let name = format!("version-{}", &code[..3]);
        cases.push(Case::at_once(&name, authority, say(answer(code, html))).says(state, words));
    }
    // At the list, in Keylime's own form, with hostile words.
    let said = "no\u{1b}]0;owned\u{7}\u{202e} way";
    let shown = "no\\u{1b}]0;owned\\u{7}\\u{202e} way";
    for (code, state) in [
        ("202 Accepted", "error"),
        ("400 Bad Request", "error"),
        ("401 Unauthorized", "client-cert-refused"),
        ("403 Forbidden", "client-cert-refused"),
        ("404 Not Found", "error"),
        ("405 Method Not Allowed", "error"),
        ("410 Gone", "error"),
        ("500 Internal Server Error", "error"),
        ("502 Bad Gateway", "error"),
        ("503 Service Unavailable", "error"),
        ("504 Gateway Timeout", "error"),
    ] {
        let number = &code[..3];
        let body = envelope(number.parse().unwrap(), said, json!({}));
        cases.push(
            Case::at_list(&format!("list-{number}"), authority, say(answer(code, body)))
                .says(state, &format!("it answered {number}: {shown}")),
        );
        let body =
            json!({"errors": [{"v": crate::answers::SECRET, "title": "x", "detail": said}]}).to_string();
        cases.push(
            Case::at_list(&format!("list-{number}-json-api"), authority, say(answer(code, body)))
                .says(state, &format!("it answered {number}: {shown}")),
        );
        cases.push(
            Case::at_list(&format!("list-{number}-empty"), authority, say(answer(code, "")))
                .says(state, &format!("it answered {number}")),
        );
    }
    cases.push(
        Case::at_list("list-204", authority, say(format!("{}\r\n", head("204 No Content"))))
            .says("error", "it answered 204"),
    );
    let unchanged = format!("{}ETag: \"x\"\r\n\r\n", head("304 Not Modified"));
    let words = "it answered 304 (not modified), though nothing was asked that could be unchanged";
    cases.push(Case::at_once("version-304", authority, say(unchanged.clone())).says("not-keylime", words));
    cases.push(Case::at_list("list-304", authority, say(unchanged)).says("not-keylime", words));
    cases.push(
        Case::at_list(
            "list-101",
            authority,
            say(answer_with("101 Switching Protocols", "Upgrade: x\r\n", "")),
        )
        .says("error", ""),
    );
    cases
}

//! Checks that name themselves, and the forms in which Keylime answers.

use std::collections::BTreeSet;

use serde_json::Value;

use super::http::Reply;

const JSON: &str = "application/json";
pub const JSON_API: &str = "application/json; charset=UTF-8";
const HTML: &str = "text/html; charset=UTF-8";

/// What was checked so far, and what did not hold.
#[derive(Default)]
pub struct Checks {
    /// Which server is being checked.
    pub place: String,
    failures: Vec<String>,
    made: usize,
}

impl Checks {
    /// Fails if anything did not hold, with all of it.
    pub fn verdict(&self, name: &str) {
        assert!(self.made > 0, "{name}: nothing to check");
        assert!(
            self.failures.is_empty(),
            "{} of {} checks failed:\n{}",
            self.failures.len(),
            self.made,
            self.failures.join("\n")
        );
    }

    pub fn that(&mut self, name: &str, holds: bool, found: impl std::fmt::Display) {
        self.made += 1;
        if !holds {
            let found: String = found.to_string().chars().take(400).collect();
            self.failures.push(format!("- {}: {name}: found {found}", self.place));
        }
    }

    /// Status, content type and the headers that every answer has.
    pub fn reply(&mut self, name: &str, reply: &Reply, status: u16, content_type: Option<&str>) {
        let got = reply.header("content-type");
        self.that(
            &format!("{name}: status {status} and type {content_type:?}"),
            reply.status == status && got == content_type,
            format!("{} {got:?} {}", reply.status, reply.text()),
        );
        self.that(
            &format!("{name}: Server is Tornado"),
            reply.header("server").is_some_and(|server| server.starts_with("TornadoServer/")),
            format!("{:?}", reply.header("server")),
        );
        self.that(
            &format!("{name}: Date in the form of HTTP"),
            reply.header("date").is_some_and(is_http_date),
            format!("{:?}", reply.header("date")),
        );
        self.that(
            &format!("{name}: X-Request-Id is there"),
            reply.header("x-request-id").is_some(),
            format!("{:?}", reply.headers),
        );
        if let Some(length) = reply.header("content-length") {
            let is_true = length.parse() == Ok(reply.body.len());
            self.that(&format!("{name}: Content-Length is true"), is_true, length);
        }
    }

    /// Nothing but a status.
    pub fn empty(&mut self, name: &str, reply: &Reply, status: u16) {
        self.reply(name, reply, status, Some(HTML));
        self.that(&format!("{name}: no body"), reply.body.is_empty(), reply.text());
    }

    /// A v2 answer with `code` and `status`; gives its `results`.
    pub fn envelope(&mut self, name: &str, reply: &Reply, status: u16) -> Value {
        self.reply(name, reply, status, Some(JSON));
        let json = reply.json();
        self.that(
            &format!("{name}: the envelope repeats the status in words and number"),
            json["code"] == status && json["status"].is_string() && json["results"].is_object(),
            &json,
        );
        self.that(
            &format!("{name}: the envelope has three members"),
            keys(&json) == BTreeSet::from(["code".into(), "status".into(), "results".into()]),
            &json,
        );
        json["results"].clone()
    }

    /// A successful v2 answer: it has an entity tag.
    pub fn success(&mut self, name: &str, reply: &Reply) -> Value {
        let results = self.envelope(name, reply, 200);
        self.that(&format!("{name}: status says Success"), reply.json()["status"] == "Success", reply.text());
        self.that(
            &format!("{name}: ETag is a quoted SHA-1"),
            reply.header("etag").is_some_and(is_tag),
            format!("{:?}", reply.header("etag")),
        );
        results
    }

    /// A v2 error with these words.
    pub fn error(&mut self, name: &str, reply: &Reply, status: u16, words: &str) {
        let results = self.envelope(name, reply, status);
        self.that(&format!("{name}: says {words:?}"), reply.json()["status"] == words, reply.text());
        self.that(&format!("{name}: results are empty"), results == serde_json::json!({}), &results);
    }

    /// The refusal in the form of JSON:API.
    pub fn refusal(&mut self, name: &str, reply: &Reply, status: u16, title: &str, detail: &str) {
        self.reply(name, reply, status, Some(JSON_API));
        let expected =
            serde_json::json!({"errors": [{"status": status.to_string(), "title": title, "detail": detail}]});
        self.that(&format!("{name}: {detail}"), reply.json() == expected, reply.text());
    }

    pub fn members(&mut self, name: &str, value: &Value, members: &[(&str, &str)]) {
        let expected: BTreeSet<String> = members.iter().map(|(member, _)| (*member).to_owned()).collect();
        self.that(
            &format!("{name}: has exactly its {} members", members.len()),
            keys(value) == expected,
            value,
        );
        for (member, types) in members {
            let kind = kind(&value[*member]);
            self.that(
                &format!("{name}: type of {member} is one of {types}"),
                types.contains(kind),
                &value[*member],
            );
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "0",
        Value::Bool(_) => "b",
        Value::Number(_) => "n",
        Value::String(_) => "s",
        Value::Array(_) => "a",
        Value::Object(_) => "o",
    }
}

/// Names of an object's members.
pub fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
}

/// Whether an id can stand in a path.
pub fn is_plain(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

fn is_tag(tag: &str) -> bool {
    let digits = tag.trim_matches('"');
    tag.len() == 42 && digits.len() == 40 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

fn is_http_date(date: &str) -> bool {
    jiff::fmt::rfc2822::parse(date).is_ok() && date.ends_with(" GMT")
}

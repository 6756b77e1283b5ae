//! Objects: JSON allow-lists, older policies and the enhancement's shape, member by member.

use super::{
    Origin,
    changes::Changes,
    digests::{self, quote},
};
use crate::policy::json::{Content, Event, Kind, Limits, Number, Reader, Refusal, Span, Value};
use crate::text::sanitise_to;

/// The members of a policy in the order in which Keylime writes them.
const ORDER: [&str; 9] = [
    "meta",
    "release",
    "digests",
    "excludes",
    "digest_metadata",
    "keyrings",
    "ima",
    "ima-buf",
    "verification-keys",
];

/// A member of the given text: its name as written, and where its value stands.
struct Member {
    name: String,
    raw_name: Vec<u8>,
    span: Span,
}

struct Source<'a> {
    bytes: &'a [u8],
    limits: &'a Limits,
    members: Vec<Member>,
}

impl<'a> Source<'a> {
    fn read(bytes: &'a [u8], limits: &'a Limits) -> Result<Self, Refusal> {
        let mut reader = Reader::new(bytes, limits)?;
        if reader.next()? != Some(Event::Open(Kind::Object)) {
            return Err(Refusal::new("convert-no-policy", reader.start(), "the text is no object"));
        }
        let mut members = Vec::new();
        while let Some(event) = reader.next()? {
            if let Event::Key(name) = event {
                let (name, raw_name) = (name.value().into_owned(), name.raw.to_vec());
                members.push(Member { name, raw_name, span: reader.skip()? });
            }
        }
        Ok(Self { bytes, limits, members })
    }

    fn get(&self, name: &str) -> Option<Span> {
        self.members.iter().find(|member| member.name == name).map(|member| member.span)
    }

    /// A small member as a tree; places in it count from the member's start.
    fn value(&self, span: Span) -> Result<Value<'a>, Refusal> {
        Value::read(span.of(self.bytes), self.limits)
    }
}

/// Makes a policy of an object.
pub(super) fn convert(
    bytes: &[u8],
    now: &str,
    limits: &Limits,
    changes: &mut Changes,
) -> Result<(Origin, Vec<u8>), Refusal> {
    let source = Source::read(bytes, limits)?;
    if let (Some(_), Some(signed)) = (source.get("signatures"), source.get("signed")) {
        let body = Source::read(signed.of(bytes), limits).map_err(|mut refusal| {
            refusal.offset += signed.start();
            refusal
        })?;
        changes.add("convert-signature-lost", None, || {
            "the policy was taken out of its envelope; the signatures do not fit it any more".to_owned()
        });
        let (_, text) = policy(&body, now, changes)?;
        return Ok((Origin::SignedBody, text));
    }
    policy(&source, now, changes)
}

fn policy(source: &Source<'_>, now: &str, changes: &mut Changes) -> Result<(Origin, Vec<u8>), Refusal> {
    if let Some(span) = source.get("payload") {
        let message = "this is a DSSE envelope: verify it, take the policy out, and convert that";
        return Err(Refusal::new("convert-envelope", span.start(), message));
    }
    let hashes = source.get("hashes").filter(|_| source.get("digests").is_none());
    if hashes.is_none() && !ORDER.iter().any(|name| *name != "meta" && source.get(name).is_some()) {
        return Err(Refusal::new("convert-no-policy", 0, "the object has no member of a policy"));
    }
    let before = source.get("meta").map(|span| source.value(span)).transpose()?;
    let version = before.as_ref().and_then(|meta| meta.get("version")).and_then(whole);
    let origin = match (hashes, version) {
        (Some(_), _) => Origin::JsonAllowlist,
        (None, Some(0)) => Origin::OldVersion,
        _ => Origin::Policy,
    };
    let mut out = Vec::with_capacity(source.bytes.len() + 512);
    out.push(b'{');
    for name in ORDER {
        let span = if name == "digests" { source.get(name).or(hashes) } else { source.get(name) };
        if name == "digest_metadata" && span.is_none() {
            continue;
        }
        if out.len() > 1 {
            out.extend_from_slice(b", ");
        }
        quote(&mut out, name);
        out.extend_from_slice(b": ");
        let Some(span) = span else {
            changes.add("convert-added", None, || format!("{name} was missing and was added, empty"));
            missing(name, now, &mut out);
            continue;
        };
        match name {
            "meta" => meta(source, span, origin, now, changes, &mut out)?,
            "release" => release(source, span, changes, &mut out)?,
            "excludes" => excludes(source, span, changes, &mut out)?,
            "ima" => ima(source, span, changes, &mut out)?,
            "verification-keys" => keys(source, span, changes, &mut out)?,
            "digest_metadata" => out.extend_from_slice(span.of(source.bytes)),
            _ => {
                if Some(span) == hashes {
                    changes.add("convert-renamed", Some(span.start()), || {
                        "hashes is named digests today".to_owned()
                    });
                }
                digests::object(source.bytes, span, name, source.limits, changes, &mut out)?;
            }
        }
    }
    for member in &source.members {
        if ORDER.contains(&member.name.as_str()) || hashes == Some(member.span) {
            continue;
        }
        changes.add("convert-kept", Some(member.span.start()), || {
            format!("\"{}\" was kept; verifiers ignore it", sanitise_to(&member.name, 120))
        });
        out.extend_from_slice(b", \"");
        out.extend_from_slice(&member.raw_name);
        out.extend_from_slice(b"\": ");
        out.extend_from_slice(member.span.of(source.bytes));
    }
    out.push(b'}');
    if origin == Origin::Policy && changes.has_only("convert-kept") {
        return Ok((origin, source.bytes.to_vec()));
    }
    Ok((origin, out))
}

fn missing(name: &str, now: &str, out: &mut Vec<u8>) {
    match name {
        "meta" => {
            out.extend_from_slice(b"{\"version\": 1, \"generator\": 2, \"timestamp\": ");
            quote(out, now);
            out.push(b'}');
        }
        "release" => out.push(b'0'),
        "excludes" => out.extend_from_slice(b"[]"),
        "ima" => out.extend_from_slice(
            b"{\"ignored_keyrings\": [], \"log_hash_alg\": \"sha1\", \"dm_policy\": null}",
        ),
        "verification-keys" => out.extend_from_slice(b"\"\""),
        _ => out.extend_from_slice(b"{}"),
    }
}

/// A whole number from 0, as JSON Schema takes it.
fn whole(value: &Value<'_>) -> Option<u64> {
    let Content::Number(Number { raw, .. }) = value.content else { return None };
    let number: f64 = raw.parse().ok()?;
    let is_whole = number >= 0.0 && number.fract() == 0.0 && number.is_finite();
    // What is too large for the type is large enough for every question here.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts of floats saturate")]
    is_whole.then_some(number as u64)
}

struct Members<'a> {
    out: &'a mut Vec<u8>,
    is_first: bool,
}

impl Members<'_> {
    fn put(&mut self, raw_name: &[u8], raw_value: &[u8]) {
        self.out.extend_from_slice(if std::mem::take(&mut self.is_first) { b"\"" } else { b", \"" });
        self.out.extend_from_slice(raw_name);
        self.out.extend_from_slice(b"\": ");
        self.out.extend_from_slice(raw_value);
    }
}

fn meta(
    source: &Source<'_>,
    span: Span,
    origin: Origin,
    now: &str,
    changes: &mut Changes,
    out: &mut Vec<u8>,
) -> Result<(), Refusal> {
    let bytes = span.of(source.bytes);
    let value = source.value(span)?;
    let version = value.get("version").and_then(whole).filter(|version| *version >= 1);
    let generator = value.get("generator").and_then(whole).filter(|generator| *generator <= 3);
    let is_kept = origin != Origin::JsonAllowlist && version.is_some() && generator.is_some();
    if is_kept && value.get("timestamp").is_none_or(|timestamp| timestamp.text().is_some()) {
        out.extend_from_slice(bytes);
        return Ok(());
    }
    let (version, generator) = match origin {
        // An allow-list counts its versions otherwise.
        Origin::JsonAllowlist => (1, 3),
        Origin::OldVersion => (1, 2),
        _ => (version.unwrap_or(1), generator.unwrap_or(2)),
    };
    changes.add("convert-meta", Some(span.start()), || {
        format!("meta has version {version} and generator {generator} now")
    });
    let mut quoted = Vec::new();
    quote(&mut quoted, now);
    out.push(b'{');
    let mut members = Members { out, is_first: true };
    members.put(b"version", version.to_string().as_bytes());
    members.put(b"generator", generator.to_string().as_bytes());
    members.put(b"timestamp", &quoted);
    for member in value.members().unwrap_or_default() {
        if !["version", "generator", "timestamp"].iter().any(|name| member.name.is(name)) {
            members.put(member.name.raw, member.value.span.of(bytes));
        }
    }
    out.push(b'}');
    Ok(())
}

fn release(source: &Source<'_>, span: Span, changes: &mut Changes, out: &mut Vec<u8>) -> Result<(), Refusal> {
    let bytes = span.of(source.bytes);
    let value = source.value(span)?;
    if whole(&value).is_some() {
        out.extend_from_slice(bytes);
        return Ok(());
    }
    // "6.5.0" and 6.5 become 6.
    let digits: String = String::from_utf8_lossy(bytes)
        .trim_matches('"')
        .chars()
        .take_while(char::is_ascii_digit)
        .take(9)
        .collect();
    let number: u64 = digits.parse().unwrap_or(0);
    changes.add("convert-replaced", Some(span.start()), || {
        format!(
            "release {} is no whole number and is {number} now",
            sanitise_to(&String::from_utf8_lossy(bytes), 40)
        )
    });
    out.extend_from_slice(number.to_string().as_bytes());
    Ok(())
}

fn excludes(
    source: &Source<'_>,
    span: Span,
    changes: &mut Changes,
    out: &mut Vec<u8>,
) -> Result<(), Refusal> {
    let bytes = span.of(source.bytes);
    let value = source.value(span)?;
    match &value.content {
        Content::Array(entries) if entries.iter().all(|entry| entry.text().is_some()) => {
            out.extend_from_slice(bytes);
        }
        Content::Text(_) => {
            changes.add("convert-replaced", Some(span.start()), || {
                "excludes was one text and is a list now".to_owned()
            });
            out.push(b'[');
            out.extend_from_slice(bytes);
            out.push(b']');
        }
        Content::Null => {
            changes.add("convert-replaced", Some(span.start()), || {
                "excludes was null and is empty now".to_owned()
            });
            out.extend_from_slice(b"[]");
        }
        content => {
            changes.add("convert-lost", Some(span.start()), || {
                "excludes is no list of texts; what is no text was left out".to_owned()
            });
            let texts: Vec<&[u8]> = match content {
                Content::Array(entries) => entries
                    .iter()
                    .filter(|entry| entry.text().is_some())
                    .map(|entry| entry.span.of(bytes))
                    .collect(),
                _ => Vec::new(),
            };
            out.push(b'[');
            out.extend_from_slice(&texts.join(&b", "[..]));
            out.push(b']');
        }
    }
    Ok(())
}

fn ima(source: &Source<'_>, span: Span, changes: &mut Changes, out: &mut Vec<u8>) -> Result<(), Refusal> {
    let bytes = span.of(source.bytes);
    let value = source.value(span)?;
    let place = Some(span.start());
    if value.members().is_none() {
        changes.add("convert-lost", place, || "ima is no object and was left out".to_owned());
        missing("ima", "", out);
        return Ok(());
    }
    let raw = |name: &str| value.get(name).map(|value| value.span.of(bytes));
    let ignored = value.get("ignored_keyrings").filter(|list| {
        list.elements().is_some_and(|entries| entries.iter().all(|entry| entry.text().is_some()))
    });
    let algorithm = value
        .get("log_hash_alg")
        .and_then(Value::text)
        .filter(|text| ["sha1", "sha256", "sha384", "sha512"].iter().any(|known| text.is(known)));
    let device_mapper = value.get("dm_policy").filter(|value| value.content == Content::Null);
    if ignored.is_some() && algorithm.is_some() && device_mapper.is_some() {
        out.extend_from_slice(bytes);
        return Ok(());
    }
    let mut said = |name: &str, now: &str, code: &'static str| match raw(name) {
        None => changes.add("convert-added", place, || format!("ima.{name} was missing and is {now} now")),
        Some(before) => changes.add(code, place, || {
            format!("ima.{name} was {} and is {now} now", sanitise_to(&String::from_utf8_lossy(before), 80))
        }),
    };
    if ignored.is_none() {
        said("ignored_keyrings", "empty", "convert-replaced");
    }
    if algorithm.is_none() {
        said("log_hash_alg", "sha1, as the kernel has it", "convert-replaced");
    }
    if device_mapper.is_none() {
        said("dm_policy", "null, the only value that verifiers take", "convert-lost");
    }
    out.push(b'{');
    let mut members = Members { out, is_first: true };
    members.put(b"ignored_keyrings", ignored.map_or(b"[]", |list| list.span.of(bytes)));
    let algorithm = algorithm.map(|text| format!("\"{}\"", text.value()));
    members.put(b"log_hash_alg", algorithm.as_deref().unwrap_or("\"sha1\"").as_bytes());
    members.put(b"dm_policy", b"null");
    for member in value.members().unwrap_or_default() {
        if !["ignored_keyrings", "log_hash_alg", "dm_policy"].iter().any(|name| member.name.is(name)) {
            members.put(member.name.raw, member.value.span.of(bytes));
        }
    }
    out.push(b'}');
    Ok(())
}

fn keys(source: &Source<'_>, span: Span, changes: &mut Changes, out: &mut Vec<u8>) -> Result<(), Refusal> {
    let bytes = span.of(source.bytes);
    let value = source.value(span)?;
    let place = Some(span.start());
    let inner = match &value.content {
        Content::Text(_) => {
            out.extend_from_slice(bytes);
            return Ok(());
        }
        Content::Array(keys) if keys.is_empty() => String::new(),
        // The verifier works out the ids that are missing.
        Content::Array(keys) if keys.iter().all(|key| key.text().is_some()) => {
            format!("{{\"pubkeys\": {}, \"keyids\": []}}", String::from_utf8_lossy(bytes))
        }
        Content::Object(_) if value.get("pubkeys").is_some() && value.get("keyids").is_some() => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        Content::Null => String::new(),
        _ => {
            changes
                .add("convert-lost", place, || "verification-keys holds no keys and was left out".to_owned());
            out.extend_from_slice(b"\"\"");
            return Ok(());
        }
    };
    changes.add("convert-replaced", place, || {
        format!("verification-keys was {} and is a text now, as verifiers want it", value.noun())
    });
    quote(out, &inner);
    Ok(())
}

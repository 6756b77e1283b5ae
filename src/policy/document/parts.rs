//! The small members of a policy.

use crate::policy::json::{Event, Kind, Number, Span, Text};

use super::codes;
use super::findings::shown;
use super::integer::integer;
use super::read::{Draft, Stop, noun};

/// `meta` as it stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Meta {
    pub(super) version: Option<Span>,
    pub(super) generator: Option<Span>,
    pub(super) timestamp: Option<u32>,
}

/// `ima` as it stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Ima {
    pub(super) ignored_keyrings: Vec<u32>,
    pub(super) log_hash_algorithm: Option<u32>,
}

/// The largest `meta.generator` (`RUNTIME_POLICY_GENERATOR`).
const LAST_GENERATOR: u64 = 3;

/// What `ima.log_hash_alg` may say.
const HASH_ALGORITHMS: [&str; 4] = ["sha1", "sha256", "sha384", "sha512"];

fn narrow(text: Text<'_>) -> u32 {
    u32::try_from(text.offset).unwrap_or(u32::MAX)
}

impl<'a> Draft<'a, '_> {
    /// Reads `meta`.
    pub(super) fn meta(&mut self, first: Event<'a>) -> Result<Meta, Stop> {
        let mut meta = Meta::default();
        if first != Event::Open(Kind::Object) {
            self.wrong_type("meta", "an object", first);
            self.skip(first)?;
            return Ok(meta);
        }
        let mut seen = [false; 2];
        while let Some(Event::Key(name)) = self.reader.next()? {
            let Some(value) = self.reader.next()? else { break };
            match name.value().as_ref() {
                "version" => {
                    seen[0] = true;
                    meta.version = self.integer("meta.version", value, None)?;
                }
                "generator" => {
                    seen[1] = true;
                    meta.generator = self.integer("meta.generator", value, Some(LAST_GENERATOR))?;
                }
                "timestamp" => meta.timestamp = self.text("meta.timestamp", value)?,
                _ => self.unknown("meta", name, value)?,
            }
        }
        self.demanded("meta", &["version", "generator"], &seen);
        Ok(meta)
    }

    /// Reads `ima`.
    pub(super) fn ima(&mut self, first: Event<'a>) -> Result<Ima, Stop> {
        let mut ima = Ima::default();
        if first != Event::Open(Kind::Object) {
            self.wrong_type("ima", "an object", first);
            self.skip(first)?;
            return Ok(ima);
        }
        let mut seen = [false; 3];
        while let Some(Event::Key(name)) = self.reader.next()? {
            let Some(value) = self.reader.next()? else { break };
            match name.value().as_ref() {
                "ignored_keyrings" => {
                    seen[0] = true;
                    ima.ignored_keyrings = self.texts("ima.ignored_keyrings", value)?;
                }
                "log_hash_alg" => {
                    seen[1] = true;
                    ima.log_hash_algorithm = self.text("ima.log_hash_alg", value)?;
                    if let Event::Text(text) = value
                        && !HASH_ALGORITHMS.iter().any(|known| text.is(known))
                    {
                        self.findings.add(codes::UNKNOWN_HASH_ALGORITHM, text.offset, || {
                            let known = HASH_ALGORITHMS.join(", ");
                            format!(
                                "`ima.log_hash_alg` is \"{}\"; one of {known} is due",
                                shown(&text.value())
                            )
                        });
                    }
                }
                "dm_policy" => {
                    seen[2] = true;
                    if value != Event::Null {
                        let at = self.reader.start();
                        self.findings.add(codes::DM_POLICY, at, || {
                            format!("`ima.dm_policy` is {}; the verifier takes null only", noun(value))
                        });
                    }
                    self.skip(value)?;
                }
                _ => self.unknown("ima", name, value)?,
            }
        }
        self.demanded("ima", &["ignored_keyrings", "log_hash_alg", "dm_policy"], &seen);
        Ok(ima)
    }

    /// Reads an integer from 0 on, to `most`.
    pub(super) fn integer(
        &mut self,
        member: &str,
        value: Event<'a>,
        most: Option<u64>,
    ) -> Result<Option<Span>, Stop> {
        let Event::Number(number) = value else {
            self.wrong_type(member, "an integer", value);
            self.skip(value)?;
            return Ok(None);
        };
        let Number { raw, offset } = number;
        match integer(raw) {
            None => self.findings.add(codes::NOT_AN_INTEGER, offset, || {
                format!("`{member}` is {}; an integer is due", shown(raw))
            }),
            Some(read) => {
                let beyond = most.is_some_and(|most| read.size.is_none_or(|size| size > most));
                if read.negative || beyond {
                    let range = most.map_or_else(|| "0 or more".to_owned(), |most| format!("0 to {most}"));
                    self.findings.add(codes::OUT_OF_RANGE, offset, || {
                        format!("`{member}` is {}; {range} is due", shown(raw))
                    });
                }
            }
        }
        Ok(Some(number.span()))
    }

    /// Reads a text and gives the byte of its opening quote.
    pub(super) fn text(&mut self, member: &str, value: Event<'a>) -> Result<Option<u32>, Stop> {
        if let Event::Text(text) = value {
            return Ok(Some(narrow(text)));
        }
        self.wrong_type(member, "a string", value);
        self.skip(value)?;
        Ok(None)
    }

    /// Reads an array of texts and gives the bytes of their opening quotes.
    pub(super) fn texts(&mut self, member: &str, first: Event<'a>) -> Result<Vec<u32>, Stop> {
        let mut texts = Vec::new();
        if first != Event::Open(Kind::Array) {
            self.wrong_type(member, "an array of strings", first);
            self.skip(first)?;
            return Ok(texts);
        }
        loop {
            match self.reader.next()? {
                Some(Event::Text(text)) => texts.push(narrow(text)),
                Some(Event::Close(_)) | None => return Ok(texts),
                Some(other) => {
                    let at = self.reader.start();
                    self.findings.add(codes::WRONG_TYPE, at, || {
                        format!("an element of `{member}` is {}; a string is due", noun(other))
                    });
                    self.skip(other)?;
                }
            }
            self.step()?;
        }
    }
}

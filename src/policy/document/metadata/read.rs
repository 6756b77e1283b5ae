//! Reading `digest_metadata`: the rules for each digest and each check.

use crate::policy::document::codes;
use crate::policy::document::digest::{fault, is_digest, known_algorithm};
use crate::policy::document::findings::shown;
use crate::policy::document::integer::integer;
use crate::policy::document::read::{Draft, Stop, noun};
use crate::policy::json::{Event, Kind, Span, Text, Value};

use super::check::{IDENTITY, LOG_PROOF, PUBLIC_KEY, SIGNATURE, signature};
use super::identity::identities;
use super::key::public_key;
use super::table::MetadataTable;

/// Values in the checks of one digest at most.
const MOST_VALUES: usize = Value::MOST;

/// Integers that every reader of JSON keeps.
const MOST_EXACT: u64 = 1 << 53;

/// What the checks of one digest say of each other.
#[derive(Default)]
struct Together {
    checks: usize,
    values: usize,
    identity: Option<usize>,
    no_log: bool,
}

impl<'a> Draft<'a, '_> {
    /// Reads the value of `digest_metadata`.
    pub(in crate::policy::document) fn metadata(&mut self, first: Event<'a>) -> Result<MetadataTable, Stop> {
        let start = self.reader.start();
        let mut table = MetadataTable::default();
        if first == Event::Open(Kind::Object) {
            while let Some(Event::Key(name)) = self.reader.next()? {
                table.names.push(u32::try_from(name.offset).unwrap_or(u32::MAX));
                self.step()?;
                self.metadata_digest(name);
                let Some(value) = self.reader.next()? else { break };
                self.checks(name, value)?;
            }
            table.keys = self.reader.closed_keys();
        } else {
            self.findings.add(codes::METADATA_NOT_OBJECT, start, || {
                format!("`digest_metadata` is {}; an object of digests is due", noun(first))
            });
            self.skip(first)?;
        }
        table.names.shrink_to_fit();
        table.span = Span::new(start, self.reader.position());
        Ok(table)
    }

    fn metadata_digest(&mut self, name: Text<'a>) {
        let said = name.bytes();
        if is_digest(&said) {
            match known_algorithm(said.len()) {
                Some("sha1") => self.findings.add(codes::METADATA_SHA1, name.offset, || {
                    "the checks of a SHA-1 digest cannot be evaluated: no transparency log has such digests".to_owned()
                }),
                Some(_) => {}
                None => self.findings.add(codes::METADATA_DIGEST, name.offset, || {
                    let digits = said.len();
                    format!("a key of `digest_metadata` has {digits} digits; 40, 64, 96 or 128 are due")
                }),
            }
            return;
        }
        let said = name.value();
        let (_, why) = fault(&said);
        self.findings.add(codes::METADATA_DIGEST, name.offset, || {
            format!("the key \"{}\" of `digest_metadata` {why}", shown(&said))
        });
    }

    fn checks(&mut self, digest: Text<'a>, value: Event<'a>) -> Result<(), Stop> {
        if value != Event::Open(Kind::Object) {
            let at = self.reader.start();
            self.findings.add(codes::METADATA_NOT_OBJECT, at, || {
                let digest = shown(&digest.value());
                format!("`digest_metadata` of {digest} is {}; an object of checks is due", noun(value))
            });
            return self.skip(value);
        }
        let mut together = Together::default();
        while let Some(Event::Key(name)) = self.reader.next()? {
            let Some(value) = self.reader.next()? else { break };
            together.checks += 1;
            self.check(digest, name, value, &mut together)?;
        }
        if together.checks == 0 {
            self.findings.add(codes::EMPTY_CHECKS, digest.offset, || {
                format!("`digest_metadata` of {} has no checks: it demands nothing", shown(&digest.value()))
            });
        }
        if together.values > MOST_VALUES {
            self.findings.add(codes::METADATA_TOO_LARGE, digest.offset, || {
                let digest = shown(&digest.value());
                format!("`digest_metadata` of {digest} has more than {MOST_VALUES} values; its checks are not shown")
            });
        }
        if let (Some(at), true) = (together.identity, together.no_log) {
            self.findings.add(codes::CONTRADICTORY_CHECKS, at, || {
                let digest = shown(&digest.value());
                format!(
                    "{digest}: `{IDENTITY}` is demanded and `{LOG_PROOF}` is false; the certificate of an identity \
                     lives ten minutes, and only a log proves that it was used in them"
                )
            });
        }
        Ok(())
    }

    fn check(
        &mut self,
        digest: Text<'a>,
        name: Text<'a>,
        value: Event<'a>,
        together: &mut Together,
    ) -> Result<(), Stop> {
        let at = self.reader.start();
        let said = name.value();
        match (said.as_ref(), value) {
            (LOG_PROOF, Event::Bool(demanded)) => together.no_log = !demanded,
            (PUBLIC_KEY, Event::Text(text)) => {
                if let Err(why) = public_key(&text.value()) {
                    self.findings.add(codes::BAD_PUBLIC_KEY, at, || {
                        format!("`{PUBLIC_KEY}` of {} {why}", shown(&digest.value()))
                    });
                }
            }
            (SIGNATURE, Event::Text(text)) => {
                if signature(&text.value()).is_none() {
                    self.findings.add(codes::BAD_SIGNATURE, at, || {
                        format!("`{SIGNATURE}` of {} is not base64", shown(&digest.value()))
                    });
                }
            }
            (IDENTITY, value) => {
                together.identity = Some(at);
                self.identity(digest, value)?;
            }
            (LOG_PROOF | PUBLIC_KEY | SIGNATURE, other) => {
                let due = if said == LOG_PROOF { "true or false" } else { "a string of base64" };
                let code = match said.as_ref() {
                    PUBLIC_KEY => codes::BAD_PUBLIC_KEY,
                    SIGNATURE => codes::BAD_SIGNATURE,
                    _ => codes::BAD_CHECK,
                };
                self.findings.add(code, at, || {
                    format!("`{said}` of {} is {}; {due} is due", shown(&digest.value()), noun(other))
                });
                self.skip(other)?;
            }
            (_, other) => {
                self.findings.add(codes::UNKNOWN_CHECK, name.offset, || {
                    let (check, digest) = (shown(&said), shown(&digest.value()));
                    format!("the check \"{check}\" of {digest} is not known: it is kept and not evaluated")
                });
                self.unknown_check(other, together)?;
            }
        }
        Ok(())
    }

    /// Goes through the value of a check that is not known; its numbers must
    /// mean the same to everybody.
    fn unknown_check(&mut self, first: Event<'a>, together: &mut Together) -> Result<(), Stop> {
        let depth = self.reader.depth() - usize::from(matches!(first, Event::Open(_)));
        let mut event = Some(first);
        while let Some(seen) = event {
            together.values += 1;
            if let Event::Number(number) = seen {
                let exact = match integer(number.raw) {
                    Some(read) => read.size.is_some_and(|size| size <= MOST_EXACT),
                    None => number.raw.parse::<f64>().is_ok_and(f64::is_finite) && !number.is_integer(),
                };
                if !exact {
                    self.findings.add(codes::METADATA_NUMBER, number.offset, || {
                        format!(
                            "the number {} is beyond 2^53: programs read it differently",
                            shown(number.raw)
                        )
                    });
                }
            }
            if self.reader.depth() <= depth {
                break;
            }
            self.step()?;
            event = self.reader.next()?;
        }
        Ok(())
    }

    fn identity(&mut self, digest: Text<'a>, first: Event<'a>) -> Result<(), Stop> {
        let value = Value::rest_of(&mut self.reader, first, MOST_VALUES)?;
        if let Err((span, why)) = identities(&value) {
            self.findings.add(codes::BAD_IDENTITY, span.start(), || {
                format!("`{IDENTITY}` of {} {why}", shown(&digest.value()))
            });
            return Ok(());
        }
        let one = std::slice::from_ref(&value);
        for identity in value.elements().unwrap_or(one) {
            let others = identity.members().unwrap_or_default().iter();
            for member in others.filter(|member| !member.name.is("issuer") && !member.name.is("subject")) {
                self.findings.add(codes::UNKNOWN_CHECK, member.name.offset, || {
                    let name = shown(&member.name.value());
                    format!(
                        "the member \"{name}\" of a `{IDENTITY}` is not known: it is kept and not evaluated"
                    )
                });
            }
        }
        Ok(())
    }
}

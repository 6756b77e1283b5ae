//! Reading a policy: once through the text.

use std::ops::ControlFlow;

use bytes::Bytes;

use crate::policy::json::{Event, Kind, Limits, Reader, Refusal, Span, Text};
use crate::policy::{Finding, PolicyVerdict, Severity};

use super::codes;
use super::findings::{Findings, shown};
use super::policy::{Parts, Policy, UnknownPlace};

/// Steps between two reports of progress.
const STEPS: u32 = 1 << 14;

/// The members that the verifier's schema demands, in its order.
pub(super) const DEMANDED: [&str; 8] =
    ["meta", "release", "digests", "excludes", "keyrings", "ima", "ima-buf", "verification-keys"];

/// What came of reading a policy.
#[derive(Debug)]
pub struct Reading {
    /// The policy, with or without errors; `None` where the text is refused,
    /// is no object, or reading was cancelled.
    pub policy: Option<Policy>,
    /// What was found, at most a few of each code and how many more.
    pub findings: Vec<Finding>,
    /// Whether the progress callback stopped it.
    pub cancelled: bool,
}

impl Reading {
    /// What is to be said of the policy by these rules alone.
    #[must_use]
    pub fn verdict(&self) -> PolicyVerdict {
        if self.cancelled {
            PolicyVerdict::NotEvaluated
        } else if self.policy.is_none() || self.findings.iter().any(|found| found.severity == Severity::Error)
        {
            PolicyVerdict::Invalid
        } else {
            PolicyVerdict::Valid
        }
    }
}

/// Why reading ended early.
#[derive(Debug)]
pub(super) enum Stop {
    Refused(Refusal),
    Cancelled,
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Reads and judges a runtime policy: the whole of `text`. `progress` is told
/// now and then how many bytes were read, and stops the reading with `Break`.
pub fn read(text: Bytes, limits: &Limits, progress: &mut dyn FnMut(usize) -> ControlFlow<()>) -> Reading {
    let outcome = Reader::new(&text, limits).map_err(Stop::from).and_then(|reader| {
        let mut draft =
            Draft { reader, findings: Findings::default(), unknown: Vec::new(), progress, steps: 0 };
        let parts = draft.policy()?;
        Ok((parts, draft.findings))
    });
    match outcome {
        Ok((parts, mut findings)) => {
            let policy = parts.map(|parts| Policy::new(text.clone(), parts));
            if let Some(policy) = &policy {
                policy.metadata().judge(policy, &mut findings);
            }
            Reading { policy, findings: findings.finish(), cancelled: false }
        }
        Err(Stop::Refused(refusal)) => {
            Reading { policy: None, findings: vec![refusal.into()], cancelled: false }
        }
        Err(Stop::Cancelled) => Reading { policy: None, findings: Vec::new(), cancelled: true },
    }
}

/// A policy while it is read.
pub(super) struct Draft<'a, 'p> {
    pub(super) reader: Reader<'a>,
    pub(super) findings: Findings,
    unknown: Vec<UnknownPlace>,
    progress: &'p mut dyn FnMut(usize) -> ControlFlow<()>,
    steps: u32,
}

impl<'a> Draft<'a, '_> {
    fn policy(&mut self) -> Result<Option<Parts>, Stop> {
        let Some(first) = self.reader.next()? else { return Ok(None) };
        if first != Event::Open(Kind::Object) {
            self.findings.add(codes::NOT_A_POLICY, 0, || {
                format!("the document is {}; a policy is an object", noun(first))
            });
            self.skip(first)?;
            self.reader.next()?;
            return Ok(None);
        }
        let mut parts = Parts::default();
        let mut seen = [false; DEMANDED.len()];
        while let Some(Event::Key(name)) = self.reader.next()? {
            let Some(value) = self.reader.next()? else { break };
            let said = name.value();
            if let Some(at) = DEMANDED.iter().position(|demanded| *demanded == said)
                && let Some(seen) = seen.get_mut(at)
            {
                *seen = true;
            }
            self.member(&mut parts, name, &said, value)?;
        }
        self.demanded("the policy", &DEMANDED, &seen);
        self.reader.next()?;
        parts.unknown = std::mem::take(&mut self.unknown);
        Ok(Some(parts))
    }

    fn member(
        &mut self,
        parts: &mut Parts,
        name: Text<'a>,
        said: &str,
        value: Event<'a>,
    ) -> Result<(), Stop> {
        match said {
            "meta" => parts.meta = self.meta(value)?,
            "release" => parts.release = self.integer("release", value, None)?,
            "digests" => parts.digests = self.table("digests", value)?,
            "excludes" => parts.excludes = self.texts("excludes", value)?,
            "keyrings" => parts.keyrings = self.table("keyrings", value)?,
            "ima" => parts.ima = self.ima(value)?,
            "ima-buf" => parts.ima_buf = self.table("ima-buf", value)?,
            "verification-keys" => parts.verification_keys = self.text("verification-keys", value)?,
            "digest_metadata" => parts.metadata = Some(self.metadata(value)?),
            _ => self.unknown("", name, value)?,
        }
        Ok(())
    }

    /// Keeps the place of a member that nobody knows.
    pub(super) fn unknown(
        &mut self,
        inside: &'static str,
        name: Text<'a>,
        value: Event<'a>,
    ) -> Result<(), Stop> {
        let start = self.reader.start();
        self.findings.add(codes::UNKNOWN_MEMBER, name.offset, || {
            let shown = shown(&name.value());
            let place = if inside.is_empty() { String::new() } else { format!(" in `{inside}`") };
            format!("the member \"{shown}\"{place} is not known; the verifier takes and ignores it")
        });
        self.skip(value)?;
        let value = Span::new(start, self.reader.position());
        let name = u32::try_from(name.offset).unwrap_or(u32::MAX);
        self.unknown.push(UnknownPlace { inside, name, value });
        Ok(())
    }

    /// Says which demanded members of an object that just closed are missing.
    pub(super) fn demanded(&mut self, of: &str, names: &[&str], seen: &[bool]) {
        let at = self.reader.start();
        for (name, _) in names.iter().zip(seen).filter(|(_, seen)| !**seen) {
            let hint = match *name {
                "generator" => Some("today's verifier demands it; 3 is what keylime-policy writes"),
                "dm_policy" => Some("add \"dm_policy\": null to `ima`"),
                _ => None,
            };
            let of = if of == "the policy" { of.to_owned() } else { format!("`{of}`") };
            let message = || format!("{of} has no member `{name}`; the verifier refuses it");
            self.findings.add_with(codes::MISSING_MEMBER, at, message, hint);
        }
    }

    /// Says that a member is of another type.
    #[cold]
    pub(super) fn wrong_type(&mut self, member: &str, due: &str, value: Event<'_>) {
        let at = self.reader.start();
        let hint = match (member, value) {
            ("verification-keys", Event::Open(Kind::Array)) => {
                Some("enhancements 70 and 86 show an array; today's verifier wants a string, \"\" for none")
            }
            _ => None,
        };
        let message = || format!("`{member}` is {}; {due} is due", noun(value));
        self.findings.add_with(codes::WRONG_TYPE, at, message, hint);
    }

    /// Reads over the rest of a value.
    pub(super) fn skip(&mut self, first: Event<'_>) -> Result<(), Stop> {
        if !matches!(first, Event::Open(_)) {
            return Ok(());
        }
        let depth = self.reader.depth();
        while self.reader.depth() >= depth && self.reader.next()?.is_some() {
            self.step()?;
        }
        Ok(())
    }

    /// Reports progress now and then.
    #[inline]
    pub(super) fn step(&mut self) -> Result<(), Stop> {
        self.steps += 1;
        if self.steps >= STEPS {
            self.steps = 0;
            if (self.progress)(self.reader.position()).is_break() {
                return Err(Stop::Cancelled);
            }
        }
        Ok(())
    }
}

/// What a value is, for messages.
pub(super) const fn noun(value: Event<'_>) -> &'static str {
    match value {
        Event::Open(Kind::Object) => "an object",
        Event::Open(Kind::Array) => "an array",
        Event::Text(_) | Event::Key(_) => "a string",
        Event::Number(_) => "a number",
        Event::Bool(_) => "a boolean",
        Event::Null => "null",
        Event::Close(_) => "nothing",
    }
}

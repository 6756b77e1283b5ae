//! How two policies differ, as lines that are made when they are in sight.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::Track;
use crate::console::state::{DiffLine, Differences, PolicyComparison, PolicyPicture, Tone};
use crate::policy::diff::{self, Comparison, ListChanges, MapChanges, verification_keys};
use crate::policy::document::{DigestMap, Policy};
use crate::policy::json::Text;
use crate::text::{count, sanitise_to};

/// Characters of a value that is shown at most.
const LIMIT: usize = 200;

/// Compares two policies that were read.
pub(super) fn comparison(
    left: &Arc<PolicyPicture>,
    right: &Arc<PolicyPicture>,
    track: &Track,
) -> Result<Arc<PolicyComparison>, String> {
    let none = |picture: &PolicyPicture| {
        let name = sanitise_to(&picture.source.to_string(), LIMIT);
        format!("{name} holds no policy that may be read: {}", picture.signature.word())
    };
    let one = left.document.policy().ok_or_else(|| none(left))?;
    let other = right.document.policy().ok_or_else(|| none(right))?;
    track.step("comparing", 0);
    let mut progress = |_entries: usize| match track.is_given_up() {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    };
    let found = diff::compare(one, other, &mut progress).ok_or_else(|| "given up".to_owned())?;
    let summary = summary(left, right, &found);
    let parts = parts(one, other, &found);
    let mut ends = Vec::with_capacity(parts.len());
    let mut end = 0;
    for part in &parts {
        end += part.lines();
        ends.push(end);
    }
    let differences = Box::new(Lines { left: Arc::clone(left), right: Arc::clone(right), parts, ends });
    Ok(Arc::new(PolicyComparison { other: right.source.clone(), summary, differences }))
}

/// In a few lines: what differs, and by how much.
fn summary(left: &PolicyPicture, right: &PolicyPicture, found: &Comparison) -> Vec<(Tone, String)> {
    let mut lines = Vec::new();
    lines.push(match (found.is_same(), left.sha256 == right.sha256) {
        (true, true) => (Tone::Good, "The same text.".to_owned()),
        (true, false) => {
            (Tone::Good, "The same policy in another text: signed again, or written otherwise.".to_owned())
        }
        (false, _) => {
            (Tone::Warn, "They differ; + stands only in the other one, - only in this one.".to_owned())
        }
    });
    let verdicts = format!(
        "this one: {}, signature {}; the other: {}, signature {}",
        left.shape,
        left.signature.word(),
        right.shape,
        right.signature.word()
    );
    lines.push((if left.signature == right.signature { Tone::Dim } else { Tone::Warn }, verdicts));
    if found.metadata_lost {
        let words =
            "The other one has lost digest_metadata: upstream tools drop it when they write a policy anew.";
        lines.push((Tone::Bad, words.to_owned()));
    }
    for (name, map) in [
        ("paths", &found.paths),
        ("metadata", &found.metadata),
        ("keyrings", &found.keyrings),
        ("buffers", &found.buffers),
    ] {
        lines.push(of_map(name, map));
    }
    let (added, removed) = (found.digests.added.len(), found.digests.removed.len());
    lines.push(counted("digests", added, removed, None));
    for (name, list) in [
        ("excludes", &found.excludes),
        ("ignored keyrings", &found.ignored_keyrings),
        ("verification keys", &found.keys),
    ] {
        let reordered = list.reordered.then_some("in another order");
        lines.push(counted(name, list.added.len(), list.removed.len(), reordered));
    }
    if !found.members.is_empty() {
        let words = count::some(found.members.len(), "member differs", "members differ");
        lines.push((Tone::Plain, format!("other members: {words}")));
    }
    lines
}

fn of_map(name: &str, map: &MapChanges) -> (Tone, String) {
    let changed = (!map.changed.is_empty()).then(|| format!("{} changed", map.changed.len()));
    counted(name, map.added.len(), map.removed.len(), changed.as_deref())
}

fn counted(name: &str, added: usize, removed: usize, more: Option<&str>) -> (Tone, String) {
    let mut words = Vec::new();
    words.extend((added > 0).then(|| format!("{added} added")));
    words.extend((removed > 0).then(|| format!("{removed} removed")));
    words.extend(more.map(str::to_owned));
    match words.is_empty() {
        true => (Tone::Dim, format!("{name}: the same")),
        false => (Tone::Plain, format!("{name}: {}", words.join(", "))),
    }
}

/// Which of the objects with digests.
#[derive(Clone, Copy)]
enum Map {
    Paths,
    Keyrings,
    Buffers,
    Metadata,
}

/// Which side a line stands on.
#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

/// Some lines of a kind.
enum Part {
    /// A heading, with an empty line above it.
    Title(String),
    /// Entries of one side.
    Entries(Map, Side, Vec<u32>),
    /// Entries of both sides.
    Changed(Map, Vec<(u32, u32)>),
    /// Lines that are there already.
    Texts(Vec<(char, String)>),
}

impl Part {
    fn lines(&self) -> usize {
        match self {
            Self::Title(_) => 2,
            Self::Entries(_, _, numbers) => numbers.len(),
            Self::Changed(_, numbers) => numbers.len(),
            Self::Texts(texts) => texts.len(),
        }
    }
}

fn parts(left: &Policy, right: &Policy, found: &Comparison) -> Vec<Part> {
    let mut parts = Vec::new();
    // What is short comes first, so that nobody has to go behind a million paths.
    let list = |changes: &ListChanges, one: Vec<String>, other: Vec<String>| {
        let of = |numbers: &[u32], texts: &[String], sign: char| -> Vec<(char, String)> {
            let text = |number: &u32| texts.get(*number as usize).cloned().unwrap_or_default();
            numbers.iter().map(|number| (sign, text(number))).collect()
        };
        let mut lines = of(&changes.removed, &one, '-');
        lines.extend(of(&changes.added, &other, '+'));
        lines
    };
    let texts = |texts: &mut dyn Iterator<Item = Text<'_>>| -> Vec<String> {
        texts.map(|text| text.value().into_owned()).collect()
    };
    let lists = [
        ("excludes", list(&found.excludes, texts(&mut left.excludes()), texts(&mut right.excludes()))),
        (
            "ignored keyrings",
            list(
                &found.ignored_keyrings,
                texts(&mut left.ignored_keyrings()),
                texts(&mut right.ignored_keyrings()),
            ),
        ),
        ("verification keys", list(&found.keys, verification_keys(left), verification_keys(right))),
        ("other members", members(left, right, found)),
    ];
    for (name, lines) in lists.into_iter().filter(|(_, lines)| !lines.is_empty()) {
        parts.extend([Part::Title(name.to_owned()), Part::Texts(lines)]);
    }
    for (name, map, changes) in [
        ("keyrings", Map::Keyrings, &found.keyrings),
        ("buffers", Map::Buffers, &found.buffers),
        ("metadata", Map::Metadata, &found.metadata),
        ("paths", Map::Paths, &found.paths),
    ] {
        if changes.is_empty() {
            continue;
        }
        parts.extend([
            Part::Title(name.to_owned()),
            Part::Changed(map, changes.changed.clone()),
            Part::Entries(map, Side::Left, changes.removed.clone()),
            Part::Entries(map, Side::Right, changes.added.clone()),
        ]);
    }
    parts
}

fn members(left: &Policy, right: &Policy, found: &Comparison) -> Vec<(char, String)> {
    let mut lines = Vec::new();
    for change in &found.members {
        for (sign, policy, span) in [('-', left, change.left), ('+', right, change.right)] {
            if let Some(span) = span {
                let value = sanitise_to(&policy.slice(span), LIMIT);
                lines.push((sign, format!("{} = {value}", change.name)));
            }
        }
    }
    lines
}

/// The lines of a comparison.
struct Lines {
    left: Arc<PolicyPicture>,
    right: Arc<PolicyPicture>,
    parts: Vec<Part>,
    /// Lines up to the end of each part.
    ends: Vec<usize>,
}

impl Lines {
    fn policy(&self, side: Side) -> Option<&Policy> {
        match side {
            Side::Left => self.left.document.policy(),
            Side::Right => self.right.document.policy(),
        }
    }

    fn name(&self, map: Map, side: Side, number: u32) -> Cow<'_, str> {
        let Some(policy) = self.policy(side) else { return Cow::Borrowed("") };
        let number = number as usize;
        match map_of(policy, map) {
            Some(map) => map.entry(number).map(|entry| entry.path()).unwrap_or_default(),
            None => policy.metadata().entry(number).map(|entry| entry.digest()).unwrap_or_default(),
        }
    }

    /// The first digest of an entry, or the metadata of a digest.
    fn value(&self, map: Map, side: Side, number: u32) -> Cow<'_, str> {
        let Some(policy) = self.policy(side) else { return Cow::Borrowed("") };
        let number = number as usize;
        match map_of(policy, map) {
            Some(map) => {
                let digests = map.entry(number).map(|entry| entry.digests());
                digests.and_then(|mut digests| digests.next()).map(|first| first.value()).unwrap_or_default()
            }
            None => {
                let entry = policy.metadata().entry(number);
                entry.map(|entry| policy.slice(entry.value)).unwrap_or_default()
            }
        }
    }
}

fn map_of(policy: &Policy, map: Map) -> Option<DigestMap<'_>> {
    match map {
        Map::Paths => Some(policy.digests()),
        Map::Keyrings => Some(policy.keyrings()),
        Map::Buffers => Some(policy.ima_buf()),
        Map::Metadata => None,
    }
}

impl Differences for Lines {
    fn lines(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    fn line(&self, number: usize) -> DiffLine<'_> {
        let nothing = (' ', Cow::Borrowed(""));
        let place = self.ends.partition_point(|end| *end <= number);
        let Some(part) = self.parts.get(place) else { return nothing };
        let start = self.ends.get(place).copied().unwrap_or(0) - part.lines();
        let inside = number - start;
        match part {
            Part::Title(_) if inside == 0 => nothing,
            Part::Title(title) => (' ', Cow::Borrowed(title)),
            Part::Texts(texts) => {
                texts.get(inside).map_or(nothing, |(sign, text)| (*sign, Cow::Borrowed(text)))
            }
            Part::Entries(map, side, numbers) => {
                let Some(entry) = numbers.get(inside) else { return nothing };
                let sign = if matches!(side, Side::Left) { '-' } else { '+' };
                (sign, self.name(*map, *side, *entry))
            }
            Part::Changed(map, numbers) => {
                let Some((left, right)) = numbers.get(inside) else { return nothing };
                let name = self.name(*map, Side::Left, *left);
                let [old, new] = [self.value(*map, Side::Left, *left), self.value(*map, Side::Right, *right)];
                let short = |value: &str| value.chars().take(12).collect::<String>();
                ('~', Cow::Owned(format!("{name}   {} → {}", short(&old), short(&new))))
            }
        }
    }
}

//! Everything that is to be written, gathered before the text is made.

use crate::policy::document::Policy;
use crate::policy::document::metadata::Identity;
use crate::policy::evidence::{IDENTITY, INCLUSION};
use crate::policy::json::{Span, Walk};

use super::layout::{Around, Layout, New};
use super::members::{self, Item, last_line, space_before};
use super::splice::Splice;
use super::{Effect, RequireError, Requirement};

/// The members that stand before `digest_metadata` where Keylime's tools and the enhancement write it, the nearest
/// first.
const BEFORE: [&str; 2] = ["excludes", "digests"];

/// The changes of one policy.
pub(super) struct Additions<'a> {
    policy: &'a Policy,
    pub text: &'a [u8],
    pub layout: Layout,
    pub splice: Splice,
    /// The member behind which `digest_metadata` is written, where there is none.
    neighbour: Option<Item>,
    /// Where the whole object stands.
    whole: Span,
    /// New entries: the digests.
    entries: Vec<String>,
    requirement: Requirement,
}

impl<'a> Additions<'a> {
    pub fn new(policy: &'a Policy) -> Result<Self, RequireError> {
        let text = policy.text().as_ref();
        let metadata = policy.metadata();
        let at = metadata.span().start();
        if metadata.is_present() && text.get(at) != Some(&b'{') {
            return Err(RequireError::NotAnObject { offset: at });
        }
        let walk = Walk::new(text);
        let start = walk.skip_space(0);
        let end = text.iter().rposition(|byte| *byte == b'}').map_or(0, |at| at + 1);
        if walk.byte(start) != Some(b'{') || end <= start {
            return Err(RequireError::NoPlace);
        }
        let outline = outline(policy, start);
        let neighbour = BEFORE.iter().find_map(|name| {
            outline.iter().find(|item| walk.text_at(item.start).is_some_and(|text| text.is(name)))
        });
        let neighbour = neighbour.or(outline.last()).copied();
        let layout = layout(text, &outline, end);
        Ok(Self {
            policy,
            text,
            layout,
            splice: Splice::default(),
            neighbour,
            whole: Span::new(start, end),
            entries: Vec::new(),
            requirement: Requirement::default(),
        })
    }

    /// Notes a digest of which nothing is said yet.
    pub fn entry(&mut self, digest: &str, requirement: &Requirement) -> Vec<(&'static str, Effect)> {
        self.requirement = requirement.clone();
        self.entries.push(digest.to_owned());
        checks(requirement).into_iter().map(|(name, _)| (name, Effect::Added)).collect()
    }

    /// The new text.
    pub fn finish(mut self) -> Vec<u8> {
        if !self.entries.is_empty() {
            let (at, new) = self.written();
            self.splice.insert(at, new);
        }
        self.splice.apply(self.text)
    }

    /// The new entries, and where they stand.
    fn written(&self) -> (usize, Vec<u8>) {
        let (text, layout, metadata) = (self.text, &self.layout, self.policy.metadata());
        let said = || New::Object(checks(&self.requirement));
        let entries = || self.entries.iter().map(|digest| (digest.as_str(), said()));
        let last = metadata.len().checked_sub(1).and_then(|number| metadata.entry(number));
        if let Some(last) = last {
            let item = Item { start: last.name.offset, value: last.value };
            let written = entries().map(|(digest, value)| {
                move |out: &mut Vec<u8>, around: &_| layout.member(out, digest, &value, around)
            });
            return (item.value.end(), members::after(text, item, layout, written));
        }
        if metadata.is_present() {
            let object = metadata.span();
            return (object.start() + 1, members::into_empty(text, object, layout, entries()));
        }
        let all = New::Object(entries().collect());
        match self.neighbour {
            Some(neighbour) => {
                let write = |out: &mut Vec<u8>, around: &Around| {
                    let around = Around { open: layout.newline.is_some(), ..around.clone() };
                    layout.member(out, MEMBER, &all, &around);
                };
                let new = members::after(text, neighbour, layout, std::iter::once(write));
                (neighbour.value.end(), new)
            }
            None => {
                let new = members::into_empty(text, self.whole, layout, std::iter::once((MEMBER, all)));
                (self.whole.start() + 1, new)
            }
        }
    }
}

const MEMBER: &str = "digest_metadata";

/// What a requirement is in `digest_metadata`.
fn checks(requirement: &Requirement) -> Vec<(&'static str, New<'_>)> {
    let log = requirement.log_inclusion.then_some((INCLUSION, New::True));
    let identity = requirement.identity.as_ref().map(|identity| (IDENTITY, named(identity)));
    log.into_iter().chain(identity).collect()
}

/// An identity, in the order of the enhancement's vectors.
pub(super) fn named(identity: &Identity) -> New<'_> {
    New::Object(vec![("issuer", New::Text(&identity.issuer)), ("subject", New::Text(&identity.subject))])
}

/// The members of the policy, in the order of the text.
fn outline(policy: &Policy, open: usize) -> Vec<Item> {
    let walk = Walk::new(policy.text());
    // The large ones are not gone through again.
    let known = [policy.digests().span(), policy.keyrings().span(), policy.metadata().span()];
    let mut items = Vec::new();
    let mut next = walk.first_in(open);
    while let Some(start) = next {
        let Some(name) = walk.text_at(start) else { break };
        let from = walk.value_of(name);
        let value = known.iter().find(|span| span.start() == from && span.end() > from).copied();
        let value = value.unwrap_or_else(|| Span::new(from, walk.end_of_value(from)));
        items.push(Item { start, value });
        next = walk.next_after(value.end()).filter(|next| *next > start);
    }
    items
}

/// The habits of a text, as its outermost members show them.
fn layout(text: &[u8], outline: &[Item], end: usize) -> Layout {
    let walk = Walk::new(text);
    let example = outline.get(1).or_else(|| outline.first());
    let space = example.map(|item| space_before(text, item.start)).unwrap_or_default();
    let newline = Layout::newline_of(space);
    let closing = space_before(text, end.saturating_sub(1));
    let outer = if Layout::newline_of(closing).is_some() { last_line(closing) } else { b"" };
    let indent = last_line(space);
    let unit = indent.strip_prefix(outer).unwrap_or(indent);
    let colon = example
        .and_then(|item| text.get(walk.text_at(item.start)?.end()..item.value.start()))
        .filter(|between| Layout::newline_of(between).is_none());
    let colon = colon.unwrap_or(b": ").to_vec();
    let gap = match (newline, outline.len()) {
        (None, 2..) => space.to_vec(),
        _ if colon == b":" => Vec::new(),
        _ => b" ".to_vec(),
    };
    Layout { newline, unit: if newline.is_some() { unit.to_vec() } else { Vec::new() }, colon, gap }
}

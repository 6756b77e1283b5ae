//! Where the metadata stands, and how it is asked.

use std::borrow::Cow;

use crate::policy::document::findings::Findings;
use crate::policy::document::policy::Policy;
use crate::policy::json::{KeyIndex, Limits, Member, Reader, Span, Text, Value, Walk};

use super::check::Check;
use super::judge;

/// The places of all entries.
#[derive(Debug, Clone, Default)]
pub(in crate::policy::document) struct MetadataTable {
    /// Byte of the opening quote of each digest, in the order of the text.
    pub(super) names: Vec<u32>,
    /// By digest.
    pub(super) keys: KeyIndex,
    /// The value's part of the text.
    pub(super) span: Span,
}

static NONE: MetadataTable =
    MetadataTable { names: Vec::new(), keys: KeyIndex::EMPTY, span: Span { start: 0, end: 0 } };

/// `digest_metadata` of a policy.
#[derive(Debug, Clone, Copy)]
pub struct Metadata<'a> {
    bytes: &'a [u8],
    table: &'a MetadataTable,
    present: bool,
}

impl<'a> Metadata<'a> {
    pub(in crate::policy::document) fn new(bytes: &'a [u8], table: Option<&'a MetadataTable>) -> Self {
        Self { bytes, table: table.unwrap_or(&NONE), present: table.is_some() }
    }

    /// Whether the policy has the member at all, of whatever type.
    #[must_use]
    pub const fn is_present(self) -> bool {
        self.present
    }

    /// The part of the text that the member's value is, byte for byte.
    #[must_use]
    pub const fn span(self) -> Span {
        self.table.span
    }

    /// How many digests it speaks of.
    #[must_use]
    pub fn len(self) -> usize {
        self.table.names.len()
    }

    /// Whether it speaks of none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.table.names.is_empty()
    }

    /// An entry by its number, from 0, in the order of the text.
    #[must_use]
    pub fn entry(self, number: usize) -> Option<DigestMetadata<'a>> {
        let name = *self.table.names.get(number)?;
        DigestMetadata::at(self.bytes, name)
    }

    /// All entries in the order of the text.
    pub fn entries(self) -> impl Iterator<Item = DigestMetadata<'a>> + 'a {
        self.table.names.iter().filter_map(move |name| DigestMetadata::at(self.bytes, *name))
    }

    /// The number of the entry of exactly this digest.
    #[must_use]
    pub fn find(self, digest: &str) -> Option<usize> {
        let at = self.table.keys.find(self.bytes, digest)?;
        self.table.names.binary_search(&at).ok()
    }

    /// What can only be said when all of the policy is known.
    pub(in crate::policy::document) fn judge(self, policy: &Policy, findings: &mut Findings) {
        judge::orphans(self, policy, findings);
    }
}

/// What is demanded of one digest.
#[derive(Debug, Clone, Copy)]
pub struct DigestMetadata<'a> {
    /// The digest, as it is spelled.
    pub name: Text<'a>,
    /// The part of the text that its value is, byte for byte.
    pub value: Span,
    bytes: &'a [u8],
}

impl<'a> DigestMetadata<'a> {
    pub(in crate::policy) fn at(bytes: &'a [u8], name: u32) -> Option<Self> {
        let walk = Walk::new(bytes);
        let name = walk.text_at(name as usize)?;
        let start = walk.value_of(name);
        Some(Self { name, value: Span::new(start, walk.end_of_value(start)), bytes })
    }

    /// The digest.
    #[must_use]
    pub fn digest(self) -> Cow<'a, str> {
        self.name.value()
    }

    /// Its checks in the order of the text; none where the value is no object.
    /// Reads the value's text anew. None too where they have more values than a
    /// tree may, which is an error of the policy.
    #[must_use]
    pub fn checks(self) -> Vec<Check<'a>> {
        // The reader sees the policy up to the end of the value only, from its
        // beginning on, so that places count in the policy.
        let read = Reader::at(self.bytes, self.value, &Limits::default());
        let value = read.and_then(|mut reader| Value::next(&mut reader));
        match value.map(|value| value.content) {
            Ok(crate::policy::json::Content::Object(members)) => {
                members.into_iter().map(|Member { name, value }| Check::new(name, value)).collect()
            }
            _ => Vec::new(),
        }
    }
}

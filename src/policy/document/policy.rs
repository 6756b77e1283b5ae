//! The policy that was read.

use std::borrow::Cow;

use bytes::Bytes;

use crate::policy::json::{Span, Text, Walk};

use super::integer::integer;
use super::metadata::{Metadata, MetadataTable};
use super::parts::{Ima, Meta};
use super::table::{DigestMap, Entry, Table};

/// Places of everything in the text.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts {
    pub(super) meta: Meta,
    pub(super) release: Option<Span>,
    pub(super) digests: Table,
    pub(super) excludes: Vec<u32>,
    pub(super) keyrings: Table,
    pub(super) ima: Ima,
    pub(super) ima_buf: Table,
    pub(super) verification_keys: Option<u32>,
    pub(super) metadata: Option<MetadataTable>,
    pub(super) unknown: Vec<UnknownPlace>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct UnknownPlace {
    pub(super) inside: &'static str,
    pub(super) name: u32,
    pub(super) value: Span,
}

/// A member that no verifier knows.
#[derive(Debug, Clone, Copy)]
pub struct UnknownMember<'a> {
    /// The member that it stands in: `meta`, `ima`, or nothing for the policy.
    pub inside: &'static str,
    /// Its name.
    pub name: Text<'a>,
    /// Its value's part of the text.
    pub value: Span,
}

/// A runtime policy over its own bytes. Cloning copies the indexes.
#[derive(Debug, Clone)]
pub struct Policy {
    text: Bytes,
    parts: Parts,
}

impl Policy {
    pub(super) const fn new(text: Bytes, parts: Parts) -> Self {
        Self { text, parts }
    }

    /// The bytes that were read; every place counts in them.
    #[must_use]
    pub const fn text(&self) -> &Bytes {
        &self.text
    }

    /// Paths with their digests.
    #[must_use]
    pub fn digests(&self) -> DigestMap<'_> {
        DigestMap::new(&self.text, &self.parts.digests)
    }

    /// Names of keyrings with the digests of their keys.
    #[must_use]
    pub fn keyrings(&self) -> DigestMap<'_> {
        DigestMap::new(&self.text, &self.parts.keyrings)
    }

    /// Names of measured buffers with their digests.
    #[must_use]
    pub fn ima_buf(&self) -> DigestMap<'_> {
        DigestMap::new(&self.text, &self.parts.ima_buf)
    }

    /// How many paths there are.
    #[must_use]
    pub fn paths(&self) -> usize {
        self.digests().len()
    }

    /// How many digests all paths have together.
    #[must_use]
    pub fn digest_count(&self) -> usize {
        self.digests().digest_count()
    }

    /// A path by its number, from 0.
    #[must_use]
    pub fn entry(&self, number: usize) -> Option<Entry<'_>> {
        self.digests().entry(number)
    }

    /// The number of exactly this path.
    #[must_use]
    pub fn find_path(&self, path: &str) -> Option<usize> {
        self.digests().find(path)
    }

    /// The numbers of the paths that have exactly this digest, ascending.
    pub fn paths_of<'a>(&'a self, digest: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.digests().holding(digest)
    }

    /// The exclude patterns in the order of the text.
    pub fn excludes(&self) -> impl ExactSizeIterator<Item = Text<'_>> + '_ {
        self.texts(&self.parts.excludes)
    }

    /// `ima.ignored_keyrings`.
    pub fn ignored_keyrings(&self) -> impl ExactSizeIterator<Item = Text<'_>> + '_ {
        self.texts(&self.parts.ima.ignored_keyrings)
    }

    /// `ima.log_hash_alg`, if it is a text.
    #[must_use]
    pub fn log_hash_algorithm(&self) -> Option<Text<'_>> {
        self.text_at(self.parts.ima.log_hash_algorithm)
    }

    /// `verification-keys`, if it is a text.
    #[must_use]
    pub fn verification_keys(&self) -> Option<Text<'_>> {
        self.text_at(self.parts.verification_keys)
    }

    /// `meta.timestamp`, if it is a text.
    #[must_use]
    pub fn timestamp(&self) -> Option<Text<'_>> {
        self.text_at(self.parts.meta.timestamp)
    }

    /// `meta.version` as it is spelled, if it is a number.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.spelling(self.parts.meta.version)
    }

    /// `meta.version`, if it is an integer from 0 on that 64 bits hold.
    #[must_use]
    pub fn version_number(&self) -> Option<u64> {
        self.small(self.version())
    }

    /// `meta.generator`, if it is an integer from 0 on: 0 unknown, 1 the empty
    /// policy that a verifier makes, 2 converted, 3 all that tools write.
    #[must_use]
    pub fn generator(&self) -> Option<u64> {
        self.small(self.spelling(self.parts.meta.generator))
    }

    /// Where `meta.version` stands, if it is a number.
    #[must_use]
    pub const fn version_span(&self) -> Option<Span> {
        self.parts.meta.version
    }

    /// Where `meta.generator` stands, if it is a number.
    #[must_use]
    pub const fn generator_span(&self) -> Option<Span> {
        self.parts.meta.generator
    }

    /// Where `release` stands, if it is a number.
    #[must_use]
    pub const fn release_span(&self) -> Option<Span> {
        self.parts.release
    }

    /// `release` as it is spelled, of any size, if it is a number.
    #[must_use]
    pub fn release(&self) -> Option<&str> {
        self.spelling(self.parts.release)
    }

    /// `digest_metadata`: empty where the policy has none.
    #[must_use]
    pub fn metadata(&self) -> Metadata<'_> {
        Metadata::new(&self.text, self.parts.metadata.as_ref())
    }

    /// The members that no verifier knows, of the policy, `meta` and `ima`.
    pub fn unknown_members(&self) -> impl ExactSizeIterator<Item = UnknownMember<'_>> + '_ {
        let walk = Walk::new(&self.text);
        self.parts.unknown.iter().map(move |place| UnknownMember {
            inside: place.inside,
            name: walk.text_at(place.name as usize).unwrap_or(NOTHING),
            value: place.value,
        })
    }

    /// The text whose opening quote is this byte, as a comparison names digests.
    #[must_use]
    pub fn text_from(&self, offset: u32) -> Option<Text<'_>> {
        Walk::new(&self.text).text_at(offset as usize)
    }

    /// What a place of the text says, for showing it.
    #[must_use]
    pub fn slice(&self, span: Span) -> Cow<'_, str> {
        String::from_utf8_lossy(span.of(&self.text))
    }

    fn texts<'a>(&'a self, places: &'a [u32]) -> impl ExactSizeIterator<Item = Text<'a>> + 'a {
        let walk = Walk::new(&self.text);
        places.iter().map(move |at| walk.text_at(*at as usize).unwrap_or(NOTHING))
    }

    fn text_at(&self, place: Option<u32>) -> Option<Text<'_>> {
        Walk::new(&self.text).text_at(place? as usize)
    }

    fn spelling(&self, span: Option<Span>) -> Option<&str> {
        std::str::from_utf8(span?.of(&self.text)).ok()
    }

    fn small(&self, raw: Option<&str>) -> Option<u64> {
        integer(raw?).filter(|read| !read.negative)?.size
    }
}

const NOTHING: Text<'static> = Text { raw: b"", offset: 0, escaped: false };

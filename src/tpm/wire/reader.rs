//! Big-endian fields, one after the other, each with its name.

use super::{Refusal, WireError};

/// Reads the fields of one structure.
#[derive(Debug, Clone)]
pub(super) struct Reader<'a> {
    structure: &'static str,
    bytes: &'a [u8],
    /// Bytes read so far; never past the end.
    at: usize,
}

impl<'a> Reader<'a> {
    /// Starts to read; refuses what has more than `limit` bytes.
    pub(super) fn new(structure: &'static str, bytes: &'a [u8], limit: usize) -> Result<Self, WireError> {
        let reader = Self { structure, bytes, at: 0 };
        if bytes.len() > limit {
            return Err(reader.error("size", 0, Refusal::TooLong { length: bytes.len(), limit }));
        }
        Ok(reader)
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    pub(super) const fn error(&self, field: &'static str, offset: usize, refusal: Refusal) -> WireError {
        WireError { structure: self.structure, field, offset, refusal }
    }

    /// A value that the specification does not allow in the field at `offset`.
    pub(super) fn value(&self, field: &'static str, offset: usize, words: impl Into<String>) -> WireError {
        self.error(field, offset, Refusal::Value(words.into()))
    }

    /// The next bytes.
    pub(super) fn take(&mut self, field: &'static str, count: usize) -> Result<&'a [u8], WireError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let Some(taken) = rest.get(..count) else {
            let refusal = Refusal::Short { wanted: count, left: rest.len() };
            return Err(self.error(field, self.at, refusal));
        };
        self.at += count;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], WireError> {
        let mut array = [0; N];
        let taken = self.take(field, N)?;
        array.iter_mut().zip(taken).for_each(|(to, from)| *to = *from);
        Ok(array)
    }

    pub(super) fn u8(&mut self, field: &'static str) -> Result<u8, WireError> {
        self.array(field).map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self, field: &'static str) -> Result<u16, WireError> {
        self.array(field).map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self, field: &'static str) -> Result<u32, WireError> {
        self.array(field).map(u32::from_be_bytes)
    }

    pub(super) fn u64(&mut self, field: &'static str) -> Result<u64, WireError> {
        self.array(field).map(u64::from_be_bytes)
    }

    /// A TPM2B: two bytes of size, then at most `limit` bytes.
    pub(super) fn sized(&mut self, field: &'static str, limit: usize) -> Result<&'a [u8], WireError> {
        let offset = self.at;
        let size = usize::from(self.u16(field)?);
        if size > limit {
            return Err(self.value(
                field,
                offset,
                format!("its size is {size}; at most {limit} are allowed"),
            ));
        }
        self.take(field, size)
    }

    /// The end: nothing may follow, and what was read must be what `written`
    /// holds.
    pub(super) fn end(self, written: &[u8]) -> Result<(), WireError> {
        let left = self.bytes.len().saturating_sub(self.at);
        if left > 0 {
            return Err(self.error("end", self.at, Refusal::Trailing(left)));
        }
        if written != self.bytes {
            let same = written.iter().zip(self.bytes).take_while(|(one, other)| one == other).count();
            return Err(self.error("encoding", same, Refusal::NotCanonical));
        }
        Ok(())
    }
}

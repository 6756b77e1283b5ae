//! Which PCRs of which banks (TPML_PCR_SELECTION).

use std::fmt;

use super::reader::Reader;
use super::scheme;
use super::writer::Writer;
use super::{Hash, WireError};

/// The most banks of one selection (TPM2_NUM_PCR_BANKS of libtss2, and so of
/// Keylime's blob).
pub const MAX_BANKS: usize = 16;

/// The most bytes of one bitmap (TPM2_PCR_SELECT_MAX).
pub(super) const MAX_BITMAP: usize = 4;

/// The PCRs of one bank.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PcrSelection {
    /// The bank.
    pub bank: Hash,
    /// One bit per PCR, the lowest of the first byte is PCR 0; at most 4
    /// bytes.
    pub bitmap: Vec<u8>,
}

impl PcrSelection {
    /// The indexes of its PCRs, ascending.
    pub fn indexes(&self) -> impl Iterator<Item = u8> + '_ {
        self.bitmap.iter().zip(0u8..).flat_map(|(byte, place)| {
            (0u8..8).filter(move |bit| byte >> bit & 1 == 1).map(move |bit| place * 8 + bit)
        })
    }
}

/// The PCRs of some banks, in the order in which their values are hashed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct PcrSelections(pub Vec<PcrSelection>);

impl PcrSelections {
    pub(super) fn read(reader: &mut Reader<'_>, field: &'static str) -> Result<Self, WireError> {
        let offset = reader.at();
        let count = reader.u32(field)?;
        let Some(count) = usize::try_from(count).ok().filter(|count| *count <= MAX_BANKS) else {
            return Err(reader.value(field, offset, format!("{count} banks; at most {MAX_BANKS} are read")));
        };
        let mut selections = Vec::with_capacity(count);
        for _ in 0..count {
            let bank = scheme::hash(reader, field)?;
            let offset = reader.at();
            let size = usize::from(reader.u8(field)?);
            if size > MAX_BITMAP {
                let words = format!("a bitmap of {size} bytes; at most {MAX_BITMAP} are allowed");
                return Err(reader.value(field, offset, words));
            }
            selections.push(PcrSelection { bank, bitmap: reader.take(field, size)?.to_vec() });
        }
        Ok(Self(selections))
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.u32(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        for PcrSelection { bank, bitmap } in &self.0 {
            writer.u16(bank.id());
            writer.u8(u8::try_from(bitmap.len()).unwrap_or(u8::MAX));
            writer.bytes(bitmap);
        }
    }

    /// Each bank and index, in the order in which the values are hashed.
    pub fn pcrs(&self) -> impl Iterator<Item = (Hash, u8)> + '_ {
        self.0.iter().flat_map(|selection| selection.indexes().map(|index| (selection.bank, index)))
    }
}

/// As tpm2-tools write it: `sha256:10,16+sha1:0`.
impl fmt::Display for PcrSelections {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return out.write_str("none");
        }
        for (place, selection) in self.0.iter().enumerate() {
            write!(out, "{}{}:", if place == 0 { "" } else { "+" }, selection.bank.word())?;
            for (place, index) in selection.indexes().enumerate() {
                write!(out, "{}{index}", if place == 0 { "" } else { "," })?;
            }
        }
        Ok(())
    }
}

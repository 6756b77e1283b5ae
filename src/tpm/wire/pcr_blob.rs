//! The values of the PCRs as Keylime sends them.

use super::pcr_selection::{MAX_BANKS, MAX_BITMAP};
use super::reader::Reader;
use super::{Hash, PcrSelection, PcrSelections, WireError};

/// The most bytes that are read: 16 banks of 32 PCRs in lists of 8.
pub const PCR_BLOB_MAX: usize = SELECTIONS + 4 + 64 * LIST;

/// TPML_PCR_SELECTION in memory: a count, then 16 times a hash (2), the size
/// of the bitmap (1), the bitmap (4) and a byte of padding.
const SELECTIONS: usize = 4 + MAX_BANKS * 8;
/// TPML_DIGEST in memory: a count, then 8 times a size (2) and 64 bytes.
const LIST: usize = 4 + DIGESTS * 66;
const DIGESTS: usize = 8;

/// The PCR selection and values that an agent sends beside its quote.
///
/// Keylime's agents send libtss2's structures as they lie in memory, numbers
/// little-endian: one TPML_PCR_SELECTION, the number of TPML_DIGESTs, and
/// these. What a structure does not use may hold anything: no count covers it,
/// and it is ignored.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PcrBlob {
    /// The selection that the values are said to be of.
    pub selections: PcrSelections,
    /// The values, in the order of the selection.
    pub values: Vec<Vec<u8>>,
}

impl PcrBlob {
    /// Reads the blob.
    ///
    /// # Errors
    /// Where it is cut or too long, where a size is not that of its bank, or
    /// where there are more or fewer values than PCRs.
    pub fn read(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new("PCR blob", bytes, PCR_BLOB_MAX)?;
        let selections = read_selections(&mut reader)?;
        let expected: Vec<(Hash, u8)> = selections.pcrs().collect();
        let offset = reader.at();
        let lists = number(&mut reader, "number of TPML_DIGEST")?;
        // No more lists than the values could need: a size that is refused
        // here would be refused as too long below, and this tells why.
        if lists > expected.len() {
            let words = format!("{lists} lists of values for {} PCRs", expected.len());
            return Err(reader.value("number of TPML_DIGEST", offset, words));
        }
        let mut values = Vec::with_capacity(expected.len());
        for _ in 0..lists {
            read_list(&mut reader, &expected, &mut values)?;
        }
        if values.len() != expected.len() {
            let words = format!("{} values for {} PCRs", values.len(), expected.len());
            return Err(reader.value("TPML_DIGEST", reader.at(), words));
        }
        // What is unused cannot be written again: the counts, the sizes and
        // the length say all.
        reader.end(bytes)?;
        Ok(Self { selections, values })
    }

    /// Each PCR with its value.
    pub fn pcrs(&self) -> impl Iterator<Item = (Hash, u8, &[u8])> {
        self.selections.pcrs().zip(&self.values).map(|((bank, index), value)| (bank, index, value.as_slice()))
    }

    /// The value of one PCR.
    #[must_use]
    pub fn value(&self, bank: Hash, index: u8) -> Option<&[u8]> {
        self.pcrs().find(|(one, other, _)| *one == bank && *other == index).map(|(_, _, value)| value)
    }

    /// The blob with zeros in all that is unused: what Keylime's agents send.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SELECTIONS + 4 + LIST);
        bytes.extend((self.selections.0.len() as u32).to_le_bytes());
        for PcrSelection { bank, bitmap } in &self.selections.0 {
            bytes.extend(bank.id().to_le_bytes());
            bytes.push(bitmap.len() as u8);
            bytes.extend(bitmap);
            bytes.resize(bytes.len() + 5 - bitmap.len().min(5), 0);
        }
        bytes.resize(SELECTIONS, 0);
        let lists = self.values.chunks(DIGESTS);
        bytes.extend((lists.len() as u32).to_le_bytes());
        for list in lists {
            let end = bytes.len() + LIST;
            bytes.extend((list.len() as u32).to_le_bytes());
            for value in list {
                bytes.extend((value.len() as u16).to_le_bytes());
                let end = bytes.len() + 64;
                bytes.extend(value);
                bytes.resize(end, 0);
            }
            bytes.resize(end, 0);
        }
        bytes
    }
}

/// A number of 32 bits as it lies in the memory of a little-endian machine.
fn number(reader: &mut Reader<'_>, field: &'static str) -> Result<usize, WireError> {
    // Numbers that do not fit are refused by the caller as too large.
    reader.u32(field).map(|value| usize::try_from(value.swap_bytes()).unwrap_or(usize::MAX))
}

fn read_selections(reader: &mut Reader<'_>) -> Result<PcrSelections, WireError> {
    let field = "TPML_PCR_SELECTION";
    let count = number(reader, field)?;
    if count > MAX_BANKS {
        let words = format!("{count} banks; at most {MAX_BANKS} have room (or the agent is big-endian)");
        return Err(reader.value(field, 0, words));
    }
    let mut selections = Vec::with_capacity(count);
    for place in 0..MAX_BANKS {
        let offset = reader.at();
        let id = reader.u16(field)?.swap_bytes();
        let size = usize::from(reader.u8(field)?);
        let bitmap = reader.take(field, MAX_BITMAP)?;
        reader.take("padding", 1)?;
        if place >= count {
            continue;
        }
        let bank = Hash::of_id(id)
            .ok_or_else(|| reader.value(field, offset, format!("{id:#06x} is no hash algorithm")))?;
        let Some(bitmap) = bitmap.get(..size) else {
            let words = format!("a bitmap of {size} bytes; at most {MAX_BITMAP} are allowed");
            return Err(reader.value(field, offset + 2, words));
        };
        selections.push(PcrSelection { bank, bitmap: bitmap.to_vec() });
    }
    Ok(PcrSelections(selections))
}

fn read_list(
    reader: &mut Reader<'_>,
    expected: &[(Hash, u8)],
    values: &mut Vec<Vec<u8>>,
) -> Result<(), WireError> {
    let field = "TPML_DIGEST";
    let offset = reader.at();
    let count = number(reader, field)?;
    if count > DIGESTS {
        return Err(reader.value(field, offset, format!("{count} values; at most {DIGESTS} have room")));
    }
    for place in 0..DIGESTS {
        let offset = reader.at();
        let size = usize::from(reader.u16(field)?.swap_bytes());
        let room = reader.take(field, 64)?;
        if place >= count {
            continue;
        }
        let Some((bank, index)) = expected.get(values.len()) else {
            let words = format!("a value more than the {} PCRs", expected.len());
            return Err(reader.value(field, offset, words));
        };
        let Some(value) = room.get(..size).filter(|_| size == bank.length()) else {
            let words =
                format!("{size} bytes for PCR {index} of {}, which has {}", bank.word(), bank.length());
            return Err(reader.value(field, offset, words));
        };
        values.push(value.to_vec());
    }
    Ok(())
}

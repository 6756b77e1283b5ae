//! The log, event by event. Numbers are little-endian.

use crate::tpm::wire::Hash;

/// The longest log that is read, in bytes; real ones have some 100 KiB.
pub const MAX_UEFI_LOG: usize = 16 * 1024 * 1024;

/// The most events that are read.
pub const MAX_UEFI_EVENTS: usize = 65_536;

/// EV_NO_ACTION: told only, not extended.
const NO_ACTION: u32 = 3;

const SPECIFICATION: &[u8] = b"Spec ID Event03\0";
const LOCALITY: &[u8] = b"StartupLocality\0";

/// Why a log is not replayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LogFault {
    /// Its form is not the one that is read, in words.
    Unsupported(String),
    /// It cannot be read: where, and why.
    Broken(usize, String),
}

/// One event that was extended.
#[derive(Debug)]
pub(super) struct Event<'a> {
    pub pcr: u32,
    pub digests: Vec<(u16, &'a [u8])>,
}

/// A log.
#[derive(Debug)]
pub(super) struct Log<'a> {
    /// Algorithm identifiers of its digests, with their lengths in bytes.
    pub algorithms: Vec<(u16, usize)>,
    /// The locality from which the TPM was started: PCR 0 begins with it.
    pub locality: u8,
    /// What was extended, in order.
    pub events: Vec<Event<'a>>,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], LogFault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = rest.get(..count).ok_or_else(|| {
            LogFault::Broken(self.at, format!("{count} bytes are needed, {} are left", rest.len()))
        })?;
        self.at += count;
        Ok(taken)
    }

    fn number(&mut self, count: usize) -> Result<u32, LogFault> {
        let bytes = self.take(count)?;
        Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    fn length(&mut self) -> Result<usize, LogFault> {
        self.number(4).map(|number| usize::try_from(number).unwrap_or(usize::MAX))
    }
}

impl<'a> Log<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, LogFault> {
        if bytes.len() > MAX_UEFI_LOG {
            let words = format!("it has {} bytes; at most {MAX_UEFI_LOG} are read", bytes.len());
            return Err(LogFault::Unsupported(words));
        }
        let mut reader = Reader { bytes, at: 0 };
        let algorithms = header(&mut reader)?;
        let mut log = Self { algorithms, locality: 0, events: Vec::new() };
        let mut count = 0;
        while reader.at < bytes.len() {
            count += 1;
            if count > MAX_UEFI_EVENTS {
                return Err(LogFault::Unsupported(format!("it has more than {MAX_UEFI_EVENTS} events")));
            }
            log.event(&mut reader)?;
        }
        Ok(log)
    }

    /// TCG_PCR_EVENT2.
    fn event(&mut self, reader: &mut Reader<'a>) -> Result<(), LogFault> {
        let pcr = reader.number(4)?;
        let kind = reader.number(4)?;
        let at = reader.at;
        let count = reader.length()?;
        if count > self.algorithms.len() {
            let words = format!("{count} digests; the first event names {}", self.algorithms.len());
            return Err(LogFault::Broken(at, words));
        }
        let mut digests = Vec::with_capacity(count);
        for _ in 0..count {
            let at = reader.at;
            let id = reader.number(2)?;
            let known = self.algorithms.iter().find(|(known, _)| u32::from(*known) == id);
            let (id, length) = known.ok_or_else(|| {
                LogFault::Broken(at, format!("a digest of {id:#06x}, which the first event does not name"))
            })?;
            digests.push((*id, reader.take(*length)?));
        }
        let length = reader.length()?;
        let data = reader.take(length)?;
        if kind != NO_ACTION {
            self.events.push(Event { pcr, digests });
        } else if pcr == 0
            && let Some([locality]) = data.strip_prefix(LOCALITY)
        {
            self.locality = *locality;
        }
        Ok(())
    }
}

/// The first event: TCG_PCClientPCREvent with a TCG_EfiSpecIDEvent.
fn header(reader: &mut Reader<'_>) -> Result<Vec<(u16, usize)>, LogFault> {
    let _pcr = reader.number(4)?;
    let kind = reader.number(4)?;
    let _digest = reader.take(20)?;
    let length = reader.length()?;
    let bytes = reader.take(length)?;
    if kind != NO_ACTION || !bytes.starts_with(SPECIFICATION) {
        let words = "it is not in the crypto-agile form (it starts with no `Spec ID Event03`)";
        return Err(LogFault::Unsupported(words.to_owned()));
    }
    let start = reader.at - bytes.len();
    let mut reader = Reader { bytes, at: SPECIFICATION.len() };
    let offset = |fault| match fault {
        LogFault::Broken(at, words) => LogFault::Broken(start + at, words),
        other => other,
    };
    let mut read = || -> Result<_, LogFault> {
        // platformClass, specVersionMinor, specVersionMajor, specErrata, uintnSize.
        let _versions = reader.take(8)?;
        let at = reader.at;
        let count = reader.length()?;
        if count == 0 || count > 16 {
            return Err(LogFault::Broken(at, format!("{count} digest algorithms; 1 to 16 are read")));
        }
        let mut algorithms = Vec::with_capacity(count);
        for _ in 0..count {
            let at = reader.at;
            let id = u16::try_from(reader.number(2)?).unwrap_or_default();
            let length = usize::try_from(reader.number(2)?).unwrap_or(usize::MAX);
            if Hash::of_id(id).is_some_and(|hash| hash.length() != length) || length > 64 {
                return Err(LogFault::Broken(at, format!("digests of {id:#06x} with {length} bytes")));
            }
            algorithms.push((id, length));
        }
        Ok(algorithms)
    };
    read().map_err(offset)
}

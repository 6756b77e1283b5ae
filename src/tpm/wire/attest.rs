//! What a TPM attests (TPMS_ATTEST), where it is a quote.

use super::reader::Reader;
use super::writer::Writer;
use super::{Name, PcrSelections, Refusal, WireError};

/// The most bytes of an attestation that are read.
pub const MAX_ATTEST: usize = 1024;

/// TPM_GENERATED: no one but a TPM signs what starts with it, given a
/// restricted key.
const MAGIC: u32 = 0xff54_4347;
const QUOTE: u16 = 0x8018;

/// The clock and the counters of a TPM (TPMS_CLOCK_INFO).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClockInfo {
    /// Milliseconds that the TPM had power since it was last cleared.
    pub clock: u64,
    /// How often the TPM was reset (started anew) since it was last cleared.
    pub reset_count: u32,
    /// How often it resumed since the last reset.
    pub restart_count: u32,
    /// Whether no later value of the clock was ever told before.
    pub safe: bool,
}

/// A quote.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Attest {
    /// The qualified name of the key that signs it.
    pub qualified_signer: Name,
    /// What the caller gave: the nonce.
    pub extra_data: Vec<u8>,
    /// The clock and the counters.
    pub clock_info: ClockInfo,
    /// The version of the TPM's firmware.
    pub firmware_version: u64,
    /// Which PCRs are quoted.
    pub selections: PcrSelections,
    /// The hash of their values, one after the other.
    pub digest: Vec<u8>,
}

impl Attest {
    /// Reads a TPMS_ATTEST that is a quote.
    ///
    /// # Errors
    /// Where the bytes are not exactly one, were not made by a TPM (magic), or
    /// attest something else.
    pub fn read(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new("TPMS_ATTEST", bytes, MAX_ATTEST)?;
        let magic = reader.u32("magic")?;
        if magic != MAGIC {
            return Err(reader.value(
                "magic",
                0,
                format!("{magic:#010x}; what a TPM makes has {MAGIC:#010x}"),
            ));
        }
        let kind = reader.u16("type")?;
        if kind != QUOTE {
            let words = match kind {
                0x8014 => "it attests an NV index, not PCRs",
                0x8015 => "it attests an audit of commands, not PCRs",
                0x8016 => "it attests an audit of a session, not PCRs",
                0x8017 => "it certifies a key, not PCRs",
                0x8019 => "it attests a time, not PCRs",
                0x801a => "it attests the making of a key, not PCRs",
                0x801c => "it attests the digest of an NV index, not PCRs",
                _ => "it attests nothing that is known",
            };
            return Err(reader.error("type", 4, Refusal::Unsupported(format!("{kind:#06x}: {words}"))));
        }
        // TPMU_NAME: a digest of at most 64 bytes with its algorithm.
        let qualified_signer = Name::new(reader.sized("qualifiedSigner", 66)?);
        let extra_data = reader.sized("extraData", 66)?.to_vec();
        let clock = reader.u64("clockInfo.clock")?;
        let reset_count = reader.u32("clockInfo.resetCount")?;
        let restart_count = reader.u32("clockInfo.restartCount")?;
        let offset = reader.at();
        let safe = match reader.u8("clockInfo.safe")? {
            0 => false,
            1 => true,
            other => {
                return Err(reader.value("clockInfo.safe", offset, format!("{other} is neither 0 nor 1")));
            }
        };
        let firmware_version = reader.u64("firmwareVersion")?;
        let selections = PcrSelections::read(&mut reader, "attested.quote.pcrSelect")?;
        let digest = reader.sized("attested.quote.pcrDigest", 64)?.to_vec();
        let attest = Self {
            qualified_signer,
            extra_data,
            clock_info: ClockInfo { clock, reset_count, restart_count, safe },
            firmware_version,
            selections,
            digest,
        };
        reader.end(&attest.encode())?;
        Ok(attest)
    }

    /// The TPMS_ATTEST: the bytes that were read.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.u32(MAGIC);
        writer.u16(QUOTE);
        writer.sized(self.qualified_signer.bytes());
        writer.sized(&self.extra_data);
        writer.u64(self.clock_info.clock);
        writer.u32(self.clock_info.reset_count);
        writer.u32(self.clock_info.restart_count);
        writer.u8(u8::from(self.clock_info.safe));
        writer.u64(self.firmware_version);
        self.selections.write(&mut writer);
        writer.sized(&self.digest);
        writer.into_bytes()
    }
}

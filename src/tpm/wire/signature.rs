//! Signatures (TPMT_SIGNATURE).

use super::reader::Reader;
use super::scheme;
use super::writer::Writer;
use super::{Hash, Refusal, WireError};

/// The most bytes of a signature that are read.
pub const MAX_SIGNATURE: usize = 2054;

const RSASSA: u16 = 0x0014;
const RSAPSS: u16 = 0x0016;
const ECDSA: u16 = 0x0018;

/// The signature itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SignatureValue {
    /// RSASSA: PKCS #1 v1.5; as long as the modulus.
    Rsassa(Vec<u8>),
    /// RSAPSS; as long as the modulus.
    Rsapss(Vec<u8>),
    /// ECDSA.
    Ecdsa {
        /// As on the wire: leading zeros may lack.
        r: Vec<u8>,
        /// As `r`.
        s: Vec<u8>,
    },
}

/// A signature with its hash.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Signature {
    /// The hash of what was signed; a quote's digest of the PCRs is made with
    /// it too.
    pub hash: Hash,
    /// The signature.
    pub value: SignatureValue,
}

impl Signature {
    /// Reads a TPMT_SIGNATURE.
    ///
    /// # Errors
    /// Where the bytes are not exactly one of RSASSA, RSAPSS or ECDSA.
    pub fn read(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new("TPMT_SIGNATURE", bytes, MAX_SIGNATURE)?;
        let algorithm = reader.u16("sigAlg")?;
        let other = match algorithm {
            RSASSA | RSAPSS | ECDSA => None,
            0x001a => Some("ECDAA signatures are not verified".to_owned()),
            0x001b => Some("SM2 signatures are not verified".to_owned()),
            0x001c => Some("EC Schnorr signatures are not verified".to_owned()),
            0x0005 => Some("an HMAC is no signature of a key".to_owned()),
            other => Some(format!("{other:#06x} is no signature scheme that is known")),
        };
        if let Some(words) = other {
            return Err(reader.error("sigAlg", 0, Refusal::Unsupported(words)));
        }
        let hash = scheme::hash(&mut reader, "signature.hash")?;
        let value = match algorithm {
            ECDSA => {
                let r = reader.sized("signature.ecdsa.signatureR", 128)?.to_vec();
                let s = reader.sized("signature.ecdsa.signatureS", 128)?.to_vec();
                SignatureValue::Ecdsa { r, s }
            }
            RSAPSS => SignatureValue::Rsapss(reader.sized("signature.rsapss.sig", 2048)?.to_vec()),
            _ => SignatureValue::Rsassa(reader.sized("signature.rsassa.sig", 2048)?.to_vec()),
        };
        let signature = Self { hash, value };
        reader.end(&signature.encode())?;
        Ok(signature)
    }

    /// The TPMT_SIGNATURE: the bytes that were read.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.u16(match self.value {
            SignatureValue::Rsassa(_) => RSASSA,
            SignatureValue::Rsapss(_) => RSAPSS,
            SignatureValue::Ecdsa { .. } => ECDSA,
        });
        writer.u16(self.hash.id());
        match &self.value {
            SignatureValue::Rsassa(bytes) | SignatureValue::Rsapss(bytes) => writer.sized(bytes),
            SignatureValue::Ecdsa { r, s } => {
                writer.sized(r);
                writer.sized(s);
            }
        }
        writer.into_bytes()
    }

    /// Keylime's word for its scheme: `rsassa`, `rsapss` or `ecdsa`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self.value {
            SignatureValue::Rsassa(_) => "rsassa",
            SignatureValue::Rsapss(_) => "rsapss",
            SignatureValue::Ecdsa { .. } => "ecdsa",
        }
    }
}

//! The scheme in a public area (TPMT_RSA_SCHEME, TPMT_ECC_SCHEME).

use super::algorithm::NULL;
use super::reader::Reader;
use super::writer::Writer;
use super::{Hash, WireError};

/// How a key signs or decrypts, where its public area says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// TPM_ALG_NULL: each use says it.
    Open,
    /// TPM_ALG_RSASSA: PKCS #1 v1.5 signatures.
    Rsassa(Hash),
    /// TPM_ALG_RSAPSS.
    Rsapss(Hash),
    /// TPM_ALG_RSAES: PKCS #1 v1.5 encryption.
    Rsaes,
    /// TPM_ALG_OAEP.
    Oaep(Hash),
    /// TPM_ALG_ECDSA.
    Ecdsa(Hash),
    /// TPM_ALG_ECDAA, with its counter.
    Ecdaa(Hash, u16),
    /// TPM_ALG_SM2.
    Sm2(Hash),
    /// TPM_ALG_ECSCHNORR.
    Ecschnorr(Hash),
    /// TPM_ALG_ECDH.
    Ecdh(Hash),
    /// TPM_ALG_ECMQV.
    Ecmqv(Hash),
}

const RSASSA: u16 = 0x0014;
const RSAES: u16 = 0x0015;
const RSAPSS: u16 = 0x0016;
const OAEP: u16 = 0x0017;
const ECDSA: u16 = 0x0018;
const ECDH: u16 = 0x0019;
const ECDAA: u16 = 0x001a;
const SM2: u16 = 0x001b;
const ECSCHNORR: u16 = 0x001c;
const ECMQV: u16 = 0x001d;

/// Reads a hash; its absence is refused.
pub(super) fn hash(reader: &mut Reader<'_>, field: &'static str) -> Result<Hash, WireError> {
    let offset = reader.at();
    let id = reader.u16(field)?;
    Hash::of_id(id).ok_or_else(|| reader.value(field, offset, format!("{id:#06x} is no hash algorithm")))
}

impl Scheme {
    pub(super) fn read_rsa(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let field = "parameters.rsaDetail.scheme";
        let offset = reader.at();
        match reader.u16(field)? {
            NULL => Ok(Self::Open),
            RSASSA => hash(reader, field).map(Self::Rsassa),
            RSAPSS => hash(reader, field).map(Self::Rsapss),
            RSAES => Ok(Self::Rsaes),
            OAEP => hash(reader, field).map(Self::Oaep),
            id => Err(reader.value(field, offset, format!("{id:#06x} is no scheme for RSA"))),
        }
    }

    pub(super) fn read_ecc(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let field = "parameters.eccDetail.scheme";
        let offset = reader.at();
        match reader.u16(field)? {
            NULL => Ok(Self::Open),
            ECDSA => hash(reader, field).map(Self::Ecdsa),
            ECDH => hash(reader, field).map(Self::Ecdh),
            ECDAA => Ok(Self::Ecdaa(hash(reader, field)?, reader.u16(field)?)),
            SM2 => hash(reader, field).map(Self::Sm2),
            ECSCHNORR => hash(reader, field).map(Self::Ecschnorr),
            ECMQV => hash(reader, field).map(Self::Ecmqv),
            id => Err(reader.value(field, offset, format!("{id:#06x} is no scheme for an elliptic curve"))),
        }
    }

    pub(super) fn write(self, writer: &mut Writer) {
        let with = |writer: &mut Writer, id: u16, hash: Hash| {
            writer.u16(id);
            writer.u16(hash.id());
        };
        match self {
            Self::Open => writer.u16(NULL),
            Self::Rsaes => writer.u16(RSAES),
            Self::Rsassa(hash) => with(writer, RSASSA, hash),
            Self::Rsapss(hash) => with(writer, RSAPSS, hash),
            Self::Oaep(hash) => with(writer, OAEP, hash),
            Self::Ecdsa(hash) => with(writer, ECDSA, hash),
            Self::Ecdh(hash) => with(writer, ECDH, hash),
            Self::Sm2(hash) => with(writer, SM2, hash),
            Self::Ecschnorr(hash) => with(writer, ECSCHNORR, hash),
            Self::Ecmqv(hash) => with(writer, ECMQV, hash),
            Self::Ecdaa(hash, count) => {
                with(writer, ECDAA, hash);
                writer.u16(count);
            }
        }
    }

    /// The scheme in words; `any scheme` where the key leaves it open.
    #[must_use]
    pub fn words(self) -> String {
        let (name, hash) = match self {
            Self::Open => return "any scheme".to_owned(),
            Self::Rsaes => return "rsaes".to_owned(),
            Self::Rsassa(hash) => ("rsassa", hash),
            Self::Rsapss(hash) => ("rsapss", hash),
            Self::Oaep(hash) => ("oaep", hash),
            Self::Ecdsa(hash) => ("ecdsa", hash),
            Self::Ecdaa(hash, _) => ("ecdaa", hash),
            Self::Sm2(hash) => ("sm2", hash),
            Self::Ecschnorr(hash) => ("ecschnorr", hash),
            Self::Ecdh(hash) => ("ecdh", hash),
            Self::Ecmqv(hash) => ("ecmqv", hash),
        };
        format!("{name} with {}", hash.word())
    }
}

//! Public areas of keys (TPM2B_PUBLIC, TPMT_PUBLIC).

use std::fmt;

use super::algorithm::NULL;
use super::reader::Reader;
use super::scheme::{self, Scheme};
use super::writer::Writer;
use super::{Attributes, Curve, Hash, Name, Refusal, Symmetric, WireError};

/// The most bytes of a public area that are read: an RSA key of 16384 bits
/// with every other field at its longest fits.
pub const MAX_PUBLIC: usize = 4096;

const RSA: u16 = 0x0001;
const KEYEDHASH: u16 = 0x0008;
const ECC: u16 = 0x0023;
const SYMCIPHER: u16 = 0x0025;

/// The public key itself.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// An RSA key.
    Rsa {
        /// Bits of the modulus.
        bits: u16,
        /// The exponent as it is on the wire: 0 means 65537. See
        /// [`Key::rsa_exponent`].
        exponent: u32,
        /// The modulus, big-endian, `bits` / 8 bytes.
        modulus: Vec<u8>,
    },
    /// A point on an elliptic curve.
    Ecc {
        /// The curve.
        curve: Curve,
        /// The hash of the key derivation (TPMT_KDF_SCHEME): its TPM_ALG_ID and
        /// its hash; none for a key that signs.
        kdf: Option<(u16, Hash)>,
        /// The coordinates as they are on the wire: leading zeros may lack. See
        /// [`Key::ecc_point`].
        x: Vec<u8>,
        /// As `x`.
        y: Vec<u8>,
    },
}

impl Key {
    /// The exponent of an RSA key; 0 on the wire is 65537 (Part 2, 12.2.3.5).
    #[must_use]
    pub const fn rsa_exponent(&self) -> Option<u32> {
        match self {
            Self::Rsa { exponent: 0, .. } => Some(65537),
            Self::Rsa { exponent, .. } => Some(*exponent),
            Self::Ecc { .. } => None,
        }
    }

    /// The point as an uncompressed one (SEC 1, 2.3.3): 4, x, y, each
    /// coordinate with its leading zeros.
    #[must_use]
    pub fn ecc_point(&self) -> Option<Vec<u8>> {
        let Self::Ecc { curve, x, y, .. } = self else { return None };
        let mut point = vec![4];
        for coordinate in [x, y] {
            point.resize(point.len() + curve.length().saturating_sub(coordinate.len()), 0);
            point.extend(coordinate);
        }
        Some(point)
    }

    /// The key in words: `RSA 2048`, `P-256`.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Rsa { bits, .. } => format!("RSA {bits}"),
            Self::Ecc { curve, .. } => curve.word().to_owned(),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.words())
    }
}

/// The public area of an asymmetric key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Public {
    /// The hash of its name.
    pub name_hash: Hash,
    /// What its TPM lets be done with it.
    pub attributes: Attributes,
    /// The digest of its policy; empty where it has none.
    pub policy: Vec<u8>,
    /// The cipher with which it protects others; none for a key that signs.
    pub symmetric: Option<Symmetric>,
    /// Its scheme.
    pub scheme: Scheme,
    /// The key.
    pub key: Key,
}

impl Public {
    /// Reads a TPM2B_PUBLIC, as the registrar gives `ek_tpm` and `aik_tpm`.
    ///
    /// # Errors
    /// Where the bytes are not exactly one, or not of an RSA or EC key.
    pub fn read_sized(bytes: &[u8]) -> Result<Self, WireError> {
        let structure = "TPM2B_PUBLIC";
        let mut reader = Reader::new(structure, bytes, MAX_PUBLIC + 2)?;
        let area = reader.sized("size", MAX_PUBLIC)?;
        let public = Self::read_as(structure, area).map_err(|error| WireError {
            // Offsets count from the start of what was received.
            offset: error.offset + 2,
            ..error
        })?;
        let mut writer = Writer::default();
        writer.sized(&public.encode());
        reader.end(&writer.into_bytes())?;
        Ok(public)
    }

    /// Reads a TPMT_PUBLIC, as a `certification_key` of the verifier holds it.
    ///
    /// # Errors
    /// Where the bytes are not exactly one, or not of an RSA or EC key.
    pub fn read(bytes: &[u8]) -> Result<Self, WireError> {
        Self::read_as("TPMT_PUBLIC", bytes)
    }

    fn read_as(structure: &'static str, bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(structure, bytes, MAX_PUBLIC)?;
        let kind = reader.u16("type")?;
        if !matches!(kind, RSA | ECC) {
            let refusal = match kind {
                KEYEDHASH => Refusal::Unsupported("a keyed-hash object has no public key".to_owned()),
                SYMCIPHER => Refusal::Unsupported("a symmetric cipher has no public key".to_owned()),
                other => Refusal::Value(format!("{other:#06x} is no type of object")),
            };
            return Err(reader.error("type", 0, refusal));
        }
        let name_hash = scheme::hash(&mut reader, "nameAlg")?;
        let attributes = Attributes::new(reader.u32("objectAttributes")?);
        let policy = digest(&mut reader, "authPolicy", name_hash)?;
        let symmetric = read_symmetric(&mut reader)?;
        let (scheme, key) = if kind == RSA { read_rsa(&mut reader)? } else { read_ecc(&mut reader)? };
        let public = Self { name_hash, attributes, policy, symmetric, scheme, key };
        reader.end(&public.encode())?;
        Ok(public)
    }

    /// The TPMT_PUBLIC: the bytes that were read.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.u16(match self.key {
            Key::Rsa { .. } => RSA,
            Key::Ecc { .. } => ECC,
        });
        writer.u16(self.name_hash.id());
        writer.u32(self.attributes.bits());
        writer.sized(&self.policy);
        match self.symmetric {
            None => writer.u16(NULL),
            Some(Symmetric { algorithm, bits, mode }) => {
                [algorithm, bits, mode].into_iter().for_each(|field| writer.u16(field));
            }
        }
        self.scheme.write(&mut writer);
        match &self.key {
            Key::Rsa { bits, exponent, modulus } => {
                writer.u16(*bits);
                writer.u32(*exponent);
                writer.sized(modulus);
            }
            Key::Ecc { curve, kdf, x, y } => {
                writer.u16(curve.id());
                writer.u16(kdf.map_or(NULL, |(id, _)| id));
                kdf.iter().for_each(|(_, hash)| writer.u16(hash.id()));
                writer.sized(x);
                writer.sized(y);
            }
        }
        writer.into_bytes()
    }

    /// Its name, from the bytes as they were received; none where its hash is
    /// not computed here (SM3).
    #[must_use]
    pub fn name(&self) -> Option<Name> {
        Name::of(self.name_hash, &self.encode())
    }
}

/// A digest that is empty or as long as `hash` makes them.
fn digest(reader: &mut Reader<'_>, field: &'static str, hash: Hash) -> Result<Vec<u8>, WireError> {
    let offset = reader.at();
    let bytes = reader.sized(field, 64)?;
    if bytes.is_empty() || bytes.len() == hash.length() {
        return Ok(bytes.to_vec());
    }
    let words =
        format!("a digest of {} bytes beside {}, which makes {}", bytes.len(), hash.word(), hash.length());
    Err(reader.value(field, offset, words))
}

fn read_symmetric(reader: &mut Reader<'_>) -> Result<Option<Symmetric>, WireError> {
    let field = "parameters.symmetric";
    let offset = reader.at();
    let algorithm = reader.u16(field)?;
    if algorithm == NULL {
        return Ok(None);
    }
    if !Symmetric::known(algorithm) {
        return Err(reader.value(field, offset, format!("{algorithm:#06x} is no block cipher")));
    }
    let bits = reader.u16(field)?;
    if !matches!(bits, 128 | 192 | 256) {
        return Err(reader.value(field, offset + 2, format!("a cipher with {bits} bits")));
    }
    let mode = reader.u16(field)?;
    if !Symmetric::known_mode(mode) {
        return Err(reader.value(field, offset + 4, format!("{mode:#06x} is no mode of a cipher")));
    }
    Ok(Some(Symmetric { algorithm, bits, mode }))
}

fn read_rsa(reader: &mut Reader<'_>) -> Result<(Scheme, Key), WireError> {
    let scheme = Scheme::read_rsa(reader)?;
    let offset = reader.at();
    let bits = reader.u16("parameters.rsaDetail.keyBits")?;
    if bits == 0 || bits % 8 != 0 {
        return Err(reader.value(
            "parameters.rsaDetail.keyBits",
            offset,
            format!("a modulus of {bits} bits"),
        ));
    }
    let exponent = reader.u32("parameters.rsaDetail.exponent")?;
    let offset = reader.at();
    let length = usize::from(bits / 8);
    let modulus = reader.sized("unique.rsa", MAX_PUBLIC)?;
    if modulus.len() != length {
        let words = format!("a modulus of {} bytes; {bits} bits are {length}", modulus.len());
        return Err(reader.value("unique.rsa", offset, words));
    }
    Ok((scheme, Key::Rsa { bits, exponent, modulus: modulus.to_vec() }))
}

fn read_ecc(reader: &mut Reader<'_>) -> Result<(Scheme, Key), WireError> {
    let scheme = Scheme::read_ecc(reader)?;
    let offset = reader.at();
    let id = reader.u16("parameters.eccDetail.curveID")?;
    let curve = Curve::of_id(id).ok_or_else(|| {
        reader.value("parameters.eccDetail.curveID", offset, format!("{id:#06x} is no curve that is known"))
    })?;
    let field = "parameters.eccDetail.kdf";
    let offset = reader.at();
    let kdf = match reader.u16(field)? {
        NULL => None,
        // MGF1, KDF1_SP800_56A, KDF2, KDF1_SP800_108.
        id @ (0x0007 | 0x0020 | 0x0021 | 0x0022) => Some((id, scheme::hash(reader, field)?)),
        id => return Err(reader.value(field, offset, format!("{id:#06x} is no key derivation"))),
    };
    let mut coordinate = |field: &'static str| {
        let offset = reader.at();
        let bytes = reader.sized(field, 128)?;
        if bytes.is_empty() || bytes.len() > curve.length() {
            let words =
                format!("{} bytes; a coordinate of {} has {}", bytes.len(), curve.word(), curve.length());
            return Err(reader.value(field, offset, words));
        }
        Ok(bytes.to_vec())
    };
    let (x, y) = (coordinate("unique.ecc.x")?, coordinate("unique.ecc.y")?);
    Ok((scheme, Key::Ecc { curve, kdf, x, y }))
}

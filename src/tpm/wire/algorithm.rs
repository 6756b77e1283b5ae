//! Algorithm identifiers (TPM_ALG_ID, TPM_ECC_CURVE; "TCG Algorithm Registry").

use aws_lc_rs::digest;

/// TPM_ALG_NULL: nothing chosen.
pub(super) const NULL: u16 = 0x0010;

/// A hash algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hash {
    /// TPM_ALG_SHA1.
    Sha1,
    /// TPM_ALG_SHA256.
    Sha256,
    /// TPM_ALG_SHA384.
    Sha384,
    /// TPM_ALG_SHA512.
    Sha512,
    /// TPM_ALG_SM3_256; known by name, never computed.
    Sm3,
    /// TPM_ALG_SHA3_256.
    Sha3With256,
    /// TPM_ALG_SHA3_384.
    Sha3With384,
    /// TPM_ALG_SHA3_512.
    Sha3With512,
}

impl Hash {
    /// All that are known.
    pub const ALL: [Self; 8] = [
        Self::Sha1,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
        Self::Sm3,
        Self::Sha3With256,
        Self::Sha3With384,
        Self::Sha3With512,
    ];

    /// The identifier on the wire (TPM_ALG_ID).
    #[must_use]
    pub const fn id(self) -> u16 {
        match self {
            Self::Sha1 => 0x0004,
            Self::Sha256 => 0x000b,
            Self::Sha384 => 0x000c,
            Self::Sha512 => 0x000d,
            Self::Sm3 => 0x0012,
            Self::Sha3With256 => 0x0027,
            Self::Sha3With384 => 0x0028,
            Self::Sha3With512 => 0x0029,
        }
    }

    /// The algorithm of an identifier; none where it is no hash that is known.
    #[must_use]
    pub fn of_id(id: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|hash| hash.id() == id)
    }

    /// The algorithm of Keylime's word for it (`sha256`).
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hash| hash.word() == word)
    }

    /// Keylime's word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
            Self::Sm3 => "sm3_256",
            Self::Sha3With256 => "sha3_256",
            Self::Sha3With384 => "sha3_384",
            Self::Sha3With512 => "sha3_512",
        }
    }

    /// The length of its digests, in bytes.
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 | Self::Sm3 | Self::Sha3With256 => 32,
            Self::Sha384 | Self::Sha3With384 => 48,
            Self::Sha512 | Self::Sha3With512 => 64,
        }
    }

    const fn algorithm(self) -> Option<&'static digest::Algorithm> {
        match self {
            Self::Sha1 => Some(&digest::SHA1_FOR_LEGACY_USE_ONLY),
            Self::Sha256 => Some(&digest::SHA256),
            Self::Sha384 => Some(&digest::SHA384),
            Self::Sha512 => Some(&digest::SHA512),
            Self::Sm3 => None,
            Self::Sha3With256 => Some(&digest::SHA3_256),
            Self::Sha3With384 => Some(&digest::SHA3_384),
            Self::Sha3With512 => Some(&digest::SHA3_512),
        }
    }

    /// The digest of the parts, one after the other; none for an algorithm
    /// that is not computed here (SM3).
    #[must_use]
    pub fn digest(self, parts: &[&[u8]]) -> Option<Vec<u8>> {
        let mut context = digest::Context::new(self.algorithm()?);
        parts.iter().for_each(|part| context.update(part));
        Some(context.finish().as_ref().to_vec())
    }
}

/// An elliptic curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Curve {
    /// TPM_ECC_NIST_P192; known by name only.
    P192,
    /// TPM_ECC_NIST_P224; known by name only.
    P224,
    /// TPM_ECC_NIST_P256.
    P256,
    /// TPM_ECC_NIST_P384.
    P384,
    /// TPM_ECC_NIST_P521.
    P521,
    /// TPM_ECC_BN_P256; known by name only.
    Bn256,
    /// TPM_ECC_BN_P638; known by name only.
    Bn638,
    /// TPM_ECC_SM2_P256; known by name only.
    Sm2,
}

impl Curve {
    /// All that are known.
    pub const ALL: [Self; 8] =
        [Self::P192, Self::P224, Self::P256, Self::P384, Self::P521, Self::Bn256, Self::Bn638, Self::Sm2];

    /// The identifier on the wire (TPM_ECC_CURVE).
    #[must_use]
    pub const fn id(self) -> u16 {
        match self {
            Self::P192 => 0x0001,
            Self::P224 => 0x0002,
            Self::P256 => 0x0003,
            Self::P384 => 0x0004,
            Self::P521 => 0x0005,
            Self::Bn256 => 0x0010,
            Self::Bn638 => 0x0011,
            Self::Sm2 => 0x0020,
        }
    }

    /// The curve of an identifier.
    #[must_use]
    pub fn of_id(id: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.id() == id)
    }

    /// The curve as people write it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::P192 => "P-192",
            Self::P224 => "P-224",
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::Bn256 => "BN P-256",
            Self::Bn638 => "BN P-638",
            Self::Sm2 => "SM2 P-256",
        }
    }

    /// The size of its field, in bits.
    #[must_use]
    pub const fn bits(self) -> u16 {
        match self {
            Self::P192 => 192,
            Self::P224 => 224,
            Self::P256 | Self::Bn256 | Self::Sm2 => 256,
            Self::P384 => 384,
            Self::P521 => 521,
            Self::Bn638 => 638,
        }
    }

    /// The length of one coordinate with its leading zeros, in bytes.
    #[must_use]
    pub const fn length(self) -> usize {
        (self.bits() as usize).div_ceil(8)
    }
}

/// The symmetric cipher of a storage key (TPMT_SYM_DEF_OBJECT).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Symmetric {
    /// TPM_ALG_ID: 0x0006 is AES, 0x0003 TDES, 0x0013 SM4, 0x0026 Camellia.
    pub algorithm: u16,
    /// Bits of its keys.
    pub bits: u16,
    /// TPM_ALG_ID of its mode: 0x0043 is CFB.
    pub mode: u16,
}

impl Symmetric {
    /// AES-128 in CFB mode: that of the TCG's default EK templates for
    /// RSA-2048 and P-256.
    pub const AES_128_CFB: Self = Self { algorithm: 0x0006, bits: 128, mode: 0x0043 };
    /// AES-256 in CFB mode: that of the larger default EK templates.
    pub const AES_256_CFB: Self = Self { algorithm: 0x0006, bits: 256, mode: 0x0043 };

    /// The ciphers that may stand in a public area.
    pub(super) const fn known(algorithm: u16) -> bool {
        matches!(algorithm, 0x0003 | 0x0006 | 0x0013 | 0x0026)
    }

    /// The modes: CTR, OFB, CBC, CFB, ECB, or left open.
    pub(super) const fn known_mode(mode: u16) -> bool {
        matches!(mode, 0x0040..=0x0044 | NULL)
    }
}

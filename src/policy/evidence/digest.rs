//! A digest with its algorithm, as policies and bundles name it.

use std::fmt;

use aws_lc_rs::digest;

/// The algorithms whose digests a policy can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// 20 bytes; broken, and never in Sigstore.
    Sha1,
    /// 32 bytes.
    Sha256,
    /// 48 bytes.
    Sha384,
    /// 64 bytes.
    Sha512,
}

impl Algorithm {
    /// The name as Rekor and in-toto write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// Bytes of a digest.
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The algorithm of a name: `sha256`, `SHA2_256` (bundles) or `sha-256`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "sha1" | "sha-1" => Some(Self::Sha1),
            "sha256" | "sha2_256" | "sha-256" => Some(Self::Sha256),
            "sha384" | "sha2_384" | "sha-384" => Some(Self::Sha384),
            "sha512" | "sha2_512" | "sha-512" => Some(Self::Sha512),
            _ => None,
        }
    }

    const fn of_length(length: usize) -> Option<Self> {
        match length {
            20 => Some(Self::Sha1),
            32 => Some(Self::Sha256),
            48 => Some(Self::Sha384),
            64 => Some(Self::Sha512),
            _ => None,
        }
    }
}

/// The digest of a file. It is shown as lower-case hexadecimal digits, as
/// `digest_metadata` writes it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest {
    algorithm: Algorithm,
    bytes: Box<[u8]>,
}

impl Digest {
    /// A digest of that algorithm; `None` where the length is not its own.
    #[must_use]
    pub fn new(algorithm: Algorithm, bytes: &[u8]) -> Option<Self> {
        (bytes.len() == algorithm.length()).then(|| Self { algorithm, bytes: bytes.into() })
    }

    /// The digest of several parts, one after the other.
    #[must_use]
    pub fn of(algorithm: Algorithm, parts: &[&[u8]]) -> Self {
        let mut context = digest::Context::new(match algorithm {
            Algorithm::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Algorithm::Sha256 => &digest::SHA256,
            Algorithm::Sha384 => &digest::SHA384,
            Algorithm::Sha512 => &digest::SHA512,
        });
        parts.iter().for_each(|part| context.update(part));
        Self { algorithm, bytes: context.finish().as_ref().into() }
    }

    /// Reads hexadecimal digits, the length of which says the algorithm, or
    /// the same behind `sha256:` and its like, which must then agree. Upper
    /// case is taken too: whether a policy may write it is the schema's matter.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (named, digits) = match text.split_once(':') {
            Some((name, digits)) => (Some(Algorithm::named(name)?), digits),
            None => (None, text),
        };
        let bytes = from_hex(digits)?;
        let algorithm = Algorithm::of_length(bytes.len())?;
        if named.is_some_and(|named| named != algorithm) {
            return None;
        }
        Some(Self { algorithm, bytes: bytes.into() })
    }

    /// The algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// With the algorithm before it: `sha256:…`.
    #[must_use]
    pub fn typed(&self) -> String {
        format!("{}:{self}", self.algorithm.name())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.typed())
    }
}

/// The SHA-256 of bytes.
pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    joined_sha256(&[bytes])
}

/// The SHA-256 of several parts, one after the other.
pub(super) fn joined_sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    parts.iter().for_each(|part| context.update(part));
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| DIGITS.get(usize::from(value & 15)).map_or('0', |digit| char::from(*digit));
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

/// Bytes of hexadecimal digits; `None` for anything else.
pub(super) fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    digits.len().is_multiple_of(2).then_some(())?;
    digits
        .as_bytes()
        .chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => Some(value(*high)? << 4 | value(*low)?),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_known_by_its_length() {
        for (digits, algorithm) in [
            (40, Algorithm::Sha1),
            (64, Algorithm::Sha256),
            (96, Algorithm::Sha384),
            (128, Algorithm::Sha512),
        ] {
            let text = "0a".repeat(digits / 2);
            let digest = Digest::read(&text).unwrap();
            assert_eq!(digest.algorithm(), algorithm);
            assert_eq!(digest.to_string(), text);
            assert_eq!(Digest::read(&digest.typed()), Some(digest));
        }
        for wrong in
            ["", "0", "0g", "sha512:00", "md5:00", &"0".repeat(63), &format!("sha1:{}", "0".repeat(64))]
        {
            assert_eq!(Digest::read(wrong), None, "{wrong}");
        }
    }
}

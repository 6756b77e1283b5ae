//! The Name of a TPM key: what tells it from every other.

use std::fmt;
use std::fmt::Write as _;
use std::str::FromStr;
use std::sync::Arc;

/// Longest Name: an algorithm's number and a SHA-512 digest, in bytes.
const MAX_BYTES: usize = 2 + 64;

/// The Name of a key (TPM 2.0 Part 1 §16): the number of its name algorithm and
/// the digest of its public area. Shown as hexadecimal digits, as Keylime's
/// attestations do. Cloning is cheap.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(Arc<[u8]>);

/// A text is no Name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no Name of a TPM key (hexadecimal digits of an algorithm and a digest)")]
pub struct NotAName;

impl KeyName {
    /// Takes over a Name.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The first twelve digits of its digest: enough to tell keys apart on a
    /// screen, never enough to trust one.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string().chars().skip(4).take(12).collect()
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.iter().fold(String::with_capacity(2 * MAX_BYTES), |mut digits, byte| {
            // Writing into a text cannot fail.
            let _always = write!(digits, "{byte:02x}");
            digits
        });
        out.write_str(&digits)
    }
}

impl fmt::Debug for KeyName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

impl FromStr for KeyName {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let digits = text.as_bytes();
        if !digits.len().is_multiple_of(2) || digits.len() < 8 || digits.len() > 2 * MAX_BYTES {
            return Err(NotAName);
        }
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let pair = |pair: &[u8]| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        };
        let bytes: Option<Vec<u8>> = digits.chunks(2).map(pair).collect();
        bytes.map(|bytes| Self::new(&bytes)).ok_or(NotAName)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_digits() {
        let name = KeyName::new(&[0, 0x0b, 0xab, 0x01, 0xff]);
        assert_eq!(name.to_string(), "000bab01ff");
        assert_eq!(name.short(), "ab01ff");
        assert_eq!(name.to_string().parse(), Ok(name));
        for bad in ["", "000", "000bAB01", "000bzz01", &"00".repeat(67)] {
            assert_eq!(bad.parse::<KeyName>(), Err(NotAName), "{bad}");
        }
    }
}

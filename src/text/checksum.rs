//! A SHA-256 sum, as it is compared and shown.

use std::fmt;

/// A SHA-256 sum of some bytes. Shown as 64 lower-case hexadecimal digits, as
/// `sha256sum` and Keylime's own database do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Checksum([u8; 32]);

impl Checksum {
    /// Takes over a sum.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Takes over a sum from a digest; none where it has not 32 bytes.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first twelve digits: enough to tell a fleet's policies apart on a
    /// screen, never enough to trust one.
    #[must_use]
    pub fn short(&self) -> String {
        let mut digits = self.to_string();
        digits.truncate(12);
        digits
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "sha256:{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_shown_as_everywhere_else() {
        let mut bytes = [0; 32];
        bytes[0] = 0xa0;
        bytes[31] = 0x0f;
        let sum = Checksum::from_slice(&bytes).unwrap();
        assert_eq!(sum, Checksum::new(bytes));
        assert_eq!(sum.to_string(), format!("a0{}0f", "00".repeat(30)));
        assert_eq!(sum.short(), "a00000000000");
        assert_eq!(Checksum::from_slice(&bytes[1..]), None);
    }
}

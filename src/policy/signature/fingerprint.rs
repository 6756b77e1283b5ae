//! A SHA-256 that names a key or a certificate.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};

use super::encoding::{decode_hex, hex};

/// SHA-256 of the DER of a public key (`SubjectPublicKeyInfo`) or of a
/// certificate.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut sum = [0; 32];
        for (to, from) in sum.iter_mut().zip(digest(&SHA256, bytes).as_ref()) {
            *to = *from;
        }
        Self(sum)
    }

    /// Reads 64 hex digits in either case; colons between bytes, as OpenSSL
    /// prints them, are ignored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.trim().chars().filter(|char| *char != ':').collect();
        let bytes = decode_hex(digits.to_ascii_lowercase().as_bytes())?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Fingerprint({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_openssl_prints_it() {
        let of = Fingerprint::of(b"");
        assert_eq!(of.to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        let printed: Vec<_> = of.bytes().iter().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(Fingerprint::parse(&printed.join(":")), Some(of));
        assert_eq!(Fingerprint::parse("e3b0"), None);
    }
}

//! What keys are, and how they sign.

use std::fmt;

/// A curve that we verify with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Curve {
    /// NIST P-256, secp256r1.
    P256,
    /// NIST P-384, secp384r1.
    P384,
    /// NIST P-521, secp521r1.
    P521,
}

impl Curve {
    /// The curve as people write it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::P256 => "p256",
            Self::P384 => "p384",
            Self::P521 => "p521",
        }
    }
}

/// What a public key is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// An elliptic curve that we verify with.
    Ecdsa(Curve),
    /// Another elliptic curve: its name, and the size of its field in bits
    /// where it is known.
    OtherCurve(String, Option<u16>),
    /// Ed25519.
    Ed25519,
    /// RSA, with the length of its modulus in bits.
    Rsa(u32),
    /// Anything else: its object identifier.
    Other(String),
}

/// Why no signature of a key counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concern {
    /// `weak-key`, `curve-not-recommended` or `unsupported-key`.
    pub code: &'static str,
    /// What is wrong, in words.
    pub message: String,
}

impl Algorithm {
    /// The word of securesystemslib for this kind of key: `ecdsa`, `ed25519`
    /// or `rsa`; `None` for others.
    #[must_use]
    pub const fn key_type(&self) -> Option<&'static str> {
        match self {
            Self::Ecdsa(_) | Self::OtherCurve(..) => Some("ecdsa"),
            Self::Ed25519 => Some("ed25519"),
            Self::Rsa(_) => Some("rsa"),
            Self::Other(_) => None,
        }
    }

    /// Why no signature of such a key counts, or nothing.
    #[must_use]
    pub fn concern(&self) -> Option<Concern> {
        let concern = |code, message: String| Some(Concern { code, message });
        match self {
            Self::Ecdsa(_) | Self::Ed25519 => None,
            Self::Rsa(bits) if *bits < 2048 => {
                concern("weak-key", format!("RSA with {bits} bits is too weak; 2048 is the least"))
            }
            Self::Rsa(bits) if *bits > 8192 => concern(
                "unsupported-key",
                format!("RSA with {bits} bits is larger than the 8192 that are verified"),
            ),
            Self::Rsa(_) => None,
            Self::OtherCurve(name, Some(bits)) if *bits < 256 => {
                concern("weak-key", format!("the curve {name} has {bits} bits; use P-256, P-384 or P-521"))
            }
            Self::OtherCurve(name, _) => concern(
                "curve-not-recommended",
                format!("the curve {name} is none of P-256, P-384 and P-521, which are verified"),
            ),
            Self::Other(name) => concern(
                "unsupported-key",
                format!("keys of the kind {name} are not verified; use ECDSA P-256"),
            ),
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ecdsa(curve) => write!(out, "ecdsa-{}", curve.word()),
            Self::OtherCurve(name, _) => write!(out, "ecdsa-{name}"),
            Self::Ed25519 => out.write_str("ed25519"),
            Self::Rsa(bits) => write!(out, "rsa-{bits}"),
            Self::Other(name) => out.write_str(name),
        }
    }
}

/// How a signature is made: the hash and the padding. The curve is the key's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// ECDSA with SHA-256, DER: what Keylime makes, whatever the curve.
    EcdsaSha256,
    /// ECDSA with SHA-384, DER.
    EcdsaSha384,
    /// ECDSA with SHA-512, DER.
    EcdsaSha512,
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// RSASSA-PSS with SHA-256 and a salt of the digest's length or the
    /// longest.
    RsaPssSha256,
    /// RSASSA-PSS with SHA-384.
    RsaPssSha384,
    /// RSASSA-PSS with SHA-512.
    RsaPssSha512,
    /// PKCS#1 v1.5 with SHA-256.
    RsaPkcs1Sha256,
    /// PKCS#1 v1.5 with SHA-384.
    RsaPkcs1Sha384,
    /// PKCS#1 v1.5 with SHA-512.
    RsaPkcs1Sha512,
}

impl Scheme {
    const WORDS: [(Self, &'static str); 10] = [
        (Self::EcdsaSha256, "ecdsa-sha256"),
        (Self::EcdsaSha384, "ecdsa-sha384"),
        (Self::EcdsaSha512, "ecdsa-sha512"),
        (Self::Ed25519, "ed25519"),
        (Self::RsaPssSha256, "rsassa-pss-sha256"),
        (Self::RsaPssSha384, "rsassa-pss-sha384"),
        (Self::RsaPssSha512, "rsassa-pss-sha512"),
        (Self::RsaPkcs1Sha256, "rsa-pkcs1v15-sha256"),
        (Self::RsaPkcs1Sha384, "rsa-pkcs1v15-sha384"),
        (Self::RsaPkcs1Sha512, "rsa-pkcs1v15-sha512"),
    ];

    /// The scheme by its word, as a trust store names it. The names that
    /// securesystemslib has for ECDSA (`ecdsa-sha2-nistp256` and so on) are
    /// known too.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let ecdsa = match word {
            "ecdsa-sha2-nistp256" => Some(Self::EcdsaSha256),
            "ecdsa-sha2-nistp384" => Some(Self::EcdsaSha384),
            "ecdsa-sha2-nistp521" => Some(Self::EcdsaSha512),
            _ => None,
        };
        let named = || Self::WORDS.iter().find(|(_, name)| *name == word).map(|(scheme, _)| *scheme);
        ecdsa.or_else(named)
    }

    /// The word of a trust store and of our JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(scheme, _)| *scheme == self).map_or("", |(_, word)| word)
    }

    /// What securesystemslib takes for a key unless told otherwise: the hash
    /// that fits the curve, Ed25519, RSASSA-PSS with SHA-256.
    #[must_use]
    pub const fn of_securesystemslib(algorithm: &Algorithm) -> Option<Self> {
        match algorithm {
            Algorithm::Ecdsa(Curve::P256) => Some(Self::EcdsaSha256),
            Algorithm::Ecdsa(Curve::P384) => Some(Self::EcdsaSha384),
            Algorithm::Ecdsa(Curve::P521) => Some(Self::EcdsaSha512),
            Algorithm::Ed25519 => Some(Self::Ed25519),
            Algorithm::Rsa(_) => Some(Self::RsaPssSha256),
            Algorithm::OtherCurve(..) | Algorithm::Other(_) => None,
        }
    }

    /// What Keylime does with a key: ECDSA with SHA-256, or nothing.
    #[must_use]
    pub const fn of_keylime(algorithm: &Algorithm) -> Option<Self> {
        match algorithm {
            Algorithm::Ecdsa(_) => Some(Self::EcdsaSha256),
            _ => None,
        }
    }

    /// Whether keys of this kind can sign so.
    #[must_use]
    pub const fn fits(self, algorithm: &Algorithm) -> bool {
        match self {
            Self::EcdsaSha256 | Self::EcdsaSha384 | Self::EcdsaSha512 => {
                matches!(algorithm, Algorithm::Ecdsa(_))
            }
            Self::Ed25519 => matches!(algorithm, Algorithm::Ed25519),
            _ => matches!(algorithm, Algorithm::Rsa(_)),
        }
    }

    /// The algorithm of a signer in our JSON, such as `ecdsa-p521-sha256`.
    #[must_use]
    pub fn with(self, algorithm: &Algorithm) -> String {
        match algorithm {
            Algorithm::Ecdsa(curve) => self.word().replacen("ecdsa", &format!("ecdsa-{}", curve.word()), 1),
            _ => self.word().to_owned(),
        }
    }
}

//! The names of the shapes.

/// A shape, as our JSON calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A policy without an envelope.
    Policy,
    /// DSSE, signed with a key.
    Dsse,
    /// DSSE whose key id is a certificate.
    DsseX509,
    /// `signatures` and `signed`, over canonical JSON.
    SignedCanonical,
    /// `signatures` and `signed`, as the text of enhancement 77 has it.
    SignedEnhancement77Raw,
    /// An allow-list of lines.
    LegacyFlat,
    /// A JSON allow-list.
    LegacyJson,
    /// Any file with a signature in another one.
    Detached,
}

impl Format {
    /// The word of our JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Dsse => "dsse",
            Self::DsseX509 => "dsse-x509",
            Self::SignedCanonical => "signed-canonical",
            Self::SignedEnhancement77Raw => "signed-enh77-raw",
            Self::LegacyFlat => "legacy-flat",
            Self::LegacyJson => "legacy-json",
            Self::Detached => "detached",
        }
    }

    /// The same for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Policy => "bare runtime policy",
            Self::Dsse => "DSSE envelope",
            Self::DsseX509 => "DSSE envelope with a certificate",
            Self::SignedCanonical => "signatures/signed envelope, over canonical JSON",
            Self::SignedEnhancement77Raw => "signatures/signed envelope, over raw text (enhancement 77)",
            Self::LegacyFlat => "old allow-list of lines",
            Self::LegacyJson => "old JSON allow-list",
            Self::Detached => "file with a detached signature",
        }
    }
}

/// What the signatures of a `signed` envelope cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum SignedBytes {
    /// Its canonical JSON, as securesystemslib and TUF do.
    #[default]
    Canonical,
    /// The base64 of its text as it stands, as enhancement 77 says.
    Enhancement77Raw,
}

impl SignedBytes {
    /// Both words of the command line.
    pub const WORDS: [&'static str; 2] = ["canonical", "enh77-raw"];

    /// The mode by its word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "canonical" => Some(Self::Canonical),
            "enh77-raw" => Some(Self::Enhancement77Raw),
            _ => None,
        }
    }
}

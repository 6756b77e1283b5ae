//! What an operator brings as PEM: public keys and certificates.

use x509_parser::pem::Pem;

use super::certificate::{Certificate, CertificateError};
use super::key::{KeyError, PublicKey};
use crate::text::sanitise;

/// Keys and certificates in one file at most.
pub const MAX_PIECES: usize = 256;

/// A key or a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Material {
    /// A public key (PEM `PUBLIC KEY`).
    Key(PublicKey),
    /// A certificate (PEM `CERTIFICATE`).
    Certificate(Certificate),
}

impl Material {
    /// The key, or the certificate's key.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        match self {
            Self::Key(key) => key,
            Self::Certificate(certificate) => certificate.key(),
        }
    }
}

/// Why a file holds no key and no certificate that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MaterialError {
    /// Nothing in it is PEM.
    #[error("no PEM block is in it; bring a public key (`openssl pkey -pubout`) or a certificate")]
    Empty,
    /// OpenPGP: a kind of signature that is not judged here.
    #[error("this is an OpenPGP key; OpenPGP signatures are not verified here, use gpg")]
    OpenPgp,
    /// A private key, which has no place here.
    #[error("this is a private key; bring its public part: openssl pkey -in KEY -pubout")]
    Private,
    /// A block of another kind.
    #[error("a PEM block {0:?} is neither a PUBLIC KEY nor a CERTIFICATE")]
    Label(String),
    /// PEM that cannot be read.
    #[error("its PEM text is broken")]
    Broken,
    /// Too many blocks.
    #[error("more than {MAX_PIECES} PEM blocks are in it")]
    TooMany,
    /// A key that cannot be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A certificate that cannot be read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

impl MaterialError {
    /// The code of the finding when such material was given for a run.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OpenPgp => "unsupported-signature",
            _ => "unreadable-key",
        }
    }
}

/// Reads all public keys and certificates of a PEM text; text around the
/// blocks is ignored, as OpenSSL does.
///
/// # Errors
/// [`MaterialError`]: nothing usable is in it, or one block is wrong. Nothing
/// is taken from a file that is wrong in part.
pub fn read(text: &[u8]) -> Result<Vec<Material>, MaterialError> {
    if memchr::memmem::find(text, b"-----BEGIN PGP ").is_some() {
        return Err(MaterialError::OpenPgp);
    }
    let mut found = Vec::new();
    for block in Pem::iter_from_buffer(text) {
        let block = block.map_err(|_words| MaterialError::Broken)?;
        if found.len() == MAX_PIECES {
            return Err(MaterialError::TooMany);
        }
        found.push(match block.label.as_str() {
            "PUBLIC KEY" => Material::Key(PublicKey::from_der(&block.contents)?),
            "CERTIFICATE" => Material::Certificate(Certificate::from_der(&block.contents)?),
            label if label.ends_with("PRIVATE KEY") => return Err(MaterialError::Private),
            // OpenSSL writes them before EC keys.
            "EC PARAMETERS" => continue,
            label => return Err(MaterialError::Label(sanitise(label).into_string())),
        });
    }
    if found.is_empty() {
        return Err(MaterialError::Empty);
    }
    Ok(found)
}

/// PEM with lines of 64 characters and a final newline.
pub(super) fn pem(label: &str, der: &[u8]) -> String {
    // It fails for labels with control characters only, and ours have none.
    pem_rfc7468::encode_string(label, pem_rfc7468::LineEnding::LF, der).unwrap_or_default()
}

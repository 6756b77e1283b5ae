//! The trusted root: the keys of one Sigstore instance, and how old they are.

use std::fmt;

use jiff::Timestamp;

use super::digest::{hex, sha256};
use super::sigstore::{self, Log, RootParts, Verifier};
use super::strict;
use crate::text::{RemoteText, sanitise};

/// Bytes of a `trusted_root.json` at most.
pub const MAX_TRUSTED_ROOT: usize = 1024 * 1024;

/// A `trusted_root.json` that the operator trusts. Nothing is fetched: an old
/// one still accepts what was revoked later, so that its hash and its age
/// belong beside every outcome.
pub struct TrustedRoot {
    pub(super) verifier: Verifier,
    pub(super) parts: RootParts,
    hash: String,
}

/// Why a file is no trusted root.
#[derive(Debug, thiserror::Error)]
pub enum TrustedRootError {
    /// It is too large to be one.
    #[error("the trusted root is larger than 1 MiB; give the trusted_root.json of a Sigstore instance")]
    TooLarge,
    /// It is not the JSON that a trusted root is, or its keys cannot be used.
    #[error("no usable trusted_root.json of a Sigstore instance: {0}")]
    Unusable(String),
}

impl TrustedRoot {
    /// Reads a trusted root (`application/vnd.dev.sigstore.trustedroot+json`).
    ///
    /// # Errors
    /// [`TrustedRootError`], fit to be shown.
    pub fn read(bytes: &[u8]) -> Result<Self, TrustedRootError> {
        if bytes.len() > MAX_TRUSTED_ROOT {
            return Err(TrustedRootError::TooLarge);
        }
        let unusable =
            |error: &dyn fmt::Display| TrustedRootError::Unusable(sanitise(&error.to_string()).into_string());
        let text = std::str::from_utf8(bytes).map_err(|error| unusable(&error))?;
        strict::value(bytes).map_err(|error| match is_one_of_several(text) {
            true => unusable(&"it holds a trusted root a line, and only one instance is trusted at a time"),
            false => unusable(&error),
        })?;
        let (verifier, parts) = sigstore::read_root(text).map_err(|error| unusable(&error))?;
        if !parts.media_type.starts_with("application/vnd.dev.sigstore.trustedroot") {
            return Err(unusable(&format_args!("its media type is {}", parts.media_type)));
        }
        Ok(Self { verifier, parts, hash: hex(&sha256(bytes)) })
    }

    /// SHA-256 of the file, in hexadecimal digits.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.hash
    }

    /// Which instance it is for: the address of its first log, or of its first
    /// certificate authority where it has no log.
    #[must_use]
    pub fn instance(&self) -> RemoteText {
        let log = self.parts.logs.first().map(|log| log.base_url.as_str());
        let authority = || self.parts.certificate_authorities.first().map(|authority| authority.uri.as_str());
        RemoteText::from(log.or_else(authority).unwrap_or_default())
    }

    /// The organisation of its first certificate authority.
    #[must_use]
    pub fn organisation(&self) -> RemoteText {
        let first = self.parts.certificate_authorities.first();
        RemoteText::from(first.map_or("", |authority| authority.organisation.as_str()))
    }

    /// Transparency logs that it knows. With none, no inclusion can be proven.
    #[must_use]
    pub fn log_count(&self) -> usize {
        self.parts.logs.len()
    }

    /// When the newest key or authority in it became valid: the file itself
    /// has no date, and is at least not older than this.
    #[must_use]
    pub fn newest_key(&self) -> Option<Timestamp> {
        let parts = &self.parts;
        let logs = parts.logs.iter().chain(&parts.certificate_logs).filter_map(|log| log.valid_from);
        let authorities = parts.certificate_authorities.iter().chain(&parts.timestamp_authorities);
        logs.chain(authorities.filter_map(|authority| authority.valid_from)).max()
    }

    /// The log of an id, which is the whole id and not the four-byte hint.
    pub(super) fn log(&self, id: &[u8]) -> Option<&Log> {
        self.parts.logs.iter().find(|log| log.id == id)
    }

    /// Whether it holds that very certificate of an authority.
    pub(super) fn holds_certificate(&self, certificate: &[u8]) -> bool {
        self.any_certificate(|known| known == certificate)
    }

    /// Whether that is so of any certificate of an authority.
    pub(super) fn any_certificate(&self, is_so: impl Fn(&[u8]) -> bool) -> bool {
        let mut authorities = self.parts.certificate_authorities.iter();
        authorities.any(|authority| authority.certificates.iter().any(|known| is_so(known)))
    }
}

/// Whether each line is a document, as `gh attestation trusted-root` writes
/// them.
fn is_one_of_several(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.next().is_some_and(|first| strict::value(first.as_bytes()).is_ok()) && lines.next().is_some()
}

impl fmt::Debug for TrustedRoot {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "TrustedRoot({})", self.hash)
    }
}

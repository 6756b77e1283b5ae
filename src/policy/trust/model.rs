//! The entries of a trust store.

use jiff::Timestamp;

use super::TrustError;
use crate::policy::signature::{Certificate, Fingerprint, Material, PublicKey, Scheme};
use crate::text::sanitise;

/// Entries of a store at most.
pub(super) const MAX_ENTRIES: usize = 4096;
/// Characters of a label at most.
pub(super) const MAX_LABEL: usize = 120;

/// What is pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pin {
    /// A public key. The certificates that carry it do not matter.
    Key(PublicKey),
    /// A certificate, judged by its validity. An authority (CA) also vouches
    /// for the certificates that it issued itself.
    Certificate(Certificate),
    /// The SHA-256 of a certificate's DER: the certificate comes in the
    /// envelope.
    CertificateFingerprint(Fingerprint),
    /// The SHA-256 of a key's DER: the key comes in the envelope's
    /// certificate.
    KeyFingerprint(Fingerprint),
}

impl Pin {
    /// The fingerprint of what is pinned.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        match self {
            Self::Key(key) => key.fingerprint(),
            Self::Certificate(certificate) => certificate.fingerprint(),
            Self::CertificateFingerprint(fingerprint) | Self::KeyFingerprint(fingerprint) => *fingerprint,
        }
    }

    /// The key, where it is known without an envelope.
    #[must_use]
    pub const fn key(&self) -> Option<&PublicKey> {
        match self {
            Self::Key(key) => Some(key),
            Self::Certificate(certificate) => Some(certificate.key()),
            Self::CertificateFingerprint(_) | Self::KeyFingerprint(_) => None,
        }
    }

    /// What it is, in a word.
    #[must_use]
    pub const fn noun(&self) -> &'static str {
        match self {
            Self::Key(_) | Self::KeyFingerprint(_) => "key",
            Self::Certificate(_) | Self::CertificateFingerprint(_) => "certificate",
        }
    }
}

impl From<Material> for Pin {
    fn from(material: Material) -> Self {
        match material {
            Material::Key(key) => Self::Key(key),
            Material::Certificate(certificate) => Self::Certificate(certificate),
        }
    }
}

/// For which policies an entry counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Names of groups; empty for all, files included.
    pub groups: Vec<String>,
    /// Names of policies as they are deployed; empty for all.
    pub policies: Vec<String>,
}

/// One pinned key or certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What the operator calls it; no two entries are called the same.
    pub label: String,
    /// What is pinned.
    pub pin: Pin,
    /// For which policies it counts.
    pub scope: Scope,
    /// The time from which it counts.
    pub valid_from: Option<Timestamp>,
    /// The time until which it counts.
    pub valid_until: Option<Timestamp>,
    /// How its signatures over canonical JSON are made, where that is not what
    /// securesystemslib takes for such a key.
    pub scheme: Option<Scheme>,
    /// When it was added.
    pub added_at: Timestamp,
}

impl Entry {
    /// An entry for everything, without an end.
    #[must_use]
    pub fn new(label: impl Into<String>, pin: Pin, added_at: Timestamp) -> Self {
        Self {
            label: label.into(),
            pin,
            scope: Scope::default(),
            valid_from: None,
            valid_until: None,
            scheme: None,
            added_at,
        }
    }

    /// Whether it can stand in a store.
    pub(super) fn check(&self) -> Result<(), TrustError> {
        let length = self.label.chars().count();
        if length == 0 || length > MAX_LABEL || self.label.chars().any(char::is_control) {
            return Err(TrustError::Label(MAX_LABEL));
        }
        let Some(key) = self.pin.key() else { return Ok(()) };
        if let Some(concern) = key.concern() {
            return Err(TrustError::Refused(concern.message));
        }
        match self.scheme {
            Some(scheme) if !scheme.fits(key.algorithm()) => Err(TrustError::Refused(format!(
                "{} is no scheme of {} keys",
                scheme.word(),
                key.algorithm()
            ))),
            _ => Ok(()),
        }
    }
}

/// What was done to a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// An entry was added.
    Added,
    /// An entry was removed.
    Removed,
}

impl Action {
    /// The word in the file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

/// One line of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// What.
    pub action: Action,
    /// The label at that time.
    pub label: String,
    /// Of the key or certificate.
    pub fingerprint: Fingerprint,
}

/// What a TPM is to say of a store, as the store itself notes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchored {
    /// Rises with every commit; below that of the TPM the file is an old copy.
    pub version: u64,
    /// The number of the TPM's counter: another one means that the TPM's indexes were made anew.
    pub counter: u64,
}

/// What is to be known of a whole store, with every verdict that it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// A finding's code.
    pub code: &'static str,
    /// What is wrong, fit to be shown.
    pub words: String,
    /// What to do.
    pub hint: &'static str,
    /// Whether nothing in the store vouches while it lasts.
    pub withholds: bool,
}

/// All that the operator trusts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Store {
    /// In the order of the file.
    pub entries: Vec<Entry>,
    /// The oldest first.
    pub history: Vec<Change>,
    /// What is noted for the TPM; none: the store was never committed.
    pub anchored: Option<Anchored>,
    /// What whoever read it knows of it; never in the file.
    pub doubt: Option<Doubt>,
}

impl Store {
    /// The one entry of this label, or whose fingerprint begins so (at least
    /// eight digits; colons are ignored).
    ///
    /// # Errors
    ///
    /// `Unknown` and `Ambiguous`.
    pub fn find(&self, name: &str) -> Result<&Entry, TrustError> {
        if let Some(entry) = self.entries.iter().find(|entry| entry.label == name) {
            return Ok(entry);
        }
        let shown = || sanitise(name).into_string();
        let digits = name.replace(':', "").to_ascii_lowercase();
        let fits =
            |entry: &&Entry| digits.len() >= 8 && entry.pin.fingerprint().to_string().starts_with(&digits);
        let mut found = self.entries.iter().filter(fits);
        match (found.next(), found.next()) {
            (Some(entry), None) => Ok(entry),
            (Some(_), Some(_)) => Err(TrustError::Ambiguous(shown())),
            (None, _) => Err(TrustError::Unknown(shown())),
        }
    }

    /// Whether an entry may be added.
    ///
    /// # Errors
    ///
    /// `Known`, `LabelTaken`, `Label`, `Refused` and `TooMany`.
    pub fn may_add(&self, entry: &Entry) -> Result<(), TrustError> {
        entry.check()?;
        if self.entries.len() >= MAX_ENTRIES {
            return Err(TrustError::TooMany(MAX_ENTRIES));
        }
        let fingerprint = entry.pin.fingerprint();
        if let Some(known) = self.entries.iter().find(|known| known.pin.fingerprint() == fingerprint) {
            let label = sanitise(&known.label).into_string();
            return Err(TrustError::Known { fingerprint: fingerprint.to_string(), label });
        }
        if self.entries.iter().any(|known| known.label == entry.label) {
            return Err(TrustError::LabelTaken(sanitise(&entry.label).into_string()));
        }
        Ok(())
    }
}

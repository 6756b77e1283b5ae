//! Who signed, as far as anybody can say.

use crate::policy::trust::Source;
use crate::text::Shown;

/// One signature of a text and what is known of who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The key id: that of the key which verifies, else the one that the
    /// envelope claims. Empty if there is none.
    pub key_id: Shown,
    /// Such as `ecdsa-p256-sha256`; `unknown` where no known key verifies.
    pub algorithm: String,
    /// Whether a trusted key verifies it, in its scope and time.
    pub trusted: bool,
    /// Whether any known key verifies it.
    pub verified: bool,
    /// Where the key comes from.
    pub source: Source,
    /// Its label in the trust store.
    pub label: Option<Shown>,
    /// Whom the certificate names and until when it is valid, if one is used.
    pub certificate: Option<Shown>,
}

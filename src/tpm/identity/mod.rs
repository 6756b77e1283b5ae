//! Who an agent is: what its registrar has of it, judged by us.
//!
//! A registrar stores what an agent sends; it does not check the certificate of
//! the endorsement key, nor what the attestation key may be used for. [`audit`]
//! takes one [`Registration`] apart and says what its keys and certificates
//! are and, as [`Finding`]s in words, what is wrong with them.
//! [`VendorRoots`] are the certificates of TPM makers that the operator trusts.
//! Pure: no I/O, no TPM, and the time is given. What takes several agents to
//! tell is in `fleet::identity`.

mod agent_certificate;
mod audit;
mod certificate;
mod finding;
mod key;
mod key_name;
mod manufacturer;
mod registration;
mod template;
mod vendors;

pub use agent_certificate::AgentCertificate;
pub use audit::{Identity, Trust, audit};
pub use certificate::{EndorsementCertificate, UnreadableCertificate};
pub use finding::{Finding, Severity};
pub use key::KeyFacts;
pub use key_name::{KeyName, NotAName};
pub use manufacturer::TpmName;
pub use registration::Registration;
pub use vendors::{MAX_AUTHORITIES, VendorRoots, certificates_of_file};

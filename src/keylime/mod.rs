//! One Keylime deployment on the wire.
//!
//! [`answer`] reads bodies by their shape, [`AgentRecord`] is the verifier's
//! word on an agent (without its secret `v`), [`Negotiated`] the API version a
//! server speaks, [`Failure`] why an address gives no usable answer. This room
//! alone knows HTTP and TLS.

pub mod answer;
mod failure;
mod interner;
mod record;
mod report;
mod version;

pub use failure::{AddressState, Deadline, Failure, Meaning};
pub use record::AgentRecord;
pub use report::{AddressReport, AddressRole, CertificateReport, TlsReport};
pub use version::{ApiVersion, Negotiated};

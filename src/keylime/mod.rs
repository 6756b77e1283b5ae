//! One Keylime deployment on the wire. This room alone knows HTTP and TLS.
//!
//! [`answer`] reads bodies by their shape; [`AgentRecord`] is the verifier's
//! word on an agent, without its secret `v`, [`registration()`] the registrar's; [`Negotiated`] is the API version
//! that a server speaks. [`probe()`] looks at one address (name, TCP, TLS,
//! `/version`) and brings an [`AddressReport`], [`Looks`] does so again and
//! again; [`Reader`] asks the questions. [`policies`] are its largest answers,
//! [`attestation`] is what push agents attested, [`agent`] one asked by ourselves.
//! A [`Failure`] says why an address gives no usable answer, in words, and what
//! that means for the next request. [`Limits`] bounds everything.

pub mod agent;
mod alike;
pub mod answer;
pub mod attestation;
mod body;
mod bulk;
mod exchange;
mod failure;
mod interner;
mod limits;
mod members;
mod order;
pub mod policies;
mod policy;
mod probe;
mod reader;
mod record;
mod registration;
mod report;
mod scan;
mod tls;
mod version;

pub use failure::{AddressState, Deadline, Failure, Meaning};
pub use limits::{Kind, Limits};
pub use probe::{Looks, probe, resolve};
pub use reader::{Activation, EntityTag, Fetched, Reader, Registered};
pub use record::{AgentRecord, AgentSettings};
pub use registration::registration;
pub use report::{AddressReport, AddressRole, CertificateReport, TlsReport};
pub use tls::{Credentials, CredentialsError, TlsSetup, is_encrypted};
pub use version::{ApiVersion, Negotiated};

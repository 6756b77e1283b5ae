//! Keys, certificates and signatures, apart from any file shape.
//!
//! [`material`] reads what an operator brings as PEM: public keys and
//! certificates. A [`PublicKey`] knows what it is, whether it is too weak, and
//! every name that the tools of the field give it. A [`Certificate`] is judged
//! at a given time. [`Message`] is what was signed, hashed as the keys ask for
//! it; [`verifies`] is the one place that says yes, with aws-lc-rs. [`pae`] is
//! DSSE's framing, [`encoding`] the strict base64 and hex that envelopes are
//! read with.

mod algorithm;
mod certificate;
pub mod encoding;
mod fingerprint;
mod key;
pub mod material;
mod message;
pub mod pae;
mod verification;

pub use algorithm::{Algorithm, Concern, Curve, Scheme};
pub use certificate::{Certificate, CertificateError, Validity};
pub use fingerprint::Fingerprint;
pub use key::{KeyError, PublicKey};
pub use material::{Material, MaterialError};
pub use message::Message;
pub use verification::verifies;

//! TLS towards Keylime: whom we trust, who we are, and what went wrong.
//!
//! The chain is always checked. Names are checked too, unless the group says
//! `hostname = "chain-only"` (certificates made before Keylime 7.14.1 only
//! carry the name `server`). Our certificate is offered only after the server's
//! passed: rustls ends the handshake before.

mod certificate;
mod device_key;
mod key;
mod pinned;
mod setup;
mod verifier;
mod words;

pub use key::is_encrypted;
pub use setup::{Credentials, CredentialsError, TlsSetup};
pub(super) use verifier::Recorder;
pub(super) use words::{find_in_chain, tls_failure};

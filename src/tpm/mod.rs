//! TPM 2.0: what agents send and what a TPM of this machine does.
//!
//! * [`identity`][]: what a registrar has of an agent, judged
//! * [`wire`][]: strict parsers of what agents supply; pure Rust, no libtss2
//!
//! The room knows no policy, no HTTP and no TLS: what fetches and what shows
//! stands above it.

pub mod identity;
pub mod wire;

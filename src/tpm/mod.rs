//! TPM 2.0: what agents send, and what a TPM of this machine does.
//!
//! * [`quote`][]: the check of a quote and of the logs beside it
//! * [`identity`][]: what a registrar has of an agent, judged
//! * [`wire`][]: strict parsers of what agents supply; pure Rust, no libtss2
//! * [`device`][]: the TPM of this host: keys, the anchor of the trust store
//! * [`link`][]: libtss2 found at run time, so that one binary serves every host
//!
//! Nothing here is needed to run the console: without libtss2, or without a TPM,
//! the rest works as before. The room knows no policy, no HTTP and no TLS: what
//! fetches and what shows stands above it.

pub mod device;
pub mod identity;
pub mod link;
pub mod quote;
pub mod wire;

//! The TPM: what one did, judged from bytes, and what the one of this host does for us.
//!
//! Nothing here is needed to run the console. libtss2 is found at run time
//! ([`link`]); without it, or without a TPM, the rest works as before and one
//! line says why the TPM is off. Bytes that agents supply never reach C code.

pub mod link;

//! What push agents attested, as their verifier keeps it.
//!
//! Only verifiers in push mode have these records (`/v3.0/agents/ID/attestations/…`,
//! the one part of v3 that works). They are bounded as everything is, may be
//! some megabytes long with their logs, and are asked for on request only.

mod ask;
mod record;

pub use ask::{Attested, Which};
pub use record::{Attestation, Evaluation, ImaEvidence, QuoteEvidence, Stage, attestation};

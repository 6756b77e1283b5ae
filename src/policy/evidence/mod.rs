//! `digest_metadata` carried out, offline (Enhancement 86, story 1).
//!
//! A policy demands of a digest that it is in a transparency log, and that a
//! named developer signed it. The evidence is Sigstore bundles and a
//! `trusted_root.json`, which the operator supplies; nothing is fetched, and
//! whoever judges is given the time.
//!
//! A [`Demand`] meets the bundles that an [`EvidenceIndex`] has for its digest.
//! The [`Judge`] lets the library verify each as a whole, which is in `sigstore`
//! and nowhere else, and takes steps of its own for what the library leaves
//! unchecked: `note`, `merkle` and `inclusion` for the log, `binding` for what
//! was signed, `signer` for who signed. Only where all of them hold does a
//! check pass; the [`Step`]s with the values that were compared are the
//! explanation, and [`report`] writes them down.

mod binding;
mod bundle;
mod certificate;
mod demand;
mod digest;
mod examination;
mod inclusion;
mod index;
mod judge;
mod merkle;
mod note;
mod outcome;
mod report;
mod root;
mod shape;
mod signer;
mod sigstore;
mod step;
mod strict;

pub use bundle::MAX_BUNDLE;
pub use demand::{Demand, IDENTITY, INCLUSION, PUBLIC_KEY, SIGNATURE};
pub use digest::{Algorithm, Digest};
pub use index::{BundleId, EvidenceIndex, MAX_BUNDLES, MAX_DIGESTS, MAX_FINDINGS};
pub use judge::{Candidate, Examination, Judge, MAX_CANDIDATES, without_evidence};
pub use outcome::{BundleName, CheckOutcome, Outcome, Status};
pub use report::{Report, report};
pub use root::{MAX_TRUSTED_ROOT, TrustedRoot, TrustedRootError};
pub use step::{Fact, Step, StepResult};

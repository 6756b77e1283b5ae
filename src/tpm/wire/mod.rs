//! The bytes of TPM 2.0 structures, read strictly and written again.
//!
//! Agents choose these bytes, so nothing here trusts a size, and no C code
//! reads them. One rule holds for every structure: what is read encodes to the
//! very bytes that were read, else it is refused. A structure therefore has one
//! meaning only, and a [`Name`] computed from it is the name that the TPM
//! computed.
//!
//! * [`Public`][]: TPM2B_PUBLIC and TPMT_PUBLIC, the keys of an agent
//! * [`Signature`][]: TPMT_SIGNATURE
//! * [`Attest`][]: TPMS_ATTEST of a quote
//! * [`PcrSelections`][]: TPML_PCR_SELECTION
//! * [`PcrBlob`][]: the values of the PCRs as Keylime sends them
//!
//! The structures are those of the TCG's "TPM 2.0 Library, Part 2: Structures"
//! (rev. 1.59); numbers are big-endian but in Keylime's blob.

mod algorithm;
mod attest;
mod attributes;
mod error;
mod name;
mod pcr_blob;
mod pcr_selection;
mod public;
mod reader;
mod scheme;
mod signature;
mod writer;

pub use algorithm::{Curve, Hash, Symmetric};
pub use attest::{Attest, ClockInfo, MAX_ATTEST};
pub use attributes::Attributes;
pub use error::{Refusal, WireError};
pub use name::Name;
pub use pcr_blob::{PCR_BLOB_MAX, PcrBlob};
pub use pcr_selection::{MAX_BANKS, PcrSelection, PcrSelections};
pub use public::{Key, MAX_PUBLIC, Public};
pub use scheme::Scheme;
pub use signature::{MAX_SIGNATURE, Signature, SignatureValue};

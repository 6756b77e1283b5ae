//! The check of a quote, step by step, with the values that were compared.
//!
//! A verifier says that an agent's evidence holds; [`check`] finds out again
//! from the evidence itself: the attestation key, the signature, the nonce, the
//! PCRs and what was hashed into them. [`replay_ima`] and [`replay_uefi`] carry
//! the logs beside the quote to the values that it signs; [`against_earlier`]
//! compares its clock with that of an earlier quote.
//!
//! Everything here is pure. A [`Step`] that lacks something to compare with is
//! *not checkable*, which is no failure; a [`Conclusion`] says what the steps
//! come to.

mod check;
mod clock;
mod digits;
mod ima;
mod key;
mod name;
mod pcrs;
mod signature;
mod step;
mod uefi;

pub use check::{Evidence, KeySource, Quote, Requested, check};
pub use clock::against_earlier;
pub use ima::{ImaLog, ImaPart, Joining, MAX_IMA_LINE, replay_ima};
pub use key::lacking;
pub use step::{Conclusion, Fact, Step, StepResult, conclude};
pub use uefi::{MAX_UEFI_EVENTS, MAX_UEFI_LOG, replay_uefi};

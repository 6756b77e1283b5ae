//! The firmware's event log, replayed to the PCRs of the boot.
//!
//! The log is the crypto-agile one of the TCG's "PC Client Platform Firmware
//! Profile" (5.2 and 10.2): a first event in the old form that names the
//! digests, then events with one digest per bank. Only digests are replayed;
//! what the events say is the verifier's policy to judge.

mod log;
mod replay;

pub use log::{MAX_UEFI_EVENTS, MAX_UEFI_LOG};
pub use replay::replay_uefi;

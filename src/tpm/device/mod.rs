//! The TPM of this host: operator keys that cannot be copied, and an anchor for the trust store.
//!
//! * [`Choice`] says which TPM, [`Tpm`] is the one thread that speaks to it
//! * [`KeyFile`] is a key as it lies on disk, [`DeviceKey`] the same at work
//! * [`create`] makes one, [`self_signed`] and [`request`] make it known to servers, [`status`] asks the TPM what it is
//! * [`read_anchor`] and its like keep what the trust store should be in NV indexes
//! * [`DeviceError`] has words for all that can go wrong
//!
//! Nothing is opened before its first use, every call has a time-out, and without
//! libtss2 or a TPM each of them is an error in words and nothing else.

mod anchor;
mod certificate;
mod create;
mod error;
mod key;
mod key_file;
mod lockout;
mod objects;
mod service;
mod status;
mod tcti;

pub use anchor::{
    AnchorFound, AnchorRecord, COUNTER, INDEX, create_anchor, read_anchor, remove_anchor, write_anchor,
};
pub use certificate::{LONGEST_NAME, request, self_signed};
pub use create::create;
pub use error::DeviceError;
pub use key::{DeviceKey, Way};
pub use key_file::{KeyFile, KeyFileError, Kind};
pub use lockout::Lockout;
pub use objects::LONGEST_PIN;
pub use service::{TIME_OUT, TIME_OUT_OF_CREATION, Tpm};
pub use status::{Status, answers, status};
pub use tcti::Choice;

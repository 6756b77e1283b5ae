//! What can go wrong with a TPM, in an operator's words.
//!
//! tss-esapi words only some response codes, and those of its lower layers
//! wrongly: it does not look at the layer. So the number decides here (TCG "TPM 2.0
//! Library, Part 2", 6.6; "TSS 2.0 Overview and Common Structures", 3.2).

use std::path::PathBuf;
use std::time::Duration;

use tss_esapi::constants::Tss2ResponseCode;

use super::lockout::Lockout;
use crate::tpm::link::{ABSENT, LinkError};

/// Why the TPM did not do what was asked. Fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// libtss2 is not at hand.
    #[error(transparent)]
    Library(#[from] LinkError),
    /// There is no device.
    #[error(
        "this host has no TPM: neither /dev/tpmrm0 nor /dev/tpm0 exists (is it switched on in the firmware's setup?)"
    )]
    NoDevice,
    /// The device that was named does not exist.
    #[error("there is no TPM at {}: name another in TPM2TOOLS_TCTI, or unset it for this host's own", .0.display())]
    NoSuchDevice(PathBuf),
    /// This user may not open the device.
    #[error(
        "this user may not use the TPM {}: add the user to the group that owns it (usually: usermod -aG tss USER), then \
         log in again", .0.display()
    )]
    NoRights(PathBuf),
    /// A device without a resource manager has one user at a time.
    #[error("the TPM {} is in use by another program; /dev/tpmrm0 can be shared", .0.display())]
    Busy(PathBuf),
    /// The device cannot be opened for another reason.
    #[error("the TPM {} cannot be opened: {reason}", path.display())]
    Device {
        /// The device.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// An environment variable names the TPM in a way that is not understood.
    #[error(
        "{variable} names a TPM in a way that is not understood ({text}: {reason}); known are device:PATH, tabrmd:…, swtpm:host=…,port=… and mssim:host=…,port=…"
    )]
    Tcti {
        /// The variable.
        variable: &'static str,
        /// What it holds, fit to be shown.
        text: Box<str>,
        /// What is wrong.
        reason: &'static str,
    },
    /// libtss2 lacks what speaks to this kind of TPM.
    #[error(
        "libtss2 has no module for {0} (Debian: libtss2-tcti-device0, libtss2-tcti-swtpm0, libtss2-tcti-mssim0, libtss2-tcti-tabrmd0)"
    )]
    NoModule(String),
    /// Nobody answers where the TPM should be, or no more.
    #[error(
        "the TPM ({0}) cannot be reached, or has stopped answering: does it run? Each new use tries again"
    )]
    Unreachable(String),
    /// No answer in time.
    #[error("the TPM did not answer within {} s: it hangs, or others keep it busy; `limescope tpm status` tries it alone", .0.as_secs_f32())]
    TimedOut(Duration),
    /// It has not answered an earlier command yet; this one was not sent.
    #[error("the TPM is still busy with an earlier command, which it did not answer in time")]
    Stuck,
    /// The thread that owns the TPM is ending, or could not be started.
    #[error("the TPM is no longer used: limescope is ending")]
    Ended,
    /// A fault of ours or of a library; the thread goes on.
    #[error("an internal fault in the use of the TPM ({0}); please report it")]
    Internal(String),
    /// The object needs a PIN and none was given.
    #[error(
        "the key needs a PIN: set key_passphrase_file or key_passphrase_env, or start limescope on a terminal to be asked"
    )]
    PinMissing,
    /// The PIN is wrong. Every wrong one counts towards the TPM's lockout.
    #[error("the PIN is wrong{}", .0.as_ref().map(Lockout::words_of_tries).unwrap_or_default())]
    PinWrong(Option<Lockout>),
    /// The PIN was wrong before and is not tried again.
    #[error(
        "the PIN was wrong and is not tried again, for each wrong PIN brings the TPM closer to its lockout; start limescope anew to be asked"
    )]
    PinRefused,
    /// Too many wrong PINs, whoever gave them.
    #[error("the TPM is locked after too many wrong PINs{}", .0.as_ref().map(Lockout::words_of_end).unwrap_or_default())]
    LockedOut(Option<Lockout>),
    /// The key's private part was made by another TPM, or before this one was cleared.
    #[error(
        "the key file belongs to another TPM, or is damaged, or this TPM was cleared since the key was made: make a new key with `limescope tpm enroll`"
    )]
    OtherTpm,
    /// The owner hierarchy has a password.
    #[error(
        "the owner of this TPM has set a password (owner authorisation), which limescope does not ask for: keys and indexes of the owner cannot be used"
    )]
    OwnerPassword,
    /// Its memory is full of other programs' objects.
    #[error(
        "the TPM's memory is full ({0}): another program left objects in it; /dev/tpmrm0 tidies up by itself, `tpm2_flushcontext -t` by hand"
    )]
    Memory(&'static str),
    /// Not in its list of algorithms.
    #[error("the TPM does not know {0}")]
    NotSupported(&'static str),
    /// The TPM slows down writes to spare its memory.
    #[error("the TPM refuses to write now, to spare its memory; try again in a while")]
    WriteRate,
    /// There is no room for one more index.
    #[error(
        "the TPM has no room left for another index: remove one that is not needed (tpm2_nvreadpublic, tpm2_nvundefine)"
    )]
    NoSpace,
    /// Some other code of the TPM.
    #[error("the TPM refused with the code {0:#x} (`tpm2_rc_decode {0:#x}` explains it)")]
    Code(u32),
}

/// The parts of a response code that decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    AuthFailed,
    BadAuth,
    LockedOut,
    Integrity,
    Handle,
    NvDefined,
    NvUnwritten,
    Value,
    Io,
    Other,
}

const LAYER_ESYS: u32 = 7;
const LAYER_TCTI: u32 = 10;

/// The number that the TPM or a layer of libtss2 gave.
pub(super) fn code(error: &tss_esapi::Error) -> Option<u32> {
    // The inner values show it, and nothing else gives it.
    let words = match error {
        tss_esapi::Error::Tss2Error(Tss2ResponseCode::FormatZero(code)) => code.to_string(),
        tss_esapi::Error::Tss2Error(Tss2ResponseCode::FormatOne(code)) => code.to_string(),
        _ => return None,
    };
    u32::from_str_radix(words.rsplit_once("0x")?.1, 16).ok()
}

const fn layer(code: u32) -> u32 {
    (code >> 16) & 0xff
}

pub(super) fn cause(error: &tss_esapi::Error) -> Cause {
    let Some(code) = code(error) else { return Cause::Other };
    if layer(code) == LAYER_TCTI {
        return Cause::Io;
    }
    let of_tpm = code & 0xffff;
    match (of_tpm & 0x80 != 0, of_tpm & 0x3f, of_tpm & 0xfff) {
        (true, 0x0e, _) => Cause::AuthFailed,
        (true, 0x22, _) => Cause::BadAuth,
        (true, 0x1f, _) => Cause::Integrity,
        (true, 0x0b, _) => Cause::Handle,
        (true, 0x04, _) => Cause::Value,
        (false, _, 0x921) => Cause::LockedOut,
        (false, _, 0x14a) => Cause::NvUnwritten,
        (false, _, 0x14c) => Cause::NvDefined,
        _ => Cause::Other,
    }
}

impl DeviceError {
    /// Words for a failure of a command; `tpm` is what the TPM is called.
    pub(super) fn of(error: &tss_esapi::Error, tpm: &str) -> Self {
        let Some(code) = code(error) else { return Self::Internal(error.to_string()) };
        if code == ABSENT {
            return Self::Internal("libtss2 was not loaded".to_owned());
        }
        if layer(code) == LAYER_TCTI {
            return match code & 0xffff {
                // NOT_SUPPORTED: the loader found no library of that name.
                0x15 => Self::NoModule(tpm.to_owned()),
                _ => Self::Unreachable(tpm.to_owned()),
            };
        }
        match cause(error) {
            Cause::AuthFailed => Self::PinWrong(None),
            Cause::BadAuth => Self::OwnerPassword,
            Cause::LockedOut => Self::LockedOut(None),
            Cause::Integrity => Self::OtherTpm,
            _ => match (layer(code), code & 0xfff) {
                (_, 0x902 | 0x906) => Self::Memory("objects"),
                (_, 0x903 | 0x905) => Self::Memory("sessions"),
                (_, 0x920) => Self::WriteRate,
                (_, 0x14b) => Self::NoSpace,
                // What ESYS could not bring over.
                (LAYER_ESYS, 0x00a) => Self::Unreachable(tpm.to_owned()),
                _ => Self::Code(code),
            },
        }
    }

    /// Whether the way to the TPM is broken, so that it must be opened anew.
    pub(super) const fn is_of_the_way(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::NoModule(_) | Self::Internal(_))
    }

    /// Whether the TPM itself is not at hand, which is no fault of a key.
    #[must_use]
    pub const fn is_absence(&self) -> bool {
        matches!(
            self,
            Self::Library(_)
                | Self::NoDevice
                | Self::NoSuchDevice(_)
                | Self::NoRights(_)
                | Self::Busy(_)
                | Self::Device { .. }
                | Self::Tcti { .. }
                | Self::NoModule(_)
                | Self::Unreachable(_)
                | Self::TimedOut(_)
                | Self::Stuck
                | Self::Ended
        )
    }
}

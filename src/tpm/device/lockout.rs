//! The TPM's guard against guessing: after some wrong PINs it takes none for a while.
//!
//! The counter is one for the whole TPM (Part 1, 19.8): wrong PINs of other
//! programs count too, and a lockout hits them as well.

use tss_esapi::Context;
use tss_esapi::constants::PropertyTag;

use super::status::property;
use crate::text::duration;

/// How close the TPM is to its lockout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lockout {
    /// Wrong tries that count at present.
    pub counted: u32,
    /// So many lock it.
    pub allowed: u32,
    /// Seconds after which one wrong try is forgotten.
    pub interval: u32,
    /// Seconds until a wrong lockout password may be followed by another.
    pub recovery: u32,
}

impl Lockout {
    /// Wrong tries that are left.
    #[must_use]
    pub const fn left(&self) -> u32 {
        self.allowed.saturating_sub(self.counted)
    }

    pub(super) fn words_of_tries(&self) -> String {
        match self.left() {
            0 => format!("; the TPM is locked now{}", self.words_of_end()),
            1 => "; one more wrong PIN locks the TPM, for other programs too".to_owned(),
            left => format!("; {left} more wrong ones lock the TPM, for other programs too"),
        }
    }

    /// How a lockout ends, to follow what was said of it.
    #[must_use]
    pub fn words_of_end(&self) -> String {
        let reset = "its administrator can end that: tpm2_dictionarylockout --clear-lockout";
        match self.interval {
            0 => format!("; {reset}"),
            interval => {
                format!("; it forgets one wrong try every {}; {reset}", duration::words(u64::from(interval)))
            }
        }
    }
}

/// Reads the counters.
pub(super) fn read(context: &mut Context) -> Option<Lockout> {
    let mut get = |tag| property(context, tag).ok().flatten();
    Some(Lockout {
        counted: get(PropertyTag::LockoutCounter)?,
        allowed: get(PropertyTag::MaxAuthFail)?,
        interval: get(PropertyTag::LockoutInterval)?,
        recovery: get(PropertyTag::LockoutRecovery)?,
    })
}

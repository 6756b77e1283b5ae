//! The trust store and its anchor in the TPM: whether the file is still the one that was committed.
//!
//! The file notes a version and the number of a counter; the TPM holds the version,
//! the SHA-256 of the whole file, and the counter. What the file is missing or has
//! too much of shows as one of the states. Where there is no TPM and nobody wants
//! an anchor, nothing is said.

use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};

use crate::config;
use crate::files::bounded::{self, ReadError};
use crate::files::saving::{Original, SaveError};
use crate::policy::trust::{Anchored, Doubt, Store, TrustError, edit};
use crate::text::Secret;
use crate::tpm::device::{
    AnchorFound, AnchorRecord, DeviceError, Tpm, create_anchor, read_anchor, remove_anchor, write_anchor,
};

/// Bytes of a trust store at most.
pub const MAX_STORE: u64 = 16 * 1024 * 1024;

/// How the file and the TPM's record stand to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnchorState {
    /// The TPM has no anchor, and the file notes none.
    Absent,
    /// The file is the one that was committed.
    Match {
        /// Its version.
        version: u64,
    },
    /// It is another one; the reason.
    Mismatch(&'static str),
    /// It is an old copy.
    RolledBack {
        /// The file's version.
        file: u64,
        /// The TPM's.
        anchor: u64,
    },
    /// Nobody can say.
    Unavailable(DeviceError),
}

/// The reason of a mismatch where the TPM's indexes were made anew.
pub const RECREATED: &str = "index recreated: the anchor in the TPM was removed and made anew";

/// The reason of a mismatch where the TPM has none of its indexes.
pub const GONE: &str = "the TPM has no anchor: it was removed, the TPM was cleared, or it is another TPM";

impl AnchorState {
    /// The state in words, fit to be shown.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Absent => "absent: the trust store was never committed to the TPM".to_owned(),
            Self::Match { version } => format!("match: the trust store is version {version}, as committed"),
            Self::Mismatch(reason) => format!("mismatch: {reason}"),
            Self::RolledBack { file, anchor } => {
                format!("rolled back: the trust store is version {file}, and version {anchor} was committed")
            }
            Self::Unavailable(error) => format!("unavailable: {error}"),
        }
    }

    /// Whether the TPM has an anchor, as far as anybody can say.
    #[must_use]
    pub fn has_record(&self) -> bool {
        !matches!(self, Self::Absent | Self::Mismatch(GONE))
    }

    /// Whether the file is not what was committed.
    #[must_use]
    pub const fn is_alarm(&self) -> bool {
        matches!(self, Self::Mismatch(_) | Self::RolledBack { .. })
    }
}

/// Judges a file's text by what the TPM holds. Pure.
#[must_use]
pub fn judge(text: &str, noted: Option<Anchored>, found: &AnchorFound) -> AnchorState {
    let record = match (found, noted) {
        (AnchorFound::Nothing, None) => return AnchorState::Absent,
        (AnchorFound::Nothing, Some(_)) => {
            return AnchorState::Mismatch(GONE);
        }
        (AnchorFound::Odd(reason), _) => return AnchorState::Mismatch(reason),
        (AnchorFound::Record(_), None) => {
            return AnchorState::Mismatch(
                "the trust store was replaced: it notes no anchor, and the TPM has one",
            );
        }
        (AnchorFound::Record(record), Some(noted)) => (record, noted),
    };
    let (record, noted) = record;
    if record.counter != noted.counter {
        return AnchorState::Mismatch(RECREATED);
    }
    match noted.version.cmp(&record.version) {
        std::cmp::Ordering::Less => AnchorState::RolledBack { file: noted.version, anchor: record.version },
        std::cmp::Ordering::Greater => AnchorState::Mismatch(
            "the trust store is newer than its anchor: a commit was interrupted, or the file was edited",
        ),
        std::cmp::Ordering::Equal if sum(text) == record.digest => {
            AnchorState::Match { version: noted.version }
        }
        std::cmp::Ordering::Equal => {
            AnchorState::Mismatch("the trust store was edited since it was committed")
        }
    }
}

fn sum(text: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    digest(&SHA256, text.as_bytes()).as_ref().iter().zip(&mut bytes).for_each(|(from, to)| *to = *from);
    bytes
}

/// Asks the TPM about a text.
#[must_use]
pub fn check(tpm: &Tpm, text: &str, noted: Option<Anchored>) -> AnchorState {
    match read_anchor(tpm) {
        Ok(found) => judge(text, noted, &found),
        Err(error) => AnchorState::Unavailable(error),
    }
}

/// What the state means for verdicts.
#[must_use]
pub fn doubt(state: &AnchorState, is_noted: bool, wanted: config::Anchor) -> Option<Doubt> {
    const COMMIT: &str = "compare it with its backup, then `limescope tpm anchor commit`";
    let required = wanted == config::Anchor::Required;
    let doubt = |code, hint, withholds| {
        Some(Doubt { code, words: format!("trust store: {}", state.words()), hint, withholds })
    };
    match state {
        AnchorState::Match { .. } => None,
        AnchorState::Mismatch(_) | AnchorState::RolledBack { .. } => {
            doubt("trust-store-mismatch", COMMIT, true)
        }
        AnchorState::Absent if required => doubt(
            "trust-store-not-anchored",
            "`limescope tpm anchor commit` anchors it; the configuration demands it",
            true,
        ),
        AnchorState::Absent => None,
        AnchorState::Unavailable(_) if required || is_noted => {
            doubt("trust-store-unchecked", "mend the TPM; `limescope tpm status` says more", required)
        }
        AnchorState::Unavailable(_) => None,
    }
}

/// Why a store is not used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] ReadError),
    /// Its text is no trust store.
    #[error(transparent)]
    Trust(#[from] TrustError),
}

/// Reads the console's own store, and has the TPM of this host say whether it is the one that was committed.
///
/// # Errors
/// [`StoreError`]. A store that does not match is none: it is read, and vouches for nothing.
pub fn read_store(file: &Path, wanted: config::Anchor) -> Result<Store, StoreError> {
    let text = match bounded::read_text(file, MAX_STORE) {
        Ok(text) => text,
        Err(ReadError::Missing { .. }) => String::new(),
        Err(error) => return Err(error.into()),
    };
    let mut store = Store::parse(&text)?;
    let state = check(&super::device::tpm(), &text, store.anchored);
    store.doubt = doubt(&state, store.anchored.is_some(), wanted);
    Ok(store)
}

/// Why a commit came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The TPM did not do it. The file is as it was before.
    #[error("not committed: {0}; the trust store is as it was before")]
    Device(#[from] DeviceError),
    /// The file cannot be written.
    #[error("not saved: {0}")]
    Save(#[from] SaveError),
    /// The new text is no trust store.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The TPM refused, and then the file could not be put back.
    #[error("not committed: {device}; and the previous trust store could not be put back: {save}")]
    Stranded {
        /// Why it was not committed.
        device: DeviceError,
        /// Why it was not put back.
        save: SaveError,
    },
    /// The present file is not the committed one.
    #[error(
        "the trust store is not changed while it does not match its anchor ({0}): compare it, then `limescope tpm anchor commit`"
    )]
    Alarm(String),
}

/// Puts a new text in the place of the store, and commits it. The previous file is put back where the TPM does not
/// take it; until then it is kept beside it as its backup.
///
/// With `anew` the TPM's indexes are removed first, where there are any.
///
/// # Errors
/// [`CommitError`].
pub fn commit(
    tpm: &Tpm,
    original: &mut Original,
    text: &str,
    pin: &Secret,
    anew: bool,
) -> Result<u64, CommitError> {
    let noted = Store::parse(text)?.anchored;
    let record = match read_anchor(tpm)? {
        AnchorFound::Record(record) if !anew => Some(record),
        AnchorFound::Nothing => None,
        AnchorFound::Odd(_) | AnchorFound::Record(_) if anew => {
            remove_anchor(tpm)?;
            None
        }
        AnchorFound::Odd(reason) => {
            return Err(CommitError::Alarm(format!("{reason}; --recreate begins anew")));
        }
        AnchorFound::Record(_) => None,
    };
    let AnchorRecord { version, counter, .. } = match record {
        Some(record) => record,
        None => AnchorRecord { version: 0, digest: [0; 32], counter: create_anchor(tpm, pin)? },
    };
    let version = version.max(noted.map_or(0, |noted| noted.version)).saturating_add(1);
    let text = edit::set_anchored(text, Anchored { version, counter })?;
    let before = original.text().map(ToOwned::to_owned);
    original.save(&text)?;
    match write_anchor(tpm, version, sum(&text), pin) {
        Ok(()) => Ok(version),
        Err(device) => match before.map(|before| original.save(&before)) {
            Some(Err(save)) => Err(CommitError::Stranded { device, save }),
            Some(Ok(_)) => Err(CommitError::Device(device)),
            // An empty store that nobody had: if it stays, it only says so once more.
            None => {
                let _ = std::fs::remove_file(original.path());
                Err(CommitError::Device(device))
            }
        },
    }
}

/// Whether a change of this store has to be committed in the same step.
///
/// # Errors
/// [`CommitError::Alarm`]: it may not be changed now, [`CommitError::Device`]: nobody can say.
pub fn must_commit(tpm: &Tpm, original: &Original) -> Result<bool, CommitError> {
    let text = original.text().unwrap_or_default();
    let noted = Store::parse(text)?.anchored;
    match check(tpm, text, noted) {
        AnchorState::Match { .. } => Ok(true),
        AnchorState::Absent => Ok(false),
        // Without a note in the file and without a TPM there is nothing to keep.
        AnchorState::Unavailable(_) if noted.is_none() => Ok(false),
        AnchorState::Unavailable(error) => Err(CommitError::Device(error)),
        state => Err(CommitError::Alarm(state.words())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "version = 1\n";

    fn found(version: u64, text: &str, counter: u64) -> AnchorFound {
        AnchorFound::Record(AnchorRecord { version, digest: sum(text), counter })
    }

    #[test]
    fn every_way_in_which_file_and_tpm_differ_has_its_state() {
        let noted = Some(Anchored { version: 5, counter: 9 });
        let reason = |state: AnchorState| match state {
            AnchorState::Mismatch(reason) => reason,
            other => panic!("{other:?}"),
        };
        assert_eq!(judge(TEXT, None, &AnchorFound::Nothing), AnchorState::Absent);
        assert_eq!(judge(TEXT, noted, &found(5, TEXT, 9)), AnchorState::Match { version: 5 });
        assert!(reason(judge(TEXT, noted, &found(5, "edited", 9))).contains("edited"));
        assert_eq!(judge(TEXT, noted, &found(6, "new", 9)), AnchorState::RolledBack { file: 5, anchor: 6 });
        assert!(reason(judge(TEXT, noted, &found(4, "old", 9))).contains("interrupted"));
        assert!(reason(judge(TEXT, noted, &found(5, TEXT, 10))).starts_with("index recreated"));
        assert!(reason(judge(TEXT, noted, &AnchorFound::Nothing)).contains("has no anchor"));
        // Then a PIN is a new one, and is asked for twice.
        assert!(!judge(TEXT, noted, &AnchorFound::Nothing).has_record() && !AnchorState::Absent.has_record());
        assert!(judge("edited", noted, &found(5, TEXT, 9)).has_record());
        assert!(reason(judge(TEXT, None, &found(5, TEXT, 9))).contains("replaced"));
        assert_eq!(reason(judge(TEXT, noted, &AnchorFound::Odd("odd"))), "odd");
    }

    #[test]
    fn what_a_state_costs_depends_on_what_is_demanded() {
        use config::Anchor::{Required, Warn};
        let withholds = |state: &AnchorState, is_noted, wanted| {
            doubt(state, is_noted, wanted).map(|doubt| doubt.withholds)
        };
        let off = AnchorState::Unavailable(DeviceError::NoDevice);
        for (state, is_noted, warn, required) in [
            (AnchorState::Match { version: 1 }, true, None, None),
            (AnchorState::Mismatch(RECREATED), true, Some(true), Some(true)),
            (AnchorState::RolledBack { file: 1, anchor: 2 }, true, Some(true), Some(true)),
            (AnchorState::Absent, false, None, Some(true)),
            (off.clone(), true, Some(false), Some(true)),
            (off, false, None, Some(true)),
        ] {
            assert_eq!(withholds(&state, is_noted, Warn), warn, "{state:?}");
            assert_eq!(withholds(&state, is_noted, Required), required, "{state:?}");
        }
    }
}

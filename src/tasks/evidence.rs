//! Evidence on disk: a folder of bundles, and thousands of verdicts from it.
//!
//! The folder is read twice: once for the index of digests, which keeps no
//! bundle, and again whenever a digest is judged. So memory does not grow with
//! the folder, and a bundle that changed in between is judged as it is then.

use std::io::ErrorKind;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::files::bounded::{ReadError, read_bytes};
use crate::policy::evidence::{
    Candidate, Demand, Digest, EvidenceIndex, Examination, Judge, MAX_BUNDLE, MAX_BUNDLES, MAX_CANDIDATES,
    MAX_TRUSTED_ROOT, Outcome, TrustedRoot, TrustedRootError, without_evidence,
};
use crate::policy::{Finding, Severity};
use crate::text::{Shown, count, sanitise};

/// Bytes of bundles that are held for one digest at most.
const MAX_HELD: usize = 4 * MAX_BUNDLE;

/// Ends of the names that are taken for bundles.
const ENDINGS: [&str; 4] = [".json", LINES, ".sigstore", ".bundle"];

/// The end of the names of files that hold a bundle a line (JSON Lines), as `gh attestation download` writes them.
const LINES: &str = ".jsonl";

/// Why a folder of evidence or a trusted root could not be used.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The folder cannot be listed.
    #[error("{folder}: {}; give a folder of Sigstore bundles", unlisted(.why))]
    Folder {
        /// The folder.
        folder: Shown,
        /// The system's words.
        why: std::io::Error,
    },
    /// There are more files than an index holds.
    #[error("{folder}: more than {MAX_BUNDLES} files; give a smaller folder")]
    TooMany {
        /// The folder.
        folder: Shown,
    },
    /// The trusted root cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The trusted root is none.
    #[error("{file}: {why}")]
    TrustedRoot {
        /// The file.
        file: Shown,
        /// What it is instead.
        why: TrustedRootError,
    },
    /// Whoever asked does not want it any more.
    #[error("cancelled")]
    Cancelled,
}

fn unlisted(why: &std::io::Error) -> String {
    match why.kind() {
        ErrorKind::NotFound => "there is no such folder".to_owned(),
        ErrorKind::NotADirectory => "this is no folder".to_owned(),
        ErrorKind::PermissionDenied => "this user may not read it".to_owned(),
        _ => why.to_string(),
    }
}

/// How far the work is: told from several threads, whenever one more is done.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// Reads a `trusted_root.json`.
///
/// # Errors
/// [`EvidenceError`], which names the file.
pub fn read_trusted_root(path: &Path) -> Result<TrustedRoot, EvidenceError> {
    let bytes = read_bytes(path, MAX_TRUSTED_ROOT as u64)?;
    TrustedRoot::read(&bytes).map_err(|why| EvidenceError::TrustedRoot { file: shown(path), why })
}

/// A folder of evidence that was indexed.
#[derive(Debug)]
pub struct EvidenceFolder {
    /// In the order of the index.
    places: Vec<Place>,
    index: EvidenceIndex,
}

impl EvidenceFolder {
    /// Whether a folder can be listed: what is wrong with it is told before
    /// what is wrong with anything in it.
    ///
    /// # Errors
    /// [`EvidenceError::Folder`], which names it.
    pub fn look(folder: &Path) -> Result<(), EvidenceError> {
        let failed = |why| EvidenceError::Folder { folder: shown(folder), why };
        std::fs::read_dir(folder).map(|_| ()).map_err(failed)
    }

    /// Indexes the bundles of a folder: files directly in it whose names end
    /// as those of bundles do, but for `trusted_root.json`. A file that ends in
    /// `.jsonl` holds a bundle a line. What cannot be used becomes a finding of
    /// the index.
    ///
    /// # Errors
    /// Where the folder cannot be listed, is too large, or `cancel` was set.
    pub fn read(folder: &Path, cancel: &AtomicBool, progress: Progress<'_>) -> Result<Self, EvidenceError> {
        let failed = |why| EvidenceError::Folder { folder: shown(folder), why };
        let (mut paths, mut folders) = (Vec::new(), 0);
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = name_of(&path).to_ascii_lowercase();
            if name != "trusted_root.json" && ENDINGS.iter().any(|ending| name.ends_with(ending)) {
                paths.push(path);
            } else if path.is_dir() {
                folders += 1;
            }
            if paths.len() > MAX_BUNDLES {
                return Err(EvidenceError::TooMany { folder: shown(folder) });
            }
        }
        // The system lists in any order; the same folder gives the same verdicts.
        paths.sort_unstable();
        let mut read = Self { places: Vec::new(), index: EvidenceIndex::new() };
        for (done, path) in paths.iter().enumerate() {
            if cancel.load(Ordering::Relaxed) {
                return Err(EvidenceError::Cancelled);
            }
            if !read.add(path) {
                break;
            }
            progress(done + 1, paths.len());
        }
        if folders > 0 {
            let folders = count::some(folders, "folder", "folders");
            let message =
                format!("{folders} in it: not read, since bundles are taken from the folder itself");
            read.index.remark(Finding::new(Severity::Info, "evidence-folders", message));
        }
        Ok(read)
    }

    /// Adds the bundles of one file; false where there is no more room.
    fn add(&mut self, path: &Path) -> bool {
        let bytes = read_bytes(path, MAX_BUNDLE as u64).map_err(|error| error.to_string());
        let name = name_of(path);
        let mut add = |name: &str, line, bytes: Result<&[u8], &str>| {
            let added = self.index.add(name, bytes).is_some();
            if added {
                self.places.push(Place { path: path.to_owned(), line });
            }
            added
        };
        match &bytes {
            Ok(bytes) if name.to_ascii_lowercase().ends_with(LINES) && lines(bytes).next().is_some() => {
                lines(bytes)
                    .all(|(number, line)| add(&format!("{name} line {number}"), Some(number), Ok(line)))
            }
            bytes => add(&name, None, bytes.as_deref().map_err(String::as_str)),
        }
    }

    /// The index: counts, findings, names.
    #[must_use]
    pub const fn index(&self) -> &EvidenceIndex {
        &self.index
    }

    /// Whether there is any evidence for the digest of a demand.
    #[must_use]
    pub fn has_evidence(&self, demand: &Demand) -> bool {
        Digest::read(&demand.digest).is_some_and(|digest| !self.index.bundles(&digest).is_empty())
    }

    /// Carries out one demand with the bundles of the folder.
    #[must_use]
    pub fn judge(&self, judge: Judge<'_>, demand: &Demand) -> Outcome {
        let held = self.held(demand);
        judge.judge(demand, &candidates(&held))
    }

    /// The same, with every step of every bundle.
    #[must_use]
    pub fn explain(&self, judge: Judge<'_>, demand: &Demand) -> (Outcome, Vec<Examination>) {
        let held = self.held(demand);
        judge.explain(demand, &candidates(&held))
    }

    /// Carries out many demands on several threads, in the order in which they
    /// are given; `None` once `cancel` was set.
    #[must_use]
    pub fn judge_all(
        &self,
        judge: Judge<'_>,
        demands: &[Demand],
        threads: NonZeroUsize,
        cancel: &AtomicBool,
        progress: Progress<'_>,
    ) -> Option<Vec<Outcome>> {
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = || {
            let mut outcomes = Vec::new();
            while !cancel.load(Ordering::Relaxed) {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(demand) = demands.get(number) else { break };
                outcomes.push((number, self.judge(judge, demand)));
                progress(done.fetch_add(1, Ordering::Relaxed) + 1, demands.len());
            }
            outcomes
        };
        let mut outcomes = std::thread::scope(|scope| {
            let threads = threads.get().min(demands.len().max(1));
            let started: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let mut outcomes = Vec::with_capacity(demands.len());
            for thread in started {
                match thread.join() {
                    Ok(found) => outcomes.extend(found),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            outcomes
        });
        if cancel.load(Ordering::Relaxed) {
            return None;
        }
        outcomes.sort_unstable_by_key(|(number, _)| *number);
        Some(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
    }

    fn held(&self, demand: &Demand) -> Vec<Held<'_>> {
        let digest = Digest::read(&demand.digest);
        let ids = digest.as_ref().map(|digest| self.index.bundles(digest)).unwrap_or_default();
        let mut room = MAX_HELD;
        let one = |id| {
            let name = self.index.name(id)?;
            let bytes = match self.places.get(id.place()) {
                Some(place) if room > 0 => place.read(),
                _ => Err("more evidence for one digest than is held at once".to_owned()),
            };
            room = room.saturating_sub(bytes.as_ref().map_or(0, Vec::len));
            Some(Held { name, bytes })
        };
        ids.iter().copied().take(MAX_CANDIDATES).filter_map(one).collect()
    }
}

/// Where a bundle is.
#[derive(Debug)]
struct Place {
    path: PathBuf,
    /// Its line, from 1, in a file of JSON Lines.
    line: Option<usize>,
}

impl Place {
    /// The bundle's bytes, or why they cannot be read (fit to be shown).
    fn read(&self) -> Result<Vec<u8>, String> {
        let bytes = read_bytes(&self.path, MAX_BUNDLE as u64).map_err(|error| error.to_string())?;
        let Some(wanted) = self.line else { return Ok(bytes) };
        let line = lines(&bytes).find(|(number, _)| *number == wanted);
        line.map(|(_, line)| line.to_vec())
            .ok_or_else(|| format!("{}: no line {wanted} any more", shown(&self.path)))
    }
}

/// The lines that hold something, counted from 1.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    lines.map(|(number, line)| (number + 1, line.trim_ascii())).filter(|(_, line)| !line.is_empty())
}

/// What comes of demands for which no evidence or no trusted root was given.
#[must_use]
pub fn judge_none(demands: &[Demand], reason: &str) -> Vec<Outcome> {
    demands.iter().map(|demand| without_evidence(demand, reason)).collect()
}

/// A bundle that is held while its digest is judged.
struct Held<'a> {
    name: &'a str,
    bytes: Result<Vec<u8>, String>,
}

fn candidates<'a>(held: &'a [Held<'a>]) -> Vec<Candidate<'a>> {
    let one = |held: &'a Held<'a>| Candidate {
        name: held.name,
        bytes: held.bytes.as_deref().map_err(String::as_str),
    };
    held.iter().map(one).collect()
}

/// The name of a file; not fit to be shown.
fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn shown(path: &Path) -> Shown {
    sanitise(&path.to_string_lossy())
}

//! What checks were judged with: the folder, the trusted root, and how far both reach.

use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;

use crate::policy::evidence::TrustedRoot;
use crate::text::{count, duration};

/// Evidence that was given.
#[derive(Debug, Clone, Serialize)]
pub struct EvidenceReport {
    /// The folder; `null` where none was given.
    pub folder: Option<String>,
    /// Bundles in it.
    pub bundles: Option<usize>,
    /// Files in it that are named as bundles and are none.
    pub unreadable: Option<usize>,
    /// The trusted root; `null` where none was given.
    pub trusted_root: Option<RootReport>,
    /// How far it reaches.
    pub coverage: Coverage,
}

/// A trusted root.
#[derive(Debug, Clone, Serialize)]
pub struct RootReport {
    /// SHA-256 of the file, in hex.
    pub sha256: String,
    /// Which instance it is for, fit to be shown.
    pub instance: String,
    /// Transparency logs in it.
    pub logs: usize,
    /// When its newest key became valid (RFC 3339). The file itself has no date.
    pub newest_key: Option<String>,
    /// Seconds from then to the time that was judged at.
    pub age_s: Option<u64>,
}

/// Digests of `digest_metadata`.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Coverage {
    /// Those of which something is demanded.
    pub demanded: usize,
    /// Those with at least one bundle.
    pub with_evidence: usize,
    /// Those whose demanded checks all passed.
    pub passed: usize,
}

impl RootReport {
    /// A trusted root, as old as it is at this time.
    #[must_use]
    pub fn of(root: &TrustedRoot, at: Timestamp) -> Self {
        let newest = root.newest_key();
        Self {
            sha256: root.sha256().to_owned(),
            instance: root.instance().shown().into_string(),
            logs: root.log_count(),
            newest_key: newest.map(|newest| newest.to_string()),
            age_s: newest.and_then(|newest| u64::try_from(at.duration_since(newest).as_secs()).ok()),
        }
    }

    /// The same in words.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "trusted root {} of {}", self.sha256, self.instance)?;
        if self.logs == 0 {
            writeln!(out, "  it knows no transparency log: no inclusion can be proven with it")?;
        }
        let Some(newest) = &self.newest_key else { return Ok(()) };
        let age = self.age_s.map(|age| format!(", {} ago", duration::words(age))).unwrap_or_default();
        writeln!(out, "  its newest key is of {newest}{age}; what was revoked since is still accepted")
    }
}

impl EvidenceReport {
    /// The same in words.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        match (&self.folder, self.bundles) {
            (Some(folder), Some(bundles)) => {
                let bundles = count::some(bundles, "bundle", "bundles");
                let others = self.unreadable.filter(|number| *number > 0);
                let others =
                    others.map(|number| format!(", {number} more cannot be read")).unwrap_or_default();
                writeln!(out, "evidence   {folder}: {bundles}{others}")?;
            }
            _ => writeln!(out, "evidence   none was given")?,
        }
        match &self.trusted_root {
            Some(root) => root.write(out)?,
            None => writeln!(out, "trusted root: none was given")?,
        }
        let Coverage { demanded, with_evidence, passed } = self.coverage;
        let demanded = count::some(demanded, "digest", "digests");
        writeln!(out, "coverage   {demanded} with demands, {with_evidence} with evidence, {passed} passed")
    }
}

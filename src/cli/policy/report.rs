//! An examination in words.

use std::io::{self, Write};

use crate::policy::examination::Examination;
use crate::policy::examination::json::Report;
use crate::text::count;

pub(super) fn write(out: &mut dyn Write, examination: &Examination, answer: &Report) -> io::Result<()> {
    writeln!(out, "{}: {}", answer.file, examination.format.title())?;
    writeln!(out, "sha256     {}", answer.sha256)?;
    if let Some(sum) = examination.policy_sha256().filter(|sum| sum.to_string() != answer.sha256) {
        writeln!(out, "payload    {sum}")?;
    }
    // A certificate's validity has whole seconds.
    writeln!(out, "signature  {}, judged at {:.0}", answer.signature, examination.at)?;
    for signer in &examination.signers {
        let trusted = match (signer.trusted, signer.verified) {
            (true, _) => "trusted",
            (false, true) => "not trusted",
            (false, false) => "not verified",
        };
        let label = signer.label.as_ref().map(|label| format!(" \"{label}\"")).unwrap_or_default();
        writeln!(
            out,
            "  signer{label} {} {}, {trusted} ({})",
            signer.algorithm,
            signer.key_id,
            signer.source.word()
        )?;
        if let Some(certificate) = &signer.certificate {
            writeln!(out, "    certificate {certificate}")?;
        }
    }
    writeln!(out, "policy     {}", answer.policy)?;
    if let (Some(paths), Some(digests), Some(excludes), Some(metadata)) =
        (answer.counts.paths, answer.counts.digests, answer.counts.excludes, answer.counts.metadata)
    {
        writeln!(
            out,
            "  {}, {}, {}, {} with metadata",
            count::some(paths, "path", "paths"),
            count::some(digests, "digest", "digests"),
            count::some(excludes, "exclude", "excludes"),
            count::some(metadata, "digest", "digests")
        )?;
    }
    writeln!(
        out,
        "verifier   {} it by default, {} it with require_allow_list_signatures",
        answer.verifier.default, answer.verifier.signatures_required
    )?;
    writeln!(out, "  {}", answer.verifier.reason)?;
    for placed in &examination.findings {
        let finding = &placed.finding;
        let place = placed.place.map(|place| format!(" {}:{}", place.line, place.column)).unwrap_or_default();
        writeln!(out, "{}[{}]{place}: {}", finding.severity.word(), finding.code, finding.message)?;
        if let Some(hint) = &finding.hint {
            writeln!(out, "  {hint}")?;
        }
    }
    if let Some(evidence) = &answer.evidence {
        evidence.write(out)?;
    }
    for entry in &answer.metadata {
        writeln!(out, "metadata of {}", entry.digest)?;
        entry.paths.iter().try_for_each(|path| writeln!(out, "  {path}"))?;
        for check in &entry.checks {
            writeln!(out, "  {}: {} ({})", check.name, check.status, check.reason)?;
        }
    }
    Ok(())
}

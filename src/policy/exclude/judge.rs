//! What is wrong or dangerous with excludes, in findings.

use super::{Branch, Excludes, Fault, FaultKind, Standing};
use crate::policy::{Finding, Severity};
use crate::text::{count, sanitise_to};

/// A finding, and the entry that it is about (from 0); none for the list as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExcludeFinding {
    /// The entry.
    pub entry: Option<usize>,
    /// What about it.
    pub finding: Finding,
}

/// The codes of this part: name, weight and meaning.
pub const CODES: &[(&str, Severity, &str)] = &[
    ("exclude-invalid", Severity::Error, "Python refuses it; the verifier then ignores all excludes"),
    (
        "exclude-duplicate-group",
        Severity::Error,
        "a group name occurs twice in the joined expression; the verifier then ignores all excludes",
    ),
    (
        "exclude-global-flags",
        Severity::Error,
        "flags such as (?i) inside of the joined expression; the verifier then ignores all excludes",
    ),
    (
        "exclude-raises",
        Severity::Error,
        "Python raises an error that the verifier does not catch; attestation breaks",
    ),
    ("exclude-matches-everything", Severity::Warning, "matches every path: no file is checked"),
    (
        "exclude-matches-keyring",
        Severity::Warning,
        "matches the name of a keyring: the verifier trusts any key that is measured onto it",
    ),
    (
        "exclude-matches-buffer",
        Severity::Warning,
        "matches the name of a measured buffer or boot_aggregate: it is not checked",
    ),
    (
        "exclude-unbalanced",
        Severity::Warning,
        "invalid alone and valid only in the joined expression, where it means something else",
    ),
    (
        "exclude-backreference",
        Severity::Warning,
        "refers to a group; groups are counted over all excludes together",
    ),
    ("excludes-unanchored", Severity::Warning, "matches at the start only: whatever follows is excluded too"),
    ("exclude-catastrophic", Severity::Warning, "may take time that doubles with each character of a path"),
    (
        "exclude-needs-newer-python",
        Severity::Warning,
        "Python before 3.11 refuses it; such a verifier ignores all excludes",
    ),
    ("exclude-not-evaluated", Severity::Warning, "cannot be judged here as Python would"),
    ("exclude-duplicate", Severity::Info, "stands there more than once"),
];

/// Keyrings of the kernel that keys are measured onto, whether a policy names them or not.
const KEYRINGS: [&str; 10] = [
    ".ima",
    ".evm",
    "_ima",
    "_evm",
    ".builtin_trusted_keys",
    ".secondary_trusted_keys",
    ".platform",
    ".machine",
    ".blacklist",
    ".dm-verity",
];

/// Names in `ima-buf` that the kernel measures.
const BUFFERS: [&str; 3] = ["boot_aggregate", "kernel_version", "selinux-policy-hash"];

/// Paths of many kinds: what matches all of them matches everything.
const PROBES: [&str; 8] = [
    "/a",
    "/usr/bin/bash",
    "/home/u/.x",
    "/etc/ssl/certs/\u{d6}.pem",
    "/0",
    "/lib/modules/6.1.0/kernel/fs/ext4.ko",
    "/_%~ #",
    "/ZZZ/z-z_z",
];

/// Findings of one code at most; more are counted.
const MAX_EACH: usize = 20;

fn shown(text: &str) -> String {
    format!("\"{}\"", sanitise_to(text, 80))
}

struct Findings {
    out: Vec<ExcludeFinding>,
    left_off: Vec<(&'static str, usize)>,
}

impl Findings {
    fn add(&mut self, entry: Option<usize>, code: &'static str, message: String, hint: &str) {
        let severity = CODES.iter().find(|known| known.0 == code).map_or(Severity::Warning, |known| known.1);
        if self.out.iter().filter(|found| found.finding.code == code).count() >= MAX_EACH {
            match self.left_off.iter_mut().find(|left| left.0 == code) {
                Some(left) => left.1 += 1,
                None => self.left_off.push((code, 1)),
            }
            return;
        }
        let mut finding = Finding::new(severity, code, message);
        if !hint.is_empty() {
            finding = finding.hint(hint);
        }
        self.out.push(ExcludeFinding { entry, finding });
    }

    fn finish(mut self) -> Vec<ExcludeFinding> {
        for (code, number) in self.left_off {
            let severity =
                CODES.iter().find(|known| known.0 == code).map_or(Severity::Warning, |known| known.1);
            let message = format!("and {} of the same kind", count::some(number, "other", "others"));
            self.out.push(ExcludeFinding { entry: None, finding: Finding::new(severity, code, message) });
        }
        self.out
    }
}

fn code_of(fault: &Fault) -> &'static str {
    match fault.kind {
        FaultKind::Refused | FaultKind::Reference => "exclude-invalid",
        FaultKind::DuplicateName => "exclude-duplicate-group",
        FaultKind::GlobalFlags => "exclude-global-flags",
        FaultKind::Raises => "exclude-raises",
        FaultKind::Unsure => "exclude-not-evaluated",
    }
}

/// What to do about a construct that other dialects have.
fn advice(fault: &Fault) -> &'static str {
    match (fault.kind, fault.message.as_str()) {
        (_, "bad escape \\z") => "Write \\Z; Python knows \\z only from 3.14 on.",
        (_, "bad escape \\p" | "bad escape \\P") => "Python has no \\p{…}; write the characters out.",
        (FaultKind::GlobalFlags, _) => "Write (?i:…) around what it is meant for.",
        (FaultKind::DuplicateName, _) => "Give every group a name of its own, or none.",
        (FaultKind::Raises, _) => "Write a smaller number, or none.",
        (_, "nothing to repeat") => "An exclude is a regular expression: write .* where a shell has *.",
        _ => "Correct or remove it.",
    }
}

impl Excludes {
    /// Everything about the entries that needs no paths. `keyrings` and `buffers` are the names that the policy
    /// itself has; those of the kernel are known.
    #[must_use]
    pub fn findings(&self, keyrings: &[&str], buffers: &[&str]) -> Vec<ExcludeFinding> {
        let mut findings = Findings { out: Vec::new(), left_off: Vec::new() };
        self.of_the_whole(&mut findings);
        self.of_each(&mut findings);
        if self.standing == Standing::Effective {
            self.of_what_they_match(keyrings, buffers, &mut findings);
        }
        findings.finish()
    }

    fn text(&self, entry: usize) -> &str {
        self.entries.get(entry).map_or("", |entry| entry.text.as_str())
    }

    fn of_the_whole(&self, findings: &mut Findings) {
        let whole = match &self.standing {
            Standing::Empty | Standing::Effective => return,
            Standing::Ignored { .. } => "The verifier accepts the policy and then ignores ALL its excludes.",
            Standing::Raises { .. } => {
                "The verifier accepts the policy; then each attestation with it breaks with an error."
            }
            Standing::Unknown { why } if self.fault.is_none() => {
                return findings.add(None, "exclude-not-evaluated", why.clone(), "");
            }
            Standing::Unknown { .. } => "It cannot be said here what the verifier does with the excludes.",
        };
        let Some(fault) = &self.fault else { return };
        let code = code_of(fault);
        let message = match self.culprit {
            Some(entry) => format!(
                "exclude {} {}: {}. {whole}",
                entry + 1,
                shown(self.text(entry)),
                sanitise_to(&fault.message, 120)
            ),
            None => format!("{}. {whole}", sanitise_to(&fault.message, 120)),
        };
        findings.add(self.culprit, code, message, advice(fault));
        if fault.kind == FaultKind::Unsure {
            return;
        }
        // Others that would void the list as well when the first is corrected.
        for (index, entry) in self.entries.iter().enumerate() {
            let Some(alone) = &entry.fault else { continue };
            if Some(index) == self.culprit || alone.kind == FaultKind::Reference {
                continue;
            }
            let message =
                format!("exclude {} {}: {}", index + 1, shown(&entry.text), sanitise_to(&alone.message, 120));
            findings.add(Some(index), code_of(alone), message, advice(alone));
        }
    }

    fn of_each(&self, findings: &mut Findings) {
        let mut seen = std::collections::HashMap::new();
        let mut unanchored = Vec::new();
        for (index, entry) in self.entries.iter().enumerate() {
            let name = || format!("exclude {} {}", index + 1, shown(&entry.text));
            if let Some(first) = seen.insert(entry.text.as_str(), index) {
                let message = format!("{} is the same as exclude {}", name(), first + 1);
                findings.add(Some(index), "exclude-duplicate", message, "Remove one.");
            }
            if self.standing == Standing::Effective
                && let Some(fault) = &entry.fault
            {
                if matches!(fault.kind, FaultKind::Reference) {
                    Self::backreference(&name(), index, findings);
                } else {
                    let message = format!(
                        "{} is invalid alone ({}) and valid only between its neighbours' brackets, where it \
                         means something else",
                        name(),
                        sanitise_to(&fault.message, 120)
                    );
                    findings.add(Some(index), "exclude-unbalanced", message, "Balance its brackets.");
                }
            }
            if entry.refers {
                Self::backreference(&name(), index, findings);
            }
            if entry.needs_new_python {
                let message = format!(
                    "{} needs Python 3.11; a verifier with an older one ignores ALL excludes",
                    name()
                );
                findings.add(Some(index), "exclude-needs-newer-python", message, "");
            }
            if entry.is_catastrophic {
                let message = format!(
                    "{} repeats what is repeated already; on some paths a verifier may need time that doubles \
                     with each character",
                    name()
                );
                findings.add(Some(index), "exclude-catastrophic", message, "Repeat only once.");
            }
            if !entry.is_anchored {
                unanchored.push(index);
            }
        }
        if let Some(first) = unanchored.first() {
            let message = format!(
                "{} without $ at the end, the first is {}: excludes match at the start of a path, so /tmp also \
                 excludes /tmpfoo",
                count::some(unanchored.len(), "exclude", "excludes"),
                shown(self.text(*first))
            );
            findings.add(
                Some(*first),
                "excludes-unanchored",
                message,
                "End it with $, or with /.* for a folder.",
            );
        }
    }

    fn backreference(name: &str, index: usize, findings: &mut Findings) {
        let message = format!(
            "{name} refers to a group: groups are counted over all excludes together, so it means another group \
             than it seems to"
        );
        findings.add(Some(index), "exclude-backreference", message, "Write it without the reference.");
    }

    fn of_what_they_match(&self, keyrings: &[&str], buffers: &[&str], findings: &mut Findings) {
        // What the fast engine has taken is evaluated.
        for branch in self.branches.iter().filter(|branch| branch.chunk.is_none()) {
            if let Err(why) = branch.matches("/") {
                let message =
                    format!("exclude {} {}: {why}", branch.first + 1, shown(self.text(branch.first)));
                findings.add(Some(branch.first), "exclude-not-evaluated", message, "");
            }
        }
        if self.all_match(&PROBES).is_empty() && self.excludes(PROBES[0]) == Some(true) {
            // Each path is matched by some entry, none by all: the whole may still match everything.
            if PROBES.iter().all(|probe| self.excludes(probe) == Some(true)) {
                let message = "the excludes together match every path: no file is checked".to_owned();
                findings.add(None, "exclude-matches-everything", message, "Write narrower excludes.");
            }
        }
        for branch in self.all_match(&PROBES) {
            let entry = self.branches.get(branch).map_or(0, |branch| branch.first);
            let message = format!(
                "exclude {} {} matches every path: no file is checked",
                entry + 1,
                shown(self.text(entry))
            );
            findings.add(Some(entry), "exclude-matches-everything", message, "Write narrower excludes.");
        }
        let names =
            keyrings.iter().copied().chain(KEYRINGS.into_iter().filter(|name| !keyrings.contains(name)));
        self.of_names(names, findings, "exclude-matches-keyring", |entry, names| {
            format!(
                "{entry} matches the keyring {names}: the verifier will learn and trust ANY key that is measured \
                 onto it, and whatever is signed with such a key passes"
            )
        });
        let names = buffers.iter().copied().chain(BUFFERS.into_iter().filter(|name| !buffers.contains(name)));
        self.of_names(names, findings, "exclude-matches-buffer", |entry, names| {
            format!("{entry} matches {names}: what is measured under this name is not checked")
        });
    }

    fn of_names<'a>(
        &self,
        names: impl Iterator<Item = &'a str>,
        findings: &mut Findings,
        code: &'static str,
        message: impl Fn(&str, &str) -> String,
    ) {
        let mut by_entry: Vec<(usize, Vec<&str>)> = Vec::new();
        for name in names.take(1000) {
            if let super::Outcome::Excluded(exclusion) = self.which(name) {
                match by_entry.iter_mut().find(|known| known.0 == exclusion.entry) {
                    Some(known) => known.1.push(name),
                    None => by_entry.push((exclusion.entry, vec![name])),
                }
            }
        }
        for (entry, names) in by_entry {
            let more = names.len().saturating_sub(1);
            let first = names.first().copied().unwrap_or_default();
            let names = if more > 0 {
                format!("{} (and {})", shown(first), count::some(more, "other", "others"))
            } else {
                shown(first)
            };
            let text = message(&format!("exclude {} {}", entry + 1, shown(self.text(entry))), &names);
            findings.add(Some(entry), code, text, "Begin it with / so that it matches paths only.");
        }
    }

    /// The alternatives that match all of these.
    fn all_match(&self, probes: &[&str]) -> Vec<usize> {
        let Some((first, others)) = probes.split_first() else { return Vec::new() };
        // The fast engine knows at once when none can.
        if probes.iter().any(|probe| self.excludes(probe) == Some(false)) {
            return Vec::new();
        }
        let mut left: Vec<usize> = Vec::new();
        let fits = |branch: &Branch, probe: &str| matches!(branch.matches(probe), Ok(Some(_)));
        for (index, branch) in self.branches.iter().enumerate() {
            // More would only say the same again.
            if left.len() < MAX_EACH && fits(branch, first) && others.iter().all(|probe| fits(branch, probe))
            {
                left.push(index);
            }
        }
        left
    }
}

//! Signs beside words: a state is never told by colour alone.

use super::state::Drift;
use super::theme::Role;
use crate::fleet::{Reachability, Verdict};
use crate::policy::evidence::Status;
use crate::policy::{PolicyVerdict, SignatureVerdict};
use crate::tpm::identity::Severity;

/// A sign for a verdict, one column wide.
pub(super) fn verdict(verdict: Verdict, ascii: bool) -> &'static str {
    let (sign, plain) = match verdict {
        Verdict::Failed => ("✗", "X"),
        Verdict::Stopped => ("■", "#"),
        Verdict::TimedOut => ("◌", "T"),
        Verdict::Stale => ("◔", "S"),
        Verdict::Unproven => ("○", "o"),
        Verdict::Removing => ("−", "-"),
        Verdict::Registered => ("·", "."),
        Verdict::Unknown => ("?", "?"),
        Verdict::Attested => ("✓", "+"),
    };
    if ascii { plain } else { sign }
}

/// The role of a verdict's colour.
pub(super) fn verdict_role(verdict: Verdict) -> Role {
    match verdict {
        Verdict::Failed | Verdict::Stopped => Role::Bad,
        Verdict::TimedOut | Verdict::Stale => Role::Warn,
        Verdict::Unproven | Verdict::Removing | Verdict::Registered => Role::Neutral,
        Verdict::Unknown => Role::Unknown,
        Verdict::Attested => Role::Good,
    }
}

/// What a verdict means, for the legend.
pub(super) fn verdict_meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Failed => "the verifier refused the evidence, or gave up",
        Verdict::Stopped => "an operator stopped the attestation; only delete and add resume it",
        Verdict::TimedOut => "a push agent fell silent",
        Verdict::Stale => "the last success is older than the limit",
        Verdict::Unproven => "enrolled, and nothing has been proven yet, whatever Keylime says",
        Verdict::Removing => "being deleted at the verifier",
        Verdict::Registered => "known to the registrar, not enrolled at the verifier",
        Verdict::Unknown => "the group gives no usable answer",
        Verdict::Attested => "proven, and lately enough",
    }
}

/// Sign, word and role of a group's reachability; none: not known yet.
pub(super) fn reachability(
    reachability: Option<Reachability>,
    ascii: bool,
) -> (&'static str, &'static str, Role) {
    let (sign, plain, word, role) = match reachability {
        Some(Reachability::Up) => ("▲", "^", Reachability::Up.word(), Role::Good),
        Some(Reachability::Degraded) => ("◆", "*", Reachability::Degraded.word(), Role::Warn),
        Some(Reachability::Down) => ("▼", "v", Reachability::Down.word(), Role::Bad),
        None => ("·", ".", "asking…", Role::Dim),
    };
    (if ascii { plain } else { sign }, word, role)
}

/// Sign, word and role of what a signature proves.
pub(super) fn signature(verdict: SignatureVerdict, ascii: bool) -> (&'static str, &'static str, Role) {
    let (sign, plain, role) = match verdict {
        SignatureVerdict::Valid => ("✓", "+", Role::Good),
        SignatureVerdict::Invalid => ("✗", "X", Role::Bad),
        SignatureVerdict::Untrusted => ("?", "?", Role::Warn),
        SignatureVerdict::Unsigned => ("○", "o", Role::Neutral),
        SignatureVerdict::Rejected => ("■", "#", Role::Bad),
    };
    (if ascii { plain } else { sign }, verdict.word(), role)
}

/// Sign, word and role of what an audit found of an agent's identity.
pub(super) fn identity(found: Option<Option<Severity>>, ascii: bool) -> (&'static str, &'static str, Role) {
    let (sign, plain, word, role) = match found {
        None => ("–", "–", "", Role::Dim),
        Some(None | Some(Severity::Info)) => ("✓", "+", " good", Role::Good),
        Some(Some(Severity::Warning)) => ("!", "!", " warning", Role::Warn),
        Some(Some(Severity::Error)) => ("✗", "X", " error", Role::Bad),
    };
    (if ascii { plain } else { sign }, word, role)
}

/// Sign, word and role of what is said of a policy.
pub(super) fn policy(verdict: PolicyVerdict, ascii: bool) -> (&'static str, &'static str, Role) {
    let (sign, plain, role) = match verdict {
        PolicyVerdict::Valid => ("✓", "+", Role::Good),
        PolicyVerdict::Invalid => ("✗", "X", Role::Bad),
        PolicyVerdict::NotEvaluated => ("?", "?", Role::Unknown),
    };
    (if ascii { plain } else { sign }, verdict.word(), role)
}

/// Sign and role of whether groups have the same policy.
pub(super) fn drift(drift: Drift, ascii: bool) -> (&'static str, Role) {
    let (sign, plain, role) = match drift {
        Drift::Drift => ("≠", "!", Role::Bad),
        Drift::Missing => ("◔", "-", Role::Warn),
        Drift::ReSigned => ("≈", "~", Role::Information),
        Drift::Unknown => ("·", ".", Role::Dim),
        Drift::Same => ("=", "=", Role::Good),
    };
    (if ascii { plain } else { sign }, role)
}

/// Sign, word and role of what came of a digest or a check; none: nothing is
/// demanded.
pub(super) fn outcome(status: Option<Status>, ascii: bool) -> (&'static str, &'static str, Role) {
    let (sign, plain, word, role) = match status {
        Some(Status::Passed) => ("✓", "+", "passed", Role::Good),
        Some(Status::Failed) => ("✗", "X", "failed", Role::Bad),
        Some(Status::NotEvaluated) => ("?", "?", "not evaluated", Role::Unknown),
        None => ("·", ".", "not demanded", Role::Dim),
    };
    (if ascii { plain } else { sign }, word, role)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use unicode_width::UnicodeWidthStr;

    use super::*;

    #[test]
    fn every_sign_is_one_column_and_tells_its_verdict() {
        for ascii in [false, true] {
            let signs: HashSet<_> = Verdict::ALL.map(|one| verdict(one, ascii)).into();
            assert_eq!(signs.len(), Verdict::ALL.len());
            assert!(signs.iter().all(|sign| sign.width() == 1 && (!ascii || sign.is_ascii())));
        }
    }
}

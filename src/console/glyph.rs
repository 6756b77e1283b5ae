//! Signs beside words: a state is never told by colour alone.

use super::theme::Role;
use crate::fleet::{Reachability, Verdict};

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

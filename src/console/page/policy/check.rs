//! One check of a digest in lines.

use crate::console::glyph;
use crate::console::state::{Check, Inspection};
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, cut, labelled};

/// What holds for every check: a verifier of today reads none of them.
pub(super) const NOT_ENFORCED: &str = "not enforced by the verifier today";

/// Columns before what belongs to a check.
const INDENT: usize = 4;

/// The checks of a demand with what came of them.
pub(super) fn checks_of(inspection: &Inspection, demand: usize) -> Vec<Check> {
    let mut checks = inspection.policy().0.document.checks(demand);
    let Some(judgement) = inspection.judgement() else { return checks };
    match judgement.verdict(demand) {
        Some(verdict) => {
            for (check, (status, reason)) in checks.iter_mut().zip(verdict.checks.iter()) {
                check.status = *status;
                check.reason = reason.to_string();
            }
        }
        None => {
            let why = if judgement.is_at_work() { "not judged yet" } else { "not judged" };
            checks.iter_mut().for_each(|check| check.reason = why.to_owned());
        }
    }
    checks
}

/// A check in lines: what came of it and why, and what is demanded.
pub(super) fn check_lines(check: &Check, ascii: bool, columns: usize) -> Vec<StyledLine> {
    let mut lines = check_parts(check, ascii, columns);
    let rest = lines.split_off(1).into_iter();
    let indented = |text: StyledLine| {
        let (role, text) = text.parts().next().map_or((Role::Text, ""), |(role, text)| (role, text));
        labelled(StyledLine::new(), INDENT, role, text, columns)
    };
    lines.extend(rest.flat_map(indented));
    lines
}

/// The same with each part in one line, cut where it has no room.
pub(super) fn short_check_lines(check: &Check, ascii: bool, columns: usize) -> Vec<StyledLine> {
    let mut lines = check_parts(check, ascii, columns);
    for line in lines.iter_mut().skip(1) {
        let (role, text) = line.parts().next().map_or((Role::Text, ""), |(role, text)| (role, text));
        let text = cut(text, columns.saturating_sub(INDENT)).into_owned();
        *line = StyledLine::new().with(Role::Text, " ".repeat(INDENT)).with(role, text);
    }
    lines
}

/// Outcome and name, the reason, and the value where it has no room beside the
/// name.
fn check_parts(check: &Check, ascii: bool, columns: usize) -> Vec<StyledLine> {
    let (sign, word, role) = glyph::outcome(Some(check.status), ascii);
    let head =
        StyledLine::new().with(role, format!("  {sign} {word}  ")).with(Role::Text, check.name.clone());
    let value = StyledLine::new().with(Role::Text, format!(" = {}", check.value));
    let is_short = head.width() + value.width() <= columns;
    let mut lines = vec![if is_short { head.then(value) } else { head }];
    if !check.reason.is_empty() {
        lines.push(StyledLine::new().with(Role::Dim, check.reason.clone()));
    }
    if !is_short {
        lines.push(StyledLine::new().with(Role::Text, check.value.clone()));
    }
    lines
}

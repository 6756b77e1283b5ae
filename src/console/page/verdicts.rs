//! Counts by verdict: sign, number and word, the worst first.

use crate::console::glyph;
use crate::console::widget::styled::StyledLine;
use crate::fleet::{Counts, Verdict};
use crate::text::count;

/// Every verdict that somebody has, with its count.
pub(in crate::console) fn counted(counts: &Counts, ascii: bool) -> Vec<StyledLine> {
    let some = Verdict::ALL.into_iter().filter(|verdict| counts.get(*verdict) > 0);
    some.map(|verdict| {
        let sign = glyph::verdict(verdict, ascii);
        let text = format!("{sign} {} {}", counts.get(verdict), verdict.word());
        StyledLine::new().with(glyph::verdict_role(verdict), text)
    })
    .collect()
}

/// A verdict's sign and word.
pub(in crate::console) fn one(verdict: Verdict, ascii: bool) -> String {
    format!("{} {}", glyph::verdict(verdict, ascii), verdict.word())
}

/// `1 agent`, `2 agents`.
pub(in crate::console) fn some(number: usize, one: &str) -> String {
    count::some(number, one, &format!("{one}s"))
}

/// `1 entry`, `2 entries`.
pub(in crate::console) fn some_of(number: usize, one: &str, several: &str) -> String {
    count::some(number, one, several)
}

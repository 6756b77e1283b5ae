//! What is said of one group.

use crate::console::glyph;
use crate::console::page::verdicts;
use crate::console::state::State;
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, flow, labelled};
use crate::fleet::{AddressView, GroupMode, GroupView};
use crate::keylime::{Failure, Meaning};
use crate::text::duration::words;
use crate::text::sanitise_to;

/// Columns of a name at most.
pub(super) const NAME_LIMIT: usize = 24;

/// Widths of the columns, in order: name, state, mode, addresses, agents, share.
const STATE: usize = 12;
const MODE: usize = 9;
const ADDRESSES: usize = 11;
const AGENTS: usize = 8;
const SHARE: usize = 9;

/// Columns that counts by verdict need to stand beside the others.
const ROOM_FOR_COUNTS: usize = 30;

/// Columns between two counts.
pub(super) const GAP: usize = 2;

/// The width of the name column: that of the longest name.
pub(super) fn name_width(state: &State) -> usize {
    let longest = state.snapshot.groups.iter().map(|group| shown_name(group).chars().count()).max();
    longest.unwrap_or(0).clamp(5, NAME_LIMIT) + 2
}

/// The titles of the columns.
pub(super) fn titles(state: &State, width: usize) -> StyledLine {
    let line = StyledLine::new()
        .field(Role::Heading, "GROUP", name_width(state))
        .field(Role::Heading, "STATE", STATE)
        .field(Role::Heading, "MODE", MODE)
        .field(Role::Heading, "ADDRESSES", ADDRESSES)
        .field_right(Role::Heading, "AGENTS", AGENTS)
        .field_right(Role::Heading, "OUR LOAD", SHARE + 2);
    if width >= line.width() + 3 + ROOM_FOR_COUNTS { line.with(Role::Heading, "   VERDICTS") } else { line }
}

/// The lines about one group in so many columns; the first one is the group's
/// own, the others stand under its name.
pub fn lines(state: &State, group: &GroupView, is_selected: bool, width: usize) -> Vec<StyledLine> {
    let indent = name_width(state);
    let first = first_line(state, group);
    let room = width.saturating_sub(first.width() + 3);
    let beside = flow(counts(group, state.ascii), GAP, room);
    let mut lines = match beside.as_slice() {
        [counts] if room >= ROOM_FOR_COUNTS => vec![first.with(Role::Text, "   ").then(counts.clone())],
        _ => {
            let below = flow(counts(group, state.ascii), GAP, width.saturating_sub(indent));
            let indented = below
                .into_iter()
                .map(|line| StyledLine::new().with(Role::Text, " ".repeat(indent)).then(line));
            std::iter::once(first).chain(indented).collect()
        }
    };
    let mut below = |role, text: &str| lines.extend(labelled(StyledLine::new(), indent, role, text, width));
    if let Some(reason) = group.blind {
        below(Role::Bad, &reason.words(None, None, 0));
    }
    if let Some(age) = group.observed_age(state.now).filter(|_| group.overdue) {
        below(Role::Warn, &format!("last answer {} ago", age_step(age).0));
    }
    let problems = problems(group);
    if let Some(worst) = problems.first() {
        let more = problems.len() - 1;
        let others = if more == 0 { String::new() } else { format!(" (and {more} more)") };
        below(problem_role(worst), &format!("{}{others}", problem_words(worst)));
        if let Some(failure) = failure(worst).filter(|_| is_selected) {
            below(Role::Dim, &format!("→ {}", failure.state.next_step()));
        }
    }
    if let Some(warning) = group.certificate_warning() {
        lines.extend(labelled(StyledLine::new(), indent, Role::Warn, &warning, width));
    }
    lines
}

fn first_line(state: &State, group: &GroupView) -> StyledLine {
    let (sign, word, role) = glyph::reachability(group.reachability, state.ascii);
    let mode = match group.mode {
        GroupMode::Unknown => "–",
        mode => mode.word(),
    };
    let (up, counted) = group.addresses_up();
    let was_tried = group.addresses.iter().any(|address| address.report.is_some());
    let addresses = if was_tried { format!("{up} of {counted} up") } else { "–".to_owned() };
    let agents = if is_waiting(group) { "–".to_owned() } else { group.counts.total().to_string() };
    StyledLine::new()
        .field(Role::Strong, &shown_name(group), name_width(state) - 1)
        .with(Role::Text, " ")
        .field(role, &format!("{sign} {word}"), STATE)
        .field(Role::Text, mode, MODE)
        .field(if up < counted { role } else { Role::Text }, &addresses, ADDRESSES)
        .field_right(Role::Text, &agents, AGENTS)
        .field_right(Role::Dim, &share(group), SHARE + 2)
}

fn counts(group: &GroupView, ascii: bool) -> Vec<StyledLine> {
    if is_waiting(group) {
        vec![StyledLine::new().with(Role::Dim, "asking…")]
    } else if group.counts.total() == 0 {
        vec![StyledLine::new().with(Role::Dim, "no agents")]
    } else {
        verdicts::counted(&group.counts, ascii)
    }
}

/// Whether no verifier has told anything yet, good or bad.
fn is_waiting(group: &GroupView) -> bool {
    group.observed_at.is_none() && group.blind.is_none()
}

/// The share of the verifier's time that our polls take.
fn share(group: &GroupView) -> String {
    match group.share_words {
        "" => "–".to_owned(),
        words => words.to_owned(),
    }
}

fn shown_name(group: &GroupView) -> String {
    sanitise_to(&group.name, NAME_LIMIT).into_string()
}

/// The addresses that are not up, the worst first: somebody may be posing,
/// then those that count, in order of the configuration.
fn problems(group: &GroupView) -> Vec<&AddressView> {
    let mut problems: Vec<_> = group.addresses.iter().filter(|address| meaning(address).is_some()).collect();
    problems.sort_by_key(|address| {
        (meaning(address) != Some(Meaning::ReselectAndWarn), !address.role.counts(), address.role)
    });
    problems
}

fn failure(address: &AddressView) -> Option<&Failure> {
    address.report.as_ref()?.failure.as_ref()
}

fn meaning(address: &AddressView) -> Option<Meaning> {
    failure(address).map(|failure| failure.meaning)
}

fn problem_role(address: &AddressView) -> Role {
    if meaning(address) == Some(Meaning::ReselectAndWarn) { Role::Bad } else { Role::Warn }
}

fn problem_words(address: &AddressView) -> String {
    let words = failure(address).map_or("", |failure| failure.words.as_str());
    format!("{} {}: {words}", address.role.word(), sanitise_to(&address.address, 96))
}

/// The age of an observation in steps of ten seconds, then minutes, then hours,
/// and the age in seconds at which the next step begins.
pub fn age_step(age: u64) -> (String, u64) {
    let step = match age {
        0..60 => 10,
        60..3_600 => 60,
        _ => 3_600,
    };
    let begun = age / step * step;
    let text = if begun == 0 { "less than 10 s".to_owned() } else { words(begun) };
    (text, begun + step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_move_in_coarse_steps() {
        for (age, text, next) in [
            (3, "less than 10 s", 10),
            (19, "10 s", 20),
            (59, "50 s", 60),
            (61, "1 min", 120),
            (3_599, "59 min", 3_600),
            (7_300, "2 h", 10_800),
        ] {
            assert_eq!(age_step(age), (text.to_owned(), next));
        }
    }
}

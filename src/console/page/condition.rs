//! What keeps a list from being whole and new: groups that are down or that
//! deny, groups whose last answer is old. With the cause, and the key that asks
//! again.

use super::group::in_words;
use super::overview::{age_step, problems};
use crate::console::glyph;
use crate::console::keymap::Context;
use crate::console::state::State;
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, labelled};
use crate::fleet::{GroupView, Reachability};
use crate::keylime::{AddressRole, Failure};
use crate::text::sanitise_to;

/// Columns of a group's name at most.
const NAME_LIMIT: usize = 24;

/// Columns of the screen from which on there is room for it beside a count.
const ROOM_FOR_RETRY: u16 = 110;

/// Where the keys are told from: not from what is just being written over the
/// page, which would change what stands under it.
const PLACE: Context = Context::Overview;

/// The key that asks again, with words: `ctrl-r asks again`.
pub fn retry(state: &State) -> String {
    let key = state.keymap.keys_of(PLACE, "data.refresh").next();
    format!("{} asks again", key.as_deref().unwrap_or(":refresh"))
}

/// In a few words: which group fails and how, else whose answer is old. None
/// where all is well.
pub fn brief(state: &State) -> Option<StyledLine> {
    let groups = || state.snapshot.groups.iter().map(AsRef::as_ref);
    let failing: Vec<&GroupView> = groups().filter(|group| is_failing(group)).collect();
    let (sign, _, role) = glyph::reachability(Some(Reachability::Down), state.ascii);
    let words = match failing.as_slice() {
        [] => {
            let old = |group: &GroupView| group.observed_age(state.now).filter(|_| group.overdue);
            let (group, age) =
                groups().filter_map(|group| Some((group, old(group)?))).max_by_key(|(_, age)| *age)?;
            let words = format!("{}: last answer {} ago", name(group), age_step(age).0);
            return Some(StyledLine::new().with(Role::Warn, words));
        }
        [group] => {
            let how = failure(group).map_or("gives no usable answer", in_words);
            format!("{}: {how}", name(group))
        }
        several => format!("{} groups give no usable answer", several.len()),
    };
    let line = StyledLine::new().with(role, format!("{sign} {words}"));
    match state.size.width >= ROOM_FOR_RETRY {
        true => Some(line.with(Role::Text, format!(", {}", retry(state)))),
        false => Some(line),
    }
}

/// Every group that fails with its cause and what to do, for a list that is
/// empty because of them; empty where none does.
pub fn lines(state: &State, width: usize) -> Vec<StyledLine> {
    let (sign, _, role) = glyph::reachability(Some(Reachability::Down), state.ascii);
    let mut lines = Vec::new();
    for group in state.snapshot.groups.iter().filter(|group| is_failing(group)) {
        let failure = failure(group);
        let cause = match (failure, group.blind) {
            (Some(failure), _) if failure.words.contains(in_words(failure)) => failure.words.clone(),
            (Some(failure), _) => format!("{}: {}", in_words(failure), failure.words),
            (None, Some(reason)) => reason.words(None, None, 0),
            (None, None) => "gives no usable answer".to_owned(),
        };
        let label = StyledLine::new().with(role, format!("{sign} {}", name(group)));
        lines.extend(labelled(label, NAME_LIMIT.min(width / 4), role, &cause, width));
        if let Some(failure) = failure {
            let next = format!("→ {}", failure.state.next_step());
            lines.extend(labelled(StyledLine::new(), NAME_LIMIT.min(width / 4), Role::Text, &next, width));
        }
    }
    if !lines.is_empty() {
        let overview = state.keymap.keys_of(PLACE, "page.overview").next();
        let overview = overview.map(|key| format!("; {key} shows every group")).unwrap_or_default();
        let words = format!("{}{overview}", retry(state));
        lines.extend([StyledLine::new(), StyledLine::new().with(Role::Strong, words)]);
    }
    lines
}

/// Why what is said of a group's agents is not as it is now, in one sentence;
/// none where it is.
pub fn of_group(state: &State, group: &GroupView) -> Option<String> {
    let age = group.observed_age(state.now).filter(|_| group.overdue);
    let age = age.map(|age| format!("last answer {} ago", age_step(age).0));
    let cause = failure(group).filter(|_| is_failing(group)).map(|failure| failure.words.clone());
    let said: Vec<_> = [cause, age].into_iter().flatten().collect();
    (!said.is_empty()).then(|| format!("{}; {}", said.join("; "), retry(state)))
}

/// Whether nothing is known of the group's agents, and it is not for lack of
/// time.
pub fn is_failing(group: &GroupView) -> bool {
    let mut verifiers = group.addresses.iter().filter(|address| address.role == AddressRole::Verifier);
    let has_failed = |address: &crate::fleet::AddressView| {
        address.report.as_ref().is_some_and(|report| report.failure.is_some())
    };
    group.blind.is_some()
        || (group.observed_at.is_none() && verifiers.clone().next().is_some() && verifiers.all(has_failed))
}

fn failure(group: &GroupView) -> Option<&Failure> {
    problems(group).first()?.report.as_ref()?.failure.as_ref()
}

fn name(group: &GroupView) -> String {
    sanitise_to(&group.name, NAME_LIMIT).into_string()
}

//! A group: how it is, then every address with what is known of it, which one
//! is used, and what to do where one is down.

mod address;

pub(super) use address::{api, dn, in_words, names};

use super::condition;
use super::overview::age_step;
use super::verdicts;
use crate::console::glyph;
use crate::console::state::State;
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, flow, labelled};
use crate::fleet::{GroupMode, GroupView};
use crate::text::sanitise;

/// Columns of the labels.
const LABEL: usize = 14;

/// All lines about the group at this place of the configuration, as wide as
/// the page has room.
pub fn lines(state: &State, place: usize) -> Vec<StyledLine> {
    let width = usize::from(state.size.group_width());
    let Some(group) = state.snapshot.groups.get(place) else {
        let words = "This group is not configured any more; esc goes back.";
        return labelled(StyledLine::new(), 0, Role::Warn, words, width);
    };
    let mut lines = vec![title(state, group)];
    lines.extend(about(state, group, width));
    for address in &group.addresses {
        lines.push(StyledLine::new());
        lines.extend(address::lines(address, state.ascii, width));
    }
    lines
}

fn title(state: &State, group: &GroupView) -> StyledLine {
    let (sign, word, role) = glyph::reachability(group.reachability, state.ascii);
    let (up, counted) = group.addresses_up();
    let line = StyledLine::new()
        .with(Role::Strong, sanitise(&group.name).into_string())
        .with(Role::Text, "   ")
        .with(role, format!("{sign} {word}"));
    match group.reachability {
        None => line,
        Some(_) => line
            .with(Role::Dim, format!("   {up} of {} up", verdicts::some_of(counted, "address", "addresses"))),
    }
}

fn about(state: &State, group: &GroupView, width: usize) -> Vec<StyledLine> {
    let mut lines = Vec::new();
    let mut said = |name: &'static str, role: Role, text: &str| {
        let label = StyledLine::new().with(Role::Dim, name);
        lines.extend(labelled(label, LABEL, role, text, width));
    };
    said("mode", Role::Text, mode(group.mode));
    match group.share_words {
        "" => {}
        words => said("our load", Role::Text, &format!("{words} of the verifier's time")),
    }
    if let Some(reason) = group.blind {
        said("blind", Role::Bad, &reason.words(None, None, 0));
    }
    if let Some(age) = group.observed_age(state.now).filter(|_| group.overdue) {
        let words = format!("{} ago; what is shown of its agents is from then", age_step(age).0);
        said("last answer", Role::Warn, &words);
    }
    if condition::is_failing(group) || group.overdue {
        said("retry", Role::Strong, &condition::retry(state));
    }
    if let Some(warning) = group.certificate_warning() {
        said("certificate", Role::Warn, &warning);
    }
    let label = StyledLine::new().field(Role::Dim, "agents", LABEL);
    if group.counts.total() == 0 && condition::is_failing(group) {
        lines.push(label.with(Role::Dim, "not known: nothing usable was answered"));
    } else if group.observed_at.is_none() && group.blind.is_none() {
        lines.push(label.with(Role::Dim, "asking…"));
    } else if group.counts.total() == 0 {
        lines.push(label.with(Role::Text, "none: enrol one with Keylime's tenant"));
    } else {
        let pieces = verdicts::counted(&group.counts, state.ascii);
        let mut label = Some(label);
        for line in flow(pieces, 2, width.saturating_sub(LABEL)) {
            let start = label.take().unwrap_or_else(|| StyledLine::new().field(Role::Dim, "", LABEL));
            lines.push(start.then(line));
        }
    }
    lines
}

fn mode(mode: GroupMode) -> &'static str {
    match mode {
        GroupMode::Pull => "pull: the verifiers ask the agents",
        GroupMode::Push => "push: the agents send their evidence",
        GroupMode::Mixed => "mixed: some verifiers ask, to others the agents send",
        GroupMode::Unknown => "not known yet: no verifier has told its API",
    }
}

//! What is said of the whole fleet beside its counts: the attested share and
//! how it went, our load, the last change; above all a warning.

use super::group;
use crate::console::page::events;
use crate::console::state::{SHARE_STEPS, State};
use crate::console::theme::Role;
use crate::console::widget::spark::spark;
use crate::console::widget::styled::{StyledLine, cut, flow};
use crate::fleet::{Verdict, share_rank};
use crate::keylime::Meaning;
use crate::text::sanitise_to;

/// Columns between two tiles.
const GAP: usize = 3;

/// The tiles in lines of so many columns.
pub(super) fn lines(state: &State, width: usize) -> Vec<StyledLine> {
    let tiles = [share(state), last_change(state, width), load(state)];
    flow(tiles.into_iter().flatten().collect(), GAP, width)
}

/// Servers that somebody may be posing as; this goes before everything else.
pub(super) fn warning(state: &State, width: usize) -> Option<StyledLine> {
    let mut suspicious = state.snapshot.groups.iter().flat_map(|group| {
        let addresses = group.addresses.iter();
        addresses.filter_map(move |address| {
            let failure = address.report.as_ref()?.failure.as_ref()?;
            (failure.meaning == Meaning::ReselectAndWarn).then_some((group, address))
        })
    });
    let (group, address) = suspicious.next()?;
    let more = match suspicious.count() {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    let name = sanitise_to(&group.name, group::NAME_LIMIT);
    let who = format!("{} {}", address.role.word(), sanitise_to(&address.address, 96));
    let words = format!(" WARNING{more}: somebody may be posing as {name}'s {who} ");
    Some(StyledLine::new().with(Role::Badge, cut(&words, width).into_owned()))
}

/// In whole percent: it follows from the counts beside it.
fn share(state: &State) -> Option<StyledLine> {
    let counts = &state.snapshot.counts;
    let percent = (counts.get(Verdict::Attested) * 100).checked_div(counts.total())?;
    let bars = spark(state.overview.shares(), SHARE_STEPS, state.ascii);
    let line = StyledLine::new().with(Role::Dim, "attested ").with(Role::Strong, format!("{percent} %"));
    Some(line.with(Role::Text, format!(" {bars}")))
}

fn load(state: &State) -> Option<StyledLine> {
    let words = state.snapshot.groups.iter().map(|group| group.share_words);
    let highest = words.filter(|words| !words.is_empty()).max_by_key(|words| share_rank(words))?;
    Some(StyledLine::new().with(Role::Dim, "our load ").with(Role::Text, highest))
}

fn last_change(state: &State, width: usize) -> Option<StyledLine> {
    let event = state.snapshot.events.last()?;
    let who = match &event.agent {
        Some(agent) => agent.shown_to(40).into_string(),
        None => sanitise_to(&event.group, group::NAME_LIMIT).into_string(),
    };
    let line = StyledLine::new()
        .with(Role::Dim, format!("last change {}: ", age(state)?))
        .with(Role::Text, format!("{} ", cut(&who, width / 3)));
    Some(line.then(events::change(event, state.ascii)))
}

/// The age of the last change in words that change only three times.
pub fn age(state: &State) -> Option<&'static str> {
    let event = state.snapshot.events.last()?;
    Some(match state.now.duration_since(event.at).as_secs() {
        ..60 => "just now",
        60..3_600 => "minutes ago",
        3_600..86_400 => "hours ago",
        _ => "days ago",
    })
}

//! The wall-board: counts that are read from across a room, signs and words
//! beside every colour, how new it is, and what is wrong, the worst first.

mod figures;

use std::sync::Arc;

use ratatui::layout::Rect;

use super::overview::{self, Told, age_step, worst_first};
use super::verdicts;
use crate::console::glyph;
use crate::console::keymap::Context;
use crate::console::state::{Board, Dashboard, State, is_asking};
use crate::console::theme::Role;
use crate::console::widget::Painter;
use crate::console::widget::styled::{StyledLine, cut, flow};
use crate::fleet::{AgentView, Counts, GroupView, Verdict};
use crate::text::sanitise_to;

/// Columns of a group's name at most.
const NAME_LIMIT: usize = 24;

/// Lines of words that large counts leave room for, where there are as many.
const WORDS: usize = 6;

/// Draws the page over the whole screen.
pub(in crate::console) fn draw(state: &State, dashboard: &Dashboard, painter: &mut Painter<'_>) {
    let Rect { x, y, width, height } = painter.area();
    let columns = width.saturating_sub(2);
    for (line, at) in lines(state, dashboard).iter().zip(y..y.saturating_add(height)) {
        painter.line(x + 1, at, columns, line);
    }
    let sign = if state.ascii { "-" } else { "─" };
    painter.fill(x, y + 1, width, sign, Role::Rule);
}

/// All lines of the screen, the second empty for a rule: all that can be seen.
pub fn lines(state: &State, dashboard: &Dashboard) -> Vec<StyledLine> {
    let width = usize::from(state.size.width.saturating_sub(2));
    let room = usize::from(state.size.height.saturating_sub(3));
    let mut lines = vec![head(state, dashboard, width), StyledLine::new()];
    lines.extend(match dashboard.board {
        Board::Fleet => fleet(state, width, room),
        Board::Group(place) => group(state, place, width, room),
        Board::Failed(place) => failed(state, dashboard, place, (width, room)),
    });
    lines.resize(room + 2, StyledLine::new());
    lines.push(foot(state, dashboard));
    lines
}

fn head(state: &State, dashboard: &Dashboard, width: usize) -> StyledLine {
    let name = |place: usize| {
        let group = state.snapshot.groups.get(place);
        group.map_or_else(String::new, |group| sanitise_to(&group.name, NAME_LIMIT).into_string())
    };
    let title = match dashboard.board {
        Board::Fleet => "the fleet".to_owned(),
        Board::Group(place) => format!("group {}", name(place)),
        Board::Failed(place) => format!("failed in {}", name(place)),
    };
    let number = state.board_number().filter(|(_, all)| *all > 1);
    let number = number.map(|(number, all)| format!("   {number} of {all}")).unwrap_or_default();
    let left = StyledLine::new()
        .with(Role::Strong, "limescope   ")
        .with(Role::TabActive, format!(" {title} "))
        .with(Role::Dim, number);
    let time = dashboard.as_of.map_or_else(
        || "no answer yet".to_owned(),
        |time| format!("answers to {}", time.strftime("%H:%M:%S UTC")),
    );
    let badge = " read-only ";
    let gap = width.saturating_sub(left.width() + time.len() + 2 + badge.len()).max(1);
    left.with(Role::Text, " ".repeat(gap)).with(Role::Text, format!("{time}  ")).with(Role::Badge, badge)
}

fn foot(state: &State, dashboard: &Dashboard) -> StyledLine {
    if let Some(notice) = &state.notice {
        let role = if notice.is_problem { Role::Problem } else { Role::Information };
        return StyledLine::new().with(role, notice.words.clone());
    }
    if let Some(words) = state.standing.line().filter(|_| state.standing.is_alarm) {
        return StyledLine::new().with(Role::Problem, words.to_owned());
    }
    let key = state.keymap.keys_of(Context::Dashboard, "quit").next().unwrap_or_default();
    let line = StyledLine::new().with(Role::Key, key).with(Role::Text, " quit");
    match dashboard.held_for {
        None => line,
        Some(at) => {
            let words =
                format!("   new problem at {}: this page stays a minute", at.strftime("%H:%M:%S UTC"));
            line.with(Role::Warn, words)
        }
    }
}

/// Counts as large as they fit above these words.
fn large(
    counts: &Counts,
    words: Vec<StyledLine>,
    state: &State,
    (width, room): (usize, usize),
) -> Vec<StyledLine> {
    let kept = words.len().min(WORDS);
    let figures = figures::counts(counts, (width, room.saturating_sub(kept)), state.ascii);
    let mut lines = figures.unwrap_or_else(|| flow(verdicts::counted(counts, state.ascii), 2, width));
    let left = room.saturating_sub(lines.len());
    let out = words.len().saturating_sub(left);
    let shown = if out == 0 { words.len() } else { left.saturating_sub(1) };
    let more = words.len() - shown;
    lines.extend(words.into_iter().take(shown));
    if out > 0 && left > 0 {
        lines.push(StyledLine::new().with(Role::Dim, format!("… {}", verdicts::some(more, "more line"))));
    }
    lines
}

fn fleet(state: &State, width: usize, room: usize) -> Vec<StyledLine> {
    let snapshot = &state.snapshot;
    if snapshot.groups.is_empty() {
        return vec![StyledLine::new().with(Role::Warn, "No group is configured.")];
    }
    let groups = worst_first(&snapshot.groups).into_iter().filter_map(|place| snapshot.groups.get(place));
    let warning = overview::warning(state, width);
    let words: Vec<_> = warning.into_iter().chain(groups.map(|group| one_line(state, group))).collect();
    if snapshot.agents.is_empty() {
        let nothing = if is_asking(&snapshot.groups) { "asking…" } else { "no agents" };
        let line = StyledLine::new().with(Role::Dim, nothing);
        return [line, StyledLine::new()].into_iter().chain(words).collect();
    }
    large(&snapshot.counts, words, state, (width, room))
}

/// A group in one line: how it is, how new that is, its counts.
fn one_line(state: &State, group: &GroupView) -> StyledLine {
    let (sign, word, role) = glyph::reachability(group.reachability, state.ascii);
    let name = sanitise_to(&group.name, NAME_LIMIT).into_string();
    let line = StyledLine::new().field(role, &format!("{sign} {word}"), 12).field(
        Role::Strong,
        &name,
        NAME_LIMIT.min(name.chars().count().max(10)),
    );
    let counts = verdicts::counted(&group.counts, state.ascii);
    let line = counts.into_iter().fold(line, |line, count| line.with(Role::Text, "  ").then(count));
    match stale(state, group) {
        None => line,
        Some(words) => line.with(Role::Warn, format!("  {words}")),
    }
}

/// How old the group's last answer is, where its next is overdue.
fn stale(state: &State, group: &GroupView) -> Option<String> {
    let age = group.observed_age(state.now).filter(|_| group.overdue)?;
    Some(format!("last answer {} ago", age_step(age).0))
}

fn group(state: &State, place: usize, width: usize, room: usize) -> Vec<StyledLine> {
    let Some(group) = state.snapshot.groups.get(place) else { return Vec::new() };
    let (sign, word, role) = glyph::reachability(group.reachability, state.ascii);
    let (up, counted) = group.addresses_up();
    let title = StyledLine::new()
        .with(role, format!("{sign} {word}"))
        .with(Role::Text, format!("   {up} of {} up", verdicts::some_of(counted, "address", "addresses")));
    let words =
        [title].into_iter().chain(overview::troubles(state, group, 0, width, Told::Everything)).collect();
    large(&group.counts, words, state, (width, room))
}

fn failed(state: &State, dashboard: &Dashboard, place: usize, size: (usize, usize)) -> Vec<StyledLine> {
    let (shown, all) = &dashboard.failed;
    let line = |agent: &Arc<AgentView>| {
        let inside = agent.groups.iter().find(|inside| inside.group == place);
        let why = inside.map(|inside| inside.reason_words()).unwrap_or_default();
        StyledLine::new()
            .with(Role::Bad, format!("{}  ", verdicts::one(Verdict::Failed, state.ascii)))
            .with(Role::Strong, cut(agent.shown.as_str(), size.0 / 2).into_owned())
            .with(Role::Text, format!("  {why}"))
    };
    let mut words: Vec<_> = shown.iter().map(line).collect();
    if *all == 0 {
        words.push(StyledLine::new().with(Role::Good, "No agent of this group has failed now."));
    } else if *all > shown.len() {
        let more = format!("… {} more", all - shown.len());
        words.push(StyledLine::new().with(Role::Dim, more));
    }
    let counts = Counts::of(std::iter::repeat_n(Verdict::Failed, *all));
    large(&counts, words, state, size)
}

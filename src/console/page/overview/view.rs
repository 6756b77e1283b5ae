//! Drawing the Overview.

use ratatui::layout::Rect;

use super::{group, tiles, worst_first};
use crate::console::glyph;
use crate::console::page::verdicts;
use crate::console::state::{State, is_asking};
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, flow, labelled};
use crate::console::widget::{Painter, Target};
use crate::fleet::{Reachability, Snapshot};

/// Lines up to which a page is a small one.
const FEW_LINES: u16 = 27;

/// Draws the page into the area.
pub(in crate::console) fn draw(state: &State, painter: &mut Painter<'_>, area: Rect) {
    let (x, columns) = (area.x + 1, area.width.saturating_sub(2));
    let width = usize::from(columns);
    let mut y = area.y;
    if let Some(paragraphs) = &state.start {
        start(paragraphs, painter, area);
        return;
    }
    if state.snapshot.groups.is_empty() {
        let words = "No group is configured: write a [[servers]] block, or try `limescope demo`.";
        painter.text(x, y, columns, words, Role::Warn);
        return;
    }
    let counts = flow(counts(state), group::GAP, width);
    // Where lines are few, the groups need them more than the eye needs a gap.
    let gap = (area.height > FEW_LINES).then(StyledLine::new);
    let titles: Vec<_> = gap.into_iter().chain([group::titles(state, width)]).collect();
    let warning: Vec<_> = tiles::warning(state, width).into_iter().collect();
    // The load stands at every group too, and the last change on its own page.
    let most = if area.height > FEW_LINES { usize::MAX } else { 1 };
    let tiles: Vec<_> = tiles::lines(state, width).into_iter().take(most).collect();
    let above = warning.len() + 1 + counts.len() + tiles.len() + titles.len();
    let room = usize::from(area.height).saturating_sub(above);
    let screens = screens(state, width, room);
    let first = fleet(state, in_sight(&screens));
    for line in warning.into_iter().chain([first]).chain(counts).chain(tiles).chain(titles) {
        painter.line(x, y, columns, &line);
        y = y.saturating_add(1);
    }
    let Some(screen) = screens.iter().find(|screen| screen.holds_selected) else { return };
    for (group, is_title_of_selected, line) in fitting(screen, room) {
        if let Some(group) = group {
            painter.target(area.x, y, area.width, Target::Row(group));
        }
        if is_title_of_selected {
            painter.selected(area.x, y, area.width, |painter| {
                painter.line(x, y, columns, &line);
            });
        } else {
            painter.line(x, y, columns, &line);
        }
        y = y.saturating_add(1);
    }
}

/// The lines of a screen with the place of their group in the order, and whether each is the first one of the selected
/// group. A group that is taller than the room says so in its last line.
fn fitting(screen: &Screen, room: usize) -> Vec<(Option<usize>, bool, StyledLine)> {
    let lines = screen.groups.iter().zip(screen.first..).flat_map(|((is_selected, lines), group)| {
        let lines = lines.iter().enumerate();
        lines.map(move |(number, line)| (Some(group), *is_selected && number == 0, line.clone()))
    });
    let mut lines: Vec<_> = lines.collect();
    if lines.len() > room {
        let left_out = lines.len() + 1 - room.max(1);
        lines.truncate(room.saturating_sub(1));
        if room > 0 {
            let words = format!("… {left_out} more lines: make the terminal taller");
            lines.push((None, false, StyledLine::new().with(Role::Dim, words)));
        }
    }
    lines
}

/// Which groups are in sight, where not all are.
fn in_sight(screens: &[Screen]) -> Option<String> {
    let shown = screens.iter().position(|screen| screen.holds_selected).unwrap_or(0);
    let groups = |screens: &[Screen]| screens.iter().map(|screen| screen.groups.len()).sum::<usize>();
    let before = groups(screens.get(..shown).unwrap_or_default());
    let here = screens.get(shown).map_or(0, |screen| screen.groups.len());
    (screens.len() > 1).then(|| match here {
        1 => format!(", {} in sight", before + 1),
        _ => format!(", {} to {} in sight", before + 1, before + here),
    })
}

/// The start screen, where nothing is configured.
fn start(paragraphs: &[String], painter: &mut Painter<'_>, area: Rect) {
    let columns = area.width.saturating_sub(2).min(100);
    let wrapped = paragraphs.iter().enumerate().flat_map(|(number, paragraph)| {
        let role = if number == 0 { Role::Strong } else { Role::Text };
        let lines = labelled(StyledLine::new(), 0, role, paragraph, usize::from(columns));
        lines.into_iter().chain([StyledLine::new()])
    });
    for (line, y) in wrapped.zip(area.y..area.bottom()) {
        painter.line(area.x + 1, y, columns, &line);
    }
}

/// Groups that are in sight together.
struct Screen {
    /// The place of its first group in the order.
    first: usize,
    holds_selected: bool,
    groups: Vec<(bool, Vec<StyledLine>)>,
}

/// Groups take several lines each, so they turn over screen by screen: nothing
/// moves while the selection stays on one.
fn screens(state: &State, width: usize, room: usize) -> Vec<Screen> {
    let mut screens: Vec<Screen> = Vec::new();
    let mut used = room;
    let selected = state.overview.selected_place(&state.snapshot);
    for (first, place) in worst_first(&state.snapshot.groups).into_iter().enumerate() {
        let Some(group) = state.snapshot.groups.get(place) else { continue };
        let is_selected = Some(place) == selected;
        // As tall as when it is selected, so that moving does not turn over.
        let height = group::lines(state, group, true, width).len();
        let lines = group::lines(state, group, is_selected, width);
        match screens.last_mut() {
            Some(screen) if used + height <= room => {
                screen.groups.push((is_selected, lines));
                screen.holds_selected |= is_selected;
                used += height;
            }
            _ => {
                let groups = vec![(is_selected, lines)];
                screens.push(Screen { first, holds_selected: is_selected, groups });
                used = height;
            }
        }
    }
    screens
}

fn fleet(state: &State, in_sight: Option<String>) -> StyledLine {
    let snapshot = &state.snapshot;
    let agents = verdicts::some(snapshot.agents.len(), "agent");
    let groups = verdicts::some(snapshot.groups.len(), "group");
    let line = StyledLine::new()
        .with(Role::Strong, agents)
        .with(Role::Text, format!(" in {groups}"))
        .with(Role::Text, in_sight.unwrap_or_default());
    let line = match snapshot.duplication.requested {
        0 | 1 => line,
        wanted => {
            let line = line.with(Role::Text, format!(", each wanted in {wanted}"));
            match alive(snapshot).filter(|alive| *alive < wanted as usize) {
                Some(alive) => line.with(Role::Bad, format!(": DEGRADED {alive}/{wanted}")),
                None => line,
            }
        }
    };
    [Some(Reachability::Down), Some(Reachability::Degraded), None, Some(Reachability::Up)].into_iter().fold(
        line,
        |line, reachability| {
            let number = snapshot.groups.iter().filter(|group| group.reachability == reachability).count();
            let (sign, word, role) = glyph::reachability(reachability, state.ascii);
            match number {
                0 => line,
                _ => line.with(Role::Text, "   ").with(role, format!("{sign} {number} {word}")),
            }
        },
    )
}

/// Groups that can be asked; none until that is known of every one.
fn alive(snapshot: &Snapshot) -> Option<usize> {
    let known: Option<Vec<_>> = snapshot.groups.iter().map(|group| group.reachability).collect();
    Some(known?.into_iter().filter(|reachability| *reachability != Reachability::Down).count())
}

fn counts(state: &State) -> Vec<StyledLine> {
    if state.snapshot.agents.is_empty() && is_asking(&state.snapshot.groups) {
        return vec![StyledLine::new().with(Role::Dim, "asking…")];
    }
    verdicts::counted(&state.snapshot.counts, state.ascii)
}

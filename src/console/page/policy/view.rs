//! The frame around the parts, and which of them is drawn.

use ratatui::layout::Rect;

use super::{explanation, lists, metadata, text};
use crate::console::glyph;
use crate::console::page::condition;
use crate::console::state::{Inspection, Opening, Progress, State, Tab};
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, cut, labelled};
use crate::console::widget::{Painter, Target};
use crate::policy::Severity;
use crate::text::sanitise_to;

/// Characters of a name at most.
const NAME_LIMIT: usize = 200;

/// The lines of a part that is a text; empty for all others.
pub(in crate::console) fn lines(state: &State) -> Vec<StyledLine> {
    let Some(inspection) = state.policies.inspection() else { return Vec::new() };
    let columns = usize::from(state.size.group_width());
    let policy = &inspection.policy().0;
    match inspection.tab() {
        Tab::Summary => text::summary(policy, state.ascii, columns),
        Tab::Findings => text::findings(policy, state.ascii, columns),
        Tab::Keyrings => text::keyrings(policy, columns),
        Tab::Metadata => {
            let explaining = inspection.explaining();
            explaining.map(|one| explanation::lines(state, inspection, one, columns)).unwrap_or_default()
        }
        Tab::Digests | Tab::Excludes | Tab::Raw | Tab::Diff => Vec::new(),
    }
}

/// Draws the policy into the area; a part that is a text is scrolled.
pub(in crate::console) fn draw(state: &State, scroll: usize, painter: &mut Painter<'_>, area: Rect) {
    let inside = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    if let Some(opening) = state.policies.opening() {
        draw_opening(state, opening, painter, inside);
        return;
    }
    let Some(inspection) = state.policies.inspection() else { return };
    painter.line(inside.x, inside.y, inside.width, &title(state, inspection, usize::from(inside.width)));
    tabs(inspection, painter, inside);
    let part = Rect { y: inside.y + 3, height: inside.height.saturating_sub(3), ..inside };
    match inspection.tab() {
        _ if inspection.shows_text() => {
            let lines = state.overlay_lines();
            for (line, y) in lines.iter().skip(scroll).zip(part.y..part.bottom()) {
                painter.line(part.x, y, state.size.group_width(), line);
            }
        }
        Tab::Digests => lists::digests(inspection, painter, part),
        Tab::Excludes => lists::excludes(inspection, painter, part),
        Tab::Raw => lists::raw(inspection, painter, part),
        Tab::Diff => lists::diff(state, inspection, painter, part),
        Tab::Metadata => metadata::draw(state, inspection, painter, part),
        // These are texts.
        Tab::Summary | Tab::Findings | Tab::Keyrings => {}
    }
}

/// What it is, and the verdicts.
fn title(state: &State, inspection: &Inspection, columns: usize) -> StyledLine {
    let policy = &inspection.policy().0;
    let (sign, word, role) = glyph::signature(policy.signature, state.ascii);
    let verdicts = StyledLine::new()
        .with(Role::Dim, format!("   {}   ", policy.shape))
        .with(role, format!("{sign} signature {word}"));
    let (sign, word, role) = glyph::policy(policy.verdict, state.ascii);
    let verdicts = verdicts.with(role, format!("   {sign} policy {word}"));
    let room = columns.saturating_sub(verdicts.width()).max(8);
    let name = sanitise_to(&policy.source.to_string(), NAME_LIMIT).into_string();
    // The end of a path says more than its beginning.
    let skipped = name.chars().count().saturating_sub(room);
    let name = match skipped {
        0 => name,
        _ => "…".chars().chain(name.chars().skip(skipped + 1)).collect(),
    };
    StyledLine::new().with(Role::Strong, name).then(verdicts)
}

/// The names of the parts; of lists with what they hold, where there is room.
fn tabs(inspection: &Inspection, painter: &mut Painter<'_>, area: Rect) {
    let policy = &inspection.policy().0;
    let roomy = area.width >= 110;
    let mut x = area.x;
    for tab in Tab::ALL {
        let count = match tab {
            Tab::Findings => policy.findings.len() + policy.more_findings,
            Tab::Digests => policy.counts.paths,
            Tab::Excludes => policy.counts.excludes,
            Tab::Metadata => policy.counts.metadata,
            _ => 0,
        };
        let text = match (roomy, count) {
            (true, 1..) => format!(" {} {count} ", tab.title()),
            _ => format!(" {} ", tab.title()),
        };
        let is_bad = tab == Tab::Findings && policy.count(Severity::Error) > 0;
        let role = match (tab == inspection.tab(), is_bad) {
            (true, _) => Role::TabActive,
            (false, true) => Role::Bad,
            (false, false) => Role::Tab,
        };
        let end = painter.text(x, area.y + 1, area.right().saturating_sub(x), &text, role);
        let target = Target::Command(format!("policy.part {}", tab.title()).into());
        painter.target(x, area.y + 1, end.saturating_sub(x), target);
        x = end;
    }
}

/// How far it is, or why it cannot be opened.
fn draw_opening(state: &State, opening: &Opening, painter: &mut Painter<'_>, area: Rect) {
    let name = sanitise_to(&opening.source.to_string(), NAME_LIMIT).into_string();
    let columns = usize::from(area.width);
    let mut lines = vec![StyledLine::new().with(Role::Strong, cut(&name, columns).into_owned())];
    lines.push(StyledLine::new());
    match (&opening.trouble, opening.progress) {
        (Some(trouble), _) => {
            lines.extend(labelled(
                StyledLine::new(),
                0,
                Role::Bad,
                &format!("Cannot be opened: {trouble}"),
                columns,
            ));
            let words =
                format!("{}; esc goes back.", condition::retry(state).replace("asks again", "tries again"));
            lines.extend([StyledLine::new(), StyledLine::new().with(Role::Text, words)]);
        }
        (None, progress) => {
            lines.push(bar(progress, state.ascii, columns));
            lines.extend([StyledLine::new(), StyledLine::new().with(Role::Text, "esc gives it up.")]);
        }
    }
    for (line, y) in lines.iter().zip(area.y..area.bottom()) {
        painter.line(area.x, y, area.width, line);
    }
}

/// The step and how far it is: `verifying  ████░░░░  34.0 of 102.0 MB`.
pub(super) fn bar(progress: Option<Progress>, ascii: bool, columns: usize) -> StyledLine {
    let tenths = |bytes: u64| format!("{}.{}", bytes / 1_000_000, bytes / 100_000 % 10);
    let words = progress.map_or_else(String::new, |progress| match (progress.done, progress.total) {
        (0, 0) => String::new(),
        (done, 0) => format!("{} MB", tenths(done)),
        (done, total) => format!("{} of {} MB", tenths(done.min(total)), tenths(total)),
    });
    bar_of(progress, &words, ascii, columns)
}

/// The same with words of how far it is.
pub(super) fn bar_of(progress: Option<Progress>, words: &str, ascii: bool, columns: usize) -> StyledLine {
    let Some(progress) = progress.filter(|progress| !progress.step.is_empty()) else {
        return StyledLine::new().with(Role::Dim, "opening…");
    };
    let line = StyledLine::new().with(Role::Information, format!("{}…", progress.step));
    let words = if words.is_empty() { String::new() } else { format!("   {words}") };
    if progress.total == 0 {
        return line.with(Role::Text, words);
    }
    let done = progress.done.min(progress.total);
    let room = columns.saturating_sub(line.width() + words.len() + 3).min(40);
    let full = usize::try_from(done.saturating_mul(room as u64) / progress.total).unwrap_or(0).min(room);
    let (sign, gap) = if ascii { ("#", ".") } else { ("█", "░") };
    line.with(Role::Text, "   ")
        .with(Role::Good, sign.repeat(full))
        .with(Role::Dim, gap.repeat(room - full))
        .with(Role::Text, words)
}

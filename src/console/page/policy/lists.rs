//! The parts that are lists: digests, excludes, text, comparison.

use std::borrow::Cow;

use ratatui::layout::Rect;

use super::text::role;
use super::view::bar;
use crate::console::glyph;
use crate::console::keymap::Context;
use crate::console::page::verdicts;
use crate::console::state::{DemandSort, Document, Inspection, State, Tab, Window};
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, labelled};
use crate::console::widget::table::{self, Cell, Column, Rows};
use crate::console::widget::{Painter, Target, prompt};
use crate::policy::evidence::Status;
use crate::text::{sanitise_to, shown_to};

/// Characters of a path or digest that are shown at most.
pub(super) const LIMIT: usize = 400;

/// What stands before a row that is marked.
const MARK: &str = "*";

const BASE: Column = Column { title: "", minimum: 0, ideal: 0, priority: 0, grows: false, is_right: false };

const DIGESTS: [Column; 3] = [
    Column { title: "PATH", minimum: 30, ideal: 60, grows: true, ..BASE },
    Column { title: "DIGEST", minimum: 20, ideal: 64, priority: 1, ..BASE },
    Column { title: "CHECKS", minimum: 8, ideal: 15, priority: 2, ..BASE },
];

/// The column of what came of a path's digests.
const CHECKS: usize = 2;
/// Digests of one path that are looked at for it, at most.
const MOST: usize = 100;

const EXCLUDES: [Column; 2] = [
    Column { title: "PATTERN", minimum: 20, ideal: 40, ..BASE },
    Column { title: "WHAT IT DOES", minimum: 20, ideal: 40, priority: 1, grows: true, ..BASE },
];

/// The table's window of ours.
fn window(at: Window, length: usize) -> table::Window {
    table::Window { offset: at.offset(), length, selected: Some(at.place()), sorted_by: None }
}

/// What is looked for, and what holds it.
pub(super) fn sought_line(inspection: &Inspection, all: usize, found: usize, columns: usize) -> StyledLine {
    let Some(line) = inspection.line() else { return StyledLine::new() };
    let sought = line.text();
    let hint = match inspection.tab() {
        Tab::Metadata => "/ looks for a digest, a check or a path",
        _ => "/ looks for a part of a path, or the beginning of a digest",
    };
    let line = match (sought.is_empty(), inspection.is_writing()) {
        (true, false) => {
            return StyledLine::new()
                .with(Role::Strong, all.to_string())
                .with(Role::Dim, format!("   {hint}"));
        }
        (_, is_writing) => prompt::written("/", line.parts(), columns / 2, is_writing),
    };
    let (digests, metadata) = (&inspection.digests().0, &inspection.metadata().0);
    match digests.is_slow || metadata.is_slow {
        true => line.with(Role::Information, "   searching…"),
        false => line.with(Role::Text, format!("   {found} of {all}")),
    }
}

/// The same with how many digests are marked.
pub(super) fn with_marks(inspection: &Inspection, line: StyledLine) -> StyledLine {
    match inspection.marks().len() {
        0 => line,
        marked => line.with(Role::Key, format!("   {marked} marked")),
    }
}

/// The same with what orders the rows, where that does not go without saying.
pub(super) fn sorted(line: StyledLine, sort: DemandSort, is_reversed: bool) -> StyledLine {
    match sort.words(is_reversed) {
        None => line,
        Some(words) => line.with(Role::Dim, format!("   {words}")),
    }
}

/// A sign before each row in sight whose digest is marked.
pub(super) fn marks<'a>(
    inspection: &Inspection,
    painter: &mut Painter<'_>,
    list: Rect,
    at: Window,
    length: usize,
    digest: impl Fn(usize) -> Option<Cow<'a, str>>,
) {
    if inspection.marks().is_empty() {
        return;
    }
    for (row, y) in (at.offset()..length).zip(list.y + 1..list.bottom()) {
        if digest(row).is_some_and(|digest| inspection.marks().contains(&*digest)) {
            painter.text(list.x.saturating_sub(1), y, 1, MARK, Role::Key);
        }
    }
}

/// Every path with its digest.
pub(super) fn digests(inspection: &Inspection, painter: &mut Painter<'_>, area: Rect) {
    let policy = &inspection.policy().0;
    let (sought, at) = inspection.digests();
    let length = inspection.length(inspection.tab());
    let columns = usize::from(area.width);
    let line = sought_line(inspection, policy.document.paths(), length, columns);
    let (sort, is_reversed) = inspection.path_sort();
    let line = sorted(line, sort, is_reversed);
    painter.line(area.x, area.y, area.width, &with_marks(inspection, line));
    let middle = Rect { y: area.y + 1, height: area.height.saturating_sub(3), ..area };
    if length == 0 {
        let words = match policy.document.paths() {
            0 => "The policy lists no path.",
            _ => "No path holds this, and no digest begins with it; esc clears it.",
        };
        painter.text(area.x, middle.y + 1, area.width, words, Role::Text);
        return;
    }
    let rows = Entries { document: &*policy.document, inspection };
    let (sort, is_reversed) = inspection.path_sort();
    let sorted_by = (sort == DemandSort::Outcome).then_some((CHECKS, is_reversed));
    let window = table::Window { sorted_by, ..window(*at, length) };
    table::draw(painter, middle, &DIGESTS, &table::lay_out(&DIGESTS, area.width), window, &rows);
    marks(inspection, painter, middle, *at, length, |row| policy.document.digest(sought.number(row)?, 0));
    // What the table may have no room for: the whole path and digest.
    let Some(entry) = sought.number(at.place()) else { return };
    let bottom = area.bottom();
    painter.text(
        area.x,
        bottom.saturating_sub(2),
        area.width,
        sanitise_to(&policy.document.path(entry), LIMIT).as_str(),
        Role::Strong,
    );
    let digest = policy.document.digest(entry, 0).unwrap_or_default();
    let more = match policy.document.digest(entry, 1) {
        None => "",
        Some(_) => ", and others",
    };
    let line = StyledLine::new().with(Role::Text, format!("{}{more}", sanitise_to(&digest, LIMIT)));
    painter.line(area.x, bottom.saturating_sub(1), area.width, &line);
}

/// The lower the worse; those that are not judged yet come last.
fn badness(verdict: Option<Option<Status>>) -> u8 {
    match verdict {
        Some(Some(Status::Failed)) => 0,
        Some(Some(Status::NotEvaluated)) => 1,
        Some(Some(Status::Passed)) => 2,
        Some(None) => 3,
        None => 4,
    }
}

struct Entries<'a> {
    document: &'a dyn Document,
    inspection: &'a Inspection,
}

impl Rows for Entries<'_> {
    fn cell(&self, row: usize, column: usize, cell: &mut Cell<'_, '_>) {
        let Some(entry) = self.inspection.digests().0.number(row) else { return };
        match column {
            0 => {
                let path = self.document.path(entry);
                cell.print(Role::Text, format_args!("{}", shown_to(&path, LIMIT)));
            }
            1 => {
                let digest = self.document.digest(entry, 0).unwrap_or_default();
                cell.print(Role::Dim, format_args!("{}", shown_to(&digest, LIMIT)));
            }
            _ => {
                let digests = (0..MOST).map_while(|number| self.document.digest(entry, number));
                let demands = digests.filter_map(|digest| self.document.demand_of(&digest));
                let Some(judgement) = self.inspection.judgement() else {
                    let mut demands = demands;
                    return if demands.next().is_some() {
                        cell.write("yes", Role::Key)
                    };
                };
                // The worst of what came of the path's digests.
                let verdicts = demands.map(|demand| judgement.verdict(demand).map(|verdict| verdict.status));
                let Some(worst) = verdicts.min_by_key(|verdict| badness(*verdict)) else { return };
                let Some(status) = worst else { return cell.write("not judged", Role::Dim) };
                let (sign, word, role) = glyph::outcome(status, cell.ascii());
                cell.write(sign, role);
                if cell.columns() > word.len() {
                    cell.print(role, format_args!(" {word}"));
                }
            }
        }
    }

    fn title_target(&self, column: usize) -> Option<Target> {
        let is_sorted = self.inspection.path_sort().0 == DemandSort::Outcome;
        match (column, is_sorted) {
            (CHECKS, true) => Some(Target::command("sort.reverse")),
            (CHECKS, false) | (0, true) => Some(Target::command("sort.next")),
            _ => None,
        }
    }
}

/// Patterns that leave paths out, and above them a box to try a path.
pub(super) fn excludes(inspection: &Inspection, painter: &mut Painter<'_>, area: Rect) {
    let policy = &inspection.policy().0;
    let (looked, at) = inspection.excludes();
    let columns = usize::from(area.width);
    let typed = looked.line.text();
    let line = match typed.is_empty() && !inspection.is_writing() {
        true => {
            let count = verdicts::some(policy.excludes.len(), "pattern");
            StyledLine::new()
                .with(Role::Strong, count)
                .with(Role::Dim, "   / tries a path: which pattern leaves it out, and why")
        }
        false => prompt::written("/", looked.line.parts(), columns, inspection.is_writing()),
    };
    painter.line(area.x, area.y, area.width, &line);
    let said = looked
        .lines
        .iter()
        .flat_map(|(tone, words)| labelled(StyledLine::new(), 0, role(*tone), words, columns));
    for (line, y) in said.take(3).zip(area.y + 1..) {
        painter.line(area.x, y, area.width, &line);
    }
    let middle = Rect { y: area.y + 5, height: area.height.saturating_sub(5), ..area };
    if policy.excludes.is_empty() {
        painter.text(area.x, middle.y, area.width, "No path is left out.", Role::Text);
        return;
    }
    let placed = table::lay_out(&EXCLUDES, area.width);
    let rows = Patterns(inspection);
    table::draw(painter, middle, &EXCLUDES, &placed, window(*at, policy.excludes.len()), &rows);
}

struct Patterns<'a>(&'a Inspection);

impl Rows for Patterns<'_> {
    fn cell(&self, row: usize, column: usize, cell: &mut Cell<'_, '_>) {
        let Some(pattern) = self.0.policy().0.excludes.get(row) else { return };
        match column {
            0 => cell.write(&pattern.text, role(pattern.tone)),
            _ => cell.write(&pattern.words, role(pattern.tone)),
        }
    }
}

/// The text, as it was read.
pub(super) fn raw(inspection: &Inspection, painter: &mut Painter<'_>, area: Rect) {
    let document = &inspection.policy().0.document;
    let (at, length) = (inspection.raw(), document.text_rows());
    let words = format!("row {} of {length}", (at.place() + 1).min(length));
    painter.text(area.x, area.y, area.width, &words, Role::Dim);
    rows(painter, area, at, length, |painter, row, y| {
        let text = document.text_row(row);
        painter.text(area.x, y, area.width, sanitise_to(&text, LIMIT).as_str(), Role::Text);
    });
}

/// Rows in sight below the first line of the area, the selected one marked.
fn rows(
    painter: &mut Painter<'_>,
    area: Rect,
    at: Window,
    length: usize,
    draw: impl Fn(&mut Painter<'_>, usize, u16),
) {
    for (row, y) in (at.offset()..length).zip(area.y + 1..area.bottom()) {
        painter.target(area.x, y, area.width, Target::Row(row));
        match row == at.place() {
            true => painter.selected(area.x, y, area.width, |painter| draw(painter, row, y)),
            false => draw(painter, row, y),
        }
    }
}

/// How another policy differs: the summary first, then every line.
pub(super) fn diff(state: &State, inspection: &Inspection, painter: &mut Painter<'_>, area: Rect) {
    let columns = usize::from(area.width);
    let Some(compared) = inspection.compared() else {
        let key = state.keymap.keys_of(Context::Policy, "policy.compare").next();
        let key = key.unwrap_or_else(|| ":policy-diff".to_owned());
        let words = format!(
            "Nothing is compared yet: {key} names the other policy, a file or group:NAME/POLICY. A policy \
             that is marked on the Policies page is taken at once."
        );
        for (line, y) in labelled(StyledLine::new(), 0, Role::Text, &words, columns).iter().zip(area.y..) {
            painter.line(area.x, y, area.width, line);
        }
        return;
    };
    let other = sanitise_to(&compared.other.to_string(), LIMIT).into_string();
    let head = StyledLine::new().with(Role::Dim, "with ").with(Role::Strong, other);
    painter.line(area.x, area.y, area.width, &head);
    let comparison = match &compared.outcome {
        None => {
            painter.line(area.x, area.y + 2, area.width, &bar(compared.progress, state.ascii, columns));
            painter.text(area.x, area.y + 4, area.width, "esc gives it up.", Role::Text);
            return;
        }
        Some(Err(words)) => {
            let words = format!("Cannot be compared: {words}");
            let lines = labelled(StyledLine::new(), 0, Role::Bad, &words, columns);
            for (line, y) in lines.iter().zip(area.y + 2..area.bottom()) {
                painter.line(area.x, y, area.width, line);
            }
            return;
        }
        Some(Ok(comparison)) => comparison,
    };
    let (summary, lines) = (&comparison.summary, &comparison.differences);
    let length = summary.len() + 1 + lines.lines();
    rows(painter, area, inspection.diff(), length, |painter, row, y| {
        if let Some((tone, words)) = summary.get(row) {
            painter.text(area.x, y, area.width, words, role(*tone));
        } else if let Some(number) = row.checked_sub(summary.len() + 1) {
            let (sign, text) = lines.line(number);
            let role = match sign {
                '+' => Role::Good,
                '-' => Role::Bad,
                '~' => Role::Warn,
                _ => Role::Heading,
            };
            let after = painter.text(area.x, y, area.width, sign.encode_utf8(&mut [0; 4]), role);
            let room = area.right().saturating_sub(after + 1);
            painter.text(after + 1, y, room, sanitise_to(&text, LIMIT).as_str(), role);
        }
    });
}

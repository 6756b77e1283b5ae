//! Metadata: which digests more is demanded for, what came of it, with which
//! root, and which paths have such a digest.

use ratatui::layout::Rect;

use super::check::{NOT_ENFORCED, check_lines, checks_of, short_check_lines};
use super::evidence::head;
use super::lists::{LIMIT, marks, sorted, sought_line, with_marks};
use crate::console::glyph;
use crate::console::keymap::Context;
use crate::console::page::verdicts;
use crate::console::state::{
    DemandSort, Document, Inspection, Judgement, METADATA_HEAD, OutcomeFilter, State, Tab,
};
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, cut};
use crate::console::widget::table::{self, Cell, Column, Rows, Window};
use crate::console::widget::{Painter, Target};
use crate::policy::evidence::Status;
use crate::text::{sanitise_to, shown_to};

/// Paths of a digest that are looked up for its one line.
const PATHS: usize = 1;

const BASE: Column = Column { title: "", minimum: 0, ideal: 0, priority: 0, grows: false, is_right: false };

const COLUMNS: [Column; 3] = [
    Column { title: "OUTCOME", minimum: 15, ideal: 15, ..BASE },
    Column { title: "DIGEST", minimum: 30, ideal: 64, ..BASE },
    Column { title: "CHECKS", minimum: 24, ideal: 40, priority: 1, grows: true, ..BASE },
];

/// Draws the part into the area: how many came out how, the digests, and below
/// what is demanded for the selected one.
pub(super) fn draw(state: &State, inspection: &Inspection, painter: &mut Painter<'_>, area: Rect) {
    let document = &*inspection.policy().0.document;
    let (length, all) = (inspection.length(Tab::Metadata), document.demands());
    let columns = usize::from(area.width);
    painter.line(area.x, area.y, area.width, &first_line(inspection, all, length, columns));
    if all == 0 {
        let words = "No digest_metadata: nothing more is demanded of any digest.";
        painter.text(area.x, area.y + 2, area.width, words, Role::Text);
        return;
    }
    for (line, y) in head(state, inspection, all, columns).iter().take(METADATA_HEAD - 1).zip(area.y + 1..) {
        painter.line(area.x, y, area.width, line);
    }
    let top = area.y + u16::try_from(METADATA_HEAD).unwrap_or(0);
    if length == 0 {
        painter.text(area.x, top + 1, area.width, nothing_shown(inspection), Role::Text);
        return;
    }
    let rows = u16::try_from(state.size.policy_rows(Tab::Metadata)).unwrap_or(u16::MAX);
    let list = Rect { y: top, height: rows.saturating_add(1).min(area.bottom().saturating_sub(top)), ..area };
    let at = inspection.metadata().1;
    let (sort, is_reversed) = inspection.demand_sort();
    let sorted_by = (sort == DemandSort::Outcome).then_some((0, is_reversed));
    let window = Window { offset: at.offset(), length, selected: Some(at.place()), sorted_by };
    let placed = table::lay_out(&COLUMNS, area.width);
    table::draw(painter, list, &COLUMNS, &placed, window, &Demands { document, inspection });
    marks(inspection, painter, list, at, length, |row| {
        inspection.demand_at(row).map(|demand| document.demanded(demand))
    });
    let Some(demand) = inspection.selected_demand() else { return };
    let below = (list.bottom() + 1)..area.bottom();
    let lines = demanded(state, inspection, demand, columns, below.len());
    for (line, y) in lines.iter().zip(below) {
        painter.line(area.x, y, area.width, line);
    }
}

/// What is looked for, which outcome is shown, and how many are marked.
fn first_line(inspection: &Inspection, all: usize, found: usize, columns: usize) -> StyledLine {
    let line = sought_line(inspection, all, found, columns);
    let line = match inspection.outcome_filter() {
        OutcomeFilter::All => line,
        filter => line.with(Role::Key, format!("   only {}: {found}", filter.word())),
    };
    let (sort, is_reversed) = inspection.demand_sort();
    let line = if all == 0 { line } else { sorted(line, sort, is_reversed) };
    with_marks(inspection, line)
}

fn nothing_shown(inspection: &Inspection) -> &'static str {
    let is_filtered = inspection.outcome_filter() != OutcomeFilter::All;
    match (is_filtered, inspection.judgement()) {
        (false, _) => "No such digest, and no check or path that holds this; esc clears it.",
        (true, None) => "Nothing was judged yet, so nothing came out so; esc shows all.",
        (true, Some(judgement)) if judgement.is_at_work() => "Nothing came out so yet; esc twice shows all.",
        (true, Some(_)) => "No digest came out so; esc shows all.",
    }
}

/// What is demanded, and of which paths, in as many lines as there is room for.
fn demanded(
    state: &State,
    inspection: &Inspection,
    demand: usize,
    columns: usize,
    room: usize,
) -> Vec<StyledLine> {
    let document = &*inspection.policy().0.document;
    let digest = document.demanded(demand);
    let mut lines = vec![
        StyledLine::new().with(Role::Strong, sanitise_to(&digest, LIMIT).into_string()),
        paths_line(state, document, &digest, columns),
        StyledLine::new().with(Role::Heading, format!("Demanded, but {NOT_ENFORCED}:")),
    ];
    let checks = checks_of(inspection, demand);
    let whole: Vec<_> = checks.iter().flat_map(|check| check_lines(check, state.ascii, columns)).collect();
    if lines.len() + whole.len() <= room {
        lines.extend(whole);
        return lines;
    }
    lines.extend(checks.iter().flat_map(|check| short_check_lines(check, state.ascii, columns)));
    if lines.len() > room && room > 0 {
        let hidden = lines.len() + 1 - room;
        lines.truncate(room - 1);
        let key = state.keymap.keys_of(Context::Policy, "evidence.explain").next();
        let key = key.unwrap_or_else(|| ":explain".to_owned());
        let more = verdicts::some_of(hidden, "line more", "lines more");
        lines.push(StyledLine::new().with(Role::Dim, format!("  {more}: {key} shows all of it")));
    }
    lines
}

/// How many paths have the digest, and one of them.
fn paths_line(state: &State, document: &dyn Document, digest: &str, columns: usize) -> StyledLine {
    let (entries, all) = document.entries_of(digest, PATHS);
    if all == 0 {
        let words = "No path of the policy has this digest: the checks can never run.";
        return StyledLine::new().with(Role::Warn, words);
    }
    let key = state.keymap.keys_of(Context::Policy, "policy.follow").next();
    let key = key.filter(|_| all > 1).map(|key| format!(" ({key} lists them)")).unwrap_or_default();
    let words = format!("{}{key}: ", verdicts::some_of(all, "path has it", "paths have it"));
    let first = entries.first().and_then(|entry| usize::try_from(*entry).ok());
    let path = first.map(|entry| sanitise_to(&document.path(entry), LIMIT).into_string()).unwrap_or_default();
    let path = cut(&path, columns.saturating_sub(words.len())).into_owned();
    StyledLine::new().with(Role::Heading, words).with(Role::Text, path)
}

struct Demands<'a> {
    document: &'a dyn Document,
    inspection: &'a Inspection,
}

impl Rows for Demands<'_> {
    fn title_target(&self, column: usize) -> Option<Target> {
        let is_sorted = self.inspection.demand_sort().0 == DemandSort::Outcome;
        match (column, is_sorted) {
            (0, true) => Some(Target::command("sort.reverse")),
            // Back to the order of the policy.
            (0, false) | (1, true) => Some(Target::command("sort.next")),
            _ => None,
        }
    }

    fn cell(&self, row: usize, column: usize, cell: &mut Cell<'_, '_>) {
        let Some(demand) = self.inspection.demand_at(row) else { return };
        match column {
            0 => {
                let judgement = self.inspection.judgement();
                let status = match judgement.map(|judgement| judgement.verdict(demand)) {
                    Some(Some(verdict)) => verdict.status,
                    // It is still to come.
                    Some(None) if judgement.is_some_and(Judgement::is_at_work) => {
                        return cell.write(if cell.ascii() { "..." } else { "…" }, Role::Dim);
                    }
                    // It was given up, or could not be begun.
                    Some(None) => return cell.write("not judged", Role::Dim),
                    None => Some(Status::NotEvaluated),
                };
                let (sign, word, role) = glyph::outcome(status, cell.ascii());
                cell.print(role, format_args!("{sign} {word}"));
            }
            1 => {
                let digest = self.document.demanded(demand);
                cell.print(Role::Text, format_args!("{}", shown_to(&digest, LIMIT)));
            }
            _ => {
                let mut gap = "";
                self.document.check_names(demand, &mut |name| {
                    cell.print(Role::Dim, format_args!("{gap}{}", shown_to(name, 80)));
                    gap = ", ";
                });
            }
        }
    }
}

//! Metadata: which digests more is demanded for, what that is, and which paths
//! have such a digest.

use ratatui::layout::Rect;

use super::lists::{LIMIT, sought_line};
use crate::console::keymap::Context;
use crate::console::page::verdicts;
use crate::console::state::{Document, Inspection, State, Tab};
use crate::console::theme::Role;
use crate::console::widget::Painter;
use crate::console::widget::styled::{StyledLine, labelled};
use crate::console::widget::table::{self, Cell, Column, Rows, Window};
use crate::text::{sanitise_to, shown_to};

/// Paths of a digest that are listed at most.
const PATHS: usize = 200;

/// What holds for every check: a verifier of today reads none of them.
const NOT_ENFORCED: &str = "not enforced by the verifier today";

const BASE: Column = Column { title: "", minimum: 0, ideal: 0, priority: 0, grows: false, is_right: false };

const COLUMNS: [Column; 2] = [
    Column { title: "DIGEST", minimum: 30, ideal: 64, ..BASE },
    Column { title: "CHECKS", minimum: 24, ideal: 40, priority: 1, grows: true, ..BASE },
];

/// Draws the part into the area: the digests, and below what is demanded for
/// the selected one.
pub(super) fn draw(state: &State, inspection: &Inspection, painter: &mut Painter<'_>, area: Rect) {
    let document = &*inspection.policy().0.document;
    let (length, all) = (inspection.length(Tab::Metadata), document.demands());
    let columns = usize::from(area.width);
    painter.line(area.x, area.y, area.width, &sought_line(inspection, all, length, columns));
    if length == 0 {
        let words = match all {
            0 => "No digest_metadata: nothing more is demanded of any digest.",
            _ => "No such digest, and no check or path that holds this; esc clears it.",
        };
        painter.text(area.x, area.y + 2, area.width, words, Role::Text);
        return;
    }
    let rows = u16::try_from(state.size.policy_rows(Tab::Metadata)).unwrap_or(u16::MAX);
    let list =
        Rect { y: area.y + 1, height: rows.saturating_add(1).min(area.height.saturating_sub(1)), ..area };
    let at = inspection.metadata().1;
    let window = Window { offset: at.offset(), length, selected: Some(at.place()), sorted_by: None };
    let placed = table::lay_out(&COLUMNS, area.width);
    table::draw(painter, list, &COLUMNS, &placed, window, &Demands { document, inspection });
    let Some(demand) = inspection.selected_demand() else { return };
    let lines = demanded(state, document, demand, columns);
    for (line, y) in lines.iter().zip(list.bottom() + 1..area.bottom()) {
        painter.line(area.x, y, area.width, line);
    }
}

/// What is demanded, and of which paths.
fn demanded(state: &State, document: &dyn Document, demand: usize, columns: usize) -> Vec<StyledLine> {
    let digest = document.demanded(demand);
    let mut lines = vec![StyledLine::new().with(Role::Strong, sanitise_to(&digest, LIMIT).into_string())];
    for check in document.checks(demand) {
        let (sign, plain, role) = match check.status {
            "passed" => ("✓", "+", Role::Good),
            "failed" => ("✗", "X", Role::Bad),
            _ => ("?", "?", Role::Unknown),
        };
        let sign = if state.ascii { plain } else { sign };
        let label = StyledLine::new().with(role, format!("  {sign} {}", check.status));
        let words = format!("{} = {}", check.name, check.value);
        lines.extend(labelled(label, 18, Role::Text, &words, columns));
        let why = if check.reason.is_empty() { String::new() } else { format!("{}; ", check.reason) };
        lines.extend(labelled(StyledLine::new(), 18, Role::Dim, &format!("{why}{NOT_ENFORCED}"), columns));
    }
    let (entries, all) = document.entries_of(&digest, PATHS);
    let key = state.keymap.keys_of(Context::Policy, "policy.follow").next();
    let key = key.map(|key| format!("; {key} lists them")).unwrap_or_default();
    let words = match all {
        0 => "No path of the policy has this digest: the checks can never run.".to_owned(),
        all => format!("{}{key}", verdicts::some_of(all, "path has it", "paths have it")),
    };
    lines.push(StyledLine::new().with(Role::Heading, words));
    // Not more than can be in sight.
    for entry in entries.into_iter().take(usize::from(state.size.height)) {
        let path = document.path(usize::try_from(entry).unwrap_or(usize::MAX));
        lines.push(StyledLine::new().with(Role::Text, format!("  {}", sanitise_to(&path, LIMIT))));
    }
    lines
}

struct Demands<'a> {
    document: &'a dyn Document,
    inspection: &'a Inspection,
}

impl Rows for Demands<'_> {
    fn cell(&self, row: usize, column: usize, cell: &mut Cell<'_, '_>) {
        let Some(demand) = self.inspection.metadata().0.number(row) else { return };
        match column {
            0 => {
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

//! Drawing the Policies page.

use ratatui::layout::Rect;

use super::columns;
use super::row::PolicyRows;
use crate::console::glyph;
use crate::console::keymap::Context;
use crate::console::page::condition;
use crate::console::page::verdicts;
use crate::console::state::{Drift, PolicyRow, State};
use crate::console::theme::Role;
use crate::console::widget::Painter;
use crate::console::widget::prompt;
use crate::console::widget::styled::{StyledLine, cut, labelled};
use crate::console::widget::table::{self, Window};

/// What stands before a row that is marked.
const MARK: &str = "*";

/// Columns of a group's name at most.
const NAME_LIMIT: usize = 24;

/// Draws the table into the area.
pub(in crate::console) fn draw(state: &State, painter: &mut Painter<'_>, area: Rect) {
    let (x, width) = (area.x + 1, area.width.saturating_sub(2));
    let policies = state.policies.table();
    let columns = columns::columns(state);
    let placed = table::lay_out(&columns, width);
    painter.line(x, area.y, width, &summary(state, columns.len() - placed.len(), usize::from(width)));
    let middle = Rect { x, y: area.y + 2, width, height: area.height.saturating_sub(3) };
    if policies.rows().is_empty() {
        for (line, y) in nothing(state, usize::from(width)).iter().zip(middle.y..area.bottom()) {
            painter.line(x, y, width, line);
        }
        return;
    }
    let at = policies.window();
    let window = Window {
        offset: at.offset(),
        length: policies.rows().len(),
        selected: Some(at.place()),
        sorted_by: None,
    };
    table::draw(painter, middle, &columns, &placed, window, &PolicyRows(state));
    for (row, y) in policies.rows().iter().skip(at.offset()).zip(middle.y.saturating_add(1)..middle.bottom())
    {
        if policies.has_mark(row) {
            painter.text(area.x, y, 1, MARK, Role::Key);
        }
    }
    if let Some(row) = policies.selected() {
        painter.line(x, area.bottom().saturating_sub(1), width, &about(row, state.ascii));
    }
}

/// What the table may have no room for.
fn about(row: &PolicyRow, ascii: bool) -> StyledLine {
    let line = StyledLine::new().with(Role::Strong, row.name.clone());
    let line = match row.groups.len() {
        0 => line,
        _ => line.with(Role::Text, format!("   {}", row.groups.join(", "))),
    };
    let line = match row.drift_words.is_empty() {
        true => line,
        false => {
            let (sign, role) = glyph::drift(row.drift, ascii);
            let word = if row.drift == Drift::Unknown { "" } else { row.drift.word() };
            let gap = if word.is_empty() { "" } else { ": " };
            line.with(role, format!("   {sign} {word}{gap}{}", row.drift_words))
        }
    };
    let line = if row.is_stale { line.with(Role::Warn, "   of an earlier look") } else { line };
    match row.note.is_empty() {
        true => line,
        false => line.with(Role::Warn, format!("   {}", row.note)),
    }
}

/// How many there are, how many are shown, in which order, and of when.
fn summary(state: &State, left_out: usize, width: usize) -> StyledLine {
    let policies = state.policies.table();
    let total = verdicts::some_of(policies.total(), "policy", "policies");
    let sought = policies.line().text();
    let line = if policies.is_writing() {
        prompt::written("/", policies.line().parts(), width / 2, true)
            .with(Role::Dim, format!("   {} of {total}", policies.rows().len()))
    } else if sought.is_empty() {
        StyledLine::new().with(Role::Strong, total)
    } else {
        StyledLine::new()
            .with(Role::Strong, policies.rows().len().to_string())
            .with(Role::Text, format!(" of {total}   holding "))
            .with(Role::Key, cut(&sought, width / 3).into_owned())
    };
    let (sort, is_reversed) = policies.sort();
    let turned = if is_reversed { ", turned around" } else { "" };
    let line = line.with(Role::Dim, format!("   {}{turned}", sort.words()));
    let line = match policies.marks().len() {
        0 => line,
        marked => line.with(Role::Key, format!("   {marked} marked")),
    };
    let line = match (policies.is_busy(), policies.taken_at()) {
        (true, _) => line.with(Role::Information, "   asking…"),
        (false, Some(at)) => line.with(Role::Dim, format!("   as of {}", at.strftime("%H:%M:%S"))),
        (false, None) => line,
    };
    let line = match policies.words() {
        "" => line,
        words => line.with(Role::Dim, format!("   {words}")),
    };
    let line = match policies.faults() {
        [] => line,
        [fault] => line.with(Role::Bad, format!("   {}: {}", cut(&fault.group, NAME_LIMIT), fault.words)),
        faults => line.with(Role::Bad, format!("   {} groups cannot be asked", faults.len())),
    };
    match left_out {
        0 => line,
        1 => line.with(Role::Dim, "   1 column has no room"),
        more => line.with(Role::Dim, format!("   {more} columns have no room")),
    }
}

/// Why the table is empty, and what to do.
fn nothing(state: &State, width: usize) -> Vec<StyledLine> {
    let policies = state.policies.table();
    let open = ":policy FILE opens a policy's file; :policy group:NAME/POLICY one of a group.";
    let (role, words) = if policies.total() > 0 {
        let key = state.keymap.keys_of(Context::Policies, "layer.close").next();
        let words = format!("No policy holds this; {} clears it.", key.as_deref().unwrap_or(":layer.close"));
        return vec![StyledLine::new().with(Role::Text, words)];
    } else if policies.is_busy() {
        (Role::Dim, "asking the groups for their policies…".to_owned())
    } else if let Some(trouble) = policies.trouble() {
        (Role::Bad, format!("The groups could not be asked: {trouble}"))
    } else if state.snapshot.groups.is_empty() {
        (Role::Warn, "No group is configured: write a [[servers]] block, or try `limescope demo`.".to_owned())
    } else if !policies.faults().is_empty() {
        (Role::Strong, "Nothing is known: no group could be asked for its policies.".to_owned())
    } else if policies.taken_at().is_none() {
        (Role::Text, format!("The groups were not asked yet; {}.", condition::retry(state)))
    } else {
        let words = "No group has a policy with a name. Keylime's tenant uploads one: addruntimepolicy.";
        (Role::Text, words.to_owned())
    };
    let mut lines = labelled(StyledLine::new(), 0, role, &words, width);
    if !policies.words().is_empty() {
        lines.extend(labelled(StyledLine::new(), 0, Role::Text, policies.words(), width));
    }
    lines.push(StyledLine::new());
    for fault in policies.faults() {
        let label = StyledLine::new().with(Role::Bad, cut(&fault.group, NAME_LIMIT).into_owned());
        lines.extend(labelled(label, NAME_LIMIT.min(width / 3), Role::Bad, &fault.words, width));
    }
    if !policies.faults().is_empty() || policies.trouble().is_some() {
        let words = format!("{} for the policies.", condition::retry(state));
        lines.extend([StyledLine::new().with(Role::Strong, words), StyledLine::new()]);
    }
    lines.extend(labelled(StyledLine::new(), 0, Role::Dim, open, width));
    lines
}

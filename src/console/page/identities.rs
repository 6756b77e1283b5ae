//! Identities: what an audit of the agents' TPM keys and certificates found.
//!
//! A row per finding, the worst first; below, the selected one in full: what it
//! means and what to do. Nothing is asked before the operator begins an audit.

use ratatui::layout::Rect;

use crate::console::keymap::Context;
use crate::console::page::verdicts;
use crate::console::state::{IdentityRow, State};
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, cut, labelled};
use crate::console::widget::table::{self, Cell, Column, Rows, Window};
use crate::console::widget::{Painter, Target, prompt};
use crate::tpm::identity::Severity;

const BASE: Column = Column { title: "", minimum: 0, ideal: 0, priority: 0, grows: false, is_right: false };

const COLUMNS: [Column; 5] = [
    Column { title: "WEIGHT", minimum: 9, ideal: 9, ..BASE },
    Column { title: "AGENT", minimum: 16, ideal: 36, ..BASE },
    Column { title: "GROUP", minimum: 8, ideal: 14, priority: 2, ..BASE },
    Column { title: "FINDING", minimum: 18, ideal: 26, priority: 1, ..BASE },
    Column { title: "WHAT IT MEANS", minimum: 30, ideal: 40, priority: 3, grows: true, ..BASE },
];

/// Columns of a group's name at most.
const NAME_LIMIT: usize = 24;

/// Lines of the page that stand below the table.
fn lines(below: &[StyledLine], height: u16) -> u16 {
    u16::try_from(below.len()).unwrap_or(u16::MAX).min(height.saturating_sub(7))
}

/// Rows of the table that have room.
pub(in crate::console) fn rows(state: &State) -> usize {
    let height = state.size.body_height();
    let below = below(state, usize::from(state.size.width.saturating_sub(2)));
    // The summary, a gap and the titles.
    usize::from(height.saturating_sub(lines(&below, height)).saturating_sub(3))
}

/// Draws it into the area.
pub(in crate::console) fn draw(state: &State, painter: &mut Painter<'_>, area: Rect) {
    let (x, width) = (area.x + 1, area.width.saturating_sub(2));
    let identity = &state.identity;
    painter.line(x, area.y, width, &summary(state, usize::from(width)));
    let below = below(state, usize::from(width));
    let bottom = area.bottom().saturating_sub(lines(&below, area.height));
    let middle = Rect { x, y: area.y + 2, width, height: bottom.saturating_sub(area.y + 2) };
    if identity.length() == 0 {
        for (line, y) in nothing(state, usize::from(width)).iter().zip(middle.y..bottom) {
            painter.line(x, y, width, line);
        }
    } else {
        let at = identity.window();
        let window = Window {
            offset: at.offset(),
            length: identity.length(),
            selected: Some(at.place()),
            sorted_by: None,
        };
        table::draw(painter, middle, &COLUMNS, &table::lay_out(&COLUMNS, width), window, &Findings(state));
    }
    for (line, y) in below.iter().zip(bottom..area.bottom()) {
        painter.line(x, y, width, line);
        painter.target(x, y, width, Target::Nothing);
    }
}

struct Findings<'a>(&'a State);

impl Rows for Findings<'_> {
    fn cell(&self, row: usize, column: usize, cell: &mut Cell<'_, '_>) {
        let Some(row) = self.0.identity.row(row) else { return };
        match column {
            0 => {
                let (sign, role) = weight(row.severity, cell.ascii());
                cell.write(sign, role);
                cell.print(role, format_args!(" {}", row.severity.word()));
            }
            1 => cell.write(&row.agent, Role::Strong),
            2 => cell.write(if row.group.is_empty() { "–" } else { &row.group }, Role::Text),
            3 => cell.write(row.code, Role::Text),
            4 => cell.write(&row.words, Role::Dim),
            _ => {}
        }
    }
}

fn weight(severity: Severity, ascii: bool) -> (&'static str, Role) {
    match (severity, ascii) {
        (Severity::Error, false) => ("✗", Role::Bad),
        (Severity::Error, true) => ("x", Role::Bad),
        (Severity::Warning, _) => ("!", Role::Warn),
        (Severity::Info, false) => ("·", Role::Information),
        (Severity::Info, true) => (".", Role::Information),
    }
}

/// How many agents have findings, of when, and what is looked for.
fn summary(state: &State, width: usize) -> StyledLine {
    let identity = &state.identity;
    let line = StyledLine::new().with(Role::Strong, "Identities");
    let line = match identity.picture() {
        None => line,
        Some(picture) => {
            let (bad, warned) = picture.with_findings;
            let role = |count: usize, role: Role| if count > 0 { role } else { Role::Dim };
            line.with(Role::Text, format!("   {}", verdicts::some_of(picture.agents, "agent", "agents")))
                .with(role(bad, Role::Bad), format!("   {bad} with errors"))
                .with(role(warned, Role::Warn), format!("   {warned} with warnings"))
                .with(Role::Dim, format!("   as of {}", picture.taken_at.strftime("%H:%M:%S")))
        }
    };
    let sought = identity.line().text();
    let line = if identity.is_writing() {
        line.with(Role::Text, "   ").then(prompt::written("/", identity.line().parts(), width / 3, true))
    } else if sought.is_empty() {
        line
    } else {
        line.with(Role::Text, format!("   {} holding ", identity.length()))
            .with(Role::Key, cut(&sought, width / 4).into_owned())
    };
    match identity.progress() {
        None => line,
        Some(progress) if progress.agents == 0 => line.with(Role::Information, "   asking…"),
        Some(progress) => {
            line.with(Role::Information, format!("   asking… {} of {}", progress.read, progress.agents))
        }
    }
}

/// Why the table is empty, and what to do.
fn nothing(state: &State, width: usize) -> Vec<StyledLine> {
    let identity = &state.identity;
    let key = |command: &str, name: &str| {
        let key = state.keymap.keys_of(Context::Identities, command).next();
        key.unwrap_or_else(|| format!(":{name}"))
    };
    let (role, words) = match (identity.picture(), identity.trouble(), identity.progress()) {
        (_, Some(trouble), _) => (Role::Bad, format!("The agents could not be audited: {trouble}")),
        (_, None, Some(_)) => (
            Role::Dim,
            format!("asking the registrars for every agent; {} ends it", key("identity.cancel", "audit-end")),
        ),
        (None, None, None) => (
            Role::Text,
            format!(
                "Nothing was asked yet. {} asks the registrars what they have of every agent: one question per \
                 agent ({} now), so this is never done by itself.",
                key("identity.audit", "audit"),
                state.snapshot.agents.len()
            ),
        ),
        (Some(_), None, None) if !identity.line().text().is_empty() => {
            (Role::Text, format!("No finding holds this; {} clears it.", key("layer.close", "layer.close")))
        }
        (Some(picture), None, None) if picture.agents == 0 => {
            (Role::Warn, "No agent was audited.".to_owned())
        }
        (Some(picture), None, None) if picture.remarks.iter().any(|remark| remark.is_trouble) => {
            (Role::Warn, "Nothing else was found: what is said below stays open.".to_owned())
        }
        (Some(_), None, None) => (Role::Good, "Every agent is who it should be: no findings.".to_owned()),
    };
    labelled(StyledLine::new(), 0, role, &words, width)
}

/// The selected finding in full, groups that were not audited, and remarks.
fn below(state: &State, width: usize) -> Vec<StyledLine> {
    let identity = &state.identity;
    let mut lines = Vec::new();
    if let Some(row) = identity.selected() {
        lines.push(StyledLine::new());
        lines.push(head(row));
        lines.extend(labelled(StyledLine::new(), 0, Role::Text, &row.words, width));
        let arrow = StyledLine::new().with(Role::Key, if state.ascii { "->" } else { "→" });
        lines.extend(labelled(arrow, 3, Role::Strong, &row.next_step, width));
    }
    let Some(picture) = identity.picture() else { return lines };
    for (group, words) in &picture.faults {
        let label = StyledLine::new().with(Role::Bad, cut(group, NAME_LIMIT).into_owned());
        let indent = NAME_LIMIT.min(width / 3);
        lines.extend(labelled(label, indent, Role::Bad, &format!("not audited: {words}"), width));
    }
    for remark in &picture.remarks {
        let role = if remark.is_trouble { Role::Warn } else { Role::Dim };
        lines.extend(labelled(StyledLine::new(), 0, role, &remark.words, width));
    }
    lines
}

fn head(row: &IdentityRow) -> StyledLine {
    let line = StyledLine::new().with(Role::Strong, row.agent.clone());
    let line = if row.group.is_empty() { line } else { line.with(Role::Text, format!("   {}", row.group)) };
    line.with(Role::Dim, format!("   {}", row.code))
}

//! The trust store: keys and certificates that the operator pinned, what was
//! done to it, and a key that may be pinned. Only what stands here makes a
//! signature valid; a key that a policy brings never does.

use ratatui::layout::Rect;

use crate::console::keymap::Context;
use crate::console::page::verdicts;
use crate::console::state::{State, TrustPicture};
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, labelled};
use crate::console::widget::table::{self, Cell, Column, Rows, Window};
use crate::console::widget::{Painter, Target};

const BASE: Column = Column { title: "", minimum: 0, ideal: 0, priority: 0, grows: false, is_right: false };

const COLUMNS: [Column; 6] = [
    Column { title: "LABEL", minimum: 12, ideal: 20, ..BASE },
    Column { title: "KIND", minimum: 11, ideal: 20, priority: 3, ..BASE },
    Column { title: "FINGERPRINT (SHA-256)", minimum: 21, ideal: 64, priority: 1, grows: true, ..BASE },
    Column { title: "SCOPE", minimum: 12, ideal: 24, priority: 2, ..BASE },
    Column { title: "VALID", minimum: 12, ideal: 24, priority: 4, ..BASE },
    Column { title: "ADDED", minimum: 10, ideal: 20, priority: 5, ..BASE },
];

/// Lines of the history that are shown at most.
const HISTORY: usize = 4;

/// Lines of a page that stand below the table.
fn lines(below: &[StyledLine], height: u16) -> u16 {
    u16::try_from(below.len()).unwrap_or(u16::MAX).min(height.saturating_sub(8))
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
    let trust = state.policies.trust();
    painter.line(x, area.y, width, &summary(state));
    let below = below(state, usize::from(width));
    let bottom = area.bottom().saturating_sub(lines(&below, area.height));
    let middle = Rect { x, y: area.y + 2, width, height: bottom.saturating_sub(area.y + 2) };
    match trust.picture().filter(|picture| !picture.entries.is_empty()) {
        None => {
            for (line, y) in nothing(state, usize::from(width)).iter().zip(middle.y..bottom) {
                painter.line(x, y, width, line);
            }
        }
        Some(picture) => {
            let at = trust.window();
            let window = Window {
                offset: at.offset(),
                length: picture.entries.len(),
                selected: Some(at.place()),
                sorted_by: None,
            };
            table::draw(
                painter,
                middle,
                &COLUMNS,
                &table::lay_out(&COLUMNS, width),
                window,
                &Entries(picture),
            );
        }
    }
    for (line, y) in below.iter().zip(bottom..area.bottom()) {
        painter.line(x, y, width, line);
        painter.target(x, y, width, Target::Nothing);
    }
}

fn summary(state: &State) -> StyledLine {
    let trust = state.policies.trust();
    let line = StyledLine::new().with(Role::Strong, "Trust store");
    let line = match trust.picture() {
        Some(picture) => line
            .with(Role::Text, format!("   {}", verdicts::some(picture.entries.len(), "key")))
            .with(Role::Dim, format!("   {}", picture.file)),
        None => line,
    };
    if trust.is_busy() { line.with(Role::Information, "   working…") } else { line }
}

/// Why there is nothing, and what to do.
fn nothing(state: &State, width: usize) -> Vec<StyledLine> {
    let trust = state.policies.trust();
    let (role, words) = match (trust.trouble(), trust.picture()) {
        (Some(trouble), _) => (Role::Bad, trouble),
        (None, None) => (Role::Dim, "reading…"),
        (None, Some(_)) => (
            Role::Text,
            "No key is pinned: no signature can be valid, and a signed policy reads `untrusted`.",
        ),
    };
    let mut lines = labelled(StyledLine::new(), 0, role, words, width);
    let add = ":trust-read FILE LABEL reads a public key or certificate and shows its fingerprint first.";
    lines.push(StyledLine::new());
    lines.extend(labelled(StyledLine::new(), 0, Role::Dim, add, width));
    lines
}

/// The key that may be pinned, the selected one in full, and the history.
fn below(state: &State, width: usize) -> Vec<StyledLine> {
    let trust = state.policies.trust();
    let mut lines = Vec::new();
    // The rule has room for its beginning only.
    if let Some(words) = &state.standing.trust_store {
        let (role, end) = match state.standing.is_alarm {
            true => (Role::Bad, ". Until then no key here counts: signatures read `untrusted`."),
            false => (Role::Warn, "."),
        };
        lines.extend(labelled(StyledLine::new(), 0, role, &format!("{words}{end}"), width));
        lines.push(StyledLine::new());
    }
    if let Some(candidate) = trust.candidate() {
        let key = state.keymap.keys_of(Context::Trust, "trust.add").next();
        let key = key.unwrap_or_else(|| ":trust-add".to_owned());
        lines.push(StyledLine::new().with(Role::Strong, format!("{key} pins this {}:", candidate.kind)));
        let label = StyledLine::new().with(Role::Key, candidate.label.clone());
        lines.push(label.with(Role::Dim, format!("   {}", candidate.path)));
        lines.push(StyledLine::new().with(Role::Warn, candidate.fingerprint.clone()));
        for words in &candidate.words {
            lines.extend(labelled(StyledLine::new(), 0, Role::Text, words, width));
        }
        lines.push(StyledLine::new());
    }
    if let Some(entry) = trust.selected() {
        let label = StyledLine::new().with(Role::Strong, entry.label.clone());
        lines
            .push(label.with(Role::Dim, format!("   {}   {}   {}", entry.kind, entry.scope, entry.validity)));
        lines.push(StyledLine::new().with(Role::Text, entry.fingerprint.clone()));
        lines.push(StyledLine::new());
    }
    if let Some(picture) = trust.picture().filter(|picture| !picture.history.is_empty()) {
        lines.push(StyledLine::new().with(Role::Heading, "History"));
        let history = picture.history.iter().take(HISTORY);
        lines.extend(history.map(|words| StyledLine::new().with(Role::Dim, words.clone())));
    }
    lines
}

struct Entries<'a>(&'a TrustPicture);

impl Rows for Entries<'_> {
    fn cell(&self, row: usize, column: usize, cell: &mut Cell<'_, '_>) {
        let Some(entry) = self.0.entries.get(row) else { return };
        match column {
            0 => cell.write(&entry.label, Role::Strong),
            1 => cell.write(&entry.kind, Role::Text),
            2 => cell.write(&entry.fingerprint, Role::Text),
            3 => cell.write(&entry.scope, Role::Text),
            4 => cell.write(&entry.validity, Role::Text),
            _ => cell.write(&entry.added, Role::Dim),
        }
    }
}

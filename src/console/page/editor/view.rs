//! Drawing the Servers page.

use ratatui::layout::Rect;

use super::{form, probe, text};
use crate::console::keymap::Context;
use crate::console::state::{Editor, State};
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, cut, labelled};
use crate::console::widget::{Painter, Target};
use crate::servers::document::Mode;

/// Draws the page into the area.
pub(in crate::console) fn draw(state: &State, painter: &mut Painter<'_>, area: Rect) {
    let (x, width) = (area.x + 1, area.width.saturating_sub(2));
    let Some(editor) = state.editor.editor() else {
        for (line, y) in nothing(state, usize::from(width)).iter().zip(area.y..area.bottom()) {
            painter.line(x, y, width, line);
        }
        return;
    };
    painter.line(x, area.y, width, &summary(state, editor));
    let middle = Rect { x, y: area.y + 2, width, height: area.height.saturating_sub(3) };
    if state.size.is_wide() {
        let half = width / 2;
        draw_form(state, editor, painter, Rect { width: half.saturating_sub(1), ..middle });
        for y in middle.y..middle.bottom() {
            painter.text(x + half, y, 1, "│", Role::Rule);
        }
        draw_text(editor, painter, Rect { x: x + half + 2, width: width - half - 2, ..middle });
    } else if editor.shows_text() || editor.form().rows.is_empty() {
        draw_text(editor, painter, middle);
    } else {
        draw_form(state, editor, painter, middle);
    }
}

fn draw_text(editor: &Editor, painter: &mut Painter<'_>, area: Rect) {
    let lines = text::lines(editor, usize::from(area.width), usize::from(area.height));
    for (line, y) in lines.iter().zip(area.y..area.bottom()) {
        painter.line(area.x, y, area.width, line);
    }
}

/// The rows, what is said of the selected one under it, and what can fail.
fn draw_form(state: &State, editor: &Editor, painter: &mut Painter<'_>, area: Rect) {
    let columns = usize::from(area.width);
    let fix = state.keymap.keys_of(Context::Servers, "servers.fix").next();
    let below = below(state, editor, usize::from(area.height), columns);
    let bottom = area.bottom().saturating_sub(u16::try_from(below.len()).unwrap_or(0));
    for (line, y) in below.iter().zip(bottom..area.bottom()) {
        painter.line(area.x, y, area.width, line);
    }
    let mut y = area.y;
    // What was said since it was saved says it too.
    let link = editor.link_words().filter(|_| editor.told().is_empty());
    for words in editor.told().iter().chain(&link) {
        let role = if words.starts_with("warning") { Role::Warn } else { Role::Information };
        for line in labelled(StyledLine::new(), 2, role, words, columns) {
            if y < bottom {
                painter.line(area.x, y, area.width, &line);
                y += 1;
            }
        }
    }
    for found in editor.form().of_file().take(2) {
        for line in form::remark(found, fix.as_deref(), columns) {
            if y < bottom {
                painter.line(area.x, y, area.width, &line);
                y += 1;
            }
        }
    }
    let remarks = form::remarks(editor, editor.place(), fix.as_deref(), columns);
    let first = first_row(editor, usize::from(bottom.saturating_sub(y)), remarks.len());
    for (number, row) in editor.form().rows.iter().enumerate().skip(first) {
        if y >= bottom {
            break;
        }
        let line = form::row(editor, number, *row, state.ascii, columns);
        if editor.place() == number && editor.field().is_none() {
            painter.selected(area.x, y, area.width, |painter| {
                painter.line(area.x, y, area.width, &line);
            });
        } else {
            painter.line(area.x, y, area.width, &line);
        }
        painter.target(area.x, y, area.width, Target::Row(number));
        y += 1;
        if editor.place() == number {
            for line in &remarks {
                if y < bottom {
                    painter.line(area.x, y, area.width, line);
                    y += 1;
                }
            }
        }
    }
}

/// What stands below the rows: what a look at the selected one brought, and what
/// can fail. The rows keep a third of the lines at least.
fn below(state: &State, editor: &Editor, height: usize, columns: usize) -> Vec<StyledLine> {
    let mut headroom: Vec<StyledLine> = Vec::new();
    for words in &editor.form().headroom {
        headroom.extend(labelled(StyledLine::new(), 0, Role::Dim, words, columns));
    }
    headroom.truncate(height / 3);
    let Some(found) = editor.probe() else { return headroom };
    let context = if editor.field().is_some() { Context::Field } else { Context::Servers };
    let again = state.keymap.keys_of(context, "servers.probe").next();
    let again = again.as_deref().unwrap_or(":probe");
    let mut looked = probe::lines(found, editor.mode(), again, state.ascii, columns);
    let room = height - height / 3;
    if looked.len() + 1 + headroom.len() <= room {
        looked.push(StyledLine::new());
        looked.extend(headroom);
    } else if looked.len() > room {
        // What was asked for comes first; that something is missing is said.
        let missing = looked.len() + 1 - room;
        looked.truncate(room.saturating_sub(1));
        let words = format!("{missing} more lines; they need a taller terminal");
        looked.push(StyledLine::new().with(Role::Dim, cut(&words, columns).into_owned()));
    }
    looked
}

/// The first row that is drawn: the selected one is in sight with what is said
/// of it, where there is room for both.
fn first_row(editor: &Editor, room: usize, remarks: usize) -> usize {
    let above = room.saturating_sub(remarks + 1);
    let least = editor.place().saturating_sub(above);
    editor.offset().max(least).min(editor.place())
}

/// The file, how it is read, whether it was changed, and what is wrong.
fn summary(state: &State, editor: &Editor) -> StyledLine {
    let name = editor.name();
    // The end of a path says more than its beginning.
    let room = usize::from(state.size.width / 3);
    let skipped = name.chars().count().saturating_sub(room);
    let name: String =
        if skipped > 0 { "…".chars().chain(name.chars().skip(skipped)).collect() } else { name };
    let mode = match editor.mode() {
        Mode::Console => "limescope's own",
        Mode::Pull => "pull agent",
        Mode::Push => "push agent",
    };
    let line = StyledLine::new().with(Role::Strong, name).with(Role::Text, format!("   {mode}"));
    let line = match (state.editor.is_busy(), editor.is_modified(), editor.is_new()) {
        (true, ..) => line.with(Role::Information, "   working…"),
        (false, true, _) => line.with(Role::Warn, "   changed"),
        (false, false, true) => line.with(Role::Dim, "   new"),
        (false, false, false) => line,
    };
    line.then(form::counts(editor))
}

/// Why nothing is open, and what to do.
fn nothing(state: &State, columns: usize) -> Vec<StyledLine> {
    if state.editor.is_busy() {
        return vec![StyledLine::new().with(Role::Dim, "opening…")];
    }
    let trouble = state.editor.trouble().unwrap_or("No file is open.");
    let mut lines = labelled(StyledLine::new(), 0, Role::Strong, trouble, columns);
    let words =
        ":edit FILE opens an agent's configuration, such as /etc/keylime/agent.conf, or a limescope.toml.";
    lines.push(StyledLine::new());
    lines.extend(labelled(StyledLine::new(), 0, Role::Text, words, columns));
    lines
}

/// What saving would change, and what somebody else changed meanwhile.
pub(in crate::console) fn comparison(state: &State) -> Vec<StyledLine> {
    let Some(editor) = state.editor.editor() else { return Vec::new() };
    let Some(found) = editor.comparison() else { return Vec::new() };
    let mut lines = Vec::new();
    let mut section = |title: String, part: &[(char, String)]| {
        lines.push(StyledLine::new().with(Role::Strong, title));
        for (sign, text) in part {
            let role = match sign {
                '+' => Role::Good,
                '-' => Role::Bad,
                _ => Role::Dim,
            };
            let sign = if *sign == '…' && state.ascii { '~' } else { *sign };
            lines.push(StyledLine::new().with(role, format!("{sign} {text}")));
        }
        lines.push(StyledLine::new());
    };
    if let Some(theirs) = &found.theirs {
        section("What somebody else changed in the file since it was read".to_owned(), theirs);
    }
    section(format!("What saving changes in {}", editor.name()), &found.ours);
    if let Some(words) = editor.link_words() {
        lines.extend(labelled(
            StyledLine::new(),
            0,
            Role::Warn,
            &words,
            usize::from(state.size.group_width()),
        ));
    }
    let errors = editor.form().errors();
    let keys = |command: &str| state.keymap.keys_of(Context::Comparison, command).next();
    let save = keys("servers.save").unwrap_or_else(|| ":save".to_owned());
    let words = match (found.theirs.is_some(), errors) {
        (_, 1..) => format!("{save} saves it with its errors; esc goes back."),
        (true, 0) => format!(
            "{save} saves your text over theirs, esc goes back to it; :reload takes theirs, and undo brings yours back."
        ),
        (false, 0) => format!("{save} saves it, esc goes back. The text before stays beside it as a backup."),
    };
    lines.extend(labelled(StyledLine::new(), 0, Role::Text, &words, usize::from(state.size.group_width())));
    lines
}

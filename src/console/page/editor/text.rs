//! The text of the file, with the place of the selected row.

use crate::console::state::Editor;
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, cut};
use crate::servers::conceal::conceal;
use crate::text::{caret, sanitise_to};

/// Lines around the selected row's, so many that the area is full; userinfo is
/// masked.
pub(super) fn lines(editor: &Editor, columns: usize, height: usize) -> Vec<StyledLine> {
    // Masking keeps the lines as they are: their numbers stay right.
    let concealed = conceal(editor.text(), &[], false);
    let at = editor.row().and_then(|row| editor.form().span(row)).map(|span| span.start);
    let here = at.map(|at| caret::place(editor.text(), at).line);
    let total = concealed.text.lines().count();
    let first = here.unwrap_or(1).saturating_sub(height / 2).min(total.saturating_sub(height) + 1).max(1);
    let digits = total.max(1).to_string().len();
    let room = columns.saturating_sub(digits + 2);
    let numbered = (1..).zip(concealed.text.lines()).skip(first - 1).take(height);
    numbered
        .map(|(number, line)| {
            let plain = sanitise_to(&line.replace('\t', "    "), 1_000).into_string();
            let plain = cut(&plain, room).into_owned();
            let role = match (Some(number) == here, line.trim_start().starts_with('#')) {
                (true, _) => Role::Choice,
                (false, true) => Role::Dim,
                (false, false) => Role::Text,
            };
            StyledLine::new().with(Role::Dim, format!("{number:>digits$}  ")).with(role, plain)
        })
        .collect()
}

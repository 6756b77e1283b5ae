//! The last line: the keys that matter now, made from table and keymap.

use unicode_width::UnicodeWidthStr;

use super::styled::StyledLine;
use super::{Painter, Target, prompt};
use crate::console::command;
use crate::console::keymap::Context;
use crate::console::state::State;
use crate::console::theme::Role;

/// One command in the footer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The command.
    pub command: &'static str,
    /// Its first key.
    pub key: String,
    /// One or two words.
    pub label: &'static str,
    /// Whether it would run now.
    pub enabled: bool,
}

/// The commands that have a key where the operator is, in order of the table;
/// some only where they would run.
pub fn hints(state: &State) -> Vec<Hint> {
    let context = state.context();
    command::all()
        .filter_map(|command| {
            let label = command.hint?;
            let key = state.keymap.keys_of(context, command.id).next()?;
            let enabled = command::may_run(state, command).is_ok();
            if command.is_hinted_elsewhere(context) || !enabled && command.is_hinted_where_it_runs() {
                return None;
            }
            Some(Hint { command: command.id, key, label, enabled })
        })
        .collect()
}

/// Which of them would run now, as bits in order of the table: with the context
/// it tells all that the hints can tell, and compares cheaply.
pub fn enabled(state: &State) -> (Context, u128) {
    let context = state.context();
    let hinted = command::all().filter(|command| command.hint.is_some()).enumerate();
    let bits = hinted
        .filter(|(_, command)| state.keymap.has_key(context, command.id))
        .filter(|(_, command)| command::may_run(state, command).is_ok())
        .fold(0, |bits, (number, _)| bits | 1u128.rotate_left(u32::try_from(number).unwrap_or(0)));
    (context, bits)
}

/// Where the mouse hits a hint: from which column on, how many, and the command.
pub type HintPlace = (usize, usize, &'static str);

/// Draws the line, and notes what a click on a hint means.
pub fn draw(state: &State, painter: &mut Painter<'_>, x: u16, y: u16, columns: u16) {
    let mut places = Vec::new();
    let line = line(state, usize::from(columns), &mut places);
    painter.line(x, y, columns, &line);
    for (from, width, command) in places {
        let [from, width] = [from, width].map(|columns| u16::try_from(columns).unwrap_or(u16::MAX));
        painter.target(x.saturating_add(from), y, width, Target::command(command));
    }
}

/// The line in so many columns: a mistake in the filter that is being written,
/// else a notice, else the hints that fit.
fn line(state: &State, columns: usize, places: &mut Vec<HintPlace>) -> StyledLine {
    let mistake = || state.notice.as_ref().map(|notice| notice.words.as_str());
    if let Some(confirmation) = &state.confirmation {
        let role = if confirmation.wants_words() { Role::Bad } else { Role::Warn };
        let question = StyledLine::new().with(role, confirmation.question());
        let room = columns.saturating_sub(question.width());
        return question.then(writing(confirmation.line.parts(), mistake(), room));
    }
    if let Some(palette) = &state.palette {
        let prompt = StyledLine::new().with(Role::Key, ":");
        return prompt.then(writing(palette.line().parts(), palette.error(), columns.saturating_sub(1)));
    }
    if let Some(mistake) = state.line.as_ref().and_then(|line| prompt::mistake(line, columns)) {
        return mistake;
    }
    if let Some(notice) = &state.notice {
        let role = if notice.is_problem { Role::Problem } else { Role::Information };
        return StyledLine::new().with(role, notice.words.clone());
    }
    let mut line = StyledLine::new();
    if !state.pending.is_empty() {
        let keys = crate::console::keymap::sequence_text(&state.pending);
        line = line.with(Role::Key, keys).with(Role::Dim, " …   ");
    }
    if let Some(count) = state.count {
        line = line.with(Role::Key, count.to_string()).with(Role::Dim, " …   ");
    }
    if let Some((first, last, all)) = state.overlay_in_sight() {
        line = line.with(Role::Strong, format!("lines {first} to {last} of {all}"));
    }
    for hint in hints(state) {
        let (key, label) =
            if hint.enabled { (Role::Key, Role::Text) } else { (Role::Disabled, Role::Disabled) };
        let gap = if line.width() == 0 { "" } else { "   " };
        if line.width() + gap.len() + hint.key.width() + 1 + hint.label.width() > columns {
            break;
        }
        let width = hint.key.width() + 1 + hint.label.width();
        places.push((line.width() + gap.len(), width, hint.command));
        line = line.with(Role::Text, gap).with(key, hint.key).with(label, " ").with(label, hint.label);
    }
    line
}

fn writing((before, after): (&str, &str), error: Option<&str>, columns: usize) -> StyledLine {
    let mut rest = after.chars();
    let under: String = rest.next().unwrap_or(' ').into();
    let error = error.map(|error| format!("   {error}")).unwrap_or_default();
    // What is being written stays in sight: the start of a long line gives way.
    let room = columns.saturating_sub(3).max(1);
    let mut shown: Vec<_> = before.chars().rev().take(room).collect();
    shown.reverse();
    StyledLine::new()
        .with(Role::Input, shown.into_iter().collect::<String>())
        .with(Role::Cursor, under)
        .with(Role::Input, rest.collect::<String>())
        .with(Role::Problem, error)
}

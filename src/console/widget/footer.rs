//! The last line: the keys that matter now, made from table and keymap.

use unicode_width::UnicodeWidthStr;

use super::styled::{StyledLine, cut, wrap};
use super::{Painter, Target, prompt};
use crate::console::command::{self, Confirmation};
use crate::console::keymap::Context;
use crate::console::state::{Notice, State};
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

/// Lines that a question or a notice takes at most.
const MAX_LINES: usize = 4;

/// Draws the line, and notes what a click on a hint means. A question or a
/// notice that is longer than the line goes over what stands above it: who is
/// asked has to see all of what is asked.
pub fn draw(state: &State, painter: &mut Painter<'_>, x: u16, y: u16, columns: u16) {
    let long = long(state, usize::from(columns));
    if !long.is_empty() {
        let top = y.saturating_sub(u16::try_from(long.len() - 1).unwrap_or(0));
        for (line, y) in long.iter().zip(top..=y) {
            painter.clear(x.saturating_sub(1), y, columns.saturating_add(2));
            painter.target(x.saturating_sub(1), y, columns.saturating_add(2), Target::Nothing);
            painter.line(x, y, columns, line);
        }
        return;
    }
    let mut places = Vec::new();
    let line = line(state, usize::from(columns), &mut places);
    painter.line(x, y, columns, &line);
    for (from, width, command) in places {
        let [from, width] = [from, width].map(|columns| u16::try_from(columns).unwrap_or(u16::MAX));
        painter.target(x.saturating_add(from), y, width, Target::command(command));
    }
}

/// A question or a notice that one line has no room for, in several; none: one
/// will do.
fn long(state: &State, columns: usize) -> Vec<StyledLine> {
    let in_lines = |role: Role, words: &str| {
        let mut lines = wrap(words, columns);
        if lines.len() > MAX_LINES {
            let rest = lines.split_off(MAX_LINES - 1).join(" ");
            lines.push(cut(&rest, columns).into_owned());
        }
        let lines = lines.into_iter().map(|line| StyledLine::new().with(role, line));
        lines.collect::<Vec<_>>()
    };
    if let Some(confirmation) = &state.confirmation {
        let question = confirmation.question();
        if question.width() < columns {
            return Vec::new();
        }
        let (question, answer) = question.rsplit_once('?').unwrap_or((&question, ""));
        let mut lines = in_lines(question_role(confirmation), &format!("{question}?"));
        let answer = StyledLine::new().with(question_role(confirmation), answer.trim_start().to_owned());
        let room = columns.saturating_sub(answer.width());
        lines.push(answer.then(writing(confirmation.line.parts(), said(state), room)));
        return lines;
    }
    if let Some(palette) = &state.palette {
        let (before, after) = palette.line().parts();
        let error = palette.error().filter(|error| {
            let needed = before.width() + after.width() + error.width() + 5;
            palette.choices().is_empty() && needed > columns
        });
        let Some(error) = error else { return Vec::new() };
        let mut lines = in_lines(Role::Problem, error);
        let prompt = StyledLine::new().with(Role::Key, ":");
        lines.push(prompt.then(writing((before, after), None, columns.saturating_sub(1))));
        return lines;
    }
    match &state.notice {
        Some(notice) if state.line.is_none() && notice.words.width() > columns => {
            in_lines(notice_role(notice), &notice.words)
        }
        _ => Vec::new(),
    }
}

fn question_role(confirmation: &Confirmation) -> Role {
    if confirmation.wants_words() { Role::Bad } else { Role::Warn }
}

fn notice_role(notice: &Notice) -> Role {
    if notice.is_problem { Role::Problem } else { Role::Information }
}

fn said(state: &State) -> Option<&str> {
    state.notice.as_ref().map(|notice| notice.words.as_str())
}

/// The line in so many columns: a mistake in the filter that is being written,
/// else a notice, else the hints that fit.
fn line(state: &State, columns: usize, places: &mut Vec<HintPlace>) -> StyledLine {
    if let Some(confirmation) = &state.confirmation {
        let question = StyledLine::new().with(question_role(confirmation), confirmation.question());
        let room = columns.saturating_sub(question.width());
        return question.then(writing(confirmation.line.parts(), said(state), room));
    }
    if let Some(palette) = &state.palette {
        let prompt = StyledLine::new().with(Role::Key, ":");
        return prompt.then(writing(palette.line().parts(), palette.error(), columns.saturating_sub(1)));
    }
    if let Some(mistake) = state.line.as_ref().and_then(|line| prompt::mistake(line, columns)) {
        return mistake;
    }
    if let Some(notice) = &state.notice {
        return StyledLine::new().with(notice_role(notice), notice.words.clone());
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

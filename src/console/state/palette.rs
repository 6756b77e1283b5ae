//! The palette: a command that is being written.

use std::sync::Arc;

use super::{Notice, State, TextLine};
use crate::console::command::{self, Choice};

/// Commands that are remembered at most.
const MAX_HISTORY: usize = 100;

/// A command that is being written, and what may stand next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    line: TextLine,
    choices: Arc<[Choice]>,
    /// The choice that was taken into the line.
    taken: Option<usize>,
    /// How far back in the history the line is from, from 1.
    recalled: usize,
    error: Option<String>,
}

impl Palette {
    /// The line.
    pub fn line(&self) -> &TextLine {
        &self.line
    }

    /// What may stand next.
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// The choice that was taken into the line.
    pub fn taken(&self) -> Option<usize> {
        self.taken
    }

    /// Why the line did not run, or cannot.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }
}

impl State {
    /// Opens the palette with the beginning of a command.
    pub(in crate::console) fn open_palette(&mut self, start: &str) {
        self.set_palette_line(TextLine::new(start), 0);
    }

    fn set_palette_line(&mut self, line: TextLine, recalled: usize) {
        let text = line.text();
        let choices: Arc<[_]> = command::choices(self, &text).into();
        // A slip is told while it is written, not only when it is run.
        let is_name = choices.is_empty() && !text.trim().is_empty();
        let error = is_name.then(|| command::check(&text).err().map(|refusal| refusal.to_string())).flatten();
        self.palette = Some(Palette { line, choices, taken: None, recalled, error });
    }

    /// Changes the palette's line.
    pub(super) fn edit_palette(&mut self, change: impl FnOnce(&mut TextLine)) {
        if let Some(palette) = &self.palette {
            let mut line = palette.line.clone();
            change(&mut line);
            self.set_palette_line(line, 0);
        }
    }

    /// Takes the next choice into the line, or the one before.
    pub(in crate::console) fn complete(&mut self, by: i64) {
        let Some(palette) = &mut self.palette else { return };
        let count = i64::try_from(palette.choices.len()).unwrap_or(0);
        if count == 0 {
            return;
        }
        let taken = palette.taken.and_then(|taken| i64::try_from(taken).ok());
        let next = taken.map_or(if by > 0 { 0 } else { count - 1 }, |taken| (taken + by).rem_euclid(count));
        let next = usize::try_from(next).unwrap_or(0);
        let Some(choice) = palette.choices.get(next) else { return };
        let line = TextLine::new(choice.line.clone());
        if count == 1 {
            // There is nothing more to choose here: on to the argument.
            self.set_palette_line(line, 0);
        } else {
            palette.line = line;
            palette.taken = Some(next);
            palette.error = None;
        }
    }

    /// Goes back in the history, or forth.
    pub(in crate::console) fn recall(&mut self, by: i64) {
        let Some(palette) = &self.palette else { return };
        let back = i64::try_from(palette.recalled).unwrap_or(0) + by;
        let back = usize::try_from(back).unwrap_or(0).min(self.palette_history.len());
        let line = match self.palette_history.len().checked_sub(back) {
            Some(place) if back > 0 => self.palette_history.get(place).cloned().unwrap_or_default(),
            _ => String::new(),
        };
        self.set_palette_line(TextLine::new(line), back);
    }

    /// Runs what is written. What cannot run stays, with the reason beside it.
    pub(in crate::console) fn run_palette(&mut self) {
        let Some(palette) = self.palette.take() else { return };
        let written = palette.line.text().trim().to_owned();
        if written.is_empty() {
            return;
        }
        let line = self.meant(&palette, &written);
        match command::dispatch(self, &line) {
            // A command without its argument opened the palette again.
            Ok(()) if self.palette.is_some() => {}
            Ok(()) => self.remember(line),
            Err(refusal) => {
                let error = Some(refusal.to_string()).filter(|words| !words.is_empty());
                let error = error.or_else(|| Some("this makes no sense now".to_owned()));
                self.palette = Some(Palette { error, ..palette });
            }
        }
    }

    /// What a line that begins only one command's name means.
    fn meant(&self, palette: &Palette, written: &str) -> String {
        match &*palette.choices {
            [only] if command::check(written).is_err() && only.line.starts_with(written) => only.line.clone(),
            _ => written.to_owned(),
        }
    }

    fn remember(&mut self, line: String) {
        let line = line.trim().to_owned();
        self.palette_history.retain(|other| *other != line);
        if self.palette_history.len() >= MAX_HISTORY {
            self.palette_history.remove(0);
        }
        self.palette_history.push(line);
    }

    /// Says why a key's command did not run.
    pub(in crate::console) fn say_refusal(&mut self, refusal: &command::Refusal) {
        let words = refusal.to_string();
        self.notice = (!words.is_empty()).then(|| Notice::problem(words));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::state::PageId;
    use crate::console::test_fleet::{press, state};
    use crate::console::{Options, Outcome};

    fn written(state: &State) -> Option<String> {
        state.palette.as_ref().map(|palette| palette.line.text())
    }

    #[test]
    fn a_command_is_completed_run_and_remembered() {
        let mut state = state(Options::default());
        press(&mut state, ": s o r tab");
        assert_eq!(written(&state).as_deref(), Some("sort "));
        press(&mut state, "tab");
        assert_eq!(written(&state).as_deref(), Some("sort.next"));
        press(&mut state, "shift-tab - a g e enter");
        assert_eq!((written(&state), state.page), (None, PageId::Agents));
        assert_eq!(state.agents.sort().key.name(), "age");
        press(&mut state, ": g r o u p space e u - s tab enter");
        assert_eq!(state.page, PageId::Overview);
        assert_eq!(&*state.overview.selected(&state.snapshot).unwrap().name, "eu-south");
        press(&mut state, ": up up");
        assert_eq!(written(&state).as_deref(), Some("sort -age"));
        press(&mut state, "down");
        assert_eq!(written(&state).as_deref(), Some("group eu-south"));
        press(&mut state, "down");
        assert_eq!(written(&state).as_deref(), Some(""));
        press(&mut state, "esc");
        assert_eq!((written(&state), state.outcome), (None, None));
        press(&mut state, ": q enter");
        assert_eq!(state.outcome, Some(Outcome::Quit));
    }

    #[test]
    fn what_is_wrong_is_told_in_place() {
        let mut state = state(Options::default());
        let error = |state: &State| state.palette.as_ref().and_then(|palette| palette.error.clone());
        press(&mut state, ": a g e n t space n o d e - 9 9 enter");
        assert_eq!(error(&state).as_deref(), Some("there is no agent node-99; did you mean node-00?"));
        press(&mut state, "backspace");
        assert_eq!(error(&state), None);
        press(&mut state, "ctrl-u x y z z y");
        assert_eq!(error(&state).as_deref(), Some("there is no command xyzzy"));
        press(&mut state, "ctrl-u a g e n t enter");
        assert_eq!(written(&state).as_deref(), Some("agent "), "it still needs an agent");
        press(&mut state, "n o d e - 0 2 enter");
        assert_eq!((written(&state), state.page), (None, PageId::Agents));
        assert!(state.overlay.is_some());
    }

    #[test]
    fn the_history_is_bounded_and_holds_each_line_once() {
        let mut state = state(Options::default());
        for number in 0..300 {
            state.remember(format!("sort {}", number % 150));
        }
        assert_eq!(state.palette_history.len(), MAX_HISTORY);
        assert_eq!(state.palette_history.last().map(String::as_str), Some("sort 149"));
    }
}

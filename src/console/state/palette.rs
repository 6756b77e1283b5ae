//! The palette: a command that is being written.

use std::sync::Arc;

use super::{Notice, State, TextLine};
use crate::console::command::{self, Choice, FolderNames, SoughtPath};
use crate::console::outside::Request;

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
    /// Names of a folder, where they were asked for.
    told: Option<Arc<FolderNames>>,
    /// What is awaited: the names of a folder, by number, and which choice is
    /// to be taken then.
    awaited: Option<(u64, i64)>,
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
        let told = self.palette.as_ref().and_then(|palette| palette.told.clone());
        let choices: Arc<[_]> = command::choices(self, &text, told.as_deref()).into();
        // A slip is told while it is written, not only when it is run.
        let is_name = choices.is_empty() && !text.trim().is_empty();
        let error = is_name.then(|| command::check(&text).err().map(|refusal| refusal.to_string())).flatten();
        self.palette = Some(Palette { line, choices, taken: None, recalled, error, told, awaited: None });
    }

    /// Changes the palette's line.
    pub(super) fn edit_palette(&mut self, change: impl FnOnce(&mut TextLine)) {
        if let Some(palette) = &self.palette {
            let mut line = palette.line.clone();
            change(&mut line);
            self.set_palette_line(line, 0);
        }
    }

    /// Takes the next choice into the line, or the one before. Where a path is
    /// due, its folder is asked for its names first; that is done outside.
    pub(in crate::console) fn complete(&mut self, by: i64) {
        match self.unasked_path() {
            Some(sought) => {
                self.folders_asked += 1;
                let number = self.folders_asked;
                if let Some(palette) = &mut self.palette {
                    palette.awaited = Some((number, by));
                }
                let (folder, prefix, is_folder) = (sought.folder, sought.prefix, sought.is_folder);
                self.requests.push(Request::ListFolder { number, folder, prefix, is_folder });
            }
            None => self.take_next_choice(by),
        }
    }

    /// The path that is being written, where its folder's names are not known.
    fn unasked_path(&self) -> Option<SoughtPath> {
        let palette = self.palette.as_ref().filter(|palette| palette.taken.is_none())?;
        let sought = SoughtPath::of(palette.line.text().trim_start())?;
        let is_told = palette.told.as_ref().is_some_and(|told| sought.is_told_by(told));
        (!is_told).then_some(sought)
    }

    /// Takes in what a folder holds: as much as all its names have in common is
    /// written, else one of them is taken.
    pub(in crate::console) fn take_folder(&mut self, number: u64, told: Result<FolderNames, String>) {
        let Some(palette) = &mut self.palette else { return };
        let Some((_, by)) = palette.awaited.take_if(|(awaited, _)| *awaited == number) else { return };
        let told = match told {
            Ok(told) => Arc::new(told),
            Err(words) => {
                palette.error = Some(words);
                return self.take_next_choice(by);
            }
        };
        palette.told = Some(Arc::clone(&told));
        let (line, recalled) = (palette.line.clone(), palette.recalled);
        let common = SoughtPath::of(line.text().trim_start()).and_then(|sought| sought.common(&told));
        let is_longer = common.is_some();
        self.set_palette_line(common.map_or(line, TextLine::new), recalled);
        let Some(palette) = &mut self.palette else { return };
        palette.error = match (palette.choices.is_empty(), told.left_out, told.is_cut) {
            (true, 0, _) if told.is_folder => Some("no folder there begins so".to_owned()),
            (true, 0, _) => Some("nothing there begins so".to_owned()),
            (_, 0, false) => None,
            (_, 0, true) => Some("there are more; write on".to_owned()),
            (_, 1, _) => Some("a name that cannot be written here is left out".to_owned()),
            (_, number, _) => Some(format!("{number} names that cannot be written here are left out")),
        };
        if !is_longer {
            self.take_next_choice(by);
        }
    }

    fn take_next_choice(&mut self, by: i64) {
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

    /// Takes a choice into the line.
    pub(super) fn take_choice(&mut self, place: usize) {
        if let Some(palette) = &mut self.palette
            && let Some(choice) = palette.choices.get(place)
        {
            palette.line = TextLine::new(choice.line.clone());
            palette.taken = Some(place);
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
    use crate::console::{Message, Options, Outcome, update};

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

    /// Presses tab, and answers with names where a folder is asked for them.
    fn tab(state: &mut State, names: Result<&[&str], &str>) -> Option<(String, String, bool)> {
        let effects = update(state, Message::Key("tab".parse().unwrap()));
        let asked = effects.requests.into_iter().next()?;
        let Request::ListFolder { number, folder, prefix, is_folder } = asked else {
            panic!("{asked:?}");
        };
        let told = names.map_err(str::to_owned).map(|names| FolderNames {
            folder: folder.clone(),
            prefix: prefix.clone(),
            is_folder,
            names: names
                .iter()
                .map(|name| (name.trim_end_matches('/').to_owned(), name.ends_with('/')))
                .collect(),
            left_out: 0,
            is_cut: false,
        });
        // Somebody else's answer changes nothing.
        let before = state.palette.clone();
        update(state, Message::Folder { number: number + 7, told: told.clone() });
        assert_eq!(state.palette, before);
        update(state, Message::Folder { number, told });
        Some((folder, prefix, is_folder))
    }

    #[test]
    fn a_path_is_completed_with_the_names_of_its_folder() {
        let mut state = state(Options::default());
        press(&mut state, ": e v i d e n c e space / s r v / e");
        let asked = tab(&mut state, Ok(&["evidence/", "evidence of may/"]));
        assert_eq!(asked, Some(("/srv/".to_owned(), "e".to_owned(), true)), "only folders");
        assert_eq!(written(&state).as_deref(), Some("evidence /srv/evidence"), "as far as both are the same");
        assert_eq!(tab(&mut state, Ok(&[])), None, "the names are known");
        assert_eq!(written(&state).as_deref(), Some("evidence /srv/evidence/"));
        press(&mut state, "tab");
        assert_eq!(written(&state).as_deref(), Some("evidence '/srv/evidence of may/'"));
        press(&mut state, "space r");
        let asked = tab(&mut state, Ok(&["root.json"]));
        assert_eq!(asked, Some((String::new(), "r".to_owned(), false)), "the root is a file");
        assert_eq!(written(&state).as_deref(), Some("evidence '/srv/evidence of may/' root.json"));
        assert_eq!(state.palette.as_ref().unwrap().error(), None);
    }

    #[test]
    fn what_a_folder_does_not_tell_is_said_and_a_late_answer_forgotten() {
        let mut state = state(Options::default());
        let error = |state: &State| state.palette.as_ref().and_then(|palette| palette.error.clone());
        press(&mut state, ": e d i t space n o / x");
        tab(&mut state, Err("no/: there is no such folder"));
        assert_eq!(error(&state).as_deref(), Some("no/: there is no such folder"));
        press(&mut state, "backspace backspace backspace backspace x");
        tab(&mut state, Ok(&[]));
        assert_eq!(error(&state).as_deref(), Some("nothing there begins so"));
        press(&mut state, "backspace y");
        let effects = update(&mut state, Message::Key("tab".parse().unwrap()));
        let Some(Request::ListFolder { number, folder, .. }) = effects.requests.into_iter().next() else {
            panic!("no folder was asked for its names");
        };
        press(&mut state, "z");
        let told = FolderNames { folder, names: vec![("yes".to_owned(), false)], ..FolderNames::default() };
        update(&mut state, Message::Folder { number, told: Ok(told.clone()) });
        assert_eq!(written(&state).as_deref(), Some("edit yz"), "it was written on meanwhile");
        press(&mut state, "esc");
        update(&mut state, Message::Folder { number, told: Ok(told) });
        assert_eq!(written(&state), None);
    }

    #[test]
    fn policies_that_are_known_are_completed_without_a_folder_too() {
        let mut state = state(Options::default());
        press(&mut state, ": p o l i c y space g r o u p :");
        assert_eq!(tab(&mut state, Ok(&[])), None, "no file is called so");
        press(&mut state, "ctrl-u p o l i c y - r e q u i r e space - -");
        assert_eq!(tab(&mut state, Ok(&[])), None, "a flag is no file");
        assert_eq!(written(&state).as_deref(), Some("policy-require --log-inclusion"));
        press(&mut state, "ctrl-u p o l i c y - r e q u i r e space - - r e p l a c e space o");
        tab(&mut state, Ok(&["out/"]));
        assert_eq!(written(&state).as_deref(), Some("policy-require --replace out/"));
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

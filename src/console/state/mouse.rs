//! The mouse: a click or a turn of the wheel becomes a command, as a key does.

use super::{FilterLine, Notice, Overlay, State};
use crate::console::command;
use crate::console::keymap::{Context, Key, Lookup, Named};
use crate::console::outside::Request;
use crate::console::widget::Target;

/// Lines that a turn of the wheel scrolls.
const WHEEL_LINES: usize = 3;

/// What the mouse did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mouse {
    /// It hit something.
    Click(Target),
    /// Its wheel was turned one notch.
    Wheel {
        /// Towards the operator.
        is_down: bool,
    },
}

impl State {
    /// Takes in what the mouse did.
    pub(in crate::console) fn take_mouse(&mut self, mouse: Mouse) {
        self.notice = None;
        self.pending.clear();
        match (self.context(), mouse) {
            // A question is answered in words, not by a slip of the hand.
            (Context::Question | Context::Words, _) => {}
            (Context::Palette, Mouse::Click(target)) => self.click_palette(&target),
            (Context::Palette, Mouse::Wheel { is_down }) => {
                self.run_line(if is_down { "palette.next" } else { "palette.previous" });
            }
            (_, Mouse::Click(target)) => self.click(&target),
            (_, Mouse::Wheel { is_down }) => {
                for _ in 0..WHEEL_LINES {
                    self.run_line(if is_down { "list.scroll-down" } else { "list.scroll-up" });
                }
            }
        }
    }

    fn click(&mut self, target: &Target) {
        let clicked_before = self.clicked.take();
        if self.line.as_ref().is_some_and(|line| FilterLine::error(line).is_none()) {
            self.run_line("filter.keep");
        }
        match target {
            Target::Command(line) => self.run_line(line),
            Target::Row(row) => {
                let was_selected = clicked_before == Some(*row) && self.selected_row_number() == Some(*row);
                let shows_details = matches!(self.overlay, Some(Overlay::Detail(_)));
                if shows_details {
                    self.overlay = None;
                }
                self.run_line(&format!("list.row {}", row + 1));
                self.settle();
                self.clicked = Some(*row);
                if was_selected || shows_details {
                    self.enter();
                }
            }
            Target::Choice(_) | Target::Nothing => {}
        }
    }

    /// The first click takes a choice, the second runs it; one aside closes.
    fn click_palette(&mut self, target: &Target) {
        match target {
            Target::Choice(place) => {
                let is_taken = self.palette.as_ref().is_some_and(|palette| palette.taken() == Some(*place));
                if is_taken { self.run_line("palette.run") } else { self.take_choice(*place) }
            }
            Target::Nothing => {}
            Target::Command(line) if line.starts_with("palette.") => self.run_line(line),
            Target::Command(_) | Target::Row(_) => self.run_line("palette.close"),
        }
    }

    /// Does what the enter key does here.
    fn enter(&mut self) {
        let keymap = std::sync::Arc::clone(&self.keymap);
        if let Lookup::Command(id) = keymap.look_up(self.context(), &[Key::named(Named::Enter)]) {
            self.run_line(id);
        }
    }

    fn run_line(&mut self, line: &str) {
        if let Err(refusal) = command::dispatch(self, line) {
            self.say_refusal(&refusal);
        }
    }

    /// Gives the mouse to the terminal, or takes it again.
    pub(in crate::console) fn toggle_mouse(&mut self) {
        self.mouse = !self.mouse;
        self.requests.push(Request::Mouse { is_ours: self.mouse });
        let keys = self.keymap.keys_of(self.context(), "mouse.toggle").next();
        let again = keys.map_or_else(|| ":mouse".to_owned(), |key| format!("{key} or :mouse"));
        self.notice = Some(Notice::information(match self.mouse {
            true => format!("the mouse acts here; {again} leaves it to the terminal, to select text"),
            false => format!("the mouse selects text in the terminal; {again} takes it back"),
        }));
    }
}

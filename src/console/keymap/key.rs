//! One key, and its name in the keymap.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode as TerminalCode, KeyEvent, KeyModifiers};

use crate::text::nearest::nearest;
use crate::text::sanitise;

/// A key with what is held down beside it. Shift is part of the character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which key.
    pub code: KeyCode,
    /// With Control.
    pub control: bool,
    /// With Alt.
    pub alt: bool,
}

/// Which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyCode {
    /// A key that writes.
    Character(char),
    /// A key that has a name.
    Named(Named),
}

/// Keys that have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Named {
    Enter,
    Escape,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    ShiftUp,
    ShiftDown,
    ShiftLeft,
    ShiftRight,
}

const NAMES: [(&str, Named); 18] = [
    ("enter", Named::Enter),
    ("esc", Named::Escape),
    ("tab", Named::Tab),
    ("shift-tab", Named::BackTab),
    ("backspace", Named::Backspace),
    ("delete", Named::Delete),
    ("up", Named::Up),
    ("down", Named::Down),
    ("left", Named::Left),
    ("right", Named::Right),
    ("home", Named::Home),
    ("end", Named::End),
    ("page-up", Named::PageUp),
    ("page-down", Named::PageDown),
    ("shift-up", Named::ShiftUp),
    ("shift-down", Named::ShiftDown),
    ("shift-left", Named::ShiftLeft),
    ("shift-right", Named::ShiftRight),
];

impl Key {
    /// A character without anything held down.
    pub fn character(character: char) -> Self {
        Self { code: KeyCode::Character(character), control: false, alt: false }
    }

    /// A named key without anything held down.
    pub fn named(named: Named) -> Self {
        Self { code: KeyCode::Named(named), control: false, alt: false }
    }

    /// The key of a terminal's event; none for keys that have no name here.
    pub fn from_event(event: &KeyEvent) -> Option<Self> {
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        let shift = event.modifiers.contains(KeyModifiers::SHIFT);
        let code = match event.code {
            // Terminals disagree on the case of a character with Control.
            TerminalCode::Char(character) if control => KeyCode::Character(character.to_ascii_lowercase()),
            TerminalCode::Char(character) => KeyCode::Character(character),
            TerminalCode::Up if shift => KeyCode::Named(Named::ShiftUp),
            TerminalCode::Down if shift => KeyCode::Named(Named::ShiftDown),
            TerminalCode::Left if shift => KeyCode::Named(Named::ShiftLeft),
            TerminalCode::Right if shift => KeyCode::Named(Named::ShiftRight),
            code => KeyCode::Named(match code {
                TerminalCode::Enter => Named::Enter,
                TerminalCode::Esc => Named::Escape,
                TerminalCode::Tab => Named::Tab,
                TerminalCode::BackTab => Named::BackTab,
                TerminalCode::Backspace => Named::Backspace,
                TerminalCode::Delete => Named::Delete,
                TerminalCode::Up => Named::Up,
                TerminalCode::Down => Named::Down,
                TerminalCode::Left => Named::Left,
                TerminalCode::Right => Named::Right,
                TerminalCode::Home => Named::Home,
                TerminalCode::End => Named::End,
                TerminalCode::PageUp => Named::PageUp,
                TerminalCode::PageDown => Named::PageDown,
                _ => return None,
            }),
        };
        Some(Self { code, control, alt: event.modifiers.contains(KeyModifiers::ALT) })
    }

    /// The character that the key writes into a line of text.
    pub fn text(self) -> Option<char> {
        match self.code {
            KeyCode::Character(character) if !self.control && !self.alt => Some(character),
            _ => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.control {
            out.write_str("ctrl-")?;
        }
        if self.alt {
            out.write_str("alt-")?;
        }
        match self.code {
            KeyCode::Character(' ') => out.write_str("space"),
            KeyCode::Character(character) => write!(out, "{character}"),
            KeyCode::Named(named) => {
                out.write_str(NAMES.iter().find(|(_, other)| *other == named).map_or("?", |(name, _)| name))
            }
        }
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (control, rest) = text.strip_prefix("ctrl-").map_or((false, text), |rest| (true, rest));
        let (alt, rest) = rest.strip_prefix("alt-").map_or((false, rest), |rest| (true, rest));
        let mut characters = rest.chars();
        let code = match (characters.next(), characters.next()) {
            (Some(character), None) if !character.is_whitespace() && !character.is_control() => {
                KeyCode::Character(character)
            }
            _ if rest == "space" => KeyCode::Character(' '),
            _ => {
                let known = NAMES.iter().find(|(name, _)| *name == rest);
                KeyCode::Named(known.map(|(_, named)| *named).ok_or_else(|| unknown(rest))?)
            }
        };
        Ok(Self { code, control, alt })
    }
}

fn unknown(name: &str) -> String {
    let names = NAMES.iter().map(|(name, _)| *name).chain(["space"]);
    let hint = nearest(name, names).map(|name| format!("; did you mean {name}?")).unwrap_or_default();
    format!("there is no key named {}{hint}", sanitise(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_keys_agree() {
        for name in
            ["j", "G", "/", "?", "ctrl-d", "alt-x", "ctrl-alt-k", "space", "esc", "shift-tab", "page-up"]
        {
            assert_eq!(name.parse::<Key>().map(|key| key.to_string()).as_deref(), Ok(name));
        }
        for (name, _) in NAMES {
            assert_eq!(name.parse::<Key>().map(|key| key.to_string()).as_deref(), Ok(name));
        }
    }

    #[test]
    fn a_wrong_name_gets_the_nearest_right_one() {
        assert_eq!(
            "pageup".parse::<Key>(),
            Err("there is no key named pageup; did you mean page-up?".to_owned())
        );
        assert!("".parse::<Key>().is_err());
    }

    #[test]
    fn control_is_the_same_key_in_either_case() {
        let event = KeyEvent::new(TerminalCode::Char('D'), KeyModifiers::CONTROL | KeyModifiers::SHIFT);
        assert_eq!(Key::from_event(&event).map(|key| key.to_string()).as_deref(), Some("ctrl-d"));
    }
}

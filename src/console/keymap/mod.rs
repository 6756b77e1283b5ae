//! Which keys mean which command, as data.
//!
//! A row is `{ keys = ["j", "down"], command = "list.down", when = ["reading"] }`.
//! A key text with spaces is a sequence: `g g`. Help, footer and documentation
//! are made from these rows; [`Keymap::problems`] finds what cannot work.

mod context;
mod key;
mod own;

use serde::Deserialize;

pub use context::Context;
pub use key::{Key, KeyCode, Named};
pub use own::{Replacements, over};

use super::command;
use crate::text::nearest::nearest;
use crate::text::sanitise;

/// The keymap that comes with the program.
pub const BUILT_IN: &str = include_str!("../../../assets/keymap.toml");

/// All rows.
#[derive(Clone, Debug, Default)]
pub struct Keymap {
    rows: Vec<Row>,
}

/// Key sequences that mean a command in some contexts.
#[derive(Clone, Debug)]
pub struct Row {
    /// Alternatives; each is a sequence.
    pub keys: Vec<Vec<Key>>,
    /// The id of the command.
    pub command: String,
    /// Where.
    pub contexts: Vec<Context>,
}

/// What the keys pressed so far mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// This command.
    Command(&'a str),
    /// The beginning of a sequence.
    Unfinished,
    /// Nothing.
    Nothing,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    bind: Vec<FileRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRow {
    keys: Vec<String>,
    command: String,
    when: Vec<String>,
}

impl Keymap {
    /// Reads a keymap.
    ///
    /// # Errors
    /// What is wrong, in words, with the place where TOML tells it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let rows = file.bind.into_iter().map(row).collect::<Result<_, _>>()?;
        Ok(Self { rows })
    }

    /// The rows in their order.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// What `pressed` means in `context`.
    pub fn look_up(&self, context: Context, pressed: &[Key]) -> Lookup<'_> {
        let rows = || self.rows.iter().filter(|row| row.contexts.contains(&context));
        if let Some(row) = rows().find(|row| row.keys.iter().any(|keys| keys == pressed)) {
            return Lookup::Command(&row.command);
        }
        match rows().any(|row| row.keys.iter().any(|keys| keys.starts_with(pressed))) {
            true => Lookup::Unfinished,
            false => Lookup::Nothing,
        }
    }

    /// The keys of a command in a context, as texts: `g g`.
    pub fn keys_of(&self, context: Context, command: &str) -> impl Iterator<Item = String> {
        self.rows
            .iter()
            .filter(move |row| row.command == command && row.contexts.contains(&context))
            .flat_map(|row| row.keys.iter().map(|keys| sequence_text(keys)))
    }

    /// Whether a command has keys in a context.
    pub fn has_key(&self, context: Context, command: &str) -> bool {
        self.rows
            .iter()
            .any(|row| row.command == command && !row.keys.is_empty() && row.contexts.contains(&context))
    }

    /// What cannot work: unknown commands, and keys that mean two things.
    pub fn problems(&self) -> Vec<String> {
        let mut problems: Vec<_> = self.rows.iter().filter_map(unknown_command).collect();
        for context in Context::ALL {
            let bound: Vec<_> = self
                .rows
                .iter()
                .filter(|row| row.contexts.contains(&context))
                .flat_map(|row| row.keys.iter().map(move |keys| (keys, &row.command)))
                .collect();
            for (number, (keys, command)) in bound.iter().enumerate() {
                for (other_keys, other) in bound.iter().skip(number + 1) {
                    if keys.starts_with(other_keys) || other_keys.starts_with(keys) {
                        problems.push(format!(
                            "in {}, {} ({command}) and {} ({other}) exclude each other",
                            context.name(),
                            sequence_text(keys),
                            sequence_text(other_keys),
                        ));
                    }
                }
            }
        }
        problems
    }
}

/// A sequence as it is written in the keymap.
pub fn sequence_text(keys: &[Key]) -> String {
    keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
}

fn row(file: FileRow) -> Result<Row, String> {
    let keys = file
        .keys
        .iter()
        .map(|sequence| {
            let keys = sequence.split_whitespace().map(str::parse).collect::<Result<Vec<Key>, _>>()?;
            if keys.is_empty() { Err(format!("{}: an empty key", sanitise(&file.command))) } else { Ok(keys) }
        })
        .collect::<Result<_, _>>()?;
    let mut contexts = Vec::new();
    for name in &file.when {
        let named = Context::named(name).ok_or_else(|| {
            let hint = nearest(name, Context::NAMES).map(|name| format!("; did you mean {name}?"));
            format!("there is no context {}{}", sanitise(name), hint.unwrap_or_default())
        })?;
        contexts.extend(named);
    }
    Ok(Row { keys, command: file.command, contexts })
}

fn unknown_command(row: &Row) -> Option<String> {
    command::check(&row.command).err().map(|refusal| refusal.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<Key> {
        text.split_whitespace().map(|key| key.parse().unwrap()).collect()
    }

    #[test]
    fn the_built_in_keymap_has_no_problems() {
        assert_eq!(Keymap::parse(BUILT_IN).unwrap().problems(), Vec::<String>::new());
    }

    #[test]
    fn every_command_has_a_doc_and_a_key_or_a_name_in_the_palette() {
        let keymap = Keymap::parse(BUILT_IN).unwrap();
        for command in command::all() {
            assert!(!command.doc.is_empty(), "{} has no doc", command.id);
            let has_key = keymap.rows().iter().any(|row| row.command == command.id);
            assert!(has_key || !command.is_for_lines(), "{} cannot be reached", command.id);
        }
    }

    #[test]
    fn sequences_are_found_key_by_key() {
        let keymap = Keymap::parse(BUILT_IN).unwrap();
        assert_eq!(keymap.look_up(Context::Agents, &keys("g")), Lookup::Unfinished);
        assert_eq!(keymap.look_up(Context::Agents, &keys("g g")), Lookup::Command("list.first"));
        assert_eq!(keymap.look_up(Context::Agents, &keys("g x")), Lookup::Nothing);
        assert_eq!(keymap.look_up(Context::Filter, &keys("g")), Lookup::Nothing);
        assert_eq!(keymap.look_up(Context::Filter, &keys("ctrl-c")), Lookup::Command("quit"));
    }

    #[test]
    fn clashes_and_unknown_names_are_told() {
        let text = r#"
            bind = [
                { keys = ["g"], command = "list.last", when = ["agents"] },
                { keys = ["g g"], command = "list.first", when = ["reading"] },
                { keys = ["x"], command = "quitt", when = ["help"] },
            ]"#;
        assert_eq!(
            Keymap::parse(text).unwrap().problems(),
            [
                "there is no command quitt; did you mean quit?",
                "in agents, g (list.last) and g g (list.first) exclude each other",
            ]
        );
        let wrong = r#"bind = [{ keys = ["j"], command = "quit", when = ["agent"] }]"#;
        assert_eq!(Keymap::parse(wrong).unwrap_err(), "there is no context agent; did you mean agents?");
    }
}

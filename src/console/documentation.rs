//! The documents that are made from the table of commands and the keymap.

use std::fmt::Write;

use super::ConsoleError;
use super::command::{self, Argument, Command, Effect};
use super::keymap::{self, Context, Keymap, sequence_text};

/// `assets/COMMANDS.md`: every command, and every key by its place.
///
/// # Errors
/// If the embedded keymap is broken, which a test excludes.
pub fn commands() -> Result<String, ConsoleError> {
    let keymap = built_in()?;
    let mut text = String::from(
        "# Commands of limescope\n\nMade by `make docs` from the program's own tables. In the console, `:` opens the \
         palette, where a command is\nwritten by its name or its id; `?` shows the keys. `keymap.toml` in the \
         configuration folder and `[keys]` of\n`limescope.toml` bind other keys.\n\n\
         | name | id | what it does | effect | keys |\n|---|---|---|---|---|\n",
    );
    for command in command::all() {
        let argument =
            command.argument().map(|argument| format!(" {}", argument.shown())).unwrap_or_default();
        let keys = Context::ALL.iter().flat_map(|context| keymap.keys_of(*context, command.id));
        let row = format!(
            "| {} | `{}` | {} | {} | {} |",
            if command.is_for_lines() {
                String::new()
            } else {
                code(&format!("{}{argument}", command.name()))
            },
            command.id,
            command.doc,
            effect(command),
            listed(keys),
        );
        text.push_str(&row);
        text.push('\n');
    }
    let taking = command::all().filter(|command| command.argument().is_some_and(Argument::takes_path));
    let taking: Vec<_> = taking.map(|command| code(command.name())).collect();
    // Writing to a String cannot fail.
    let _ = write!(text, "\n`tab` completes paths in {}; `~/` is the home folder.\n", taking.join(", "));
    for context in Context::ALL {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n## Keys: {}\n\n| keys | what they do |\n|---|---|\n", context.name());
        text.push_str(&rows(&keymap, context));
    }
    Ok(text)
}

/// The keys of the README: those of the pages.
///
/// # Errors
/// If the embedded keymap is broken, which a test excludes.
pub fn keys() -> Result<String, ConsoleError> {
    Ok(format!("| keys | on the Agents page |\n|---|---|\n{}", rows(&built_in()?, Context::Agents)))
}

fn built_in() -> Result<Keymap, ConsoleError> {
    Keymap::parse(keymap::BUILT_IN)
        .map_err(|detail| ConsoleError::Asset { name: "assets/keymap.toml", detail })
}

fn rows(keymap: &Keymap, context: Context) -> String {
    let rows = keymap.rows().iter().filter(|row| row.contexts.contains(&context));
    rows.filter_map(|row| {
        let doc = command::find(&row.command)?.doc;
        Some(format!("| {} | {doc} |\n", listed(row.keys.iter().map(|keys| sequence_text(keys)))))
    })
    .collect()
}

fn listed(keys: impl Iterator<Item = String>) -> String {
    let mut seen: Vec<String> = Vec::new();
    for key in keys.map(|key| code(&key)) {
        if !seen.contains(&key) {
            seen.push(key);
        }
    }
    seen.join(" ")
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

fn effect(command: &Command) -> &'static str {
    match command.effect {
        Effect::Read => "reads",
        Effect::Write => "writes, asks first",
        Effect::Destroy => "destroys, asks for its object",
    }
}

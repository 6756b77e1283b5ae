//! The operator's own keys over the built-in ones.
//!
//! A key of their own takes the place of whatever it meant in the same
//! contexts; `[keys]` of `limescope.toml` replaces all keys of a command.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;

use super::{Context, Key, Keymap, Row, sequence_text};
use crate::console::command;
use crate::console::diagnose::{Faults, Source, did_you_mean};
use crate::text::sanitise_to;

/// Characters of a wrong name that a message quotes at most.
const QUOTED_CHARS: usize = 40;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    bind: Vec<FileRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRow {
    keys: Vec<toml::Spanned<String>>,
    command: toml::Spanned<String>,
    when: Vec<toml::Spanned<String>>,
}

/// `[keys]` of the configuration: command → one key or several.
pub type Replacements = BTreeMap<toml::Spanned<String>, toml::Spanned<toml::Value>>;

/// One sequence of the operator's with its place.
struct Binding<'s> {
    keys: Vec<Key>,
    command: String,
    contexts: Vec<Context>,
    source: Source<'s>,
    span: Range<usize>,
}

impl Binding<'_> {
    fn excludes(&self, keys: &[Key]) -> bool {
        self.keys.starts_with(keys) || keys.starts_with(&self.keys)
    }
}

/// The built-in keymap with the operator's keys over it. What is wrong with
/// these is added to the faults.
pub fn over(
    built_in: Keymap,
    file: Option<Source<'_>>,
    config: Option<(Source<'_>, &Replacements)>,
    faults: &mut Faults,
) -> Keymap {
    let mut own = Vec::new();
    let mut rows = built_in.rows.clone();
    let mut taken: Vec<(String, Source<'_>, Range<usize>)> = Vec::new();
    if let Some((source, replacements)) = config {
        for (name, keys) in replacements {
            let Some(id) = known(name, source, faults) else { continue };
            let contexts = built_in.contexts_of(&id);
            rows.retain(|row| row.command != id);
            taken.push((id.clone(), source, name.span()));
            for text in texts(keys.get_ref()) {
                if let Some(keys) = sequence(text, keys.span(), source, faults) {
                    let (command, contexts) = (id.clone(), contexts.clone());
                    own.push(Binding { keys, command, contexts, source, span: name.span() });
                }
            }
        }
    }
    if let Some(source) = file {
        own.extend(bindings(source, faults));
    }
    clashes(&own, faults);
    let mut left = Vec::new();
    for row in rows {
        for keys in &row.keys {
            let taker = |context: &Context| {
                own.iter().find(|one| one.contexts.contains(context) && one.excludes(keys))
            };
            let contexts: Vec<_> =
                row.contexts.iter().copied().filter(|context| taker(context).is_none()).collect();
            if let Some(taker) = row.contexts.iter().find_map(taker) {
                taken.push((row.command.clone(), taker.source, taker.span.clone()));
            }
            if !contexts.is_empty() {
                left.push(Row { keys: vec![keys.clone()], command: row.command.clone(), contexts });
            }
        }
    }
    left.extend(own.into_iter().map(|one| Row {
        keys: vec![one.keys],
        command: one.command,
        contexts: one.contexts,
    }));
    let keymap = Keymap { rows: left };
    unreachable(&built_in, &keymap, taken, faults);
    keymap
}

impl Keymap {
    /// Where a command has keys; everywhere but in lines where it has none.
    fn contexts_of(&self, command: &str) -> Vec<Context> {
        let rows = self.rows.iter().filter(|row| row.command == command);
        let mut contexts: Vec<_> = rows.flat_map(|row| row.contexts.iter().copied()).collect();
        if contexts.is_empty() {
            contexts = Context::named("reading").unwrap_or_default();
        }
        contexts
    }

    /// Whether a command can only be had by a key: where it makes sense, the
    /// palette cannot be opened, or it opens the palette.
    fn needs_key(&self, command: &str) -> bool {
        let palette = self.contexts_of("palette.open");
        let is_bound = self.rows.iter().any(|row| row.command == command);
        command == "palette.open"
            || is_bound && !self.contexts_of(command).iter().any(|one| palette.contains(one))
    }
}

fn bindings<'s>(source: Source<'s>, faults: &mut Faults) -> Vec<Binding<'s>> {
    let file: File = match toml::from_str(source.text) {
        Ok(file) => file,
        Err(error) => {
            faults.add_toml(source, &error);
            return Vec::new();
        }
    };
    let mut bindings = Vec::new();
    for row in file.bind {
        let command = known(&row.command, source, faults);
        let mut contexts = Vec::new();
        for name in &row.when {
            match Context::named(name.get_ref()) {
                Some(named) => contexts.extend(named),
                None => {
                    let message =
                        format!("there is no context {}", sanitise_to(name.get_ref(), QUOTED_CHARS));
                    let hint = did_you_mean(name.get_ref(), Context::NAMES.into_iter());
                    faults.add(source, name.span(), "unknown-context", message, Some(hint));
                }
            }
        }
        for text in &row.keys {
            if let (Some(keys), Some(command)) =
                (sequence(text.get_ref(), text.span(), source, faults), command.clone())
            {
                writable(&keys, &contexts, text.span(), source, faults);
                bindings.push(Binding {
                    keys,
                    command,
                    contexts: contexts.clone(),
                    source,
                    span: text.span(),
                });
            }
        }
    }
    bindings
}

/// What names a command: its id, with the argument as it was written.
fn known(name: &toml::Spanned<String>, source: Source<'_>, faults: &mut Faults) -> Option<String> {
    let text = name.get_ref().trim();
    match command::check(text) {
        Ok(command) => {
            let argument = text.split_once(char::is_whitespace).map(|(_, argument)| argument.trim());
            Some(match argument {
                Some(argument) => format!("{} {argument}", command.id),
                None => command.id.to_owned(),
            })
        }
        Err(refusal) => {
            let hint = Some("`limescope print commands` lists them".to_owned());
            faults.add(source, name.span(), "unknown-command", refusal.to_string(), hint);
            None
        }
    }
}

fn texts(value: &toml::Value) -> Vec<&str> {
    match value {
        toml::Value::Array(list) => list.iter().filter_map(toml::Value::as_str).collect(),
        other => other.as_str().into_iter().collect(),
    }
}

fn sequence(text: &str, span: Range<usize>, source: Source<'_>, faults: &mut Faults) -> Option<Vec<Key>> {
    let keys: Result<Vec<Key>, String> = text.split_whitespace().map(str::parse).collect();
    let message = match keys {
        Ok(keys) if !keys.is_empty() => return Some(keys),
        Ok(_) => "an empty key".to_owned(),
        Err(message) => message,
    };
    let hint = Some("a key is a character or a name: j, ctrl-d, page-up; \"g g\" is a sequence".to_owned());
    faults.add(source, span, "unknown-key-name", message, hint);
    None
}

/// A character that means a command could not be written any more.
fn writable(keys: &[Key], contexts: &[Context], span: Range<usize>, source: Source<'_>, faults: &mut Faults) {
    let writes = keys.first().and_then(|key| key.text());
    let context = contexts.iter().find(|context| context.is_writing());
    if let (Some(character), Some(context)) = (writes, context) {
        let message = format!("{character} could not be written any more in {}", context.name());
        let hint = Some("there, bind a key with ctrl- or a named one".to_owned());
        faults.add(source, span, "key-writes", message, hint);
    }
}

fn clashes(own: &[Binding<'_>], faults: &mut Faults) {
    for (number, one) in own.iter().enumerate() {
        for other in own.iter().skip(number + 1) {
            let shared = other.contexts.iter().find(|context| one.contexts.contains(context));
            let Some(context) = shared.filter(|_| one.excludes(&other.keys)) else { continue };
            let message = format!(
                "in {}, {} ({}) and {} ({}) exclude each other",
                context.name(),
                sequence_text(&one.keys),
                sanitise_to(&one.command, QUOTED_CHARS),
                sequence_text(&other.keys),
                sanitise_to(&other.command, QUOTED_CHARS),
            );
            let hint = Some("keep one of the two".to_owned());
            faults.add(other.source, other.span.clone(), "key-clash", message, hint);
        }
    }
}

/// Commands that lost their last key, and cannot be had otherwise.
fn unreachable(
    before: &Keymap,
    after: &Keymap,
    taken: Vec<(String, Source<'_>, Range<usize>)>,
    faults: &mut Faults,
) {
    let mut told = Vec::new();
    for (command, source, span) in taken {
        let has_key = after.rows.iter().any(|row| row.command == command);
        if has_key || told.contains(&command) || !before.needs_key(&command) {
            continue;
        }
        let message = format!("{command} would have no key any more, and cannot be reached otherwise");
        let hint = Some(format!("give {command} another key"));
        faults.add(source, span, "unreachable-command", message, hint);
        told.push(command);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::console::keymap::{BUILT_IN, Lookup};
    use crate::console::settings::{Files, Settings};

    fn read(config: &str, keymap: &str) -> Result<Keymap, String> {
        let source = |origin, text| Some(Source { origin: Path::new(origin), text });
        let (config, keymap) = (source("limescope.toml", config), source("keymap.toml", keymap));
        let files = Files { config, keymap, ..Files::default() };
        let settings = Settings::read(&files).map_err(|faults| faults.to_string())?;
        Ok(settings.keymap.unwrap())
    }

    fn meaning(keymap: &Keymap, context: Context, text: &str) -> String {
        let keys: Vec<Key> = text.split_whitespace().map(|key| key.parse().unwrap()).collect();
        match keymap.look_up(context, &keys) {
            Lookup::Command(command) => command.to_owned(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn own_keys_take_the_place_of_what_they_meant() {
        let keymap = read(
            "[keys]\nquit = \"Q\"\n\"sort.next\" = [\"o\", \"z s\"]",
            "bind = [{ keys = [\"g\"], command = \"agents verdict=failed\", when = [\"overview\"] }]",
        )
        .unwrap();
        for (context, keys, command) in [
            (Context::Agents, "Q", "quit"),
            (Context::Agents, "q", "Nothing"),
            (Context::Agents, "z s", "sort.next"),
            (Context::Agents, "s", "Nothing"),
            (Context::Overview, "g", "go.agents verdict=failed"),
            (Context::Agents, "g g", "list.first"),
            (Context::Agents, "j", "list.down"),
        ] {
            assert_eq!(meaning(&keymap, context, keys), command, "{keys} in {context:?}");
        }
        assert_eq!(keymap.problems(), [""; 0]);
        assert_eq!(read("", "").unwrap().rows().len(), flat(&Keymap::parse(BUILT_IN).unwrap()));
    }

    fn flat(keymap: &Keymap) -> usize {
        keymap.rows().iter().map(|row| row.keys.len()).sum()
    }

    #[test]
    fn faults_are_told_with_their_place() {
        let keymap = r#"bind = [
  { keys = ["x", "pageup"], command = "quitt", when = ["agnets"] },
  { keys = ["a"], command = "quit", when = ["filter"] },
  { keys = ["enter"], command = "quit", when = ["palette"] },
  { keys = ["z"], command = "sort.next", when = ["agents"] },
  { keys = ["z z"], command = "sort.reverse", when = ["reading"] },
]"#;
        insta::assert_snapshot!("keymap-faults", read("[keys]\n\"sort.nxt\" = \"o\"", keymap).unwrap_err());
        let unbound = read("[keys]\n\"palette.open\" = []", "").unwrap_err();
        assert!(
            unbound.starts_with("limescope.toml:2:1: error: palette.open would have no key"),
            "{unbound}"
        );
        let field = read("", "bind = [{ kyes = [] }]").unwrap_err();
        assert!(field.contains("did you mean keys?"), "{field}");
    }
}

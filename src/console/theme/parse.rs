//! The text of a theme.

use std::collections::BTreeMap;
use std::ops::Range;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use super::role::Role;
use crate::console::diagnose::{Faults, Source, did_you_mean};
use crate::text::sanitise_to;

/// Characters of a wrong value that a message quotes at most.
const QUOTED_CHARS: usize = 40;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// The theme that gives what is missing here.
    pub(super) inherits: Option<toml::Spanned<String>>,
    #[serde(default)]
    palette: BTreeMap<String, toml::Spanned<String>>,
    #[serde(default)]
    roles: BTreeMap<toml::Spanned<String>, Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    foreground: Option<toml::Spanned<String>>,
    background: Option<toml::Spanned<String>>,
    #[serde(default)]
    add: Vec<toml::Spanned<String>>,
}

/// The colours that every terminal has and its owner has chosen.
const COLOURS: [(&str, Color); 16] = [
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];

const EFFECTS: [(&str, Modifier); 5] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underlined", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
];

/// Reads a theme's text; none where it is no theme at all.
pub(super) fn read(source: Source<'_>, faults: &mut Faults) -> Option<File> {
    match toml::from_str(source.text) {
        Ok(file) => Some(file),
        Err(error) => {
            faults.add_toml(source, &error);
            None
        }
    }
}

/// The styles that a theme gives itself.
pub(super) fn styles(file: &File, source: Source<'_>, faults: &mut Faults) -> Vec<(Role, Style)> {
    let mut palette = BTreeMap::new();
    for (name, value) in &file.palette {
        if let Some(colour) = colour(value.get_ref(), &BTreeMap::new(), value.span(), source, faults) {
            palette.insert(name.as_str(), colour);
        }
    }
    let mut styles = Vec::new();
    for (name, entry) in &file.roles {
        let Some(role) = Role::ALL.into_iter().find(|role| role.name() == name.get_ref()) else {
            let message = format!("there is no role {}", sanitise_to(name.get_ref(), QUOTED_CHARS));
            let hint = did_you_mean(name.get_ref(), Role::ALL.iter().map(|role| role.name()));
            faults.add(source, name.span(), "unknown-role", message, Some(hint));
            continue;
        };
        let mut read = |value: &Option<toml::Spanned<String>>| {
            let value = value.as_ref()?;
            colour(value.get_ref(), &palette, value.span(), source, faults)
        };
        let (fg, bg) = (read(&entry.foreground), read(&entry.background));
        let modifiers = entry.add.iter().filter_map(|effect| modifier(effect, source, faults));
        let modifiers = modifiers.fold(Modifier::empty(), |all, one| all | one);
        styles.push((role, Style { fg, bg, ..Style::new().add_modifier(modifiers) }));
    }
    styles
}

fn modifier(effect: &toml::Spanned<String>, source: Source<'_>, faults: &mut Faults) -> Option<Modifier> {
    let name = effect.get_ref();
    let found = EFFECTS.into_iter().find(|(known, _)| known == name);
    if found.is_none() {
        let message = format!("there is no effect {}", sanitise_to(name, QUOTED_CHARS));
        let hint = did_you_mean(name, EFFECTS.iter().map(|(name, _)| *name));
        faults.add(source, effect.span(), "unknown-effect", message, Some(hint));
    }
    found.map(|(_, modifier)| modifier)
}

fn colour(
    text: &str,
    palette: &BTreeMap<&str, Color>,
    span: Range<usize>,
    source: Source<'_>,
    faults: &mut Faults,
) -> Option<Color> {
    let named = || COLOURS.into_iter().find(|(name, _)| *name == text).map(|(_, colour)| colour);
    let found = palette.get(text).copied().or_else(named).or_else(|| rgb(text));
    if found.is_none() {
        let message = format!("there is no colour {}", sanitise_to(text, QUOTED_CHARS));
        let names = palette.keys().copied().chain(COLOURS.iter().map(|(name, _)| *name));
        let hint = crate::text::nearest::nearest(text, names).map(|name| format!("did you mean {name}?"));
        let hint = hint
            .or_else(|| Some("write \"#rrggbb\", a name of [palette], or one of the 16 names".to_owned()));
        faults.add(source, span, "unknown-colour", message, hint);
    }
    found
}

fn rgb(text: &str) -> Option<Color> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
    Some(Color::Rgb(red, green, blue))
}

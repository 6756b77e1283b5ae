//! The text of a theme.

use std::collections::HashMap;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use super::role::Role;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    roles: HashMap<Role, Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    foreground: Option<Colour>,
    background: Option<Colour>,
    #[serde(default)]
    add: Vec<Effect>,
}

/// The colours that every terminal has and its owner has chosen.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Colour {
    Black,
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
    White,
    BrightBlack,
    BrightRed,
    BrightGreen,
    BrightYellow,
    BrightBlue,
    BrightMagenta,
    BrightCyan,
    BrightWhite,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Effect {
    Bold,
    Dim,
    Underlined,
    Reversed,
}

/// Every role of a theme with its style.
pub(super) fn styles(text: &str) -> Result<HashMap<Role, Style>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    Ok(file.roles.into_iter().map(|(role, entry)| (role, style(&entry))).collect())
}

fn style(entry: &Entry) -> Style {
    let modifiers =
        entry.add.iter().fold(Modifier::empty(), |modifiers, effect| modifiers | modifier(*effect));
    Style {
        fg: entry.foreground.map(colour),
        bg: entry.background.map(colour),
        ..Style::new().add_modifier(modifiers)
    }
}

fn modifier(effect: Effect) -> Modifier {
    match effect {
        Effect::Bold => Modifier::BOLD,
        Effect::Dim => Modifier::DIM,
        Effect::Underlined => Modifier::UNDERLINED,
        Effect::Reversed => Modifier::REVERSED,
    }
}

fn colour(colour: Colour) -> Color {
    match colour {
        Colour::Black => Color::Black,
        Colour::Red => Color::Red,
        Colour::Green => Color::Green,
        Colour::Yellow => Color::Yellow,
        Colour::Blue => Color::Blue,
        Colour::Magenta => Color::Magenta,
        Colour::Cyan => Color::Cyan,
        Colour::White => Color::Gray,
        Colour::BrightBlack => Color::DarkGray,
        Colour::BrightRed => Color::LightRed,
        Colour::BrightGreen => Color::LightGreen,
        Colour::BrightYellow => Color::LightYellow,
        Colour::BrightBlue => Color::LightBlue,
        Colour::BrightMagenta => Color::LightMagenta,
        Colour::BrightCyan => Color::LightCyan,
        Colour::BrightWhite => Color::White,
    }
}

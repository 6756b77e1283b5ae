//! The operator's own keys and themes, over the built-in ones.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::diagnose::{Faults, Source, did_you_mean};
use super::keymap::{self, Keymap, Replacements};
use super::theme::Themes;
use super::view_string::{SavedViews, View};
use crate::text::sanitise_to;

/// The operator's own keys and themes. Whatever is `None` is built in.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// All keys.
    pub keymap: Option<Keymap>,
    /// All themes.
    pub themes: Option<Themes>,
    /// The chosen theme's name; one of them.
    pub theme: Option<String>,
    /// The view of the start.
    pub view: Option<View>,
    /// The views that the operator keeps.
    pub saved: SavedViews,
    /// Where they are kept; none: nowhere.
    pub views_file: Option<PathBuf>,
    /// What is wrong with that file: not with the start, which goes on.
    pub views_fault: Option<String>,
}

/// The operator's files that the console reads, and what the command line says.
#[derive(Clone, Debug, Default)]
pub struct Files<'f> {
    /// `limescope.toml`: `theme` and `[keys]` of it.
    pub config: Option<Source<'f>>,
    /// `keymap.toml`.
    pub keymap: Option<Source<'f>>,
    /// The themes, a file each.
    pub themes: Vec<Source<'f>>,
    /// The theme that the command line names.
    pub theme: Option<&'f str>,
    /// `views.toml`.
    pub views: Option<Source<'f>>,
    /// The view that the command line names.
    pub view: Option<&'f str>,
}

/// What the console reads of `limescope.toml`; all else is
/// [`crate::config`]'s business, and was checked there.
#[derive(Deserialize)]
struct ConfigFile {
    theme: Option<toml::Spanned<String>>,
    #[serde(default)]
    keys: Replacements,
}

impl Settings {
    /// Reads the operator's files over what is built in.
    ///
    /// # Errors
    /// Every fault with its file, line and column: nothing is ignored silently.
    pub fn read(files: &Files<'_>) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let themes = Themes::read(&files.themes, &mut faults);
        let mut theme = None;
        let mut keys = Replacements::new();
        if let Some(source) = files.config {
            match toml::from_str::<ConfigFile>(source.text) {
                Ok(config) => {
                    keys = config.keys;
                    theme = config.theme.and_then(|name| chosen(name, source, &themes, &mut faults));
                }
                Err(error) => faults.add_toml(source, &error),
            }
        }
        if let Some(name) = files.theme {
            let origin = std::path::Path::new("--theme");
            let name = toml::Spanned::new(0..name.len(), name.to_owned());
            let source = Source { origin, text: files.theme.unwrap_or_default() };
            theme = chosen(name, source, &themes, &mut faults);
        }
        let mut views_faults = Faults::default();
        let saved = files.views.map(|source| SavedViews::read(source, &mut views_faults)).unwrap_or_default();
        let view = files.view.and_then(|text| named_view(text, &saved, &mut faults));
        let built_in = Keymap::parse(keymap::BUILT_IN).unwrap_or_default();
        let keymap =
            keymap::over(built_in, files.keymap, files.config.map(|file| (file, &keys)), &mut faults);
        match faults.is_empty() {
            true => Ok(Self {
                keymap: Some(keymap),
                themes: Some(themes),
                theme,
                view,
                saved,
                views_file: None,
                views_fault: views_faults.first_line(),
            }),
            false => Err(faults),
        }
    }
}

fn chosen(
    name: toml::Spanned<String>,
    source: Source<'_>,
    themes: &Themes,
    faults: &mut Faults,
) -> Option<String> {
    let span = name.span();
    let name = name.into_inner();
    if themes.names().any(|known| known == name) {
        return Some(name);
    }
    let message = format!("there is no theme {}", sanitise_to(&name, 60));
    let hint = did_you_mean(&name, themes.names());
    faults.add(source, span, "unknown-theme", message, Some(hint));
    None
}

fn named_view(text: &str, saved: &SavedViews, faults: &mut Faults) -> Option<View> {
    let found = saved.find(text);
    let source = Source { origin: Path::new("--view"), text };
    found.map_err(|error| faults.add(source, error.bytes(text), "view", error.to_string(), None)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(config: &str, theme: Option<&str>) -> Result<Settings, String> {
        let config = Source { origin: Path::new("limescope.toml"), text: config };
        let files = Files { config: Some(config), theme, ..Files::default() };
        Settings::read(&files).map_err(|faults| faults.to_string())
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        let text = "read_only = true\ntheme = \"dark\"\n[[servers]]\nname = \"a\"";
        assert_eq!(settings(text, None).unwrap().theme.as_deref(), Some("dark"));
        assert_eq!(settings(text, Some("mono")).unwrap().theme.as_deref(), Some("mono"));
        assert_eq!(settings("", None).unwrap().theme, None);
    }

    #[test]
    fn an_unknown_theme_is_told_with_its_place() {
        let fault = settings("read_only = true\ntheme = \"drak\"", None).unwrap_err();
        assert!(fault.starts_with("limescope.toml:2:9: error: there is no theme drak"), "{fault}");
        assert!(fault.contains("did you mean dark?"), "{fault}");
        let fault = settings("", Some("nothing like it")).unwrap_err();
        assert!(fault.contains("--theme:1:1") && fault.contains("high-contrast"), "{fault}");
    }
}

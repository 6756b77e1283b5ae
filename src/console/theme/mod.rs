//! Themes: a style for every role, from `themes/*.toml`.

mod parse;
mod role;

use std::collections::HashMap;

use ratatui::style::Style;

pub use role::Role;

use super::ConsoleError;

/// The theme for terminals of 16 colours, light or dark.
pub const TERMINAL: &str = include_str!("../../../themes/terminal.toml");

/// A style for every role.
#[derive(Clone, Debug)]
pub struct Theme {
    styles: HashMap<Role, Style>,
}

impl Theme {
    /// Reads a theme; every role has to be there.
    ///
    /// # Errors
    /// What is wrong, in words, with the place where TOML tells it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let styles = parse::styles(text)?;
        match Role::ALL.into_iter().find(|role| !styles.contains_key(role)) {
            Some(role) => Err(format!("the role {role:?} has no style")),
            None => Ok(Self { styles }),
        }
    }

    /// The theme that comes with the program; without `colour`, only bold,
    /// dim, underlined and reversed are left of it.
    ///
    /// # Errors
    /// If the embedded file is broken, which a test excludes.
    pub fn built_in(colour: bool) -> Result<Self, ConsoleError> {
        let theme = Self::parse(TERMINAL)
            .map_err(|detail| ConsoleError::Asset { name: "themes/terminal.toml", detail })?;
        Ok(if colour { theme } else { theme.without_colour() })
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(&role).copied().unwrap_or_default()
    }

    fn without_colour(mut self) -> Self {
        for style in self.styles.values_mut() {
            style.fg = None;
            style.bg = None;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Modifier};

    use super::*;

    #[test]
    fn the_built_in_theme_has_every_role_and_only_the_terminals_own_colours() {
        let theme = Theme::built_in(true).unwrap();
        for role in Role::ALL {
            let style = theme.style(role);
            for colour in [style.fg, style.bg].into_iter().flatten() {
                assert!(!matches!(colour, Color::Rgb(..) | Color::Indexed(_)), "{role:?}");
            }
        }
    }

    #[test]
    fn selection_and_active_tab_show_without_colour() {
        let theme = Theme::built_in(false).unwrap();
        for role in Role::ALL {
            assert_eq!((theme.style(role).fg, theme.style(role).bg), (None, None));
        }
        for role in [Role::Selection, Role::TabActive, Role::Badge] {
            assert!(theme.style(role).add_modifier.contains(Modifier::REVERSED));
        }
    }

    #[test]
    fn mistakes_name_the_place() {
        let missing = Theme::parse("[roles]\ntext = {}").unwrap_err();
        assert_eq!(missing, "the role Dim has no style");
        let colour = Theme::parse("[roles]\ntext = { foreground = \"gren\" }").unwrap_err();
        assert!(colour.contains("gren") && colour.contains("line 2"), "{colour}");
    }
}

//! Themes: a style for every role, from `themes/*.toml`.
//!
//! A theme's file gives styles to roles; what it leaves out comes from the
//! theme that it `inherits`, else from `terminal`. An operator's own themes
//! stand beside the built-in ones, and before one of the same name.

mod depth;
mod parse;
mod role;
mod themes;

use std::collections::HashMap;

use ratatui::style::Style;

pub use depth::ColourDepth;
pub use role::Role;
pub use themes::{BUILT_IN, DEFAULT, MONO, Themes};

use super::ConsoleError;

/// A style for every role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    styles: HashMap<Role, Style>,
}

impl Theme {
    /// The default theme of the program; without `colour`, `mono`.
    ///
    /// # Errors
    /// If an embedded file is broken, which a test excludes.
    pub fn built_in(colour: bool) -> Result<Self, ConsoleError> {
        let themes = Themes::built_in()?;
        Ok(themes.get(if colour { DEFAULT } else { MONO }, ColourDepth::True))
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(&role).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;

//! What a piece of text is for. Pages speak in roles; a theme gives the style.

use serde::Deserialize;

/// What a piece of text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Plain text.
    Text,
    /// What may be overlooked.
    Dim,
    /// What names a thing.
    Strong,
    /// Titles of columns and sections.
    Heading,
    /// Thin lines.
    Rule,
    /// A key in the footer or the help.
    Key,
    /// All is well.
    Good,
    /// Look at it.
    Warn,
    /// Act.
    Bad,
    /// Nothing can be said.
    Unknown,
    /// Neither good nor bad.
    Neutral,
    /// The selected row.
    Selection,
    /// The name of a page that is not shown.
    Tab,
    /// The name of the page that is shown.
    TabActive,
    /// A badge in the header.
    Badge,
    /// A message about a mistake.
    Problem,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 16] = [
        Self::Text,
        Self::Dim,
        Self::Strong,
        Self::Heading,
        Self::Rule,
        Self::Key,
        Self::Good,
        Self::Warn,
        Self::Bad,
        Self::Unknown,
        Self::Neutral,
        Self::Selection,
        Self::Tab,
        Self::TabActive,
        Self::Badge,
        Self::Problem,
    ];
}

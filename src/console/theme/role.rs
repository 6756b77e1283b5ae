//! What a piece of text is for. Pages speak in roles; a theme gives the style.

/// What a piece of text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// A message to know of.
    Information,
    /// What is being written.
    Input,
    /// The place in it where the next character goes.
    Cursor,
    /// The chosen line of a list that lies over the page.
    Choice,
    /// What cannot be had now.
    Disabled,
    /// A text that was looked for.
    Found,
    /// A marked row.
    Marked,
    /// The big figures of the dashboard.
    Figure,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 24] = [
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
        Self::Information,
        Self::Input,
        Self::Cursor,
        Self::Choice,
        Self::Disabled,
        Self::Found,
        Self::Marked,
        Self::Figure,
    ];

    /// Its name in a theme's file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Dim => "dim",
            Self::Strong => "strong",
            Self::Heading => "heading",
            Self::Rule => "rule",
            Self::Key => "key",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Unknown => "unknown",
            Self::Neutral => "neutral",
            Self::Selection => "selection",
            Self::Tab => "tab",
            Self::TabActive => "tab-active",
            Self::Badge => "badge",
            Self::Problem => "problem",
            Self::Information => "information",
            Self::Input => "input",
            Self::Cursor => "cursor",
            Self::Choice => "choice",
            Self::Disabled => "disabled",
            Self::Found => "found",
            Self::Marked => "marked",
            Self::Figure => "figure",
        }
    }
}

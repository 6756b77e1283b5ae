//! Where a key was pressed.

/// What is on top of the screen when a key is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    /// The Overview page.
    Overview,
    /// The Agents page.
    Agents,
    /// The Events page.
    Events,
    /// The Log page.
    Log,
    /// The details of an agent.
    Detail,
    /// A group with every address.
    Group,
    /// The list in which columns are chosen.
    Columns,
    /// The help.
    Help,
    /// The line in which a filter is written.
    Filter,
    /// The palette.
    Palette,
    /// A question with yes or no as its answer.
    Question,
    /// A question that wants words as its answer.
    Words,
}

impl Context {
    /// All of them, in the order of the help.
    pub const ALL: [Self; 12] = [
        Self::Overview,
        Self::Agents,
        Self::Events,
        Self::Log,
        Self::Detail,
        Self::Group,
        Self::Columns,
        Self::Help,
        Self::Filter,
        Self::Palette,
        Self::Question,
        Self::Words,
    ];

    /// The pages.
    const PAGES: [Self; 4] = [Self::Overview, Self::Agents, Self::Events, Self::Log];

    /// Whether keys without a meaning write their character.
    pub fn is_writing(self) -> bool {
        matches!(self, Self::Filter | Self::Palette | Self::Words)
    }

    /// Whether it is a page, or what lies over one.
    pub fn is_reading(self) -> bool {
        !self.is_writing() && self != Self::Question
    }

    /// Its name in the keymap.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Agents => "agents",
            Self::Events => "events",
            Self::Log => "log",
            Self::Detail => "detail",
            Self::Group => "group",
            Self::Columns => "columns",
            Self::Help => "help",
            Self::Filter => "filter",
            Self::Palette => "palette",
            Self::Question => "question",
            Self::Words => "words",
        }
    }

    /// The contexts of a name in the keymap: one context, or a group of them.
    pub fn named(name: &str) -> Option<Vec<Self>> {
        match name {
            "everywhere" => Some(Self::ALL.into()),
            "page" => Some(Self::PAGES.into()),
            "writing" => Some(Self::ALL.into_iter().filter(|context| context.is_writing()).collect()),
            "reading" => Some(Self::ALL.into_iter().filter(|context| context.is_reading()).collect()),
            _ => Self::ALL.into_iter().find(|context| context.name() == name).map(|context| vec![context]),
        }
    }

    /// All names that [`Context::named`] knows.
    pub const NAMES: [&'static str; 16] = [
        "everywhere",
        "page",
        "reading",
        "writing",
        "overview",
        "agents",
        "events",
        "log",
        "detail",
        "group",
        "columns",
        "help",
        "filter",
        "palette",
        "question",
        "words",
    ];
}

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
    /// The Servers page.
    Servers,
    /// The Policies page.
    Policies,
    /// A policy that is looked into.
    Policy,
    /// The trust store.
    Trust,
    /// What an audit of identities found.
    Identities,
    /// A value of the Servers page that is being written.
    Field,
    /// What saving would change.
    Comparison,
    /// The details of an agent.
    Detail,
    /// A group with every address.
    Group,
    /// The list in which columns are chosen.
    Columns,
    /// The help.
    Help,
    /// What is looked for in the help or a list, while it is written.
    Search,
    /// The line in which a filter is written.
    Filter,
    /// The palette.
    Palette,
    /// The wall-board.
    Dashboard,
    /// A question with yes or no as its answer.
    Question,
    /// A question that wants words as its answer.
    Words,
}

impl Context {
    /// All of them, in the order of the help.
    pub const ALL: [Self; 21] = [
        Self::Overview,
        Self::Agents,
        Self::Events,
        Self::Log,
        Self::Servers,
        Self::Policies,
        Self::Policy,
        Self::Trust,
        Self::Identities,
        Self::Comparison,
        Self::Detail,
        Self::Group,
        Self::Columns,
        Self::Help,
        Self::Search,
        Self::Field,
        Self::Filter,
        Self::Palette,
        Self::Question,
        Self::Words,
        Self::Dashboard,
    ];

    /// The pages.
    const PAGES: [Self; 6] =
        [Self::Overview, Self::Agents, Self::Events, Self::Log, Self::Servers, Self::Policies];

    /// Whether keys without a meaning write their character.
    pub fn is_writing(self) -> bool {
        matches!(self, Self::Search | Self::Field | Self::Filter | Self::Palette | Self::Words)
    }

    /// Whether it is a page, or what lies over one.
    pub fn is_reading(self) -> bool {
        !self.is_writing() && !matches!(self, Self::Question | Self::Dashboard)
    }

    /// Its name in the keymap.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Agents => "agents",
            Self::Events => "events",
            Self::Log => "log",
            Self::Servers => "servers",
            Self::Policies => "policies",
            Self::Policy => "policy",
            Self::Trust => "trust",
            Self::Identities => "identities",
            Self::Field => "field",
            Self::Comparison => "comparison",
            Self::Detail => "detail",
            Self::Group => "group",
            Self::Columns => "columns",
            Self::Help => "help",
            Self::Search => "search",
            Self::Filter => "filter",
            Self::Palette => "palette",
            Self::Dashboard => "dashboard",
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
    pub const NAMES: [&'static str; 25] = [
        "everywhere",
        "page",
        "reading",
        "writing",
        "overview",
        "agents",
        "events",
        "log",
        "servers",
        "policies",
        "policy",
        "trust",
        "identities",
        "field",
        "comparison",
        "detail",
        "group",
        "columns",
        "help",
        "search",
        "filter",
        "palette",
        "dashboard",
        "question",
        "words",
    ];
}

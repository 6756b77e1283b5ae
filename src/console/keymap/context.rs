//! Where a key was pressed.

/// What is on top of the screen when a key is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    /// The Overview page.
    Overview,
    /// The Agents page.
    Agents,
    /// The details of an agent.
    Detail,
    /// A group with every address.
    Group,
    /// The help.
    Help,
    /// The line in which a filter is written.
    Filter,
}

impl Context {
    /// All of them, in the order of the help.
    pub const ALL: [Self; 6] =
        [Self::Overview, Self::Agents, Self::Detail, Self::Group, Self::Help, Self::Filter];

    /// Its name in the keymap.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Agents => "agents",
            Self::Detail => "detail",
            Self::Group => "group",
            Self::Help => "help",
            Self::Filter => "filter",
        }
    }

    /// The contexts of a name in the keymap: one context, or a group of them.
    pub fn named(name: &str) -> Option<Vec<Self>> {
        match name {
            "everywhere" => Some(Self::ALL.into()),
            "page" => Some(vec![Self::Overview, Self::Agents]),
            "reading" => Some(vec![Self::Overview, Self::Agents, Self::Detail, Self::Group, Self::Help]),
            _ => Self::ALL.into_iter().find(|context| context.name() == name).map(|context| vec![context]),
        }
    }

    /// All names that [`Context::named`] knows.
    pub const NAMES: [&'static str; 9] =
        ["everywhere", "page", "reading", "overview", "agents", "detail", "group", "help", "filter"];
}

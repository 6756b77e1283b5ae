//! The columns of the agents' table, and which of them are shown.

/// A column of the agents' table; the rows can be ordered by each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AgentColumn {
    /// The verdict over all groups.
    #[default]
    Verdict,
    /// The id.
    Agent,
    /// The group that has the agent, or how many have it.
    Groups,
    /// How many groups attest the agent, of how many are wanted.
    Coverage,
    /// Keylime's own words.
    Keylime,
    /// How long ago the last success is.
    Age,
    /// What stands beside the verdict.
    Flags,
    /// Why the verdict is what it is.
    Reason,
    /// The worst that the last audit of identities found.
    Identity,
}

impl AgentColumn {
    /// All of them, in the order in which they come.
    pub const ALL: [Self; 9] = [
        Self::Verdict,
        Self::Agent,
        Self::Groups,
        Self::Coverage,
        Self::Keylime,
        Self::Age,
        Self::Flags,
        Self::Reason,
        Self::Identity,
    ];

    /// Its name in commands and views.
    pub fn name(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::Agent => "agent",
            Self::Groups => "groups",
            Self::Coverage => "coverage",
            Self::Keylime => "keylime",
            Self::Age => "age",
            Self::Flags => "flags",
            Self::Reason => "reason",
            Self::Identity => "identity",
        }
    }

    /// The column of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }

    /// What it says, in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Verdict => "our verdict over all groups",
            Self::Agent => "the id",
            Self::Groups => "the group that has the agent, or how many",
            Self::Coverage => "groups that attest it, of how many are wanted",
            Self::Keylime => "Keylime's attestation status and state",
            Self::Age => "how long ago the last success is",
            Self::Flags => "what stands beside the verdict",
            Self::Reason => "why the verdict is what it is",
            Self::Identity => "the worst that the last audit of identities found",
        }
    }

    /// Whether it is shown unless the operator wants otherwise: an audit of
    /// identities is nothing that everybody makes.
    pub fn is_usual(self) -> bool {
        self != Self::Identity
    }

    /// Whether it cannot be hidden: a row without it says nothing.
    pub fn is_needed(self) -> bool {
        matches!(self, Self::Verdict | Self::Agent)
    }
}

/// Which columns are shown, in their order. Those that are needed are among
/// them, and none is there twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns(Vec<AgentColumn>);

impl Default for Columns {
    fn default() -> Self {
        Self(AgentColumn::ALL.into_iter().filter(|column| column.is_usual()).collect())
    }
}

impl Columns {
    /// These columns.
    ///
    /// # Errors
    /// In words: one is there twice, or one that is needed is missing.
    pub fn new(columns: Vec<AgentColumn>) -> Result<Self, String> {
        let mut seen = Vec::new();
        for column in &columns {
            if seen.contains(column) {
                return Err(format!("the column {} is there twice", column.name()));
            }
            seen.push(*column);
        }
        match AgentColumn::ALL.into_iter().find(|column| column.is_needed() && !seen.contains(column)) {
            Some(needed) => Err(format!("the column {} is always shown: add it", needed.name())),
            None => Ok(Self(columns)),
        }
    }

    /// Those that are shown, in their order.
    pub fn shown(&self) -> &[AgentColumn] {
        &self.0
    }

    /// Those that are hidden.
    pub fn hidden(&self) -> impl Iterator<Item = AgentColumn> {
        AgentColumn::ALL.into_iter().filter(|column| !self.0.contains(column))
    }

    /// All columns: those that are shown, then the others.
    pub fn listed(&self) -> Vec<AgentColumn> {
        self.0.iter().copied().chain(self.hidden()).collect()
    }

    /// Hides a column that is shown, shows one that is hidden as the last one.
    /// Whether that could be done.
    pub(in crate::console) fn turn(&mut self, column: AgentColumn) -> bool {
        if !self.0.contains(&column) {
            self.0.push(column);
        } else if column.is_needed() {
            return false;
        } else {
            self.0.retain(|other| *other != column);
        }
        true
    }

    /// Moves a column that is shown to the right by one place, or to the left.
    /// Whether that could be done.
    pub(in crate::console) fn shift(&mut self, column: AgentColumn, is_right: bool) -> bool {
        let Some(place) = self.0.iter().position(|other| *other == column) else { return false };
        let other = if is_right { Some(place + 1) } else { place.checked_sub(1) };
        match other.filter(|other| *other < self.0.len()) {
            Some(other) => {
                self.0.swap(place, other);
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_hidden_shown_and_moved() {
        let mut columns = Columns::default();
        assert!(columns.turn(AgentColumn::Age) && !columns.turn(AgentColumn::Agent));
        assert_eq!(columns.hidden().collect::<Vec<_>>(), [AgentColumn::Age, AgentColumn::Identity]);
        assert_eq!(columns.listed().last(), Some(&AgentColumn::Identity));
        assert!(!columns.shift(AgentColumn::Age, true), "it is hidden");
        assert!(columns.turn(AgentColumn::Age) && columns.shift(AgentColumn::Age, false));
        assert_eq!(columns.shown().last(), Some(&AgentColumn::Reason));
        assert!(!columns.shift(AgentColumn::Verdict, false) && !columns.shift(AgentColumn::Reason, true));
        assert!(Columns::new(columns.listed()).is_ok());
    }

    #[test]
    fn what_is_needed_is_there_once() {
        use AgentColumn::{Age, Agent, Verdict};
        assert!(Columns::new(vec![Age, Agent, Verdict]).is_ok());
        assert_eq!(Columns::new(vec![Agent, Agent]).unwrap_err(), "the column agent is there twice");
        assert_eq!(Columns::new(vec![Verdict, Age]).unwrap_err(), "the column agent is always shown: add it");
    }
}

//! All policies of all groups, one row per kind and name.

use std::collections::BTreeMap;

use super::comparison::{Comparison, compare};
use super::facts::PolicyFacts;
use crate::keylime::policies::PolicyKind;
use crate::text::RemoteText;

/// Stored names, in order, with what was learned of each.
pub type PolicyList = Vec<(RemoteText, Looked)>;

/// What one group says of its policies of all kinds.
#[derive(Clone, Debug, Default)]
pub struct GroupPolicies {
    /// The group's name.
    pub group: String,
    /// Ids of its enrolled agents, in order; empty where they are not known.
    pub agents: Vec<RemoteText>,
    /// Per kind: the stored names with what was learned of each, in order; or
    /// why there is no list, in words.
    pub lists: Vec<(PolicyKind, Result<PolicyList, String>)>,
}

/// What was learned of a listed policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    /// Its text was read.
    Read(PolicyFacts),
    /// It was not, or not with success; in words.
    Not(String),
    /// It is listed, and was deleted before it was read.
    Gone,
}

/// How a policy stands in one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Stored there; its text was read.
    Stored(PolicyFacts),
    /// Stored there; why its text was not read.
    Unread(String),
    /// Not stored there.
    Missing,
    /// Not stored there, and it has no business there: it belongs to an agent
    /// that this group does not have.
    NotTheirs,
    /// There is no list of that group.
    Unknown,
}

/// Whether a row is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Somebody wrote it.
    Shown,
    /// Keylime made it for an agent without a policy, and it is empty: wherever
    /// it is stored.
    Hidden,
    /// It belongs to an agent and was not read, so it is not known whether it
    /// is one of those.
    NotLookedAt,
}

/// One name in all groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRow {
    /// Its kind.
    pub kind: PolicyKind,
    /// Its name.
    pub name: RemoteText,
    /// Groups in which an agent has this id: the policy is that agent's.
    pub agent_in: Vec<String>,
    /// How it stands in each group, in the order of [`Catalogue::groups`].
    pub standings: Vec<Standing>,
    /// Who has the same, and who differs from whom.
    pub comparison: Comparison,
    /// Whether it is shown.
    pub visibility: Visibility,
}

impl PolicyRow {
    /// Whether it is stored under an agent's id.
    #[must_use]
    pub fn is_of_an_agent(&self) -> bool {
        !self.agent_in.is_empty()
    }
}

/// All policies of all groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Names of the groups.
    pub groups: Vec<String>,
    /// Lists that could not be had: group, kind, and why in words.
    pub failures: Vec<(String, PolicyKind, String)>,
    /// By kind; first those with names of their own, then those of agents; by name.
    pub rows: Vec<PolicyRow>,
}

impl Catalogue {
    /// The rows that are shown.
    pub fn shown(&self) -> impl Iterator<Item = &PolicyRow> {
        self.rows.iter().filter(|row| row.visibility == Visibility::Shown)
    }

    /// Rows with this visibility.
    #[must_use]
    pub fn count(&self, visibility: Visibility) -> usize {
        self.rows.iter().filter(|row| row.visibility == visibility).count()
    }

    /// The row of a policy.
    #[must_use]
    pub fn row(&self, kind: PolicyKind, name: &str) -> Option<&PolicyRow> {
        self.rows.iter().find(|row| row.kind == kind && row.name.raw() == name)
    }
}

/// Puts the lists of all groups beside each other.
#[must_use]
pub fn catalogue(groups: &[GroupPolicies]) -> Catalogue {
    let mut failures = Vec::new();
    let mut names: BTreeMap<(PolicyKind, &RemoteText), BTreeMap<usize, &Looked>> = BTreeMap::new();
    for (index, group) in groups.iter().enumerate() {
        for (kind, list) in &group.lists {
            match list {
                Ok(list) => {
                    for (name, looked) in list {
                        names.entry((*kind, name)).or_default().insert(index, looked);
                    }
                }
                Err(words) => failures.push((group.group.clone(), *kind, words.clone())),
            }
        }
    }
    let mut rows: Vec<_> =
        names.into_iter().map(|((kind, name), looked)| row(groups, kind, name, &looked)).collect();
    rows.sort_by(|one, other| {
        let key = |row: &PolicyRow| (row.kind, row.is_of_an_agent());
        key(one).cmp(&key(other)).then_with(|| one.name.cmp(&other.name))
    });
    Catalogue { groups: groups.iter().map(|group| group.group.clone()).collect(), failures, rows }
}

fn row(
    groups: &[GroupPolicies],
    kind: PolicyKind,
    name: &RemoteText,
    looked: &BTreeMap<usize, &Looked>,
) -> PolicyRow {
    let has_agent = |group: &GroupPolicies| group.agents.binary_search(name).is_ok();
    let agent_in: Vec<_> =
        groups.iter().filter(|group| has_agent(group)).map(|group| group.group.clone()).collect();
    let standings: Vec<_> = groups
        .iter()
        .enumerate()
        .map(|(index, group)| match looked.get(&index) {
            Some(Looked::Read(facts)) => Standing::Stored(facts.clone()),
            Some(Looked::Not(words)) => Standing::Unread(words.clone()),
            None if !group.lists.iter().any(|(of, list)| *of == kind && list.is_ok()) => Standing::Unknown,
            // No list says that an agent's policy has to be there too.
            _ if !agent_in.is_empty() && !has_agent(group) => Standing::NotTheirs,
            Some(Looked::Gone) | None => Standing::Missing,
        })
        .collect();
    let comparison = compare(groups.iter().map(|group| group.group.as_str()).zip(&standings));
    let visibility = visibility(!agent_in.is_empty(), &standings);
    PolicyRow { kind, name: name.clone(), agent_in, standings, comparison, visibility }
}

fn visibility(is_of_an_agent: bool, standings: &[Standing]) -> Visibility {
    if !is_of_an_agent {
        return Visibility::Shown;
    }
    let somebody_wrote_it =
        |standing: &Standing| matches!(standing, Standing::Stored(facts) if !facts.is_placeholder());
    if standings.iter().any(somebody_wrote_it) {
        Visibility::Shown
    } else if standings.iter().any(|standing| matches!(standing, Standing::Unread(_))) {
        Visibility::NotLookedAt
    } else {
        Visibility::Hidden
    }
}

#[cfg(test)]
mod tests {
    use super::super::comparison::Agreement;
    use super::super::facts::tests::facts;
    use super::*;

    fn group(name: &str, agents: &[&str], runtime: Vec<(&str, Looked)>) -> GroupPolicies {
        let runtime = runtime.into_iter().map(|(name, looked)| (RemoteText::from(name), looked)).collect();
        GroupPolicies {
            group: name.to_owned(),
            agents: agents.iter().map(|id| RemoteText::from(*id)).collect(),
            lists: vec![
                (PolicyKind::Runtime, Ok(runtime)),
                (PolicyKind::MeasuredBoot, Err("too old".to_owned())),
            ],
        }
    }

    fn read(text: u8) -> Looked {
        Looked::Read(facts(text, text))
    }

    fn placeholder() -> Looked {
        Looked::Read(PolicyFacts { generator: Some(1), is_empty: true, ..facts(1, 1) })
    }

    #[test]
    fn only_the_empty_ones_that_keylime_makes_are_hidden() {
        let groups = [
            group(
                "a",
                &["agent-1", "agent-2", "agent-3"],
                vec![
                    ("agent-1", placeholder()),
                    ("agent-2", read(7)),
                    ("agent-3", Looked::Not("not looked at".into())),
                    ("empty", placeholder()),
                    ("gone-agent", placeholder()),
                ],
            ),
            group("b", &["agent-9"], vec![]),
        ];
        let catalogue = catalogue(&groups);
        let seen = |name: &str| catalogue.row(PolicyKind::Runtime, name).unwrap().visibility;
        assert_eq!(seen("agent-1"), Visibility::Hidden);
        assert_eq!(seen("agent-2"), Visibility::Shown);
        assert_eq!(seen("agent-3"), Visibility::NotLookedAt);
        assert_eq!(seen("empty"), Visibility::Shown, "somebody gave it a name");
        assert_eq!(seen("gone-agent"), Visibility::Shown, "no agent has that id");
        let names: Vec<_> = catalogue.shown().map(|row| row.name.raw()).collect();
        assert_eq!(names, ["empty", "gone-agent", "agent-2"], "those of agents come last");
        let of_agent = catalogue.row(PolicyKind::Runtime, "agent-2").unwrap();
        assert_eq!((of_agent.is_of_an_agent(), &of_agent.agent_in), (true, &vec!["a".to_owned()]));
        assert_eq!(of_agent.standings[1], Standing::NotTheirs, "it is not missing where the agent is not");
        assert_eq!(of_agent.comparison.words(), "only in a");
    }

    #[test]
    fn an_agent_in_two_groups_is_shown_if_one_has_a_policy() {
        let groups = [
            group("a", &["agent"], vec![("agent", placeholder())]),
            group("b", &["agent"], vec![("agent", read(7))]),
        ];
        let catalogue = catalogue(&groups);
        assert_eq!(catalogue.rows[0].visibility, Visibility::Shown);
        assert_eq!(catalogue.rows[0].comparison.agreement, Agreement::Drift);
    }

    #[test]
    fn groups_without_a_list_are_unknown_and_not_missing() {
        let mut silent = group("c", &[], vec![]);
        silent.lists[0].1 = Err("nobody listens there".to_owned());
        let groups =
            [group("a", &[], vec![("base", read(1))]), group("b", &[], vec![("base", Looked::Gone)]), silent];
        let catalogue = catalogue(&groups);
        let row = catalogue.row(PolicyKind::Runtime, "base").unwrap();
        assert_eq!(row.standings[1..], [Standing::Missing, Standing::Unknown]);
        assert_eq!(row.comparison.words(), "in a; missing in b; unknown in c");
        assert_eq!(catalogue.failures.len(), 4, "{:?}", catalogue.failures);
        assert!(catalogue.failures.contains(&(
            "c".into(),
            PolicyKind::Runtime,
            "nobody listens there".into()
        )));
    }
}

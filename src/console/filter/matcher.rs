//! A filter at work.

use std::sync::Arc;

use super::{Filter, Term, Test};
use crate::console::page::agents::{keylime, row};
use crate::fleet::{AgentInGroup, AgentView, GroupView, Verdict};
use crate::keylime::AgentRecord;
use crate::text::RemoteText;

/// A filter whose group names are looked up, for one picture of the fleet.
#[derive(Debug)]
pub struct Matcher<'a> {
    groups: &'a [Arc<GroupView>],
    terms: Vec<Resolved<'a>>,
    /// The groups in which `verdict=` is asked; empty: the row's verdict.
    asked: Vec<usize>,
}

#[derive(Debug)]
struct Resolved<'a> {
    term: &'a Term,
    groups: Vec<usize>,
}

impl<'a> Matcher<'a> {
    /// Looks the names up.
    pub fn new(filter: &'a Filter, groups: &'a [Arc<GroupView>]) -> Self {
        let terms: Vec<_> = filter
            .terms
            .iter()
            .map(|term| {
                let groups = match &term.test {
                    Test::Group(names) => names.iter().flat_map(|name| named(name, groups)).collect(),
                    _ => Vec::new(),
                };
                Resolved { term, groups }
            })
            .collect();
        let asked = terms
            .iter()
            .filter(|resolved| !resolved.term.negated)
            .flat_map(|resolved| resolved.groups.iter().copied())
            .collect();
        Self { groups, terms, asked }
    }

    /// Whether the filter shows this agent.
    pub fn matches(&self, agent: &AgentView) -> bool {
        self.terms.iter().all(|resolved| self.holds(resolved, agent) != resolved.term.negated)
    }

    fn holds(&self, resolved: &Resolved<'_>, agent: &AgentView) -> bool {
        match &resolved.term.test {
            Test::Text(text) => self.shows(agent, |word| contains(word, text)),
            Test::Expression(pattern) => self.shows(agent, |word| pattern.is_in(word)),
            Test::Split => agent.split,
            Test::Age(asked) => row::deciding(agent)
                .and_then(|inside| inside.judgement.age)
                .is_some_and(|age| if asked.is_older { age > asked.seconds } else { age < asked.seconds }),
            Test::Keylime(texts) => records(agent).any(|record| {
                let status = record.attestation_status.as_ref().map(RemoteText::raw);
                let words = [status, keylime::state_name(record)];
                words.into_iter().flatten().any(|word| texts.iter().any(|text| contains(word, text)))
            }),
            Test::Event(texts) => records(agent)
                .filter_map(|record| record.last_event_id.as_ref())
                .any(|event| texts.iter().any(|text| contains(event.raw(), text))),
            Test::Id(texts) => texts.iter().any(|text| contains(agent.shown.as_str(), text)),
            Test::Group(_) => agent.groups.iter().any(|inside| resolved.groups.contains(&inside.group)),
            Test::Verdict(verdicts) => self.verdicts(agent).any(|verdict| verdicts.contains(&verdict)),
            Test::Flag(flags) => flags.iter().any(|flag| agent.flags.has(*flag)),
            Test::Kind(_) => false,
        }
    }

    fn verdicts(&self, agent: &AgentView) -> impl Iterator<Item = Verdict> {
        let row = self.asked.is_empty().then_some(agent.verdict);
        let in_groups = agent
            .groups
            .iter()
            .filter(|inside| self.asked.contains(&inside.group))
            .map(|inside| inside.judgement.verdict);
        row.into_iter().chain(in_groups)
    }

    /// Whether something that a row shows is as asked: id, verdict, flags,
    /// groups, Keylime's word, event.
    fn shows(&self, agent: &AgentView, is_asked: impl Fn(&str) -> bool) -> bool {
        let in_group = |inside: &Arc<AgentInGroup>| {
            self.groups.get(inside.group).is_some_and(|group| is_asked(&group.name))
                || inside.record.as_ref().is_some_and(|record| {
                    [&record.attestation_status, &record.last_event_id]
                        .into_iter()
                        .flatten()
                        .any(|word| is_asked(word.raw()))
                })
        };
        is_asked(agent.shown.as_str())
            || is_asked(agent.verdict.word())
            || (agent.split && is_asked("split"))
            || agent.flags.iter().any(|flag| is_asked(flag.word()))
            || agent.groups.iter().any(in_group)
    }
}

fn records(agent: &AgentView) -> impl Iterator<Item = &AgentRecord> {
    agent.groups.iter().filter_map(|inside| inside.record.as_deref())
}

/// The group of that name, else all that have it in their name.
fn named(name: &str, groups: &[Arc<GroupView>]) -> Vec<usize> {
    let which = |test: &dyn Fn(&str) -> bool| -> Vec<usize> {
        (0..).zip(groups).filter(|(_, group)| test(&group.name)).map(|(number, _)| number).collect()
    };
    let whole = which(&|group| group.eq_ignore_ascii_case(name));
    if whole.is_empty() { which(&|group| contains(group, name)) } else { whole }
}

/// Whether `text` is in `hay`; ASCII letters in either case. Allocates nothing:
/// it runs for every row at every key.
pub(super) fn contains(hay: &str, text: &str) -> bool {
    text.is_empty()
        || hay.as_bytes().windows(text.len()).any(|part| part.eq_ignore_ascii_case(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::test_fleet::{self, ids};

    fn shown(filter: &str) -> Vec<String> {
        let snapshot = test_fleet::snapshot();
        let filter: Filter = filter.parse().unwrap();
        let matcher = Matcher::new(&filter, &snapshot.groups);
        ids(snapshot.agents.iter().filter(|agent| matcher.matches(agent)))
    }

    #[test]
    fn text_is_looked_for_in_what_the_row_shows() {
        assert_eq!(shown("node-03"), ["node-03"]);
        assert_eq!(shown("NODE-03"), ["node-03"]);
        assert_eq!(shown("not_in_allowlist"), ["node-02"]);
        assert_eq!(shown("nothing-there"), Vec::<String>::new());
    }

    #[test]
    fn fields_and_negation() {
        assert_eq!(shown("verdict=failed"), ["node-02", "node-12"]);
        assert_eq!(shown("verdict=failed !group=eu-south"), ["node-02"]);
        assert_eq!(shown("flag=odd-id"), ["gerät-東京\\u{202e}gpj"]);
        assert_eq!(shown("id=node-0 verdict=attested,stale"), ["node-00", "node-01", "node-03"]);
    }

    #[test]
    fn expressions_ages_and_keylimes_words() {
        assert_eq!(shown("~^node-0[0-2]$"), ["node-00", "node-01", "node-02"]);
        assert_eq!(shown("/NOT_in.allow/"), ["node-02"]);
        assert_eq!(shown("age>1m id=node-0"), ["node-02", "node-03"]);
        assert_eq!(shown("age<1m id=node-0"), ["node-00", "node-01"]);
        assert_eq!(shown("keylime=\"invalid quote\""), ["node-02"]);
        assert_eq!(shown("event=pcr"), ["node-01"]);
        assert_eq!(shown("split"), ["node-12"]);
    }

    #[test]
    fn with_a_group_the_verdict_is_that_groups() {
        assert_eq!(shown("verdict=attested group=eu-west id=node-12"), ["node-12"]);
        assert_eq!(shown("verdict=failed group=eu-west id=node-12"), Vec::<String>::new());
    }
}

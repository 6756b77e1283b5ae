//! A filter at work on events.

use super::matcher::contains;
use super::{EventKind, Filter, Test};
use crate::fleet::{Change, Event};

/// A filter for events. Of the fields, `verdict=` asks for what an agent turned
/// to; what is asked of records, flags and ages holds for no event.
#[derive(Clone, Copy, Debug)]
pub struct EventMatcher<'a>(pub &'a Filter);

impl EventMatcher<'_> {
    /// Whether the filter shows this event.
    pub fn matches(self, event: &Event) -> bool {
        self.0.terms.iter().all(|term| holds(&term.test, event) != term.negated)
    }
}

fn holds(test: &Test, event: &Event) -> bool {
    match test {
        Test::Text(text) => shows(event, |word| contains(word, text)),
        Test::Expression(pattern) => shows(event, |word| pattern.is_in(word)),
        Test::Id(texts) => texts.iter().any(|text| in_agent(event, text)),
        Test::Group(names) => names.iter().any(|name| contains(&event.group, name)),
        Test::Verdict(verdicts) => match event.change {
            Change::Verdict { to, .. } => verdicts.contains(&to),
            _ => false,
        },
        Test::Kind(kinds) => kinds.contains(&EventKind::of(event)),
        Test::Flag(_) | Test::Age(_) | Test::Keylime(_) | Test::Event(_) | Test::Split => false,
    }
}

/// Whether something that a row shows is as asked: agent, group, the change,
/// why.
fn shows(event: &Event, is_asked: impl Fn(&str) -> bool) -> bool {
    let in_change = match &event.change {
        Change::Verdict { from, to } => is_asked(to.word()) || from.is_some_and(|from| is_asked(from.word())),
        Change::Gone { from } => is_asked("gone") || is_asked(from.word()),
        Change::Address { address, .. } => is_asked(address),
        Change::IntervalMismatch | Change::GroupLost { .. } | Change::GroupBack => false,
    };
    in_change
        || event.agent.as_ref().is_some_and(|agent| is_asked(agent.shown().as_str()))
        || is_asked(&event.group)
        || is_asked(&event.why)
}

fn in_agent(event: &Event, text: &str) -> bool {
    event.agent.as_ref().is_some_and(|agent| contains(agent.shown().as_str(), text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::Verdict;

    fn event(agent: Option<&str>, change: Change) -> Event {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let why = "last success 2 min ago".to_owned();
        Event { number: 0, at, group: "eu-west".into(), agent: agent.map(Into::into), change, why }
    }

    fn is_shown(filter: &str, event: &Event) -> bool {
        let filter: Filter = filter.parse().unwrap();
        EventMatcher(&filter).matches(event)
    }

    #[test]
    fn text_group_verdict_and_kind_of_an_event() {
        let change = Change::Verdict { from: Some(Verdict::Attested), to: Verdict::Stale };
        let stale = event(Some("node-7"), change);
        for filter in [
            "",
            "NODE-7",
            "stale",
            "attested",
            "2 min",
            "group=eu",
            "verdict=stale",
            "kind=verdict",
            "~^node-\\d$",
        ] {
            assert!(is_shown(filter, &stale), "{filter}");
        }
        for filter in [
            "node-8",
            "verdict=attested",
            "kind=gone,new",
            "group=us",
            "!stale",
            "flag=latched",
            "split",
            "age>1s",
        ] {
            assert!(!is_shown(filter, &stale), "{filter}");
        }
        let lost = event(None, Change::GroupLost { agents: 3 });
        assert!(is_shown("kind=group !node", &lost));
        assert!(!is_shown("id=node", &lost));
    }
}

//! What may stand next in the palette.

use std::collections::BTreeSet;

use super::complete_view::{saved, views};
use super::{FolderNames, SoughtPath, Values, all, find, may_run, why_not};
use crate::console::filter::{EventKind, FIELDS};
use crate::console::page::agents::keylime::state_name;
use crate::console::state::{AgentColumn, OutcomeFilter, Sort, State, Tab};
use crate::fleet::{Flag, Verdict};
use crate::keylime::AgentRecord;
use crate::text::{RemoteText, sanitise};

/// Choices that are offered at most.
const MAX_CHOICES: usize = 50;

/// One thing that may stand next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The whole line with it; fit to be shown.
    pub line: String,
    /// How it is listed.
    pub label: String,
    /// What it means; may be empty.
    pub doc: String,
    /// Why it cannot be had now.
    pub reason: Option<String>,
}

/// What may stand next after what was written: names of commands that begin
/// with it, else hold its letters in this order; after a name, the values that
/// its argument may have, and the paths, as far as a folder was asked for them.
pub fn choices(state: &State, line: &str, told: Option<&FolderNames>) -> Vec<Choice> {
    let line = line.trim_start();
    match line.split_once(' ') {
        None => names(state, line),
        Some((name, written)) => {
            let Some(argument) = find(name).and_then(super::Command::argument) else { return Vec::new() };
            let known = values(state, argument.values, name, written.trim_start());
            let Some((sought, told)) = told.and_then(|told| Some((SoughtPath::of(line)?, told))) else {
                return known;
            };
            let paths = sought.choices(told);
            // Whoever wrote the beginning of a name means that one first.
            let (mut found, more) = if sought.is_begun() { (paths, known) } else { (known, paths) };
            for choice in more {
                // A policy that was opened may be a file of the folder, too.
                if found.iter().all(|other| other.line != choice.line) {
                    found.push(choice);
                }
            }
            found
        }
    }
}

fn names(state: &State, written: &str) -> Vec<Choice> {
    let commands = || all().filter(|command| !command.is_for_lines());
    // Short names first: they are made for being written.
    let short = commands().filter(|command| command.name() != command.id || !command.id.contains('.'));
    let more = commands().flat_map(|command| command.names.iter().map(move |name| (*name, command)));
    let ids = commands().map(|command| (command.id, command));
    let named = short.map(|command| (command.name(), command)).chain(more).chain(ids);
    let mut seen = Vec::new();
    best(written, named, |(name, _)| name)
        .into_iter()
        .filter(|(_, command)| {
            let is_new = !seen.contains(&command.id);
            seen.push(command.id);
            is_new
        })
        .map(|(name, command)| {
            let argument = command.argument();
            let gap = if argument.is_some() { " " } else { "" };
            let shown = argument.map(|argument| format!(" {}", argument.shown())).unwrap_or_default();
            let reason = may_run(state, command).err();
            Choice {
                line: format!("{name}{gap}"),
                label: format!("{name}{shown}"),
                doc: command.doc.to_owned(),
                reason: reason.map(|_| why_not(state, command).unwrap_or_else(|| "not now".to_owned())),
            }
        })
        .collect()
}

fn values(state: &State, values: Values, name: &str, written: &str) -> Vec<Choice> {
    let snapshot = &state.snapshot;
    match values {
        Values::Agent => {
            let agents = snapshot.agents.iter();
            offered(name, "", best(written, agents, |agent| agent.shown.as_str()), |agent| {
                (agent.shown.as_str().to_owned(), agent.verdict.word().to_owned())
            })
        }
        Values::Group => {
            offered(name, "", best(written, snapshot.groups.iter(), |group| &*group.name), |group| {
                (group.name.to_string(), String::new())
            })
        }
        Values::Column => {
            let minus = if written.starts_with('-') { "-" } else { "" };
            let keys = best(written.trim_start_matches('-'), AgentColumn::ALL, |key| key.name());
            let words = |key| Sort { key, is_reversed: !minus.is_empty() }.words();
            offered(name, minus, keys, |key| (key.name().to_owned(), words(*key).to_owned()))
        }
        Values::Filter => filter(state, name, written),
        // Paths come with what a folder holds, see `choices`.
        Values::Number | Values::Path(_) | Values::Paths(_) => Vec::new(),
        Values::View => views(state, name, written),
        Values::SavedView => saved(state, name, written),
        Values::Policy => policies(state, name, "", written),
        Values::Policies => {
            let last = written.rfind(' ').map_or(0, |space| space + 1);
            let (before, last) = written.split_at(last);
            policies(state, name, before, last)
        }
        Values::Part => offered(name, "", best(written, Tab::ALL, |tab| tab.title()), |tab| {
            (tab.title().to_lowercase(), String::new())
        }),
        Values::Requirement => requirement(name, written),
        Values::Outcome => {
            let named = best(written, OutcomeFilter::ALL, |outcome| outcome.word());
            offered(name, "", named, |outcome| (outcome.word().to_owned(), String::new()))
        }
        Values::Theme => offered(name, "", best(written, state.themes.iter(), |theme| theme), |theme| {
            ((*theme).clone(), String::new())
        }),
    }
}

/// Policies that are known here; files can be written beside.
fn policies(state: &State, name: &str, before: &str, written: &str) -> Vec<Choice> {
    let known = state.policies.table().all();
    let named: Vec<_> = known.map(|row| (sanitise(&row.source.to_string()).into_string(), row)).collect();
    offered(name, before, best(written, named.iter(), |(source, _)| source), |(source, row)| {
        (source.clone(), row.kind.word().to_owned())
    })
}

/// What can be demanded of digests: the flags of the command line.
const REQUIREMENTS: [(&str, &str); 4] = [
    ("--log-inclusion", "a proof that the log holds it"),
    ("--identity ", "who signed, with --issuer: name@example.org, or the address of a workflow"),
    ("--issuer https://", "who vouches for the signer"),
    ("--replace", "in place of what is demanded now"),
];

/// A flag that is not written yet; the new file can be written beside.
fn requirement(name: &str, written: &str) -> Vec<Choice> {
    let last = written.rfind(' ').map_or(0, |space| space + 1);
    let (before, last) = written.split_at(last);
    // A value follows.
    if before.ends_with("--identity ") || before.ends_with("--issuer ") {
        return Vec::new();
    }
    // Not a flag, but the name of the file.
    if !last.is_empty() && !last.starts_with('-') {
        return Vec::new();
    }
    let left = REQUIREMENTS.iter().filter(|(flag, _)| {
        let word = flag.split(' ').next().unwrap_or(flag);
        !before.split(' ').any(|written| written == word)
    });
    offered(name, before, best(last, left, |(flag, _)| flag), |(flag, words)| {
        ((*flag).to_owned(), (*words).to_owned())
    })
}

/// The last term of a filter: a field, or the last of a field's values.
fn filter(state: &State, name: &str, written: &str) -> Vec<Choice> {
    let start = written.rfind(' ').map_or(0, |space| space + 1);
    let (before, term) = written.split_at(start);
    let (not, term) = term.strip_prefix('!').map_or(("", term), |term| ("!", term));
    let Some((field, list)) = term.split_once('=') else {
        let fields = best(term, FIELDS, |(field, _)| field);
        return offered(name, &format!("{before}{not}"), fields, |(field, words)| {
            (format!("{field}="), (*words).to_owned())
        });
    };
    let last = list.rfind(',').map_or(0, |comma| comma + 1);
    let (values, value) = list.split_at(last);
    let known = filter_values(state, field, value);
    let known = best(value, known.iter(), |word| word.as_str());
    offered(name, &format!("{before}{not}{field}={values}"), known, |word| ((*word).clone(), String::new()))
}

/// The values that a filter's field can have, where they can be listed.
pub(super) fn filter_values(state: &State, field: &str, value: &str) -> Vec<String> {
    match field {
        "verdict" => Verdict::ALL.map(|verdict| verdict.word().to_owned()).into(),
        "flag" => Flag::ALL.map(|flag| flag.word().to_owned()).into(),
        // A name with a space would need quotes; its first word finds it too.
        "group" => {
            let names = state.snapshot.groups.iter().map(|group| group.name.to_string());
            names.filter(|name| is_plain(name)).collect()
        }
        "kind" => EventKind::ALL.map(|kind| kind.word().to_owned()).into(),
        "keylime" => keylime(state, value),
        "event" => events(state, value),
        "id" => {
            let agents = best(value, state.snapshot.agents.iter(), |agent| agent.shown.as_str());
            agents.iter().map(|agent| agent.shown.as_str().to_owned()).filter(|id| is_plain(id)).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a value can be written without quotes.
fn is_plain(value: &str) -> bool {
    !value.contains([' ', '"', ',', '=', '\\', '~', '/', '<', '>'])
}

/// Agents that are looked at for what they hold: a key may not take long.
const MAX_LOOKED_AT: usize = 20_000;

/// What the records hold that fits: each once, in order.
fn held(state: &State, value: &str, word: impl Fn(&AgentRecord) -> Option<&str>) -> Vec<String> {
    let agents = state.snapshot.agents.iter().take(MAX_LOOKED_AT);
    let records = agents.flat_map(|agent| agent.groups.iter().filter_map(|inside| inside.record.as_deref()));
    let value = value.to_ascii_lowercase();
    let mut held = BTreeSet::new();
    for record in records {
        if let Some(word) = word(record)
            && held.len() < MAX_CHOICES
            && !held.contains(word)
            && word.to_ascii_lowercase().contains(&value)
        {
            held.insert(word);
        }
    }
    let shown = held.into_iter().map(|word| sanitise(word).into_string());
    shown.filter(|word| is_plain(word)).collect()
}

fn keylime(state: &State, value: &str) -> Vec<String> {
    let mut words = held(state, value, |record| record.attestation_status.as_ref().map(RemoteText::raw));
    words.extend(held(state, value, name_of_state));
    words
}

fn name_of_state(record: &AgentRecord) -> Option<&str> {
    state_name(record)
}

fn events(state: &State, value: &str) -> Vec<String> {
    held(state, value, |record| record.last_event_id.as_ref().map(RemoteText::raw))
}

pub(super) fn offered<T>(
    name: &str,
    before: &str,
    found: Vec<T>,
    words: impl Fn(&T) -> (String, String),
) -> Vec<Choice> {
    found
        .iter()
        .map(words)
        .map(|(value, doc)| {
            let line = format!("{name} {before}{value}");
            Choice { line, label: value, doc, reason: None }
        })
        .collect()
}

/// What begins with the text, then what holds it; where nothing does, what
/// holds its letters in this order. Not more than anyone reads.
pub(super) fn best<T>(written: &str, from: impl IntoIterator<Item = T>, text: impl Fn(&T) -> &str) -> Vec<T> {
    let written = written.to_ascii_lowercase();
    let [mut first, mut second, mut third] = [const { Vec::new() }; 3];
    // One text for all of them: there may be very many.
    let mut candidate = String::new();
    for one in from {
        candidate.clear();
        candidate.push_str(text(&one));
        candidate.make_ascii_lowercase();
        let group = if candidate.starts_with(&written) {
            &mut first
        } else if candidate.contains(&written) {
            &mut second
        } else if holds_letters(&candidate, &written) {
            &mut third
        } else {
            continue;
        };
        if group.len() < MAX_CHOICES {
            group.push(one);
        }
        if first.len() == MAX_CHOICES {
            break;
        }
    }
    first.extend(second);
    if first.is_empty() {
        first = third;
    }
    first.truncate(MAX_CHOICES);
    first
}

fn holds_letters(text: &str, letters: &str) -> bool {
    let mut text = text.chars();
    letters.chars().all(|letter| text.any(|other| other == letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::{Options, test_fleet};

    fn lines(line: &str) -> Vec<String> {
        let state = test_fleet::state(Options::default());
        choices(&state, line, None).into_iter().map(|choice| choice.line).collect()
    }

    #[test]
    fn names_by_their_start_then_by_their_letters() {
        assert_eq!(lines("sor"), ["sort ", "sort.next", "sort.reverse", "column.sort"]);
        assert_eq!(lines("gent").first().map(String::as_str), Some("agents "));
        assert_eq!(lines("grag"), ["group.agents"]);
        assert!(lines("").contains(&"agents ".to_owned()) && lines("xyzzy").is_empty());
        assert!(lines("").iter().all(|line| !line.starts_with("text.")));
    }

    #[test]
    fn values_of_every_kind() {
        assert_eq!(lines("agent node-02"), ["agent node-02"]);
        assert_eq!(lines("agent e-02"), ["agent node-02"]);
        assert_eq!(lines("group eu-w"), ["group eu-west"]);
        assert_eq!(lines("sort -ag"), ["sort -agent", "sort -age", "sort -coverage", "sort -flags"]);
        assert_eq!(lines("agents ver"), ["agents verdict="]);
        assert_eq!(
            lines("agents !verdict=failed,st"),
            [
                "agents !verdict=failed,stopped",
                "agents !verdict=failed,stale",
                "agents !verdict=failed,registered",
                "agents !verdict=failed,attested",
            ]
        );
        assert_eq!(lines("agents flag=latc"), ["agents flag=latched"]);
        assert_eq!(lines("agents kind=g"), ["agents kind=gone", "agents kind=group"]);
        assert_eq!(
            lines("agents kind=address,n"),
            ["agents kind=address,new", "agents kind=address,gone", "agents kind=address,interval"]
        );
        assert_eq!(lines("agents keylime=t"), ["agents keylime=TIMEOUT", "agents keylime=terminated"]);
        assert_eq!(lines("agents event=pcr"), ["agents event=pcr.invalid_pcr_10"]);
        assert_eq!(lines("agents id=node-02"), ["agents id=node-02"]);
        assert_eq!(lines("agents id=\u{202e}"), [""; 0], "what is shown is not what is there");
        assert_eq!(lines("outcome f"), ["outcome failed"]);
        let demands = [
            "policy-require --log-inclusion --identity ",
            "policy-require --log-inclusion --issuer https://",
        ];
        assert_eq!(lines("policy-require --log-inclusion --i"), demands);
        assert_eq!(lines("policy-require --identity me"), [""; 0]);
        assert_eq!(lines("quit x"), [""; 0]);
    }

    #[test]
    fn what_cannot_be_had_says_why() {
        let state = test_fleet::state(Options::default());
        let found = choices(&state, "agent.open", None);
        assert!(
            found.iter().any(|choice| choice.reason.as_deref() == Some("no agent is selected")),
            "{found:?}"
        );
    }
}

//! What may stand next in the string of a view.

use super::complete::{Choice, best, filter_values, offered};
use crate::console::filter::FIELDS;
use crate::console::state::{AgentColumn, State};
use crate::console::view_string::{PAGES, PARAMETERS, View};

/// Completions of a view's string: pages and saved names, then names of groups
/// and agents, then parameters and their values.
pub(super) fn views(state: &State, name: &str, written: &str) -> Vec<Choice> {
    if let Some((page, query)) = written.split_once('?') {
        return parameters(state, name, page, query);
    }
    match written.split_once('/') {
        Some(("group", text)) => {
            let groups = best(text, state.snapshot.groups.iter(), |group| &*group.name);
            offered(name, "", groups, |group| {
                (View::Group { name: group.name.to_string() }.to_string(), String::new())
            })
        }
        Some(("agent", text)) => {
            let agents = best(text, state.snapshot.agents.iter(), |agent| agent.shown.as_str());
            offered(name, "", agents, |agent| {
                (View::Agent { id: agent.id.clone() }.to_string(), agent.verdict.word().to_owned())
            })
        }
        _ => {
            let saved = state.saved.entries().map(|(saved, view)| (saved.to_owned(), view.to_string()));
            let pages = PAGES.iter().map(|(page, words)| ((*page).to_owned(), (*words).to_owned()));
            let all: Vec<_> = saved.chain(pages).collect();
            offered(name, "", best(written, all.iter(), |(text, _)| text), |entry| (*entry).clone())
        }
    }
}

/// The names of saved views.
pub(super) fn saved(state: &State, name: &str, written: &str) -> Vec<Choice> {
    let saved: Vec<_> = state.saved.entries().collect();
    offered(name, "", best(written, saved, |(saved, _)| *saved), |(saved, view)| {
        ((*saved).to_owned(), view.to_string())
    })
}

fn parameters(state: &State, name: &str, page: &str, query: &str) -> Vec<Choice> {
    let start = query.rfind('&').map_or(0, |sign| sign + 1);
    let (before, parameter) = query.split_at(start);
    let before = format!("{page}?{before}");
    let Some((field, list)) = parameter.split_once('=') else {
        let known: &[(&str, &str)] = match page {
            "agents" => &PARAMETERS,
            "log" => {
                return offered(name, &before, vec!["level="], |level| ((*level).to_owned(), String::new()));
            }
            "events" => PARAMETERS.get(2..).unwrap_or_default(),
            _ => return Vec::new(),
        };
        let fields = best(parameter, known.iter().chain(&FIELDS), |(field, _)| field);
        return offered(name, &before, fields, |(field, words)| (format!("{field}="), (*words).to_owned()));
    };
    let last = list.rfind([',', '-']).filter(|_| field == "sort" || field == "columns");
    let last = last.or_else(|| list.rfind(',')).map_or(0, |sign| sign + 1);
    let (values, value) = list.split_at(last);
    let known: Vec<String> = match (page, field) {
        ("log", "level") => ["all", "warn", "error"].map(str::to_owned).into(),
        ("agents", "sort" | "columns") => {
            AgentColumn::ALL.map(AgentColumn::name).into_iter().map(str::to_owned).collect()
        }
        _ => filter_values(state, field, value),
    };
    let known = best(value, known.iter(), |word| word.as_str());
    offered(name, &format!("{before}{field}={values}"), known, |word| ((*word).clone(), String::new()))
}

#[cfg(test)]
mod tests {
    use crate::console::command::choices;
    use crate::console::{Options, test_fleet};

    fn lines(line: &str) -> Vec<String> {
        let mut options = Options::default();
        let source = crate::console::Source {
            origin: std::path::Path::new("views.toml"),
            text: "agile = \"agents?sort=age\"\nworst = \"agents?verdict=failed\"",
        };
        let faults = &mut Default::default();
        options.settings.saved = crate::console::view_string::SavedViews::read(source, faults);
        choices(&test_fleet::state(options), line, None).into_iter().map(|choice| choice.line).collect()
    }

    #[test]
    fn every_part_of_a_view_is_completed() {
        assert_eq!(lines("view ag"), ["view agile", "view agents", "view agent/"]);
        assert_eq!(lines("view agent/e-02"), ["view agent/node-02"]);
        assert_eq!(lines("view group/eu-w"), ["view group/eu-west"]);
        assert_eq!(lines("view agents?so"), ["view agents?sort="]);
        assert_eq!(
            lines("view agents?sort=-ag").first().map(String::as_str),
            Some("view agents?sort=-agent")
        );
        assert_eq!(
            lines("view agents?verdict=failed,sto&columns=verdict,reas"),
            ["view agents?verdict=failed,sto&columns=verdict,reason"]
        );
        assert_eq!(lines("view agents?verdict=fai"), ["view agents?verdict=failed"]);
        assert_eq!(lines("view events?kind=gon"), ["view events?kind=gone"]);
        assert_eq!(lines("view log?level=w"), ["view log?level=warn"]);
        assert_eq!(lines("forget-view w"), ["forget-view worst"]);
        assert_eq!(lines("view help?x"), [""; 0]);
    }
}

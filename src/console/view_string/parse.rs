//! A view from text.

use std::ops::Range;
use std::str::FromStr;

use super::View;
use super::percent::{Decoded, Piece, decode};
use crate::console::filter::{FIELDS, Filter, FilterError};
use crate::console::state::{AgentColumn, Columns, Level, Sort};
use crate::text::nearest::nearest;
use crate::text::{caret, sanitise_to};

/// How views begin, and what each shows.
pub const PAGES: [(&str, &str); 12] = [
    ("overview", "the groups"),
    ("agents", "the agents; after ? the filter, sort= and columns="),
    ("events", "what changed; after ? the filter"),
    ("log", "the log; ?level=warn or ?level=error"),
    ("group/", "one group, by its name"),
    ("agent/", "one agent, by its id"),
    ("servers", "the editor of server blocks"),
    ("policies", "the policies of all groups, and files"),
    ("policy/", "one policy: a file, or group:NAME/POLICY"),
    ("trust", "the keys and certificates that are trusted"),
    ("identities", "what an audit of the agents' TPM keys found"),
    ("help", "the help"),
];

/// What may stand after `?` beside a filter's fields, and for what.
pub const PARAMETERS: [(&str, &str); 3] = [
    ("sort", "a column; - before it turns the order around"),
    ("columns", "the columns that are shown, in their order"),
    ("filter", "terms of a filter"),
];

/// Why a text is no view, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct ViewError {
    words: String,
    /// The characters of the text that are meant, counted from 0.
    pub place: Range<usize>,
}

impl ViewError {
    fn new(words: impl Into<String>, place: Range<usize>) -> Self {
        Self { words: words.into(), place }
    }

    /// The same place with other words.
    pub(super) fn instead(self, words: String) -> Self {
        Self { words, ..self }
    }

    /// The place in bytes of the text.
    pub fn bytes(&self, text: &str) -> Range<usize> {
        let at = |number: usize| text.char_indices().nth(number).map_or(text.len(), |(at, _)| at);
        at(self.place.start)..at(self.place.end)
    }

    /// The text with carets under the fault.
    pub fn excerpt(&self, text: &str) -> String {
        caret::excerpt(text, self.bytes(text))
    }
}

impl From<(&'static str, Range<usize>)> for ViewError {
    fn from((words, place): (&'static str, Range<usize>)) -> Self {
        Self::new(words, place)
    }
}

impl FromStr for View {
    type Err = ViewError;

    fn from_str(text: &str) -> Result<Self, ViewError> {
        let (path, query) = Piece { text, start: 0 }.trimmed().split('?');
        let (page, name) = path.split('/');
        match (page.text, name) {
            ("group", Some(name)) => {
                let name = named(name, query, "write the group's name after group/")?;
                Ok(Self::Group { name })
            }
            ("agent", Some(id)) => {
                let id = named(id, query, "write the agent's id after agent/")?;
                Ok(Self::Agent { id: id.into() })
            }
            ("policy", Some(source)) => {
                let source = named(source, query, "write a file or group:NAME/POLICY after policy/")?;
                Ok(Self::Policy { source })
            }
            ("group" | "agent" | "policy", None) => {
                let words = format!("write {0}/ and its name: {0}/NAME", page.text);
                Err(ViewError::new(words, page.place()))
            }
            ("agents", None) => agents(query),
            ("events", None) => events(query),
            ("log", None) => log(query),
            ("overview", None) => bare(Self::Overview, query),
            ("help", None) => bare(Self::Help, query),
            ("servers", None) => bare(Self::Servers, query),
            ("policies", None) => bare(Self::Policies, query),
            ("trust", None) => bare(Self::Trust, query),
            ("identities", None) => bare(Self::Identities, query),
            ("agents", Some(rest)) => {
                Err(ViewError::new("one agent is agent/ID; a filter of agents begins with ?", rest.place()))
            }
            ("policies", Some(rest)) => Err(ViewError::new("one policy is policy/NAME", rest.place())),
            ("overview" | "events" | "log" | "help" | "servers" | "trust" | "identities", Some(rest)) => {
                Err(ViewError::new(format!("nothing stands after {}/", page.text), rest.place()))
            }
            _ => Err(no_page(page)),
        }
    }
}

fn no_page(page: Piece<'_>) -> ViewError {
    if page.text.is_empty() {
        return ViewError::new(format!("write a view: {}", list(&PAGES)), page.place());
    }
    let names = PAGES.map(|(name, _)| name);
    let hint = match nearest(page.text, names.map(|name| name.trim_end_matches('/'))) {
        Some(name) => format!("did you mean {name}?"),
        None => format!("there are {}", list(&PAGES)),
    };
    ViewError::new(format!("there is no view {}; {hint}", shown(page.text)), page.place())
}

fn named(name: Piece<'_>, query: Option<Piece<'_>>, missing: &'static str) -> Result<String, ViewError> {
    let decoded = decode(name)?;
    match (decoded.text.is_empty(), query) {
        (true, _) => Err(ViewError::new(missing, name.place())),
        (false, Some(query)) => {
            Err(ViewError::new("nothing stands after it; ? in a name is %3F", query.place()))
        }
        (false, None) => Ok(decoded.text),
    }
}

fn bare(view: View, query: Option<Piece<'_>>) -> Result<View, ViewError> {
    match query {
        None => Ok(view),
        Some(query) => Err(ViewError::new(format!("{view} has no parameters"), query.place())),
    }
}

fn agents(query: Option<Piece<'_>>) -> Result<View, ViewError> {
    let (mut sort, mut columns) = (None, None);
    let filter = parameters(query, |name, value| match name {
        "sort" => once(&mut sort, "sort", value, read_sort),
        "columns" => once(&mut columns, "columns", value, read_columns),
        _ => Ok(false),
    })?;
    let (sort, columns) = (sort.unwrap_or_default(), columns.unwrap_or_default());
    Ok(View::Agents { filter, sort, columns })
}

fn events(query: Option<Piece<'_>>) -> Result<View, ViewError> {
    let filter = parameters(query, |name, value| match name {
        "sort" | "columns" => {
            Err(ViewError::new("events are in their order of time; only agents have this", value.place()))
        }
        _ => Ok(false),
    })?;
    Ok(View::Events { filter })
}

fn log(query: Option<Piece<'_>>) -> Result<View, ViewError> {
    let mut level = None;
    for parameter in pieces(query) {
        match parameter.split('=') {
            (name, Some(value)) if name.text == "level" => once(&mut level, "level", value, read_level)?,
            _ => return Err(ViewError::new("of the log only level= can be chosen", parameter.place())),
        };
    }
    Ok(View::Log { level: level.unwrap_or_default() })
}

/// Reads the parameters: those that `own` does not take are a filter's.
fn parameters<'t>(
    query: Option<Piece<'t>>,
    mut own: impl FnMut(&str, Piece<'t>) -> Result<bool, ViewError>,
) -> Result<Filter, ViewError> {
    let mut filter = Filter::default();
    for parameter in pieces(query) {
        let (name, value) = parameter.split('=');
        if let Some(value) = value {
            if own(name.text, value)? {
                continue;
            }
            if name.text == "filter" {
                filter.terms.extend(terms(value)?.terms);
                continue;
            }
            unknown(name)?;
        }
        let found = terms(parameter)?;
        if found.terms.len() != 1 {
            let words =
                "a value with a space in it stands in quotes: group=\"a b\"; several terms in filter=";
            return Err(ViewError::new(words, parameter.place()));
        }
        filter.terms.extend(found.terms);
    }
    Ok(filter)
}

fn pieces(query: Option<Piece<'_>>) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = query;
    while let Some(piece) = rest {
        let (first, more) = piece.split('&');
        pieces.extend((!first.text.trim().is_empty()).then_some(first));
        rest = more;
    }
    pieces
}

/// A word before `=` that is neither a parameter nor a filter's field.
fn unknown(name: Piece<'_>) -> Result<(), ViewError> {
    let is_word = !name.text.is_empty() && name.text.bytes().all(|byte| byte.is_ascii_lowercase());
    let known = || FIELDS.iter().chain(&PARAMETERS).map(|(name, _)| *name);
    if !is_word || known().any(|other| other == name.text) {
        return Ok(());
    }
    let hint = match nearest(name.text, known()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("there are {}", known().collect::<Vec<_>>().join(", ")),
    };
    Err(ViewError::new(format!("there is no parameter {}; {hint}", shown(name.text)), name.place()))
}

fn terms(piece: Piece<'_>) -> Result<Filter, ViewError> {
    let decoded = decode(piece)?;
    decoded.text.parse().map_err(|error: FilterError| {
        let place = decoded.place(&error.place);
        ViewError::new(error.to_string(), place)
    })
}

fn once<T>(
    slot: &mut Option<T>,
    name: &str,
    value: Piece<'_>,
    read: impl FnOnce(&Decoded) -> Result<T, (String, Range<usize>)>,
) -> Result<bool, ViewError> {
    if slot.is_some() {
        return Err(ViewError::new(format!("{name}= stands there twice"), value.place()));
    }
    let decoded = decode(value)?;
    let read = read(&decoded).map_err(|(words, place)| ViewError::new(words, decoded.place(&place)))?;
    *slot = Some(read);
    Ok(true)
}

fn read_sort(value: &Decoded) -> Result<Sort, (String, Range<usize>)> {
    let (name, is_reversed) = value.text.strip_prefix('-').map_or((&*value.text, false), |name| (name, true));
    let from = usize::from(is_reversed);
    let key = column(name, from..from + name.chars().count())?;
    Ok(Sort { key, is_reversed })
}

fn read_columns(value: &Decoded) -> Result<Columns, (String, Range<usize>)> {
    let mut at = 0;
    let mut columns = Vec::new();
    for name in value.text.split(',') {
        let end = at + name.chars().count();
        columns.push(column(name, at..end)?);
        at = end + 1;
    }
    Columns::new(columns).map_err(|words| (words, 0..value.text.chars().count()))
}

fn read_level(value: &Decoded) -> Result<Level, (String, Range<usize>)> {
    Level::from_name(&value.text).ok_or_else(|| {
        let words = format!("there is no level {}; there are all, warn, error", shown(&value.text));
        (words, 0..value.text.chars().count())
    })
}

fn column(name: &str, place: Range<usize>) -> Result<AgentColumn, (String, Range<usize>)> {
    AgentColumn::from_name(name).ok_or_else(|| {
        let names = AgentColumn::ALL.map(AgentColumn::name);
        let hint = match nearest(name, names) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("there are {}", names.join(", ")),
        };
        (format!("there is no column {}; {hint}", shown(name)), place)
    })
}

fn list(pages: &[(&str, &str)]) -> String {
    pages.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

fn shown(text: &str) -> String {
    sanitise_to(text, 40).into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        text.parse::<View>().unwrap().to_string()
    }

    #[test]
    fn one_form_of_each_view_is_printed() {
        for (written, printed) in [
            ("overview", "overview"),
            (" agents ", "agents"),
            ("agents?", "agents"),
            ("agents?verdict=failed&sort=-age&columns=verdict,agent,age", ""),
            ("agents?sort=verdict&columns=verdict,agent,groups,coverage,keylime,age,flags,reason", "agents"),
            ("agents?sort=age&&verdict=failed,stale", "agents?verdict=failed,stale&sort=age"),
            (
                "agents?filter=verdict=failed !group=lab node",
                "agents?verdict=failed&filter=!group=lab%20node",
            ),
            ("agents?!verdict=failed&age>5m&split", "agents?filter=!verdict=failed%20age>5m%20split"),
            ("agents?group=\"eu west\"", "agents?group=%22eu%20west%22"),
            ("events?kind=gone&filter=~^node", "events?kind=gone&filter=~^node"),
            ("log?level=all", "log"),
            ("log?level=warn", ""),
            ("group/eu west", "group/eu%20west"),
            ("agent/a/b", ""),
            ("agent/ger%C3%A4t", ""),
            ("help", ""),
        ] {
            assert_eq!(canonical(written), if printed.is_empty() { written } else { printed });
        }
    }

    #[test]
    fn mistakes_have_words_and_a_place() {
        for (written, words, marked) in [
            ("agnets?x", "there is no view agnets; did you mean agents?", "agnets"),
            (
                "",
                "write a view: overview, agents, events, log, group/, agent/, servers, policies, policy/, trust, identities, help",
                "",
            ),
            (
                "agents?verdict=fialed&sort=age",
                "there is no verdict fialed; did you mean failed?",
                "verdict=fialed",
            ),
            ("agents?sort=aeg", "there is no column aeg; did you mean age?", "aeg"),
            ("agents?srot=age", "there is no parameter srot; did you mean sort?", "srot"),
            (
                "agents?sort=-x",
                "there is no column x; there are verdict, agent, groups, coverage, keylime, age, flags, reason, \
                 identity",
                "x",
            ),
            ("agents?columns=verdict,agent,agge", "there is no column agge; did you mean age?", "agge"),
            ("agents?columns=verdict", "the column agent is always shown: add it", "verdict"),
            ("agents?sort=age&sort=age", "sort= stands there twice", "age"),
            (
                "agents?filter=node%20verdict=x",
                "there is no verdict x; there are failed, stopped, timed-out, stale, unproven, removing, registered, unknown, attested",
                "verdict=x",
            ),
            (
                "agents?group=eu west",
                "a value with a space in it stands in quotes: group=\"a b\"; several terms in filter=",
                "group=eu west",
            ),
            ("agents/node-1", "one agent is agent/ID; a filter of agents begins with ?", "node-1"),
            ("agents?id=%4", "after % stand two digits of 0-9, a-f; % itself is %25", "%4"),
            ("events?sort=age", "events are in their order of time; only agents have this", "age"),
            ("log?level=debug", "there is no level debug; there are all, warn, error", "debug"),
            ("overview?x", "overview has no parameters", "x"),
            ("agent", "write agent/ and its name: agent/NAME", "agent"),
            ("agent/", "write the agent's id after agent/", ""),
        ] {
            let error = written.parse::<View>().unwrap_err();
            assert_eq!(error.to_string(), words);
            assert_eq!(&written[error.bytes(written)], marked, "{written}");
        }
        let written = "agents?sort=aeg";
        let excerpt = written.parse::<View>().unwrap_err().excerpt(written);
        assert_eq!(excerpt, "  1 | agents?sort=aeg\n    |             ^^^");
    }
}

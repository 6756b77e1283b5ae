//! Views under names of the operator's: `views.toml`, `name = "string"`.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{PAGES, View, ViewError};
use crate::console::diagnose::{Faults, Source};
use crate::text::nearest::nearest;
use crate::text::sanitise_to;

/// Characters of a name at most.
const MAX_NAME: usize = 40;

/// Views that are kept at most.
const MAX_VIEWS: usize = 500;

/// Views by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedViews {
    views: BTreeMap<String, View>,
}

/// Why a view was not kept, or not forgotten.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotKept {
    /// The file is not what it should be; nothing was written over it.
    #[error("{line}:{column}: {words}; the file was left as it is: mend it first")]
    Unreadable {
        /// Line of the fault, from 1.
        line: usize,
        /// Column of it in characters, from 1.
        column: usize,
        /// What is wrong.
        words: String,
    },
    /// There are too many.
    #[error("there are {MAX_VIEWS} views already; forget some first")]
    TooMany,
    /// There is none of that name.
    #[error("there is no saved view {0}")]
    Unknown(String),
    /// It stands there in a way that is not to be changed blindly.
    #[error("{0} is not on a line of its own; the file was left as it is: change it there")]
    Entangled(String),
}

type Entries = BTreeMap<toml::Spanned<String>, toml::Spanned<String>>;

impl SavedViews {
    /// Reads the file. What cannot be read is added to the faults; all else is
    /// taken.
    pub fn read(source: Source<'_>, faults: &mut Faults) -> Self {
        let entries = match toml::from_str::<Entries>(source.text) {
            Ok(entries) => entries,
            Err(error) => {
                faults.add_toml(source, &error);
                return Self::default();
            }
        };
        let mut views = BTreeMap::new();
        for (name, text) in entries.into_iter().take(MAX_VIEWS) {
            if let Err(words) = check_name(name.get_ref()) {
                faults.add(source, name.span(), "view-name", words, None);
                continue;
            }
            match text.get_ref().parse::<View>() {
                Ok(view) => {
                    views.insert(name.into_inner(), view);
                }
                Err(error) => {
                    let span = inside(source.text, &text, &error);
                    faults.add(source, span, "view", error.to_string(), None);
                }
            }
        }
        Self { views }
    }

    /// The names in their order, with the view of each.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &View)> {
        self.views.iter().map(|(name, view)| (name.as_str(), view))
    }

    /// The view of a name.
    pub fn get(&self, name: &str) -> Option<&View> {
        self.views.get(name)
    }

    /// The view that a text means: a saved one by its name, else a view's
    /// string. No name is a page's, so that it is clear which is meant.
    ///
    /// # Errors
    /// It is neither.
    pub fn find(&self, text: &str) -> Result<View, ViewError> {
        if let Some(view) = self.get(text.trim()) {
            return Ok(view.clone());
        }
        text.parse().map_err(|error: ViewError| {
            let near = check_name(text.trim()).ok().and_then(|()| {
                nearest(text.trim(), self.views.keys().map(String::as_str)).map(str::to_owned)
            });
            match near {
                Some(near) => error.instead(format!(
                    "there is no view {}; did you mean {near}?",
                    sanitise_to(text.trim(), MAX_NAME)
                )),
                None => error,
            }
        })
    }
}

/// Whether a saved view may have this name.
///
/// # Errors
/// Why not, in words.
pub fn check_name(name: &str) -> Result<(), String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(is_plain) {
        return Err(format!("a view's name is made of A-Z a-z 0-9 - _, at most {MAX_NAME} of them"));
    }
    match PAGES.iter().any(|(page, _)| page.trim_end_matches('/') == name) {
        true => Err(format!("{name} is a page; choose another name")),
        false => Ok(()),
    }
}

/// The place of a mistake in the file; the whole value where it is written with
/// escapes.
fn inside(file: &str, text: &toml::Spanned<String>, error: &ViewError) -> Range<usize> {
    let span = text.span();
    let written = file.get(span.clone()).unwrap_or_default();
    let is_plain = written.get(1..).and_then(|rest| rest.get(..rest.len().saturating_sub(1)));
    match is_plain == Some(text.get_ref()) {
        true => {
            let place = error.bytes(text.get_ref());
            span.start + 1 + place.start..span.start + 1 + place.end
        }
        false => span,
    }
}

/// The file's text with a view in it: in the place of the one that has this
/// name, else as a new last line. Everything else stays as it is.
///
/// # Errors
/// Why the file is better left alone.
pub fn with(file: &str, name: &str, view: &View) -> Result<String, NotKept> {
    let entries = entries(file)?;
    let value = toml::Value::String(view.to_string()).to_string();
    let mut text = file.to_owned();
    match entries.iter().find(|(key, _)| key.get_ref() == name) {
        Some((_, old)) => text.replace_range(old.span(), &value),
        None if entries.len() >= MAX_VIEWS => return Err(NotKept::TooMany),
        None => {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&format!("{name} = {value}\n"));
        }
    }
    checked(text, name, Some(view))
}

/// The file's text without the view of that name.
///
/// # Errors
/// There is none, or why the file is better left alone.
pub fn without(file: &str, name: &str) -> Result<String, NotKept> {
    let entries = entries(file)?;
    let Some((key, value)) = entries.iter().find(|(key, _)| key.get_ref() == name) else {
        return Err(NotKept::Unknown(name.to_owned()));
    };
    let start = file.get(..key.span().start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let after = file.get(value.span().end..).unwrap_or_default();
    let end = value.span().end + after.find('\n').map_or(after.len(), |at| at + 1);
    let mut text = file.to_owned();
    text.replace_range(start..end, "");
    checked(text, name, None)
}

fn entries(file: &str) -> Result<Entries, NotKept> {
    toml::from_str(file).map_err(|error| {
        let place = crate::text::caret::place(file, error.span().map_or(0, |span| span.start));
        let words = sanitise_to(error.message(), 200).into_string();
        NotKept::Unreadable { line: place.line, column: place.column, words }
    })
}

/// The new text, if it says what it should.
fn checked(text: String, name: &str, view: Option<&View>) -> Result<String, NotKept> {
    let found = entries(&text).ok().map(|entries| {
        let value = entries.into_iter().find(|(key, _)| key.get_ref() == name);
        value.map(|(_, value)| value.into_inner())
    });
    match found == Some(view.map(ToString::to_string)) {
        true => Ok(text),
        false => Err(NotKept::Entangled(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const FILE: &str = "# mine\nworst = \"agents?verdict=failed\" # of all\n\nlab = 'group/lab'\n";

    fn read(text: &str) -> (SavedViews, String) {
        let mut faults = Faults::default();
        let views = SavedViews::read(Source { origin: Path::new("views.toml"), text }, &mut faults);
        (views, if faults.is_empty() { String::new() } else { faults.to_string() })
    }

    fn view(text: &str) -> View {
        text.parse().unwrap()
    }

    #[test]
    fn a_name_or_a_string_is_found() {
        let (views, faults) = read(FILE);
        assert_eq!(faults, "");
        assert_eq!(views.find(" lab "), Ok(view("group/lab")));
        assert_eq!(views.find("events"), Ok(View::Events { filter: Default::default() }));
        assert_eq!(
            views.find("wrost").unwrap_err().to_string(),
            "there is no view wrost; did you mean worst?"
        );
        assert_eq!(
            views.find("agnets").unwrap_err().to_string(),
            "there is no view agnets; did you mean agents?"
        );
    }

    #[test]
    fn faults_have_their_place_and_cost_only_themselves() {
        let (views, faults) = read("a = \"agents?sort=aeg\"\nlog = \"log\"\nb = \"log\"\n");
        assert_eq!(views.entries().map(|(name, _)| name).collect::<Vec<_>>(), ["b"]);
        assert!(faults.contains("views.toml:1:18: error: there is no column aeg"), "{faults}");
        assert!(faults.contains("views.toml:2:1: error: log is a page"), "{faults}");
        let (views, faults) = read("a = \n");
        assert!(views.entries().next().is_none() && faults.starts_with("views.toml:1:"), "{faults}");
    }

    #[test]
    fn keeping_and_forgetting_leave_all_else_alone() {
        let text = with(FILE, "lab", &view("group/other")).unwrap();
        assert_eq!(text, FILE.replace("'group/lab'", "\"group/other\""));
        let text = with(FILE, "new", &view("agents?group=\"a b\"")).unwrap();
        assert_eq!(text, format!("{FILE}new = \"agents?group=%22a%20b%22\"\n"));
        assert_eq!(without(FILE, "worst").unwrap(), "# mine\n\nlab = 'group/lab'\n");
        assert_eq!(with("", "a", &View::Help).unwrap(), "a = \"help\"\n");
        assert_eq!(with("a = \"log\"", "b", &View::Help).unwrap(), "a = \"log\"\nb = \"help\"\n");
    }

    #[test]
    fn what_cannot_be_read_is_not_written_over() {
        assert_eq!(without(FILE, "x"), Err(NotKept::Unknown("x".to_owned())));
        let error = with("a = 1\n", "b", &View::Help).unwrap_err().to_string();
        assert!(error.starts_with("1:5: ") && error.ends_with("mend it first"), "{error}");
        let tables = "[t]\nx = 1\n";
        assert!(with(tables, "b", &View::Help).is_err());
        assert!(check_name("agents").is_err() && check_name("a b").is_err() && check_name("a-b_1").is_ok());
    }
}

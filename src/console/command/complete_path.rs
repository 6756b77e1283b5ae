//! Paths of this machine that may stand next in the palette: which word of the
//! line names one, and what a folder's names make of it. Nothing here reads a
//! folder.

use super::{Choice, Values, find};

/// Names of a folder that are listed at most.
pub const MAX_NAMES: usize = 500;

/// What an argument's word names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// A folder.
    Folder,
    /// A file: one that is there, or a new one in a folder that is there.
    File,
}

/// A word of the palette's line that names a path, as far as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoughtPath {
    /// The line before the word.
    before: String,
    /// The folder, as it is written, with the slash at its end; empty: the one
    /// that the console was started in.
    pub folder: String,
    /// How the name in it begins.
    pub prefix: String,
    /// Whether only folders will do.
    pub is_folder: bool,
    /// Whether the word ends with the line, so that a space needs no quotes.
    is_whole_line: bool,
}

/// The names of a folder that begin with something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderNames {
    /// The folder, as it was asked for.
    pub folder: String,
    /// What the names begin with.
    pub prefix: String,
    /// Whether only folders were asked for.
    pub is_folder: bool,
    /// The names in their order, and whether each is a folder.
    pub names: Vec<(String, bool)>,
    /// Names that are left out, because a line cannot hold them as they are.
    pub left_out: usize,
    /// Whether there are more than are listed.
    pub is_cut: bool,
}

impl SoughtPath {
    /// The path that is being written at the end of a line; none: there is no
    /// path due, or one that is written otherwise.
    pub fn of(line: &str) -> Option<Self> {
        let (name, _) = line.split_once(' ')?;
        let values = find(name)?.argument()?.values;
        let argument = line.get(name.len()..)?.trim_start();
        let head = line.strip_suffix(argument)?;
        match values {
            Values::Path(kind) => Some(Self::new(head, argument, kind, true)),
            Values::Policy => is_path(argument).then(|| Self::new(head, argument, PathKind::File, true)),
            Values::Paths(kinds) => {
                let words = Words::of(argument);
                let kind = *kinds.get(words.whole.len())?;
                Some(Self::new(&format!("{head}{}", words.before), &words.last, kind, false))
            }
            Values::Policies => {
                let words = Words::of(argument);
                let is_due = words.whole.len() < 2 && is_path(&words.last);
                let before = format!("{head}{}", words.before);
                is_due.then(|| Self::new(&before, &words.last, PathKind::File, false))
            }
            Values::Requirement => {
                let words = Words::of(argument);
                let before = format!("{head}{}", words.before);
                takes_file(&words).then(|| Self::new(&before, &words.last, PathKind::File, false))
            }
            _ => None,
        }
    }

    fn new(before: &str, word: &str, kind: PathKind, is_whole_line: bool) -> Self {
        // What the shell goes into at once, and no name begins with.
        let is_bare = word == "~" || word == ".." || word.ends_with("/..");
        let word = if is_bare { format!("{word}/") } else { word.to_owned() };
        let start = word.rfind('/').map_or(0, |slash| slash + 1);
        let (folder, prefix) = word.split_at(start);
        Self {
            before: before.to_owned(),
            folder: folder.to_owned(),
            prefix: prefix.to_owned(),
            is_folder: kind == PathKind::Folder,
            is_whole_line,
        }
    }

    /// The line with a name in the folder.
    fn line(&self, name: &str) -> String {
        let path = format!("{}{name}", self.folder);
        let word = if self.is_whole_line { path } else { quoted(&path) };
        format!("{}{word}", self.before)
    }

    /// Whether anything of it is written.
    pub fn is_begun(&self) -> bool {
        !self.folder.is_empty() || !self.prefix.is_empty()
    }

    /// Whether these names tell what may stand here.
    pub fn is_told_by(&self, names: &FolderNames) -> bool {
        // Hidden names are told only to whoever writes their dot.
        let hides = names.prefix.is_empty() && self.prefix.starts_with('.');
        names.folder == self.folder
            && names.is_folder == self.is_folder
            && self.prefix.starts_with(&names.prefix)
            && (!names.is_cut || self.prefix == names.prefix)
            && !hides
    }

    fn fitting<'a>(&'a self, names: &'a FolderNames) -> impl Iterator<Item = &'a (String, bool)> {
        let is_told = self.is_told_by(names);
        names.names.iter().filter(move |(name, _)| is_told && name.starts_with(&self.prefix))
    }

    /// What may stand here.
    pub fn choices(&self, names: &FolderNames) -> Vec<Choice> {
        self.fitting(names)
            .map(|(name, is_folder)| {
                let name = if *is_folder { format!("{name}/") } else { name.clone() };
                Choice { line: self.line(&name), label: name, doc: String::new(), reason: None }
            })
            .collect()
    }

    /// The line as far as all that may stand here is the same; none: it is
    /// written as far already.
    pub fn common(&self, names: &FolderNames) -> Option<String> {
        let mut fitting = self.fitting(names).map(|(name, _)| name.as_str());
        let first = fitting.next()?;
        let mut length = first.len();
        let mut is_one = true;
        for name in fitting {
            is_one = false;
            let same = first.char_indices().zip(name.chars()).take_while(|((_, one), other)| one == other);
            length = length.min(same.last().map_or(0, |((at, one), _)| at + one.len_utf8()));
        }
        (!is_one && length > self.prefix.len()).then(|| self.line(first.get(..length).unwrap_or_default()))
    }
}

/// Whether a word of a policy may be a file.
fn is_path(word: &str) -> bool {
    !word.starts_with("group:") && !word.starts_with("boot:")
}

/// Whether the last word of what is demanded is the new file.
fn takes_file(words: &Words) -> bool {
    let mut has_file = false;
    let mut whole = words.whole.iter();
    let mut wants_value = false;
    while let Some(word) = whole.next() {
        match word.as_str() {
            "--identity" | "--issuer" => wants_value = whole.next().is_none(),
            word => has_file |= !word.starts_with("--"),
        }
    }
    !wants_value && !has_file && !words.last.starts_with('-')
}

/// A text in words, as a shell reads them: those that are whole, and the one
/// that is being written.
struct Words {
    whole: Vec<String>,
    /// The text before the last word.
    before: String,
    last: String,
}

impl Words {
    fn of(text: &str) -> Self {
        let mut words = Self { whole: Vec::new(), before: String::new(), last: String::new() };
        let (mut quote, mut is_escaped, mut has_begun) = (None, false, false);
        for (at, character) in text.char_indices() {
            if is_escaped {
                words.last.push(character);
                is_escaped = false;
                continue;
            }
            match (quote, character) {
                (None | Some('"'), '\\') => (is_escaped, has_begun) = (true, true),
                (None, '"' | '\'') => (quote, has_begun) = (Some(character), true),
                (Some(open), _) if open == character => quote = None,
                (None, ' ' | '\t') => {
                    if std::mem::take(&mut has_begun) {
                        words.whole.push(std::mem::take(&mut words.last));
                    }
                    text.get(..=at).unwrap_or_default().clone_into(&mut words.before);
                }
                _ => {
                    words.last.push(character);
                    has_begun = true;
                }
            }
        }
        words
    }
}

/// A path as a word: in quotes where it needs them, the sign of the home folder
/// outside of them.
fn quoted(path: &str) -> String {
    let (home, rest) = path.strip_prefix("~/").map_or(("", path), |rest| ("~/", rest));
    if rest.is_empty() {
        return home.to_owned();
    }
    let rest = shlex::try_quote(rest).map_or_else(|_| rest.to_owned(), std::borrow::Cow::into_owned);
    format!("{home}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &str, prefix: &str, names: &[&str]) -> FolderNames {
        let named = |name: &&str| {
            let folder = name.strip_suffix('/');
            (folder.unwrap_or(name).to_owned(), folder.is_some())
        };
        FolderNames {
            folder: folder.to_owned(),
            prefix: prefix.to_owned(),
            names: names.iter().map(named).collect(),
            ..FolderNames::default()
        }
    }

    fn sought(line: &str) -> Option<(String, String)> {
        SoughtPath::of(line).map(|sought| (sought.folder, sought.prefix))
    }

    fn is(folder: &str, prefix: &str) -> Option<(String, String)> {
        Some((folder.to_owned(), prefix.to_owned()))
    }

    #[test]
    fn the_word_that_is_a_path_is_found_for_every_command() {
        assert_eq!(sought("evidence "), is("", ""));
        assert_eq!(sought("evidence /srv/ev"), is("/srv/", "ev"));
        assert_eq!(sought("evidence 'the ev"), is("", "the ev"));
        assert_eq!(sought("evidence 'the evidence'/tr"), is("the evidence/", "tr"));
        assert_eq!(sought("evidence the\\ evidence/ ~/ro"), is("~/", "ro"));
        assert_eq!(sought("evidence a b c"), None, "a folder and a root");
        assert!(SoughtPath::of("evidence a").unwrap().is_folder);
        assert!(!SoughtPath::of("evidence a b").unwrap().is_folder);
        assert_eq!(sought("policy-sign ~"), is("~/", ""));
        assert_eq!(sought("policy-sign key.pem .."), is("../", ""));
        assert_eq!(sought("trust-read key.pem A lab"), None, "a label is no path");
        assert_eq!(sought("policy a file with sp"), is("", "a file with sp"));
        assert_eq!(sought("policy group:eu-west/pro"), None);
        assert_eq!(sought("policy-diff group:eu-west/a b"), is("", "b"));
        assert_eq!(sought("policy-diff a b c"), None);
        assert_eq!(sought("edit /etc/key"), is("/etc/", "key"));
        assert_eq!(sought("policy-require --log-inclusion ou"), is("", "ou"));
        assert_eq!(sought("policy-require --identity m"), None, "a subject is no path");
        assert_eq!(sought("policy-require --identity me --iss"), None);
        assert_eq!(sought("policy-require --identity me o"), is("", "o"));
        assert_eq!(sought("policy-require out.json x"), None, "there is one file");
        assert_eq!(sought("agents x"), None);
        assert_eq!(sought("evidence"), None);
    }

    #[test]
    fn a_name_becomes_a_word_that_is_read_as_that_name() {
        let odd = ["the evidence/", "it's", "\"quoted\"", "$HOME", "#1", "~", "back\\slash", "é"];
        let told = names("~/x y/", "", &odd);
        let sought = SoughtPath::of("evidence-export ~/'x y'/").unwrap();
        let choices = sought.choices(&told);
        assert_eq!(choices.len(), odd.len());
        for (choice, name) in choices.iter().zip(odd) {
            let words = shlex::split(choice.line.split_once(' ').unwrap().1).unwrap();
            assert_eq!(words, [format!("~/x y/{name}")], "{}", choice.line);
            assert_eq!(choice.label, name);
        }
        // Where the whole argument is the path, nothing is quoted.
        let told = names("", "", &["a b.json"]);
        assert_eq!(SoughtPath::of("edit a").unwrap().choices(&told)[0].line, "edit a b.json");
    }

    #[test]
    fn what_all_names_have_in_common_is_written_first() {
        let told = names("ev/", "", &["bundles/", "bundles.old/", "notes"]);
        let common = |line: &str| SoughtPath::of(line).unwrap().common(&told);
        assert_eq!(common("trust-read ev/b").as_deref(), Some("trust-read ev/bundles"));
        assert_eq!(common("trust-read ev/bundles"), None);
        assert_eq!(common("trust-read ev/"), None);
        assert_eq!(common("trust-read ev/n"), None, "one name is a choice");
        assert_eq!(common("trust-read other/b"), None);
        let told = names("", "", &["é1", "é2", "è"]);
        assert_eq!(SoughtPath::of("edit ").unwrap().common(&told), None);
        let told = names("", "", &["é1", "é2"]);
        assert_eq!(SoughtPath::of("edit ").unwrap().common(&told).as_deref(), Some("edit é"));
    }

    #[test]
    fn names_are_asked_for_again_only_where_they_do_not_tell() {
        let told = names("ev/", "a", &["ab", "ac"]);
        let tells = |line: &str, told: &FolderNames| SoughtPath::of(line).unwrap().is_told_by(told);
        assert!(tells("edit ev/a", &told) && tells("edit ev/ab", &told));
        assert!(!tells("edit ev/", &told) && !tells("edit a", &told));
        assert!(!tells("evidence ev/a", &told), "folders were not asked for");
        let cut = FolderNames { is_cut: true, ..told };
        assert!(tells("edit ev/a", &cut) && !tells("edit ev/ab", &cut));
        let all = names("ev/", "", &["a"]);
        assert!(!tells("edit ev/.c", &all), "hidden names were not told");
    }
}

//! `group:NAME/POLICY`: a runtime policy that is deployed in a group.

use crate::keylime::policies::{Unaskable, askable};
use crate::text::nearest::nearest;
use crate::text::{RemoteText, sanitise};

/// What makes a reference out of the name of a file.
const PREFIX: &str = "group:";

/// A policy of a group. The group exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyReference {
    /// The group's name.
    pub group: String,
    /// The policy's name.
    pub name: RemoteText,
}

/// Why a reference names nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// No policy behind the group.
    #[error("{given} names no policy: write group:NAME/POLICY")]
    NoPolicy {
        /// What was given, fit to be shown.
        given: String,
    },
    /// No such group.
    #[error("there is no group of the name in {given}{}", hint(.nearest.as_deref()))]
    NoGroup {
        /// What was given, fit to be shown.
        given: String,
        /// The nearest group.
        nearest: Option<String>,
    },
    /// Keylime's API cannot be asked for it.
    #[error("{given}: {why}")]
    Unaskable {
        /// What was given, fit to be shown.
        given: String,
        /// Why.
        why: Unaskable,
    },
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; is it group:{name}/…?")).unwrap_or_default()
}

/// Reads an argument as a reference; none where it is the name of a file (one
/// that begins with `group:` is written `./group:…`).
///
/// Groups may have slashes in their names: the longest name that fits is taken.
///
/// # Errors
/// Why it names nothing.
pub fn reference<'a>(
    text: &str,
    groups: impl IntoIterator<Item = &'a str>,
) -> Option<Result<PolicyReference, ReferenceError>> {
    let rest = text.strip_prefix(PREFIX)?;
    let given = || sanitise(text).into_string();
    let groups: Vec<_> = groups.into_iter().collect();
    let fits = |group: &&str| rest.strip_prefix(group).is_some_and(|rest| rest.starts_with('/'));
    let longest = groups.iter().copied().filter(fits).max_by_key(|group| group.len());
    Some(match longest {
        Some(group) => {
            let name = rest.get(group.len() + 1..).unwrap_or_default();
            match askable(name) {
                Ok(()) => Ok(PolicyReference { group: group.to_owned(), name: name.into() }),
                Err(Unaskable::Empty) => Err(ReferenceError::NoPolicy { given: given() }),
                Err(why) => Err(ReferenceError::Unaskable { given: given(), why }),
            }
        }
        None if groups.contains(&rest) || !rest.contains('/') => {
            Err(ReferenceError::NoPolicy { given: given() })
        }
        None => {
            let wrong = rest.rsplit_once('/').map_or(rest, |(group, _)| group);
            let nearest = nearest(wrong, groups).map(str::to_owned);
            Err(ReferenceError::NoGroup { given: given(), nearest })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUPS: [&str; 4] = ["eu-west", "eu-west/old", "a:b", "us-east"];

    fn read(text: &str) -> Result<(String, String), String> {
        match reference(text, GROUPS).unwrap() {
            Ok(found) => Ok((found.group, found.name.raw().to_owned())),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn a_group_and_a_policy() {
        let pair = |group: &str, name: &str| Ok((group.to_owned(), name.to_owned()));
        assert_eq!(read("group:eu-west/ima-base"), pair("eu-west", "ima-base"));
        assert_eq!(read("group:eu-west/old/ima"), pair("eu-west/old", "ima"), "the longest name");
        assert_eq!(read("group:eu-west/old"), pair("eu-west", "old"));
        assert_eq!(read("group:a:b/c:d"), pair("a:b", "c:d"));
        for file in ["policy.json", "-", "./group:eu-west/x", "Group:eu-west/x", ""] {
            assert_eq!(reference(file, GROUPS), None, "{file}");
        }
    }

    #[test]
    fn what_names_nothing_is_told_what_it_could_name() {
        for (text, words) in [
            ("group:eu-west", "names no policy: write group:NAME/POLICY"),
            ("group:eu-west/", "names no policy"),
            ("group:", "names no policy"),
            ("group:us-esat/x", "is it group:us-east/…?"),
            ("group:mars/x", "there is no group of the name in group:mars/x"),
            ("group:us-east/a/b", "holds characters"),
            ("group:us-east/..", "dots only"),
            ("group:\u{1b}[31m/x", "group:\\u{1b}[31m/x"),
        ] {
            let told = read(text).unwrap_err();
            assert!(told.contains(words), "{text:?}: {told}");
        }
    }
}

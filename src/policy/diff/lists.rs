//! Lists of texts.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::policy::json::Text;

use super::maps::narrow;

/// Elements that differ, by their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListChanges {
    /// Only in the right one, or there more often: numbers there, ascending.
    pub added: Vec<u32>,
    /// Only in the left one, or there more often: numbers there, ascending.
    pub removed: Vec<u32>,
    /// The same elements in another order. Back-references of excludes depend
    /// on it.
    pub reordered: bool,
}

pub(super) fn compare<'a>(
    left: impl Iterator<Item = Text<'a>>,
    right: impl Iterator<Item = Text<'a>>,
) -> ListChanges {
    compare_said(left.map(Text::value), right.map(Text::value))
}

pub(super) fn compare_said<'a>(
    left: impl Iterator<Item = Cow<'a, str>>,
    right: impl Iterator<Item = Cow<'a, str>>,
) -> ListChanges {
    let (left, right): (Vec<_>, Vec<_>) = (left.collect(), right.collect());
    if left == right {
        return ListChanges::default();
    }
    let (removed, added) = (beyond(&left, &right), beyond(&right, &left));
    let reordered = removed.is_empty() && added.is_empty();
    ListChanges { added, removed, reordered }
}

/// The elements of one list that another has not, or not as often.
fn beyond(of: &[Cow<'_, str>], from: &[Cow<'_, str>]) -> Vec<u32> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for element in from {
        *left.entry(element).or_default() += 1;
    }
    let mut found = Vec::new();
    for (number, element) in of.iter().enumerate() {
        match left.get_mut(element.as_ref()) {
            Some(count) if *count > 0 => *count -= 1,
            _ => found.push(narrow(number)),
        }
    }
    found
}

//! One name in several groups: who has the same, and who differs from whom.

use std::cmp::Reverse;

use super::catalogue::Standing;
use super::facts::{PolicyFacts, Relation, relation};
use crate::text::Checksum;

/// What all groups that were read have under one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agreement {
    /// No text was read yet.
    Unread,
    /// The text of one group was read, and that of no other.
    Alone,
    /// The same text everywhere.
    Same,
    /// Several texts around the same policy.
    ReSigned,
    /// Several policies.
    Drift,
}

impl Agreement {
    /// The word of our JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Alone => "alone",
            Self::Same => "same",
            Self::ReSigned => "re-signed",
            Self::Drift => "drift",
        }
    }
}

/// Groups that have the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Their names, in the order of the configuration.
    pub groups: Vec<String>,
    /// The sum that they have in common: the policy's, or the text's where that
    /// is what differs or all that there is.
    pub sum: Checksum,
    /// Whether what they have is signed.
    pub is_signed: bool,
}

/// What the groups have under one name. Group names are in the order of the
/// configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// In one word.
    pub agreement: Agreement,
    /// Who has what, the largest side first. One side where all have the same.
    pub sides: Vec<Side>,
    /// Groups that have no policy of this name and should.
    pub missing: Vec<String>,
    /// Groups whose text was not read, or could not be.
    pub unread: Vec<String>,
    /// Groups of which it is not known what they have.
    pub unknown: Vec<String>,
    /// Why the texts of some groups are compared by their bytes alone, such as
    /// a wrong signature: the words, and the groups.
    pub faults: Vec<(String, Vec<String>)>,
    /// Groups whose text is signed, and no trusted key vouches for it: without
    /// a certificate in the text its signature may even be wrong.
    pub unverified: Vec<String>,
}

impl Comparison {
    /// The side that more groups have than any other one.
    #[must_use]
    pub fn majority(&self) -> Option<&Side> {
        match self.sides.as_slice() {
            [] => None,
            [only] => Some(only),
            [first, second, ..] => (first.groups.len() > second.groups.len()).then_some(first),
        }
    }

    /// Who differs from whom, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = match self.agreement {
            Agreement::Unread => "not read yet".to_owned(),
            Agreement::Alone => match self.sides.first() {
                // Where it is not known what others have, it may not be the only one.
                Some(side) if self.unread.is_empty() && self.unknown.is_empty() => {
                    format!("only in {}", list(&side.groups))
                }
                Some(side) => format!("in {}", list(&side.groups)),
                None => "nowhere".to_owned(),
            },
            Agreement::Same => match self.sides.first() {
                Some(side) => format!("the same in {}", list(&side.groups)),
                None => "nowhere".to_owned(),
            },
            Agreement::ReSigned if !self.unverified.is_empty() => {
                format!("the same policy in other texts (no trusted key vouches): {}", self.differing())
            }
            Agreement::ReSigned => format!("the same policy in other texts: {}", self.differing()),
            Agreement::Drift => self.differing(),
        };
        for (groups, what) in
            [(&self.missing, "missing in"), (&self.unread, "not read in"), (&self.unknown, "unknown in")]
        {
            if !groups.is_empty() {
                words.push_str(&format!("; {what} {}", list(groups)));
            }
        }
        for (fault, groups) in &self.faults {
            words.push_str(&format!("; in {}: {fault}", list(groups)));
        }
        words
    }

    fn differing(&self) -> String {
        let named = |side: &Side| {
            let signed = self.sides.iter().any(|other| other.is_signed != side.is_signed);
            let how = if side.is_signed { " (signed)" } else { " (unsigned)" };
            format!("{}{}", list(&side.groups), if signed { how } else { "" })
        };
        let sides = |sides: &[Side]| sides.iter().map(named).collect::<Vec<_>>();
        match (self.majority(), self.sides.split_first()) {
            (Some(_), Some((first, others))) => {
                let others_have = others.iter().map(|side| side.groups.len()).sum::<usize>();
                let verb = if others_have == 1 { "differs" } else { "differ" };
                let others = sides(others).join(" and ");
                format!("{others} {verb} from {}", named(first))
            }
            _ => format!("{} differ, and none has a majority", sides(&self.sides).join(" / ")),
        }
    }
}

/// Compares what the groups have under one name.
#[must_use]
pub fn compare<'a>(standings: impl IntoIterator<Item = (&'a str, &'a Standing)>) -> Comparison {
    let (mut missing, mut unread, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    let mut stored: Vec<(&str, &PolicyFacts)> = Vec::new();
    for (group, standing) in standings {
        match standing {
            Standing::Stored(facts) => stored.push((group, facts)),
            Standing::Unread(_) => unread.push(group.to_owned()),
            Standing::Missing => missing.push(group.to_owned()),
            Standing::Unknown => unknown.push(group.to_owned()),
            Standing::NotTheirs => {}
        }
    }
    let by_policy = sides(&stored, |relation| relation != Relation::Drift);
    let by_text = sides(&stored, |relation| relation == Relation::Same);
    let (agreement, sides) = match (by_policy.len(), by_text.len()) {
        (0, _) => (Agreement::Unread, by_policy),
        (1, 1) if stored.len() == 1 => (Agreement::Alone, by_policy),
        (1, 1) => (Agreement::Same, by_policy),
        (1, _) => (Agreement::ReSigned, by_text),
        _ => (Agreement::Drift, by_policy),
    };
    let mut faults: Vec<(String, Vec<String>)> = Vec::new();
    for (group, fault) in stored.iter().filter_map(|(group, facts)| Some((group, facts.fault()?))) {
        match faults.iter_mut().find(|(words, _)| words == fault) {
            Some((_, groups)) => groups.push((*group).to_owned()),
            None => faults.push((fault.to_owned(), vec![(*group).to_owned()])),
        }
    }
    let unverified = stored.iter().filter(|(_, facts)| facts.is_unverified());
    let unverified = unverified.map(|(group, _)| (*group).to_owned()).collect();
    Comparison { agreement, sides, missing, unread, unknown, faults, unverified }
}

/// How each group's text stands to that of a local file (or any other text);
/// nothing for groups whose text was not read.
pub fn against<'a>(
    local: &'a PolicyFacts,
    standings: impl IntoIterator<Item = (&'a str, &'a Standing)> + 'a,
) -> impl Iterator<Item = (&'a str, Relation)> + 'a {
    standings.into_iter().filter_map(move |(group, standing)| match standing {
        Standing::Stored(facts) => Some((group, relation(local, facts))),
        _ => None,
    })
}

fn sides(stored: &[(&str, &PolicyFacts)], together: impl Fn(Relation) -> bool) -> Vec<Side> {
    let mut sides: Vec<(&PolicyFacts, Side)> = Vec::new();
    for (group, facts) in stored {
        match sides.iter_mut().find(|(first, _)| together(relation(first, facts))) {
            Some((_, side)) => side.groups.push((*group).to_owned()),
            None => {
                let sum = facts.payload.unwrap_or(facts.text);
                let side = Side { groups: vec![(*group).to_owned()], sum, is_signed: facts.is_signed };
                sides.push((facts, side));
            }
        }
    }
    // Where only texts differ, their sums tell them apart.
    let same_sum =
        sides.windows(2).any(|pair| matches!(pair, [(_, one), (_, other)] if one.sum == other.sum));
    if same_sum {
        sides.iter_mut().for_each(|(facts, side)| side.sum = facts.text);
    }
    let mut sides: Vec<_> = sides.into_iter().map(|(_, side)| side).collect();
    // Stable: of sides that are equally large the first group's comes first.
    sides.sort_by_key(|side| Reverse(side.groups.len()));
    sides
}

fn list(groups: &[String]) -> String {
    match groups {
        [] => "no group".to_owned(),
        [only] => only.clone(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::facts::tests::{facts, signed};
    use super::*;

    fn of(standings: &[(&str, Standing)]) -> Comparison {
        compare(standings.iter().map(|(group, standing)| (*group, standing)))
    }

    fn stored(text: u8, payload: u8) -> Standing {
        Standing::Stored(facts(text, payload))
    }

    #[test]
    fn the_majority_is_named_and_who_differs_from_it() {
        let drift =
            of(&[("a", stored(1, 1)), ("b", stored(2, 2)), ("c", stored(1, 1)), ("d", Standing::Missing)]);
        assert_eq!(drift.agreement, Agreement::Drift);
        assert_eq!(drift.majority().unwrap().groups, ["a", "c"]);
        assert_eq!(drift.words(), "b differs from a and c; missing in d");
        let several =
            of(&[("a", stored(1, 1)), ("b", stored(2, 2)), ("c", stored(1, 1)), ("d", stored(3, 3))]);
        assert_eq!(several.words(), "b and d differ from a and c");
        let tie = of(&[("a", stored(1, 1)), ("b", stored(2, 2)), ("c", Standing::Unknown)]);
        assert_eq!(tie.majority(), None);
        assert_eq!(tie.words(), "a / b differ, and none has a majority; unknown in c");
    }

    #[test]
    fn another_text_of_the_same_policy_is_no_drift() {
        let re_signed = of(&[("a", stored(1, 9)), ("b", stored(2, 9)), ("c", stored(1, 9))]);
        assert_eq!(re_signed.agreement, Agreement::ReSigned);
        assert_eq!(re_signed.sides[0].sum, Checksum::new([1; 32]), "the texts' sums, since those differ");
        assert_eq!(re_signed.words(), "the same policy in other texts: b differs from a and c");
        let unsigned = of(&[("a", stored(1, 9)), ("b", stored(9, 9))]);
        assert_eq!(
            unsigned.words(),
            "the same policy in other texts: a (signed) / b (unsigned) differ, and none has a majority"
        );
        let drift = of(&[("a", stored(1, 9)), ("b", stored(2, 9)), ("c", stored(3, 8))]);
        assert_eq!((drift.agreement, drift.words().as_str()), (Agreement::Drift, "c differs from a and b"));
    }

    #[test]
    fn why_a_text_is_drift_is_said() {
        use crate::policy::SignatureVerdict::{Invalid, Untrusted, Valid};
        let signed = |text, verdict| Standing::Stored(signed(text, 9, verdict));
        let tampered = of(&[("a", signed(1, Valid)), ("b", signed(2, Invalid)), ("c", signed(1, Valid))]);
        assert_eq!(tampered.agreement, Agreement::Drift);
        assert_eq!(tampered.words(), "b differs from a and c; in b: its signature is invalid");
        let both = of(&[("a", signed(1, Invalid)), ("b", signed(1, Invalid))]);
        assert_eq!(both.words(), "the same in a and b; in a and b: its signature is invalid");
        let unverified = of(&[("a", signed(1, Untrusted)), ("b", signed(2, Untrusted))]);
        assert_eq!(unverified.agreement, Agreement::ReSigned);
        assert_eq!(
            unverified.words(),
            "the same policy in other texts (no trusted key vouches): a / b differ, and none has a majority"
        );
    }

    #[test]
    fn what_was_not_read_is_not_called_the_same() {
        assert_eq!(of(&[("a", Standing::Unread("late".into()))]).agreement, Agreement::Unread);
        let same = of(&[("a", stored(1, 1)), ("b", stored(1, 1)), ("c", Standing::Unread("late".into()))]);
        assert_eq!(
            (same.agreement, same.words().as_str()),
            (Agreement::Same, "the same in a and b; not read in c")
        );
        let alone = of(&[("a", stored(1, 1)), ("b", Standing::Missing), ("c", Standing::NotTheirs)]);
        assert_eq!((alone.agreement, alone.words().as_str()), (Agreement::Alone, "only in a; missing in b"));
    }

    #[test]
    fn a_local_file_is_compared_with_each_group() {
        let standings =
            [("a", stored(1, 1)), ("b", stored(2, 1)), ("c", stored(3, 3)), ("d", Standing::Missing)];
        let local = facts(1, 1);
        let found: Vec<_> =
            against(&local, standings.iter().map(|(group, standing)| (*group, standing))).collect();
        assert_eq!(found, [("a", Relation::Same), ("b", Relation::ReSigned), ("c", Relation::Drift)]);
    }
}

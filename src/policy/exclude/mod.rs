//! The excludes of a runtime policy: regular expressions in the dialect of Python's `re`, and what a verifier
//! makes of them.
//!
//! The verifier joins all entries to one expression, `(` + `)|(`.join + `)`, and matches it at the start of a
//! path (`keylime/common/validators.py`, `keylime/ima/ima.py`); if Python refuses the whole, it ignores *all*
//! entries. So an entry is judged twice: alone, and as part of the whole. `parse` reads as Python does and
//! alone decides what is valid; `emit` writes the tree for the engines of Rust, `regex` for the many paths and
//! `fancy-regex`, with a limit, for what that one lacks. What cannot be carried over is "not evaluated", never
//! guessed.

mod branch;
mod danger;
mod emit;
mod escape;
mod flags;
mod judge;
mod parse;
mod syntax;
mod tokens;

use branch::Branch;
pub use judge::{CODES, ExcludeFinding};
use syntax::{Fault, FaultKind, Place};

/// Excludes longer than this in all, in bytes, are not evaluated.
pub const MAX_LENGTH: usize = 4 << 20;

/// Alternatives that are searched for at once.
const CHUNK: usize = 256;
/// Bytes that such a search may take when compiled.
const CHUNK_SIZE: usize = 4 << 20;
/// Alternatives at most that are tried one by one.
const MAX_SLOW: usize = 200;
/// Beginnings at most that are compared before an engine is asked.
const MAX_PREFIXES: usize = 32;

/// What a verifier does with the list as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// There are none.
    Empty,
    /// It applies them.
    Effective,
    /// Python refuses the joined expression, so no exclude applies.
    Ignored {
        /// Python's reason.
        why: String,
    },
    /// Python raises an error that the verifier does not catch: attestation breaks.
    Raises {
        /// Python's reason.
        why: String,
    },
    /// We cannot say.
    Unknown {
        /// Why not.
        why: String,
    },
}

/// What becomes of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// No exclude matches it: its digest counts.
    Included,
    /// The verifier ignores the path.
    Excluded(Exclusion),
    /// The verifier ignores the whole list, so nothing is excluded.
    ListIgnored {
        /// Python's reason.
        why: String,
    },
    /// We cannot say.
    Unknown {
        /// Why not.
        why: String,
    },
}

/// Which entry excludes a path, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// The entry, from 0.
    pub entry: usize,
    /// The last entry that it is part of: another one only where entries are unbalanced.
    pub last_entry: usize,
    /// How many bytes of the path it matches; the rest does not matter.
    pub matched: usize,
    /// The reason in words, fit to be shown.
    pub why: String,
}

/// One entry, judged alone.
#[derive(Debug)]
struct Entry {
    text: String,
    fault: Option<Fault>,
    refers: bool,
    needs_new_python: bool,
    is_anchored: bool,
    is_catastrophic: bool,
}

/// The excludes of one policy.
#[derive(Debug)]
pub struct Excludes {
    entries: Vec<Entry>,
    joined: String,
    standing: Standing,
    /// The entry that the joined expression fails at.
    culprit: Option<usize>,
    /// Why the joined expression fails.
    fault: Option<Fault>,
    branches: Vec<Branch>,
    /// The alternatives that the fast engine reads, some in each, for paths without a newline.
    fast: Vec<regex::Regex>,
    /// What a path has to begin with so that anything can match; nothing where that is not known.
    prefixes: Option<Vec<String>>,
}

impl Excludes {
    /// Reads the entries as a verifier would. This neither fails nor takes long, whatever they are.
    #[must_use]
    pub fn new(texts: &[&str]) -> Self {
        let mut excludes = Self {
            entries: Vec::new(),
            joined: String::new(),
            standing: Standing::Empty,
            culprit: None,
            fault: None,
            branches: Vec::new(),
            fast: Vec::new(),
            prefixes: None,
        };
        if texts.is_empty() {
            return excludes;
        }
        if texts.iter().map(|text| text.len() + 3).sum::<usize>() > MAX_LENGTH {
            let why = format!("the excludes are longer than {MAX_LENGTH} bytes");
            excludes.standing = Standing::Unknown { why };
            return excludes;
        }
        excludes.entries = texts.iter().map(|text| Entry::new(text)).collect();
        excludes.joined = format!("({})", texts.join(")|("));
        let characters: Vec<char> = excludes.joined.chars().collect();
        // Where each entry begins in the joined expression, in characters.
        let mut starts = Vec::with_capacity(texts.len());
        let mut place = 1;
        for text in texts {
            starts.push(place);
            place += text.chars().count() + 3;
        }
        let entry_at = |place: usize| starts.partition_point(|start| *start <= place).saturating_sub(1);
        match parse::parse(&characters) {
            Err(fault) => {
                excludes.culprit = excludes
                    .entries
                    .iter()
                    .position(|entry| {
                        entry.fault.as_ref().is_some_and(|alone| alone.message == fault.message)
                    })
                    .or_else(|| Some(entry_at(fault.position.saturating_sub(1))));
                let why = fault.message.clone();
                excludes.standing = match fault.kind {
                    FaultKind::Raises => Standing::Raises { why },
                    FaultKind::Unsure => Standing::Unknown { why },
                    _ => Standing::Ignored { why },
                };
                excludes.fault = Some(fault);
            }
            Ok(parsed) => {
                excludes.standing = Standing::Effective;
                excludes.branches = parsed
                    .branches
                    .iter()
                    .map(|(sequence, begin, end)| {
                        Branch::new(sequence, entry_at(begin + 1), entry_at(end.saturating_sub(1)))
                    })
                    .collect();
                excludes.build_fast();
            }
        }
        excludes
    }

    /// Puts what the fast engine reads into few expressions: a path then costs one search for many entries.
    fn build_fast(&mut self) {
        let prefixes = || self.branches.iter().map(|branch| branch.prefix.as_str());
        if self.branches.len() <= MAX_PREFIXES && prefixes().all(|prefix| !prefix.is_empty()) {
            self.prefixes = Some(prefixes().map(str::to_owned).collect());
        }
        let mut slow = 0;
        for chunk in self.branches.chunks_mut(CHUNK) {
            let simple: Vec<&str> = chunk.iter().filter_map(Branch::simple).collect();
            let all = format!("\\A(?:{})", simple.join("|"));
            let built = match simple.as_slice() {
                [] => None,
                _ => regex::RegexBuilder::new(&all).size_limit(CHUNK_SIZE).build().ok(),
            };
            for branch in chunk {
                if built.is_some() && branch.simple().is_some() {
                    branch.chunk = Some(self.fast.len());
                } else if slow < MAX_SLOW {
                    slow += 1;
                } else {
                    branch.give_up("too many excludes need the slow engine");
                }
            }
            self.fast.extend(built);
        }
    }

    /// The alternatives that may match this path, in order.
    fn candidates<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a Branch> {
        let exactly = path.contains('\n');
        let mut hits: Vec<Option<bool>> = vec![None; self.fast.len()];
        self.branches.iter().filter(move |branch| {
            let Some(chunk) = branch.chunk.filter(|_| !exactly) else { return true };
            let (Some(hit), Some(fast)) = (hits.get_mut(chunk), self.fast.get(chunk)) else { return true };
            *hit.get_or_insert_with(|| fast.is_match(path))
        })
    }

    /// What a verifier does with the list.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The expression that the verifier compiles; empty without entries.
    #[must_use]
    pub fn joined(&self) -> &str {
        &self.joined
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether a verifier ignores this path, keyring or buffer name; nothing where we cannot say. Made for many
    /// paths: about 100 ns each where all entries are plain.
    #[must_use]
    pub fn excludes(&self, path: &str) -> Option<bool> {
        match &self.standing {
            Standing::Empty | Standing::Ignored { .. } => return Some(false),
            Standing::Raises { .. } | Standing::Unknown { .. } => return None,
            Standing::Effective => {}
        }
        // Most paths of a policy begin as no exclude does.
        if self
            .prefixes
            .as_ref()
            .is_some_and(|all| !all.iter().any(|prefix| path.starts_with(prefix.as_str())))
        {
            return Some(false);
        }
        let is_fast = !path.contains('\n');
        if is_fast && self.fast.iter().any(|fast| fast.is_match(path)) {
            return Some(true);
        }
        let mut is_unsure = false;
        for branch in self.branches.iter().filter(|branch| !(is_fast && branch.chunk.is_some())) {
            match branch.matches(path) {
                Ok(Some(_)) => return Some(true),
                Ok(None) => {}
                Err(_) => is_unsure = true,
            }
        }
        if is_unsure { None } else { Some(false) }
    }

    /// What matching one path costs, in searches of about 100 ns.
    #[must_use]
    pub fn cost(&self) -> usize {
        let slow = self.branches.iter().filter(|branch| branch.chunk.is_none()).count();
        self.fast.len() + slow * 20
    }

    /// Entries that match nothing which an earlier one does not match, each with that one. Found where an entry
    /// begins with plain text that an earlier, unanchored entry matches already.
    #[must_use]
    pub fn shadowed(&self) -> Vec<(usize, usize)> {
        // More would take long and say little.
        const MOST: usize = 500;
        if self.standing != Standing::Effective || self.cost() > 200 {
            return Vec::new();
        }
        let mut found = Vec::new();
        for branch in self.branches.iter().take(MOST) {
            let prefix = branch.prefix.as_str();
            if prefix.is_empty() || branch.first != branch.last {
                continue;
            }
            let before =
                self.candidates(prefix).take_while(|other| other.first < branch.first).find(|other| {
                    // Whatever looks further could change its mind.
                    other.is_open && matches!(other.matches(prefix), Ok(Some(_)))
                });
            if let Some(before) = before {
                found.push((branch.first, before.first));
            }
        }
        found
    }

    /// Which entry excludes this path, and why.
    #[must_use]
    pub fn which(&self, path: &str) -> Outcome {
        match &self.standing {
            Standing::Empty => return Outcome::Included,
            Standing::Ignored { why } => return Outcome::ListIgnored { why: why.clone() },
            Standing::Raises { why } | Standing::Unknown { why } => {
                return Outcome::Unknown { why: why.clone() };
            }
            Standing::Effective => {}
        }
        if self.excludes(path) == Some(false) {
            return Outcome::Included;
        }
        let mut unsure = None;
        for branch in self.candidates(path) {
            match branch.matches(path) {
                Ok(Some(matched)) => return Outcome::Excluded(self.explain(branch, path, matched)),
                Ok(None) => {}
                Err(why) => unsure = Some(why.to_owned()),
            }
        }
        match unsure {
            Some(why) => Outcome::Unknown { why },
            None => Outcome::Included,
        }
    }

    fn explain(&self, branch: &Branch, path: &str, matched: usize) -> Exclusion {
        use crate::text::sanitise_to;
        let text = self.entries.get(branch.first).map_or("", |entry| entry.text.as_str());
        let text = sanitise_to(text, 80);
        let why = match path.get(..matched) {
            _ if branch.first != branch.last => format!(
                "entries {} to {} are unbalanced and make one expression, which matches it",
                branch.first + 1,
                branch.last + 1
            ),
            Some("") => format!("\"{text}\" matches the empty text, so it matches every path"),
            Some(all) if all.len() == path.len() => format!("\"{text}\" matches the whole path"),
            Some(part) => format!(
                "\"{text}\" matches \"{}\" at its start; what follows does not matter",
                sanitise_to(part, 80)
            ),
            None => format!("\"{text}\" matches it"),
        };
        Exclusion { entry: branch.first, last_entry: branch.last, matched, why }
    }
}

impl Entry {
    fn new(text: &str) -> Self {
        let characters: Vec<char> = text.chars().collect();
        let text = text.to_owned();
        match parse::parse(&characters) {
            Err(fault) => Self {
                text,
                fault: Some(fault),
                refers: false,
                needs_new_python: false,
                is_anchored: true,
                is_catastrophic: false,
            },
            Ok(parsed) => Self {
                text,
                fault: None,
                refers: parsed.refers,
                needs_new_python: parsed.needs_new_python,
                is_anchored: parsed.branches.iter().all(|(branch, _, _)| ends_anchored(branch)),
                is_catastrophic: parsed.branches.iter().any(|(branch, _, _)| danger::is_catastrophic(branch)),
            },
        }
    }
}

fn ends_anchored(sequence: &[syntax::Node]) -> bool {
    match sequence.last() {
        Some(syntax::Node::At(Place::LineEnd | Place::TextEnd, _)) => true,
        Some(syntax::Node::Group { body, .. }) => ends_anchored(std::slice::from_ref(body)),
        Some(syntax::Node::Branch(alternatives)) => {
            alternatives.iter().all(|alternative| ends_anchored(alternative))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;

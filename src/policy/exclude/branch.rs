//! One alternative of the joined expression, ready to be tried on a path.

use std::sync::OnceLock;

use super::{
    emit::{Ends, emit},
    syntax::{Greed, Node, Place, Sequence},
};

/// Steps that the engine takes for one path before it gives up.
const BACKTRACK_LIMIT: usize = 200_000;
/// Bytes that a compiled alternative may take.
const SIZE_LIMIT: usize = 1 << 20;
/// Instructions of the backtracking engine.
const PROGRAM_LIMIT: usize = 20_000;

#[derive(Debug)]
pub(super) struct Branch {
    /// The entry that it begins in.
    pub(super) first: usize,
    /// The entry that it ends in.
    pub(super) last: usize,
    /// The search of many that it is part of.
    pub(super) chunk: Option<usize>,
    /// The plain text that every match begins with.
    pub(super) prefix: String,
    /// Whether a match stays one, whatever follows it.
    pub(super) is_open: bool,
    simple: Option<String>,
    exact: String,
    unsure: Option<&'static str>,
    compiled: OnceLock<Option<fancy_regex::Regex>>,
}

impl Branch {
    pub(super) fn new(sequence: &Sequence, first: usize, last: usize) -> Self {
        let simple = emit(sequence, Ends::WithoutNewline);
        let exact = emit(sequence, Ends::Exactly);
        Self {
            first,
            last: last.max(first),
            chunk: None,
            prefix: prefix(sequence),
            is_open: sequence.iter().all(is_open),
            simple: (simple.is_simple && simple.unsure.is_none()).then_some(simple.text),
            exact: exact.text,
            unsure: exact.unsure,
            compiled: OnceLock::new(),
        }
    }

    /// The text for the fast engine.
    pub(super) fn simple(&self) -> Option<&str> {
        self.simple.as_deref()
    }

    /// Says "not evaluated" from now on.
    pub(super) fn give_up(&mut self, why: &'static str) {
        self.unsure = Some(why);
    }

    /// How many bytes of the path it matches, from the start.
    ///
    /// # Errors
    /// Why it cannot be said.
    pub(super) fn matches(&self, path: &str) -> Result<Option<usize>, &'static str> {
        if let Some(why) = self.unsure {
            return Err(why);
        }
        let compiled = self.compiled.get_or_init(|| {
            fancy_regex::RegexBuilder::new(&format!("\\A(?:{})", self.exact))
                .backtrack_limit(BACKTRACK_LIMIT)
                .delegate_size_limit(SIZE_LIMIT)
                .max_prog_size(PROGRAM_LIMIT)
                .build()
                .ok()
        });
        let Some(compiled) = compiled else { return Err("the expression is too large to be evaluated") };
        match compiled.find(path) {
            Ok(found) => Ok(found.map(|found| found.end())),
            Err(_) => Err("the expression takes too many steps on this path"),
        }
    }
}

/// The plain text at the beginning of a sequence.
fn prefix(sequence: &[Node]) -> String {
    let mut text = String::new();
    for node in sequence {
        let part = match node {
            Node::Literal(code, flags) if !flags.ignore_case => char::from_u32(*code),
            Node::At(Place::LineStart | Place::TextStart, _) if text.is_empty() => continue,
            Node::Group { body, .. } => {
                text.push_str(&prefix(std::slice::from_ref(body)));
                // What stands behind a group is left to another rule.
                match body.as_ref() {
                    Node::Literal(..) => continue,
                    _ => None,
                }
            }
            Node::Branch(alternatives) => match alternatives.as_slice() {
                [only] => {
                    text.push_str(&prefix(only));
                    None
                }
                _ => None,
            },
            _ => None,
        };
        match part {
            Some(character) => text.push(character),
            None => break,
        }
    }
    text
}

/// Whether nothing in it looks at what follows.
fn is_open(node: &Node) -> bool {
    match node {
        Node::Literal(..) | Node::Class { .. } | Node::Any(_) | Node::Reference(..) => true,
        Node::At(place, flags) => matches!(place, Place::LineStart | Place::TextStart) && !flags.multiline,
        Node::Group { body, .. } => is_open(body),
        Node::Repeat { kind, body, .. } => *kind != Greed::Possessive && is_open(body),
        Node::Branch(alternatives) => alternatives.iter().flatten().all(is_open),
        // Atomic and possessive parts may take more of a longer path and then fail.
        Node::Atomic(_) | Node::Look { .. } | Node::Conditional { .. } => false,
    }
}

//! One alternative of the joined expression, ready to be tried on a path.

use std::sync::OnceLock;

use super::{
    emit::{Ends, emit},
    syntax::Sequence,
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

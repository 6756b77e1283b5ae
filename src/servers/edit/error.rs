//! Why a document was not changed.

use crate::servers::Role;

/// Why a document was not changed; it is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The text is no TOML.
    #[error("line {line}, column {column}: {message}; correct the text first")]
    Syntax {
        /// From 1.
        line: usize,
        /// In characters, from 1.
        column: usize,
        /// What is wrong, fit to be shown.
        message: String,
    },
    /// `servers`, a block or a list is not written as one.
    #[error("line {line}: {what} is {found}, not {wanted}; correct the text first")]
    Shape {
        /// From 1.
        line: usize,
        /// What is meant.
        what: String,
        /// What it is.
        found: &'static str,
        /// What it should be.
        wanted: &'static str,
    },
    /// There is no such block.
    #[error("there is no block {index}: {}", blocks(*.count))]
    NoBlock {
        /// From 1.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// There is no such address.
    #[error("block {block} has no {role} {index}: it has {count}")]
    NoEntry {
        /// From 1.
        block: usize,
        /// Which list.
        role: Role,
        /// From 1.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// The old keys and blocks do not say the same in both forms.
    #[error("{why}")]
    NoWay {
        /// Why, and what to do.
        why: String,
    },
    /// There is nothing that the change is about.
    #[error("{why}")]
    Nothing {
        /// What is missing.
        why: String,
    },
    /// The change would have broken the text: a fault of ours, and it was not made.
    #[error("the text is written in a way that cannot be edited safely here: {message}; edit it by hand")]
    Unsafe {
        /// The parser's words.
        message: String,
    },
}

fn blocks(count: usize) -> String {
    match count {
        0 => "there are none".to_owned(),
        1 => "there is 1".to_owned(),
        count => format!("there are {count}"),
    }
}

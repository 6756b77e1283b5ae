//! Why bytes are refused.

use std::fmt;

/// What is wrong at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The bytes end inside a field that needs so many more.
    Short {
        /// Bytes that the field needs.
        wanted: usize,
        /// Bytes that are left.
        left: usize,
    },
    /// So many bytes follow the end of the structure.
    Trailing(usize),
    /// The structure is longer than any of its kind.
    TooLong {
        /// Its bytes.
        length: usize,
        /// The most that are read.
        limit: usize,
    },
    /// A field holds what the specification does not allow there, in words.
    Value(String),
    /// A field has a meaning, but one that is not read here, in words.
    Unsupported(String),
    /// Read and written again, the bytes differ from here on.
    NotCanonical,
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short { wanted, left } => {
                write!(out, "it ends too early: {wanted} bytes are needed, {left} are left")
            }
            Self::Trailing(count) => write!(out, "{count} bytes follow its end"),
            Self::TooLong { length, limit } => {
                write!(out, "it has {length} bytes; at most {limit} are read")
            }
            Self::Value(words) | Self::Unsupported(words) => out.write_str(words),
            Self::NotCanonical => out.write_str("encoded again it has other bytes"),
        }
    }
}

/// A structure that was refused. The words hold numbers and names of the
/// specification only, so they are fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{structure}, byte {offset}, {field}: {refusal}")]
pub struct WireError {
    /// The structure, as the specification names it.
    pub structure: &'static str,
    /// The field, as the specification names it.
    pub field: &'static str,
    /// Where the field starts, in bytes from 0.
    pub offset: usize,
    /// What is wrong with it.
    pub refusal: Refusal,
}

//! Where the reader stops.

use super::refusal::{Refusal, code};

/// The largest of everything that is still read. What goes over is refused,
/// never cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole text. A policy of a million SHA-256 digests has
    /// 102 MB, 136 MB in a DSSE envelope. Never more than 4 GiB, because
    /// places are kept in 32 bits.
    pub bytes: usize,
    /// Objects and arrays inside each other.
    pub depth: usize,
    /// Members of all objects together.
    pub members: usize,
    /// Values of all kinds together.
    pub values: usize,
    /// Bytes of one text between its quotes, as written.
    pub text: usize,
}

impl Limits {
    /// What places of 32 bits can name.
    const MAX_BYTES: usize = u32::MAX as usize - 1;

    /// Whether a text of this size may be read: for asking before it is.
    ///
    /// # Errors
    ///
    /// `too-large`.
    pub fn admit(&self, bytes: u64) -> Result<(), Refusal> {
        let most = self.bytes.min(Self::MAX_BYTES);
        if bytes <= most as u64 {
            return Ok(());
        }
        let message = format!("the text has {bytes} bytes; the limit is {most}");
        Err(Refusal { code: code::TOO_LARGE, offset: most, message })
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 512 << 20,
            depth: 64,
            members: 4 << 20,
            values: 16 << 20,
            // An envelope holds its whole policy as one text.
            text: 512 << 20,
        }
    }
}

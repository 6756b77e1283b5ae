//! The parts of a list, put together.

/// The entries of one attestation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImaPart<'a> {
    /// The attestation's index, for the words.
    pub index: u64,
    /// The entry of the whole list with which it starts, from 0.
    pub offset: u64,
    /// Its lines.
    pub entries: &'a str,
}

/// What came of putting the parts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joining {
    /// The list is whole from its first entry.
    Whole,
    /// Entries of the list are in no part: from the first, up to before the
    /// second (from 0).
    Gap(u64, u64),
    /// Two parts have different entries at one place (from 0).
    Differs(u64),
}

/// A list as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImaLog<'a> {
    /// Its lines, from the first on. After a gap nothing follows.
    pub lines: Vec<&'a str>,
    /// Whether it is whole.
    pub joining: Joining,
    /// Entries that the verifier had found covered before the newest part.
    pub covered: u64,
}

impl<'a> ImaLog<'a> {
    /// Puts parts of one boot together, the oldest first. Parts may overlap:
    /// what a quote did not cover is sent again.
    #[must_use]
    pub fn join(parts: &[ImaPart<'a>]) -> Self {
        let mut lines: Vec<&str> = Vec::new();
        let covered = parts.last().map_or(0, |part| part.offset);
        for part in parts {
            let known = lines.len() as u64;
            let Some(overlap) = known.checked_sub(part.offset) else {
                return Self { lines, joining: Joining::Gap(known, part.offset), covered };
            };
            for (at, line) in (part.offset..).zip(part.entries.lines().filter(|line| !line.is_empty())) {
                if at < part.offset + overlap {
                    let known = usize::try_from(at).ok().and_then(|at| lines.get(at));
                    if known != Some(&line) {
                        return Self { lines, joining: Joining::Differs(at), covered };
                    }
                } else {
                    lines.push(line);
                }
            }
        }
        Self { lines, joining: Joining::Whole, covered }
    }
}

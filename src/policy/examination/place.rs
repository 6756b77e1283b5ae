//! Findings with the line and column that they stand at.

use crate::policy::Finding;
use crate::text::caret::Place;

/// A finding and where it stands, in the file or, for what was read of a
/// payload, in the payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// What was found.
    pub finding: Finding,
    /// Line and column, from 1; columns in characters.
    pub place: Option<Place>,
}

/// Places many findings of one text in one pass over it: a policy of a million
/// digests is one line of 100 MB.
pub(super) fn place_all(bytes: &[u8], findings: Vec<Finding>) -> Vec<Placed> {
    let mut order: Vec<_> =
        findings.iter().enumerate().filter_map(|(number, finding)| Some((finding.offset?, number))).collect();
    order.sort_unstable();
    let mut places: Vec<Option<Place>> = vec![None; findings.len()];
    let (mut at, mut line, mut column) = (0, 1, 1);
    for (offset, number) in order {
        let offset = offset.min(bytes.len());
        let piece = bytes.get(at..offset).unwrap_or_default();
        let last = memchr::memrchr(b'\n', piece);
        if last.is_some() {
            line += memchr::memchr_iter(b'\n', piece).count();
            column = 1;
        }
        // Every character has one byte that continues none.
        let in_line = piece.get(last.map_or(0, |last| last + 1)..).unwrap_or_default();
        column += in_line.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        at = offset;
        if let Some(place) = places.get_mut(number) {
            *place = Some(Place { line, column });
        }
    }
    findings.into_iter().zip(places).map(|(finding, place)| Placed { finding, place }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Severity, json};

    #[test]
    fn places_are_those_of_the_reader_in_any_order() {
        let text = "{\n  \"é\": x,\n\n \"ü\" 12}".as_bytes();
        let offsets = [9, 0, text.len(), 12, 13, 9, 14, 99];
        let findings = offsets.map(|at| Finding::new(Severity::Error, "x", "x").at(at));
        for placed in place_all(text, findings.to_vec()) {
            let offset = placed.finding.offset.unwrap();
            assert_eq!(placed.place, Some(json::place(text, offset)), "{offset}");
        }
        let nowhere = place_all(text, vec![Finding::new(Severity::Error, "x", "x")]);
        assert_eq!(nowhere[0].place, None);
    }
}

//! A bulk answer, made piece by piece.
//!
//! A record is a pure function of the moment, so a bulk answer of any size is
//! never held in memory: one pass measures it (length and entity tag), the
//! next one makes it again while it is sent.

use std::sync::Arc;

use aws_lc_rs::digest;
use bytes::Bytes;

use super::clock::Moment;
use super::json::push_string;
use super::names::hexadecimal;
use super::record::push_record;
use super::state::Situation;
use super::world::World;

/// A piece is sent when it has grown to this many bytes.
const PIECE: usize = 64 * 1024;

/// What one pass over an answer finds out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Measure {
    /// Length in bytes.
    pub(super) length: u64,
    /// Entity tag with its quotes: the SHA-1 of the body, as Tornado does it.
    pub(super) tag: String,
}

/// Measures an answer given in pieces.
pub(super) fn measure(pieces: impl Iterator<Item = Bytes>) -> Measure {
    let mut context = digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY);
    let mut length = 0;
    for piece in pieces {
        context.update(&piece);
        length += piece.len() as u64;
    }
    Measure { length, tag: format!("\"{}\"", hexadecimal(context.finish().as_ref())) }
}

/// The pieces of `GET /agents/?bulk=…`, in order.
#[derive(Clone)]
pub(super) struct Pages {
    world: Arc<World>,
    group: usize,
    /// Only agents of this member.
    owner: Option<usize>,
    moment: Moment,
    next: Option<usize>,
    any: bool,
}

impl Pages {
    /// All records of a group's store, or those of one member only.
    pub(super) fn new(world: Arc<World>, group: usize, owner: Option<usize>, moment: Moment) -> Self {
        Self { world, group, owner, moment, next: Some(0), any: false }
    }
}

impl Iterator for Pages {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let first = self.next?;
        let group = self.world.roster.groups.get(self.group)?;
        let addresses = self.world.verifier_addresses(self.group);
        let situation = Situation::new(group, &self.world.story, self.moment);
        let mut piece = String::with_capacity(PIECE + 4096);
        if first == 0 {
            piece.push_str(r#"{"code": 200, "status": "Success", "results": {"#);
        }
        self.next = None;
        for (index, seat) in group.seats.iter().enumerate().skip(first) {
            if piece.len() >= PIECE {
                self.next = Some(index);
                return Some(piece.into());
            }
            if !seat.condition.is_enrolled() || self.owner.is_some_and(|owner| owner != seat.owner) {
                continue;
            }
            if self.any {
                piece.push_str(", ");
            }
            self.any = true;
            push_string(&mut piece, self.world.id(seat, self.moment));
            piece.push_str(": ");
            push_record(&mut piece, group, addresses, &situation, seat);
        }
        piece.push_str("}}");
        Some(piece.into())
    }
}

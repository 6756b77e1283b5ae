//! What was signed.

use std::cell::OnceCell;

use aws_lc_rs::digest::{Algorithm, Context, Digest, SHA256, SHA384, SHA512};

/// The bytes that a signature covers, in pieces; hashed once for each hash
/// that is asked for, however many signatures and keys there are.
///
/// A policy of a million digests is 100 MB: only Ed25519 needs it in one
/// piece.
pub struct Message<'a> {
    pieces: &'a [&'a [u8]],
    sums: [OnceCell<Digest>; 3],
    whole: OnceCell<Vec<u8>>,
}

impl<'a> Message<'a> {
    /// The concatenation of these pieces.
    #[must_use]
    pub fn of(pieces: &'a [&'a [u8]]) -> Self {
        Self { pieces, sums: Default::default(), whole: OnceCell::new() }
    }

    fn sum(&self, place: usize, algorithm: &'static Algorithm) -> Option<&Digest> {
        let sum = self.sums.get(place)?;
        Some(sum.get_or_init(|| {
            let mut context = Context::new(algorithm);
            for piece in self.pieces {
                context.update(piece);
            }
            context.finish()
        }))
    }

    pub(super) fn sha256(&self) -> Option<&Digest> {
        self.sum(0, &SHA256)
    }

    pub(super) fn sha384(&self) -> Option<&Digest> {
        self.sum(1, &SHA384)
    }

    pub(super) fn sha512(&self) -> Option<&Digest> {
        self.sum(2, &SHA512)
    }

    pub(super) fn whole(&self) -> &[u8] {
        match self.pieces {
            [piece] => piece,
            pieces => self.whole.get_or_init(|| pieces.concat()),
        }
    }
}

//! What was signed.

use std::cell::OnceCell;

use aws_lc_rs::digest::{Algorithm, Context, Digest, SHA256, SHA384, SHA512};

/// The bytes that a signature covers, in pieces; hashed once for each hash
/// that is asked for, however many signatures and keys there are.
///
/// A policy of a million digests is 100 MB: only Ed25519 needs it in one
/// piece.
pub struct Message<'a> {
    source: Source<'a>,
    sums: [OnceCell<Digest>; 3],
    whole: OnceCell<Vec<u8>>,
}

/// Writes bytes to a sink, piece by piece, the same whenever it is asked.
type Writer<'a> = dyn Fn(&mut dyn FnMut(&[u8])) + 'a;

enum Source<'a> {
    Pieces(&'a [&'a [u8]]),
    Writer(&'a Writer<'a>),
}

impl Source<'_> {
    fn write(&self, sink: &mut dyn FnMut(&[u8])) {
        match self {
            Self::Pieces(pieces) => pieces.iter().for_each(|piece| sink(piece)),
            Self::Writer(write) => write(sink),
        }
    }
}

impl<'a> Message<'a> {
    /// The concatenation of these pieces.
    #[must_use]
    pub fn of(pieces: &'a [&'a [u8]]) -> Self {
        Self { source: Source::Pieces(pieces), sums: Default::default(), whole: OnceCell::new() }
    }

    /// What this writes; it is asked once for each hash.
    #[must_use]
    pub fn written_by(write: &'a Writer<'a>) -> Self {
        Self { source: Source::Writer(write), sums: Default::default(), whole: OnceCell::new() }
    }

    fn sum(&self, place: usize, algorithm: &'static Algorithm) -> Option<&Digest> {
        let sum = self.sums.get(place)?;
        Some(sum.get_or_init(|| {
            let mut context = Context::new(algorithm);
            self.source.write(&mut |piece| context.update(piece));
            context.finish()
        }))
    }

    /// Its SHA-256.
    #[must_use]
    pub fn sha256(&self) -> Option<&Digest> {
        self.sum(0, &SHA256)
    }

    /// Its SHA-384.
    #[must_use]
    pub fn sha384(&self) -> Option<&Digest> {
        self.sum(1, &SHA384)
    }

    /// Its SHA-512.
    #[must_use]
    pub fn sha512(&self) -> Option<&Digest> {
        self.sum(2, &SHA512)
    }

    /// All of it in one piece.
    #[must_use]
    pub fn whole(&self) -> &[u8] {
        if let Source::Pieces([piece]) = self.source {
            return piece;
        }
        self.whole.get_or_init(|| {
            let mut whole = Vec::new();
            self.source.write(&mut |piece| whole.extend_from_slice(piece));
            whole
        })
    }
}

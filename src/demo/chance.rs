//! Numbers that look random and follow from the seed alone.

/// A stream of numbers that follows from a seed and what it is for.
///
/// This is SplitMix64: every agent has its own stream, so one agent's data do
/// not depend on how many others there are, and no library's next release can
/// change what a seed means.
pub(super) struct Chance(u64);

impl Chance {
    /// The stream of `seed` for one purpose and one thing.
    pub(super) fn new(seed: u64, purpose: u64, thing: u64) -> Self {
        let mut chance = Self(seed ^ purpose.rotate_left(40) ^ 0x6c69_6d65_7363_6f70);
        let start = chance.next();
        Self(start ^ thing.wrapping_mul(0xd6e8_feb8_6659_fd93))
    }

    /// The next number.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit` (0 where the limit is 0).
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next().checked_rem(limit).unwrap_or(0)
    }

    /// Bytes.
    pub(super) fn bytes<const COUNT: usize>(&mut self) -> [u8; COUNT] {
        let mut bytes = [0; COUNT];
        for piece in bytes.chunks_mut(8) {
            for (byte, drawn) in piece.iter_mut().zip(self.next().to_le_bytes()) {
                *byte = drawn;
            }
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_follows_from_seed_purpose_and_thing() {
        let draw = |seed, purpose, thing| Chance::new(seed, purpose, thing).bytes::<16>();
        assert_eq!(draw(1, 2, 3), draw(1, 2, 3));
        for other in [draw(2, 2, 3), draw(1, 3, 3), draw(1, 2, 4)] {
            assert_ne!(draw(1, 2, 3), other);
        }
    }

    #[test]
    fn below_stays_below() {
        let mut chance = Chance::new(7, 0, 0);
        assert!((0..1000).all(|_| chance.below(7) < 7));
        assert_eq!(chance.below(0), 0);
    }
}

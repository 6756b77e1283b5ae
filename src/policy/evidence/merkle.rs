//! The way from an entry of a log to the root of its tree, step by step.
//!
//! RFC 6962 section 2.1 (hashing) and RFC 9162 section 2.1.3.2 (how an
//! inclusion proof is checked). The library does the same; here each fold is
//! kept, so that a reviewer can follow it with `sha256sum`.

use super::digest::joined_sha256;

/// The hash of an entry: SHA-256 of a zero byte and the entry's body.
#[must_use]
pub fn leaf(body: &[u8]) -> [u8; 32] {
    joined_sha256(&[&[0], body])
}

/// One step towards the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// The hash of the proof that was taken.
    pub sibling: [u8; 32],
    /// Whether it stands on the left of what was computed so far.
    pub sibling_is_left: bool,
    /// SHA-256 of a byte one and both hashes.
    pub hash: [u8; 32],
}

/// Folds a proof from a leaf to the root that it makes.
///
/// # Errors
/// Where index, size and length of the proof do not fit each other.
pub fn fold(leaf: [u8; 32], index: u64, size: u64, path: &[[u8; 32]]) -> Result<Vec<Fold>, &'static str> {
    if index >= size {
        return Err("the entry's index is not below the tree's size");
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = leaf;
    let mut folds = Vec::with_capacity(path.len());
    for sibling in path {
        if last == 0 {
            return Err("the proof is longer than the tree is high");
        }
        let sibling_is_left = node & 1 == 1 || node == last;
        hash = if sibling_is_left {
            joined_sha256(&[&[1], sibling, &hash])
        } else {
            joined_sha256(&[&[1], &hash, sibling])
        };
        folds.push(Fold { sibling: *sibling, sibling_is_left, hash });
        if sibling_is_left {
            // At the right border, levels without a sibling have no hash in the proof.
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err("the proof is shorter than the tree is high");
    }
    Ok(folds)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6962: the root and the proof, from their definitions.
    fn root(leaves: &[[u8; 32]]) -> [u8; 32] {
        if let [leaf] = leaves {
            return *leaf;
        }
        let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
        joined_sha256(&[&[1], &root(left), &root(right)])
    }

    fn path(index: usize, leaves: &[[u8; 32]]) -> Vec<[u8; 32]> {
        if leaves.len() < 2 {
            return Vec::new();
        }
        let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
        let (mut below, sibling) = match index < left.len() {
            true => (path(index, left), root(right)),
            false => (path(index - left.len(), right), root(left)),
        };
        below.push(sibling);
        below
    }

    #[test]
    fn every_entry_of_every_small_tree_folds_to_the_root() {
        let leaves: Vec<_> = (0..40u8).map(|number| leaf(&[number])).collect();
        for size in 1..=leaves.len() {
            let leaves = &leaves[..size];
            for index in 0..size {
                let proof = path(index, leaves);
                let folds = fold(leaves[index], index as u64, size as u64, &proof).unwrap();
                assert_eq!(folds.last().map_or(leaves[index], |fold| fold.hash), root(leaves));
                let longer = [proof.as_slice(), &[[0; 32]]].concat();
                assert!(fold(leaves[index], index as u64, size as u64, &longer).is_err());
                if let Some((_, shorter)) = proof.split_last() {
                    assert!(fold(leaves[index], index as u64, size as u64, shorter).is_err());
                }
                // Another place in the same tree never gives the same root.
                for other in (0..size).filter(|other| *other != index) {
                    let other = fold(leaves[index], other as u64, size as u64, &proof);
                    assert!(other.map_or(true, |folds| folds.last().unwrap().hash != root(leaves)));
                }
            }
            assert!(fold(leaves[0], size as u64, size as u64, &[]).is_err());
        }
        assert!(fold([0; 32], 0, 0, &[]).is_err());
        assert!(fold([0; 32], u64::MAX - 1, u64::MAX, &[[0; 32]; 70]).is_err());
    }
}

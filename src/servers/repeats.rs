//! Addresses that stand twice.

use std::collections::{BTreeSet, HashMap};

use super::address::Endpoint;

/// One address that was listed before. Both numbers are positions in the
/// slice that [`repeats`] was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// The first mention: in the same block if there is one, else in another.
    pub earlier: usize,
    /// The mention that repeats it.
    pub later: usize,
    /// Whether both stand in one block.
    pub same_block: bool,
}

/// Finds repeated endpoints among `(block, endpoint)` pairs of one role, in
/// the order of the later mention. Hosts are compared in canonical form.
///
/// Twice in one block skews the choice; in two blocks it makes duplication a
/// fiction, because both would ask the same server.
pub fn repeats(members: &[(usize, Endpoint)]) -> Vec<Repeat> {
    let mut anywhere: HashMap<Endpoint, usize> = HashMap::new();
    let mut in_block: HashMap<(usize, Endpoint), usize> = HashMap::new();
    let mut found = Vec::new();
    for (position, (block, endpoint)) in members.iter().enumerate() {
        let key = endpoint.canonical();
        let here = in_block.get(&(*block, key.clone())).copied();
        let there = anywhere.get(&key).copied();
        match (here, there) {
            (Some(earlier), _) => found.push(Repeat { earlier, later: position, same_block: true }),
            (None, Some(earlier)) => found.push(Repeat { earlier, later: position, same_block: false }),
            (None, None) => {
                anywhere.insert(key.clone(), position);
            }
        }
        in_block.entry((*block, key)).or_insert(position);
    }
    found
}

/// The blocks that use a loopback address, if there are two or more: such an
/// address means another machine on every host, so it cannot be a backend
/// that agents share.
pub fn loopback_blocks(members: &[(usize, Endpoint)]) -> Vec<usize> {
    let blocks: BTreeSet<usize> =
        members.iter().filter(|(_, endpoint)| endpoint.host.is_loopback()).map(|(block, _)| *block).collect();
    if blocks.len() < 2 { Vec::new() } else { blocks.into_iter().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::servers::{Role, parse_address, verifier_endpoint};

    fn members(entries: &[(usize, &str)]) -> Vec<(usize, Endpoint)> {
        entries
            .iter()
            .map(|(block, entry)| {
                (*block, verifier_endpoint(&parse_address(entry, Role::Verifier).unwrap().0))
            })
            .collect()
    }

    #[test]
    fn repeats_are_found_after_canonicalising() {
        let members = members(&[
            (1, "VER1"),
            (1, "ver1:8881"),
            (1, "https://ver1/"),
            (1, "10.0.0.1"),
            (2, "::ffff:10.0.0.1"),
            (2, "[::ffff:10.0.0.1]"),
            (2, "ver1:9"),
        ]);
        assert_eq!(
            repeats(&members),
            [
                Repeat { earlier: 0, later: 1, same_block: true },
                Repeat { earlier: 0, later: 2, same_block: true },
                Repeat { earlier: 3, later: 4, same_block: false },
                Repeat { earlier: 4, later: 5, same_block: true },
            ]
        );
    }

    #[test]
    fn one_block_on_loopback_is_fine_and_two_are_named() {
        assert_eq!(loopback_blocks(&members(&[(1, "localhost"), (1, "::1"), (2, "ver1")])), [0usize; 0]);
        assert_eq!(loopback_blocks(&members(&[(1, "localhost"), (3, "127.0.0.9")])), [1, 3]);
    }
}

//! N distinct blocks at once, with one registrar and one verifier in each
//! (`verification_duplication`).
//!
//! The blocks are drawn at random; in each a [`Selection`] draws a registrar
//! and, where evidence is brought, another a verifier: kept until it fails,
//! drawn again without replacement. A block of which a whole list has failed
//! is dead and gives way to an unused one; where there is none, it is tried
//! again after its pause, and the standing says `k` of `N`. An address is only
//! ever looked up in its own block, so no two blocks can mix.

use std::num::NonZeroUsize;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use super::address::{Endpoint, Role};
use super::backend::Backend;
use super::select::{Choice, Selection};

/// How many addresses a block has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Registrars.
    pub registrars: NonZeroUsize,
    /// Verifiers; `None` where nobody connects to one (pull mode).
    pub verifiers: Option<NonZeroUsize>,
}

impl Shape {
    /// The shape of a usable block; `None` for one without registrars.
    pub fn of(backend: &Backend) -> Option<Self> {
        let registrars = NonZeroUsize::new(backend.registrars.len())?;
        Some(Self { registrars, verifiers: NonZeroUsize::new(backend.verifiers.len()) })
    }
}

/// What one slot uses now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pick {
    /// Position of the block among the shapes, from 0.
    pub block: usize,
    /// The registrar: an index into the list of this block.
    pub registrar: Choice,
    /// The verifier: an index into the list of this block.
    pub verifier: Option<Choice>,
}

/// The addresses of a pick, both of one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair<'b> {
    /// The block.
    pub backend: &'b Backend,
    /// Its registrar; `None` while all of its registrars rest.
    pub registrar: Option<&'b Endpoint>,
    /// Its verifier; `None` in pull mode, and while all of its verifiers rest.
    pub verifier: Option<&'b Endpoint>,
}

impl Pick {
    /// The addresses behind the indices; `backends` are those that the choice
    /// was made among.
    pub fn pair(self, backends: &[Backend]) -> Option<Pair<'_>> {
        let backend = backends.get(self.block)?;
        let registrar = match self.registrar {
            Choice::Use(index) => backend.registrars.get(index),
            Choice::Wait(_) => None,
        };
        let verifier = match self.verifier {
            Some(Choice::Use(index)) => backend.verifiers.get(index),
            Some(Choice::Wait(_)) | None => None,
        };
        Some(Pair { backend, registrar, verifier })
    }
}

/// How much of the demand is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Blocks in use of which no whole list has failed since its last success.
    pub alive: usize,
    /// Blocks that are demanded.
    pub requested: usize,
}

impl Standing {
    /// Whether the demand is met.
    pub fn is_satisfied(self) -> bool {
        self.alive >= self.requested
    }
}

#[derive(Debug)]
struct Slot {
    block: usize,
    registrar: Selection,
    verifier: Option<Selection>,
}

impl Slot {
    fn is_alive(&self) -> bool {
        !self.registrar.is_exhausted() && !self.verifier.as_ref().is_some_and(Selection::is_exhausted)
    }
}

/// The choice of N blocks and of addresses in them. Times are as in
/// [`Selection`].
#[derive(Debug)]
pub struct Duplicates {
    shapes: Vec<Shape>,
    requested: NonZeroUsize,
    slots: Vec<Slot>,
    /// For each block, until when it is not to be tried again.
    resting: Vec<Duration>,
    random: StdRng,
}

impl Duplicates {
    /// [`Duplicates::new`] among these blocks; see [`Pick::pair`].
    pub fn among(backends: &[Backend], requested: NonZeroUsize, seed: u64) -> Self {
        // A usable block has a registrar, so none is left out and positions agree.
        Self::new(backends.iter().filter_map(Shape::of).collect(), requested, seed)
    }

    /// Draws `requested` of the blocks, or all where there are fewer; the same
    /// seed gives the same choices.
    pub fn new(shapes: Vec<Shape>, requested: NonZeroUsize, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let mut order: Vec<usize> = (0..shapes.len()).collect();
        order.shuffle(&mut random);
        let resting = vec![Duration::ZERO; shapes.len()];
        let mut duplicates = Self { shapes, requested, slots: Vec::new(), resting, random };
        for block in order.into_iter().take(requested.get()) {
            if let Some(slot) = duplicates.slot(block) {
                duplicates.slots.push(slot);
            }
        }
        duplicates
    }

    fn slot(&mut self, block: usize) -> Option<Slot> {
        let shape = *self.shapes.get(block)?;
        let registrar = Selection::new(shape.registrars, self.random.random());
        let verifier = shape.verifiers.map(|count| Selection::new(count, self.random.random()));
        Some(Slot { block, registrar, verifier })
    }

    /// What each slot uses now.
    pub fn picks(&self, now: Duration) -> Vec<Pick> {
        self.slots
            .iter()
            .map(|slot| Pick {
                block: slot.block,
                registrar: slot.registrar.current(now),
                verifier: slot.verifier.as_ref().map(|verifier| verifier.current(now)),
            })
            .collect()
    }

    /// How much of the demand is met.
    pub fn standing(&self) -> Standing {
        let alive = self.slots.iter().filter(|slot| slot.is_alive()).count();
        Standing { alive, requested: self.requested.get() }
    }

    /// The address that this block uses in this role has failed (for what
    /// counts as failure see [`Selection::failed`]). Without effect for a
    /// block that is not in use.
    pub fn failed(&mut self, block: usize, role: Role, now: Duration) {
        let Some(position) = self.slots.iter().position(|slot| slot.block == block) else { return };
        let Some(selection) = self.selection(position, role) else { return };
        selection.failed(now);
        let Choice::Wait(pause) = selection.current(now) else { return };
        if let Some(resting) = self.resting.get_mut(block) {
            *resting = now.saturating_add(pause);
        }
        let used = |candidate: &usize| self.slots.iter().any(|slot| slot.block == *candidate);
        let rested = |candidate: &usize| self.resting.get(*candidate).is_some_and(|until| *until <= now);
        let candidates: Vec<usize> =
            (0..self.shapes.len()).filter(|candidate| !used(candidate) && rested(candidate)).collect();
        if candidates.is_empty() {
            return;
        }
        let drawn = self.random.random_range(0..candidates.len());
        let replacement = candidates.get(drawn).copied().and_then(|block| self.slot(block));
        if let (Some(slot), Some(replacement)) = (self.slots.get_mut(position), replacement) {
            *slot = replacement;
        }
    }

    /// The address that this block uses in this role has answered.
    pub fn succeeded(&mut self, block: usize, role: Role) {
        let position = self.slots.iter().position(|slot| slot.block == block);
        if let Some(selection) = position.and_then(|position| self.selection(position, role)) {
            selection.succeeded();
        }
    }

    fn selection(&mut self, position: usize, role: Role) -> Option<&mut Selection> {
        let slot = self.slots.get_mut(position)?;
        match role {
            Role::Registrar => Some(&mut slot.registrar),
            Role::Verifier => slot.verifier.as_mut(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::servers::{Host, LONGEST_PAUSE, Scheme};
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn count(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).unwrap()
    }

    fn shapes(lists: &[(usize, usize)]) -> Vec<Shape> {
        lists
            .iter()
            .map(|(registrars, verifiers)| Shape {
                registrars: count(*registrars),
                verifiers: NonZeroUsize::new(*verifiers),
            })
            .collect()
    }

    fn index(choice: Choice) -> usize {
        match choice {
            Choice::Use(index) => index,
            Choice::Wait(left) => panic!("waits {left:?}"),
        }
    }

    /// χ² of the counts against the uniform distribution over `cells` cells.
    fn chi_square<K: Ord>(counts: &BTreeMap<K, u32>, cells: usize) -> f64 {
        assert_eq!(counts.len(), cells, "a cell was never drawn");
        let expected = f64::from(counts.values().sum::<u32>()) / cells as f64;
        counts.values().map(|seen| (f64::from(*seen) - expected).powi(2) / expected).sum()
    }

    /// 99.9 % quantiles of χ² with 5, 9 and 11 degrees of freedom.
    const CHI_SQUARE_5: f64 = 20.515;
    const CHI_SQUARE_9: f64 = 27.877;
    const CHI_SQUARE_11: f64 = 31.264;

    #[test]
    fn points_16_18_and_23_the_pairs_of_a_block_are_uniform() {
        let mut counts = BTreeMap::new();
        for seed in 0..20_000 {
            let duplicates = Duplicates::new(shapes(&[(3, 4)]), count(1), seed);
            let pick = duplicates.picks(Duration::ZERO)[0];
            *counts.entry((index(pick.registrar), index(pick.verifier.unwrap()))).or_default() += 1;
        }
        assert!(chi_square(&counts, 12) < CHI_SQUARE_11, "3A.16 3A.18 3A.23 {counts:?}");
    }

    #[test]
    fn points_23_and_36_every_set_of_blocks_is_as_likely() {
        let mut counts = BTreeMap::new();
        for seed in 0..20_000 {
            let duplicates =
                Duplicates::new(shapes(&[(1, 1), (5, 1), (1, 9), (2, 2), (3, 3)]), count(2), seed);
            let drawn: BTreeSet<_> = duplicates.picks(Duration::ZERO).iter().map(|pick| pick.block).collect();
            assert_eq!(drawn.len(), 2, "3A.36: distinct");
            *counts.entry(drawn).or_default() += 1;
        }
        assert!(
            chi_square(&counts, 10) < CHI_SQUARE_9,
            "3A.23 3A.36: N counts blocks, not addresses {counts:?}"
        );
    }

    #[test]
    fn points_17_and_20_a_failure_draws_another_of_the_same_block() {
        let mut counts = BTreeMap::new();
        for seed in 0..20_000 {
            let mut duplicates = Duplicates::new(shapes(&[(3, 1)]), count(1), seed);
            let first = index(duplicates.picks(Duration::ZERO)[0].registrar);
            duplicates.failed(0, Role::Registrar, Duration::ZERO);
            let second = index(duplicates.picks(Duration::ZERO)[0].registrar);
            assert_ne!(first, second, "3A.20: without replacement");
            *counts.entry((first, second)).or_default() += 1;
        }
        assert!(chi_square(&counts, 6) < CHI_SQUARE_5, "3A.17 {counts:?}");
    }

    #[test]
    fn point_19_the_choice_stays_until_it_fails() {
        let mut duplicates = Duplicates::new(shapes(&[(4, 4), (4, 4), (4, 4)]), count(2), 7);
        let first = duplicates.picks(Duration::ZERO);
        for second in 0..100 {
            assert_eq!(duplicates.picks(Duration::from_secs(second)), first, "3A.19");
            for pick in &first {
                duplicates.succeeded(pick.block, Role::Registrar);
                duplicates.succeeded(pick.block, Role::Verifier);
            }
        }
    }

    #[test]
    fn point_21_a_single_address_comes_back_after_its_pause() {
        let mut duplicates = Duplicates::new(shapes(&[(1, 1)]), count(1), 7);
        duplicates.failed(0, Role::Verifier, Duration::ZERO);
        let Some(Choice::Wait(pause)) = duplicates.picks(Duration::ZERO)[0].verifier else {
            panic!("3A.21: no pause")
        };
        assert_eq!(duplicates.picks(pause)[0].verifier, Some(Choice::Use(0)), "3A.21");
    }

    #[test]
    fn point_36_a_dead_block_is_replaced_and_too_few_are_degraded() {
        let mut duplicates = Duplicates::new(shapes(&[(1, 1), (1, 1), (1, 1)]), count(2), 3);
        let used = |duplicates: &Duplicates| -> BTreeSet<usize> {
            duplicates.picks(Duration::ZERO).iter().map(|pick| pick.block).collect()
        };
        let before = used(&duplicates);
        let first = *before.first().unwrap();
        duplicates.failed(first, Role::Verifier, Duration::ZERO);
        let after = used(&duplicates);
        assert!(!after.contains(&first) && after.len() == 2, "3A.36: replaced by the unused one");
        assert!(duplicates.standing().is_satisfied());
        let second = *after.first().unwrap();
        duplicates.failed(second, Role::Registrar, Duration::ZERO);
        assert_eq!(used(&duplicates), after, "3A.36: none is left, and the dead one rests");
        assert_eq!(duplicates.standing(), Standing { alive: 1, requested: 2 }, "3A.36: degraded 1/2");
        assert!(!duplicates.standing().is_satisfied(), "3A.36: never satisfied");
        // The pause over, it is tried again, but alive only when it answers.
        assert_eq!(duplicates.standing().alive, 1);
        duplicates.succeeded(second, Role::Registrar);
        assert!(duplicates.standing().is_satisfied());
    }

    #[test]
    fn fewer_blocks_than_demanded_are_never_enough() {
        let duplicates = Duplicates::new(shapes(&[(1, 1)]), count(3), 1);
        assert_eq!(duplicates.standing(), Standing { alive: 1, requested: 3 }, "3A.36");
        assert!(Duplicates::new(Vec::new(), count(1), 1).picks(Duration::ZERO).is_empty());
    }

    proptest! {
        /// 3A.22: addresses carry their block in their name, and whatever
        /// fails, both of a pair are of one block.
        #[test]
        fn point_22_no_choice_pairs_addresses_of_two_blocks(
            lists in prop::collection::vec((1usize..5, 0usize..5), 1..6),
            requested in 1usize..5,
            seed: u64,
            events in prop::collection::vec((0usize..6, any::<bool>(), any::<bool>(), 0u64..40), 0..80),
        ) {
            let servers = |letter: char, block: usize, length: usize| -> Vec<Endpoint> {
                let server = |entry: usize| Endpoint {
                    scheme: Scheme::Https,
                    host: Host::Name(format!("{letter}{entry}.block{block}.example")),
                    port: 1,
                };
                (0..length).map(server).collect()
            };
            let backends: Vec<Backend> = lists
                .iter()
                .enumerate()
                .map(|(block, (registrars, verifiers))| Backend {
                    index: block + 1,
                    registrars: servers('r', block, *registrars),
                    verifiers: servers('v', block, *verifiers),
                })
                .collect();
            let mut duplicates = Duplicates::among(&backends, count(requested), seed);
            let mut now = Duration::ZERO;
            for (block, verifier, success, seconds) in events {
                let role = if verifier { Role::Verifier } else { Role::Registrar };
                if success {
                    duplicates.succeeded(block, role);
                } else {
                    duplicates.failed(block, role, now);
                }
                now += Duration::from_secs(seconds).min(LONGEST_PAUSE);
                let picks = duplicates.picks(now);
                let distinct: BTreeSet<_> = picks.iter().map(|pick| pick.block).collect();
                prop_assert_eq!(distinct.len(), requested.min(lists.len()), "each block once");
                prop_assert!(duplicates.standing().alive <= picks.len());
                for pick in picks {
                    let pair = pick.pair(&backends).unwrap();
                    let block = |endpoint: &Endpoint| endpoint.host_text().split('.').nth(1).unwrap().to_owned();
                    // An index past its list would give none.
                    prop_assert_eq!(pair.registrar.is_some(), matches!(pick.registrar, Choice::Use(_)));
                    prop_assert_eq!(pair.verifier.is_some(), matches!(pick.verifier, Some(Choice::Use(_))));
                    prop_assert_eq!(pick.verifier.is_some(), !pair.backend.verifiers.is_empty());
                    if let (Some(registrar), Some(verifier)) = (pair.registrar, pair.verifier) {
                        prop_assert_eq!(block(registrar), block(verifier));
                    }
                }
            }
        }
    }
}

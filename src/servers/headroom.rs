//! What can fail before an agent can no longer be registered and verified as
//! often as is demanded, and how likely that is.
//!
//! A block is up when one of its registrars is and, where evidence is brought,
//! one of its verifiers. Each address counts as a server of its own that fails
//! alone; that several are on one host is said beside it ([`SinglePoint`]).

use std::collections::{BTreeMap, BTreeSet};

use super::address::{Endpoint, Role};
use super::backend::Backend;

/// Addresses that stand in several blocks, up to which a probability is exact:
/// each doubles the work.
const MAX_SHARED: usize = 12;

/// What can fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headroom {
    /// Blocks that are demanded.
    pub requested: usize,
    /// Blocks that there are.
    pub usable: usize,
    /// Blocks that may fail as a whole; below 0 where the demand cannot be met.
    pub blocks_may_fail: i64,
    /// Servers whose failure is enough to miss the demand, if they are the
    /// wrong ones; 0 where it cannot be met anyway.
    pub fewest_failures: usize,
    /// Such a set.
    pub weakest: Vec<Endpoint>,
    /// For each block: its index, and how many servers must fail to lose it.
    pub blocks: Vec<(usize, usize)>,
    /// What alone is enough.
    pub single_points: Vec<SinglePoint>,
}

/// One thing whose failure alone misses the demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinglePoint {
    /// The server's URL, or the host's name.
    pub name: String,
    /// What it is.
    pub kind: PointKind,
    /// The blocks that it takes down, by their index.
    pub blocks: Vec<usize>,
}

/// What a single point of failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointKind {
    /// One server.
    Server(Role),
    /// A host with several of the servers.
    Host,
}

/// The probability that the demand is met.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Availability {
    /// From 0 to 1.
    pub satisfied: f64,
    /// Whether it is exact: not where more than a dozen addresses stand in
    /// several blocks, because then each mention counts as a server of its own.
    pub exact: bool,
}

/// What can fail before fewer than `requested` blocks are up.
pub fn headroom(backends: &[Backend], requested: usize) -> Headroom {
    let usable = backends.len();
    let blocks_may_fail = usable as i64 - requested as i64;
    let mut shortest: Vec<&[Endpoint]> = backends.iter().map(shortest_list).collect();
    let blocks = backends.iter().zip(&shortest).map(|(backend, list)| (backend.index, list.len())).collect();
    shortest.sort_by_key(|list| list.len());
    let to_lose = usize::try_from(blocks_may_fail + 1).unwrap_or_default();
    let weakest: BTreeSet<_> = shortest.into_iter().take(to_lose).flatten().cloned().collect();
    let single_points = if blocks_may_fail < 0 { Vec::new() } else { single_points(backends, to_lose) };
    // Where blocks share servers, one of them may do the work of several.
    let fewest_failures = if single_points.is_empty() { weakest.len() } else { 1 };
    let weakest = weakest.into_iter().collect();
    Headroom { requested, usable, blocks_may_fail, fewest_failures, weakest, blocks, single_points }
}

/// The list of a block that is lost first.
fn shortest_list(backend: &Backend) -> &[Endpoint] {
    if !backend.verifiers.is_empty() && backend.verifiers.len() < backend.registrars.len() {
        &backend.verifiers
    } else {
        &backend.registrars
    }
}

fn single_points(backends: &[Backend], to_lose: usize) -> Vec<SinglePoint> {
    let mut servers: BTreeMap<(Role, Endpoint), BTreeSet<usize>> = BTreeMap::new();
    let mut hosts: BTreeMap<_, (BTreeSet<Endpoint>, BTreeSet<usize>)> = BTreeMap::new();
    for backend in backends {
        for (role, list) in [(Role::Registrar, &backend.registrars), (Role::Verifier, &backend.verifiers)] {
            if let [only] = list.as_slice() {
                servers.entry((role, only.canonical())).or_default().insert(backend.index);
            }
            for endpoint in list {
                let host = endpoint.host.canonical();
                let whole = list.iter().all(|other| other.host.canonical() == host);
                let (members, lost) = hosts.entry(host).or_default();
                members.insert(endpoint.canonical());
                if whole {
                    lost.insert(backend.index);
                }
            }
        }
    }
    let mut found: Vec<SinglePoint> = servers
        .into_iter()
        .filter(|(_, lost)| lost.len() >= to_lose)
        .map(|((role, endpoint), lost)| SinglePoint {
            name: endpoint.to_string(),
            kind: PointKind::Server(role),
            blocks: lost.into_iter().collect(),
        })
        .collect();
    found.extend(
        hosts.into_iter().filter(|(_, (members, lost))| members.len() > 1 && lost.len() >= to_lose).map(
            |(host, (_, lost))| SinglePoint {
                name: host.to_string(),
                kind: PointKind::Host,
                blocks: lost.into_iter().collect(),
            },
        ),
    );
    found
}

/// The probability that at least `requested` blocks are up when each server is
/// with the probability `each`, from 0 to 1, and independently of the others.
///
/// Closed form: a block is up with (1 − (1−p)^registrars) × (1 −
/// (1−p)^verifiers), and how many are follows the Poisson binomial
/// distribution. Servers that stand in several blocks make these depend on
/// each other: then it is summed over what of them is up.
pub fn availability(backends: &[Backend], requested: usize, each: f64) -> Availability {
    let each = each.clamp(0.0, 1.0);
    let mut mentions: BTreeMap<(Role, Endpoint), usize> = BTreeMap::new();
    for backend in backends {
        for (role, endpoint) in servers(backend) {
            *mentions.entry((role, endpoint.canonical())).or_default() += 1;
        }
    }
    let shared: Vec<_> =
        mentions.into_iter().filter(|(_, count)| *count > 1).map(|(server, _)| server).collect();
    if shared.len() > MAX_SHARED {
        let blocks = backends.iter().map(|backend| block(backend, each, &[], 0));
        return Availability { satisfied: at_least(blocks, requested), exact: false };
    }
    let mut satisfied = 0.0;
    for up in 0u32..1 << shared.len() {
        let count = up.count_ones() as i32;
        let weight = each.powi(count) * (1.0 - each).powi(shared.len() as i32 - count);
        let blocks = backends.iter().map(|backend| block(backend, each, &shared, up));
        satisfied += weight * at_least(blocks, requested);
    }
    Availability { satisfied: satisfied.clamp(0.0, 1.0), exact: true }
}

fn servers(backend: &Backend) -> impl Iterator<Item = (Role, &Endpoint)> {
    let registrars = backend.registrars.iter().map(|endpoint| (Role::Registrar, endpoint));
    registrars.chain(backend.verifiers.iter().map(|endpoint| (Role::Verifier, endpoint)))
}

/// The probability that a block is up, given which of the shared servers are:
/// one bit of `up` each.
fn block(backend: &Backend, each: f64, shared: &[(Role, Endpoint)], up: u32) -> f64 {
    let part = |role: Role, list: &[Endpoint]| {
        let mut alone = 0;
        for endpoint in list {
            let server = (role, endpoint.canonical());
            match shared.iter().position(|other| *other == server) {
                Some(position) if up >> position & 1 == 1 => return 1.0,
                Some(_) => {}
                None => alone += 1,
            }
        }
        1.0 - (1.0 - each).powi(alone)
    };
    let verifiers = if backend.verifiers.is_empty() { 1.0 } else { part(Role::Verifier, &backend.verifiers) };
    part(Role::Registrar, &backend.registrars) * verifiers
}

/// The probability of `requested` successes or more among independent trials.
fn at_least(trials: impl Iterator<Item = f64>, requested: usize) -> f64 {
    // How likely each number of successes is; all from `requested` on as one.
    let mut counts = vec![0.0; requested + 1];
    if let Some(none) = counts.first_mut() {
        *none = 1.0;
    }
    for chance in trials {
        let mut carried = 0.0;
        for (number, count) in counts.iter_mut().enumerate() {
            let here = *count;
            let stays = if number == requested { 1.0 } else { 1.0 - chance };
            *count = here * stays + carried;
            carried = here * chance;
        }
    }
    counts.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::servers::backend::backends;
    use crate::servers::document::{Mode, read};
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    const EXAMPLE_4: &str = include_str!("../../tests/servers/example-4.toml");

    fn push(text: &str) -> Vec<Backend> {
        backends(&read(text, &[Mode::Push]), Mode::Push)
    }

    #[test]
    fn point_37_headroom_minimum_alive_and_single_points() {
        let three = push(EXAMPLE_4);
        let names = |headroom: &Headroom| -> Vec<String> {
            headroom.single_points.iter().map(|point| point.name.clone()).collect()
        };
        let all = headroom(&three, 3);
        assert_eq!((all.blocks_may_fail, all.fewest_failures), (0, 1), "3A.37");
        assert_eq!(names(&all), ["http://reg6.example.com:8890", "https://ver6.example.com:8881"], "3A.37");
        assert_eq!(all.blocks, [(1, 2), (2, 2), (3, 1)], "3A.37: per block");
        let two = headroom(&three, 2);
        assert_eq!((two.blocks_may_fail, two.fewest_failures, names(&two).len()), (1, 3, 0), "3A.37");
        let one = headroom(&three, 1);
        assert_eq!((one.blocks_may_fail, one.fewest_failures), (2, 5), "3A.37");
        let four = headroom(&three, 4);
        assert_eq!((four.blocks_may_fail, four.fewest_failures), (-1, 0), "3A.37");
    }

    #[test]
    fn a_host_with_both_roles_is_a_single_point() {
        let one = push("[[servers]]\nregistrars = [\"h\", \"h:1\"]\nverifiers = [\"h\", \"other\"]\n");
        let found = headroom(&one, 1).single_points;
        assert_eq!(found, [SinglePoint { name: "h".to_owned(), kind: PointKind::Host, blocks: vec![1] }]);
    }

    #[test]
    fn a_server_in_two_blocks_is_one_server() {
        let two = push(
            "[[servers]]\nregistrars = [\"a\"]\nverifiers = [\"v\"]\n[[servers]]\nregistrars = [\"b\"]\nverifiers = [\"v\"]\n",
        );
        let found = headroom(&two, 1);
        assert_eq!(found.single_points[0].name, "https://v:8881");
        assert_eq!((found.single_points[0].blocks.as_slice(), found.fewest_failures), (&[1, 2][..], 1));
        // Up when v is and one of the registrars: p (1 − (1−p)²).
        let expected = 0.9 * (1.0 - 0.1f64.powi(2));
        assert!((availability(&two, 1, 0.9).satisfied - expected).abs() < 1e-12);
    }

    #[test]
    fn simple_cases_by_hand() {
        let one = push("[[servers]]\nregistrars = [\"a\"]\nverifiers = [\"v\"]\n");
        assert!((availability(&one, 1, 0.9).satisfied - 0.81).abs() < 1e-12);
        let pull = backends(&read(EXAMPLE_4, &[Mode::Pull]), Mode::Pull);
        let expected = 0.99 * 0.99 * 0.9;
        assert!((availability(&pull, 3, 0.9).satisfied - expected).abs() < 1e-12);
        for (each, requested, expected) in [(1.0, 3, 1.0), (1.0, 4, 0.0), (0.0, 1, 0.0), (0.5, 0, 1.0)] {
            assert!((availability(&pull, requested, each).satisfied - expected).abs() < 1e-12);
        }
    }

    /// Draws every server and counts how often the demand is met.
    fn simulated(backends: &[Backend], requested: usize, each: f64, draws: u32) -> f64 {
        let mut random = StdRng::seed_from_u64(119);
        let all: BTreeSet<_> =
            backends.iter().flat_map(servers).map(|(role, one)| (role, one.canonical())).collect();
        let mut satisfied = 0;
        for _ in 0..draws {
            let up: BTreeSet<_> = all.iter().filter(|_| random.random_bool(each)).collect();
            let alive =
                |role, list: &[Endpoint]| list.iter().any(|one| up.contains(&(role, one.canonical())));
            let blocks = backends.iter().filter(|backend| {
                alive(Role::Registrar, &backend.registrars)
                    && (backend.verifiers.is_empty() || alive(Role::Verifier, &backend.verifiers))
            });
            satisfied += u32::from(blocks.count() >= requested);
        }
        f64::from(satisfied) / f64::from(draws)
    }

    #[test]
    fn the_closed_form_agrees_with_a_seeded_simulation() {
        let shared = format!(
            "{EXAMPLE_4}\n[[servers]]\nregistrars = [\"reg1.example.com\", \"x\"]\nverifiers = [\"ver6.example.com\"]\n"
        );
        const DRAWS: u32 = 20_000;
        for text in [EXAMPLE_4, &shared] {
            for mode in [Mode::Push, Mode::Pull] {
                let backends = backends(&read(text, &[mode]), mode);
                for requested in 1..=3 {
                    for each in [0.3, 0.7, 0.95] {
                        let exact = availability(&backends, requested, each);
                        let drawn = simulated(&backends, requested, each, DRAWS);
                        // Four standard deviations, and one draw for those of nearly 0 and 1.
                        let deviation = (exact.satisfied * (1.0 - exact.satisfied) / f64::from(DRAWS)).sqrt();
                        let bound = 4.0 * deviation + 1.0 / f64::from(DRAWS);
                        assert!(
                            exact.exact && (exact.satisfied - drawn).abs() < bound,
                            "{exact:?} {drawn} {requested} {each}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn many_shared_servers_are_said_to_be_no_longer_exact() {
        let list = (0..MAX_SHARED + 1).map(|number| format!("\"r{number}\"")).collect::<Vec<_>>().join(", ");
        let block = format!("[[servers]]\nregistrars = [{list}]\nverifiers = [\"v\"]\n");
        assert!(!availability(&push(&block.repeat(2)), 1, 0.9).exact);
    }
}

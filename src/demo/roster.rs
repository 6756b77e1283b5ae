//! Who exists: groups, their servers, and which agents they know.
//!
//! The roster is a pure function of the options. It decides first the agents
//! that must exist (one of each verdict, then one of each flag), then fills up
//! with healthy ones; about every tenth agent is verified by two groups.

use super::chance::Chance;
use super::condition::{Condition, Way};
use super::names;
use super::options::DemoOptions;
use super::story::Event;

/// Everyone in the fleet.
#[derive(Debug, PartialEq)]
pub(super) struct Roster {
    pub(super) seed: u64,
    pub(super) groups: Vec<Group>,
    /// Agent ids; [`Seat::agent`] counts in this list.
    pub(super) ids: Vec<Box<str>>,
}

/// One group of servers with one store.
#[derive(Debug, PartialEq)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) members: Vec<Member>,
    /// Its only verifier refuses connections.
    pub(super) dark: bool,
    pub(super) seats: Vec<Seat>,
    weight: u64,
}

/// One verifier.
#[derive(Debug, PartialEq)]
pub(super) struct Member {
    pub(super) verifier_id: String,
    pub(super) way: Way,
    /// The event of the story that takes it away.
    pub(super) away: Option<Event>,
}

/// One agent in one group.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Seat {
    pub(super) agent: usize,
    pub(super) way: Way,
    /// The member that verifies it.
    pub(super) owner: usize,
    pub(super) condition: Condition,
    /// The event of the story in which it has a part.
    pub(super) part: Option<Event>,
    /// Seed of its data in this group.
    pub(super) salt: u64,
}

impl Roster {
    /// Everyone in the fleet that the options describe.
    pub(super) fn new(options: &DemoOptions) -> Self {
        let mut roster = Self { seed: options.seed, groups: layout(options.groups), ids: Vec::new() };
        let cast = cast(options.still);
        let mut doubled = 0;
        for agent in 0..options.agents {
            let role = cast.get(agent).copied().filter(|role| roster.choices(role.at).next().is_some());
            let role = role.unwrap_or_else(|| roster.extra(agent));
            let group = roster.choose(role.at, agent);
            let id = match role.part {
                Some(Event::HostileId) if options.still => names::HOSTILE_ID.into(),
                _ => names::agent_id(options.seed, agent, role.at, roster.group_name(group)),
            };
            roster.ids.push(id);
            // In the group that disagrees, the part belongs to the other seat.
            let part = role.part.filter(|part| *part != Event::Disagreement && !options.still);
            roster.seat(group, agent, role, part);
            let wanted = role.condition == Condition::Healthy && part.is_none() && doubled * 10 <= agent;
            if let Some(other) = wanted.then(|| roster.partner(group, role.at, agent)).flatten() {
                let part = role.part.filter(|_| !options.still);
                roster.seat(other, agent, role, part);
                doubled += 1;
            }
        }
        roster
    }

    fn group_name(&self, group: usize) -> &str {
        self.groups.get(group).map_or("", |group| &group.name)
    }

    /// Groups in which such an agent can be.
    fn choices(&self, place: Place) -> impl Iterator<Item = (usize, &Group)> {
        self.groups.iter().enumerate().filter(move |(_, group)| match place {
            Place::Dark => group.dark,
            Place::Lit(way) => !group.dark && group.members.iter().any(|member| member.way == way),
        })
    }

    /// The group of an agent: the cast sits in the first that fits, the others
    /// spread by weight.
    fn choose(&self, place: Place, agent: usize) -> usize {
        let total: u64 = self.choices(place).map(|(_, group)| group.weight).sum();
        let mut drawn = match agent < CAST_SIZE {
            true => 0,
            false => Chance::new(self.seed, 0x6702, agent as u64).below(total),
        };
        for (index, group) in self.choices(place) {
            if drawn < group.weight {
                return index;
            }
            drawn -= group.weight;
        }
        0
    }

    /// Another group that can verify the agent in the same way.
    fn partner(&self, group: usize, place: Place, agent: usize) -> Option<usize> {
        let others = || self.choices(place).map(|(index, _)| index).filter(|index| *index != group);
        let drawn = agent.checked_rem(others().count())?;
        others().nth(drawn).filter(|_| place != Place::Dark)
    }

    fn seat(&mut self, group: usize, agent: usize, role: Role, part: Option<Event>) {
        let seed = self.seed;
        let mut chance = Chance::new(seed, 0x5ea7, (agent as u64) << 8 | group as u64);
        let Some(group) = self.groups.get_mut(group) else { return };
        let way = match role.at {
            Place::Lit(way) => way,
            Place::Dark => Way::Pull,
        };
        let owners: Vec<usize> = (0..)
            .zip(&group.members)
            .filter(|(_, member)| member.way == way)
            .map(|(index, _)| index)
            .collect();
        // The cast stays with the first member: the second one goes away at times.
        let drawn = if agent < CAST_SIZE { 0 } else { chance.below(owners.len() as u64) as usize };
        let owner = owners.get(drawn).copied().unwrap_or(0);
        group.seats.push(Seat { agent, way, owner, condition: role.condition, part, salt: chance.next() });
    }

    /// What an agent beyond the cast is: nearly always healthy.
    fn extra(&self, agent: usize) -> Role {
        let mut chance = Chance::new(self.seed, 0xe074, agent as u64);
        let total: u64 = self.groups.iter().map(|group| group.weight).sum();
        let mut drawn = chance.below(total);
        let mut at = Place::Lit(Way::Pull);
        for group in &self.groups {
            if drawn < group.weight {
                let member = chance.below(group.members.len() as u64) as usize;
                let way = group.members.get(member).map_or(Way::Pull, |member| member.way);
                at = if group.dark { Place::Dark } else { Place::Lit(way) };
                break;
            }
            drawn -= group.weight;
        }
        let condition = match (chance.below(1000), at) {
            (_, Place::Dark) => Condition::Healthy,
            (0..4, _) => Condition::Registered,
            (4..8, _) => Condition::Unproven,
            (8..11, Place::Lit(Way::Pull)) => Condition::InvalidQuote,
            (11..14, Place::Lit(Way::Pull)) => Condition::Stale,
            (14..16, Place::Lit(Way::Pull)) => Condition::Unreachable,
            (16..21, Place::Lit(Way::Pull)) => Condition::Historic,
            (8..11, Place::Lit(Way::Push)) => Condition::PushFail,
            (11..15, Place::Lit(Way::Push)) => Condition::PushTimeout,
            _ => Condition::Healthy,
        };
        Role { at, condition, part: None }
    }
}

/// Where an agent can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a group whose verifiers answer this way.
    Lit(Way),
    /// In the group whose verifier refuses.
    Dark,
}

#[derive(Clone, Copy, Debug)]
struct Role {
    at: Place,
    condition: Condition,
    part: Option<Event>,
}

/// Agents that always exist, in the order in which they come into a small
/// fleet: first one of each verdict, then one of each flag and of each part.
const CAST: [(Place, Condition, Option<Event>); CAST_SIZE] = {
    use Condition::*;
    const PULL: Place = Place::Lit(Way::Pull);
    const PUSH: Place = Place::Lit(Way::Push);
    [
        (PULL, Healthy, Some(Event::Disagreement)),
        (PULL, InvalidQuote, None),
        (PULL, Stale, None),
        (PUSH, PushTimeout, None),
        (PULL, Unproven, None),
        (PULL, Stopped, None),
        (PULL, Removing, None),
        (PULL, Registered, None),
        (Place::Dark, Healthy, None),
        (PULL, Unreachable, None),
        (PUSH, PushFail, None),
        (PULL, Retrying, None),
        (PULL, Historic, None),
        (PUSH, PushLatched, None),
        (PULL, NothingChecked, None),
        (PULL, PolicyNotEnforced, None),
        (PULL, NotActivated, None),
        (PULL, NotRegistered, None),
        (PULL, Healthy, Some(Event::HostileId)),
        (PULL, Healthy, Some(Event::Failure)),
        (PUSH, Unproven, None),
        (PUSH, Healthy, None),
        (Place::Dark, Healthy, None),
        (PUSH, Registered, None),
    ]
};

const CAST_SIZE: usize = 24;

fn cast(still: bool) -> Vec<Role> {
    let mut cast: Vec<Role> = CAST
        .iter()
        .map(|(at, condition, part)| Role { at: *at, condition: *condition, part: *part })
        .collect();
    if still {
        for role in &mut cast {
            role.part = role.part.filter(|part| *part == Event::HostileId);
        }
    }
    cast
}

/// The groups. With one or two, the first has a pull and a push member, since
/// every verdict must exist; from two on, one is dark.
fn layout(groups: usize) -> Vec<Group> {
    const PULL: Way = Way::Pull;
    const PUSH: Way = Way::Push;
    let mut layout = match groups {
        1 => vec![Group::new("eu-west", &[PULL, PUSH], 40)],
        2 => vec![Group::new("eu-west", &[PULL, PUSH], 40), Group::dark("lab", 4)],
        3 => vec![
            Group::new("eu-west", &[PULL, PULL], 40),
            Group::new("ap-south", &[PULL, PUSH], 24),
            Group::dark("lab", 5),
        ],
        _ => vec![
            Group::new("eu-west", &[PULL, PULL], 40),
            Group::new("us-east", &[PUSH], 26),
            Group::new("ap-south", &[PULL, PUSH], 22),
            Group::dark("lab", 7),
        ],
    };
    for number in layout.len() + 1..=groups {
        let way = if number % 2 == 1 { PULL } else { PUSH };
        layout.push(Group::new(&format!("site-{number}"), &[way], 21));
    }
    if let Some(second) = layout.first_mut().and_then(|group| group.members.get_mut(1)) {
        second.away = Some(Event::MemberAway);
    }
    for group in layout.iter_mut().filter(|group| group.name == "us-east") {
        for member in &mut group.members {
            member.away = Some(Event::LoneVerifierAway);
        }
    }
    layout
}

impl Group {
    fn new(name: &str, ways: &[Way], weight: u64) -> Self {
        let members = (1..)
            .zip(ways)
            .map(|(number, way)| Member { verifier_id: format!("{name}-v{number}"), way: *way, away: None })
            .collect();
        Self { name: name.to_owned(), members, dark: false, seats: Vec::new(), weight }
    }

    fn dark(name: &str, weight: u64) -> Self {
        Self { dark: true, ..Self::new(name, &[Way::Pull], weight) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn roster(groups: usize, agents: usize, seed: u64, still: bool) -> Roster {
        Roster::new(&DemoOptions { groups, agents, seed, still, ..DemoOptions::default() })
    }

    #[test]
    fn the_seed_decides_everything() {
        assert_eq!(roster(4, 300, 7, false), roster(4, 300, 7, false));
        assert_ne!(roster(4, 300, 7, false).ids, roster(4, 300, 8, false).ids);
    }

    #[test]
    fn there_are_as_many_ids_as_asked_for() {
        for groups in [1, 2, 3, 4, 5, 9] {
            for agents in [1, 9, 30, 500] {
                for still in [false, true] {
                    let roster = roster(groups, agents, 1, still);
                    assert_eq!(roster.groups.len(), groups);
                    assert_eq!(roster.ids.iter().collect::<HashSet<_>>().len(), agents);
                    let seated: HashSet<usize> =
                        roster.groups.iter().flat_map(|group| &group.seats).map(|seat| seat.agent).collect();
                    assert_eq!(seated.len(), agents, "{groups} groups");
                    for group in &roster.groups {
                        let mut agents = HashSet::new();
                        assert!(
                            group.seats.iter().all(|seat| agents.insert(seat.agent)),
                            "twice in {}",
                            group.name
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn about_a_tenth_is_verified_twice() {
        for groups in [3, 4, 7] {
            let roster = roster(groups, 1000, 1, false);
            let doubles = roster.groups.iter().map(|group| group.seats.len()).sum::<usize>() - 1000;
            assert!((80..=120).contains(&doubles), "{doubles} of 1000 in {groups} groups");
        }
        let seats = roster(2, 500, 1, false).groups.iter().map(|group| group.seats.len()).sum::<usize>();
        assert_eq!(seats, 500);
    }

    #[test]
    fn every_condition_is_there() {
        for groups in [1, 2, 3, 4, 6] {
            let roster = roster(groups, 120, 1, false);
            for (place, condition, _) in CAST {
                let found = roster.groups.iter().any(|group| {
                    group.dark == (place == Place::Dark)
                        && group.seats.iter().any(|seat| seat.condition == condition)
                });
                assert!(found || (place == Place::Dark && groups == 1), "{condition:?} in {groups} groups");
            }
        }
    }

    #[test]
    fn parts_are_given_once_and_agents_belong_to_a_member_of_their_way() {
        let roster = roster(4, 120, 1, false);
        for event in [Event::Failure, Event::HostileId, Event::Disagreement] {
            let seats = roster.groups.iter().flat_map(|group| &group.seats);
            assert_eq!(seats.filter(|seat| seat.part == Some(event)).count(), 1, "{event:?}");
        }
        for group in &roster.groups {
            for seat in &group.seats {
                assert_eq!(group.members[seat.owner].way, seat.way);
            }
        }
    }
}

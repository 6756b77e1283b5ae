//! What happens, and when: a pure function of the seconds since the start.
//!
//! The story repeats every three minutes. Times are in seconds of one round;
//! the seed moves each event by up to four seconds.
//!
//! | from | until | what |
//! |---|---|---|
//! | 12 | 62 | an agent's IMA check fails; re-activated, it attests again and keeps its old event |
//! | 22 | 52 | the second verifier of the first group is down: its agents go stale |
//! | 38 | 96 | an agent re-registers under a hostile id |
//! | 66 | 108 | two groups disagree about one agent |
//! | 124 | 144 | the only verifier of `us-east` is away |

use super::chance::Chance;

/// Seconds after which everything repeats.
pub(super) const ROUND: u64 = 180;

/// A restarted verifier gives no verdicts for this long: its agents wait for
/// their first quote, and every pull agent of the shared store reads `PENDING`.
const RESTART: u64 = 2;

/// Something that happens once in every round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// An agent's measurements are not in its policy.
    Failure,
    /// The second verifier of the first group is down.
    MemberAway,
    /// An agent uses a hostile id.
    HostileId,
    /// One of two groups rejects an agent.
    Disagreement,
    /// A group's only verifier is away.
    LoneVerifierAway,
}

const EVENTS: [(Event, u64, u64); 5] = [
    (Event::Failure, 12, 62),
    (Event::MemberAway, 22, 52),
    (Event::HostileId, 38, 96),
    (Event::Disagreement, 66, 108),
    (Event::LoneVerifierAway, 124, 144),
];

/// The story of one fleet.
#[derive(Clone, Debug)]
pub(super) struct Story {
    windows: Vec<(Event, u64, u64)>,
}

/// How an agent that follows the clock is affected by an interruption.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pause {
    /// Second (since the start) in which the current interruption began.
    pub(super) since: Option<u64>,
    /// Seconds lost in interruptions that are over.
    pub(super) lost: u64,
}

impl Story {
    /// The story of a seed; a still fleet has none.
    pub(super) fn new(seed: u64, still: bool) -> Self {
        let events = if still { &[][..] } else { &EVENTS[..] };
        let windows = events
            .iter()
            .map(|(event, from, until)| {
                let shift = Chance::new(seed, 0x5707, *from).below(5);
                (*event, from + shift, until + shift)
            })
            .collect();
        Self { windows }
    }

    fn window(&self, event: Event) -> Option<(u64, u64)> {
        self.windows.iter().find(|(one, _, _)| *one == event).map(|(_, from, until)| (*from, *until))
    }

    /// Since which second the event goes on, if it does.
    pub(super) fn since(&self, event: Event, elapsed: u64) -> Option<u64> {
        let (from, until) = self.window(event)?;
        let second = elapsed % ROUND;
        (from..until).contains(&second).then(|| elapsed - second + from)
    }

    /// Whether the event goes on.
    pub(super) fn happens(&self, event: Event, elapsed: u64) -> bool {
        self.since(event, elapsed).is_some()
    }

    /// Whether the event was over at least once.
    pub(super) fn happened(&self, event: Event, elapsed: u64) -> bool {
        self.window(event).is_some_and(|(_, until)| elapsed >= until)
    }

    /// Whether a server that was away has just come back.
    pub(super) fn restarting(&self, event: Event, elapsed: u64) -> bool {
        self.window(event).is_some_and(|(_, until)| (until..until + RESTART).contains(&(elapsed % ROUND)))
    }

    /// What an interruption does to those who attest by the clock. After a
    /// server's absence the restart counts as part of it.
    pub(super) fn pause(&self, event: Event, elapsed: u64) -> Pause {
        let Some((from, until)) = self.window(event) else { return Pause::default() };
        let until = match event {
            Event::MemberAway | Event::LoneVerifierAway => until + RESTART,
            Event::Failure | Event::HostileId | Event::Disagreement => until,
        };
        let (rounds, second) = (elapsed / ROUND, elapsed % ROUND);
        let over = rounds + u64::from(second >= until);
        Pause {
            since: (from..until).contains(&second).then(|| elapsed - second + from),
            lost: over * (until - from),
        }
    }

    /// The next second in which something begins or ends.
    pub(super) fn next_change(&self, elapsed: u64) -> Option<u64> {
        let (round, second) = (elapsed - elapsed % ROUND, elapsed % ROUND);
        self.windows
            .iter()
            .flat_map(|(_, from, until)| [*from, *until])
            .map(|at| if at > second { round + at } else { round + ROUND + at })
            .min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn happenings(story: &Story, elapsed: u64) -> Vec<Event> {
        EVENTS.iter().map(|(event, _, _)| *event).filter(|event| story.happens(*event, elapsed)).collect()
    }

    #[test]
    fn nothing_happens_at_second_0_and_everything_within_a_round() {
        for seed in 0..50 {
            let story = Story::new(seed, false);
            assert_eq!(happenings(&story, 0), []);
            for (event, _, _) in EVENTS {
                assert!((0..ROUND).any(|elapsed| story.happens(event, elapsed)), "{event:?}, seed {seed}");
                assert!(!story.happens(event, ROUND - 1), "{event:?} ends within its round, seed {seed}");
            }
            assert!((0..60).filter(|elapsed| !happenings(&story, *elapsed).is_empty()).count() > 30);
        }
    }

    #[test]
    fn it_is_a_function_of_the_second_and_repeats() {
        let story = Story::new(3, false);
        for elapsed in 0..ROUND {
            assert_eq!(happenings(&story, elapsed), happenings(&Story::new(3, false), elapsed));
            assert_eq!(happenings(&story, elapsed), happenings(&story, elapsed + 5 * ROUND));
        }
    }

    #[test]
    fn a_still_fleet_has_no_story() {
        let story = Story::new(3, true);
        assert!((0..ROUND).all(|elapsed| happenings(&story, elapsed).is_empty()));
        assert_eq!(story.next_change(0), None);
        assert_eq!(story.pause(Event::MemberAway, 1000), Pause::default());
    }

    #[test]
    fn next_change_misses_nothing() {
        let story = Story::new(9, false);
        let mut elapsed = 0;
        while elapsed < 3 * ROUND {
            let next = story.next_change(elapsed).unwrap();
            assert!(next > elapsed);
            for second in elapsed..next {
                assert_eq!(happenings(&story, second), happenings(&story, elapsed), "{second}");
            }
            elapsed = next;
        }
    }

    #[test]
    fn time_lost_grows_by_each_interruption_once() {
        let story = Story::new(1, false);
        let mut lost = 0;
        for elapsed in 0..4 * ROUND {
            let pause = story.pause(Event::MemberAway, elapsed);
            assert!(pause.lost >= lost);
            lost = pause.lost;
            if let Some(since) = pause.since {
                assert!(since <= elapsed && elapsed - since < 32);
            }
        }
        assert_eq!(lost, 4 * 32);
    }
}

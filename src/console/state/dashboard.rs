//! The wall-board: pages that turn by themselves, the problems first.
//!
//! It is read-only by its make: its context knows no key but the one that quits,
//! and every command that writes is refused.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::State;
use crate::console::page::overview::worst_first;
use crate::fleet::{AgentView, Change, Event, GroupView, Reachability, Snapshot, Verdict};

/// How long a page stays, in seconds.
const DWELL: i64 = 10;

/// How long the only page stays before its clock is set anew, in seconds.
const DWELL_ALONE: i64 = 60;

/// How long a page with a new failure stays, in seconds.
const HOLD: i64 = 60;

/// Groups that have pages of their own at most: nobody waits for more.
const MAX_GROUPS: usize = 8;

/// Failed agents that are kept for being shown at most.
const MAX_AGENTS: usize = 200;

/// One page of the wall-board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Board {
    /// The whole fleet.
    Fleet,
    /// A group, by its place in the configuration.
    Group(usize),
    /// The failed agents of a group.
    Failed(usize),
}

/// The wall-board.
#[derive(Clone, Debug)]
pub struct Dashboard {
    /// The page that is shown.
    pub board: Board,
    /// The time of the newest answer when the page was turned; what is shown is
    /// at least as new. None before any answer.
    pub as_of: Option<Timestamp>,
    /// When the failure came for which the page stays.
    pub held_for: Option<Timestamp>,
    /// The failed agents of the page, and how many there are in all.
    pub failed: (Vec<Arc<AgentView>>, usize),
    turns_at: Timestamp,
    /// The newest event that was seen.
    seen: Option<u64>,
}

impl Dashboard {
    /// The wall-board at the start: the whole fleet.
    pub(super) fn new(snapshot: &Snapshot, now: Timestamp) -> Self {
        let mut dashboard = Self {
            board: Board::Fleet,
            as_of: None,
            held_for: None,
            failed: (Vec::new(), 0),
            turns_at: now,
            seen: snapshot.events.last().map(|event| event.number),
        };
        dashboard.show(Board::Fleet, DWELL, snapshot, now);
        dashboard
    }

    /// When the page turns.
    pub(super) fn turns_at(&self) -> Timestamp {
        self.turns_at
    }

    fn show(&mut self, board: Board, seconds: i64, snapshot: &Snapshot, now: Timestamp) {
        self.board = board;
        self.as_of = snapshot.groups.iter().filter_map(|group| group.observed_at).max();
        self.turns_at = now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(now);
        self.read(snapshot);
    }

    /// Finds the agents that the page shows.
    fn read(&mut self, snapshot: &Snapshot) {
        self.failed = (Vec::new(), 0);
        let Board::Failed(place) = self.board else { return };
        for agent in snapshot.agents.iter() {
            let has_failed = agent
                .groups
                .iter()
                .any(|inside| inside.group == place && inside.judgement.verdict == Verdict::Failed);
            if has_failed {
                self.failed.1 += 1;
                if self.failed.0.len() < MAX_AGENTS {
                    self.failed.0.push(Arc::clone(agent));
                }
            }
        }
    }

    /// Turns the page if it is time.
    fn turn(&mut self, snapshot: &Snapshot, now: Timestamp) {
        if now < self.turns_at {
            return;
        }
        self.held_for = None;
        let boards = boards(&snapshot.groups);
        let here = boards.iter().position(|board| *board == self.board);
        let next = boards.iter().copied().cycle().nth(here.map_or(0, |here| here + 1));
        let dwell = if boards.len() == 1 { DWELL_ALONE } else { DWELL };
        self.show(next.unwrap_or(Board::Fleet), dwell, snapshot, now);
    }

    /// Takes in a picture: a new failure is shown at once, and stays.
    fn take(&mut self, snapshot: &Snapshot, now: Timestamp) {
        let seen = self.seen;
        self.seen = snapshot.events.last().map(|event| event.number).or(seen);
        let new = snapshot.events.iter().rev().take_while(|event| Some(event.number) > seen);
        let failure = new.filter_map(|event| Some((event.at, failure(event, &snapshot.groups)?))).next();
        match failure {
            Some((at, board)) => {
                self.held_for = Some(at);
                self.show(board, HOLD, snapshot, now);
            }
            None if self.as_of.is_none() => self.show(self.board, DWELL, snapshot, now),
            None => self.read(snapshot),
        }
    }
}

/// The page of a new failure; none for other events.
fn failure(event: &Event, groups: &[Arc<GroupView>]) -> Option<Board> {
    let page = match &event.change {
        Change::Verdict { to: Verdict::Failed, .. } => Board::Failed,
        Change::GroupLost { .. } | Change::Address { warning: true, .. } => Board::Group,
        _ => return None,
    };
    groups.iter().position(|group| group.name == event.group).map(page)
}

/// All pages: the fleet, then the groups that have a problem, the worst first,
/// each followed by its failed agents.
fn boards(groups: &[Arc<GroupView>]) -> Vec<Board> {
    let troubled = worst_first(groups)
        .into_iter()
        .filter_map(|place| Some((place, groups.get(place)?)))
        .filter(|(_, group)| has_problem(group))
        .take(MAX_GROUPS);
    let of_group = |(place, group): (usize, &Arc<GroupView>)| {
        let failed = (group.counts.get(Verdict::Failed) > 0).then_some(Board::Failed(place));
        [Some(Board::Group(place)), failed].into_iter().flatten()
    };
    [Board::Fleet].into_iter().chain(troubled.flat_map(of_group)).collect()
}

fn has_problem(group: &GroupView) -> bool {
    let bad = [Verdict::Failed, Verdict::Stopped, Verdict::TimedOut, Verdict::Stale];
    group.overdue
        || matches!(group.reachability, Some(Reachability::Down | Reachability::Degraded))
        || bad.into_iter().any(|verdict| group.counts.get(verdict) > 0)
}

impl State {
    /// The place of the wall-board's page among its pages, from 1, and how many
    /// there are.
    pub fn board_number(&self) -> Option<(usize, usize)> {
        let board = self.dashboard.as_ref()?.board;
        let boards = boards(&self.snapshot.groups);
        let place = boards.iter().position(|other| *other == board)?;
        Some((place + 1, boards.len()))
    }

    pub(in crate::console) fn turn_board(&mut self) {
        if let Some(dashboard) = &mut self.dashboard {
            dashboard.turn(&self.snapshot, self.now);
        }
    }

    pub(super) fn take_board(&mut self) {
        if let Some(dashboard) = &mut self.dashboard {
            dashboard.take(&self.snapshot, self.now);
        }
    }
}

//! What all servers of the fleet share.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::clock::{Clock, Moment};
use super::identity::Factory;
use super::names::HOSTILE_ID;
use super::pages::{Measure, Pages, measure};
use super::policies::Library;
use super::roster::{Roster, Seat};
use super::story::{Event, Story};

/// The last measure of each bulk answer, by group and owner.
type Measures = HashMap<(usize, Option<usize>), (Moment, Measure)>;

/// What all servers of the fleet share.
pub(super) struct World {
    pub(super) clock: Clock,
    pub(super) story: Story,
    pub(super) roster: Roster,
    pub(super) factory: Factory,
    pub(super) library: Library,
    verifiers: Vec<Vec<SocketAddr>>,
    measures: Mutex<Measures>,
}

impl World {
    /// A fleet whose verifiers, by group and member, have these addresses.
    pub(super) fn new(
        clock: Clock,
        story: Story,
        roster: Roster,
        factory: Factory,
        library: Library,
        verifiers: Vec<Vec<SocketAddr>>,
    ) -> Self {
        Self { clock, story, roster, factory, library, verifiers, measures: Mutex::default() }
    }

    /// Addresses of a group's verifiers.
    pub(super) fn verifier_addresses(&self, group: usize) -> &[SocketAddr] {
        self.verifiers.get(group).map_or(&[], Vec::as_slice)
    }

    /// The id that the agent of a seat uses at that moment.
    pub(super) fn id(&self, seat: &Seat, moment: Moment) -> &str {
        if seat.part == Some(Event::HostileId) && self.story.happens(Event::HostileId, moment.elapsed) {
            return HOSTILE_ID;
        }
        self.roster.ids.get(seat.agent).map_or("", |id| id)
    }

    /// The bulk answer of a group, measured. One measure per second is kept.
    pub(super) fn bulk(
        self: &Arc<Self>,
        group: usize,
        owner: Option<usize>,
        moment: Moment,
    ) -> (Pages, Measure) {
        let pages = Pages::new(Arc::clone(self), group, owner, moment);
        let key = (group, owner);
        let kept = self.measures.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some((_, kept)) = kept.filter(|(of, _)| *of == moment) {
            return (pages, kept);
        }
        let fresh = measure(pages.clone());
        let mut measures = self.measures.lock().unwrap_or_else(PoisonError::into_inner);
        measures.insert(key, (moment, fresh.clone()));
        (pages, fresh)
    }

    /// Agents that a group's verifiers know.
    pub(super) fn enrolled(&self, group: usize) -> usize {
        self.roster
            .groups
            .get(group)
            .map_or(0, |group| group.seats.iter().filter(|seat| seat.condition.is_enrolled()).count())
    }
}

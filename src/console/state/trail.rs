//! Where the operator has been: back and forth through what was looked at.
//!
//! A place is a page with its filter and with what lies over it. The order and
//! the columns of a table belong to a place and make none of their own, and so
//! does the selected row: who comes back finds them as they were left. While a
//! line is being written no place is made; what comes of it is one.

use std::collections::VecDeque;

use super::{Notice, Overlay, PageId, State};
use crate::console::view_string::View;
use crate::text::RemoteText;

/// Places that are remembered in each direction at most.
const MAX_PLACES: usize = 100;

/// A place, as it was left.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Visit {
    page: View,
    above: Option<View>,
    selected: Option<Selected>,
}

/// What was selected, by what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Selected {
    Agent(RemoteText),
    Group(String),
    /// An event or a record of the log.
    Entry(u64),
}

/// The places before and after the one that is shown.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    back: VecDeque<Visit>,
    here: Option<Visit>,
    forth: VecDeque<Visit>,
}

impl Trail {
    /// Whether there is a place before.
    pub fn has_back(&self) -> bool {
        !self.back.is_empty()
    }

    /// Whether there is a place after.
    pub fn has_forth(&self) -> bool {
        !self.forth.is_empty()
    }

    /// The operator is here now.
    fn follow(&mut self, now: Visit) {
        let Some(here) = self.here.replace(now) else { return };
        let Some(now) = &self.here else { return };
        if here.is_same_place(now) {
            return;
        }
        let is_closed = here.above.is_some() && now.above.is_none();
        if is_closed && self.back.back().is_some_and(|before| before.is_same_place(now)) {
            // Who closes what lies on top goes back to what is under it.
            self.back.pop_back();
            push(&mut self.forth, here);
        } else {
            push(&mut self.back, here);
            self.forth.clear();
        }
    }

    /// The place before (or after), which is the one that is shown from now on.
    fn step(&mut self, is_back: bool) -> Option<Visit> {
        let (from, to) = match is_back {
            true => (&mut self.back, &mut self.forth),
            false => (&mut self.forth, &mut self.back),
        };
        let visit = from.pop_back()?;
        if let Some(here) = self.here.replace(visit.clone()) {
            push(to, here);
        }
        Some(visit)
    }
}

fn push(places: &mut VecDeque<Visit>, visit: Visit) {
    if places.len() == MAX_PLACES {
        places.pop_front();
    }
    places.push_back(visit);
}

impl Visit {
    fn is_same_place(&self, other: &Self) -> bool {
        let is_same_page = match (&self.page, &other.page) {
            (View::Agents { filter, .. }, View::Agents { filter: other, .. }) => filter == other,
            (View::Log { .. }, View::Log { .. }) => true,
            (page, other) => page == other,
        };
        is_same_page && self.above == other.above
    }
}

impl State {
    /// Notes where the operator is, unless a line is being written.
    pub(in crate::console) fn follow_trail(&mut self) {
        if self.line.is_none() && self.palette.is_none() && self.confirmation.is_none() {
            let now = self.visit();
            self.trail.follow(now);
        }
    }

    /// Goes to the place before, or after.
    pub(in crate::console) fn step_trail(&mut self, is_back: bool) {
        // As it is left now: the row may be another than when it was reached.
        self.follow_trail();
        if let Some(visit) = self.trail.step(is_back) {
            self.revisit(&visit);
        }
    }

    fn visit(&self) -> Visit {
        let selected = match self.page {
            PageId::Overview => self
                .overview
                .chosen()
                .and_then(|place| self.snapshot.groups.get(place))
                .map(|group| Selected::Group(group.name.to_string())),
            PageId::Agents => self.agents.selected_row().map(|agent| Selected::Agent(agent.id.clone())),
            PageId::Events => self.events.feed().chosen().map(Selected::Entry),
            PageId::Log => self.log.feed().chosen().map(Selected::Entry),
            PageId::Servers | PageId::Policies => None,
        };
        Visit { page: self.view_of_page(), above: self.view_above(), selected }
    }

    fn revisit(&mut self, visit: &Visit) {
        // A page is always there.
        let _ = self.go_to(&visit.page);
        match &visit.selected {
            Some(Selected::Agent(id)) => self.agents.choose(id),
            Some(Selected::Group(name)) => {
                if let Some(place) = self.place_of_group(name) {
                    self.overview.choose(place);
                }
            }
            Some(Selected::Entry(number)) if self.page == PageId::Log => self.log.choose(*number),
            Some(Selected::Entry(number)) => self.events.choose(*number),
            None => {}
        }
        match &visit.above {
            None => {}
            Some(View::Help) => self.open_help(),
            Some(View::Agent { id }) => match self.detail_of(id) {
                Some(detail) => self.overlay = Some(Overlay::Detail(detail)),
                None => {
                    let words = format!("{} is in no list any more", id.shown());
                    self.notice = Some(Notice::problem(words));
                }
            },
            Some(View::Group { name }) => {
                let place = self.place_of_group(name);
                self.overlay = place.map(|place| Overlay::Group { place, scroll: 0 });
            }
            Some(view @ (View::Policy { .. } | View::Trust | View::Identities)) => {
                if let Err(reason) = self.go_to(view) {
                    self.notice = Some(Notice::problem(reason.to_string()));
                }
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::Options;
    use crate::console::test_fleet::{press, state};

    fn looked_at(state: &State) -> String {
        state.view().to_string()
    }

    #[test]
    fn every_place_comes_back_as_it_was_left() {
        let mut state = state(Options::default());
        press(&mut state, "2 / n o d e - 0 enter s j j");
        let selected = state.agents.selected_row().unwrap().id.clone();
        press(&mut state, "enter 3 2 / ctrl-u l a b enter 4 ?");
        let mut places = Vec::new();
        for _ in 0..9 {
            places.push(looked_at(&state));
            press(&mut state, "[");
        }
        let with_sort = "agents?filter=node-0&sort=agent".to_owned();
        assert_eq!(
            places,
            [
                "help".to_owned(),
                "log".to_owned(),
                "agents?filter=lab&sort=agent".to_owned(),
                with_sort.clone(),
                "events".to_owned(),
                format!("agent/{}", selected.raw()),
                with_sort,
                "agents".to_owned(),
                "overview".to_owned(),
            ]
        );
        assert_eq!(looked_at(&state), "overview");
        press(&mut state, "] ]");
        assert_eq!(state.agents.selected_row().unwrap().id, selected);
        press(&mut state, "] ] ] ] ] ] ] ]");
        assert_eq!(looked_at(&state), "help");
        press(&mut state, "- -");
        assert_eq!(looked_at(&state), "agents?filter=lab&sort=agent");
        press(&mut state, "1 ]");
        assert_eq!(looked_at(&state), "overview", "a new place ends the way forth");
    }

    #[test]
    fn closing_what_lies_on_top_is_going_back() {
        let mut state = state(Options::default());
        press(&mut state, "2 enter esc j enter esc");
        assert_eq!(looked_at(&state), "agents");
        press(&mut state, "-");
        assert_eq!(looked_at(&state), "overview");
        press(&mut state, "] ]");
        assert!(looked_at(&state).starts_with("agent/"));
        press(&mut state, "- - - -");
        assert_eq!((looked_at(&state).as_str(), state.outcome), ("overview", None));
    }

    #[test]
    fn the_trail_is_bounded() {
        let mut state = state(Options::default());
        for _ in 0..300 {
            press(&mut state, "tab");
        }
        assert_eq!(state.trail.back.len(), MAX_PLACES);
        for _ in 0..300 {
            press(&mut state, "[");
        }
        assert_eq!((state.trail.back.len(), state.trail.forth.len()), (0, MAX_PLACES));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

        /// As far back as forth is where it began, wherever that was.
        #[test]
        fn back_and_forth_ends_where_it_began(
            keys in proptest::collection::vec(
                proptest::sample::select(vec!["1", "2", "3", "4", "?", "enter", "esc", "j", "tab", "a", "-", "s"]),
                0..30,
            ),
            steps in 0usize..12,
        ) {
            let mut state = state(Options::default());
            press(&mut state, &keys.join(" "));
            let steps = steps.min(state.trail.back.len());
            let (view, page) = (looked_at(&state), state.view_of_page());
            press(&mut state, &"[ ".repeat(steps));
            press(&mut state, &"] ".repeat(steps));
            proptest::prop_assert_eq!((looked_at(&state), state.view_of_page()), (view, page));
        }
    }
}

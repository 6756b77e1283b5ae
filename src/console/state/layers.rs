//! What lies over a page, and what the commands do with it.

use std::sync::Arc;

use super::{FilterLine, Help, PageId, State, TextLine};
use crate::console::command::Motion;
use crate::console::filter::{Filter, Matcher};
use crate::fleet::{AgentView, Event, Snapshot};
use crate::text::RemoteText;

/// Events that the details of an agent tell.
const EVENTS_OF_AGENT: usize = 8;

/// What lies over a page.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// The help.
    Help(Help),
    /// The details of an agent.
    Detail(Detail),
    /// What saving the edited file would change.
    Comparison {
        /// Lines above the first one in sight.
        scroll: usize,
    },
    /// A group with every address.
    Group {
        /// Its place in the configuration.
        place: usize,
        /// Lines above the first one in sight.
        scroll: usize,
    },
    /// The policy that is looked into; it is in [`super::PoliciesState`].
    Policy {
        /// Lines above the first one in sight, where its part is a text.
        scroll: usize,
    },
    /// The trust store; it is in [`super::PoliciesState`].
    Trust,
    /// What an audit of identities found; it is in [`super::IdentityState`].
    Identities,
    /// The list in which columns are chosen, beside the page.
    Columns {
        /// The selected one.
        place: usize,
    },
}

impl Overlay {
    /// Lines above the first one in sight.
    pub fn scroll(&self) -> usize {
        match self {
            Self::Help(Help { scroll, .. })
            | Self::Detail(Detail { scroll, .. })
            | Self::Comparison { scroll }
            | Self::Policy { scroll }
            | Self::Group { scroll, .. } => *scroll,
            Self::Columns { .. } | Self::Trust | Self::Identities => 0,
        }
    }

    fn scroll_mut(&mut self) -> Option<&mut usize> {
        match self {
            Self::Help(Help { scroll, .. })
            | Self::Detail(Detail { scroll, .. })
            | Self::Comparison { scroll }
            | Self::Policy { scroll }
            | Self::Group { scroll, .. } => Some(scroll),
            Self::Columns { .. } | Self::Trust | Self::Identities => None,
        }
    }

    /// Whether a policy is looked into, even where the help lies over it.
    pub(super) fn holds_policy(&self) -> bool {
        match self {
            Self::Policy { .. } => true,
            Self::Help(help) => help.under().is_some_and(Self::holds_policy),
            _ => false,
        }
    }
}

/// The details of an agent.
#[derive(Clone, Debug)]
pub struct Detail {
    /// The agent as it is, or was last.
    pub agent: Arc<AgentView>,
    /// Whether it is in no list any more.
    pub is_gone: bool,
    /// Whether its records are shown as JSON.
    pub is_raw: bool,
    /// Whether its evidence is shown, checked by us; it is in
    /// [`super::EvidenceState`].
    pub is_evidence: bool,
    /// Lines above the first one in sight.
    pub scroll: usize,
}

impl Detail {
    fn of(agent: &Arc<AgentView>) -> Self {
        Self { agent: Arc::clone(agent), is_gone: false, is_raw: false, is_evidence: false, scroll: 0 }
    }

    /// Shows the same agent as a newer picture has it.
    pub(super) fn follow(&mut self, snapshot: &Snapshot) {
        let place = snapshot.agents.binary_search_by(|agent| agent.id.cmp(&self.agent.id));
        match place.ok().and_then(|place| snapshot.agents.get(place)) {
            Some(agent) => {
                self.agent = Arc::clone(agent);
                self.is_gone = false;
            }
            None => self.is_gone = true,
        }
    }
}

impl State {
    /// Selects an agent; a filter that does not show it is cleared.
    pub(in crate::console) fn select_agent(&mut self, id: &RemoteText) {
        let filter = self.agents.filter();
        let matcher = Matcher::new(filter, &self.snapshot.groups);
        if !self.agent(id).is_some_and(|agent| matcher.matches(agent)) {
            self.agents.set_filter(Filter::default());
        }
        self.agents.choose(id);
        self.settle();
    }

    /// Opens the details of the selected agent.
    pub(in crate::console) fn open_agent(&mut self) {
        if let Some(agent) = self.agents.selected_row().cloned() {
            self.open_details(&agent);
        }
    }

    /// Opens the details of an agent as the newest picture has it.
    pub(in crate::console) fn open_details(&mut self, agent: &Arc<AgentView>) {
        let mut detail = Detail::of(agent);
        detail.follow(&self.snapshot);
        self.overlay = Some(Overlay::Detail(detail));
    }

    /// The agent of this id in the newest picture.
    pub(in crate::console) fn agent(&self, id: &RemoteText) -> Option<&Arc<AgentView>> {
        let place = self.snapshot.agents.binary_search_by(|agent| agent.id.cmp(id)).ok()?;
        self.snapshot.agents.get(place)
    }

    /// The details of an agent of that id.
    pub(super) fn detail_of(&self, id: &RemoteText) -> Option<Detail> {
        self.agent(id).map(Detail::of)
    }

    /// Opens what the selected event is about: the agent, else the group.
    pub(in crate::console) fn open_event(&mut self) {
        let Some(event) = self.events.selected(&self.snapshot) else { return };
        if let Some(agent) = event.agent.as_ref() {
            if let Some(agent) = self.agent(agent).cloned() {
                self.open_details(&agent);
            }
        } else if let Some(place) = self.snapshot.groups.iter().position(|group| group.name == event.group) {
            self.overlay = Some(Overlay::Group { place, scroll: 0 });
        }
    }

    /// The filter of the page; the Overview has none.
    pub fn filter(&self) -> Option<&Filter> {
        match self.page {
            PageId::Overview | PageId::Log | PageId::Servers | PageId::Policies => None,
            PageId::Agents => Some(self.agents.filter()),
            PageId::Events => Some(self.events.filter()),
        }
    }

    pub(super) fn set_filter(&mut self, filter: Filter) {
        match self.page {
            PageId::Overview | PageId::Log | PageId::Servers | PageId::Policies => {}
            PageId::Agents => self.agents.set_filter(filter),
            PageId::Events => self.events.set_filter(filter),
        }
    }

    /// Turns between the records in words and as JSON.
    pub(in crate::console) fn turn_raw(&mut self) {
        if let Some(Overlay::Detail(detail)) = &mut self.overlay {
            detail.is_raw = !detail.is_raw;
            detail.is_evidence = false;
            detail.scroll = 0;
        }
    }

    /// The newest events of an agent, the newest first.
    pub fn events_of<'a>(&'a self, agent: &'a RemoteText) -> impl Iterator<Item = &'a Arc<Event>> {
        let events = self.snapshot.events.iter().rev();
        events.filter(|event| event.agent.as_ref() == Some(agent)).take(EVENTS_OF_AGENT)
    }

    /// Opens the selected group.
    pub(in crate::console) fn open_group(&mut self) {
        if let Some(place) = self.overview.selected_place(&self.snapshot) {
            self.overview.choose(place);
            self.overlay = Some(Overlay::Group { place, scroll: 0 });
        }
    }

    /// Goes to the agents of the open or selected group.
    pub(in crate::console) fn show_agents_of_group(&mut self) {
        let place = match &self.overlay {
            Some(Overlay::Group { place, .. }) => Some(*place),
            _ => self.overview.selected_place(&self.snapshot),
        };
        if let Some(group) = place.and_then(|place| self.snapshot.groups.get(place)) {
            self.agents.set_filter(Filter::of_group(&group.name));
            self.show(PageId::Agents);
        }
    }

    /// Whether there is something to close, or a filter to clear.
    pub(in crate::console) fn has_layer(&self) -> bool {
        self.overlay.is_some()
            || self.has_cursor()
            || self.has_sought()
            || self.filter().is_some_and(|filter| !filter.is_empty())
    }

    fn has_cursor(&self) -> bool {
        self.page == PageId::Agents && self.agents.cursor().is_some()
    }

    /// Closes what is on top; with nothing there, leaves the columns, then
    /// clears the filter.
    pub(in crate::console) fn close_layer(&mut self) {
        if self.close_help() || self.close_in_metadata() {
            return;
        }
        if self.has_sought() {
            self.edit_sought(TextLine::clear);
            return;
        }
        if self.overlay.take().is_some() {
            return;
        }
        match self.has_cursor() {
            true => self.agents.set_cursor(None),
            false => self.set_filter(Filter::default()),
        }
    }

    /// Opens the line in which a filter is written.
    pub(in crate::console) fn open_filter(&mut self) {
        self.line = self.filter().map(FilterLine::new);
    }

    /// Closes the line and shows everything.
    pub(in crate::console) fn clear_filter(&mut self) {
        self.line = None;
        self.set_filter(Filter::default());
    }

    /// Writes a character into the line.
    pub(in crate::console) fn type_character(&mut self, character: char) {
        self.edit(|line| line.insert(character));
    }

    /// Changes the line that is being written; what it says is followed at once.
    pub(in crate::console) fn edit(&mut self, change: impl FnOnce(&mut TextLine)) {
        if let Some(confirmation) = &mut self.confirmation {
            change(&mut confirmation.line);
        } else if self.palette.is_some() {
            self.edit_palette(change);
        } else if self.writes_field() {
            self.edit_field(change);
        } else if self.is_seeking() {
            self.edit_sought(change);
        } else if let Some(help) = self.help_mut().filter(|help| help.is_writing) {
            change(&mut help.line);
            help.scroll = 0;
        } else if let Some(line) = &mut self.line {
            let filter = line.edit(change);
            self.set_filter(filter);
        }
    }

    /// Moves in whatever is on top.
    pub(in crate::console) fn go(&mut self, motion: Motion) {
        let motion = self.count.take().map_or(motion, |count| motion.times(count));
        if self.go_in_columns(motion) || self.go_in_policies(motion) || self.go_in_identities(motion) {
            return;
        }
        let (length, height) = self.overlay_extent();
        match (&mut self.overlay, self.page) {
            (Some(overlay), _) => {
                if let Some(scroll) = overlay.scroll_mut() {
                    // The last place is where the end is in sight.
                    *scroll = motion.from(*scroll, (length + 1).saturating_sub(height), height);
                }
            }
            (None, PageId::Overview) => self.overview.go(motion, &self.snapshot),
            (None, PageId::Agents) => self.agents.go(motion, self.size.table_height()),
            (None, PageId::Events) => self.events.go(motion, self.size.table_height()),
            (None, PageId::Log) => self.log.go(motion, self.size.table_height()),
            (None, PageId::Servers) => self.editor.go(motion, self.size.table_height()),
            (None, PageId::Policies) => {
                self.policies.table.go(motion, self.size.table_height());
                self.policies.touch();
            }
        }
    }

    /// Scrolls whatever is on top by lines, down or up.
    pub(in crate::console) fn scroll(&mut self, by: i64) {
        if self.scroll_in_policies(by) {
            return;
        }
        let height = self.size.table_height();
        match (&self.overlay, self.page) {
            (Some(_), _) | (None, PageId::Overview | PageId::Servers) => self.go(Motion::Lines(by)),
            (None, PageId::Agents) => self.agents.scroll(by, height),
            (None, PageId::Events) => self.events.scroll(by, height),
            (None, PageId::Log) => self.log.scroll(by, height),
            (None, PageId::Policies) => {
                self.policies.table.scroll(by, height);
                self.policies.touch();
            }
        }
    }

    /// Keeps the scrolling of what lies on top inside its text.
    pub(super) fn settle_overlay(&mut self) {
        self.settle_overlay_text();
        let (length, height) = self.overlay_extent();
        if let Some(scroll) = self.overlay.as_mut().and_then(Overlay::scroll_mut) {
            *scroll = (*scroll).min(length.saturating_sub(height));
        }
    }

    /// First and last line in sight of what lies on top, and how many it has;
    /// none where all are in sight.
    pub(in crate::console) fn overlay_in_sight(&self) -> Option<(usize, usize, usize)> {
        let scroll = self.overlay.as_ref()?.scroll();
        let (length, height) = self.overlay_extent();
        (length > height).then(|| (scroll + 1, (scroll + height).min(length), length))
    }

    /// Lines of what lies on top, and how many are in sight.
    fn overlay_extent(&self) -> (usize, usize) {
        let length = self.overlay_lines().len();
        let height = match self.overlay {
            Some(Overlay::Policy { .. }) => self.size.policy_height(),
            _ => usize::from(self.size.body_height()),
        };
        (length, height)
    }
}

//! Everything that can change on the screen, without a type of the terminal's.

mod agent_columns;
mod agents;
mod columns;
mod count;
mod dashboard;
mod editor;
mod events;
mod evidence;
mod feed;
mod filter_line;
mod freeze;
mod geometry;
mod help;
mod history;
mod identity;
mod keeping;
mod layers;
mod log;
mod marks;
mod mouse;
mod order;
mod overlay_text;
mod overview;
mod palette;
mod policies;
mod sort;
mod taking;
mod text_line;
mod trail;
mod view;
mod visible;

use std::sync::Arc;

use jiff::Timestamp;

pub use agent_columns::{AgentColumn, Columns};
pub use agents::AgentsState;
pub use dashboard::{Board, Dashboard};
pub(in crate::console) use editor::EditorCommand;
pub use editor::{Comparison, Editor, EditorState, Field, Form, Probe, Row, SaveOutcome};
pub use events::EventsState;
pub use evidence::{EvidenceNews, EvidenceOf, EvidenceState, EvidenceWish};
pub use feed::Feed;
pub use filter_line::FilterLine;
pub use freeze::Frozen;
pub use geometry::{METADATA_HEAD, MINIMUM, Size};
pub use help::Help;
pub use history::{History, MAX_REMEMBERED, Recall};
pub use identity::{IdentityNews, IdentityPicture, IdentityRemark, IdentityRow, IdentityState, IdentityWish};
pub use layers::{Detail, Overlay};
pub use log::{Level, LogState};
pub use marks::Marks;
pub use mouse::Mouse;
pub use order::{AT_ONCE, Arrange, Arrangement};
pub use overlay_text::OverlayText;
pub(in crate::console) use overview::is_asking;
pub use overview::{OverviewState, SHARE_STEPS};
pub use palette::Palette;
pub use policies::{
    Check, CheckVerdicts, Compared, Coverage, DemandSort, DiffLine, Differences, DigestVerdict, Document,
    Drift, EvidencePicture, EvidencePlace, EvidenceSource, Explaining, Explanation, FactRow, FindingRow,
    GroupFault, Inspection, JudgedBatch, Judgement, KeyCandidate, Looked, Opening, OutcomeFilter,
    PoliciesState, PolicyComparison, PolicyCounts, PolicyList, PolicyNews, PolicyPicture, PolicyRow,
    PolicySort, PolicySource, PolicyTable, PolicyText, PolicyWish, Progress, Section, SharedEvidence,
    SharedPolicy, SignerRow, Sought, StepRow, Tab, Tone, TrustEntry, TrustPicture, TrustTable, VerifierWords,
    Where, Window,
};
pub use sort::Sort;
pub use text_line::TextLine;
pub use trail::Trail;
pub(in crate::console) use view::none;
pub use visible::Visible;

use super::command::Confirmation;
use super::keymap::{self, Context, Key, Keymap};
use super::outside::Request;
use super::theme::{DEFAULT, MONO, Themes};
use super::view_string::SavedViews;
use super::{ConsoleError, Options, Outcome};
use crate::fleet::Snapshot;
use crate::tasks::standing::Standing;
use crate::text::RemoteText;

/// The state of the console. Only [`super::update`] and the commands change it.
#[derive(Clone, Debug)]
pub struct State {
    /// The size of the terminal.
    pub size: Size,
    /// The time of the last message that told one.
    pub now: Timestamp,
    /// The newest picture of the fleet.
    pub snapshot: Arc<Snapshot>,
    /// The page.
    pub page: PageId,
    /// The Overview page.
    pub overview: OverviewState,
    /// The Agents page.
    pub agents: AgentsState,
    /// The Events page.
    pub events: EventsState,
    /// The Log page.
    pub log: LogState,
    /// The Servers page.
    pub editor: EditorState,
    /// The Policies page, the policy that is open, the trust store.
    pub policies: PoliciesState,
    /// What an audit of identities found.
    pub identity: IdentityState,
    /// Evidence of one agent that was checked.
    pub evidence: EvidenceState,
    /// The wall-board; none: this is no wall-board.
    pub dashboard: Option<Dashboard>,
    /// What lies over the page.
    pub overlay: Option<Overlay>,
    /// Its lines.
    overlay_text: OverlayText,
    /// The line in which a filter is being written.
    pub line: Option<FilterLine>,
    /// The filters that were kept.
    pub history: History,
    /// The command that is being written.
    pub palette: Option<Palette>,
    /// Commands that were run from the palette, the newest last.
    pub palette_history: Vec<String>,
    /// How often a folder was asked for its names.
    folders_asked: u64,
    /// The question that has to be answered before a command runs.
    pub confirmation: Option<Confirmation>,
    /// Keys of an unfinished sequence.
    pub pending: Vec<Key>,
    /// Keys that wait until the rows are those that they are meant for.
    pub(super) held: Vec<Key>,
    /// The count before a motion, as far as it is written.
    pub count: Option<usize>,
    /// Something to say instead of the footer, until the next key.
    pub notice: Option<Notice>,
    /// What is said as long as it holds.
    pub standing: Standing,
    /// Whether commands that write are refused.
    pub read_only: bool,
    /// What is being looked at.
    pub title: String,
    /// Where nothing is configured: what to do, a paragraph each.
    pub start: Option<Vec<String>>,
    /// Whether only ASCII may be drawn.
    pub ascii: bool,
    /// The keys.
    pub keymap: Arc<Keymap>,
    /// Since when the data stands still; none: it does not.
    pub frozen: Option<Frozen>,
    /// Where the operator has been.
    pub trail: Trail,
    /// The views that the operator keeps.
    pub saved: Arc<SavedViews>,
    /// The agent that is opened as soon as some group tells of it.
    pub awaited: Option<RemoteText>,
    /// Whether the mouse acts here; else the terminal has it.
    pub mouse: bool,
    /// The row that was clicked last, with nothing else in between.
    clicked: Option<usize>,
    /// What is to be done outside; [`super::update`] hands it to the loop.
    pub requests: Vec<Request>,
    /// The theme's name.
    pub theme: String,
    /// The names of all themes.
    pub themes: Arc<[String]>,
    /// Whether colours may be used.
    pub colour: bool,
    /// Set when the console is to end.
    pub outcome: Option<Outcome>,
}

/// One of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageId {
    /// The groups.
    Overview,
    /// The agents.
    Agents,
    /// What changed.
    Events,
    /// What limescope did and met.
    Log,
    /// Server blocks and duplication, to be edited.
    Servers,
    /// The policies of all groups, and files.
    Policies,
}

impl PageId {
    /// All pages in their order.
    pub const ALL: [Self; 6] =
        [Self::Overview, Self::Agents, Self::Events, Self::Log, Self::Servers, Self::Policies];

    /// Its name in the header.
    pub fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Agents => "Agents",
            Self::Events => "Events",
            Self::Log => "Log",
            Self::Servers => "Servers",
            Self::Policies => "Policies",
        }
    }

    /// Its number and name in the header.
    pub fn tab(self) -> &'static str {
        match self {
            Self::Overview => " 1 Overview ",
            Self::Agents => " 2 Agents ",
            Self::Events => " 3 Events ",
            Self::Log => " 4 Log ",
            Self::Servers => " 5 Servers ",
            Self::Policies => " 6 Policies ",
        }
    }

    /// The command that goes to it.
    pub fn command(self) -> &'static str {
        match self {
            Self::Overview => "page.overview",
            Self::Agents => "page.agents",
            Self::Events => "page.events",
            Self::Log => "page.log",
            Self::Servers => "page.servers",
            Self::Policies => "page.policies",
        }
    }

    /// The page after it, and the first after the last.
    #[must_use]
    pub fn next(self) -> Self {
        self.turned(1)
    }

    /// The page before it.
    #[must_use]
    pub fn previous(self) -> Self {
        self.turned(Self::ALL.len() - 1)
    }

    fn turned(self, by: usize) -> Self {
        let place = Self::ALL.iter().position(|page| *page == self).unwrap_or(0);
        Self::ALL.into_iter().cycle().nth(place + by).unwrap_or(self)
    }
}

/// Something to say in the last line; fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The words.
    pub words: String,
    /// Whether it is about something that went wrong.
    pub is_problem: bool,
}

impl Notice {
    /// Something to know.
    pub fn information(words: impl Into<String>) -> Self {
        Self { words: words.into(), is_problem: false }
    }

    /// Something that went wrong.
    pub fn problem(words: impl Into<String>) -> Self {
        Self { words: words.into(), is_problem: true }
    }
}

/// What is said at the start: that a file is broken before all else.
fn notice(notice: Option<String>, views_fault: Option<String>) -> Option<Notice> {
    let fault = views_fault.map(|fault| Notice::problem(format!("some views cannot be used: {fault}")));
    fault.or_else(|| notice.map(Notice::information))
}

impl State {
    /// The state at the start.
    ///
    /// # Errors
    /// If the embedded keymap is broken, which a test excludes.
    pub fn new(
        options: Options,
        size: Size,
        snapshot: Arc<Snapshot>,
        now: Timestamp,
    ) -> Result<Self, ConsoleError> {
        let built_in = || {
            Keymap::parse(keymap::BUILT_IN)
                .map_err(|detail| ConsoleError::Asset { name: "assets/keymap.toml", detail })
        };
        let keymap = options.settings.keymap.map_or_else(built_in, Ok)?;
        let themes = options.settings.themes.map_or_else(Themes::built_in, Ok)?;
        let theme = options.settings.theme.unwrap_or_else(|| DEFAULT.to_owned());
        let dashboard = options.dashboard.then(|| Dashboard::new(&snapshot, now));
        let mut state = Self {
            read_only: options.read_only || dashboard.is_some(),
            dashboard,
            size,
            now,
            snapshot,
            page: PageId::Overview,
            overview: OverviewState::default(),
            agents: AgentsState::default(),
            events: EventsState::default(),
            log: LogState::default(),
            editor: EditorState::new(options.own_file),
            policies: PoliciesState::default(),
            identity: IdentityState::default(),
            evidence: EvidenceState::default(),
            overlay: None,
            overlay_text: OverlayText::default(),
            line: None,
            history: History::new(options.remembered),
            palette: None,
            palette_history: Vec::new(),
            folders_asked: 0,
            confirmation: None,
            pending: Vec::new(),
            held: Vec::new(),
            count: None,
            notice: notice(options.notice, options.settings.views_fault),
            standing: Standing::default(),
            title: options.title,
            start: options.start,
            ascii: options.ascii,
            keymap: Arc::new(keymap),
            frozen: None,
            mouse: options.mouse,
            clicked: None,
            trail: Trail::default(),
            saved: options.settings.saved.into(),
            awaited: None,
            requests: Vec::new(),
            theme: if options.colour { theme } else { MONO.to_owned() },
            themes: themes.names().map(str::to_owned).collect(),
            colour: options.colour,
            outcome: None,
        };
        state.overview.remember(&state.snapshot.counts);
        state.settle();
        if let Some(view) = &options.settings.view {
            state.start_at(view);
            state.settle();
        }
        state.follow_trail();
        Ok(state)
    }

    /// What is on top.
    pub fn context(&self) -> Context {
        if self.dashboard.is_some() {
            return Context::Dashboard;
        }
        match &self.confirmation {
            Some(confirmation) if confirmation.wants_words() => return Context::Words,
            Some(_) => return Context::Question,
            None if self.palette.is_some() => return Context::Palette,
            None => {}
        }
        self.context_below()
    }

    /// What lies under palette and questions.
    pub fn context_below(&self) -> Context {
        match (&self.line, &self.overlay, self.page) {
            (Some(_), _, _) => Context::Filter,
            (None, Some(Overlay::Help(help)), _) if help.is_writing => Context::Search,
            (None, Some(Overlay::Help(_)), _) => Context::Help,
            (None, Some(Overlay::Policy { .. } | Overlay::Identities) | None, _) if self.is_seeking() => {
                Context::Search
            }
            (None, Some(Overlay::Policy { .. }), _) => Context::Policy,
            (None, Some(Overlay::Trust), _) => Context::Trust,
            (None, Some(Overlay::Identities), _) => Context::Identities,
            (None, Some(Overlay::Detail(_)), _) => Context::Detail,
            (None, Some(Overlay::Group { .. }), _) => Context::Group,
            (None, Some(Overlay::Columns { .. }), _) => Context::Columns,
            (None, Some(Overlay::Comparison { .. }), _) => Context::Comparison,
            (None, None, PageId::Overview) => Context::Overview,
            (None, None, PageId::Agents) => Context::Agents,
            (None, None, PageId::Events) => Context::Events,
            (None, None, PageId::Log) => Context::Log,
            (None, None, PageId::Servers) if self.writes_field() => Context::Field,
            (None, None, PageId::Servers) => Context::Servers,
            (None, None, PageId::Policies) => Context::Policies,
        }
    }

    /// A key was pressed: a click after it is a first one.
    pub(super) fn forget_click(&mut self) {
        self.clicked = None;
    }

    /// The selected row of the page's list, counted from 0.
    fn selected_row_number(&self) -> Option<usize> {
        match self.page {
            PageId::Overview => self.overview.selected_row(&self.snapshot),
            PageId::Agents => self.agents.place(),
            PageId::Events => self.events.feed().place(),
            PageId::Log => self.log.feed().place(),
            PageId::Servers => self.editor.editor().map(Editor::place),
            PageId::Policies => Some(self.policies.table().window().place()),
        }
    }

    /// Goes to a page by its tab; the Servers page opens its file.
    pub(super) fn go_to_page(&mut self, page: PageId) {
        match page {
            PageId::Servers => self.show_servers(),
            PageId::Policies => self.show_policies(),
            page => self.show(page),
        }
    }

    /// Goes to a page; whatever lay on top is closed.
    pub(super) fn show(&mut self, page: PageId) {
        self.overlay = None;
        self.page = page;
    }

    /// Shows a picture. One of the same generation shows nothing new, but its
    /// observation times are newer.
    fn show_snapshot(&mut self, snapshot: Arc<Snapshot>) {
        let are_other_agents = !Arc::ptr_eq(&self.snapshot.agents, &snapshot.agents);
        if are_other_agents {
            self.agents.outdate(self.page == PageId::Agents);
        }
        if !Arc::ptr_eq(&self.snapshot.events, &snapshot.events) {
            self.events.outdate();
        }
        self.follow_groups(&snapshot);
        self.overview.remember(&snapshot.counts);
        self.snapshot = snapshot;
        if are_other_agents {
            self.agents.marks_mut().keep_known(&self.snapshot);
        }
        if let Some(Overlay::Detail(detail)) = &mut self.overlay {
            detail.follow(&self.snapshot);
        }
        self.follow_awaited();
        self.take_board();
    }

    /// Another configuration may have the groups in other places, or not at all.
    fn follow_groups(&mut self, snapshot: &Snapshot) {
        let (before, now) = (&self.snapshot.groups, &snapshot.groups);
        if before.iter().map(|group| &group.name).eq(now.iter().map(|group| &group.name)) {
            return;
        }
        let place_now = |place: usize| {
            let name = &self.snapshot.groups.get(place)?.name;
            snapshot.groups.iter().position(|group| group.name == *name)
        };
        let chosen = self.overview.chosen().map(place_now);
        if let Some(Overlay::Group { place, .. }) = &self.overlay {
            let now = place_now(*place);
            match (now, &mut self.overlay) {
                (Some(now), Some(Overlay::Group { place, .. })) => *place = now,
                _ => self.overlay = None,
            }
        }
        if let Some(chosen) = chosen {
            self.overview.follow(chosen);
        }
        self.start = None;
    }

    /// Brings what is derived up to date: order, selection, scrolling.
    pub(super) fn settle(&mut self) {
        let height = self.size.table_height();
        match self.page {
            PageId::Overview => {}
            PageId::Agents => self.agents.settle(&self.snapshot, height),
            PageId::Events => self.events.settle(&self.snapshot, height),
            PageId::Log => self.log.settle(height),
            PageId::Servers => {
                self.compare_backends();
                self.editor.settle(height);
            }
            PageId::Policies => {}
        }
        self.settle_policies();
        self.settle_identities();
        self.settle_overlay();
    }

    /// When the next shown age changes: only the age of an overdue observation,
    /// that of the last change, and for how long the data has stood still, move
    /// by the clock.
    pub fn next_tick(&self) -> Option<Timestamp> {
        let overdue = overview::next_tick(&self.snapshot.groups, self.now);
        let last_change = match self.page {
            PageId::Overview if self.dashboard.is_none() => {
                overview::next_age(&self.snapshot.events, self.now)
            }
            _ => None,
        };
        let turn = self.dashboard.as_ref().map(Dashboard::turns_at);
        overdue.into_iter().chain(turn).chain(last_change).chain(self.frozen_tick()).min()
    }
}

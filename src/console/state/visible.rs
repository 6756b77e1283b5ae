//! What can be seen, as values that compare cheaply.
//!
//! [`super::super::update`] compares this before and after a message; a frame
//! is drawn only where it differs. Whatever a page reads has to be here: a test
//! feeds random messages and checks that an undrawn frame would look the same.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    AgentColumn, Columns, Editor, FilterLine, Level, Notice, Overlay, PageId, Palette, Size, Sort, State,
    TextLine,
};
use crate::console::command::Confirmation;
use crate::console::filter::Filter;
use crate::console::keymap::{Context, Key};
use crate::console::page::agents::row;
use crate::console::page::overview::{age, age_step};
use crate::console::page::{condition, dashboard};
use crate::console::widget::footer;
use crate::console::widget::styled::StyledLine;
use crate::fleet::{AgentView, Counts, Duplication, GroupView};
use crate::tasks::standing::Standing;

/// What can be seen.
#[derive(Debug, PartialEq)]
pub struct Visible {
    size: Size,
    theme: String,
    /// The wall-board, all of it.
    board: Option<Vec<StyledLine>>,
    content: Option<Content>,
}

#[derive(Debug, PartialEq)]
struct Content {
    page: PageId,
    line: Option<FilterLine>,
    palette: Option<Palette>,
    confirmation: Option<Confirmation>,
    pending: Vec<Key>,
    count: Option<usize>,
    notice: Option<Notice>,
    standing: Standing,
    frozen: Option<String>,
    hints: (Context, u128),
    overlay: Option<(Covering, usize)>,
    /// Where the operator is: under what lies on top the page may change its
    /// group. A page alone tells by its body.
    crumbs: Option<StyledLine>,
    body: Body,
}

/// Commands that cannot be had, and why not.
type Refused = Arc<[(&'static str, String)]>;

/// What lies over a page. All that its lines are made from has to be in here:
/// they are made anew where this differs ([`super::OverlayText`]).
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Covering {
    Help {
        place: Context,
        line: TextLine,
        is_writing: bool,
        refused: Refused,
    },
    Columns {
        place: usize,
    },
    Comparison {
        revision: u64,
    },
    /// A policy or the trust store: grows with everything that is shown of it.
    Policies {
        revision: u64,
    },
    /// Grows with everything that is shown of identities.
    Identities {
        revision: u64,
        /// How many questions an audit would be; said until there was one.
        questions: Option<usize>,
    },
    Detail {
        agent: SameAgent,
        conditions: Vec<Option<String>>,
        is_gone: bool,
        is_raw: bool,
        /// Grows with all that is shown of the evidence; none: it is not.
        evidence: Option<u64>,
        events: Vec<u64>,
    },
    Group {
        group: Option<LooksSame>,
        age: Option<String>,
    },
}

#[derive(Debug, PartialEq)]
enum Body {
    /// Nothing of the page is in sight.
    Covered,
    Overview {
        groups: Vec<LooksSame>,
        ages: Vec<Option<String>>,
        counts: Counts,
        duplication: Duplication,
        selected: Option<usize>,
        shares: Vec<u8>,
        last_change: Option<u64>,
        age: Option<&'static str>,
    },
    Agents {
        groups: Vec<Arc<str>>,
        rows: Vec<SameRow>,
        place: Option<usize>,
        offset: usize,
        shown: usize,
        total: usize,
        filter: Filter,
        sort: Sort,
        columns: Columns,
        cursor: Option<AgentColumn>,
        /// When identities were audited last.
        audited: Option<Timestamp>,
        /// Of the rows in sight, whether each is marked.
        marks: Vec<bool>,
        marked: usize,
        longest_id: usize,
        /// Whether the rows are still to come, and whether they are late.
        arranging: (bool, bool),
        /// Whether groups are still being asked: it decides what an empty
        /// table says.
        asking: bool,
        condition: Vec<StyledLine>,
    },
    Events {
        /// By their numbers: an event never changes.
        rows: Vec<u64>,
        place: Option<usize>,
        above: usize,
        shown: usize,
        total: usize,
        filter: Filter,
        asking: bool,
        condition: Vec<StyledLine>,
    },
    Servers {
        /// Grows with everything that is shown of the text.
        revision: u64,
        offset: usize,
    },
    Policies {
        /// Grows with everything that is shown of the table.
        revision: u64,
        groups: usize,
    },
    Log {
        /// By their numbers: a record never changes.
        rows: Vec<u64>,
        place: Option<usize>,
        above: usize,
        level: Level,
    },
}

/// One agent's row. A fleet that attests steadily brings new records with every
/// poll, and rows that look the same.
#[derive(Debug)]
struct SameRow(Arc<AgentView>);

impl PartialEq for SameRow {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || row::looks_like(&self.0, &other.0)
    }
}

/// Everything that is known of an agent; the same allocation is the same.
#[derive(Clone, Debug)]
pub(super) struct SameAgent(Arc<AgentView>);

impl PartialEq for SameAgent {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Clone, Debug)]
pub(super) struct LooksSame(Arc<GroupView>);

impl PartialEq for LooksSame {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.looks_like(&other.0)
    }
}

impl Visible {
    /// What can be seen of a state.
    pub fn of(state: &State) -> Self {
        let is_large = !state.size.is_too_small();
        let board = state.dashboard.as_ref().filter(|_| is_large);
        let board = board.map(|board| dashboard::lines(state, board));
        let content = (is_large && board.is_none()).then(|| Content {
            page: state.page,
            line: state.line.clone(),
            palette: state.palette.clone(),
            confirmation: state.confirmation.clone(),
            pending: state.pending.clone(),
            count: state.count,
            notice: state.notice.clone(),
            standing: state.standing.clone(),
            frozen: state.frozen_words(),
            hints: footer::enabled(state),
            overlay: state.overlay.as_ref().map(|top| (Covering::of(state, top), top.scroll())),
            crumbs: state
                .overlay
                .as_ref()
                .and_then(|_| crate::console::page::crumbs::line(state, usize::from(state.size.width))),
            body: body(state),
        });
        Self { size: state.size, theme: state.theme.clone(), board, content }
    }
}

impl Covering {
    pub(super) fn of(state: &State, overlay: &Overlay) -> Self {
        match overlay {
            Overlay::Help(help) => Self::Help {
                place: help.place,
                line: help.line.clone(),
                is_writing: help.is_writing,
                refused: Arc::clone(&help.refused),
            },
            Overlay::Columns { place } => Self::Columns { place: *place },
            Overlay::Policy { .. } | Overlay::Trust => Self::Policies { revision: state.policies.revision() },
            Overlay::Identities => Self::Identities {
                revision: state.identity.revision(),
                questions: state.identity.picture().is_none().then(|| state.snapshot.agents.len()),
            },
            Overlay::Comparison { .. } => Self::Comparison { revision: state.editor.revision() },
            Overlay::Detail(detail) => Self::Detail {
                agent: SameAgent(Arc::clone(&detail.agent)),
                conditions: conditions_of(state, &detail.agent),
                is_gone: detail.is_gone,
                is_raw: detail.is_raw,
                evidence: detail.is_evidence.then(|| state.evidence.revision()),
                events: state.events_of(&detail.agent.id).map(|event| event.number).collect(),
            },
            Overlay::Group { place, .. } => {
                let group = state.snapshot.groups.get(*place);
                Self::Group {
                    group: group.map(|group| LooksSame(Arc::clone(group))),
                    age: group.and_then(|group| shown_age(state, group)),
                }
            }
        }
    }
}

/// What is said of the groups that have an agent.
fn conditions_of(state: &State, agent: &AgentView) -> Vec<Option<String>> {
    let groups = agent.groups.iter().filter_map(|inside| state.snapshot.groups.get(inside.group));
    groups.map(|group| condition::of_group(state, group)).collect()
}

fn body(state: &State) -> Body {
    let snapshot = &state.snapshot;
    match (&state.overlay, state.page) {
        (
            Some(
                Overlay::Help(_)
                | Overlay::Group { .. }
                | Overlay::Policy { .. }
                | Overlay::Trust
                | Overlay::Identities,
            ),
            _,
        ) => Body::Covered,
        (Some(Overlay::Detail(_)), _) if !state.size.is_wide() => Body::Covered,
        (_, PageId::Overview) => Body::Overview {
            groups: snapshot.groups.iter().map(|group| LooksSame(Arc::clone(group))).collect(),
            ages: snapshot.groups.iter().map(|group| shown_age(state, group)).collect(),
            counts: snapshot.counts,
            duplication: snapshot.duplication,
            selected: state.overview.selected_place(snapshot),
            shares: state.overview.shares().to_vec(),
            last_change: snapshot.events.last().map(|event| event.number),
            age: age(state),
        },
        (_, PageId::Events) => events(state),
        (_, PageId::Log) => log(state),
        (_, PageId::Policies) => {
            Body::Policies { revision: state.policies.revision(), groups: snapshot.groups.len() }
        }
        (_, PageId::Servers) => Body::Servers {
            revision: state.editor.revision(),
            offset: state.editor.editor().map_or(0, Editor::offset),
        },
        (_, PageId::Agents) => {
            let agents = &state.agents;
            let in_sight = agents.offset()..agents.offset() + state.size.table_height();
            Body::Agents {
                groups: snapshot.groups.iter().map(|group| Arc::clone(&group.name)).collect(),
                rows: {
                    let mut rows = Vec::with_capacity(in_sight.len());
                    let agents = in_sight.map_while(|row| agents.row(row));
                    rows.extend(agents.map(|agent| SameRow(Arc::clone(agent))));
                    rows
                },
                place: agents.place(),
                offset: agents.offset(),
                shown: agents.len(),
                total: agents.arranged().map_or(snapshot.agents.len(), |arranged| arranged.total()),
                filter: agents.filter().clone(),
                sort: agents.sort(),
                columns: agents.columns().clone(),
                cursor: agents.cursor(),
                audited: agents.identities().map(|found| found.taken_at),
                marks: marks_in_sight(state),
                marked: agents.marks().len(),
                longest_id: agents.longest_id(),
                arranging: (agents.is_opening(snapshot), agents.is_slow()),
                asking: super::overview::is_asking(&snapshot.groups),
                condition: conditions(state, agents.is_empty()),
            }
        }
    }
}

fn marks_in_sight(state: &State) -> Vec<bool> {
    let agents = &state.agents;
    if agents.marks().is_empty() {
        return Vec::new();
    }
    let in_sight = agents.offset()..agents.offset() + state.size.table_height();
    let rows = in_sight.filter_map(|row| agents.row(row));
    rows.map(|agent| agents.marks().has(agent)).collect()
}

fn events(state: &State) -> Body {
    let (events, feed) = (&state.events, state.events.feed());
    let in_sight = feed.offset()..feed.offset() + state.size.table_height();
    Body::Events {
        rows: in_sight.filter_map(|row| feed.number(row)).collect(),
        place: feed.place(),
        shown: feed.len(),
        above: feed.offset(),
        total: state.snapshot.events.len(),
        filter: events.filter().clone(),
        asking: super::overview::is_asking(&state.snapshot.groups),
        condition: conditions(state, feed.is_empty()),
    }
}

/// What is said of groups that fail or are late: in full in an empty list.
fn conditions(state: &State, is_full: bool) -> Vec<StyledLine> {
    match is_full {
        true => condition::lines(state, usize::from(state.size.width)),
        false => condition::brief(state).into_iter().collect(),
    }
}

fn log(state: &State) -> Body {
    let feed = state.log.feed();
    let in_sight = feed.offset()..feed.offset() + state.size.table_height();
    Body::Log {
        rows: in_sight.filter_map(|row| feed.number(row)).collect(),
        place: feed.place(),
        above: feed.offset(),
        level: state.log.level(),
    }
}

fn shown_age(state: &State, group: &GroupView) -> Option<String> {
    if !group.overdue {
        return None;
    }
    group.observed_age(state.now).map(|age| age_step(age).0)
}

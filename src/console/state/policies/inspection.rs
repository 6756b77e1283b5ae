//! A policy that is looked into, part by part.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::demand_order::{Longer, Shown};
use super::{
    DemandSort, Explaining, Explanation, JudgedBatch, Judgement, OutcomeFilter, PolicyComparison,
    PolicyPicture, PolicySource, Progress, SharedPolicy, Tone, Where, Window,
};
use crate::console::command::Motion;
use crate::console::state::TextLine;

/// The parts of a policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// What it is and who vouches for it.
    #[default]
    Summary,
    /// What is wrong, dangerous or worth knowing.
    Findings,
    /// Paths and digests.
    Digests,
    /// Patterns of paths that are left out.
    Excludes,
    /// Keyrings, buffers and keys.
    Keyrings,
    /// What more is demanded for digests.
    Metadata,
    /// Its text.
    Raw,
    /// How it differs from another one.
    Diff,
}

impl Tab {
    /// All of them in their order.
    pub const ALL: [Self; 8] = [
        Self::Summary,
        Self::Findings,
        Self::Digests,
        Self::Excludes,
        Self::Keyrings,
        Self::Metadata,
        Self::Raw,
        Self::Diff,
    ];

    /// Its name.
    pub fn title(self) -> &'static str {
        match self {
            Self::Summary => "Summary",
            Self::Findings => "Findings",
            Self::Digests => "Digests",
            Self::Excludes => "Excludes",
            Self::Keyrings => "Keyrings",
            Self::Metadata => "Metadata",
            Self::Raw => "Raw",
            Self::Diff => "Diff",
        }
    }

    /// The part of a name, in either case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.title().eq_ignore_ascii_case(name))
    }

    /// The one after it, or before it.
    #[must_use]
    pub fn turned(self, is_right: bool) -> Self {
        let all = Self::ALL;
        let place = all.iter().position(|tab| *tab == self).unwrap_or(0);
        let by = if is_right { 1 } else { all.len() - 1 };
        all.into_iter().cycle().nth(place + by).unwrap_or(self)
    }

    /// Whether it is a text, which is scrolled; else a list, in which a row is
    /// selected.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Summary | Self::Findings | Self::Keyrings)
    }
}

/// A text that is looked for, and what holds it.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// What is written.
    pub line: TextLine,
    /// What holds it, by number; none: nothing is looked for.
    pub rows: Option<Arc<[u32]>>,
    pub(super) generation: Option<u64>,
    /// Whether it takes long.
    pub is_slow: bool,
}

impl Sought {
    fn length(&self, all: usize) -> usize {
        self.rows.as_ref().map_or(all, |rows| rows.len())
    }

    /// What stands in a row.
    pub fn number(&self, row: usize) -> Option<usize> {
        match &self.rows {
            None => Some(row),
            Some(rows) => rows.get(row).and_then(|number| usize::try_from(*number).ok()),
        }
    }
}

/// A path that patterns are tried on.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    /// What is written.
    pub line: TextLine,
    /// What is to be said of it.
    pub lines: Vec<(Tone, String)>,
    pub(super) generation: Option<u64>,
}

/// The comparison with another one.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The other one.
    pub other: PolicySource,
    pub(super) generation: Option<u64>,
    /// How far it is.
    pub progress: Option<Progress>,
    /// What came of it; none: it is being made.
    pub outcome: Option<Result<Arc<PolicyComparison>, String>>,
}

/// A policy that is looked into.
#[derive(Clone, Debug)]
pub struct Inspection {
    policy: SharedPolicy,
    pub(super) tab: Tab,
    /// Whether something that is looked for is being written.
    pub(super) is_writing: bool,
    pub(super) digests: (Sought, Window),
    pub(super) metadata: (Sought, Window),
    pub(super) excludes: (Looked, Window),
    pub(super) raw: Window,
    pub(super) diff: Window,
    pub(super) compared: Option<Compared>,
    pub(super) judgement: Option<Judgement>,
    pub(super) shown: Shown,
    /// What the paths are ordered by, and whether that is turned around.
    pub(super) path_sort: (DemandSort, bool),
    pub(super) explaining: Option<Explaining>,
    /// Digests that the operator marked, as the policy writes them.
    pub(super) marks: BTreeSet<String>,
}

impl Inspection {
    pub(super) fn new(policy: Arc<PolicyPicture>) -> Self {
        Self {
            policy: SharedPolicy(policy),
            tab: Tab::default(),
            is_writing: false,
            digests: Default::default(),
            metadata: Default::default(),
            excludes: Default::default(),
            raw: Window::default(),
            diff: Window::default(),
            compared: None,
            judgement: None,
            shown: Shown::default(),
            path_sort: Default::default(),
            explaining: None,
            marks: BTreeSet::new(),
        }
    }

    /// The policy.
    pub fn policy(&self) -> &SharedPolicy {
        &self.policy
    }

    /// All of it that may be large.
    pub fn held(&self) -> (SharedPolicy, Option<Arc<PolicyComparison>>) {
        (self.policy.clone(), self.comparison().cloned())
    }

    /// Where it is.
    pub fn source(&self) -> &PolicySource {
        &self.policy.0.source
    }

    /// The part in sight.
    pub fn tab(&self) -> Tab {
        self.tab
    }

    /// Whether something that is looked for is being written.
    pub fn is_writing(&self) -> bool {
        self.is_writing
    }

    /// What is looked for in the entries.
    pub fn digests(&self) -> &(Sought, Window) {
        &self.digests
    }

    /// What is looked for in the metadata.
    pub fn metadata(&self) -> &(Sought, Window) {
        &self.metadata
    }

    /// The path that the patterns are tried on.
    pub fn excludes(&self) -> &(Looked, Window) {
        &self.excludes
    }

    /// Where the operator is in the text.
    pub fn raw(&self) -> Window {
        self.raw
    }

    /// Where the operator is in the comparison.
    pub fn diff(&self) -> Window {
        self.diff
    }

    /// The comparison with another one.
    pub fn compared(&self) -> Option<&Compared> {
        self.compared.as_ref()
    }

    /// How they differ, where that is known.
    pub fn comparison(&self) -> Option<&Arc<PolicyComparison>> {
        self.compared.as_ref()?.outcome.as_ref()?.as_ref().ok()
    }

    /// The entry that is selected.
    pub fn selected_entry(&self) -> Option<usize> {
        let (sought, window) = &self.digests;
        (self.length(Tab::Digests) > 0).then(|| sought.number(window.place())).flatten()
    }

    /// The demand that is selected.
    pub fn selected_demand(&self) -> Option<usize> {
        (self.length(Tab::Metadata) > 0).then(|| self.demand_at(self.metadata.1.place())).flatten()
    }

    /// The demand that stands in a row.
    pub fn demand_at(&self, row: usize) -> Option<usize> {
        self.shown.number(row, self.longer()).and_then(|number| usize::try_from(number).ok())
    }

    /// The demands that are filtered and ordered.
    fn longer(&self) -> Longer<'_> {
        Longer { found: self.metadata.0.rows.as_deref(), all: self.policy.0.document.demands() }
    }

    /// What came of the demands; none: nothing judges them.
    pub fn judgement(&self) -> Option<&Judgement> {
        self.judgement.as_ref()
    }

    /// Which demands are shown by what came of them.
    pub fn outcome_filter(&self) -> OutcomeFilter {
        self.shown.filter
    }

    /// What the demands are ordered by, and whether that is turned around.
    pub fn demand_sort(&self) -> (DemandSort, bool) {
        (self.shown.sort, self.shown.is_reversed)
    }

    /// The digest that is explained.
    pub fn explaining(&self) -> Option<&Explaining> {
        self.explaining.as_ref()
    }

    /// Whether a text is in sight, which is scrolled; else a list, in which a
    /// row is selected.
    pub fn shows_text(&self) -> bool {
        self.tab.is_text() || self.tab == Tab::Metadata && self.explaining.is_some()
    }

    /// Digests that are marked, as the policy writes them.
    pub fn marks(&self) -> &BTreeSet<String> {
        &self.marks
    }

    /// Shows those of another outcome.
    pub(super) fn filter_by(&mut self, filter: OutcomeFilter) {
        self.shown.restart(filter, self.shown.sort, self.shown.is_reversed);
        self.metadata.1 = Window::default();
        self.follow_outcomes();
    }

    /// What the paths are ordered by, and whether that is turned around.
    pub fn path_sort(&self) -> (DemandSort, bool) {
        self.path_sort
    }

    /// Orders the demands otherwise; the selected one stays selected.
    pub(super) fn sort_demands(&mut self, sort: DemandSort, is_reversed: bool) {
        let selected = self.selected_demand();
        self.shown.restart(self.shown.filter, sort, is_reversed);
        self.follow_outcomes();
        self.select_demand(selected);
    }

    /// Goes to the row of a demand, where it is shown.
    pub(super) fn select_demand(&mut self, demand: Option<usize>) {
        let number = demand.and_then(|demand| u32::try_from(demand).ok());
        if let Some(row) = number.and_then(|number| self.shown.row(number, self.longer())) {
            self.metadata.1.go_to(row);
        }
    }

    /// Takes up what was judged since.
    fn follow_outcomes(&mut self) {
        let verdicts = self.judgement.as_ref().map_or(&[][..], Judgement::verdicts);
        let found = self.metadata.0.rows.as_deref();
        self.shown.follow(Longer { found, all: self.policy.0.document.demands() }, verdicts);
    }

    /// Rows of a part that is a list.
    pub fn length(&self, tab: Tab) -> usize {
        let document = &self.policy.0.document;
        match tab {
            Tab::Digests => self.digests.0.length(document.paths()),
            Tab::Metadata => self.shown.length(self.longer()),
            Tab::Excludes => self.policy.0.excludes.len(),
            Tab::Raw => document.text_rows(),
            // The summary, a gap, and every line.
            Tab::Diff => self.comparison().map_or(0, |one| one.summary.len() + 1 + one.differences.lines()),
            Tab::Summary | Tab::Findings | Tab::Keyrings => 0,
        }
    }

    fn window_mut(&mut self) -> Option<&mut Window> {
        match self.tab {
            Tab::Digests => Some(&mut self.digests.1),
            Tab::Metadata => Some(&mut self.metadata.1),
            Tab::Excludes => Some(&mut self.excludes.1),
            Tab::Raw => Some(&mut self.raw),
            Tab::Diff => Some(&mut self.diff),
            Tab::Summary | Tab::Findings | Tab::Keyrings => None,
        }
    }

    pub(super) fn go(&mut self, motion: Motion, height: usize) {
        let length = self.length(self.tab);
        if let Some(window) = self.window_mut() {
            window.go(motion, length, height);
        }
    }

    pub(super) fn scroll(&mut self, by: i64, height: usize) {
        let length = self.length(self.tab);
        if let Some(window) = self.window_mut() {
            window.scroll(by, length, height);
        }
    }

    /// Keeps the selected row in sight; tells whether anything changed.
    pub(super) fn settle(&mut self, height: usize) -> bool {
        let length = self.length(self.tab);
        self.window_mut().is_some_and(|window| window.settle(length, height))
    }

    /// The line that is being written, or would be: of this part.
    pub(super) fn line_mut(&mut self) -> Option<&mut TextLine> {
        match self.tab {
            Tab::Digests => Some(&mut self.digests.0.line),
            Tab::Metadata => Some(&mut self.metadata.0.line),
            Tab::Excludes => Some(&mut self.excludes.0.line),
            Tab::Summary | Tab::Findings | Tab::Keyrings | Tab::Raw | Tab::Diff => None,
        }
    }

    /// What is written in this part.
    pub fn line(&self) -> Option<&TextLine> {
        match self.tab {
            Tab::Digests => Some(&self.digests.0.line),
            Tab::Metadata => Some(&self.metadata.0.line),
            Tab::Excludes => Some(&self.excludes.0.line),
            Tab::Summary | Tab::Findings | Tab::Keyrings | Tab::Raw | Tab::Diff => None,
        }
    }

    /// Where this part looks for something.
    pub(super) fn place(&self) -> Option<Where> {
        match self.tab {
            Tab::Digests => Some(Where::Digests),
            Tab::Metadata => Some(Where::Metadata),
            _ => None,
        }
    }

    pub(super) fn sought_mut(&mut self, place: Where) -> &mut (Sought, Window) {
        match place {
            Where::Digests => &mut self.digests,
            Where::Metadata => &mut self.metadata,
        }
    }

    /// What is at work for it.
    pub(super) fn at_work(&self) -> impl Iterator<Item = u64> {
        let compared = self.compared.as_ref().and_then(|one| one.generation);
        let judged = self.judgement.as_ref().and_then(|one| one.generation);
        let explained = self.explaining.as_ref().and_then(|one| one.generation);
        let sought = [self.digests.0.generation, self.metadata.0.generation, self.excludes.0.generation];
        sought.into_iter().chain([compared, judged, explained]).flatten()
    }

    /// Whether somebody waits for it, and whether that looks otherwise now.
    pub(super) fn take_progress(&mut self, generation: u64, progress: Progress) -> Option<bool> {
        for (sought, _) in [&mut self.digests, &mut self.metadata] {
            if sought.generation == Some(generation) {
                return Some(!std::mem::replace(&mut sought.is_slow, true));
            }
        }
        if let Some(compared) = self.compared.as_mut().filter(|one| one.generation == Some(generation)) {
            return Some(compared.progress.replace(progress) != Some(progress));
        }
        if let Some(judgement) = self.judgement.as_mut().filter(|one| one.generation == Some(generation)) {
            return Some(std::mem::replace(&mut judgement.progress, progress) != progress);
        }
        let explaining = self.explaining.as_ref().and_then(|one| one.generation);
        [self.excludes.0.generation, explaining].contains(&Some(generation)).then_some(false)
    }

    pub(super) fn take_found(&mut self, generation: u64, rows: Arc<[u32]>) -> bool {
        let places = [&mut self.digests, &mut self.metadata];
        let awaited = places.into_iter().find(|(sought, _)| sought.generation == Some(generation));
        let Some((sought, window)) = awaited else { return false };
        sought.generation = None;
        sought.is_slow = false;
        sought.rows = Some(rows);
        *window = Window::default();
        self.refilter();
        true
    }

    /// What is filtered is another list now.
    pub(super) fn refilter(&mut self) {
        self.shown.restart(self.shown.filter, self.shown.sort, self.shown.is_reversed);
        self.follow_outcomes();
    }

    pub(super) fn take_explained(&mut self, generation: u64, lines: Vec<(Tone, String)>) -> bool {
        let looked = &mut self.excludes.0;
        let is_awaited = looked.generation == Some(generation);
        if is_awaited {
            looked.generation = None;
            looked.lines = lines;
        }
        is_awaited
    }

    pub(super) fn take_compared(
        &mut self,
        generation: u64,
        outcome: Result<Arc<PolicyComparison>, String>,
    ) -> bool {
        let compared = self.compared.as_mut().filter(|one| one.generation == Some(generation));
        let is_awaited = compared.is_some();
        if let Some(compared) = compared {
            compared.generation = None;
            compared.progress = None;
            compared.outcome = Some(outcome);
            self.diff = Window::default();
        }
        is_awaited
    }

    /// Takes what was judged since; none: nobody waits for it.
    pub(super) fn take_judged(
        &mut self,
        generation: u64,
        batch: JudgedBatch,
        progress: Progress,
        ended: Option<Result<(), String>>,
    ) -> bool {
        let selected = self.selected_demand();
        let Some(judgement) = self.judgement.as_mut().filter(|one| one.generation == Some(generation)) else {
            return false;
        };
        judgement.take(batch, progress);
        if let Some(ended) = ended {
            judgement.end(ended);
        }
        self.follow_outcomes();
        // What is judged moves rows; the operator stays at theirs.
        if self.shown.sort == DemandSort::Outcome {
            self.select_demand(selected);
        }
        true
    }

    pub(super) fn take_examined(
        &mut self,
        generation: u64,
        outcome: Result<Arc<Explanation>, String>,
    ) -> bool {
        let explaining = self.explaining.as_mut().filter(|one| one.generation == Some(generation));
        let is_awaited = explaining.is_some();
        if let Some(explaining) = explaining {
            explaining.generation = None;
            explaining.outcome = Some(outcome);
        }
        is_awaited
    }

    /// What was at work broke.
    pub(super) fn take_end(&mut self, generation: u64, words: &str) {
        self.take_found(generation, Arc::default());
        self.take_explained(generation, vec![(Tone::Bad, words.to_owned())]);
        self.take_compared(generation, Err(words.to_owned()));
        self.take_judged(
            generation,
            JudgedBatch::default(),
            Progress::default(),
            Some(Err(words.to_owned())),
        );
        self.take_examined(generation, Err(words.to_owned()));
    }
}

//! Identities: what an audit of all agents' registrations found.
//!
//! Nothing here asks anybody. The operator begins an audit, which leaves as an
//! [`IdentityWish`] with a generation and comes back as [`IdentityNews`]; its
//! findings stay with their age until the next one.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::policies::Window;
use super::{Overlay, PageId, State, TextLine};
use crate::console::command::Motion;
use crate::console::outside::Request;
use crate::tasks::identity::Progress;
use crate::text::RemoteText;
use crate::tpm::identity::Severity;

/// What is wished for. Each has a generation, and comes back under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityWish {
    /// Ask all registrars for all agents.
    Audit {
        /// Of the wish.
        generation: u64,
    },
    /// Go on waiting.
    Wait {
        /// Of the wish.
        generation: u64,
    },
    /// Nobody waits any more.
    Cancel {
        /// Of the wish.
        generation: u64,
    },
}

/// What comes back. Fit to be shown, all of it.
#[derive(Clone, Debug)]
pub enum IdentityNews {
    /// It goes on.
    Working {
        /// Of the wish.
        generation: u64,
        /// How far it is.
        progress: Progress,
    },
    /// It ended; or why it could not begin.
    Audited {
        /// Of the wish.
        generation: u64,
        /// What was found.
        audited: Result<Arc<IdentityPicture>, String>,
    },
}

/// One finding, or what many agents have in common. Fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRow {
    /// How much it weighs.
    pub severity: Severity,
    /// The agent; none: it concerns several.
    pub id: Option<RemoteText>,
    /// The agent's id, or how many agents there are.
    pub agent: String,
    /// The group; empty: several.
    pub group: String,
    /// The finding's short name.
    pub code: &'static str,
    /// What is the matter, and what it means.
    pub words: String,
    /// What to do.
    pub next_step: String,
}

/// What is to be known of an audit as a whole. Fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRemark {
    /// What it is.
    pub words: String,
    /// Whether the audit is less than it should be.
    pub is_trouble: bool,
}

/// What an audit found, fit to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentityPicture {
    /// The findings, the worst first.
    pub rows: Vec<IdentityRow>,
    /// Agents that were audited.
    pub agents: usize,
    /// Of them, those with an error; those with a warning at worst.
    pub with_findings: (usize, usize),
    /// Groups that were not audited, or not wholly, and why.
    pub faults: Vec<(String, String)>,
    /// When.
    pub taken_at: Timestamp,
    /// What else is to be known.
    pub remarks: Vec<IdentityRemark>,
    /// The worst that was found of each agent, over all groups.
    pub by_agent: HashMap<RemoteText, Option<Severity>>,
}

impl IdentityPicture {
    /// The worst that was found of an agent, if anything; none where it was not
    /// audited.
    pub fn of(&self, id: &RemoteText) -> Option<Option<Severity>> {
        self.by_agent.get(id).copied()
    }
}

/// The findings on the screen.
#[derive(Clone, Debug, Default)]
pub struct IdentityState {
    picture: Option<Arc<IdentityPicture>>,
    trouble: Option<String>,
    asking: Option<u64>,
    progress: Progress,
    line: TextLine,
    is_writing: bool,
    /// Places in the picture.
    shown: Vec<usize>,
    window: Window,
    last_generation: u64,
    revision: u64,
}

impl IdentityState {
    /// What the last audit found; none: there was none.
    pub fn picture(&self) -> Option<&IdentityPicture> {
        self.picture.as_deref()
    }

    /// Why the last one could not be done.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// How far the audit is that goes on; none: none does.
    pub fn progress(&self) -> Option<Progress> {
        self.asking.map(|_| self.progress)
    }

    /// How many findings are shown.
    pub fn length(&self) -> usize {
        self.shown.len()
    }

    /// The finding in a row.
    pub fn row(&self, row: usize) -> Option<&IdentityRow> {
        self.picture.as_ref()?.rows.get(*self.shown.get(row)?)
    }

    /// The selected one.
    pub fn selected(&self) -> Option<&IdentityRow> {
        self.row(self.window.place())
    }

    /// Selection and scrolling.
    pub fn window(&self) -> Window {
        self.window
    }

    /// What is looked for.
    pub fn line(&self) -> &TextLine {
        &self.line
    }

    /// Whether that is being written.
    pub fn is_writing(&self) -> bool {
        self.is_writing
    }

    /// Grows with everything that can be seen.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Shows what holds what is looked for.
    fn look(&mut self) {
        let sought = self.line.text().trim().to_lowercase();
        let Some(picture) = &self.picture else { return };
        let holds = |row: &IdentityRow| {
            sought.is_empty()
                || [row.agent.as_str(), &row.group, row.code, row.severity.word(), &row.words]
                    .iter()
                    .any(|text| text.to_lowercase().contains(&sought))
        };
        let rows = picture.rows.iter().enumerate();
        self.shown = rows.filter(|(_, row)| holds(row)).map(|(place, _)| place).collect();
        self.revision += 1;
    }
}

impl State {
    /// Shows what was found, over the page.
    pub(in crate::console) fn show_identities(&mut self) {
        self.overlay = Some(Overlay::Identities);
        self.identity.revision += 1;
    }

    /// Asks all registrars; an audit that goes on is ended.
    pub(in crate::console) fn audit_identities(&mut self) {
        self.show_identities();
        self.cancel_audit();
        let identity = &mut self.identity;
        identity.last_generation += 1;
        let generation = identity.last_generation;
        identity.asking = Some(generation);
        identity.progress = Progress::default();
        identity.trouble = None;
        self.requests.push(Request::Identity(IdentityWish::Audit { generation }));
    }

    /// Ends the audit that goes on.
    pub(in crate::console) fn cancel_audit(&mut self) {
        if let Some(generation) = self.identity.asking.take() {
            self.identity.revision += 1;
            self.requests.push(Request::Identity(IdentityWish::Cancel { generation }));
        }
    }

    /// Goes to the agent of the selected finding.
    pub(in crate::console) fn open_audited_agent(&mut self) {
        let id = self.identity.selected().and_then(|row| row.id.clone());
        if let Some(id) = id.filter(|id| self.has_agent(id)) {
            self.show(PageId::Agents);
            self.select_agent(&id);
            self.open_agent();
        }
    }

    /// Whether the selected finding is about an agent that some group has.
    pub(in crate::console) fn has_audited_agent(&self) -> bool {
        let id = self.identity.selected().and_then(|row| row.id.as_ref());
        self.shows_identities() && id.is_some_and(|id| self.has_agent(id))
    }

    /// Whether the findings are in sight.
    pub(in crate::console) fn shows_identities(&self) -> bool {
        matches!(self.overlay, Some(Overlay::Identities))
    }

    /// Takes in what came back. What nobody waits for is let go of.
    pub(in crate::console) fn take_identity_news(&mut self, news: IdentityNews) {
        let identity = &mut self.identity;
        match news {
            IdentityNews::Working { generation, progress } => {
                let is_awaited = identity.asking == Some(generation);
                if is_awaited && identity.progress != progress {
                    identity.progress = progress;
                    identity.revision += 1;
                }
                let wish = match is_awaited {
                    true => IdentityWish::Wait { generation },
                    false => IdentityWish::Cancel { generation },
                };
                self.requests.push(Request::Identity(wish));
            }
            IdentityNews::Audited { generation, audited } if identity.asking == Some(generation) => {
                identity.asking = None;
                identity.revision += 1;
                match audited {
                    Ok(picture) => {
                        self.agents.take_identities(Arc::clone(&picture));
                        identity.picture = Some(picture);
                        identity.trouble = None;
                        identity.look();
                    }
                    Err(words) => identity.trouble = Some(words),
                }
            }
            IdentityNews::Audited { .. } => {}
        }
    }

    /// Begins or ends writing what is looked for.
    pub(super) fn write_sought_identity(&mut self, is_writing: bool) {
        self.identity.is_writing = is_writing;
        self.identity.revision += 1;
    }

    /// Changes what is looked for; it is followed at once.
    pub(super) fn edit_sought_identity(&mut self, change: impl FnOnce(&mut TextLine)) {
        change(&mut self.identity.line);
        self.identity.look();
    }

    /// Moves among the findings, if they are on top.
    pub(super) fn go_in_identities(&mut self, motion: Motion) -> bool {
        let is_on_top = self.shows_identities();
        if is_on_top {
            let height = crate::console::page::identities::rows(self);
            let identity = &mut self.identity;
            identity.window.go(motion, identity.shown.len(), height);
            identity.revision += 1;
        }
        is_on_top
    }

    /// Keeps the selected finding in sight.
    pub(super) fn settle_identities(&mut self) {
        if self.shows_identities() {
            let height = crate::console::page::identities::rows(self);
            let identity = &mut self.identity;
            let has_changed = identity.window.settle(identity.shown.len(), height);
            identity.revision += u64::from(has_changed);
        } else {
            self.identity.is_writing = false;
        }
    }

    /// The selected finding as it is copied: what names it, and all of it.
    pub(super) fn meant_finding(&self) -> Option<(String, Value)> {
        let row = self.identity.selected().filter(|_| self.shows_identities())?;
        let value = json!({
            "agent": row.agent,
            "group": row.group,
            "severity": row.severity.word(),
            "code": row.code,
            "message": row.words,
            "next_step": row.next_step,
        });
        Some((row.agent.clone(), value))
    }
}

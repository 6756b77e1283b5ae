//! Audits of identities, beside the console.
//!
//! As with policies: the console waits for one only for a moment at a time, and
//! hears how far it is.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::Doing;
use crate::console::Message;
use crate::console::state::{IdentityNews, IdentityPicture, IdentityRemark, IdentityRow, IdentityWish};
use crate::tasks::identity::{
    AgentAudit, Audit, AuditOptions, AuditState, Auditing, Identities, VendorChoice,
};
use crate::text::count::some;
use crate::text::sanitise_to;
use crate::tpm::identity::{Finding, Severity};

/// How long the console waits before it hears how far an audit is.
const MOMENT: Duration = Duration::from_millis(250);

/// Characters of an id, and of a group's name, that are shown.
const SHOWN: usize = 128;

/// Where identities are audited.
#[derive(Clone, Default)]
pub(in crate::console) struct Auditor {
    /// Who asks the groups; none: nobody does.
    identities: Option<Identities>,
    /// Where identities are pinned; none: nowhere.
    pins: Option<PathBuf>,
    /// The folder of vendor roots; none: chains are not judged. The clones of one share it.
    vendor_roots: Rc<RefCell<Option<PathBuf>>>,
    /// The audit that goes on, by its generation.
    running: Rc<RefCell<Option<(u64, Auditing)>>>,
}

impl Auditor {
    /// One that works with these means.
    pub(in crate::console) fn new(
        identities: Option<Identities>,
        pins: Option<PathBuf>,
        vendor_roots: Option<PathBuf>,
    ) -> Self {
        Self { identities, pins, vendor_roots: Rc::new(RefCell::new(vendor_roots)), running: Rc::default() }
    }

    /// Judges chains by another folder from the next audit on; whether it is another.
    pub(super) fn take_vendor_roots(&self, folder: Option<PathBuf>) -> bool {
        self.vendor_roots.replace(folder.clone()) != folder
    }

    /// Begins with a wish, or goes on waiting for one.
    pub(super) fn begin(&self, wish: IdentityWish) -> Doing<'static> {
        match wish {
            IdentityWish::Cancel { generation } => {
                let mut running = self.running.borrow_mut();
                if running.as_ref().is_some_and(|(other, _)| *other == generation) {
                    // Dropping it ends it.
                    *running = None;
                }
                Box::pin(async { None })
            }
            IdentityWish::Audit { generation } => {
                let Some(identities) = &self.identities else {
                    let audited = Err("nobody asks the servers here".to_owned());
                    let news = IdentityNews::Audited { generation, audited };
                    return Box::pin(async { Some(Message::Identity(news)) });
                };
                let folder = self.vendor_roots.borrow().clone();
                let options = AuditOptions {
                    vendors: folder.map(|folder| VendorChoice { folder, is_demanded: false }),
                    pins: self.pins.clone(),
                    learn: true,
                    at: Timestamp::now(),
                    ..AuditOptions::default()
                };
                *self.running.borrow_mut() = Some((generation, identities.begin_audit(options)));
                Box::pin(wait(Rc::clone(&self.running), generation))
            }
            IdentityWish::Wait { generation } => Box::pin(wait(Rc::clone(&self.running), generation)),
        }
    }
}

/// Waits for a moment: what came of it, or how far it is.
async fn wait(running: Rc<RefCell<Option<(u64, Auditing)>>>, generation: u64) -> Option<Message> {
    let mut state = running
        .borrow()
        .as_ref()
        .filter(|(other, _)| *other == generation)
        .map(|(_, auditing)| auditing.state.clone())?;
    let ended = state.wait_for(|state| matches!(state, AuditState::Done(_)));
    // Time is up, or there is something new; only a task that broke says nothing any more.
    let is_broken = matches!(tokio::time::timeout(MOMENT, ended).await.map(|seen| seen.is_err()), Ok(true));
    let done = match is_broken {
        true => AuditState::Done(Err("an error of this program; the log says more".to_owned())),
        false => state.borrow().clone(),
    };
    let news = match done {
        AuditState::Asking(progress) => IdentityNews::Working { generation, progress },
        AuditState::Done(audited) => {
            let audited = match audited {
                // A large fleet's findings are many texts: not on the screen's thread.
                Ok(audit) => tokio::task::spawn_blocking(move || Arc::new(picture(&audit)))
                    .await
                    .map_err(|error| error.to_string()),
                Err(words) => Err(words),
            };
            running.borrow_mut().take_if(|(other, _)| *other == generation);
            IdentityNews::Audited { generation, audited }
        }
    };
    Some(Message::Identity(news))
}

/// What an audit found, as it is shown: the worst first, and what is only worth
/// knowing once for all agents that have it in common.
pub(in crate::console) fn picture(audit: &Audit) -> IdentityPicture {
    let mut rows = Vec::new();
    let mut notes: BTreeMap<&'static str, (&Finding, usize)> = BTreeMap::new();
    for agent in &audit.agents {
        rows.extend(agent.findings().map(|finding| row(agent, finding)));
        for note in agent.notes() {
            notes.entry(note.code).or_insert((note, 0)).1 += 1;
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.severity));
    rows.extend(notes.into_values().map(|(note, count)| IdentityRow {
        severity: note.severity,
        id: None,
        agent: some(count, "agent", "agents"),
        group: String::new(),
        code: note.code,
        words: note.words.to_string(),
        next_step: note.next_step.to_string(),
    }));
    let faults = audit.groups.iter().filter_map(|group| {
        let failure = group.failure.as_ref()?;
        let words = match group.listed {
            None => failure.clone(),
            Some(listed) => format!("{} of {listed} agents read: {failure}", group.read),
        };
        Some((sanitise_to(&group.group, SHOWN).into_string(), words))
    });
    let mut by_agent = HashMap::with_capacity(audit.agents.len());
    for agent in &audit.agents {
        let worst = by_agent.entry(agent.id.clone()).or_insert(None);
        // What is only worth knowing is nothing that was found.
        *worst = (*worst).max(agent.findings().map(|finding| finding.severity).max());
    }
    let with = |severity| by_agent.values().filter(|worst| **worst == Some(severity)).count();
    IdentityPicture {
        agents: by_agent.len(),
        with_findings: (with(Severity::Error), with(Severity::Warning)),
        by_agent,
        faults: faults.collect(),
        taken_at: audit.at,
        remarks: remarks(audit),
        rows,
    }
}

fn row(agent: &AgentAudit, finding: &Finding) -> IdentityRow {
    IdentityRow {
        severity: finding.severity,
        id: Some(agent.id.clone()),
        agent: agent.id.shown_to(SHOWN).into_string(),
        group: sanitise_to(&agent.group, SHOWN).into_string(),
        code: finding.code,
        words: finding.words.to_string(),
        next_step: finding.next_step.to_string(),
    }
}

fn remarks(audit: &Audit) -> Vec<IdentityRemark> {
    let remark = |words: String| IdentityRemark { words, is_trouble: false };
    let trouble = |words: String| IdentityRemark { words, is_trouble: true };
    let mut remarks = Vec::new();
    if let Some(pinning) = &audit.pinning {
        if let Some(why) = &pinning.not_saved {
            remarks.push(trouble(format!("what was seen could not be remembered: {why}")));
        } else if pinning.learned > 0 {
            remarks.push(remark(format!("{} pinned", some(pinning.learned, "new agent", "new agents"))));
        }
    }
    let gone = audit.pinning.as_ref().map_or(0, |pinning| pinning.gone.len());
    if gone > 0 {
        let gone = some(gone, "pinned agent is", "pinned agents are");
        remarks.push(remark(format!(
            "{gone} no longer at the registrar of their group: `limescope identity pins` lists and removes pins"
        )));
    }
    match &audit.vendors {
        None => remarks.push(remark(
            "no chain to a TPM maker was checked: vendor_roots in limescope.toml names a folder with their \
             certificates"
                .to_owned(),
        )),
        Some(vendors) => {
            let is_trouble = vendors.used.is_err();
            remarks.push(IdentityRemark { words: vendors.words(), is_trouble });
            remarks.extend(vendors.remarks.iter().cloned().map(remark));
        }
    }
    remarks
}

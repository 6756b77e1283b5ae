//! Checks of evidence, beside the console.
//!
//! As with audits: the console waits for one only for a moment at a time.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use super::Doing;
use crate::console::Message;
use crate::console::state::{EvidenceNews, EvidenceOf, EvidenceWish};
use crate::tasks::quotes::{CheckState, Checking, Quotes};

/// How long the console waits before it hears that a check goes on.
const MOMENT: Duration = Duration::from_millis(250);

/// The check that goes on: by its generation, one for each group.
type Running = Option<(u64, Vec<(String, Checking)>)>;

/// Where evidence is checked.
#[derive(Clone, Default)]
pub(in crate::console) struct Examiner {
    /// Who asks the groups; none: nobody does.
    quotes: Option<Quotes>,
    running: Rc<RefCell<Running>>,
}

impl Examiner {
    /// One that works with these means.
    pub(in crate::console) fn new(quotes: Option<Quotes>) -> Self {
        Self { quotes, running: Rc::default() }
    }

    /// Begins with a wish, or goes on waiting for one.
    pub(super) fn begin(&self, wish: EvidenceWish) -> Doing<'static> {
        match wish {
            EvidenceWish::Cancel { generation } => {
                // Dropping it ends it.
                self.running.borrow_mut().take_if(|(other, _)| *other == generation);
                Box::pin(async { None })
            }
            EvidenceWish::Check { generation, agent, groups, source } => {
                let Some(quotes) = &self.quotes else {
                    let fault =
                        |group| EvidenceOf { group, checked: Err("nobody asks the servers here".to_owned()) };
                    let groups = groups.into_iter().map(fault).collect();
                    let news = EvidenceNews::Checked { generation, groups };
                    return Box::pin(async { Some(Message::Evidence(news)) });
                };
                let begin = |group: String| (group.clone(), quotes.begin_check(group, agent.clone(), source));
                *self.running.borrow_mut() = Some((generation, groups.into_iter().map(begin).collect()));
                Box::pin(wait(Rc::clone(&self.running), generation))
            }
            EvidenceWish::Wait { generation } => Box::pin(wait(Rc::clone(&self.running), generation)),
        }
    }
}

/// Waits for a moment: what came of it, or that it goes on.
async fn wait(running: Rc<RefCell<Running>>, generation: u64) -> Option<Message> {
    let states: Vec<_> = {
        let running = running.borrow();
        let (_, checks) = running.as_ref().filter(|(other, _)| *other == generation)?;
        checks.iter().map(|(group, checking)| (group.clone(), checking.state.clone())).collect()
    };
    let all = async {
        let mut groups = Vec::with_capacity(states.len());
        for (group, mut state) in states {
            let checked = match state.wait_for(|state| matches!(state, CheckState::Done(_))).await {
                Ok(state) => match &*state {
                    CheckState::Done(done) => done.as_ref().clone().map_err(|error| error.to_string()),
                    CheckState::Asking => Err("it did not end".to_owned()),
                },
                // Only a task that broke says nothing any more.
                Err(_) => Err("an error of this program; the log says more".to_owned()),
            };
            groups.push(EvidenceOf { group, checked });
        }
        groups
    };
    let news = match tokio::time::timeout(MOMENT, all).await {
        Err(_elapsed) => EvidenceNews::Working { generation },
        Ok(groups) => {
            running.borrow_mut().take_if(|(other, _)| *other == generation);
            EvidenceNews::Checked { generation, groups: groups.into() }
        }
    };
    Some(Message::Evidence(news))
}

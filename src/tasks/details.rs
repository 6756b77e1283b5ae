//! Single questions to a registrar: whether an agent's TPM identity is proven.
//!
//! The registrar's list names agents that it has not activated, and only a
//! question per agent tells. Each is asked once, those that are not activated
//! again in later rounds, a few at a time.

use std::collections::HashMap;

use futures_util::StreamExt;
use futures_util::stream;

use super::asker::Asker;
use super::lists::Lists;
use crate::fleet::Input;
use crate::keylime::{Activation, Negotiated};
use crate::text::RemoteText;

/// Questions at the same time.
const AT_A_TIME: usize = 4;

/// First questions per round about agents that no verifier has: those that may be waiting.
const NEWCOMERS_PER_ROUND: usize = 200;

/// First questions per round about agents that are enrolled, and so were activated once.
const ENROLLED_PER_ROUND: usize = 20;

/// Repeated questions per round about agents that were not activated when asked last.
const AGAIN_PER_ROUND: usize = 20;

/// What is known of the agents of one registrar.
#[derive(Debug, Default)]
pub(super) struct Details {
    known: HashMap<RemoteText, Known>,
    rounds: u64,
}

/// What the registrar said of one agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Activated,
    /// Not activated, or not found, in this round.
    NotYet(u64),
}

impl Details {
    /// Asks the registrar at this address for some of the listed agents that
    /// are not known to be activated.
    pub(super) async fn round(&mut self, asker: &Asker, index: usize) {
        let Some(endpoint) = asker.targets().endpoint(index) else { return };
        let Lists { registered, enrolled } = asker.lists();
        self.known.retain(|id, _| registered.binary_search(id).is_ok());
        self.rounds += 1;
        let asked = self.next(&registered, &enrolled);
        let mut answers = stream::iter(asked)
            .map(|id| async move {
                let activation = asker.reader().activation(endpoint, Negotiated::Fallback, &id).await;
                (id, activation)
            })
            .buffer_unordered(AT_A_TIME);
        while let Some((id, activation)) = answers.next().await {
            let activated = match activation {
                Ok(activation) => activation == Activation::Activated,
                Err(failure) => {
                    tracing::info!(group = %asker.targets().name, "asking for registrations ended early: {failure}");
                    return;
                }
            };
            let known = if activated { Known::Activated } else { Known::NotYet(self.rounds) };
            self.known.insert(id.clone(), known);
            // One that is not found was deleted meanwhile; the next list tells.
            if !matches!(activation, Ok(Activation::NotFound)) {
                asker.tell(Input::Activation { id, activated }).await;
            }
        }
    }

    fn next(&self, registered: &[RemoteText], enrolled: &[RemoteText]) -> Vec<RemoteText> {
        let unasked = |is_enrolled: bool| {
            registered.iter().filter(move |id| {
                !self.known.contains_key(*id)
                    && enrolled.binary_search(id).is_ok() == is_enrolled
                    && is_plain(id.raw())
            })
        };
        let first = unasked(false).take(NEWCOMERS_PER_ROUND).chain(unasked(true).take(ENROLLED_PER_ROUND));
        let mut again: Vec<_> = self
            .known
            .iter()
            .filter_map(|(id, known)| match known {
                Known::NotYet(round) => Some((*round, id)),
                Known::Activated => None,
            })
            .collect();
        again.sort_unstable();
        let again = again.into_iter().take(AGAIN_PER_ROUND).map(|(_, id)| id);
        first.chain(again).cloned().collect()
    }
}

/// Ids that may stand in a path: Keylime takes no others, and a `..` or `?` in
/// one would ask for something else.
fn is_plain(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 256
        && id.chars().any(|character| character != '.')
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(count: usize) -> Vec<RemoteText> {
        (0..count).map(|number| RemoteText::from(format!("agent-{number:04}"))).collect()
    }

    #[test]
    fn an_agent_that_stays_inactive_does_not_keep_others_waiting() {
        let registered = ids(500);
        let mut details = Details::default();
        let mut asked = std::collections::BTreeSet::new();
        for round in 1..=3 {
            details.rounds = round;
            for id in details.next(&registered, &[]) {
                details.known.insert(id.clone(), Known::NotYet(round));
                asked.insert(id);
            }
        }
        assert_eq!(asked.len(), registered.len(), "each is asked once before many are asked again");
    }

    #[test]
    fn agents_that_stay_inactive_are_asked_again_in_turn_and_a_few_per_round() {
        let registered = ids(50);
        let mut details = Details::default();
        for id in &registered {
            details.known.insert(id.clone(), Known::NotYet(0));
        }
        let mut asked = std::collections::BTreeSet::new();
        for round in 1..=3 {
            let again = details.next(&registered, &[]);
            assert_eq!(again.len(), AGAIN_PER_ROUND);
            for id in again {
                details.known.insert(id.clone(), Known::NotYet(round));
                asked.insert(id);
            }
        }
        assert_eq!(asked.len(), registered.len());
    }
}

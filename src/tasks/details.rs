//! Single questions to a registrar: whether an agent's TPM identity is proven.
//!
//! The registrar's list names agents that it has not activated, and only a
//! question per agent tells. Whoever attested once was activated: the verifier
//! has the key that it checks the evidence with from the registrar, which hands
//! it out only after that. The others are asked about once, and those that are
//! not activated again, ever more rarely and a few at a time.

use std::collections::{HashMap, VecDeque};

use futures_util::StreamExt;
use futures_util::stream;

use super::asker::Asker;
use super::lists::Lists;
use crate::fleet::Input;
use crate::keylime::{Activation, AddressRole, Negotiated};
use crate::text::RemoteText;

/// Questions at the same time, where many are asked. A few go one after the
/// other, over the connection that is there.
const AT_A_TIME: usize = 4;

/// That many are few.
const FEW: usize = 20;

/// First questions per round.
const FIRST_PER_ROUND: usize = 200;

/// As long as the verifier did not say who is enrolled: most of them are.
const UNSURE_PER_ROUND: usize = 20;

/// Repeated questions per round about agents that were not activated when asked
/// last. They are most of what is done while nothing changes, and what the
/// verifier has new is asked about before all others.
const AGAIN_PER_ROUND: usize = 10;

/// Rounds from one question about the same agent to the next, at most: some ten
/// minutes with the default interval.
const LONGEST_WAIT: u64 = 64;

/// What is known of the agents of one registrar.
#[derive(Debug, Default)]
pub(super) struct Details {
    /// The lists that the rest speaks of.
    lists: Lists,
    /// Those to be asked about for the first time.
    unasked: VecDeque<RemoteText>,
    known: HashMap<RemoteText, Known>,
    rounds: u64,
}

/// What the registrar said of one agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Activated,
    /// Not activated, or not found.
    NotYet {
        /// The round in which to ask again.
        due: u64,
        /// After how many rounds that is.
        wait: u64,
    },
}

impl Details {
    /// Asks the registrar at this address for some of the listed agents that
    /// are not known to be activated.
    pub(super) async fn round(&mut self, asker: &Asker, index: usize) {
        let Some(endpoint) = asker.targets().endpoint(index) else { return };
        self.rounds += 1;
        self.take_in(asker.lists());
        let is_sure =
            self.lists.is_enrolment_known || asker.targets().of_role(AddressRole::Verifier).is_none();
        let asked = self.next(if is_sure { FIRST_PER_ROUND } else { UNSURE_PER_ROUND });
        let at_a_time = if asked.len() > FEW { AT_A_TIME } else { 1 };
        let mut answers = stream::iter(asked)
            .map(|id| async move {
                let activation = asker.reader().activation(endpoint, Negotiated::Fallback, &id).await;
                (id, activation)
            })
            .buffer_unordered(at_a_time);
        while let Some((id, activation)) = answers.next().await {
            let activated = match activation {
                Ok(activation) => activation == Activation::Activated,
                Err(failure) => {
                    tracing::info!(group = %asker.targets().name, "asking for registrations ended early: {failure}");
                    return;
                }
            };
            self.learn(&id, activated);
            // One that is not found was deleted meanwhile; the next list tells.
            if !matches!(activation, Ok(Activation::NotFound)) {
                asker.tell(Input::Activation { id, activated }).await;
            }
        }
    }

    /// Takes over the lists. Only one that changed costs anything.
    fn take_in(&mut self, lists: Lists) {
        if self.lists.is(&lists) {
            return;
        }
        let Lists { registered, enrolled, unproven, .. } = &lists;
        let has = |list: &[RemoteText], id: &RemoteText| list.binary_search(id).is_ok();
        self.known.retain(|id, known| {
            // What the verifier has new, or has proof of for the first time, is activated by now.
            let has_news = (has(enrolled, id) && !has(&self.lists.enrolled, id))
                || (has(&self.lists.unproven, id) && !has(unproven, id));
            if let (true, Known::NotYet { due, wait }) = (has_news, known) {
                // Before all that is due.
                (*due, *wait) = (0, 1);
            }
            has(registered, id)
        });
        let needs_none = |id: &RemoteText| has(enrolled, id) && !has(unproven, id);
        let is_unasked =
            |id: &&RemoteText| !self.known.contains_key(*id) && !needs_none(id) && is_plain(id.raw());
        self.unasked = registered.iter().filter(is_unasked).cloned().collect();
        self.lists = lists;
    }

    fn next(&mut self, first: usize) -> Vec<RemoteText> {
        // They go only once they are answered: a round may end early.
        while self.unasked.front().is_some_and(|id| self.known.contains_key(id)) {
            self.unasked.pop_front();
        }
        let first = self.unasked.iter().filter(|id| !self.known.contains_key(*id)).take(first);
        let mut again: Vec<_> = self
            .known
            .iter()
            .filter_map(|(id, known)| match known {
                Known::NotYet { due, .. } if *due <= self.rounds => Some((*due, id)),
                Known::NotYet { .. } | Known::Activated => None,
            })
            .collect();
        again.sort_unstable();
        let again = again.into_iter().take(AGAIN_PER_ROUND).map(|(_, id)| id);
        first.chain(again).cloned().collect()
    }

    fn learn(&mut self, id: &RemoteText, activated: bool) {
        let known = match self.known.get(id) {
            _ if activated => Known::Activated,
            Some(Known::NotYet { wait, .. }) => {
                let wait = (wait * 2).min(LONGEST_WAIT);
                Known::NotYet { due: self.rounds + wait, wait }
            }
            _ => Known::NotYet { due: self.rounds + 1, wait: 1 },
        };
        self.known.insert(id.clone(), known);
    }
}

/// Ids that may stand in a path: Keylime takes no others, and a `..` or `?` in
/// one would ask for something else.
pub(super) fn is_plain(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 256
        && id.chars().any(|character| character != '.')
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn ids(count: usize) -> Vec<RemoteText> {
        (0..count).map(|number| RemoteText::from(format!("agent-{number:04}"))).collect()
    }

    fn lists(registered: &[RemoteText], enrolled: &[RemoteText], unproven: &[RemoteText]) -> Lists {
        let [registered, enrolled, unproven] = [registered, enrolled, unproven].map(Into::into);
        Lists { registered, enrolled, unproven, is_enrolment_known: true }
    }

    /// One round in which none is activated.
    fn in_vain(details: &mut Details) -> Vec<RemoteText> {
        details.rounds += 1;
        let asked = details.next(FIRST_PER_ROUND);
        for id in &asked {
            details.learn(id, false);
        }
        asked
    }

    #[test]
    fn an_agent_that_stays_inactive_does_not_keep_others_waiting() {
        let registered = ids(500);
        let mut details = Details::default();
        details.take_in(lists(&registered, &[], &[]));
        let asked: BTreeSet<_> = (1..=3).flat_map(|_| in_vain(&mut details)).collect();
        assert_eq!(asked.len(), registered.len(), "each is asked once before many are asked again");
    }

    #[test]
    fn agents_that_stay_inactive_are_asked_again_in_turn_and_a_few_per_round() {
        let registered = ids(3 * AGAIN_PER_ROUND);
        let mut details = Details::default();
        details.take_in(lists(&registered, &[], &[]));
        assert_eq!(in_vain(&mut details).len(), registered.len());
        let rounds: Vec<_> = (1..=3).map(|_| in_vain(&mut details)).collect();
        assert!(rounds.iter().all(|round| round.len() <= AGAIN_PER_ROUND), "{rounds:?}");
        assert_eq!(rounds.concat().into_iter().collect::<BTreeSet<_>>().len(), registered.len());
        // What is new at the verifier waits for none of them.
        let last = &registered[registered.len() - 1..];
        details.take_in(lists(&registered, last, last));
        assert!(in_vain(&mut details).contains(&last[0]));
    }

    #[test]
    fn who_stays_inactive_is_asked_ever_more_rarely_and_never_forgotten() {
        let mut details = Details::default();
        details.take_in(lists(&ids(1), &[], &[]));
        let rounds = |details: &mut Details, count: u64| -> Vec<u64> {
            (0..count).filter_map(|_| (!in_vain(details).is_empty()).then_some(details.rounds)).collect()
        };
        let asked = rounds(&mut details, 64 + 3 * LONGEST_WAIT);
        assert_eq!(asked, [1, 2, 4, 8, 16, 32, 64, 128, 192, 256]);
    }

    #[test]
    fn who_attested_needs_no_question() {
        let registered = ids(100);
        let (enrolled, unproven) = (&registered[..90], &registered[..3]);
        let mut details = Details::default();
        details.take_in(lists(&registered, enrolled, unproven));
        let asked = in_vain(&mut details);
        assert_eq!(asked, [unproven, &registered[90..]].concat());
    }

    #[test]
    fn what_the_verifier_has_new_is_asked_about_at_once() {
        let registered = ids(2);
        let mut details = Details::default();
        details.take_in(lists(&registered, &[], &[]));
        for _ in 0..10 {
            in_vain(&mut details);
        }
        // Asked in rounds 1, 2, 4 and 8; next in 16.
        assert!(in_vain(&mut details).is_empty());
        details.take_in(lists(&registered, &registered[..1], &registered[..1]));
        assert_eq!(in_vain(&mut details), registered[..1]);
        assert!(in_vain(&mut details).is_empty());
        assert_eq!(in_vain(&mut details), registered[..1]);
        // Next in round 18.
        details.take_in(lists(&registered, &registered[..1], &[]));
        assert_eq!(in_vain(&mut details), registered[..1], "its first success is news as well");
        details.learn(&registered[0], true);
        assert_eq!(in_vain(&mut details), registered[1..], "in round 16");
        details.take_in(lists(&registered, &registered, &[]));
        assert_eq!(in_vain(&mut details), registered[1..]);
    }
}

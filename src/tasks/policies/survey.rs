//! All policies of all groups: first their names, then what each text is.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::join_all;

use super::Policies;
use super::desk::Desk;
use super::fetch::{Brought, Progress, Wish};
use super::question::{Question, Reply};
use crate::fleet::policies::{GroupPolicies, Looked};
use crate::keylime::policies::{PolicyKind, askable};
use crate::keylime::{AddressState, Failure};
use crate::text::RemoteText;

/// Policies with names of their own that are read per group and kind.
const MAX_NAMED: usize = 2_000;

/// Policies under agents' ids that are read per group and kind: nearly all of a
/// large fleet's are empty, and each costs a question.
const MAX_OF_AGENTS: usize = 256;

/// Bytes that are read per group, so that looking at a list never becomes a
/// transfer of hours.
const MAX_BYTES: u64 = 512 * 1024 * 1024;

/// How far a survey is.
#[derive(Clone, Debug, Default)]
pub(super) struct Survey {
    pub groups: Vec<GroupPolicies>,
    /// Policies whose texts are to be read, as far as is known.
    pub wanted: usize,
    /// Those that were read, or could not be.
    pub done: usize,
    /// The one that is being read in each group, and how far it is.
    pub reading: Vec<Option<(PolicyKind, RemoteText, Progress)>>,
}

/// Where the groups' parts of a survey come together.
pub(super) struct Board<'a> {
    survey: Mutex<Survey>,
    told: &'a (dyn Fn(&Survey) + Send + Sync),
}

impl<'a> Board<'a> {
    fn new(desks: &[Arc<Desk>], told: &'a (dyn Fn(&Survey) + Send + Sync)) -> Self {
        let group = |desk: &Arc<Desk>| GroupPolicies { group: desk.name.clone(), ..GroupPolicies::default() };
        let groups = desks.iter().map(group).collect();
        let survey = Survey { groups, wanted: 0, done: 0, reading: vec![None; desks.len()] };
        Self { survey: Mutex::new(survey), told }
    }

    fn change(&self, change: impl FnOnce(&mut Survey)) {
        let mut survey = self.survey.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut survey);
        (self.told)(&survey);
    }
}

impl Policies {
    /// Lists the policies of all groups at the same time, and reads them to tell
    /// which are the same. Everything that fails is in the result, in words.
    pub async fn survey(&self) -> Vec<GroupPolicies> {
        self.survey_told(&|_| {}).await.groups
    }

    pub(super) async fn survey_told(&self, told: &(dyn Fn(&Survey) + Send + Sync)) -> Survey {
        let desks = self.desks();
        let board = Board::new(&desks, told);
        join_all(desks.iter().enumerate().map(|(index, desk)| self.survey_group(index, desk, &board))).await;
        board.survey.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    async fn survey_group(&self, index: usize, desk: &Arc<Desk>, board: &Board<'_>) {
        let mut group = list(desk).await;
        let plan = plan(&mut group);
        board.change(|survey| {
            survey.wanted += plan.len();
            if let Some(place) = survey.groups.get_mut(index) {
                *place = group;
            }
        });
        let mut left = MAX_BYTES;
        let mut silent: Option<String> = None;
        for (list, position, kind, name) in plan {
            let looked = match &silent {
                Some(words) => Looked::Not(words.clone()),
                None => {
                    let progress = |progress| {
                        board.change(|survey| {
                            if let Some(place) = survey.reading.get_mut(index) {
                                *place = Some((kind, name.clone(), progress));
                            }
                        });
                    };
                    let wish = Wish { text: false, most: left };
                    let (looked, cost) =
                        of(self.bring(desk, kind, &name, wish, &progress).await, &mut silent);
                    left = left.saturating_sub(cost);
                    looked
                }
            };
            board.change(|survey| {
                survey.done += 1;
                if let Some(place) = survey.reading.get_mut(index) {
                    *place = None;
                }
                let lists = survey.groups.get_mut(index).and_then(|group| group.lists.get_mut(list));
                if let Some((_, Ok(list))) = lists
                    && let Some((_, place)) = list.get_mut(position)
                {
                    *place = looked;
                }
            });
        }
    }
}

/// What a reading means for the list, and what it cost; a server that does not
/// answer at all is not asked for the rest.
fn of(brought: Result<Brought, Failure>, silent: &mut Option<String>) -> (Looked, u64) {
    match brought {
        Ok(Brought::Read { facts, cost, .. }) => (Looked::Read(facts), cost),
        Ok(Brought::NotThere) => (Looked::Gone, 0),
        Ok(Brought::TooLarge(bytes)) => {
            let size =
                bytes.map_or_else(|| "of unknown size".to_owned(), |bytes| format!("of {bytes} bytes"));
            let words = format!("its answer {size} is too large to be read with a list: open it by itself");
            (Looked::Not(words), 0)
        }
        Err(failure) => {
            if is_silent(&failure) {
                *silent = Some(failure.words.clone());
            }
            (Looked::Not(failure.words), 0)
        }
    }
}

/// Whether the next question would end the same way.
fn is_silent(failure: &Failure) -> bool {
    !matches!(failure.state, AddressState::Up | AddressState::Error)
}

/// The names of one group's policies, and the ids of its agents.
async fn list(desk: &Desk) -> GroupPolicies {
    let texts = async |question| match desk.ask(&question).await? {
        Reply::Texts(fetched) => Ok(fetched.content.unwrap_or_default()),
        Reply::Policy(_) => Err(Failure::stay(AddressState::Error, "another question was answered")),
    };
    let mut group = GroupPolicies { group: desk.name.clone(), ..GroupPolicies::default() };
    let mut silent = None;
    for kind in PolicyKind::ALL {
        let names = match &silent {
            // Who does not answer at all is not asked twice.
            Some(failure) => Err(Failure::clone(failure)),
            None => texts(Question::Names(kind)).await,
        };
        if let Err(failure) = &names
            && is_silent(failure)
        {
            silent = Some(failure.clone());
        }
        let unread = |name| (name, Looked::Not("not read yet".to_owned()));
        let list = names.map(|names| names.into_iter().map(unread).collect());
        group.lists.push((kind, list.map_err(|failure| failure.words)));
    }
    if group.lists.iter().any(|(_, list)| list.is_ok()) {
        // Without them a policy of an agent is one like any other.
        group.agents = texts(Question::Agents).await.unwrap_or_default();
    }
    group
}

/// What is to be read: places in the lists, with kind and name, those with names
/// of their own first. What is not gets words that say so.
fn plan(group: &mut GroupPolicies) -> Vec<(usize, usize, PolicyKind, RemoteText)> {
    let (mut named, mut of_agents) = (Vec::new(), Vec::new());
    for (place, (kind, list)) in group.lists.iter_mut().enumerate() {
        let Ok(list) = list else { continue };
        let (mut own, mut theirs) = (0, 0);
        for (position, (name, looked)) in list.iter_mut().enumerate() {
            if let Err(why) = askable(name.raw()) {
                *looked = Looked::Not(why.to_string());
                continue;
            }
            let (plan, count, most) = match group.agents.binary_search(name) {
                Ok(_) => (&mut of_agents, &mut theirs, MAX_OF_AGENTS),
                Err(_) => (&mut named, &mut own, MAX_NAMED),
            };
            *count += 1;
            if *count > most {
                *looked = Looked::Not(format!("not read: only {most} such policies are; open it by itself"));
            } else {
                plan.push((place, position, *kind, name.clone()));
            }
        }
    }
    named.append(&mut of_agents);
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_ones_are_read_first_and_never_too_many() {
        let id = |number: usize| RemoteText::from(format!("agent-{number:04}"));
        let agents: Vec<_> = (0..1000).map(id).collect();
        let names = agents.iter().cloned().chain(["a b".into(), "web".into()]);
        let unread = |name| (name, Looked::Not("not read yet".to_owned()));
        let mut group = GroupPolicies {
            group: "a".to_owned(),
            agents: agents.clone(),
            lists: vec![
                (PolicyKind::Runtime, Ok(names.map(unread).collect())),
                (PolicyKind::MeasuredBoot, Err("too old".to_owned())),
            ],
        };
        let plan = plan(&mut group);
        assert_eq!(plan.len(), MAX_OF_AGENTS + 1);
        assert_eq!(plan[0], (0, 1001, PolicyKind::Runtime, "web".into()));
        let list = group.lists[0].1.as_ref().unwrap();
        let words = |position: usize| match &list[position].1 {
            Looked::Not(words) => words.clone(),
            other => panic!("{other:?}"),
        };
        assert!(words(1000).contains("cannot be asked for"), "{}", words(1000));
        assert!(words(999).contains("open it by itself"), "{}", words(999));
    }
}

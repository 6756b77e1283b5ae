//! A look at the row's address, while the text is being written.
//!
//! It is begun by the operator only, and belongs to the address as it was then:
//! where that changes, the look ends and its answer is forgotten.

use super::EditorState;
use super::form::Row;
use super::open::Editor;
use crate::console::command::Reason;
use crate::console::outside::Request;
use crate::console::state::State;
use crate::fleet::{LookAlike, Snapshot, look_alikes};
use crate::keylime::AddressRole;
use crate::servers::document::{Alike, Block, List, Mode};
use crate::servers::edit::EntryPlace;
use crate::servers::{
    Endpoint, Host, Role, registrar_admin_face, registrar_agent_face, registrar_operator_face,
    verifier_endpoint,
};
use crate::tasks::{Looked, Question};

/// A look at the address of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// Which look it is: a later one has a higher number.
    pub(super) number: u64,
    place: EntryPlace,
    targets: Vec<(AddressRole, Endpoint)>,
    /// What it brought; none: it goes on.
    pub looked: Option<Looked>,
}

impl Probe {
    /// The addresses that are looked at, each with its role.
    pub fn targets(&self) -> &[(AddressRole, Endpoint)] {
        &self.targets
    }
}

impl Editor {
    /// The look at the selected row's address.
    pub fn probe(&self) -> Option<&Probe> {
        let row = self.row()?;
        self.probe.as_ref().filter(|probe| row == Row::Entry(probe.place))
    }

    /// What a look at the address of this place contacts: an agent's file is
    /// looked at with an agent's eyes, the console's own with an operator's.
    fn targets(&self, place: EntryPlace) -> Vec<(AddressRole, Endpoint)> {
        let Some(block) = self.form.document.blocks.get(place.block) else { return Vec::new() };
        let address = |list: &List| list.entries.get(place.entry).and_then(|entry| entry.address.clone());
        let mut targets = Vec::new();
        match place.role {
            Role::Verifier => {
                let endpoint = address(&block.verifiers).map(|address| verifier_endpoint(&address));
                targets.extend(endpoint.map(|endpoint| (AddressRole::Verifier, endpoint)));
            }
            Role::Registrar => {
                let Some(written) = address(&block.registrars) else { return targets };
                let agents = registrar_agent_face(&written);
                if self.mode == Mode::Console {
                    let operators = match operators_face(block, place.entry) {
                        OperatorsFace::Given(face) => Some(face),
                        OperatorsFace::Derived => Some(registrar_operator_face(&written)),
                        OperatorsFace::Elsewhere => None,
                    };
                    let is_both = operators.as_ref() == Some(&agents);
                    targets.extend(operators.map(|face| (AddressRole::Registrar, face)));
                    if is_both {
                        return targets;
                    }
                }
                targets.push((AddressRole::RegistrarAgentFace, agents));
            }
        }
        targets
    }

    /// Every other name of the text: two of them may be one machine.
    fn names(&self) -> Vec<String> {
        let blocks = &self.form.document.blocks;
        let lists = blocks.iter().flat_map(|block| [&block.registrars, &block.verifiers]);
        let hosts = lists.flat_map(List::addresses).filter_map(|(_, address)| match &address.host {
            Host::Name(name) => Some(name.clone()),
            Host::V4(_) | Host::V6(_) => None,
        });
        let mut names: Vec<_> = hosts.collect();
        names.sort();
        names.dedup();
        names
    }

    /// Forgets a look whose address does not stand there any more.
    pub(super) fn forget_other_probe(&mut self) {
        if self.probe.as_ref().is_some_and(|probe| self.targets(probe.place) != probe.targets) {
            self.probe = None;
        }
    }

    fn ask(&mut self, number: u64) -> Result<Question, Reason> {
        let Some(Row::Entry(place)) = self.row() else {
            return Err(Reason::new("this row has no address to look at"));
        };
        let targets = self.targets(place);
        if targets.is_empty() {
            return Err(Reason::new("this is no address yet"));
        }
        let question = Question {
            targets: targets.clone(),
            names: self.names(),
            text: self.text.clone(),
            path: self.named().to_owned(),
            block: (self.mode == Mode::Console).then_some(place.block),
        };
        self.probe = Some(Probe { number, place, targets, looked: None });
        Ok(question)
    }
}

/// Where operators find a registrar.
enum OperatorsFace {
    /// `registrar_admin` says it, entry by entry.
    Given(Endpoint),
    /// Nothing else is said.
    Derived,
    /// `registrar_admin` says it, but not for which entry.
    Elsewhere,
}

fn operators_face(block: &Block, entry: usize) -> OperatorsFace {
    let (admin, registrars) = (&block.registrar_admin.entries, &block.registrars.entries);
    if admin.is_empty() {
        return OperatorsFace::Derived;
    }
    let given = admin.get(entry).filter(|_| admin.len() == registrars.len());
    match given.and_then(|given| given.address.as_ref()) {
        Some(address) => OperatorsFace::Given(registrar_admin_face(address)),
        None => OperatorsFace::Elsewhere,
    }
}

impl EditorState {
    /// The number of the look that is wanted still.
    fn wanted(&self) -> Option<u64> {
        let probe = self.editor.as_ref()?.probe.as_ref()?;
        probe.looked.is_none().then_some(probe.number)
    }
}

impl State {
    /// Begins to look at the address of the row.
    pub(in crate::console) fn probe_address(&mut self) {
        let number = self.editor.looks + 1;
        match self.editor.with(|editor| editor.ask(number)) {
            None => {}
            Some(Ok(question)) => {
                self.editor.looks = number;
                self.editor.looking = Some(number);
                self.requests.push(Request::Probe { number, question });
            }
            Some(Err(reason)) => {
                self.notice = Some(crate::console::state::Notice::problem(reason.to_string()));
            }
        }
    }

    /// Takes what a look brought; none: it was ended.
    pub(in crate::console) fn take_probed(&mut self, number: u64, looked: Option<Looked>) {
        if self.editor.looking == Some(number) {
            self.editor.looking = None;
        }
        if self.editor.wanted() != Some(number) {
            return;
        }
        self.editor.with(|editor| match looked {
            Some(looked) => {
                editor.learned.resolved.extend(looked.resolved.clone());
                editor.probe.iter_mut().for_each(|probe| probe.looked = Some(looked.clone()));
                editor.read_again();
            }
            None => editor.probe = None,
        });
    }

    /// Ends a look that nobody waits for any more: its address was changed, the
    /// file was left, or the console ends.
    pub(in crate::console) fn end_unwanted_probe(&mut self) {
        let is_unwanted = self.editor.wanted() != self.editor.looking || self.outcome.is_some();
        if self.editor.looking.is_some() && is_unwanted {
            self.editor.looking = None;
            self.requests.push(Request::EndProbe);
        }
    }
}

impl State {
    /// Compares the blocks by the newest picture of the fleet, once for each.
    pub(in crate::console::state) fn compare_backends(&mut self) {
        let generation = self.snapshot.generation;
        if self.editor.compared == Some(generation) || self.editor.editor.is_none() {
            return;
        }
        self.editor.compared = Some(generation);
        let alike =
            look_alikes(&self.snapshot).into_iter().filter_map(|found| in_words(&self.snapshot, &found));
        let alike: Vec<_> = alike.collect();
        if self.editor.editor.as_ref().is_some_and(|editor| editor.learned.alike != alike) {
            self.editor.with(|editor| {
                editor.learned.alike = alike;
                editor.read_again();
            });
        }
    }
}

fn in_words(picture: &Snapshot, found: &LookAlike) -> Option<Alike> {
    let verifiers = |place: usize| {
        let addresses = picture.groups.get(place)?.addresses.iter();
        let verifiers = addresses.filter(|address| address.role == AddressRole::Verifier);
        Some(verifiers.map(|address| address.address.to_string()).collect())
    };
    let agents = match found.agents {
        1 => "the same agent".to_owned(),
        several => format!("the same {several} agents"),
    };
    Some(Alike {
        verifiers: [verifiers(found.one)?, verifiers(found.other)?],
        words: format!("{agents}, under the same verifier ids, with the same numbers of attestation"),
    })
}

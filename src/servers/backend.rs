//! The usable blocks of a document, as somebody who connects sees them.

use std::collections::BTreeSet;

use super::address::{Address, Endpoint};
use super::document::{Block, Document, List, Mode};
use super::faces::{registrar_admin_face, registrar_agent_face, registrar_operator_face, verifier_endpoint};

/// One usable block: what shares a backend. The lists are without repeats, so
/// that a choice among them is even.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backend {
    /// The block's position in the text, from 1.
    pub index: usize,
    /// Where to register; never empty.
    pub registrars: Vec<Endpoint>,
    /// Where evidence goes: empty in pull mode, where nobody asks, and never
    /// empty otherwise.
    pub verifiers: Vec<Endpoint>,
}

/// The usable blocks in one mode, in the order of the text.
pub fn backends(document: &Document, mode: Mode) -> Vec<Backend> {
    document
        .blocks
        .iter()
        .filter(|block| block.usable(mode))
        .map(|block| Backend {
            index: block.index,
            registrars: registrars(block, mode),
            verifiers: match mode {
                Mode::Pull => Vec::new(),
                Mode::Push | Mode::Console => distinct(&block.verifiers, verifier_endpoint),
            },
        })
        .collect()
}

fn registrars(block: &Block, mode: Mode) -> Vec<Endpoint> {
    if mode != Mode::Console {
        return distinct(&block.registrars, registrar_agent_face);
    }
    let admin = distinct(&block.registrar_admin, registrar_admin_face);
    if admin.is_empty() { distinct(&block.registrars, registrar_operator_face) } else { admin }
}

fn distinct(list: &List, face: impl Fn(&Address) -> Endpoint) -> Vec<Endpoint> {
    let mut seen = BTreeSet::new();
    list.addresses()
        .map(|(_, address)| face(address))
        .filter(|endpoint| seen.insert(endpoint.canonical()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::servers::document::read;

    #[test]
    fn repeats_and_unusable_blocks_do_not_count() {
        let text = "[[servers]]\nregistrars = [\"r\", \"R:8890\", \"https://r\"]\nverifiers = [\"v\", \"v:8881\"]\n\
                    [[servers]]\nregistrars = [\"s\"]\n";
        let document = read(text, &[Mode::Pull, Mode::Push]);
        let lengths = |mode| -> Vec<_> {
            backends(&document, mode)
                .iter()
                .map(|backend| (backend.index, backend.registrars.len(), backend.verifiers.len()))
                .collect()
        };
        assert_eq!(lengths(Mode::Push), [(1, 2, 1)]);
        assert_eq!(lengths(Mode::Pull), [(1, 2, 0), (2, 1, 0)]);
    }
}

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

/// Questions per round about agents that no verifier has: those that may be waiting.
const NEWCOMERS_PER_ROUND: usize = 200;

/// Questions per round about agents that are enrolled, and so were activated once.
const ENROLLED_PER_ROUND: usize = 20;

/// What is known of the agents of one registrar.
#[derive(Debug, Default)]
pub(super) struct Details {
    known: HashMap<RemoteText, bool>,
}

impl Details {
    /// Asks for some of the listed agents that are not known to be activated.
    pub(super) async fn round(&mut self, asker: &Asker) {
        let Some((index, reader)) = asker.registrar() else { return };
        let Some(endpoint) = asker.targets().endpoint(index) else { return };
        let Lists { registered, enrolled } = asker.lists();
        self.known.retain(|id, _| registered.binary_search(id).is_ok());
        let asked = self.next(&registered, &enrolled);
        let mut answers = stream::iter(asked)
            .map(|id| async move {
                let activation = reader.activation(endpoint, Negotiated::Fallback, &id).await;
                (id, activation)
            })
            .buffer_unordered(AT_A_TIME);
        while let Some((id, activation)) = answers.next().await {
            let activated = match activation {
                Ok(Activation::Activated) => true,
                Ok(Activation::NotActivated) => false,
                Ok(Activation::NotFound) => continue,
                Err(failure) => {
                    tracing::info!(group = %asker.targets().name, "asking for registrations ended early: {failure}");
                    return;
                }
            };
            self.known.insert(id.clone(), activated);
            asker.tell(Input::Activation { id, activated }).await;
        }
    }
}

impl Details {
    fn next(&self, registered: &[RemoteText], enrolled: &[RemoteText]) -> Vec<RemoteText> {
        let of = |state: Option<bool>, is_enrolled: bool| {
            registered.iter().filter(move |id| {
                self.known.get(*id).copied() == state
                    && enrolled.binary_search(id).is_ok() == is_enrolled
                    && is_plain(id.raw())
            })
        };
        let newcomers = of(None, false).chain(of(Some(false), false)).take(NEWCOMERS_PER_ROUND);
        let others = of(None, true).chain(of(Some(false), true)).take(ENROLLED_PER_ROUND);
        newcomers.chain(others).cloned().collect()
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

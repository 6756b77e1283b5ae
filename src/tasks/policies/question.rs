//! What a verifier is asked about policies.

use crate::keylime::policies::{PolicyAnswer, PolicyKind};
use crate::keylime::{EntityTag, Failure, Fetched, Negotiated, Reader};
use crate::servers::Endpoint;
use crate::text::RemoteText;

/// One question.
#[derive(Clone, Debug)]
pub(in super::super) enum Question {
    /// The ids of the enrolled agents: a policy under one of them is that agent's.
    Agents,
    /// The names of all policies of a kind.
    Names(PolicyKind),
    /// One policy, unless it is what it was when the tag was given.
    Policy(PolicyKind, RemoteText, Option<EntityTag>),
}

/// Its answer.
#[derive(Debug)]
pub(in super::super) enum Reply {
    /// Ids or names, in order.
    Texts(Fetched<Vec<RemoteText>>),
    /// The head of an answer with a policy.
    Policy(PolicyAnswer),
}

impl Question {
    /// Asks one verifier.
    pub(in super::super) async fn ask(
        &self,
        reader: &Reader,
        verifier: &Endpoint,
        version: Negotiated,
    ) -> Result<Reply, Failure> {
        match self {
            // Verifier and registrar answer this path in the same form.
            Self::Agents => reader.registered(verifier, version, None).await.map(Reply::Texts),
            Self::Names(kind) => reader.policy_names(verifier, version, *kind, None).await.map(Reply::Texts),
            Self::Policy(kind, name, etag) => {
                reader.policy(verifier, version, *kind, name, etag.as_ref()).await.map(Reply::Policy)
            }
        }
    }
}

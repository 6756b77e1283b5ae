//! The question for one attestation.

use reqwest::StatusCode;

use super::super::answer;
use super::super::failure::Failure;
use super::super::limits::Kind;
use super::super::reader::{Asked, Reader, beside, refused};
use super::Attestation;
use crate::servers::Endpoint;
use crate::text::RemoteText;

/// Which attestation of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The newest.
    Latest,
    /// That of this index. Those that passed are deleted soon after.
    Index(u64),
}

/// What a verifier says when it is asked for an attestation.
#[derive(Clone, Debug)]
pub enum Attested {
    /// The record.
    Record(Box<Attestation>),
    /// There is none (any more), or the agent is not known.
    NotThere,
    /// The verifier is not in push mode: it keeps no records.
    NoRecords,
}

impl Reader {
    /// One attestation of a push agent. Ids that Keylime itself does not allow
    /// in a path cannot be asked for. The list of all attestations is of no
    /// use: with two of them and more, verifiers answer 500.
    ///
    /// # Errors
    /// Why there is no usable answer.
    pub async fn attestation(
        &self,
        verifier: &Endpoint,
        id: &RemoteText,
        which: Which,
    ) -> Result<Attested, Failure> {
        let which = match which {
            Which::Latest => "latest".to_owned(),
            Which::Index(index) => index.to_string(),
        };
        let url = format!("{verifier}/v3.0/agents/{}/attestations/{which}", id.raw());
        let Asked { response, .. } = self.ask(&url, Kind::Attestation, None).await?;
        let status = response.status();
        match status {
            // 201 it is, though nothing was made (`api_message_body.py`).
            StatusCode::OK | StatusCode::CREATED => {
                let body = self.whole(response, Kind::Attestation).await?;
                let read = beside(move || super::attestation(&body)).await?;
                Ok(Attested::Record(Box::new(read)))
            }
            _ => {
                let body = self.whole(response, Kind::Record).await?;
                match status {
                    StatusCode::NOT_FOUND if body.is_empty() => Ok(Attested::NoRecords),
                    StatusCode::NOT_FOUND if answer::is_keylime(&body) => Ok(Attested::NotThere),
                    _ => Err(refused(status, &body)),
                }
            }
        }
    }
}

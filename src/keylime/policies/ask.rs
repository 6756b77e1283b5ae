//! The two questions: which policies there are, and what one says.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use tokio::time::Instant;

use super::super::answer;
use super::super::failure::{AddressState, Failure};
use super::super::limits::Kind;
use super::super::reader::{Asked, EntityTag, Fetched, Reader, beside, refused};
use super::super::version::Negotiated;
use super::kind::PolicyKind;
use super::name::askable;
use super::sink::{PolicySink, StoredPolicy};
use crate::servers::Endpoint;
use crate::text::RemoteText;

/// The head of an answer to the question for one policy.
#[derive(Debug)]
pub struct PolicyAnswer {
    /// What it says.
    pub answered: Answered,
    /// To ask with next time.
    pub etag: Option<EntityTag>,
}

/// What a verifier says when it is asked for a policy.
#[derive(Debug)]
pub enum Answered {
    /// It is what it was when the entity tag was given.
    Unchanged,
    /// There is no policy of that name.
    NotThere,
    /// Its text is on the way.
    Coming(Box<Coming>),
}

/// A policy whose text is yet to be read. Dropping it ends the transfer.
#[derive(Debug)]
pub struct Coming {
    reader: Reader,
    response: Response,
    kind: PolicyKind,
    name: RemoteText,
    started: Instant,
}

impl Reader {
    /// The names of all policies of one kind, in order.
    ///
    /// # Errors
    /// Why there is no usable answer; releases before 7.12 have no list.
    pub async fn policy_names(
        &self,
        verifier: &Endpoint,
        version: Negotiated,
        kind: PolicyKind,
        etag: Option<&EntityTag>,
    ) -> Result<Fetched<Vec<RemoteText>>, Failure> {
        if let Some(words) = kind.why_not_listed(version) {
            return Err(Failure::stay(AddressState::Error, words));
        }
        // With its last slash: the older routers know the list only so.
        let url = format!("{verifier}/{}/{}/", version.prefix(), kind.segment());
        let asked = self.ask(&url, Kind::Ids, etag).await?;
        if asked.response.status() != StatusCode::OK {
            return self.not_ok(asked, etag).await;
        }
        let Asked { response, etag, server_time, started } = asked;
        let body = self.whole(response, Kind::Ids).await?;
        let took = started.elapsed();
        let names = beside(move || super::names::names(kind, &body)).await?;
        Ok(Fetched { content: Some(names), etag, server_time, took })
    }

    /// Asks for one policy. Only the head of the answer has come then: how long
    /// the text is can be looked at before it is let in.
    ///
    /// # Errors
    /// Why there is no usable answer; a name that cannot be asked for.
    pub async fn policy(
        &self,
        verifier: &Endpoint,
        version: Negotiated,
        kind: PolicyKind,
        name: &RemoteText,
        etag: Option<&EntityTag>,
    ) -> Result<PolicyAnswer, Failure> {
        let stay = |words: String| Failure::stay(AddressState::Error, words);
        askable(name.raw()).map_err(|why| stay(why.to_string()))?;
        if let Some(words) = kind.why_not_read(version) {
            return Err(stay(words));
        }
        let url = format!("{verifier}/{}/{}/{}", version.prefix(), kind.segment(), name.raw());
        let Asked { response, etag: fresh, started, .. } = self.ask(&url, Kind::Policy, etag).await?;
        let status = response.status();
        let answered = match status {
            StatusCode::OK => {
                let (reader, name) = (self.clone(), name.clone());
                Answered::Coming(Box::new(Coming { reader, response, kind, name, started }))
            }
            StatusCode::NOT_MODIFIED if etag.is_some() => Answered::Unchanged,
            _ => {
                let body = self.whole(response, Kind::Record).await?;
                // An empty 404 is an unknown version, not an unknown name.
                if status != StatusCode::NOT_FOUND || !answer::is_keylime(&body) {
                    return Err(refused(status, &body));
                }
                Answered::NotThere
            }
        };
        Ok(PolicyAnswer { answered, etag: fresh })
    }
}

impl Coming {
    /// Bytes that the answer has, as its head tells; the text has fewer.
    #[must_use]
    pub fn claimed(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// Reads the text; `progress` is told how many bytes of the answer came so
    /// far. Ending the wait ends the transfer. Says also how long the whole
    /// exchange took.
    ///
    /// # Errors
    /// Why there is no usable answer: too long, too slow, not of this shape.
    pub async fn text(
        self,
        progress: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<(StoredPolicy, Duration), Failure> {
        let Self { reader, response, kind, name, started } = self;
        let most = reader.limits.policy_bytes;
        let sink = reader.body(response, Kind::Policy, |_| PolicySink::new(kind, most, progress)).await?;
        let took = started.elapsed();
        let ended = sink.end();
        let policy = beside(move || ended.read(&name)).await?;
        Ok((policy, took))
    }
}

//! Everything that a check needs, asked for.

use crate::keylime::agent::{AgentNonce, AgentQuote, ask_agent};
use crate::keylime::attestation::{Attestation, Attested, Which};
use crate::keylime::{AddressRole, AddressState, AgentRecord, Failure, Meaning, Negotiated, Registered};
use crate::servers::Endpoint;
use crate::tasks::asker::Asker;
use crate::text::RemoteText;
use crate::tpm::identity::Registration;
use crate::tpm::quote::{ImaLog, Joining};

use super::Source;
use super::judge::{parts, same_boot};

/// Earlier attestations that are asked for at most: those that passed are
/// deleted, so that most of these questions are answered with 404.
const EARLIER: u64 = 256;

/// Earlier attestations that are kept at most.
const KEPT: usize = 64;

/// What was found.
pub(super) struct Gathered {
    /// The registrar's record; none where it gave none.
    pub registration: Option<Registration>,
    /// The verifier's word on the agent, fit to be shown.
    pub status: Option<String>,
    /// The evidence.
    pub records: Records,
    /// What could not be had.
    pub notes: Vec<String>,
}

/// The evidence that there is.
pub(super) enum Records {
    /// The verifier is in pull mode.
    NothingKept,
    /// It has none of this agent.
    NotYet,
    /// The newest attestation, and earlier ones by their index.
    Kept { newest: Box<Attestation>, earlier: Vec<Attestation> },
    /// What the agent answered, and to which nonce.
    Asked(Box<(AgentNonce, AgentQuote)>),
}

impl Gathered {
    /// The nonce that the evidence is to carry.
    pub(super) fn challenge(&self) -> &[u8] {
        match &self.records {
            Records::Kept { newest, .. } => {
                newest.quote.as_ref().map(|quote| quote.challenge.as_slice()).unwrap_or_default()
            }
            Records::Asked(asked) => asked.0.bytes(),
            Records::NothingKept | Records::NotYet => &[],
        }
    }
}

/// What is asked of one server.
#[derive(Clone, Copy)]
enum Question {
    Registration,
    Agent,
    Newest,
}

enum Answer {
    Registration(Registered),
    Agent(Option<Box<AgentRecord>>),
    Newest(Attested),
}

impl Question {
    async fn ask(self, asker: &Asker, server: &Endpoint, id: &RemoteText) -> Result<Answer, Failure> {
        // The alias `/v2`, which all releases accept.
        let (reader, version) = (asker.reader(), Negotiated::Fallback);
        Ok(match self {
            Self::Registration => Answer::Registration(reader.registration(server, version, id).await?),
            Self::Agent => Answer::Agent(reader.agent(server, version, id).await?.map(Box::new)),
            Self::Newest => Answer::Newest(reader.attestation(server, id, Which::Latest).await?),
        })
    }
}

/// Asks one server of a role after the other, until one answers or refuses;
/// says also which one that was.
async fn first(asker: &Asker, question: Question, id: &RemoteText) -> Result<(usize, Answer), Failure> {
    let (role, lacking) = match question {
        Question::Registration => (AddressRole::Registrar, NO_REGISTRAR),
        Question::Agent | Question::Newest => (AddressRole::Verifier, NO_VERIFIER),
    };
    let Some(run) = asker.targets().of_role(role) else {
        return Err(Failure::stay(AddressState::Error, lacking));
    };
    let mut last = None;
    for index in run.first..run.first + run.count.get() {
        let Some(endpoint) = asker.targets().endpoint(index) else { continue };
        match question.ask(asker, endpoint, id).await {
            Ok(answer) => return Ok((index, answer)),
            Err(failure) if matches!(failure.meaning, Meaning::Stay | Meaning::Renegotiate) => {
                return Err(failure);
            }
            Err(failure) => last = Some(failure),
        }
    }
    Err(last.unwrap_or_else(|| Failure::stay(AddressState::Error, "no such address")))
}

fn another() -> Failure {
    Failure::stay(AddressState::Error, "another question was answered")
}

const NO_REGISTRAR: &str = "this group has no registrar in the configuration";
const NO_VERIFIER: &str = "this group has no verifier in the configuration, and verifiers keep the evidence";

/// None where nobody knows the agent.
pub(super) async fn gather(
    asker: &Asker,
    id: &RemoteText,
    source: Source,
) -> Result<Option<Gathered>, Failure> {
    let mut notes = Vec::new();
    let mut is_unknown = false;
    let registration = match first(asker, Question::Registration, id).await {
        Ok((_, Answer::Registration(Registered::Record(record)))) => Some(*record),
        Ok((_, Answer::Registration(other))) => {
            is_unknown = matches!(other, Registered::NotFound);
            notes.push(match other {
                Registered::Unreadable(words) => format!("the registrar's record: {words}"),
                Registered::NotActivated => {
                    "the registrar has not activated this agent: it gives out no key of it".to_owned()
                }
                Registered::NotFound | Registered::Record(_) => {
                    "the registrar does not know this agent".to_owned()
                }
            });
            None
        }
        Ok(_) => return Err(another()),
        Err(failure) => {
            notes.push(format!("the registrar gave no record: {failure}"));
            None
        }
    };
    let record = match first(asker, Question::Agent, id).await {
        Ok((_, Answer::Agent(record))) => record,
        Ok(_) => return Err(another()),
        // Without evidence there is nothing to say; with the agent's own there is.
        Err(failure) if source == Source::Agent => {
            is_unknown = false;
            notes.push(format!("the verifier gave no record: {failure}"));
            None
        }
        Err(failure) => return Err(failure),
    };
    // A server that did not answer might know it; without evidence that is all the same.
    if record.is_none() && (is_unknown || registration.is_none() && source == Source::Verifier) {
        return Ok(None);
    }
    let status = record.as_deref().and_then(status);
    let records = match source {
        Source::Verifier => kept(asker, id, &mut notes).await?,
        Source::Agent => asked(asker, registration.as_ref()).await?,
    };
    Ok(Some(Gathered { registration, status, records, notes }))
}

/// The verifier's word on an agent.
fn status(record: &AgentRecord) -> Option<String> {
    record.attestation_status.as_ref().map(|status| status.shown_to(20).into_string())
}

async fn asked(asker: &Asker, registration: Option<&Registration>) -> Result<Records, Failure> {
    let stay = |words: &str| Failure::stay(AddressState::Error, words);
    let registration =
        registration.ok_or_else(|| stay("without the registrar's record the agent cannot be asked"))?;
    let (Some(host), Some(port)) = (&registration.ip, registration.port) else {
        return Err(stay("the registrar has no address of this agent"));
    };
    let certificate = registration.mtls_cert.as_ref().filter(|text| text.raw() != "disabled");
    let certificate = certificate.ok_or_else(|| {
        stay(
            "the registrar has no certificate of the agent's server (push agents have no server, and others may run \
             without TLS): it cannot be asked safely",
        )
    })?;
    let nonce = AgentNonce::fresh();
    let quote = ask_agent(asker.tls(), asker.limits(), host, port, certificate, &nonce).await?;
    Ok(Records::Asked(Box::new((nonce, quote))))
}

/// The newest attestation, and those before it that its list builds on.
async fn kept(asker: &Asker, id: &RemoteText, notes: &mut Vec<String>) -> Result<Records, Failure> {
    let (index, newest) = match first(asker, Question::Newest, id).await? {
        (_, Answer::Newest(Attested::NoRecords)) => return Ok(Records::NothingKept),
        (_, Answer::Newest(Attested::NotThere)) => return Ok(Records::NotYet),
        (index, Answer::Newest(Attested::Record(record))) => (index, record),
        _ => return Err(another()),
    };
    let earlier = match asker.targets().endpoint(index) {
        Some(verifier) if newest.quote.is_some() => {
            earlier(asker, verifier, id, &newest).await.unwrap_or_else(|failure| {
                notes.push(format!("earlier attestations could not be had: {failure}"));
                Vec::new()
            })
        }
        _ => Vec::new(),
    };
    Ok(Records::Kept { newest, earlier })
}

/// Earlier attestations, by their index: the first of all, and from the newest
/// downwards until the IMA list is whole, the machine was started anew, or
/// enough was asked.
async fn earlier(
    asker: &Asker,
    verifier: &Endpoint,
    id: &RemoteText,
    newest: &Attestation,
) -> Result<Vec<Attestation>, Failure> {
    let Some(newest_index) = newest.index.filter(|index| *index > 0) else { return Ok(Vec::new()) };
    let is_whole = |kept: &[Attestation]| ImaLog::join(&parts(newest, kept)).joining == Joining::Whole;
    let mut kept: Vec<Attestation> = Vec::new();
    // Most often the list begins there, and the next question is not needed.
    kept.extend(at(asker, verifier, id, 0).await?);
    // Without a list, one earlier clock is all that is wanted.
    let most = if newest.ima.is_some() { EARLIER } else { 4 };
    let lowest = newest_index.saturating_sub(most).max(1);
    for index in (lowest..newest_index).rev() {
        if is_whole(&kept) && !kept.is_empty() || kept.len() >= KEPT {
            break;
        }
        let Some(record) = at(asker, verifier, id, index).await? else { continue };
        let is_of_this_boot = same_boot(newest, &record);
        kept.push(record);
        kept.sort_by_key(|record| record.index);
        if !is_of_this_boot {
            break;
        }
    }
    Ok(kept)
}

/// The attestation of one index, where the verifier still has it.
async fn at(
    asker: &Asker,
    verifier: &Endpoint,
    id: &RemoteText,
    index: u64,
) -> Result<Option<Attestation>, Failure> {
    match asker.reader().attestation(verifier, id, Which::Index(index)).await? {
        // One that says another index is not the one that was asked for.
        Attested::Record(record) if record.index == Some(index) => Ok(Some(*record)),
        _ => Ok(None),
    }
}

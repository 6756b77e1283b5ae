//! The picture of the fleet as JSON (contract §3).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use crate::fleet::{
    AddressView, AgentInGroup, AgentView, Counts, Flags, GroupView, Reachability, Snapshot, Verdict,
};
use crate::keylime::{AgentRecord, TlsReport};
use crate::text::{RemoteText, Shown};

/// A whole report.
#[derive(Serialize)]
pub(super) struct Report<'a> {
    schema: u32,
    taken_at: String,
    duplication: Duplication,
    groups: Vec<Group<'a>>,
    #[serde(serialize_with = "each_agent")]
    agents: &'a Snapshot,
}

#[derive(Serialize)]
struct Duplication {
    requested: u32,
    max: u32,
}

#[derive(Serialize)]
struct Group<'a> {
    name: &'a str,
    index: usize,
    mode: &'static str,
    reachability: &'static str,
    observed_age_s: Option<u64>,
    verifier_time_share: Option<f64>,
    addresses: Vec<Address<'a>>,
    counts: BTreeMap<&'static str, u32>,
}

#[derive(Serialize)]
struct Address<'a> {
    role: &'static str,
    address: &'a str,
    state: &'static str,
    in_use: bool,
    latency_ms: Option<f64>,
    api_version: Option<String>,
    tls: Option<Tls>,
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct Tls {
    version: Option<&'static str>,
    names: Vec<Shown>,
    subject: Option<Shown>,
    issuer: Option<Shown>,
    not_after: Option<String>,
    verified: bool,
}

#[derive(Serialize)]
struct Agent<'a> {
    id: &'a Shown,
    verdict: &'static str,
    split: bool,
    coverage: Coverage,
    flags: Vec<&'static str>,
    groups: Vec<InGroup<'a>>,
}

#[derive(Serialize)]
struct Coverage {
    have: u32,
    want: u32,
}

#[derive(Serialize)]
struct InGroup<'a> {
    group: &'a str,
    verdict: &'static str,
    flags: Vec<&'static str>,
    keylime: Keylime,
    age_s: Option<u64>,
    event_id: Option<Shown>,
    severity: Option<i64>,
    reason: Option<String>,
}

#[derive(Serialize)]
struct Keylime {
    attestation_status: Option<Shown>,
    operational_state: Option<i64>,
}

impl<'a> Report<'a> {
    pub(super) fn of(snapshot: &'a Snapshot, groups: &[&'a GroupView], taken_at: Timestamp) -> Self {
        Self {
            schema: 1,
            taken_at: format!("{taken_at:.3}"),
            duplication: Duplication {
                requested: snapshot.duplication.requested,
                max: snapshot.duplication.max,
            },
            groups: groups.iter().map(|group| Group::of(group, taken_at)).collect(),
            agents: snapshot,
        }
    }
}

/// Agents are written one by one: a list of all would be a second fleet.
fn each_agent<S: Serializer>(snapshot: &Snapshot, out: S) -> Result<S::Ok, S::Error> {
    let mut list = out.serialize_seq(Some(snapshot.agents.len()))?;
    for agent in snapshot.agents.iter() {
        list.serialize_element(&Agent::of(agent, snapshot))?;
    }
    list.end()
}

impl<'a> Group<'a> {
    fn of(group: &'a GroupView, now: Timestamp) -> Self {
        Self {
            name: &group.name,
            index: group.index,
            mode: group.mode.word(),
            reachability: group.reachability.unwrap_or(Reachability::Down).word(),
            observed_age_s: group.observed_age(now),
            verifier_time_share: group.verifier_time_share,
            addresses: group.addresses.iter().map(Address::of).collect(),
            counts: counts(&group.counts),
        }
    }
}

impl<'a> Address<'a> {
    fn of(address: &'a AddressView) -> Self {
        let report = address.report.as_ref();
        let failure = report.and_then(|report| report.failure.as_ref());
        Self {
            role: address.role.word(),
            address: &address.address,
            state: report.map_or("error", |report| report.state().word()),
            in_use: address.in_use,
            latency_ms: address.latency().map(|latency| (latency.as_secs_f64() * 1e5).round() / 100.0),
            api_version: report
                .and_then(|report| report.negotiated.version())
                .map(|version| version.to_string()),
            tls: report.and_then(|report| report.tls.as_deref()).map(Tls::of),
            error: failure
                .map(|failure| failure.words.as_str())
                .or_else(|| report.is_none().then_some("not looked at")),
        }
    }
}

impl Tls {
    fn of(tls: &TlsReport) -> Self {
        let own = tls.chain.first();
        Self {
            version: tls.version,
            names: own.map(|own| own.names.iter().map(RemoteText::shown).collect()).unwrap_or_default(),
            subject: own.map(|own| own.subject.shown()),
            issuer: own.map(|own| own.issuer.shown()),
            not_after: own.and_then(|own| own.not_after).map(|end| end.to_string()),
            verified: tls.verified,
        }
    }
}

impl<'a> Agent<'a> {
    fn of(agent: &'a AgentView, snapshot: &'a Snapshot) -> Self {
        Self {
            id: &agent.shown,
            verdict: agent.verdict.word(),
            split: agent.split,
            coverage: Coverage { have: agent.coverage.have, want: agent.coverage.want },
            flags: words(agent.flags),
            groups: agent.groups.iter().map(|in_group| InGroup::of(in_group, snapshot)).collect(),
        }
    }
}

impl<'a> InGroup<'a> {
    fn of(agent: &'a AgentInGroup, snapshot: &'a Snapshot) -> Self {
        let record = agent.record.as_deref();
        Self {
            group: group_name(agent, snapshot),
            verdict: agent.judgement.verdict.word(),
            flags: words(agent.judgement.flags),
            keylime: Keylime {
                attestation_status: shown(record, |record| record.attestation_status.as_ref()),
                operational_state: record.and_then(|record| record.operational_state),
            },
            age_s: agent.judgement.age,
            event_id: shown(record, |record| record.last_event_id.as_ref()),
            severity: record.and_then(|record| record.severity_level),
            reason: Some(agent.reason_words()),
        }
    }
}

/// The name of the group that an agent is in.
pub(super) fn group_name<'a>(agent: &AgentInGroup, snapshot: &'a Snapshot) -> &'a str {
    snapshot.groups.get(agent.group).map_or("", |group| &group.name)
}

/// A text of the record as it may be shown; an empty one is none.
pub(super) fn shown(
    record: Option<&AgentRecord>,
    field: impl Fn(&AgentRecord) -> Option<&RemoteText>,
) -> Option<Shown> {
    record.and_then(field).filter(|text| !text.is_empty()).map(RemoteText::shown)
}

/// The words of a set of flags.
pub(super) fn words(flags: Flags) -> Vec<&'static str> {
    flags.iter().map(crate::fleet::Flag::word).collect()
}

fn counts(counts: &Counts) -> BTreeMap<&'static str, u32> {
    Verdict::ALL.into_iter().map(|verdict| (verdict.word(), counts.get(verdict))).collect()
}

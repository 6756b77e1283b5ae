//! The picture of the fleet as JSON (contract §3).
//!
//! Its head, with the groups, is small and made by a serializer; the agents
//! that follow are written by [`agents`].

mod agents;

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;

use crate::fleet::{AddressView, AgentInGroup, Counts, Flags, GroupView, Reachability, Snapshot, Verdict};
use crate::keylime::{AgentRecord, TlsReport};
use crate::text::{RemoteText, Shown};

/// A report without its agents.
#[derive(Serialize)]
struct Head<'a> {
    schema: u32,
    taken_at: String,
    duplication: Duplication,
    groups: Vec<Group<'a>>,
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

/// Writes a whole report, and a line's end.
///
/// # Errors
/// If `out` takes no more.
pub(super) fn json(
    out: &mut dyn Write,
    snapshot: &Snapshot,
    groups: &[&GroupView],
    taken_at: Timestamp,
) -> io::Result<()> {
    let duplication =
        Duplication { requested: snapshot.duplication.requested, max: snapshot.duplication.max };
    let head = Head {
        schema: 1,
        taken_at: format!("{taken_at:.3}"),
        duplication,
        groups: groups.iter().map(|group| Group::of(group, taken_at)).collect(),
    };
    let mut head = serde_json::to_vec(&head)?;
    // The agents come before the bracket that ends it.
    head.pop();
    out.write_all(&head)?;
    out.write_all(b",\"agents\":")?;
    agents::write(out, snapshot)?;
    out.write_all(b"}\n")
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

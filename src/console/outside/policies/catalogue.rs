//! The policies of all groups as rows of the table.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::console::state::{Drift, GroupFault, PolicyCounts, PolicyList, PolicyRow, PolicySource};
use crate::fleet::policies::{Agreement, Catalogue, PolicyRow as Deployed, Standing, Visibility};
use crate::keylime::policies::PolicyKind;
use crate::policy::{PolicyVerdict, SignatureVerdict};
use crate::tasks::policies::Surveyed;
use crate::text::{count, sanitise_to};

/// Characters of a name at most.
const NAME_LIMIT: usize = 200;

/// What is known so far.
pub(super) fn list(surveyed: &Surveyed, now: Timestamp) -> PolicyList {
    let catalogue = &surveyed.catalogue;
    let rows = catalogue.shown().filter_map(|row| of(catalogue, row, now)).map(Arc::new).collect();
    PolicyList { rows, faults: faults(catalogue), taken_at: Some(now), words: words(surveyed) }
}

fn of(catalogue: &Catalogue, row: &Deployed, now: Timestamp) -> Option<PolicyRow> {
    let has = |standing: &Standing| matches!(standing, Standing::Stored(_) | Standing::Unread(_));
    let having: Vec<_> = catalogue.groups.iter().zip(&row.standings).filter(|(_, one)| has(one)).collect();
    let (group, _) = having.first()?;
    let facts = having.iter().find_map(|(_, standing)| match standing {
        Standing::Stored(facts) => Some(facts),
        _ => None,
    });
    let is_runtime = row.kind == PolicyKind::Runtime;
    let stored = having.iter().filter_map(|(_, standing)| match standing {
        Standing::Stored(facts) => facts.judged.as_deref(),
        _ => None,
    });
    // A row of several groups says the worst of them.
    let (signature, verdict) = (
        stored.clone().map(|judged| judged.signature).max_by_key(|signature| weight(*signature)),
        stored.map(|judged| judged.policy).max_by_key(|verdict| *verdict != PolicyVerdict::Valid),
    );
    let judged = facts.and_then(|facts| facts.judged.as_deref()).filter(|_| is_runtime);
    let (group, policy) = ((*group).clone(), row.name.raw().to_owned());
    let mut notes = Vec::new();
    if row.is_of_an_agent() {
        notes.push("stored under an agent's id: it is that agent's".to_owned());
    }
    if facts.is_some_and(|facts| facts.counts_as_none()) {
        notes.push("generator 0 or 1: the verifier counts its agents as without a policy".to_owned());
    }
    let unread = row.standings.iter().find_map(|standing| match standing {
        Standing::Unread(words) => Some(words.clone()),
        _ => None,
    });
    notes.extend(unread);
    Some(PolicyRow {
        source: match row.kind {
            PolicyKind::Runtime => PolicySource::Deployed { group, policy },
            PolicyKind::MeasuredBoot => PolicySource::DeployedBoot { group, policy },
        },
        name: row.name.shown_to(NAME_LIMIT).into_string(),
        kind: row.kind,
        groups: having.iter().map(|(group, _)| sanitise_to(group, NAME_LIMIT).into_string()).collect(),
        shape: judged.map(|judged| judged.format.word()),
        signature: signature.filter(|_| is_runtime),
        verdict: verdict.filter(|_| is_runtime),
        counts: judged.and_then(|judged| judged.counts).map(|counts| PolicyCounts {
            paths: counts.paths,
            digests: counts.digests,
            excludes: counts.excludes,
            metadata: counts.metadata,
        }),
        bytes: facts.and_then(|facts| facts.bytes),
        checksum: facts.map(|facts| facts.text.to_string()),
        drift: drift(row),
        drift_words: sanitise_to(&row.comparison.words(), NAME_LIMIT).into_string(),
        note: sanitise_to(&notes.join("; "), NAME_LIMIT).into_string(),
        seen_at: Some(now),
        is_stale: false,
    })
}

/// How bad it is; the heaviest stands for all groups.
fn weight(signature: SignatureVerdict) -> u8 {
    match signature {
        SignatureVerdict::Valid => 0,
        SignatureVerdict::Unsigned => 1,
        SignatureVerdict::Untrusted => 2,
        SignatureVerdict::Rejected => 3,
        SignatureVerdict::Invalid => 4,
    }
}

fn drift(row: &Deployed) -> Drift {
    let comparison = &row.comparison;
    match comparison.agreement {
        Agreement::Drift => Drift::Drift,
        _ if !comparison.missing.is_empty() => Drift::Missing,
        Agreement::ReSigned => Drift::ReSigned,
        Agreement::Same => Drift::Same,
        Agreement::Unread | Agreement::Alone => Drift::Unknown,
    }
}

/// Why some group's list could not be had, a group each.
fn faults(catalogue: &Catalogue) -> Vec<GroupFault> {
    let mut faults: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (group, _, words) in &catalogue.failures {
        let said = faults.entry(group).or_default();
        if !said.contains(&words.as_str()) {
            said.push(words);
        }
    }
    let shown = |text: &str| sanitise_to(text, 400).into_string();
    let fault = |(group, words): (&str, Vec<&str>)| GroupFault {
        group: shown(group),
        words: shown(&words.join("; ")),
        is_stale: false,
    };
    faults.into_iter().map(fault).collect()
}

/// What is hidden, and what goes on.
fn words(surveyed: &Surveyed) -> String {
    let mut words = Vec::new();
    if !surveyed.is_finished && surveyed.wanted > 0 {
        words.push(format!("{} of {} read", surveyed.done, surveyed.wanted));
    }
    let hidden = surveyed.catalogue.count(Visibility::Hidden);
    if hidden > 0 {
        words
            .push(format!("{} that Keylime made for agents", count::some(hidden, "empty one", "empty ones")));
    }
    let unread = surveyed.catalogue.count(Visibility::NotLookedAt);
    if unread > 0 {
        words.push(format!("{} of agents not looked at", count::some(unread, "policy", "policies")));
    }
    words.join(", ")
}

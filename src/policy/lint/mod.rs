//! What a verifier accepts and should not: rules over a policy that was read already.
//!
//! [`document`](crate::policy::document) has said what the schema refuses and what is wrong with `digest_metadata`;
//! here stands everything else that an operator should know before the policy is deployed. Each rule has a stable
//! code ([`codes`]). Rules over all paths go through them once; what is matched against the excludes has a budget,
//! and a finding says so when it ended.

mod codes;
mod excluded;
mod keys;
mod members;
mod paths;
mod report;

use report::Report;

use super::document::Policy;
use super::exclude::Excludes;
use super::{Finding, Severity};

/// How far to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Searches at most for matching paths against the excludes; about 100 ns each.
    pub exclude_budget: usize,
    /// Bytes of the whole text that would be uploaded, envelope and all; the policy's own where nothing is said.
    pub upload_bytes: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Self { exclude_budget: 2_000_000, upload_bytes: None }
    }
}

/// The excludes of a policy, judged.
#[must_use]
pub fn excludes(policy: &Policy) -> Excludes {
    let texts: Vec<_> = policy.excludes().map(super::json::Text::value).collect();
    let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
    Excludes::new(&texts)
}

/// All findings of these rules, the weightiest first. `excludes` are the policy's own ([`excludes()`]).
#[must_use]
pub fn lint(policy: &Policy, excludes: &Excludes, options: &Options) -> Vec<Finding> {
    let mut report = Report::default();
    members::judge(policy, options, &mut report);
    keys::judge(policy, &mut report);
    let mut findings = of_excludes(policy, excludes);
    paths::judge(policy, &mut report);
    excluded::judge(policy, excludes, options.exclude_budget, &mut report);
    findings.extend(report.finish());
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

fn of_excludes(policy: &Policy, excludes: &Excludes) -> Vec<Finding> {
    // The names of a policy with very many keyrings are not all tried.
    const NAMES: usize = 200;
    let names = |map: super::document::DigestMap<'_>| -> Vec<String> {
        map.entries().take(NAMES).map(|entry| entry.path().into_owned()).collect()
    };
    let (keyrings, buffers) = (names(policy.keyrings()), names(policy.ima_buf()));
    let keyrings: Vec<&str> = keyrings.iter().map(String::as_str).collect();
    let buffers: Vec<&str> = buffers.iter().map(String::as_str).collect();
    let places: Vec<usize> = policy.excludes().map(|text| text.offset).collect();
    excludes
        .findings(&keyrings, &buffers)
        .into_iter()
        .map(|found| match found.entry.and_then(|entry| places.get(entry)) {
            Some(place) => found.finding.at(*place),
            None => found.finding,
        })
        .collect()
}

/// Every code of a policy's content (not of its envelope) with its weight and meaning: the schema and
/// `digest_metadata`, excludes, these rules, and conversions.
pub fn codes() -> impl Iterator<Item = (&'static str, Severity, &'static str)> {
    let document = super::document::codes::TABLE.into_iter();
    let others = [super::exclude::CODES, codes::CODES, super::convert::CODES];
    document.chain(others.into_iter().flatten().copied())
}

#[cfg(test)]
mod tests;

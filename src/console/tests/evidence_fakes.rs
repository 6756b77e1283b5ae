//! Evidence that was never read, and what came of it.

use std::sync::Arc;

use crate::console::state::{
    Check, CheckVerdicts, DigestVerdict, EvidencePicture, EvidenceSource, Explanation, JudgedBatch,
    PolicyNews, Progress, SharedEvidence, SharedPolicy, StepRow,
};
use crate::console::test_fleet::now;
use crate::policy::evidence::{Status, StepResult};

use super::policy_fakes::HOSTILE;

struct Source;

impl EvidenceSource for Source {
    fn explain(&self, _policy: &SharedPolicy, _demand: usize) -> Option<Explanation> {
        None
    }
}

/// Evidence whose newest key is so many days old.
pub fn evidence(days: i64) -> SharedEvidence {
    SharedEvidence(Arc::new(EvidencePicture {
        root_sha256: "6494e21e".repeat(8),
        instance: "https://rekor.example.org".to_owned(),
        newest_key: Some(now() - jiff::SignedDuration::from_hours(24 * days)),
        logs: 2,
        bundles: 9_000,
        unreadable: 0,
        judged_at: now(),
        source: Box::new(Source),
    }))
}

/// What came of a demand: every fifth failed, every seventh is without evidence.
fn verdict(demand: usize) -> DigestVerdict {
    let (status, reason) = match demand {
        _ if demand.is_multiple_of(7) => (Status::NotEvaluated, "no evidence was given for this digest"),
        _ if demand.is_multiple_of(5) => (Status::Failed, "the trusted root holds no log of the entry's id"),
        _ => (Status::Passed, "an entry of the log about this bundle is proven"),
    };
    let checks: CheckVerdicts = [(status, reason.into()), (status, reason.into())].into();
    DigestVerdict { status: Some(status), has_evidence: status != Status::NotEvaluated, checks }
}

/// What came of these demands, of so many.
pub fn judged(
    generation: u64,
    demands: std::ops::Range<usize>,
    all: usize,
    ended: Option<Result<(), String>>,
) -> PolicyNews {
    let progress = Progress { step: "checking", done: demands.end as u64, total: all as u64 };
    let evidence = (demands.start == 0).then(|| evidence(20));
    let verdicts = demands.map(verdict).collect();
    PolicyNews::Judged { generation, batch: JudgedBatch { evidence, verdicts }, progress, ended }
}

/// A digest with the steps of a bundle.
pub fn explanation() -> Explanation {
    let check = |name: &str, value: &str| Check {
        name: name.to_owned(),
        value: value.to_owned(),
        status: Status::Passed,
        reason: "it holds".to_owned(),
    };
    let step = |result, title, said: &str, facts: &[(&str, &[&str])]| StepRow {
        result,
        title,
        said: said.to_owned(),
        facts: facts
            .iter()
            .map(|(name, lines)| ((*name).to_owned(), lines.iter().map(|line| (*line).to_owned()).collect()))
            .collect(),
    };
    let (hash, other) = ("5e87881a".repeat(8), "24cb593e".repeat(8));
    let last = format!("= {other}");
    let steps = vec![
        step(
            StepResult::Holds,
            "Digest that the policy names",
            "It is about this digest.",
            &[("demanded", &[hash.as_str()])],
        ),
        step(
            StepResult::Holds,
            "Merkle proof of inclusion",
            "16 hashes lead to the root hash.",
            &[
                ("index", &["75441652"]),
                ("fold 1, with the one on the left", &[hash.as_str(), last.as_str()]),
            ],
        ),
        step(StepResult::NotJudged, "Other signatures of the checkpoint", "They are not judged.", &[]),
        step(
            StepResult::Fails,
            "Certificate of the signer",
            "It is of another signer.",
            &[(
                "subjects",
                &["https://example.org/a/very/long/workflow/address/release.yml@refs/tags/v0.1.2"],
            )],
        ),
    ];
    Explanation {
        digest: "00000000a5a5".to_owned(),
        status: Some(Status::NotEvaluated),
        checks: vec![
            check("transparency_log_inclusion_proof", "true"),
            check("signer_identity", "release@example.org by https://issuer.example.org"),
        ],
        bundles: vec![("release.sigstore.json".to_owned(), hash, steps)],
        paths: vec!["/usr/bin/one".to_owned(), crate::text::sanitise(HOSTILE).into_string()],
        all_paths: 2_000,
        report: Some(("{}\n".into(), other)),
    }
}

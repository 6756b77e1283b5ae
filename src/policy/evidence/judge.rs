//! The rules: what the evidence for a digest amounts to.
//!
//! One bundle must satisfy all demanded checks; with several bundles, the one
//! that satisfies most is told. What is not evaluated is not passed.

use jiff::Timestamp;

use super::demand::{Check, Demand, PUBLIC_KEY};
use super::digest::{Algorithm, Digest, hex, sha256};
use super::examination::{Examined, Finding, Question, examine};
use super::outcome::{BundleName, CheckOutcome, Outcome, Status};
use super::root::TrustedRoot;
use super::step::{Step, StepResult};

/// Bundles that are looked at for one digest at most.
pub const MAX_CANDIDATES: usize = 64;

/// A bundle that was given for a digest.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The name of its file, for reports.
    pub name: &'a str,
    /// Its bytes, or why they could not be read (fit to be shown).
    pub bytes: Result<&'a [u8], &'a str>,
}

/// A bundle with what came of it, for people.
#[derive(Debug)]
pub struct Examination {
    /// Which bundle.
    pub bundle: BundleName,
    /// What was compared, in order.
    pub steps: Vec<Step>,
    /// What came of the demanded checks with this bundle alone.
    pub checks: Vec<CheckOutcome>,
}

/// Carries out demands with one trusted root, at one time.
#[derive(Debug, Clone, Copy)]
pub struct Judge<'a> {
    root: &'a TrustedRoot,
    at: Timestamp,
}

impl<'a> Judge<'a> {
    /// A judge that takes nothing for valid that is from after `at`.
    #[must_use]
    pub const fn new(root: &'a TrustedRoot, at: Timestamp) -> Self {
        Self { root, at }
    }

    /// The trusted root that is judged with.
    #[must_use]
    pub const fn root(&self) -> &'a TrustedRoot {
        self.root
    }

    /// The time that is judged at.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// Carries out what is demanded of a digest with the bundles for it.
    #[must_use]
    pub fn judge(&self, demand: &Demand, candidates: &[Candidate<'_>]) -> Outcome {
        let checks = read(demand);
        let digest = match evaluable(demand) {
            Ok(digest) => digest,
            Err(reason) => return not_evaluated(demand, &checks, reason, candidates.len()),
        };
        if !checks.iter().any(is_demanded) || candidates.is_empty() {
            return not_evaluated(demand, &checks, "no evidence was given for this digest", candidates.len());
        }
        let mut best: Option<(usize, Outcome)> = None;
        for candidate in candidates.iter().take(MAX_CANDIDATES) {
            let (_, outcome) = self.judge_one(demand, &checks, &digest, candidate, false);
            let passed = outcome.checks.iter().filter(|check| check.status == Status::Passed).count();
            let satisfied = outcome.status() == Some(Status::Passed);
            if satisfied || best.as_ref().is_none_or(|(most, _)| passed > *most) {
                best = Some((passed, outcome));
            }
            if satisfied {
                break;
            }
        }
        let mut outcome = match best {
            Some((_, outcome)) => outcome,
            None => not_evaluated(demand, &checks, "no evidence was given for this digest", 0),
        };
        outcome.candidates = candidates.len();
        let unseen = candidates.len().saturating_sub(MAX_CANDIDATES);
        if unseen > 0 && outcome.status() != Some(Status::Passed) {
            for check in outcome.checks.iter_mut().filter(|check| check.status == Status::Failed) {
                check.reason.push_str(&format!(
                    "; {unseen} more bundles for this digest were not looked at: {MAX_CANDIDATES} are the most"
                ));
            }
        }
        outcome
    }

    /// The same, with every step of every bundle.
    #[must_use]
    pub fn explain(&self, demand: &Demand, candidates: &[Candidate<'_>]) -> (Outcome, Vec<Examination>) {
        let outcome = self.judge(demand, candidates);
        let checks = read(demand);
        let Ok(digest) = evaluable(demand) else {
            return (outcome, Vec::new());
        };
        let examinations = candidates.iter().take(MAX_CANDIDATES).map(|candidate| {
            let (examined, alone) = self.judge_one(demand, &checks, &digest, candidate, true);
            let bundle = name(candidate);
            let mut steps = examined.steps;
            steps.extend(alone.checks.iter().filter(|check| check.demanded).map(check_step));
            Examination { bundle, steps, checks: alone.checks }
        });
        let examinations = examinations.collect();
        (outcome, examinations)
    }

    fn judge_one(
        &self,
        demand: &Demand,
        checks: &[Check],
        digest: &Digest,
        candidate: &Candidate<'_>,
        thorough: bool,
    ) -> (Examined, Outcome) {
        let key = checks.iter().find_map(|check| match check {
            Check::PublicKey(key) => Some(key.as_slice()),
            _ => None,
        });
        let examined = match candidate.bytes {
            Ok(bytes) => {
                let unusable_key = demand
                    .checks
                    .iter()
                    .zip(checks)
                    .any(|((name, _), check)| name == PUBLIC_KEY && matches!(check, Check::Unknown(_)));
                let question = Question { root: self.root, at: self.at, digest, key, unusable_key, thorough };
                examine(question, bytes)
            }
            Err(why) => Examined {
                steps: vec![Step::new("bundle", "Bundle", StepResult::Fails, format!("{why}."))],
                finding: Finding::Wrong(format!("the bundle cannot be read: {why}")),
                included: false,
                names: None,
                key: None,
                signature: Vec::new(),
            },
        };
        let outcomes = demand.checks.iter().zip(checks).map(|((name, value), check)| {
            let (status, reason) = status(check, &examined);
            CheckOutcome {
                name: name.clone(),
                value: value.clone(),
                status,
                reason,
                demanded: is_demanded(check),
            }
        });
        let outcome = Outcome {
            digest: demand.digest.clone(),
            checks: outcomes.collect(),
            bundle: Some(name(candidate)),
            candidates: 1,
        };
        (examined, outcome)
    }
}

/// What comes of a demand without any evidence, and why there is none.
#[must_use]
pub fn without_evidence(demand: &Demand, reason: &str) -> Outcome {
    let checks = read(demand);
    match evaluable(demand) {
        Ok(_) => not_evaluated(demand, &checks, reason, 0),
        Err(reason) => not_evaluated(demand, &checks, reason, 0),
    }
}

fn read(demand: &Demand) -> Vec<Check> {
    demand.checks.iter().map(|(name, value)| Check::read(name, value)).collect()
}

fn is_demanded(check: &Check) -> bool {
    *check != Check::NotDemanded
}

fn evaluable(demand: &Demand) -> Result<Digest, &'static str> {
    let digest = Digest::read(&demand.digest).ok_or("the key in digest_metadata is no digest")?;
    match digest.algorithm() {
        Algorithm::Sha1 => Err("Sigstore holds no SHA-1 digests: not evaluable"),
        _ => Ok(digest),
    }
}

fn name(candidate: &Candidate<'_>) -> BundleName {
    let sha256 = candidate.bytes.ok().map(|bytes| hex(&sha256(bytes)));
    BundleName { name: candidate.name.to_owned(), sha256 }
}

fn not_evaluated(demand: &Demand, checks: &[Check], reason: &str, candidates: usize) -> Outcome {
    let outcomes = demand.checks.iter().zip(checks).map(|((name, value), check)| CheckOutcome {
        name: name.clone(),
        value: value.clone(),
        status: Status::NotEvaluated,
        reason: match check {
            Check::NotDemanded => NOT_DEMANDED.to_owned(),
            Check::Unknown(why) => (*why).to_owned(),
            _ => reason.to_owned(),
        },
        demanded: is_demanded(check),
    });
    Outcome { digest: demand.digest.clone(), checks: outcomes.collect(), bundle: None, candidates }
}

/// The contract's words.
const NOT_DEMANDED: &str = "not demanded";

fn status(check: &Check, examined: &Examined) -> (Status, String) {
    let failed = |reason: &str| (Status::Failed, reason.to_owned());
    let passed = |reason: &str| (Status::Passed, reason.to_owned());
    match (check, &examined.finding) {
        (Check::NotDemanded, _) => (Status::NotEvaluated, NOT_DEMANDED.to_owned()),
        (Check::Unknown(why), _) => (Status::NotEvaluated, (*why).to_owned()),
        (_, Finding::Wrong(why)) => (Status::Failed, why.clone()),
        (Check::Identity(_), Finding::NotJudged(_)) if examined.names.is_none() => failed(NOBODY),
        (_, Finding::NotJudged(why)) => (Status::NotEvaluated, why.clone()),
        (Check::Inclusion, Finding::Verified) if examined.included => {
            passed("an entry of the log about this bundle is proven, and the whole bundle verifies")
        }
        (Check::Inclusion, Finding::Verified) => {
            failed("the bundle has the log's promise only, no inclusion proof")
        }
        (Check::Identity(wanted), Finding::Verified) => match &examined.names {
            None => failed(NOBODY),
            Some((names, issuer)) => {
                let fits = wanted.iter().any(|identity| {
                    names.contains(&identity.subject) && issuer.as_ref() == Some(&identity.issuer)
                });
                match fits {
                    true => passed("the certificate names this subject, and this issuer vouched for it"),
                    false => failed("the certificate's subject or issuer is not the demanded one"),
                }
            }
        },
        (Check::PublicKey(key), Finding::Verified) => match examined.key.as_ref() == Some(key) {
            true => passed("this key signed"),
            false => failed("another key signed"),
        },
        (Check::Signature(signature), Finding::Verified) => match examined.signature == *signature {
            true => passed("the bundle's signature is this one, and it verifies"),
            false => failed("the bundle holds another signature"),
        },
    }
}

/// Why a managed key never passes as an identity.
const NOBODY: &str = "the bundle has no certificate that names a signer";

fn check_step(check: &CheckOutcome) -> Step {
    let result = match check.status {
        Status::Passed => StepResult::Holds,
        Status::Failed => StepResult::Fails,
        Status::NotEvaluated => StepResult::NotJudged,
    };
    Step::new("check", "Demanded check", result, format!("{}.", check.reason))
        .fact("name", check.name.as_str())
        .fact("demanded", check.value.clone())
}

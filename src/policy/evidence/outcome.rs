//! What came of the checks of a digest.

use serde_json::{Value, json};

/// What came of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// It holds.
    Passed,
    /// The evidence says otherwise.
    Failed,
    /// There is no evidence, or none that can be judged. That is not passed.
    NotEvaluated,
}

impl Status {
    /// The word of our JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotEvaluated => "not-evaluated",
        }
    }
}

/// One check and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckOutcome {
    /// The name in the policy; it can be anything.
    pub name: String,
    /// The value in the policy.
    pub value: Value,
    /// What came of it.
    pub status: Status,
    /// Why, fit to be shown.
    pub reason: String,
    /// Whether it counts: a check that is set to false does not.
    pub demanded: bool,
}

/// A bundle, as reports name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleName {
    /// The name of its file, as it was given; not fit to be shown.
    pub name: String,
    /// SHA-256 of its bytes; `None` where they could not be read.
    pub sha256: Option<String>,
}

/// What came of all checks of a digest.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The digest, as the policy writes it.
    pub digest: String,
    /// The checks, in the order of the policy.
    pub checks: Vec<CheckOutcome>,
    /// The one bundle that they were judged with.
    pub bundle: Option<BundleName>,
    /// Bundles that were looked at for this digest.
    pub candidates: usize,
}

impl Outcome {
    /// The worst of the demanded checks: failed, then not evaluated. `None`
    /// where nothing is demanded.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        let demanded = || self.checks.iter().filter(|check| check.demanded);
        let any = |status| demanded().any(|check| check.status == status);
        demanded().next()?;
        Some(match (any(Status::Failed), any(Status::NotEvaluated)) {
            (true, _) => Status::Failed,
            (false, true) => Status::NotEvaluated,
            (false, false) => Status::Passed,
        })
    }

    /// Whether nothing that is demanded is anything but passed.
    #[must_use]
    pub fn is_satisfied(&self) -> bool {
        self.status().is_none_or(|status| status == Status::Passed)
    }

    /// The checks as our JSON has them: `{name, value, status, reason}`.
    #[must_use]
    pub fn checks_json(&self) -> Value {
        let one = |check: &CheckOutcome| {
            json!({
                "name": check.name,
                "value": check.value,
                "status": check.status.word(),
                "reason": check.reason,
            })
        };
        self.checks.iter().map(one).collect()
    }
}

//! One step of a check: what was compared, and what came of it.

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepResult {
    /// The values fit each other.
    Passed,
    /// They do not.
    Failed,
    /// There is nothing to compare with; no failure.
    NotCheckable,
}

impl StepResult {
    /// The word of our JSON and of our tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotCheckable => "not checkable",
        }
    }

    /// Passed where the values fit.
    #[must_use]
    pub const fn of(fits: bool) -> Self {
        if fits { Self::Passed } else { Self::Failed }
    }
}

/// A value that was compared, fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is: a short name that never changes.
    pub name: &'static str,
    /// The value; bytes are hexadecimal digits.
    pub value: String,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// A short name that never changes.
    pub code: &'static str,
    /// What is compared, in a few words.
    pub title: &'static str,
    /// What came of it.
    pub result: StepResult,
    /// What that means, in a sentence; fit to be shown.
    pub said: String,
    /// The values.
    pub facts: Vec<Fact>,
}

impl Step {
    /// A step without values. The sentence must be fit to be shown.
    #[must_use]
    pub fn new(code: &'static str, title: &'static str, result: StepResult, said: impl Into<String>) -> Self {
        Self { code, title, result, said: said.into(), facts: Vec::new() }
    }

    /// The same with a value, which must be fit to be shown.
    #[must_use]
    pub fn fact(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.facts.push(Fact { name, value: value.into() });
        self
    }

    /// The value of that name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.facts.iter().find(|fact| fact.name == name).map(|fact| fact.value.as_str())
    }
}

/// What the steps of one check come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Conclusion {
    /// No step failed, and those that make a quote one all passed.
    Holds,
    /// A step failed.
    Fails,
    /// No step failed, but one that makes a quote one could not be taken.
    NotCheckable,
}

impl Conclusion {
    /// The word of our JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::NotCheckable => "not checkable",
        }
    }
}

/// The steps without which nothing is proven: what a TPM says of PCRs, to us,
/// under a key that says nothing else.
const ESSENTIAL: [&str; 6] = ["ak-attributes", "signature", "quote", "nonce", "selection", "pcr-digest"];

/// What the steps come to.
#[must_use]
pub fn conclude(steps: &[Step]) -> Conclusion {
    let passed = |code: &str| steps.iter().any(|step| step.code == code && step.result == StepResult::Passed);
    if steps.iter().any(|step| step.result == StepResult::Failed) {
        Conclusion::Fails
    } else if ESSENTIAL.iter().all(|code| passed(code)) {
        Conclusion::Holds
    } else {
        Conclusion::NotCheckable
    }
}

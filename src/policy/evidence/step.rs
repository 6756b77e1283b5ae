//! One step of an examination: what was compared, and what came of it.

use serde_json::Value;

use crate::text::{Shown, sanitise_to};

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepResult {
    /// The values fit each other.
    Holds,
    /// They do not: no check passes with this bundle.
    Fails,
    /// Shown only; nothing depends on it, or nothing could be compared.
    NotJudged,
}

impl StepResult {
    /// The word of our JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::NotJudged => "not-judged",
        }
    }

    pub(super) const fn of(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }
}

/// A value that was compared, or that a reviewer needs to compare it again.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// What it is: a short name that never changes.
    pub name: &'static str,
    /// The value as it is in the evidence. Hashes are hexadecimal digits.
    /// Text in it is not fit to be shown: see [`Fact::shown`].
    pub value: Value,
}

impl Fact {
    /// The value for people, at most `limit` characters, sanitised.
    #[must_use]
    pub fn shown(&self, limit: usize) -> Shown {
        match &self.value {
            Value::String(text) => sanitise_to(text, limit),
            Value::Array(values) if values.iter().all(Value::is_string) => {
                let texts: Vec<_> = values.iter().filter_map(Value::as_str).collect();
                sanitise_to(&texts.join(", "), limit)
            }
            Value::Null => sanitise_to("none", limit),
            other => sanitise_to(&other.to_string(), limit),
        }
    }

    /// Its rows, where the value is a list of objects as the folds of a proof
    /// are: names and values beside each other, not fit to be shown.
    #[must_use]
    pub fn rows(&self) -> Option<Vec<String>> {
        let values = self.value.as_array().filter(|values| !values.is_empty())?;
        let cell = |(name, value): (&String, &Value)| match value {
            Value::String(text) => format!("{name} {text}"),
            other => format!("{name} {other}"),
        };
        let row = |value: &Value| Some(value.as_object()?.iter().map(cell).collect::<Vec<_>>().join("  "));
        values.iter().map(row).collect()
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// A short name that never changes.
    pub code: &'static str,
    /// What is done, in a few words.
    pub title: &'static str,
    /// What came of it.
    pub result: StepResult,
    /// What that means, in one sentence; fit to be shown.
    pub said: String,
    /// The values.
    pub facts: Vec<Fact>,
}

impl Step {
    pub(super) fn new(
        code: &'static str,
        title: &'static str,
        result: StepResult,
        said: impl Into<String>,
    ) -> Self {
        Self { code, title, result, said: said.into(), facts: Vec::new() }
    }

    /// The same with a value.
    pub(super) fn fact(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.facts.push(Fact { name, value: value.into() });
        self
    }

    /// The value of that name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.facts.iter().find(|fact| fact.name == name).map(|fact| &fact.value)
    }

    /// Whether the values do not fit.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.result == StepResult::Fails
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_list_of_objects_is_shown_in_rows_and_nothing_as_none() {
        let fact = |value| Fact { name: "folds", value };
        let folds = fact(json!([{"hash": "aa", "number": 1}, {"hash": "bb"}]));
        assert_eq!(folds.rows(), Some(vec!["hash aa  number 1".to_owned(), "hash bb".to_owned()]));
        for other in [json!([]), json!(["a"]), json!([{"a": 1}, "a"]), json!("a"), json!({"a": 1})] {
            assert_eq!(fact(other).rows(), None);
        }
        assert_eq!(fact(Value::Null).shown(10).to_string(), "none");
        assert_eq!(fact(json!(["a", "b"])).shown(10).to_string(), "a, b");
    }
}

//! What Python's `json` and `jsonschema` take for an integer.
//!
//! A spelling without fraction and exponent is an `int` of any size; the others
//! are `float`, and a float without a fraction is an integer to the schema:
//! `1.0`, `1e2` and `-0.0` pass, `6.5` does not.

/// Digits that Python reads into an `int` (`sys.int_info`); it refuses the
/// whole text for a longer one.
const PYTHON_DIGITS: usize = 4300;

/// An integer, as far as it must be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Integer {
    /// Whether it is below 0.
    pub negative: bool,
    /// Its size without the sign, where 64 bits hold it.
    pub size: Option<u64>,
}

/// Reads the spelling of a JSON number; `None` for what is no integer.
#[must_use]
pub fn integer(raw: &str) -> Option<Integer> {
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let size = digits.parse().ok();
        let negative = raw.len() > digits.len() && size != Some(0);
        return (digits.len() <= PYTHON_DIGITS).then_some(Integer { negative, size });
    }
    let value: f64 = raw.parse().ok()?;
    if !value.is_finite() || value.fract() != 0.0 {
        return None;
    }
    // Digits of a float without a fraction, so that nothing is cast.
    let size = format!("{:.0}", value.abs()).parse().ok();
    Some(Integer { negative: value < 0.0, size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_python_and_jsonschema_take_them() {
        for (raw, negative, size) in [
            ("0", false, Some(0)),
            ("-0", false, Some(0)),
            ("-0.0", false, Some(0)),
            ("-1", true, Some(1)),
            ("1.0", false, Some(1)),
            ("1e2", false, Some(100)),
            ("1000000000000000000000000000000", false, None),
            ("1e30", false, None),
            ("1e-400", false, Some(0)),
            ("-3.0", true, Some(3)),
        ] {
            assert_eq!(integer(raw), Some(Integer { negative, size }), "{raw}");
        }
        for raw in ["6.5", "15e-1", "1e400", "-0.5"] {
            assert_eq!(integer(raw), None, "{raw}");
        }
        assert!(integer(&"9".repeat(4300)).is_some());
        assert!(integer(&"9".repeat(4301)).is_none());
    }
}

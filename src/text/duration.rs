//! Spans of time in the few characters that a table has.

use std::fmt;

/// Seconds as one number and one unit: `8s`, `3m`, `5h`, `12d`.
///
/// The unit changes where the smaller one would need three digits, so the
/// text is at most four characters long below 1000 days.
#[derive(Clone, Copy, Debug)]
pub struct Short(pub u64);

impl fmt::Display for Short {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(seconds) = self;
        match seconds {
            0..=99 => write!(out, "{seconds}s"),
            100..=5_999 => write!(out, "{}m", seconds / 60),
            6_000..=172_799 => write!(out, "{}h", seconds / 3_600),
            _ => write!(out, "{}d", seconds / 86_400),
        }
    }
}

/// Seconds in words with two units at most: `1 h 5 min`, `12 s`.
#[derive(Clone, Copy, Debug)]
pub struct Words(pub u64);

/// [`Words`] as a text of its own.
pub fn words(seconds: u64) -> String {
    Words(seconds).to_string()
}

impl fmt::Display for Words {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_words(self.0, out)
    }
}

fn write_words(seconds: u64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (days, hours, minutes, rest) =
        (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => write!(out, "{rest} s"),
        (0, 0, _) if rest == 0 => write!(out, "{minutes} min"),
        (0, 0, _) => write!(out, "{minutes} min {rest} s"),
        (0, _, 0) => write!(out, "{hours} h"),
        (0, _, _) => write!(out, "{hours} h {minutes} min"),
        (_, 0, _) => write!(out, "{days} d"),
        (_, _, _) => write!(out, "{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unit() {
        for (seconds, text) in
            [(0, "0s"), (99, "99s"), (100, "1m"), (3_600, "60m"), (7_200, "2h"), (172_800, "2d")]
        {
            assert_eq!(Short(seconds).to_string(), text);
        }
    }

    #[test]
    fn two_units() {
        for (seconds, text) in
            [(12, "12 s"), (60, "1 min"), (75, "1 min 15 s"), (3_900, "1 h 5 min"), (90_000, "1 d 1 h")]
        {
            assert_eq!(words(seconds), text);
        }
    }
}

//! Spans of time in the few characters that a table has.

/// Seconds as one number and one unit: `8s`, `3m`, `5h`, `12d`.
///
/// The unit changes where the smaller one would need three digits, so the
/// text is at most four characters long below 1000 days.
pub fn short(seconds: u64) -> String {
    match seconds {
        0..=99 => format!("{seconds}s"),
        100..=5_999 => format!("{}m", seconds / 60),
        6_000..=172_799 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// Seconds in words with two units at most: `1 h 5 min`, `12 s`.
pub fn words(seconds: u64) -> String {
    let (days, hours, minutes, rest) =
        (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{rest} s"),
        (0, 0, _) if rest == 0 => format!("{minutes} min"),
        (0, 0, _) => format!("{minutes} min {rest} s"),
        (0, _, 0) => format!("{hours} h"),
        (0, _, _) => format!("{hours} h {minutes} min"),
        (_, 0, _) => format!("{days} d"),
        (_, _, _) => format!("{days} d {hours} h"),
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
            assert_eq!(short(seconds), text);
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

//! Moving through whatever list is on top.

/// How far to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// Down by lines; negative: up.
    Lines(i64),
    /// Down by half the height; negative: up.
    Halves(i64),
    /// Down by the height less one line, so that something stays in sight;
    /// negative: up.
    Pages(i64),
    /// To the first.
    First,
    /// To the last.
    Last,
    /// To the row of this number, from 1.
    Row(usize),
}

impl Motion {
    /// The motion so many times; to the first or the last means to that row. As
    /// in vim, none is once.
    #[must_use]
    pub fn times(self, count: usize) -> Self {
        let times = i64::try_from(count.max(1)).unwrap_or(i64::MAX);
        match self {
            Self::Lines(lines) => Self::Lines(lines.saturating_mul(times)),
            Self::Halves(halves) => Self::Halves(halves.saturating_mul(times)),
            Self::Pages(pages) => Self::Pages(pages.saturating_mul(times)),
            Self::First | Self::Last if count > 0 => Self::Row(count),
            other => other,
        }
    }

    /// The new place in a list of `length`, of which `height` lines are in sight.
    pub fn from(self, place: usize, length: usize, height: usize) -> usize {
        let last = length.saturating_sub(1);
        let height = i64::try_from(height).unwrap_or(i64::MAX);
        let by = match self {
            Self::Lines(lines) => lines,
            Self::Halves(halves) => halves.saturating_mul((height / 2).max(1)),
            Self::Pages(pages) => pages.saturating_mul((height - 1).max(1)),
            Self::First => return 0,
            Self::Row(row) => return row.saturating_sub(1).min(last),
            Self::Last => return last,
        };
        let steps = usize::try_from(by.unsigned_abs()).unwrap_or(usize::MAX);
        if by < 0 { place.saturating_sub(steps) } else { place.saturating_add(steps).min(last) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn motions_stay_inside() {
        assert_eq!(Motion::Lines(1).from(9, 10, 5), 9);
        assert_eq!(Motion::Lines(-1).from(0, 10, 5), 0);
        assert_eq!(Motion::Halves(1).from(0, 10, 6), 3);
        assert_eq!(Motion::Pages(1).from(0, 10, 6), 5);
        assert_eq!(Motion::Pages(-1).from(7, 10, 6), 2);
        assert_eq!(Motion::Last.from(0, 0, 6), 0);
        assert_eq!(Motion::Pages(1).from(0, 10, 0), 1);
    }
}

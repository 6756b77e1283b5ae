//! A row of small bars.

/// The bars, from the lowest to the highest.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The same in ASCII.
const PLAIN: [char; 8] = ['_', '.', '-', '~', '=', '+', '*', '#'];

/// One bar for every level; `top` is the highest that there can be.
pub fn spark(levels: &[u8], top: u8, ascii: bool) -> String {
    let bars = if ascii { PLAIN } else { BARS };
    let top = usize::from(top.max(1));
    levels
        .iter()
        .filter_map(|level| bars.get(usize::from(*level).min(top) * (bars.len() - 1) / top))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_become_bars_from_the_lowest_to_the_highest() {
        assert_eq!(spark(&[0, 3, 6, 9], 6, false), "▁▄██");
        assert_eq!(spark(&[0, 8], 8, true), "_#");
        assert_eq!(spark(&[], 0, true), "");
    }
}

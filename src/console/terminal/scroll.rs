//! Whether what is to be shown is in part what is shown, some lines up or down.

use ratatui::buffer::Cell;

/// Cells that have to be saved: the sequences that scroll cost about as much
/// as this many.
const LEAST_GAIN: i64 = 40;

/// A block of lines that moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scroll {
    /// The first line of the block.
    pub top: usize,
    /// The line after its last.
    pub bottom: usize,
    /// By how many lines it moves.
    pub lines: usize,
    /// Whether upwards.
    pub is_up: bool,
}

/// Finds scrolls; it is kept, so that looking allocates nothing.
#[derive(Debug, Default)]
pub(super) struct Finder {
    /// For each line the keys of its beginning and of its end.
    wanted: Vec<[u64; 2]>,
    shown: Vec<[u64; 2]>,
    /// For each distance, lines that would be right with it.
    votes: Vec<u32>,
    /// Cells of each line that it would save.
    gains: Vec<i64>,
}

impl Finder {
    /// The scroll that saves most, if one saves anything worth it. Lines are
    /// told by their beginnings and ends, because often only one half of the
    /// screen moves; what is saved is counted in cells.
    pub(super) fn find(&mut self, wanted: &[Cell], shown: &[Cell], width: usize) -> Option<Scroll> {
        if width < 3 {
            return None;
        }
        keys(&mut self.wanted, wanted, width);
        keys(&mut self.shown, shown, width);
        let distance = self.distance()?;
        let line = |cells: &'_ [Cell], number: usize| -> Option<std::ops::Range<usize>> {
            let start = number.checked_mul(width)?;
            (start + width <= cells.len()).then_some(start..start + width)
        };
        let different = |number: usize, other: usize| -> i64 {
            let wanted = line(wanted, number).and_then(|range| wanted.get(range)).unwrap_or_default();
            let shown = line(shown, other).and_then(|range| shown.get(range)).unwrap_or_default();
            count(wanted.iter().zip(shown).filter(|(wanted, shown)| wanted != shown).count())
        };
        let height = self.wanted.len();
        self.gains.clear();
        self.gains.extend((0..height).map(|number| match number.checked_add_signed(distance) {
            Some(other) if other < height => different(number, number) - different(number, other),
            // A line that nothing comes to ends every block.
            _ => i64::MIN / 4,
        }));
        let (first, last, gain) = best_stretch(&self.gains)?;
        let lines = distance.unsigned_abs();
        let is_up = distance > 0;
        let scroll = if is_up {
            Scroll { top: first, bottom: last + lines + 1, lines, is_up }
        } else {
            Scroll { top: first.saturating_sub(lines), bottom: last + 1, lines, is_up }
        };
        // Lines that are laid open become blank.
        let open = if is_up { last + 1..scroll.bottom } else { scroll.top..first };
        let lost: i64 = open
            .map(|number| {
                let cells = line(wanted, number).and_then(|range| wanted.get(range)).unwrap_or_default();
                count(cells.iter().filter(|cell| **cell != Cell::EMPTY).count()) - different(number, number)
            })
            .sum();
        (gain - lost >= LEAST_GAIN).then_some(scroll)
    }

    /// By how many lines most lines have moved: a positive number is upwards.
    fn distance(&mut self) -> Option<isize> {
        let height = self.wanted.len();
        self.votes.clear();
        self.votes.resize(2 * height, 0);
        for (number, (wanted, stays)) in self.wanted.iter().zip(&self.shown).enumerate() {
            for (end, (key, stays)) in wanted.iter().zip(stays).enumerate() {
                if *key == BLANK || key == stays {
                    continue;
                }
                for (other, shown) in self.shown.iter().enumerate() {
                    if shown.get(end) == Some(key)
                        && let Some(votes) = self.votes.get_mut(other + height - number)
                    {
                        *votes += 1;
                    }
                }
            }
        }
        let (best, votes) = self.votes.iter().enumerate().max_by_key(|(_, votes)| **votes)?;
        if *votes == 0 {
            return None;
        }
        Some(isize::try_from(best).ok()? - isize::try_from(height).ok()?)
    }
}

/// The key of what has no text.
const BLANK: u64 = 0;

/// The keys of the lines: of the first third and of the last. Styles do not
/// count, because the selected line has its own.
fn keys(keys: &mut Vec<[u64; 2]>, cells: &[Cell], width: usize) {
    let third = width / 3;
    keys.clear();
    keys.extend(cells.chunks_exact(width).map(|line| {
        [line.get(..third), line.get(width - third..)].map(|part| key(part.unwrap_or_default()))
    }));
}

/// FNV-1a: nobody gains anything by two lines with the same key, because what
/// is saved is counted in cells.
fn key(cells: &[Cell]) -> u64 {
    if cells.iter().all(|cell| cell.symbol() == " ") {
        return BLANK;
    }
    cells
        .iter()
        .flat_map(|cell| cell.symbol().bytes().chain([0]))
        .fold(0xcbf2_9ce4_8422_2325, |key, byte| (key ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The stretch with the greatest sum: its first and last place, and the sum.
fn best_stretch(gains: &[i64]) -> Option<(usize, usize, i64)> {
    let (mut best, mut start, mut sum) = (None, 0, 0);
    for (place, gain) in gains.iter().enumerate() {
        if sum <= 0 {
            (start, sum) = (place, 0);
        }
        sum += gain;
        if sum > best.map_or(0, |(_, _, sum)| sum) {
            best = Some((start, place, sum));
        }
    }
    best
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

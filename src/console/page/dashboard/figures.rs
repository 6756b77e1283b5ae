//! Figures that are read from across a room.

use crate::console::glyph;
use crate::console::theme::Role;
use crate::console::widget::styled::StyledLine;
use crate::fleet::{Counts, Verdict};

/// The figures 0 to 9: five lines of three points.
const FIGURES: [[&str; 5]; 10] = [
    ["###", "# #", "# #", "# #", "###"],
    [" # ", "## ", " # ", " # ", "###"],
    ["###", "  #", "###", "#  ", "###"],
    ["###", "  #", "###", "  #", "###"],
    ["# #", "# #", "###", "  #", "  #"],
    ["###", "#  ", "###", "  #", "###"],
    ["###", "#  ", "###", "# #", "###"],
    ["###", "  #", "  #", "  #", "  #"],
    ["###", "# #", "###", "# #", "###"],
    ["###", "# #", "###", "  #", "###"],
];

/// Columns and lines of a point, the largest first. A character is about twice
/// as high as wide.
const SCALES: [(usize, usize); 4] = [(6, 3), (4, 2), (2, 1), (1, 1)];

/// Columns between two counts.
const GAP: usize = 4;

/// A count with what it counts.
struct Tile {
    role: Role,
    lines: Vec<String>,
    label: String,
}

impl Tile {
    fn new(verdict: Verdict, count: u32, (across, down): (usize, usize), ascii: bool) -> Self {
        let point = if ascii { "#" } else { "█" };
        let digits: Vec<_> = count.to_string().bytes().map(|digit| usize::from(digit - b'0')).collect();
        let line = |number: usize| {
            let parts = digits.iter().filter_map(|digit| FIGURES.get(*digit)?.get(number));
            let drawn = parts.map(|points| {
                let columns = points.chars().map(|one| if one == '#' { point } else { " " }.repeat(across));
                columns.collect::<String>()
            });
            drawn.collect::<Vec<_>>().join(&" ".repeat(across))
        };
        let lines = (0..5).flat_map(|number| std::iter::repeat_n(line(number), down)).collect();
        let label = format!("{} {}", glyph::verdict(verdict, ascii), verdict.word());
        Self { role: glyph::verdict_role(verdict), lines, label }
    }

    fn width(&self) -> usize {
        let lines = self.lines.iter().chain([&self.label]);
        lines.map(|line| line.chars().count()).max().unwrap_or(0)
    }
}

/// The counts as large as they fit into so many columns and lines; none where
/// even the smallest do not.
pub(super) fn counts(
    counts: &Counts,
    (width, height): (usize, usize),
    ascii: bool,
) -> Option<Vec<StyledLine>> {
    SCALES.into_iter().find_map(|scale| {
        let some = Verdict::ALL.into_iter().filter(|verdict| counts.get(*verdict) > 0);
        let tiles: Vec<_> =
            some.map(|verdict| Tile::new(verdict, counts.get(verdict), scale, ascii)).collect();
        let lines = rows(&tiles, width)?;
        (lines.len() <= height).then_some(lines)
    })
}

/// The tiles side by side, in as many rows as they need.
fn rows(tiles: &[Tile], width: usize) -> Option<Vec<StyledLine>> {
    let mut rows: Vec<(usize, Vec<&Tile>)> = Vec::new();
    for tile in tiles {
        if tile.width() > width {
            return None;
        }
        match rows.last_mut() {
            Some((used, row)) if *used + GAP + tile.width() <= width => {
                *used += GAP + tile.width();
                row.push(tile);
            }
            _ => rows.push((tile.width(), vec![tile])),
        }
    }
    Some(rows.into_iter().flat_map(|(_, row)| row_lines(&row)).collect())
}

fn row_lines(row: &[&Tile]) -> Vec<StyledLine> {
    let height = row.first().map_or(0, |tile| tile.lines.len());
    let beside = |part: &dyn Fn(&Tile) -> (Role, String)| {
        row.iter().enumerate().fold(StyledLine::new(), |line, (number, tile)| {
            let gap = if number == 0 { 0 } else { GAP };
            let (role, text) = part(tile);
            line.with(Role::Text, " ".repeat(gap)).field(role, &text, tile.width())
        })
    };
    let figure =
        |number: usize| beside(&|tile| (tile.role, tile.lines.get(number).cloned().unwrap_or_default()));
    let labels = beside(&|tile| (tile.role, tile.label.clone()));
    (0..height).map(figure).chain([labels, StyledLine::new()]).collect()
}

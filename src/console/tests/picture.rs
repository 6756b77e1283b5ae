//! Screens with their colours, in a form that people can review: the text, then
//! every line's stretches of a style by columns from 1, then what the styles are.
//!
//! ```text
//! 1  A2-11  B13-24  C26-35
//! A bold; B bold reversed; C dim
//! ```

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use super::pages::{drawn, text_of};
use crate::console::state::State;
use crate::console::theme::{ColourDepth, Themes};
use crate::console::{draw, theme};

/// The screen in the default theme, with its colours.
pub fn picture(state: &State) -> String {
    let buffer = drawn(state, true);
    format!("{}{}", text_of(&buffer), styles(&buffer))
}

/// The styles of the screen in a theme.
pub fn styles_in(state: &State, name: &str) -> String {
    let theme = Themes::built_in().unwrap().get(name, ColourDepth::True);
    let mut buffer = Buffer::empty(Rect::new(0, 0, state.size.width, state.size.height));
    draw(state, &theme, &mut buffer);
    styles(&buffer)
}

fn styles(buffer: &Buffer) -> String {
    let base = base(buffer);
    let mut known: Vec<String> = Vec::new();
    let mut text = String::new();
    for (row, line) in buffer.content.chunks(usize::from(buffer.area.width.max(1))).enumerate() {
        // A blank on the base joins what is alike at its two sides.
        let mut runs: Vec<(String, usize, usize)> = Vec::new();
        for (column, cell) in line.iter().enumerate() {
            let Some(style) = style(cell, base) else { continue };
            match runs.last_mut() {
                Some((last, _, end)) if *last == style && is_blank(&line[*end..column], base) => {
                    *end = column + 1;
                }
                _ => runs.push((style, column, column + 1)),
            }
        }
        let styled: Vec<_> = runs.into_iter().filter(|(style, ..)| !style.is_empty()).collect();
        if styled.is_empty() {
            continue;
        }
        write!(text, "{}", row + 1).unwrap();
        for (style, start, end) in styled {
            let place = known.iter().position(|other| *other == style).unwrap_or_else(|| {
                known.push(style);
                known.len() - 1
            });
            let letter = char::from(b'A' + u8::try_from(place).unwrap());
            match end - start {
                1 => write!(text, "  {letter}{end}").unwrap(),
                _ => write!(text, "  {letter}{}-{end}", start + 1).unwrap(),
            }
        }
        text.push('\n');
    }
    let legend = known.iter().zip(b'A'..).map(|(style, letter)| format!("{} {style}", char::from(letter)));
    let base = colour(base).map(|base| format!("all on {base}"));
    text.push_str(&base.into_iter().chain(legend).collect::<Vec<_>>().join("; "));
    text.push('\n');
    text
}

/// The background of most cells.
fn base(buffer: &Buffer) -> Color {
    let mut counts = std::collections::HashMap::new();
    for cell in &buffer.content {
        *counts.entry(cell.bg).or_insert(0) += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map_or(Color::Reset, |(colour, _)| colour)
}

fn is_blank(cells: &[Cell], base: Color) -> bool {
    cells.iter().all(|cell| style(cell, base).is_none())
}

/// A cell's style in words, without the base; none for a blank that shows
/// nothing of it.
fn style(cell: &Cell, base: Color) -> Option<String> {
    let shows_on_blanks = Modifier::REVERSED | Modifier::UNDERLINED | Modifier::CROSSED_OUT;
    let is_blank = cell.symbol() == " " && !cell.modifier.intersects(shows_on_blanks);
    if is_blank && cell.bg == base {
        return None;
    }
    let background = Some(cell.bg).filter(|colour| *colour != base).and_then(colour);
    let mut words = Vec::new();
    words.extend(colour(cell.fg));
    words.extend(cell.modifier.iter_names().map(|(name, _)| name.to_lowercase()));
    words.extend(background.map(|colour| format!("on {colour}")));
    Some(words.join(" "))
}

fn colour(colour: Color) -> Option<String> {
    (colour != Color::Reset).then(|| colour.to_string().to_lowercase())
}

#[test]
fn every_theme_and_none() {
    use crate::console::Options;
    use crate::console::test_fleet::{press, state as state_of};
    let of = |keys: &str, options: Options| {
        let mut state = state_of(options);
        press(&mut state, keys);
        state
    };
    let coloured = || Options { colour: true, ..Options::default() };
    let agents = of("2 j", coloured());
    let mut text = text_of(&drawn(&agents, true));
    for (name, _) in theme::BUILT_IN {
        write!(text, "\n{name}\n{}", styles_in(&agents, name)).unwrap();
    }
    insta::assert_snapshot!("agents-themes-80x24", text);
    let pages = ["1", "1 enter", "2", "2 enter", "3", "4", "?", ": s"];
    let without = pages.map(|keys| {
        let state = of(keys, Options::default());
        assert_eq!(state.theme, theme::MONO, "without colours");
        format!("{}{}", text_of(&drawn(&state, false)), styles_in(&state, &state.theme))
    });
    insta::assert_snapshot!("no-colour-80x24", without.join("\n"));
    let ascii = pages.map(|keys| text_of(&drawn(&of(keys, Options { ascii: true, ..coloured() }), true)));
    assert!(ascii.iter().all(|page| page.is_ascii()));
    insta::assert_snapshot!("ascii-80x24", ascii.join("\n"));
}

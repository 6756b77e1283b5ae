//! Colours for terminals that have fewer of them.

use ratatui::style::{Color, Style};

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColourDepth {
    /// 24 bits.
    #[default]
    True,
    /// The 256 of xterm.
    Indexed,
    /// The 16 that every terminal has.
    Basic,
}

/// The levels of the 6×6×6 cube of xterm's 256 colours.
const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The 16 colours as xterm draws them; a terminal's owner may have others.
const BASIC: [(Color, [u8; 3]); 16] = [
    (Color::Black, [0, 0, 0]),
    (Color::Red, [205, 0, 0]),
    (Color::Green, [0, 205, 0]),
    (Color::Yellow, [205, 205, 0]),
    (Color::Blue, [0, 0, 238]),
    (Color::Magenta, [205, 0, 205]),
    (Color::Cyan, [0, 205, 205]),
    (Color::Gray, [229, 229, 229]),
    (Color::DarkGray, [127, 127, 127]),
    (Color::LightRed, [255, 0, 0]),
    (Color::LightGreen, [0, 255, 0]),
    (Color::LightYellow, [255, 255, 0]),
    (Color::LightBlue, [92, 92, 255]),
    (Color::LightMagenta, [255, 0, 255]),
    (Color::LightCyan, [0, 255, 255]),
    (Color::White, [255, 255, 255]),
];

impl ColourDepth {
    /// What the variables `COLORTERM` and `TERM` say. Nothing is asked of the
    /// terminal: an answer over a slow line comes late, among the keys.
    pub fn of_environment(colorterm: Option<&str>, term: Option<&str>) -> Self {
        let term = term.unwrap_or_default();
        if matches!(colorterm, Some("truecolor" | "24bit")) || term.ends_with("-direct") {
            Self::True
        } else if term.contains("256color") {
            Self::Indexed
        } else {
            Self::Basic
        }
    }

    /// The style in colours that the terminal has.
    pub(super) fn fit(self, style: Style) -> Style {
        let (fg, bg) =
            (style.fg.map(|colour| self.colour(colour)), style.bg.map(|colour| self.colour(colour)));
        // Two near colours may become one: then the text is what gives way.
        let fg = match bg {
            Some(background) if fg == bg => Some(opposite(style.bg.unwrap_or(background))),
            _ => fg,
        };
        Style { fg, bg, ..style }
    }

    fn colour(self, colour: Color) -> Color {
        let Color::Rgb(red, green, blue) = colour else { return colour };
        match self {
            Self::True => colour,
            Self::Indexed => Color::Indexed(indexed([red, green, blue])),
            Self::Basic => {
                let near = BASIC.iter().min_by_key(|(_, other)| distance([red, green, blue], *other));
                near.map_or(Color::Reset, |(colour, _)| *colour)
            }
        }
    }
}

fn opposite(background: Color) -> Color {
    match background {
        Color::Rgb(red, green, blue) if u16::from(red) + u16::from(green) + u16::from(blue) > 380 => {
            Color::Black
        }
        _ => Color::White,
    }
}

/// The nearest of the cube and the 24 greys.
fn indexed(colour: [u8; 3]) -> u8 {
    let step = |value: u8| {
        let near = (0u8..).zip(LEVELS).min_by_key(|(_, level)| level.abs_diff(value));
        near.unwrap_or((0, 0))
    };
    let [(red, red_level), (green, green_level), (blue, blue_level)] = colour.map(step);
    let cube = (16 + 36 * red + 6 * green + blue, distance(colour, [red_level, green_level, blue_level]));
    let greys = (0u8..24).map(|grey| (232 + grey, distance(colour, [8 + 10 * grey; 3])));
    greys.chain([cube]).min_by_key(|(_, distance)| *distance).map_or(cube.0, |(index, _)| index)
}

fn distance(one: [u8; 3], other: [u8; 3]) -> u32 {
    one.iter().zip(other).map(|(one, other)| u32::from(one.abs_diff(other)).pow(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_tells_the_depth() {
        for (colorterm, term, depth) in [
            (Some("truecolor"), Some("xterm-256color"), ColourDepth::True),
            (None, Some("xterm-direct"), ColourDepth::True),
            (None, Some("screen-256color"), ColourDepth::Indexed),
            (Some(""), Some("linux"), ColourDepth::Basic),
            (None, None, ColourDepth::Basic),
        ] {
            assert_eq!(ColourDepth::of_environment(colorterm, term), depth, "{colorterm:?} {term:?}");
        }
    }

    #[test]
    fn colours_become_the_nearest_ones() {
        for (colour, index) in
            [([0, 0, 0], 16), ([255, 255, 255], 231), ([255, 0, 0], 196), ([20, 23, 28], 234)]
        {
            assert_eq!(indexed(colour), index, "{colour:?}");
        }
        assert_eq!(ColourDepth::Basic.colour(Color::Rgb(250, 10, 10)), Color::LightRed);
        assert_eq!(ColourDepth::Basic.colour(Color::Cyan), Color::Cyan);
    }

    #[test]
    fn text_never_takes_the_colour_of_its_background() {
        let near = Style::new().fg(Color::Rgb(20, 20, 20)).bg(Color::Rgb(0, 0, 0));
        for depth in [ColourDepth::Indexed, ColourDepth::Basic] {
            let fitted = depth.fit(near);
            assert_ne!(fitted.fg, fitted.bg);
        }
        let light = Style::new().fg(Color::Rgb(250, 250, 250)).bg(Color::Rgb(255, 255, 255));
        assert_eq!(ColourDepth::Basic.fit(light).fg, Some(Color::Black));
    }
}

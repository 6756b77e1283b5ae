//! A terminal's screen as an SVG picture: its cells, as they are.

use std::fmt::Write;

/// Width and height of one cell.
const CELL: (u32, u32) = (9, 19);

/// Space around the screen.
const MARGIN: u32 = 12;

/// The sixteen colours of a common dark terminal.
const COLOURS: [&str; 16] = [
    "#1d2027", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4", "#7f848e",
    "#ff7a85", "#b5e08d", "#ffd68a", "#82c4ff", "#e29bff", "#6fd3e0", "#ffffff",
];
const FOREGROUND: &str = "#d7dae0";
const BACKGROUND: &str = "#1d2027";

/// Draws a screen.
pub fn svg(screen: &vt100::Screen) -> String {
    let (rows, columns) = screen.size();
    let (rows, columns) = (u32::from(rows.get()), u32::from(columns.get()));
    let (width, height) = (columns * CELL.0 + 2 * MARGIN, rows * CELL.1 + 2 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"15\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n"
    );
    for row in 0..rows {
        let mut column = 0;
        while column < columns {
            let (next, run) = run_at(screen, row, column, columns);
            push(&mut svg, row, column, next - column, &run);
            column = next;
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// Cells beside each other that look the same.
#[derive(Default, PartialEq)]
struct Run {
    text: String,
    foreground: String,
    background: Option<String>,
    bold: bool,
    dim: bool,
}

fn run_at(screen: &vt100::Screen, row: u32, start: u32, columns: u32) -> (u32, Run) {
    let mut run = look(screen, row, start);
    let mut column = start + 1;
    while column < columns {
        let next = look(screen, row, column);
        let same = (&next.foreground, &next.background, next.bold, next.dim)
            == (&run.foreground, &run.background, run.bold, run.dim);
        if !same {
            break;
        }
        run.text.push_str(&next.text);
        column += 1;
    }
    (column, run)
}

fn look(screen: &vt100::Screen, row: u32, column: u32) -> Run {
    let Some(cell) = screen.cell(row as u16, column as u16) else { return Run::default() };
    let (mut foreground, mut background) = (colour(cell.fgcolor()), colour(cell.bgcolor()));
    if cell.inverse() {
        (foreground, background) =
            (background.or(Some(BACKGROUND.to_owned())), foreground.or(Some(FOREGROUND.to_owned())));
    }
    let text = if cell.has_contents() { cell.contents().to_owned() } else { " ".to_owned() };
    Run {
        text,
        foreground: foreground.unwrap_or_else(|| FOREGROUND.to_owned()),
        background,
        bold: cell.bold(),
        dim: cell.dim(),
    }
}

fn colour(colour: vt100::Color) -> Option<String> {
    match colour {
        vt100::Color::Default => None,
        vt100::Color::Idx(index @ 0..16) => Some(COLOURS[usize::from(index)].to_owned()),
        vt100::Color::Idx(index) => Some(palette(index)),
        vt100::Color::Rgb(red, green, blue) => Some(format!("#{red:02x}{green:02x}{blue:02x}")),
    }
}

/// The colour cube and the greys of the 256-colour palette.
fn palette(index: u8) -> String {
    if index >= 232 {
        let grey = 8 + 10 * (index - 232);
        return format!("#{grey:02x}{grey:02x}{grey:02x}");
    }
    let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
    let cube = index - 16;
    format!("#{:02x}{:02x}{:02x}", level(cube / 36), level(cube / 6 % 6), level(cube % 6))
}

fn push(svg: &mut String, row: u32, column: u32, cells: u32, run: &Run) {
    let (x, y) = (MARGIN + column * CELL.0, MARGIN + row * CELL.1);
    if let Some(background) = &run.background {
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" fill=\"{background}\"/>",
            cells * CELL.0,
            CELL.1
        );
    }
    if run.text.trim().is_empty() {
        return;
    }
    let text = run.text.trim_end().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let length = run.text.trim_end().chars().count() as u32 * CELL.0;
    let weight = if run.bold { " font-weight=\"bold\"" } else { "" };
    let opacity = if run.dim { " opacity=\"0.65\"" } else { "" };
    let _ = writeln!(
        svg,
        "<text x=\"{x}\" y=\"{}\" fill=\"{}\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\"{weight}{opacity}>{text}</text>",
        y + 14,
        run.foreground
    );
}

//! A whole frame: header, rule, page, footer.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::page;
use super::state::{MINIMUM, Overlay, PageId, State};
use super::theme::{Role, Theme};
use super::widget::styled::StyledLine;
use super::widget::{Painter, Target, Targets, footer, prompt};

/// Draws the state into the buffer, and tells what the mouse can hit of it.
pub fn draw(state: &State, theme: &Theme, buffer: &mut Buffer) -> Targets {
    let area = buffer.area;
    let base = theme.style(Role::Text);
    if base != ratatui::style::Style::default() {
        buffer.set_style(area, base);
    }
    let mut painter = Painter::new(buffer, theme, state.ascii);
    if area.width < MINIMUM.width || area.height < MINIMUM.height {
        too_small(&mut painter);
        return Targets::default();
    }
    if let Some(dashboard) = &state.dashboard {
        page::dashboard::draw(state, dashboard, &mut painter);
        return Targets::default();
    }
    header(state, &mut painter);
    let sign = if state.ascii { "-" } else { "─" };
    painter.fill(area.x, area.y + 1, area.width, sign, Role::Rule);
    if let Some(crumbs) = page::crumbs::line(state, usize::from(area.width.saturating_sub(2))) {
        painter.line(area.x + 1, area.y + 1, area.width.saturating_sub(2), &crumbs);
    }
    standing(state, &mut painter);
    let body = Rect { y: area.y + 2, height: area.height - 3, ..area };
    match (&state.overlay, state.page) {
        (Some(Overlay::Help(help)), _) => {
            let lines = state.overlay_lines();
            for (line, y) in lines.iter().skip(help.scroll).zip(body.y..body.bottom()) {
                painter.line(body.x + 1, y, state.size.help_width(), line);
            }
        }
        (Some(Overlay::Group { scroll, .. } | Overlay::Comparison { scroll }), _) => {
            let lines = state.overlay_lines();
            for (line, y) in lines.iter().skip(*scroll).zip(body.y..body.bottom()) {
                painter.line(body.x + 1, y, state.size.group_width(), line);
            }
        }
        (Some(Overlay::Detail(detail)), _) if !state.size.is_wide() => {
            page::agents::draw_detail(state, detail, &mut painter, body);
        }
        (Some(Overlay::Policy { scroll }), _) => page::policy::draw(state, *scroll, &mut painter, body),
        (Some(Overlay::Trust), _) => page::trust::draw(state, &mut painter, body),
        (Some(Overlay::Identities), _) => page::identities::draw(state, &mut painter, body),
        (Some(Overlay::Columns { place }), page) => {
            draw_page(state, page, &mut painter, body);
            page::agents::draw_chooser(state, *place, &mut painter, body);
        }
        (Some(Overlay::Detail(detail)), page) => {
            let pane = body.width / 2;
            let left = Rect { width: body.width - pane - 1, ..body };
            draw_page(state, page, &mut painter, left);
            for y in body.y..body.bottom() {
                painter.text(left.right(), y, 1, "│", Role::Rule);
            }
            let right = Rect { x: left.right() + 1, width: pane, ..body };
            page::agents::draw_detail(state, detail, &mut painter, right);
        }
        (None, page) => draw_page(state, page, &mut painter, body),
    }
    if let Some(palette) = &state.palette {
        page::palette::draw(state, palette, &mut painter, body);
    }
    let columns = area.width.saturating_sub(2);
    if let Some(line) = &state.line {
        let line = prompt::line(line, usize::from(columns));
        painter.fill(area.x, area.bottom() - 2, area.width, " ", Role::Text);
        painter.line(area.x + 1, area.bottom() - 2, columns, &line);
        painter.target(area.x, area.bottom() - 2, area.width, Target::Nothing);
    }
    footer::draw(state, &mut painter, area.x + 1, area.bottom() - 1, columns);
    painter.into_targets()
}

/// What holds for longer, on the rule: an alarm takes all of it, all else the place that the crumbs leave.
fn standing(state: &State, painter: &mut Painter<'_>) {
    let area = painter.area();
    let Some(words) = state.standing.line() else { return };
    let (y, width) = (area.y + 1, area.width.saturating_sub(2));
    if state.standing.is_alarm {
        painter.fill(area.x, y, area.width, " ", Role::Problem);
        painter.text(area.x + 1, y, width, words, Role::Problem);
        return;
    }
    let crumbs = page::crumbs::line(state, usize::from(width)).map_or(0, |line| line.width() + 1);
    let crumbs = u16::try_from(crumbs).unwrap_or(u16::MAX);
    let room = width.saturating_sub(crumbs);
    if room > MIN_TITLE {
        let role = if state.standing.trust_store.is_some() { Role::Warn } else { Role::Dim };
        painter.text(area.x.saturating_add(1 + crumbs), y, room, &format!(" {words} "), role);
    }
}

fn draw_page(state: &State, page: PageId, painter: &mut Painter<'_>, area: Rect) {
    match page {
        PageId::Overview => page::overview::draw(state, painter, area),
        PageId::Agents => page::agents::draw(state, painter, area),
        PageId::Events => page::events::draw(state, painter, area),
        PageId::Log => page::log::draw(state, painter, area),
        PageId::Servers => page::editor::draw(state, painter, area),
        PageId::Policies => page::policies::draw(state, painter, area),
    }
}

/// The name and the pages at the left; what is looked at and badges at the right.
fn header(state: &State, painter: &mut Painter<'_>) {
    let area = painter.area();
    let frozen = state.frozen_words().map(|words| format!(" {words} ")).unwrap_or_default();
    let badge = format!("{frozen}{}", if state.read_only { " read-only " } else { "" });
    let badge_width = u16::try_from(badge.len()).unwrap_or(0) + 1;
    let (has_brand, has_names) = fitting(state.page, area.width.saturating_sub(badge_width));
    let brand = if has_brand { BRAND } else { "" };
    let mut line = StyledLine::new().with(Role::Strong, brand);
    for page in PageId::ALL {
        let title = if has_names || page == state.page { page.tab() } else { number(page) };
        let role = if page == state.page { Role::TabActive } else { Role::Tab };
        let [x, width] = [line.width(), title.len()].map(|columns| u16::try_from(columns).unwrap_or(0));
        painter.target(area.x.saturating_add(x), area.y, width, Target::command(page.command()));
        line = line.with(role, title);
    }
    let after = painter.line(area.x, area.y, area.width, &line);
    let room = area.right().saturating_sub(after).saturating_sub(badge_width + 3);
    // The beginning of a word says nothing.
    let room = if room < MIN_TITLE { 0 } else { room };
    let title = super::widget::styled::cut(&state.title, usize::from(room)).into_owned();
    let right = StyledLine::new().with(Role::Dim, title).with(Role::Text, " ").with(Role::Badge, badge);
    let width = u16::try_from(right.width()).unwrap_or(u16::MAX).saturating_add(1);
    let x = area.right().saturating_sub(width).max(after);
    painter.line(x, area.y, area.right().saturating_sub(x), &right);
}

/// Columns of the title at least, else it is left out.
const MIN_TITLE: u16 = 6;

/// The name of the program, which gives way first where room is scarce.
const BRAND: &str = " limescope ";

/// Whether there is room for the program's name, and for the names of all
/// pages; else only the one in sight is named.
fn fitting(page: PageId, room: u16) -> (bool, bool) {
    let room = usize::from(room);
    let all: usize = PageId::ALL.iter().map(|page| page.tab().len()).sum();
    let one: usize = PageId::ALL
        .iter()
        .map(|other| if *other == page { other.tab().len() } else { number(*other).len() })
        .sum();
    let has_names = all <= room;
    (BRAND.len() + if has_names { all } else { one } <= room, has_names)
}

/// The number of a page alone: ` 3 `.
fn number(page: PageId) -> &'static str {
    page.tab().get(..3).unwrap_or_default()
}

fn too_small(painter: &mut Painter<'_>) {
    let area = painter.area();
    let words = format!("limescope needs {} x {}, this is", MINIMUM.width, MINIMUM.height);
    painter.text(area.x, area.y, area.width, &words, Role::Text);
    let size = format!("{} x {}", area.width, area.height);
    painter.text(area.x, area.y.saturating_add(1), area.width, &size, Role::Text);
}

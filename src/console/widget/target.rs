//! What the mouse can hit: noted while a frame is drawn, by what draws it.

use std::borrow::Cow;

use ratatui::layout::{Position, Rect};

/// What a click means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// What a command's line says: `page.agents`, `sort.by -age`.
    Command(Cow<'static, str>),
    /// A row of the list of the page, counted from 0.
    Row(usize),
    /// A choice of the palette, counted from 0.
    Choice(usize),
    /// Nothing, although something lies below.
    Nothing,
}

impl Target {
    /// A command without an argument.
    pub const fn command(id: &'static str) -> Self {
        Self::Command(Cow::Borrowed(id))
    }
}

/// All targets of a frame in the order of being drawn.
#[derive(Clone, Debug, Default)]
pub struct Targets(Vec<(Rect, Target)>);

impl Targets {
    /// Notes one; it lies over those before it.
    pub fn add(&mut self, area: Rect, target: Target) {
        self.0.push((area, target));
    }

    /// What lies on top at a place of the screen.
    pub fn at(&self, column: u16, row: u16) -> Option<&Target> {
        let place = Position { x: column, y: row };
        self.0.iter().rev().find(|(area, _)| area.contains(place)).map(|(_, target)| target)
    }
}

//! The lines of what lies over a page, made once for as long as they stay the
//! same: its length is needed with every key, and its lines with every frame.

use std::sync::Arc;

use super::visible::Covering;
use super::{Overlay, Size, State};
use crate::console::page;
use crate::console::widget::styled::StyledLine;

/// Lines, and what they were made from.
#[derive(Clone, Debug, Default)]
pub struct OverlayText {
    made_from: Option<MadeFrom>,
    lines: Arc<[StyledLine]>,
}

#[derive(Clone, Debug, PartialEq)]
struct MadeFrom {
    covering: Covering,
    size: Size,
    ascii: bool,
}

impl MadeFrom {
    fn of(state: &State) -> Option<Self> {
        let covering = Covering::of(state, state.overlay.as_ref()?);
        Some(Self { covering, size: state.size, ascii: state.ascii })
    }
}

impl State {
    /// The lines of what lies on top; none where nothing does.
    pub(in crate::console) fn overlay_lines(&self) -> Arc<[StyledLine]> {
        if self.overlay_text.made_from == MadeFrom::of(self) {
            return Arc::clone(&self.overlay_text.lines);
        }
        self.made_overlay_lines().into()
    }

    /// The same, made anew.
    pub(in crate::console) fn made_overlay_lines(&self) -> Vec<StyledLine> {
        match &self.overlay {
            None | Some(Overlay::Columns { .. } | Overlay::Trust | Overlay::Identities) => Vec::new(),
            Some(Overlay::Policy { .. }) => page::policy::lines(self),
            Some(Overlay::Comparison { .. }) => page::editor::comparison(self),
            Some(Overlay::Help(help)) => page::help::lines(self, help),
            Some(Overlay::Detail(detail)) => page::agents::detail::lines(self, detail),
            Some(Overlay::Group { place, .. }) => page::group::lines(self, *place),
        }
    }

    /// Makes the lines anew if what they are made from changed.
    pub(super) fn settle_overlay_text(&mut self) {
        let made_from = MadeFrom::of(self);
        if self.overlay_text.made_from != made_from {
            let lines = self.made_overlay_lines().into();
            self.overlay_text = OverlayText { made_from, lines };
        }
    }
}

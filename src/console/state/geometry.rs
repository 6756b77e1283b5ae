//! Where things are, as numbers: pages and update agree on it here.

use super::Tab;

/// The smallest terminal that shows the console.
pub const MINIMUM: Size = Size { width: 40, height: 10 };

/// Lines above the digests with metadata: what is looked for, how many came out
/// how, which root judged, and how far it is.
pub const METADATA_HEAD: usize = 4;

/// From this width on the details of an agent stand beside the table.
const WIDE: u16 = 110;

/// The size of the terminal in columns and lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Columns.
    pub width: u16,
    /// Lines.
    pub height: u16,
}

impl Size {
    /// Whether the console cannot be shown.
    pub fn is_too_small(self) -> bool {
        self.width < MINIMUM.width || self.height < MINIMUM.height
    }

    /// Lines of a page: without header, rule and footer.
    pub fn body_height(self) -> u16 {
        self.height.saturating_sub(3)
    }

    /// Rows of the agents' table: without summary, column titles and the line
    /// about the selected agent.
    pub fn table_height(self) -> usize {
        usize::from(self.body_height().saturating_sub(4))
    }

    /// Whether the details stand beside the table, and not over it.
    pub fn is_wide(self) -> bool {
        self.width >= WIDE
    }

    /// Lines of a policy's part: without its name, the names of the parts and a
    /// gap.
    pub fn policy_height(self) -> usize {
        usize::from(self.body_height().saturating_sub(3))
    }

    /// Rows of a policy's part that is a list: also without the line of what is
    /// looked for, the titles, and what is said of the selected row.
    pub fn policy_rows(self, part: Tab) -> usize {
        let height = self.policy_height();
        match part {
            Tab::Digests => height.saturating_sub(4),
            // Below stands what is demanded for the selected one.
            Tab::Metadata => (height.saturating_sub(METADATA_HEAD + 2) / 3).max(1),
            Tab::Excludes => height.saturating_sub(6),
            Tab::Raw | Tab::Diff => height.saturating_sub(1),
            Tab::Summary | Tab::Findings | Tab::Keyrings => height,
        }
    }

    /// Columns of the details' text, without margins.
    pub fn detail_width(self) -> u16 {
        let pane = if self.is_wide() { self.width / 2 } else { self.width };
        pane.saturating_sub(3)
    }

    /// Columns of a group's text, without margins. Longer lines read badly.
    pub fn group_width(self) -> u16 {
        self.width.saturating_sub(3).min(120)
    }

    /// Columns of the help's text, without margins. Longer lines read badly.
    pub fn help_width(self) -> u16 {
        self.width.saturating_sub(3).min(100)
    }
}

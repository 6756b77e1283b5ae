//! Where headers and lines are, so that a fix can move a key.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::names::{AGENT, SERVERS};

/// The table that a header opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    /// No header above: the root.
    Root,
    /// `[agent]`.
    Agent,
    /// A block.
    Servers,
    /// Any other.
    Other,
}

/// The headers of a text, in its order.
pub(super) struct Layout<'s> {
    source: &'s str,
    headers: Vec<(Range<usize>, Table)>,
}

impl<'s> Layout<'s> {
    pub(super) fn new(source: &'s str, root: &DeTable<'_>) -> Self {
        let mut layout = Self { source, headers: Vec::new() };
        layout.collect(root, &mut Vec::new());
        layout.headers.sort_by_key(|(span, _)| span.start);
        layout
    }

    fn collect<'t>(&mut self, table: &'t DeTable<'_>, path: &mut Vec<&'t str>) {
        for (key, value) in table {
            path.push(key.get_ref().as_ref());
            match value.get_ref() {
                DeValue::Table(inner) => {
                    self.header(value.span(), path, false);
                    self.collect(inner, path);
                }
                DeValue::Array(items) => {
                    for item in items {
                        if let DeValue::Table(inner) = item.get_ref() {
                            self.header(item.span(), path, true);
                            self.collect(inner, path);
                        }
                    }
                }
                _ => {}
            }
            path.pop();
        }
    }

    fn header(&mut self, span: Range<usize>, path: &[&str], several: bool) {
        // An inline table has no header: what follows it is not below it.
        if !self.source.get(span.start..).is_some_and(|text| text.starts_with('[')) {
            return;
        }
        let table = match path {
            [AGENT] if !several => Table::Agent,
            [SERVERS] | [AGENT, SERVERS] => Table::Servers,
            _ => Table::Other,
        };
        self.headers.push((span, table));
    }

    /// The first header of all.
    pub(super) fn first(&self) -> Option<usize> {
        self.headers.first().map(|(span, _)| span.start)
    }

    /// The first header of a block.
    pub(super) fn first_block(&self) -> Option<usize> {
        self.headers.iter().find(|(_, table)| *table == Table::Servers).map(|(span, _)| span.start)
    }

    /// The header of `[agent]`.
    pub(super) fn agent(&self) -> Option<usize> {
        self.headers.iter().find(|(_, table)| *table == Table::Agent).map(|(span, _)| span.start)
    }

    /// The table that text directly above this header belongs to.
    pub(super) fn above(&self, header: usize) -> Table {
        let before = self.headers.partition_point(|(span, _)| span.start < header);
        before.checked_sub(1).and_then(|last| self.headers.get(last)).map_or(Table::Root, |(_, table)| *table)
    }

    /// The bytes of the line that holds this byte, with its end.
    pub(super) fn line(&self, offset: usize) -> Range<usize> {
        let before = self.source.get(..offset).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = self.source.get(offset..).unwrap_or_default();
        let end = rest.find('\n').map_or(self.source.len(), |at| offset + at + 1);
        start..end
    }

    /// The number of the line that holds this byte, from 1.
    pub(super) fn line_number(&self, offset: usize) -> usize {
        self.source.get(..offset).unwrap_or_default().matches('\n').count() + 1
    }

    /// Where a line can be put above a header and the comments that belong to
    /// it.
    pub(super) fn over(&self, header: usize) -> usize {
        let mut at = self.line(header).start;
        while at > 0 {
            let line = self.line(at - 1);
            let text = self.source.get(line.clone()).unwrap_or_default();
            // The end of a string of several lines may look like a comment.
            if !text.starts_with('#') || text.contains("\"\"\"") || text.contains("'''") {
                break;
            }
            at = line.start;
        }
        at
    }

    /// The whole lines of a key and its value, if nothing else stands on them
    /// but a comment.
    pub(super) fn lines_of(&self, key: &Range<usize>, value: &Range<usize>) -> Option<Range<usize>> {
        let start = self.line(key.start).start;
        let end = self.line(value.end.checked_sub(1)?).end;
        let before = self.source.get(start..key.start)?;
        let after = self.source.get(value.end..end)?.trim();
        let alone = before.trim().is_empty() && (after.is_empty() || after.starts_with('#'));
        alone.then_some(start..end)
    }

    /// The line ending of this text.
    pub(super) fn line_end(&self) -> &'static str {
        match self.source.find('\n') {
            Some(at) if self.source.get(..at).is_some_and(|text| text.ends_with('\r')) => "\r\n",
            _ => "\n",
        }
    }

    pub(super) fn source(&self) -> &'s str {
        self.source
    }
}

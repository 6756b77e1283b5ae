//! Where the parts of a document are.

use std::ops::Range;

use toml_edit::{Array, ArrayOfTables, InlineTable, Item, Table, TableLike, Value};

use super::error::EditError;
use super::splice::{bom, line_end, line_start};
use crate::servers::Role;
use crate::text::{caret, sanitise_to};

/// The list of blocks, at the root or in `[agent]`.
pub(super) const SERVERS: &str = "servers";
/// How many blocks are wanted.
pub(super) const DUPLICATION: &str = "verification_duplication";
/// The section of an agent's configuration.
pub(super) const AGENT: &str = "agent";

/// Registrars as operators reach them, in `limescope.toml`.
const REGISTRAR_ADMIN: &str = "registrar_admin";

/// Characters of the parser's words that are told.
const MAX_WORDS: usize = 200;

/// Where the parts of a document are: all ranges are bytes of its text.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The blocks, in order.
    pub(super) blocks: Vec<Block>,
    /// How they are written; none: there are none.
    pub(super) form: Option<Form>,
    /// Values of `verification_duplication`, at the root and in `[agent]`.
    pub(super) duplication: Vec<Range<usize>>,
    /// Root keys with their values.
    pub(super) root: Vec<Key>,
    /// `[agent]`, if it has a header.
    pub(super) agent: Option<Section>,
    /// Where each header of a table begins, in order.
    pub(super) headers: Vec<usize>,
}

/// How blocks are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `[[servers]]` or `[[agent.servers]]`: the words between the brackets.
    Headers(String),
    /// `servers = [{ … }]`.
    Inline(List),
}

/// A table with a header.
#[derive(Debug, Default)]
pub(super) struct Section {
    /// The header with its brackets.
    pub(super) header: Range<usize>,
    /// Keys directly in it.
    pub(super) keys: Vec<Key>,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// Its name.
    pub(super) name: String,
    /// From the first byte of the key to the last of the value.
    pub(super) range: Range<usize>,
    /// The value.
    pub(super) value: Range<usize>,
}

/// A block.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// The header with its brackets, or the whole inline table.
    pub(super) range: Range<usize>,
    /// The end of its last value.
    pub(super) end: usize,
    /// The end of its last key that is no table; none: it has none.
    pub(super) last_key: Option<usize>,
    pub(super) registrars: Option<Written>,
    pub(super) verifiers: Option<Written>,
    /// The operators' addresses of registrars (`limescope.toml` only).
    pub(super) registrar_admin: Option<Written>,
}

impl Block {
    /// The list of a role.
    pub(super) fn list(&self, role: Role) -> Option<&Written> {
        match role {
            Role::Registrar => self.registrars.as_ref(),
            Role::Verifier => self.verifiers.as_ref(),
        }
    }
}

/// What stands where a list belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// The key with its value.
    pub(super) key: Key,
    /// The list, or what it is instead.
    pub(super) list: Result<List, &'static str>,
}

/// An array.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct List {
    /// With its brackets.
    pub(super) range: Range<usize>,
    /// Its elements.
    pub(super) elements: Vec<Range<usize>>,
}

/// The key of a role's list.
pub(super) fn name(role: Role) -> &'static str {
    match role {
        Role::Registrar => "registrars",
        Role::Verifier => "verifiers",
    }
}

impl Layout {
    /// Reads a text.
    pub(super) fn of(text: &str) -> Result<Self, EditError> {
        let skipped = bom(text);
        let body = text.get(skipped..).unwrap_or_default();
        let document = toml_edit::Document::parse(body).map_err(|error| {
            let at = skipped + error.span().map_or(0, |span| span.start);
            let place = caret::place(text, at);
            let message = sanitise_to(error.message(), MAX_WORDS).into_string();
            EditError::Syntax { line: place.line, column: place.column, message }
        })?;
        let reader = Reader { text, skipped };
        let root = document.as_table();
        let mut layout = Self { root: reader.keys(root), ..Self::default() };
        reader.headers(root, &mut layout.headers);
        layout.headers.sort_unstable();
        let agent = root.get(AGENT).and_then(Item::as_table);
        layout.agent = agent.filter(|agent| !agent.is_implicit()).and_then(|agent| {
            Some(Section { header: reader.range(agent.span())?, keys: reader.keys(agent) })
        });
        for table in [Some(root), agent].into_iter().flatten() {
            layout.duplication.extend(
                reader.keys(table).into_iter().filter(|key| key.name == DUPLICATION).map(|key| key.value),
            );
        }
        let canonical = root.get(SERVERS).map(|item| (item, SERVERS.to_owned()));
        let nested =
            || agent.and_then(|agent| agent.get(SERVERS)).map(|item| (item, format!("{AGENT}.{SERVERS}")));
        if let Some((item, path)) = canonical.or_else(nested) {
            reader.servers(item, path, &mut layout)?;
        }
        Ok(layout)
    }

    /// Where what belongs to a header begins: comments directly above it go
    /// with it.
    pub(super) fn chunk_start(&self, text: &str, header: usize) -> usize {
        let mut start = line_start(text, header);
        while start > bom(text) {
            let above = line_start(text, start - 1);
            let line = text.get(above..start).unwrap_or_default().trim();
            // A comment that begins the file speaks of the whole of it.
            if !line.starts_with('#') || above == bom(text) {
                break;
            }
            start = above;
        }
        start
    }

    /// Where a block that has a header ends: with the line of its last value.
    pub(super) fn chunk_end(&self, text: &str, block: &Block) -> usize {
        line_end(text, block.end)
    }
}

struct Reader<'a> {
    text: &'a str,
    skipped: usize,
}

impl Reader<'_> {
    fn range(&self, span: Option<Range<usize>>) -> Option<Range<usize>> {
        span.map(|span| span.start + self.skipped..span.end + self.skipped)
    }

    /// Keys directly in a table whose values are no tables.
    fn keys(&self, table: &dyn TableLike) -> Vec<Key> {
        let names = table.iter().filter(|(_, item)| item.is_value()).map(|(name, _)| name.to_owned());
        let mut keys: Vec<_> = names.filter_map(|name| self.key(table, &name)).collect();
        keys.sort_by_key(|key| key.range.start);
        keys
    }

    fn key(&self, table: &dyn TableLike, name: &str) -> Option<Key> {
        let (key, item) = table.get_key_value(name)?;
        let value = self.range(item.span())?;
        let start = self.range(key.span())?.start;
        Some(Key { name: name.to_owned(), range: start..value.end, value })
    }

    fn headers(&self, table: &Table, out: &mut Vec<usize>) {
        for (_, item) in table {
            match item {
                Item::Table(inner) => self.header(inner, out),
                Item::ArrayOfTables(array) => array.iter().for_each(|inner| self.header(inner, out)),
                Item::None | Item::Value(_) => {}
            }
        }
    }

    fn header(&self, table: &Table, out: &mut Vec<usize>) {
        if !table.is_implicit() && !table.is_dotted() {
            out.extend(self.range(table.span()).map(|range| range.start));
        }
        self.headers(table, out);
    }

    fn servers(&self, item: &Item, path: String, layout: &mut Layout) -> Result<(), EditError> {
        match item {
            Item::ArrayOfTables(array) => {
                layout.blocks = self.header_blocks(array);
                layout.form = Some(Form::Headers(path));
            }
            Item::Value(Value::Array(array)) => {
                let list = self.list(array);
                for value in array {
                    let Some(table) = value.as_inline_table() else {
                        let range = self.range(value.span()).unwrap_or_default();
                        return Err(self.shape(
                            range.start,
                            "a block",
                            value.type_name(),
                            "{ registrars = […] }",
                        ));
                    };
                    layout.blocks.push(self.inline_block(table));
                }
                layout.form = Some(Form::Inline(list));
            }
            other => {
                let at = self.range(other.span()).unwrap_or_default().start;
                return Err(self.shape(at, SERVERS, other.type_name(), "[[servers]]"));
            }
        }
        Ok(())
    }

    fn shape(&self, at: usize, what: &str, found: &'static str, wanted: &'static str) -> EditError {
        let line = caret::place(self.text, at).line;
        EditError::Shape { line, what: what.to_owned(), found, wanted }
    }

    fn header_blocks(&self, array: &ArrayOfTables) -> Vec<Block> {
        let block = |table: &Table| {
            let range = self.range(table.span()).unwrap_or_default();
            Block { end: self.extent(table, range.end), range, ..self.block(table) }
        };
        array.iter().map(block).collect()
    }

    fn inline_block(&self, table: &InlineTable) -> Block {
        let range = self.range(table.span()).unwrap_or_default();
        Block { end: range.end, range, ..self.block(table) }
    }

    fn block(&self, table: &dyn TableLike) -> Block {
        let written = |name| {
            let key = self.key(table, name)?;
            let value = table.get(name).and_then(Item::as_value);
            let list = match value.and_then(Value::as_array) {
                Some(array) => Ok(self.list(array)),
                None => Err(value.map_or("a table", Value::type_name)),
            };
            Some(Written { key, list })
        };
        Block {
            last_key: self.keys(table).last().map(|key| key.range.end),
            registrars: written(name(Role::Registrar)),
            verifiers: written(name(Role::Verifier)),
            registrar_admin: written(REGISTRAR_ADMIN),
            ..Block::default()
        }
    }

    /// The end of the last value in a table and those below it.
    fn extent(&self, table: &Table, end: usize) -> usize {
        table.iter().fold(end, |end, (_, item)| {
            let own = self.range(item.span()).map_or(0, |range| range.end);
            let end = end.max(own);
            match item {
                Item::Table(inner) => self.extent(inner, end),
                Item::ArrayOfTables(array) => array.iter().fold(end, |end, inner| {
                    let own = self.range(inner.span()).map_or(0, |range| range.end);
                    self.extent(inner, end.max(own))
                }),
                Item::None | Item::Value(_) => end,
            }
        })
    }

    fn list(&self, array: &Array) -> List {
        let elements = array.iter().filter_map(|value| self.range(value.span())).collect();
        List { range: self.range(array.span()).unwrap_or_default(), elements }
    }
}

//! Reading names with their digests: a million of them, so nothing here
//! allocates for an entry that is right.

use crate::policy::json::{Event, Kind, Span, Text};

use super::codes;
use super::digest;
use super::findings::shown;
use super::read::{Draft, Stop, noun};
use super::table::Table;

impl<'a> Draft<'a, '_> {
    /// Reads the value of `digests`, `keyrings` or `ima-buf`.
    pub(super) fn table(&mut self, member: &str, first: Event<'a>) -> Result<Table, Stop> {
        let mut table = Table::default();
        let start = self.reader.start();
        if first != Event::Open(Kind::Object) {
            self.wrong_type(member, "an object of names with their digests", first);
            self.skip(first)?;
            return Ok(table);
        }
        while let Some(Event::Key(name)) = self.reader.next()? {
            let number = u32::try_from(table.names.len()).unwrap_or(u32::MAX);
            table.names.push(u32::try_from(name.offset).unwrap_or(u32::MAX));
            if name.escaped {
                table.escaped.push(number);
            }
            self.step()?;
            self.entry(member, name, number, &mut table)?;
        }
        table.keys = self.reader.closed_keys();
        table.finish(self.reader.bytes());
        table.span = Span::new(start, self.reader.position());
        Ok(table)
    }

    #[inline]
    fn entry(&mut self, member: &str, name: Text<'a>, number: u32, table: &mut Table) -> Result<(), Stop> {
        let Some(first) = self.reader.next()? else { return Ok(()) };
        if first != Event::Open(Kind::Array) {
            let at = self.reader.start();
            self.findings.add(codes::WRONG_TYPE, at, || {
                let due = "an array of digests is due";
                format!("`{member}` of \"{}\" is {}; {due}", shown(&name.value()), noun(first))
            });
            return self.skip(first);
        }
        let mut count = 0_u32;
        loop {
            match self.reader.next()? {
                Some(Event::Text(text)) => self.digest(member, name, text, number, table)?,
                Some(Event::Close(_)) | None => break,
                Some(other) => {
                    let at = self.reader.start();
                    self.findings.add(codes::WRONG_TYPE, at, || {
                        format!(
                            "a digest of \"{}\" is {}; a string is due",
                            shown(&name.value()),
                            noun(other)
                        )
                    });
                    self.skip(other)?;
                }
            }
            count += 1;
        }
        if count == 0 {
            self.findings.add(codes::EMPTY_DIGEST_LIST, name.offset, || {
                format!("\"{}\" in `{member}` has no digest; the verifier demands one", shown(&name.value()))
            });
        }
        Ok(())
    }

    #[inline]
    fn digest(
        &mut self,
        member: &str,
        name: Text<'a>,
        text: Text<'a>,
        number: u32,
        table: &mut Table,
    ) -> Result<(), Stop> {
        if !text.escaped && digest::is_digest(text.raw) {
            table.add(text.raw, number);
            return Ok(());
        }
        self.step()?;
        let said = text.value();
        if digest::is_digest(said.as_bytes()) {
            table.add(said.as_bytes(), number);
            return Ok(());
        }
        let (code, fault) = digest::fault(&said);
        self.findings.add(code, text.offset, || {
            format!("the digest \"{}\" of \"{}\" in `{member}` {fault}", shown(&said), shown(&name.value()))
        });
        Ok(())
    }
}

impl Table {
    #[inline]
    fn add(&mut self, digest: &[u8], number: u32) {
        self.digests.push(u64::from(digest::prefix(digest)) << 32 | u64::from(number));
        if let Some(count) = self.lengths.0.get_mut(digest.len()) {
            *count += 1;
        }
    }
}

//! A comparison in words: the summary first, then the lists.

use std::io::{self, Write};

use super::answer::{Answer, Counted, Entries, Member, Named, Names, Relation};

pub(super) fn write(out: &mut dyn Write, answer: &Answer) -> io::Result<()> {
    for (mark, side) in [("---", &answer.left), ("+++", &answer.right)] {
        writeln!(out, "{mark} {}: {}, sha256 {}", side.file, side.title, side.sha256)?;
    }
    writeln!(
        out,
        "{}",
        match answer.relation {
            Relation::Identical => "same: the two texts are identical",
            Relation::ReSigned => "same: another envelope, with the same policy in it byte for byte",
            Relation::SameContent => "same: spelled otherwise, and saying the same",
            Relation::Different => "different",
        }
    )?;
    let summary = &answer.summary;
    for (name, counted) in [
        ("paths", summary.paths),
        ("digests", summary.digests),
        ("keyrings", summary.keyrings),
        ("buffers", summary.buffers),
        ("excludes", summary.excludes),
        ("ignored keyrings", summary.ignored_keyrings),
        ("metadata", summary.metadata),
        ("keys", summary.keys),
    ] {
        count(out, name, counted)?;
    }
    if summary.members > 0 {
        writeln!(out, "  {:<16}  {} changed", "other members", summary.members)?;
    }
    if summary.metadata_lost {
        writeln!(out, "  digest_metadata is gone: Keylime's own tools drop it when they write a policy")?;
    }
    entries(out, "paths", &answer.paths)?;
    names(out, "digests", &answer.digests)?;
    entries(out, "keyrings", &answer.keyrings)?;
    entries(out, "buffers", &answer.buffers)?;
    names(out, "excludes", &answer.excludes)?;
    names(out, "ignored keyrings", &answer.ignored_keyrings)?;
    let metadata = &answer.metadata;
    members(out, "metadata", metadata.removed.iter().chain(&metadata.added).chain(&metadata.changed))?;
    names(out, "keys", &answer.keys)?;
    members(out, "other members", answer.members.iter())?;
    if answer.left_out > 0 {
        writeln!(out, "\n{} more left out of the lists; --limit lists more", answer.left_out)?;
    }
    Ok(())
}

fn count(out: &mut dyn Write, name: &str, counted: Counted) -> io::Result<()> {
    let Counted { added, removed, changed, reordered } = counted;
    let kinds = [(removed, "removed"), (added, "added"), (changed, "changed")];
    let mut words: Vec<_> = kinds
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    if reordered {
        words.push("in another order".to_owned());
    }
    if words.is_empty() { Ok(()) } else { writeln!(out, "  {name:<16}  {}", words.join(", ")) }
}

fn entries(out: &mut dyn Write, title: &str, entries: &Entries) -> io::Result<()> {
    if entries.added.is_empty() && entries.removed.is_empty() && entries.changed.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    let mut named = |mark: char, named: &Named| {
        writeln!(out, "{mark} {}", named.name)?;
        named.digests.iter().try_for_each(|digest| writeln!(out, "{mark}   {digest}"))
    };
    entries.removed.iter().try_for_each(|entry| named('-', entry))?;
    entries.added.iter().try_for_each(|entry| named('+', entry))?;
    for entry in &entries.changed {
        writeln!(out, "~ {}", entry.name)?;
        entry.removed.iter().try_for_each(|digest| writeln!(out, "-   {digest}"))?;
        entry.added.iter().try_for_each(|digest| writeln!(out, "+   {digest}"))?;
    }
    Ok(())
}

fn names(out: &mut dyn Write, title: &str, names: &Names) -> io::Result<()> {
    if names.added.is_empty() && names.removed.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    names.removed.iter().try_for_each(|name| writeln!(out, "- {name}"))?;
    names.added.iter().try_for_each(|name| writeln!(out, "+ {name}"))
}

fn members<'a>(
    out: &mut dyn Write,
    title: &str,
    members: impl Iterator<Item = &'a Member>,
) -> io::Result<()> {
    let mut members = members.peekable();
    if members.peek().is_none() {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    for member in members {
        let mark = match (&member.left, &member.right) {
            (None, _) => '+',
            (_, None) => '-',
            _ => '~',
        };
        writeln!(out, "{mark} {}", member.name)?;
        member.left.iter().try_for_each(|value| writeln!(out, "-   {value}"))?;
        member.right.iter().try_for_each(|value| writeln!(out, "+   {value}"))?;
    }
    Ok(())
}

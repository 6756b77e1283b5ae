//! The document editor: no panic; what it wrote it can read; what it refused it
//! left as it was; what came and went leaves no word; formatted lists stay so.

use limescope::servers::Role;
use limescope::servers::document::{Mode, read};
use limescope::servers::edit::{Document, EditError, EntryPlace};

use crate::document::{PIECES, corpus};
use crate::mutate;

type Change = (&'static str, fn(&mut Document) -> Result<(), EditError>);

const fn at(block: usize, role: Role, entry: usize) -> EntryPlace {
    EntryPlace { block, role, entry }
}

const CHANGES: &[Change] = &[
    ("duplication", |document| document.set_duplication(Some(3))),
    ("no duplication", |document| document.set_duplication(None)),
    ("add a block", |document| document.add_block(&["a".to_owned()], &["b".to_owned()])),
    ("remove a block", |document| document.remove_block(0)),
    ("move a block", |document| document.move_block(1, 0)),
    ("write an address", |document| document.set_entry(at(0, Role::Verifier, 0), "x\"\\\n\u{1b}ä'")),
    ("add an address", |document| document.insert_entry(at(0, Role::Registrar, 1), "https://new:1")),
    ("add a first address", |document| document.insert_entry(at(0, Role::Verifier, 0), "")),
    ("remove an address", |document| document.remove_entry(at(0, Role::Registrar, 0))),
    ("move an address", |document| document.move_entry(at(0, Role::Verifier, 0), 1)),
    ("migrate", Document::migrate),
    ("migrate back", Document::migrate_back),
    ("format", |document| document.format_lists().map(|_| ())),
];

fn is_syntax_clean(text: &str) -> bool {
    read(text, &[Mode::Pull]).diagnostics.iter().all(|found| found.code != "syntax")
}

/// Tries every change of one text.
pub fn try_one(text: &str) {
    let Ok(before) = Document::new(text) else { return };
    assert_eq!(before.text(), text, "to read it changes nothing");
    for (what, change) in CHANGES {
        let mut document = Document::new(text).unwrap();
        if let Err(error) = change(&mut document) {
            assert_eq!(document.text(), text, "{what} was refused: {error}");
            assert!(!error.to_string().contains("SECRET"), "{error}");
            continue;
        }
        let after = document.text().to_owned();
        let again = Document::new(after.as_str());
        let again = again.unwrap_or_else(|error| panic!("{what}: {error}\n{text}\n→\n{after}"));
        assert_eq!(again.blocks(), document.blocks(), "{what}\n{text}\n→\n{after}");
        assert!(is_syntax_clean(&after) || !is_syntax_clean(text), "{what}\n{text}\n→\n{after}");
    }
    comes_and_goes(text, before.blocks());
    let mut once = Document::new(text).unwrap();
    if once.format_lists().is_ok() {
        let mut twice = Document::new(once.text()).unwrap();
        assert_eq!(twice.format_lists().ok(), Some(0), "{text}\n→\n{}", once.text());
        assert_eq!(twice.text(), once.text(), "{text}");
    }
}

/// A block that is added and removed again.
fn comes_and_goes(text: &str, blocks: usize) {
    let mut document = Document::new(text).unwrap();
    if document.add_block(&["a".to_owned()], &[]).is_ok() {
        document
            .remove_block(blocks)
            .unwrap_or_else(|error| panic!("{error}\n{text}\n→\n{}", document.text()));
        assert_eq!(document.blocks(), blocks, "{text}");
        // Between two tables a blank line may stay.
        let lines = |text: &str| -> Vec<String> {
            text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
        };
        assert_eq!(lines(document.text()), lines(text));
    }
}

#[test]
fn edits() {
    mutate::run(&corpus(), PIECES, mutate::rounds(1_500), try_one);
}

//! Changes, and everything that they leave alone.

use proptest::prelude::*;

use super::layout::Layout;
use super::*;
use crate::servers::Role::{self, Registrar, Verifier};

fn document(text: &str) -> Document {
    Document::new(text).unwrap()
}

fn edited(text: &str, change: impl FnOnce(&mut Document) -> Result<(), EditError>) -> String {
    let mut document = document(text);
    change(&mut document).unwrap();
    document.text().to_owned()
}

fn at(block: usize, role: Role, entry: usize) -> EntryPlace {
    EntryPlace { block, role, entry }
}

const FILE: &str = "\u{feff}# Ours.\r\nversion = \"2.4\" # kept\r\n\r\n[agent]\r\nuuid = 'generate'\r\n\r\n\
    # Berlin\r\n[[servers]] # one\r\n  registrars = [ \"reg1\", 'reg2' ] # two of them\r\n  verifiers = [\r\n    \
    \"ver1\", # first\r\n    \"ver2\"\r\n  ]\r\n  odd = 1\r\n\r\n# Paris\r\n[[servers]]\r\nregistrars = [\"reg3\"]\r\n";

#[test]
fn a_value_is_changed_where_it_stands_and_else_written_before_every_table() {
    let text = edited(FILE, |document| document.set_duplication(Some(2)));
    assert_eq!(text, FILE.replace("'generate'\r\n", "'generate'\r\nverification_duplication = 2\r\n"));
    assert_eq!(
        edited(&text, |document| document.set_duplication(Some(1))),
        text.replace("= 2\r\n", "= 1\r\n")
    );
    assert_eq!(edited(&text, |document| document.set_duplication(None)), FILE);
    for (before, after) in [
        ("", "verification_duplication = 2\n"),
        ("# a\n", "# a\nverification_duplication = 2\n"),
        ("a = 1", "a = 1\nverification_duplication = 2\n"),
        ("# a\n\n# b\n[[servers]]\n", "# a\n\nverification_duplication = 2\n\n# b\n[[servers]]\n"),
        ("[[servers]]\n", "verification_duplication = 2\n\n[[servers]]\n"),
        ("[agent]\n[[servers]]\n", "[agent]\nverification_duplication = 2\n[[servers]]\n"),
        ("[agent]", "[agent]\nverification_duplication = 2\n"),
    ] {
        assert_eq!(edited(before, |document| document.set_duplication(Some(2))), after, "{before:?}");
    }
    let comment = "verification_duplication = 2 # why\na = 1\n";
    assert_eq!(edited(comment, |document| document.set_duplication(None)), "# why\na = 1\n");
}

#[test]
fn entries_are_set_added_removed_and_moved_as_the_others_are_written() {
    let set = |block, role, entry, text: &str| {
        edited(FILE, |document| document.set_entry(at(block, role, entry), text))
    };
    assert_eq!(set(0, Registrar, 0, "new"), FILE.replace("\"reg1\"", "\"new\""));
    assert_eq!(set(0, Registrar, 1, "new"), FILE.replace("'reg2'", "'new'"));
    assert_eq!(set(0, Registrar, 1, "a'b"), FILE.replace("'reg2'", "\"a'b\""));
    assert_eq!(set(1, Registrar, 0, "https://[::1]"), FILE.replace("\"reg3\"", "\"https://[::1]\""));

    let insert =
        |block, role, entry| edited(FILE, |document| document.insert_entry(at(block, role, entry), "x"));
    assert_eq!(insert(0, Registrar, 0), FILE.replace("[ \"reg1\"", "[ \"x\", \"reg1\""));
    assert_eq!(insert(0, Registrar, 2), FILE.replace("'reg2' ]", "'reg2', \"x\" ]"));
    assert_eq!(insert(0, Verifier, 0), FILE.replace("    \"ver1\"", "    \"x\",\r\n    \"ver1\""));
    assert_eq!(insert(0, Verifier, 2), FILE.replace("\"ver2\"\r\n", "\"ver2\",\r\n    \"x\"\r\n"));
    assert_eq!(insert(1, Verifier, 0), format!("{FILE}verifiers = [\"x\"]\r\n"));

    let remove = |block, role, entry| edited(FILE, |document| document.remove_entry(at(block, role, entry)));
    assert_eq!(remove(0, Registrar, 0), FILE.replace("\"reg1\", ", ""));
    assert_eq!(remove(0, Registrar, 1), FILE.replace(", 'reg2'", ""));
    assert_eq!(remove(0, Verifier, 0), FILE.replace("    \"ver1\", # first\r\n", ""));
    assert_eq!(remove(0, Verifier, 1), FILE.replace("    \"ver2\"\r\n", ""));
    assert_eq!(remove(1, Registrar, 0), FILE.replace("[\"reg3\"]", "[]"));

    let moved = edited(FILE, |document| document.move_entry(at(0, Verifier, 1), 0));
    assert_eq!(moved, FILE.replace("ver1", "VER").replace("ver2", "ver1").replace("VER", "ver2"));
    let three = "[[servers]]\nregistrars = [\"a\", \"b\" , \"c\"]\n";
    let moved = edited(three, |document| document.move_entry(at(0, Registrar, 0), 2));
    assert_eq!(moved, "[[servers]]\nregistrars = [\"b\", \"c\" , \"a\"]\n");
}

#[test]
fn blocks_come_go_and_move_with_the_comments_above_them() {
    let added = edited(FILE, |document| document.add_block(&["a".to_owned()], &["b".to_owned()]));
    assert_eq!(added, format!("{FILE}\r\n[[servers]]\r\nregistrars = [\"a\"]\r\nverifiers = [\"b\"]\r\n"));
    assert_eq!(edited(&added, |document| document.remove_block(2)), FILE);
    let paris = &FILE[FILE.find("# Paris").unwrap()..];
    let berlin = &FILE[FILE.find("# Berlin").unwrap()..FILE.find("\r\n# Paris").unwrap()];
    let head = &FILE[..FILE.find("# Berlin").unwrap()];
    assert_eq!(edited(FILE, |document| document.remove_block(0)), format!("{head}{paris}"));
    assert_eq!(edited(FILE, |document| document.remove_block(1)), format!("{head}{berlin}"));
    for (from, to) in [(0, 1), (1, 0)] {
        let moved = edited(FILE, |document| document.move_block(from, to));
        assert_eq!(moved, format!("{head}{paris}\r\n{berlin}"));
    }
    let unended = "[[servers]]\nregistrars=[\"a\"]\n\n[[servers]]\nregistrars=[\"b\"]";
    let moved = edited(unended, |document| document.move_block(0, 1));
    assert_eq!(moved, "[[servers]]\nregistrars=[\"b\"]\n\n[[servers]]\nregistrars=[\"a\"]");
    assert_eq!(edited("", |document| document.add_block(&[], &[])), "[[servers]]\n");
    assert_eq!(edited("a = 1", |document| document.add_block(&[], &[])), "a = 1\n\n[[servers]]\n");
}

#[test]
fn blocks_written_inside_agent_or_inline_stay_written_so() {
    let nested = "[agent]\n[[agent.servers]]\nregistrars = []\n[agent.servers.sub]\nkey = 1\n# end\n";
    assert_eq!(
        edited(nested, |document| document.add_block(&["b".to_owned()], &[])),
        nested.replace("key = 1\n", "key = 1\n\n[[agent.servers]]\nregistrars = [\"b\"]\n")
    );
    let inline = "servers = [ { registrars = [\"a\"] }, {} ] # two\n";
    let added = edited(inline, |document| document.add_block(&["b".to_owned()], &["c".to_owned()]));
    assert_eq!(added, inline.replace("{} ]", "{}, { registrars = [\"b\"], verifiers = [\"c\"] } ]"));
    assert_eq!(edited(inline, |document| document.remove_block(0)), "servers = [ {} ] # two\n");
    assert_eq!(
        edited(inline, |document| document.insert_entry(at(0, Verifier, 0), "v")),
        inline.replace("[\"a\"] }", "[\"a\"], verifiers = [\"v\"] }")
    );
    assert_eq!(
        edited(inline, |document| document.insert_entry(at(1, Registrar, 0), "v")),
        inline.replace("{}", "{ registrars = [\"v\"] }")
    );
    assert_eq!(
        edited(inline, |document| document.move_block(1, 0)),
        "servers = [ {}, { registrars = [\"a\"] } ] # two\n"
    );
}

#[test]
fn what_cannot_be_done_says_why_and_changes_nothing() {
    let words = |change: fn(&mut Document) -> Result<(), EditError>| {
        let mut document = document(FILE);
        let error = change(&mut document).unwrap_err().to_string();
        assert_eq!(document.text(), FILE);
        error
    };
    assert_eq!(words(|document| document.remove_block(2)), "there is no block 3: there are 2");
    assert_eq!(words(|document| document.move_block(0, 7)), "there is no block 8: there are 2");
    assert_eq!(
        words(|document| document.set_entry(at(1, Verifier, 0), "x")),
        "block 2 has no verifier 1: it has 0"
    );
    assert_eq!(
        words(|document| document.insert_entry(at(0, Registrar, 3), "x")),
        "block 1 has no registrar 4: it has 2"
    );
    let refused = |text: &str| Document::new(text).unwrap_err().to_string();
    assert_eq!(refused("\n a = ["), "line 2, column 7: unclosed array, expected `]`; correct the text first");
    assert_eq!(refused("[servers]\n"), "line 1: servers is table, not [[servers]]; correct the text first");
    let text = "[[servers]]\nregistrars = \"r\"\n";
    let error = document(text).insert_entry(at(0, Registrar, 0), "x").unwrap_err().to_string();
    assert!(error.starts_with("line 2: registrars is string, not a list"), "{error}");
    assert!(!format!("{:?}", document("a = 'user:secret@host'")).contains("secret"));
}

#[test]
fn old_keys_become_a_block_and_back() {
    let old = "[agent]\n# Where.\nregistrar_ip = \"10.0.0.1\"\nregistrar_port = 9000 # odd\nuuid = 'x'\n\
        verifier_url = \"https://ver:8881/\"\n";
    let new = edited(old, Document::migrate);
    assert_eq!(
        new,
        "[agent]\n# Where.\n# odd\nuuid = 'x'\n\n[[servers]]\nregistrars = [\"10.0.0.1:9000\"]\n\
         verifiers = [\"https://ver:8881\"]\n"
    );
    assert_eq!(
        edited(&new, Document::migrate_back),
        "[agent]\n# Where.\n# odd\nuuid = 'x'\nregistrar_ip = \"10.0.0.1\"\nregistrar_port = 9000\n\
         verifier_url = \"https://ver:8881\"\n"
    );
    for (old, entry) in [
        ("registrar_ip = '::1'", "[::1]"),
        ("registrar_tls_enabled = true", "https://127.0.0.1"),
        ("registrar_tls_enabled = true\nregistrar_tls_port = 1", "https://127.0.0.1:1"),
        ("registrar_port = '8890'", "127.0.0.1"),
    ] {
        let new = edited(&format!("[agent]\n{old}\n"), Document::migrate);
        assert_eq!(new, format!("[agent]\n\n[[servers]]\nregistrars = [\"{entry}\"]\n"), "{old}");
        let back = edited(&new, Document::migrate_back);
        assert_eq!(edited(&back, Document::migrate), new, "{back}");
    }
    let words = |text: &str, change: fn(&mut Document) -> Result<(), EditError>| {
        change(&mut document(text)).unwrap_err().to_string()
    };
    assert!(words("a = 1\n", Document::migrate).starts_with("there is nothing to migrate"));
    assert!(words("registrar_ip = 'a b'\n", Document::migrate).contains("correct it first"));
    assert!(words(FILE, Document::migrate).starts_with("there is nothing to migrate"));
    assert!(words("a = 1\n", Document::migrate_back).starts_with("there is nothing to migrate"));
    let both = "registrar_ip = 'a'\n[[servers]]\nregistrars = ['b']\n";
    assert!(words(both, Document::migrate).starts_with("there are [[servers]] already"));
    assert!(words(FILE, Document::migrate_back).contains("there are 2"));
    assert_eq!(
        edited("a = 1\n[[servers]]\nregistrars = ['r']\n", Document::migrate_back),
        "a = 1\n[agent]\nregistrar_ip = \"r\"\nregistrar_port = 8890\n"
    );
}

#[derive(Clone, Debug)]
enum Change {
    Duplication(Option<u64>),
    Add,
    Remove(usize),
    Move(usize, usize),
    Set(usize, bool, usize),
    Insert(usize, bool, usize),
    Take(usize, bool, usize),
    Shift(usize, bool, usize, usize),
}

fn changes() -> impl Strategy<Value = Change> {
    let place = || (0..4_usize, any::<bool>(), 0..4_usize);
    prop_oneof![
        proptest::option::of(0..5_u64).prop_map(Change::Duplication),
        Just(Change::Add),
        (0..4_usize).prop_map(Change::Remove),
        (0..4_usize, 0..4_usize).prop_map(|(from, to)| Change::Move(from, to)),
        place().prop_map(|(block, verifier, entry)| Change::Set(block, verifier, entry)),
        place().prop_map(|(block, verifier, entry)| Change::Insert(block, verifier, entry)),
        place().prop_map(|(block, verifier, entry)| Change::Take(block, verifier, entry)),
        (place(), 0..4_usize)
            .prop_map(|((block, verifier, entry), to)| Change::Shift(block, verifier, entry, to)),
    ]
}

/// Documents with comments, blanks and line ends of all kinds. Every line that
/// is neither a block's nor `verification_duplication` has a number of its own.
fn texts() -> impl Strategy<Value = String> {
    let list = prop_oneof![
        Just("[]".to_owned()),
        Just("[ \"a\" ]".to_owned()),
        Just("[\"a\", 'b',]".to_owned()),
        Just("[\"a\" , \"b\"  ,\t'c']".to_owned()),
        Just("[\n  \"a\", # A\n  # alone\n  'b' # B\n]".to_owned()),
        Just("[ # open\n\t\"a\",\n\t\"b\",\n\n]".to_owned()),
    ];
    let block = (proptest::option::of(list.clone()), proptest::option::of(list), 0..4_usize, any::<bool>());
    (proptest::collection::vec(block, 0..4), 0..3_usize, any::<bool>(), any::<bool>(), any::<bool>())
        .prop_map(|(blocks, head, crlf, bom, ended)| {
            let mut text = ["", "# head\n\na = 1 # one\n", "[agent]\n# in\nuuid = 'x'\n\n"][head].to_owned();
            for (number, (registrars, verifiers, before, odd)) in blocks.into_iter().enumerate() {
                text.push_str(["", "\n", "\n# far\n\n# near\n", "# near\n"][before]);
                text.push_str(&format!("[[servers]] # block {number}\n"));
                for (name, list) in [("registrars", registrars), ("verifiers", verifiers)] {
                    text.push_str(
                        &list.map_or_else(String::new, |list| format!("{name} = {list} # {name}\n")),
                    );
                }
                text.push_str(if odd { "  odd = { x = 1 }\n" } else { "" });
            }
            if !ended {
                text.truncate(text.trim_end().len());
            }
            let text = if crlf { text.replace('\n', "\r\n") } else { text };
            if bom { format!("\u{feff}{text}") } else { text }
        })
}

/// Registrars and verifiers of every block, and what duplication says.
type Meaning = (Vec<[Option<Vec<String>>; 2]>, Vec<String>);

/// What a text says.
fn meaning(text: &str) -> Meaning {
    let layout = Layout::of(text).unwrap();
    let list = |block: &super::layout::Block, role| {
        let list = block.list(role)?.list.clone().ok()?;
        let value = |range: std::ops::Range<usize>| text[range].parse::<toml_edit::Value>().unwrap();
        Some(list.elements.into_iter().map(|range| value(range).as_str().unwrap().to_owned()).collect())
    };
    let blocks = layout.blocks.iter().map(|block| [list(block, Registrar), list(block, Verifier)]).collect();
    (blocks, layout.duplication.iter().map(|range| text[range.clone()].to_owned()).collect())
}

fn carry_out(document: &mut Document, change: &Change) -> Result<(), EditError> {
    let place = |block: usize, verifier: bool, entry: usize| {
        at(block, if verifier { Verifier } else { Registrar }, entry)
    };
    match *change {
        Change::Duplication(value) => document.set_duplication(value),
        Change::Add => document.add_block(&["new".to_owned()], &[]),
        Change::Remove(block) => document.remove_block(block),
        Change::Move(from, to) => document.move_block(from, to),
        Change::Set(block, verifier, entry) => document.set_entry(place(block, verifier, entry), "set"),
        Change::Insert(block, verifier, entry) => document.insert_entry(place(block, verifier, entry), "put"),
        Change::Take(block, verifier, entry) => document.remove_entry(place(block, verifier, entry)),
        Change::Shift(block, verifier, entry, to) => document.move_entry(place(block, verifier, entry), to),
    }
}

/// The same on the values alone.
fn expected(change: &Change, (mut blocks, mut duplication): Meaning) -> Meaning {
    match *change {
        Change::Duplication(Some(value)) => duplication = vec![value.to_string()],
        Change::Duplication(None) => duplication.clear(),
        Change::Add => blocks.push([Some(vec!["new".to_owned()]), None]),
        Change::Remove(block) => drop(blocks.remove(block)),
        Change::Move(from, to) => {
            let moved = blocks.remove(from);
            blocks.insert(to, moved);
        }
        Change::Set(block, verifier, entry) => {
            blocks[block][usize::from(verifier)].as_mut().unwrap()[entry] = "set".to_owned();
        }
        Change::Insert(block, verifier, entry) => {
            blocks[block][usize::from(verifier)].get_or_insert_default().insert(entry, "put".to_owned());
        }
        Change::Take(block, verifier, entry) => {
            blocks[block][usize::from(verifier)].as_mut().unwrap().remove(entry);
        }
        Change::Shift(block, verifier, entry, to) => {
            let list = blocks[block][usize::from(verifier)].as_mut().unwrap();
            let moved = list.remove(entry);
            list.insert(to, moved);
        }
    }
    (blocks, duplication)
}

/// Lines in order, without their blanks.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// A change does what it says to the values, and touches no line that is not its own: those before the first
    /// touched one and after the last are the same bytes, and no comment but those of a removed line is lost.
    #[test]
    fn a_change_changes_what_it_says_and_no_other_byte(text in texts(), change in changes()) {
        let before = meaning(&text);
        let mut document = document(&text);
        match carry_out(&mut document, &change) {
            Err(_) => prop_assert_eq!(document.text(), &text),
            Ok(()) => {
                let after = document.text().to_owned();
                prop_assert_eq!(meaning(&after), expected(&change, before), "{}", after);
                let kept = |line: &&str| !line.contains("[[servers]]") && !line.contains('"') && !line.contains('\'');
                if matches!(change, Change::Set(..) | Change::Shift(..)) {
                    let (old, new) = (lines(&text), lines(&after));
                    prop_assert_eq!(old.len(), new.len());
                    prop_assert!(old.iter().zip(&new).all(|(old, new)| old == new || !kept(old)));
                }
                if matches!(change, Change::Add | Change::Insert(..) | Change::Duplication(Some(_))) {
                    for line in lines(&text).iter().filter(|line| line.contains('#')) {
                        let comment = line.split_once('#').unwrap().1.trim_end();
                        prop_assert!(after.contains(comment), "{} is lost:\n{}", comment, after);
                    }
                }
                if text.contains("\r\n") {
                    prop_assert!(!after.replace("\r\n", "").contains('\n'), "mixed line ends: {:?}", after);
                }
                prop_assert_eq!(after.starts_with('\u{feff}'), text.starts_with('\u{feff}'));
            }
        }
    }

    /// What was added and is taken away again leaves no trace.
    #[test]
    fn added_and_removed_is_as_before(text in texts()) {
        let mut document = document(&text);
        let blocks = document.blocks();
        document.add_block(&["a".to_owned()], &["b".to_owned()]).unwrap();
        document.remove_block(blocks).unwrap();
        prop_assert_eq!(document.text().trim_end(), text.trim_end());
    }
    /// One form for lists changes no value and loses no comment, and what has it stays.
    #[test]
    fn lists_in_one_form_say_the_same(text in texts()) {
        let mut document = document(&text);
        document.format_lists().unwrap();
        let after = document.text().to_owned();
        prop_assert_eq!(meaning(&after), meaning(&text), "{}", after);
        for comment in text.lines().filter_map(|line| line.split_once('#')) {
            prop_assert!(after.contains(comment.1.trim_end()), "{} is lost:\n{}", comment.1, after);
        }
        prop_assert_eq!(after.matches('#').count(), text.matches('#').count());
        if text.contains("\r\n") {
            prop_assert!(!after.replace("\r\n", "").contains('\n'), "mixed line ends: {:?}", after);
        }
        prop_assert_eq!(document.format_lists().unwrap(), 0, "{}", after);
    }
}

//! Changing the text of a store: what the operator wrote in it stays.

use jiff::Timestamp;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value, value};

use super::TrustError;
use super::model::{Action, Anchored, Change, Entry, Pin, Store};

/// The version of the format.
pub const VERSION: u32 = 1;

/// What a new store begins with.
const HEAD: &str = "\
# Keys and certificates that limescope trusts to sign policies.
# `limescope policy trust add` and `remove` change this file and keep its comments.
version = 1
";

/// The text with one entry more, and that in its history. An empty text
/// becomes a new store.
///
/// # Errors
///
/// What [`Store::parse`] and [`Store::may_add`] say.
pub fn add(text: &str, entry: &Entry) -> Result<String, TrustError> {
    Store::parse(text)?.may_add(entry)?;
    let mut document = document(text)?;
    push(&mut document, "trusted", table_of(entry))?;
    let change = Change {
        at: entry.added_at,
        action: Action::Added,
        label: entry.label.clone(),
        fingerprint: entry.pin.fingerprint(),
    };
    push(&mut document, "history", table_of_change(&change))?;
    Ok(document.to_string())
}

/// The text without the entry of this label or fingerprint (see
/// [`Store::find`]), and that in its history; and the entry.
///
/// # Errors
///
/// What [`Store::parse`] and [`Store::find`] say.
pub fn remove(text: &str, name: &str, at: Timestamp) -> Result<(String, Entry), TrustError> {
    let store = Store::parse(text)?;
    let entry = store.find(name)?.clone();
    let place = store.entries.iter().position(|other| *other == entry).unwrap_or_default();
    let mut document = document(text)?;
    match document.get_mut("trusted") {
        Some(Item::ArrayOfTables(tables)) => {
            tables.remove(place);
        }
        Some(Item::Value(Value::Array(tables))) => {
            tables.remove(place);
        }
        _ => return Err(TrustError::Syntax("`trusted` is no list of tables".to_owned())),
    }
    let change = Change {
        at,
        action: Action::Removed,
        label: entry.label.clone(),
        fingerprint: entry.pin.fingerprint(),
    };
    push(&mut document, "history", table_of_change(&change))?;
    Ok((document.to_string(), entry))
}

/// The text with what a TPM is to say of it. An empty text becomes a new store.
///
/// # Errors
///
/// What [`Store::parse`] says, and a number that TOML has no room for.
pub fn set_anchored(text: &str, anchored: Anchored) -> Result<String, TrustError> {
    Store::parse(text)?;
    let mut document = document(text)?;
    let number = |number: u64| {
        i64::try_from(number)
            .map(value)
            .map_err(|_too_large| TrustError::Syntax(format!("{number} is too large")))
    };
    let anchor = document.entry("anchor").or_insert_with(|| Item::Table(Table::new()));
    let Some(anchor) = anchor.as_table_like_mut() else {
        return Err(TrustError::Syntax("`anchor` is no table".to_owned()));
    };
    anchor.insert("version", number(anchored.version)?);
    anchor.insert("counter", number(anchored.counter)?);
    Ok(document.to_string())
}

fn document(text: &str) -> Result<DocumentMut, TrustError> {
    let text = if text.trim().is_empty() { HEAD } else { text };
    text.parse()
        .map_err(|error: toml_edit::TomlError| TrustError::syntax(text, error.span(), error.message()))
}

fn push(document: &mut DocumentMut, name: &str, table: Table) -> Result<(), TrustError> {
    match document.entry(name).or_insert(Item::ArrayOfTables(ArrayOfTables::new())) {
        Item::ArrayOfTables(tables) => tables.push(table),
        Item::Value(Value::Array(tables)) => tables.push(table.into_inline_table()),
        _ => return Err(TrustError::Syntax(format!("`{name}` is no list of tables"))),
    }
    Ok(())
}

fn table_of(entry: &Entry) -> Table {
    let mut table = Table::new();
    table.insert("label", value(&entry.label));
    table.insert("fingerprint", value(entry.pin.fingerprint().to_string()));
    let (name, pinned) = match &entry.pin {
        Pin::Key(key) => ("key", key.pem()),
        Pin::Certificate(certificate) => ("certificate", certificate.pem()),
        Pin::CertificateFingerprint(sum) => ("certificate_sha256", sum.to_string()),
        Pin::KeyFingerprint(sum) => ("key_sha256", sum.to_string()),
    };
    table.insert(name, value(pinned));
    let list = |names: &[String]| value(names.iter().collect::<toml_edit::Array>());
    if !entry.scope.groups.is_empty() {
        table.insert("groups", list(&entry.scope.groups));
    }
    if !entry.scope.policies.is_empty() {
        table.insert("policies", list(&entry.scope.policies));
    }
    for (name, at) in [("valid_from", entry.valid_from), ("valid_until", entry.valid_until)] {
        if let Some(at) = at {
            table.insert(name, time(at));
        }
    }
    if let Some(scheme) = entry.scheme {
        table.insert("scheme", value(scheme.word()));
    }
    table.insert("added_at", time(entry.added_at));
    table
}

fn table_of_change(change: &Change) -> Table {
    let mut table = Table::new();
    table.insert("at", time(change.at));
    table.insert("action", value(change.action.word()));
    table.insert("label", value(&change.label));
    table.insert("fingerprint", value(change.fingerprint.to_string()));
    table
}

/// A time of TOML, in whole seconds.
fn time(at: Timestamp) -> Item {
    let seconds = Timestamp::from_second(at.as_second()).unwrap_or(at);
    match seconds.to_string().parse::<toml_edit::Datetime>() {
        Ok(datetime) => value(datetime),
        // Years beyond TOML's four digits; such an entry is refused when it is read.
        Err(_) => value(seconds.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::policy::signature::material;
    use crate::policy::trust::Scope;

    fn pin(name: &str) -> Pin {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies/keys");
        material::read(&fs::read(folder.join(name)).unwrap()).unwrap().remove(0).into()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_added_is_read_again_and_comments_stay() {
        let mut first = Entry::new("release", pin("ecdsa-p256.pub.pem"), at("2026-11-22T10:00:00Z"));
        first.scope = Scope { groups: vec!["prod".to_owned()], policies: vec!["web".to_owned()] };
        first.valid_until = Some(at("2027-01-01T00:00:00Z"));
        let text = add("", &first).unwrap();
        let text = text.replacen("[[trusted]]", "# The key in the safe.\n[[trusted]]", 1);
        let mut second = Entry::new("ci", pin("x509-small.crt.pem"), at("2026-11-22T11:00:00Z"));
        second.valid_from = Some(at("2026-11-01T00:00:00Z"));
        let mut third = Entry::new("rsa", pin("rsa3072.pub.pem"), at("2026-11-22T11:00:00Z"));
        third.scheme = crate::policy::signature::Scheme::parse("rsa-pkcs1v15-sha256");
        let sum = third.pin.fingerprint();
        let fourth = Entry::new("by sum", Pin::CertificateFingerprint(sum), at("2026-11-22T11:00:00Z"));
        let text = [&second, &third].iter().fold(text, |text, entry| add(&text, entry).unwrap());
        assert_eq!(
            add(&text, &fourth),
            Err(TrustError::Known { fingerprint: sum.to_string(), label: "rsa".to_owned() })
        );
        let store = Store::parse(&text).unwrap();
        assert_eq!(store.entries, [first, second, third]);
        assert_eq!(store.history.len(), 3);
        assert!(text.contains("# The key in the safe.") && text.starts_with("# Keys and"), "{text}");

        let (text, gone) = remove(&text, "ci", at("2026-11-23T00:00:00Z")).unwrap();
        assert_eq!(gone.label, "ci");
        let store = Store::parse(&text).unwrap();
        assert_eq!(store.entries.len(), 2);
        let last = store.history.last().unwrap();
        assert_eq!(
            (last.action, last.label.as_str(), last.fingerprint),
            (Action::Removed, "ci", gone.pin.fingerprint())
        );
        assert!(text.contains("# The key in the safe."), "{text}");
        let begin = sum.to_string()[..8].to_uppercase();
        assert_eq!(remove(&text, &begin, at("2026-11-23T00:00:00Z")).unwrap().1.label, "rsa");
        assert!(matches!(remove(&text, "nobody", at("2026-11-23T00:00:00Z")), Err(TrustError::Unknown(_))));
    }

    #[test]
    fn the_anchor_is_noted_beside_what_is_there() {
        let entry = Entry::new("release", pin("ecdsa-p256.pub.pem"), at("2026-11-22T10:00:00Z"));
        let text = add("", &entry).unwrap().replacen("[[trusted]]", "# ours\n[[trusted]]", 1);
        let one = set_anchored(&text, Anchored { version: 1, counter: 7 }).unwrap();
        let two = set_anchored(&one, Anchored { version: 2, counter: 7 }).unwrap();
        let store = Store::parse(&two).unwrap();
        assert_eq!(store.anchored, Some(Anchored { version: 2, counter: 7 }));
        assert_eq!(store.entries, Store::parse(&text).unwrap().entries);
        assert!(two.contains("# ours"), "{two}");
        assert_eq!(one.matches("[anchor]").count(), 1);
        assert!(Store::parse(&two.replace("counter = 7", "counter = -7")).is_err());
        assert!(Store::parse(&set_anchored("", Anchored { version: 1, counter: 7 }).unwrap()).is_ok());
        assert!(set_anchored("", Anchored { version: u64::MAX, counter: 7 }).is_err());
        assert!(remove(&two, "release", at("2026-11-23T00:00:00Z")).unwrap().0.contains("counter = 7"));
    }

    #[test]
    fn weak_keys_labels_and_sums_that_are_wrong_are_refused() {
        let now = at("2026-11-22T10:00:00Z");
        let weak = Entry::new("weak", pin("ecdsa-p192.pub.pem"), now);
        assert!(matches!(add("", &weak), Err(TrustError::Refused(_))));
        let good = Entry::new("good", pin("ecdsa-p256.pub.pem"), now);
        for label in ["", "two\nlines", &"x".repeat(200)] {
            let entry = Entry { label: label.to_owned(), ..good.clone() };
            assert!(matches!(add("", &entry), Err(TrustError::Label(_))), "{label:?}");
        }
        let text = add("", &good).unwrap();
        let other = Entry::new("good", pin("ecdsa-p384.pub.pem"), now);
        assert!(matches!(add(&text, &other), Err(TrustError::LabelTaken(_))));
        let sum = good.pin.fingerprint().to_string();
        let swapped = text.replacen(&sum, &"0".repeat(64), 1);
        assert!(Store::parse(&swapped).unwrap_err().to_string().contains("fingerprint is another"));
        for (from, to) in [
            ("label = ", "group = [\"prod\"]\nlabel = "),
            ("version = 1", "version = 2"),
            ("BEGIN PUBLIC", "BEGIN PRIVATE"),
            ("added_at = ", "scheme = \"md5\"\nadded_at = "),
            ("added_at = ", "valid_until = 2026-01-01\nadded_at = "),
            ("action = \"added\"", "action = \"lost\""),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text);
            assert!(Store::parse(&changed).is_err(), "{changed}");
        }
    }
}

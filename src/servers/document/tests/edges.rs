//! The table of edges, row by row, inside a text. What one entry can be is
//! tried exhaustively in `servers::edge_table`.

use super::*;
use Mode::{Pull, Push};

/// Row, entry of a registrars list, what is found.
const REGISTRARS: &[(&str, &str, &[&str])] = &[
    ("bare IPv6", "::1", &[]),
    ("bare IPv6", "2001:db8::5", &[]),
    ("ambiguous IPv6", "2001:db8::5:8890", &["W ambiguous-ipv6"]),
    ("brackets", "[::1]", &[]),
    ("brackets", "[::1]:8890", &[]),
    ("unbalanced brackets", "[::1", &["E bracket"]),
    ("unbalanced brackets", "::1]", &["E bracket"]),
    ("unbalanced brackets", "[]", &["E empty-host"]),
    ("unbalanced brackets", "[::1]8890", &["E bracket"]),
    ("bracketed IPv4", "[127.0.0.1]", &["W bracketed-ipv4"]),
    ("zone id", "fe80::1%eth0", &["E ipv6-zone"]),
    ("zone id", "[fe80::1%25eth0]", &["E ipv6-zone"]),
    ("link-local", "fe80::1", &["W link-local"]),
    ("IPv4-mapped", "::ffff:10.0.0.1", &["I ipv4-mapped"]),
    ("not a dotted quad", "127.1", &["E not-a-dotted-quad"]),
    ("not a dotted quad", "0x7f.1", &["E not-a-dotted-quad"]),
    ("not a dotted quad", "2130706433", &["E not-a-dotted-quad"]),
    ("not a dotted quad", "010.0.0.1", &["E not-a-dotted-quad"]),
    ("empty", "https://", &["E empty-host"]),
    ("empty", "://h", &["E empty-scheme"]),
    ("empty", "", &["E empty-entry"]),
    ("empty", "   ", &["E empty-entry"]),
    ("unknown scheme", "ftp://r", &["E unknown-scheme"]),
    ("unknown scheme", "ws://r", &["E unknown-scheme"]),
    ("unknown scheme", "keylime://r", &["E unknown-scheme"]),
    ("unknown scheme", "htps://r", &["E unknown-scheme"]),
    ("malformed", "https:/ver", &["E malformed-scheme"]),
    ("malformed", "https:ver", &["E malformed-scheme"]),
    ("malformed", "https:///ver", &["E malformed-scheme"]),
    ("host and port", "reg1.example.com:8890", &[]),
    ("explicit default port", "http://reg:80", &[]),
    ("trailing slash", "http://reg/", &["I trailing-slash"]),
    ("path", "reg/x", &["E path"]),
    ("path", "reg?x", &["E query"]),
    ("path", "reg#x", &["E fragment"]),
    ("userinfo", "user:pw@host", &["E userinfo"]),
    ("backslash and controls", "ver\\\\@evil", &["E userinfo"]),
    ("backslash and controls", "ver\\\\evil", &["E odd-character"]),
    ("backslash and controls", "a\\r\\nb", &["E odd-character"]),
    ("backslash and controls", "a\\tb", &["E odd-character"]),
    ("backslash and controls", "a\\u0000b", &["E odd-character"]),
    ("backslash and controls", "a\\u001bb", &["E odd-character"]),
    ("blanks", " reg ", &["W blanks-around"]),
    ("blanks", "re g", &["E inner-blank"]),
    ("ports", "r:0", &["E port"]),
    ("ports", "r:65535", &[]),
    ("ports", "r:65536", &["E port"]),
    ("ports", "r:70000", &["E port"]),
    ("ports", "r:-1", &["E port"]),
    ("ports", "r:+8881", &["E port"]),
    ("ports", "r:08881", &["E port"]),
    ("ports", "r:8881x", &["E port"]),
    ("ports", "r:٨٨٨١", &["E port"]),
    ("ports", "r:", &["E port"]),
    ("port of the other role", "reg:8881", &["W port-of-other-role"]),
    ("IDN", "exämple.com", &["I international-name"]),
    ("IDN", "０１", &["E look-alike"]),
    ("host grammar", "reg_1", &["E host-character"]),
    ("host grammar", "-reg", &["E hyphen"]),
    ("host grammar", "a..b", &["E empty-label"]),
    ("host grammar", "reg.", &["W trailing-dot"]),
    ("unreachable", "0.0.0.0", &["E unspecified-address"]),
    ("unreachable", "::", &["E unspecified-address"]),
    ("unreachable", "*", &["E host-character"]),
    ("unreachable", "224.0.0.1", &["E multicast-address"]),
    ("unreachable", "255.255.255.255", &["E broadcast-address"]),
];

/// The same for a verifiers list.
const VERIFIERS: &[(&str, &str, &[&str])] = &[
    ("brackets", "https://[::1]:8881", &[]),
    ("IPv6 in a URL", "https://::1:8881", &["E ipv6-needs-brackets"]),
    ("upper case", "HTTPS://VER1", &["I lower-cased"]),
    ("explicit default port", "https://ver:443", &[]),
    ("port of the other role", "ver:8890", &["W port-of-other-role"]),
    ("port of the other role", "ver:8891", &["W port-of-other-role"]),
    ("http verifier", "http://ver", &["E http-verifier"]),
];

#[test]
fn rows_of_one_entry() {
    for (row, entry, expected) in REGISTRARS {
        let text = format!("[[servers]]\nregistrars = [\"{entry}\"]\nverifiers = [\"v\"]\n");
        assert_eq!(letters(&text, Push), *expected, "{row}: {entry}");
    }
    for (row, entry, expected) in VERIFIERS {
        let text = format!("[[servers]]\nregistrars = [\"r\"]\nverifiers = [\"{entry}\"]\n");
        assert_eq!(letters(&text, Push), *expected, "{row}: {entry}");
    }
}

/// Row, text, what is found in push mode, what in pull mode.
type Row = (&'static str, String, &'static [&'static str], &'static [&'static str]);

fn rows() -> Vec<Row> {
    let unused: &[&str] = &["W unused-verifiers"];
    let two = |number: usize, one: &str, other: &str| {
        let (one, other) = (block(&["r1"], &[one]), block(&["r2"], &[other]));
        format!("verification_duplication = {number}\n{one}{other}")
    };
    let registrars = |list: &str| format!("[[servers]]\nregistrars = {list}\nverifiers = [\"v\"]\n");
    vec![
        (
            "localhost in two blocks",
            two(1, "localhost", "127.0.0.1"),
            &["W loopback-in-blocks"],
            &["W unused-verifiers", "W unused-verifiers", "W loopback-in-blocks"],
        ),
        (
            "twice in one list",
            block(&["r", "r"], &["v"]),
            &["W address-twice"],
            &["W address-twice", "W unused-verifiers"],
        ),
        (
            "twice after canonicalising",
            block(&["r"], &["VER1", "ver1:8881", "https://ver1"]),
            &["W address-twice", "W address-twice"],
            &["W unused-verifiers", "W address-twice", "W address-twice"],
        ),
        (
            "IPv4-mapped is the same",
            block(&["r"], &["10.0.0.1", "::ffff:10.0.0.1"]),
            &["W address-twice"],
            &["W unused-verifiers", "W address-twice"],
        ),
        (
            "one address in two blocks, N = 1",
            two(1, "v", "v"),
            &["W address-in-two-blocks"],
            &["W unused-verifiers", "W unused-verifiers", "W address-in-two-blocks"],
        ),
        (
            "one address in two blocks, N = 2",
            two(2, "v", "v"),
            &["E address-in-two-blocks"],
            &["W unused-verifiers", "W unused-verifiers", "W address-in-two-blocks"],
        ),
        ("one host in both roles", block(&["h"], &["h"]), &[], unused),
        (
            "registrars empty",
            registrars("[]"),
            &["E no-registrars"],
            &["E no-registrars", "W unused-verifiers"],
        ),
        (
            "registrars missing",
            "[[servers]]\nverifiers = [\"v\"]\n".into(),
            &["E no-registrars"],
            &["E no-registrars", "W unused-verifiers"],
        ),
        ("verifiers empty", block(&["r"], &[]), &["E no-verifiers"], &[]),
        ("verifiers missing", "[[servers]]\nregistrars = [\"r\"]\n".into(), &["E no-verifiers"], &[]),
        ("empty block", "[[servers]]\n".into(), &["E empty-block", "E no-verifiers"], &["E empty-block"]),
        (
            "some blocks without verifiers, enough left",
            blocks(2) + "[[servers]]\nregistrars = [\"r\"]\n",
            &["W no-verifiers"],
            &["W unused-verifiers", "W unused-verifiers"],
        ),
        (
            "some blocks without verifiers, too few left",
            format!("verification_duplication = 3\n{}[[servers]]\nregistrars = [\"r\"]\n", blocks(2)),
            &["E duplication", "E no-verifiers"],
            &["W unused-verifiers", "W unused-verifiers"],
        ),
        (
            "a string for a list",
            registrars("\"r\""),
            &["E wrong-type"],
            &["E wrong-type", "W unused-verifiers"],
        ),
        ("a list of numbers", registrars("[1]"), &["E wrong-type"], &["E wrong-type", "W unused-verifiers"]),
        (
            "a nested list",
            registrars("[[\"r\"]]"),
            &["E wrong-type"],
            &["E wrong-type", "W unused-verifiers"],
        ),
        (
            "a mixed list",
            registrars("[\"r\", true]"),
            &["E wrong-type"],
            &["E wrong-type", "W unused-verifiers"],
        ),
        (
            "unknown keys",
            "[[servers]]\nregistrars = [\"r\"]\nverifer = [\"v\"]\ncolour = 1\n".into(),
            &["E no-verifiers", "W unknown-key", "W unknown-key"],
            &["W unknown-key", "W unknown-key"],
        ),
        (
            "unknown key for registrars",
            "[[servers]]\nregistrar = [\"r\"]\nverifiers = [\"v\"]\n".into(),
            &["E no-registrars", "W unknown-key"],
            &["E no-registrars", "W unknown-key", "W unused-verifiers"],
        ),
        ("wrong case", "[[Servers]]\nregistrars = [\"r\"]\n".into(), &["W wrong-case"], &["W wrong-case"]),
        ("byte order mark", format!("\u{feff}{}", blocks(1)), &[], unused),
        ("CRLF", blocks(1).replace('\n', "\r\n"), &[], unused),
        ("tabs", blocks(1).replace(" = ", "\t=\t"), &[], unused),
        (
            "duplicate keys",
            "[[servers]]\nregistrars = [\"r\"]\nregistrars = [\"r\"]\nverifiers = [\"v\"]\n".into(),
            &["E syntax"],
            &["E syntax", "W unused-verifiers"],
        ),
        ("[agent] twice", "[agent]\nip = \"x\"\n[agent]\n".into(), &["E syntax"], &["E syntax"]),
    ]
}

#[test]
fn rows_of_a_text() {
    for (row, text, push, pull) in rows() {
        for (mode, expected) in [(Push, push), (Pull, pull)] {
            let mut found = found(&text, mode);
            let mut expected = expected.to_vec();
            found.sort();
            expected.sort_unstable();
            assert_eq!(found, expected, "{row}, {}:\n{text}", mode.word());
        }
    }
}

#[test]
fn the_unusable_block_is_named_and_does_not_count() {
    let document = read(&(blocks(2) + "[[servers]]\nregistrars = [\"r\"]\n"), &[Push]);
    let reading = document.reading(Push).unwrap();
    assert_eq!((reading.usable.as_slice(), reading.max), (&[true, true, false][..], 2));
    assert!(document.diagnostics.iter().any(|found| found.message.contains("block 3: no verifier address")));
}

#[test]
fn row_mixed_lists_name_the_entry() {
    let found = one("[[servers]]\nregistrars = [\"r\", 1]\n", Pull, "wrong-type");
    assert!(
        found.message.contains("registrars entry 2 must be a string, not a whole number"),
        "{}",
        found.message
    );
}

#[test]
fn row_syntax_errors_have_their_place_behind_a_byte_order_mark() {
    let found = one("\u{feff}[agent]\nip = \"x\"\n[agent]\n", Pull, "syntax");
    assert_eq!((found.line, found.column), (3, 2));
    let found =
        one("\u{feff}verification_duplication = 0\n[[servers]]\nregistrars = [\"r\"]\n", Pull, "duplication");
    assert_eq!(
        (found.line, found.column, found.span),
        (1, 28, 30..31),
        "bytes count the mark, columns do not"
    );
}

#[test]
fn row_userinfo_makes_an_entry_unusable() {
    let document = read(&block(&["u:p@r"], &["v"]), &[Push]);
    let entry = &document.blocks[0].registrars.entries[0];
    assert_eq!(
        (entry.shown.as_str(), entry.address.is_none(), entry.without_userinfo.is_some()),
        ("***@r", true, true)
    );
    assert_eq!(document.reading(Push).unwrap().max, 0);
}

#[test]
fn row_userinfo_is_never_echoed() {
    let text = "# https://a:SECRET@b\n[agent]\nregistrar_ip = \"u:SECRET@h\"\nverifier_url = \"https://u:SECRET@h\"\n\
                [[servers]]\nregistrars = [\"u:SECRET@h\", \"u\\u003aSECRET\\u0040h\"]\nverifiers = \"https://u:SECRET@h\"\n\
                \"u:SECRET@h\" = 1\n[\"x:SECRET@y\"]\n";
    for text in [text.to_owned(), format!("{text}]"), text.replace("[[servers]]\n", "")] {
        for modes in [&[Push][..], &[Pull], &[Mode::Console], &[]] {
            let document = read(&text, modes);
            let rendered = document.render(&text, std::path::Path::new("a.conf")).join("\n");
            assert!(!rendered.contains("SECRET"), "{rendered}");
            let titles: Vec<_> =
                document.diagnostics.iter().flat_map(|found| &found.fix).map(|fix| &fix.title).collect();
            assert!(!format!("{titles:?} {:?}", document.blocks).contains("SECRET"), "{titles:?}");
        }
    }
}

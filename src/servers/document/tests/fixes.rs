//! Applying a fix removes its diagnostic.

use super::*;
use Mode::{Console, Pull, Push};
use proptest::prelude::*;

/// Applies the only fix for `code` and expects that nothing of it is left.
fn fixed(text: &str, mode: Mode, code: &str) -> String {
    let fix = one(text, mode, code).fix.unwrap_or_else(|| panic!("no fix for {code} in {text}"));
    let after = fix.apply(text).unwrap();
    let left = read(&after, &[mode]);
    assert!(
        left.diagnostics.iter().all(|found| found.code != code && found.code != "syntax"),
        "{code}: {after}"
    );
    after
}

#[test]
fn a_string_becomes_a_list() {
    let after = fixed("[[servers]]\nregistrars = \"r\" # one\n", Pull, "wrong-type");
    assert_eq!(after, "[[servers]]\nregistrars = [\"r\"] # one\n");
}

#[test]
fn single_brackets_become_double_ones() {
    assert_eq!(
        fixed("[servers]\nregistrars = [\"r\"]\n", Pull, "single-brackets"),
        "[[servers]]\nregistrars = [\"r\"]\n"
    );
    assert_eq!(
        fixed("[agent.servers]\nregistrars = [\"r\"]\n", Pull, "single-brackets"),
        "[[agent.servers]]\nregistrars = [\"r\"]\n"
    );
    assert_eq!(
        fixed("servers = { registrars = [\"r\"] }\n", Pull, "single-brackets"),
        "servers = [{ registrars = [\"r\"] }]\n"
    );
}

#[test]
fn the_trapped_key_moves_above_the_first_block() {
    let after = fixed(
        "# head\n\n# blocks\n[[servers]]\nregistrars = [\"r\"]\n\n[[servers]]\nregistrars = [\"s\"]\nverification_duplication = 2 # both\n",
        Pull,
        "key-in-wrong-table",
    );
    assert_eq!(
        after,
        "# head\n\nverification_duplication = 2 # both\n# blocks\n[[servers]]\nregistrars = [\"r\"]\n\n[[servers]]\nregistrars = [\"s\"]\n"
    );
    let document = read(&after, &[Pull]);
    assert_eq!((document.duplication.requested, document.valid()), (Some(2), true));
}

#[test]
fn the_trapped_key_moves_into_the_agents_table() {
    for (text, expected) in [
        (
            "[agent]\nip = \"::1\"\n\n[[servers]]\nregistrars = [\"r\"]\nuuid = \"x\"",
            "[agent]\nip = \"::1\"\n\nuuid = \"x\"\n[[servers]]\nregistrars = [\"r\"]\n",
        ),
        (
            "[[servers]]\nregistrars = [\"r\"]\nuuid = \"x\"\n[agent]\nip = \"::1\"\n",
            "[[servers]]\nregistrars = [\"r\"]\n[agent]\nuuid = \"x\"\nip = \"::1\"\n",
        ),
        (
            "[[servers]]\nregistrars = [\"r\"]\nuuid = \"x\"\n[agent]",
            "[[servers]]\nregistrars = [\"r\"]\n[agent]\nuuid = \"x\"\n",
        ),
        (
            "[other]\na = 1\n[[servers]]\r\nregistrars = [\"r\"]\r\nuuid = \"x\"\r\n",
            "[other]\na = 1\n[agent]\nuuid = \"x\"\r\n\n[[servers]]\r\nregistrars = [\"r\"]\r\n",
        ),
        (
            "[other]\na = 1\n[[servers]]\nregistrars = [\"r\"]\nverification_duplication = 1\n",
            "verification_duplication = 1\n[other]\na = 1\n[[servers]]\nregistrars = [\"r\"]\n",
        ),
    ] {
        assert_eq!(fixed(text, Pull, "key-in-wrong-table"), expected);
    }
}

#[test]
fn a_trapped_key_that_cannot_be_moved_has_no_fix() {
    for text in [
        // The place is taken.
        "verification_duplication = 1\n[[servers]]\nregistrars = [\"r\"]\nverification_duplication = 2\n",
        // Something else stands on the line.
        "servers = [{ registrars = [\"r\"], verification_duplication = 2 }]\n",
    ] {
        assert_eq!(one(text, Pull, "key-in-wrong-table").fix, None, "{text}");
    }
}

#[test]
fn in_limescope_toml_it_moves_above_every_header() {
    let after = fixed(
        "[keys]\nquit = \"q\"\n[[servers]]\nregistrars = [\"r\"]\nverifiers = [\"v\"]\n[servers.tls]\nca = \"x\"\nread_only = true\n",
        Console,
        "key-in-wrong-table",
    );
    assert!(after.starts_with("read_only = true\n[keys]\n"), "{after}");
}

#[test]
fn names_are_put_right() {
    assert_eq!(
        fixed("[[servers]]\nregistrar = [\"r\"]\n", Pull, "unknown-key"),
        "[[servers]]\nregistrars = [\"r\"]\n"
    );
    assert_eq!(
        fixed("[[servers]]\nRegistrars = [\"r\"]\n", Pull, "wrong-case"),
        "[[servers]]\nregistrars = [\"r\"]\n"
    );
    let text = "[[Servers]]\nregistrars = [\"r\"]\n[[ Servers ]]\nregistrars = [\"s\"]\n";
    assert_eq!(fixed(text, Pull, "wrong-case"), text.replace("Servers", "servers"));
    assert_eq!(
        fixed("[[server]]\nregistrars = [\"r\"]\n", Pull, "unknown-key"),
        "[[servers]]\nregistrars = [\"r\"]\n"
    );
}

#[test]
fn a_fix_that_would_break_the_text_is_not_offered() {
    let text = "[servers.tls]\n[servers]\nregistrars = [\"r\"]\n";
    assert_eq!(one(text, Pull, "single-brackets").fix, None);
    let text = "agent = { ip = \"x\" }\n[[servers]]\nregistrars = [\"r\"]\nuuid = \"x\"\n";
    assert_eq!(one(text, Pull, "key-in-wrong-table").fix, None);
    let text = "[[Servers]]\nregistrars = [\"r\"]\n[Servers.tls]\nca = \"x\"\n";
    let after = one(text, Console, "unknown-key").fix.unwrap().apply(text).unwrap();
    assert_eq!(after, text.replace("Servers", "servers"), "headers below it too");
}

#[test]
fn the_number_is_put_right() {
    let text = |number: &str| format!("verification_duplication = {number}\n{}", blocks(2));
    for (number, code, right) in [
        ("0", "duplication", "1"),
        ("7", "duplication", "2"),
        ("\"2\"", "wrong-type", "2"),
        ("2.0", "wrong-type", "2"),
    ] {
        assert_eq!(fixed(&text(number), Push, code), text(right));
    }
    let twice = format!("verification_duplication = 2\n[agent]\nverification_duplication = 2\n{}", blocks(2));
    assert_eq!(
        fixed(&twice, Push, "duplication-twice"),
        format!("verification_duplication = 2\n[agent]\n{}", blocks(2))
    );
}

#[test]
fn entries_are_put_right() {
    for (entry, code, right) in [
        (" r ", "blanks-around", "r"),
        ("REG:1", "lower-cased", "reg:1"),
        ("http://r/", "trailing-slash", "http://r"),
        ("r.:1", "trailing-dot", "r:1"),
        ("[127.0.0.1]:1", "bracketed-ipv4", "127.0.0.1:1"),
        ("u:p@r", "userinfo", "r"),
        ("2001:db8::5:8890", "ambiguous-ipv6", "[2001:db8::5]:8890"),
        ("https://2001:db8::5", "ipv6-needs-brackets", "https://[2001:db8::5]"),
        ("::1:65535", "ipv6-needs-brackets", "[::1]:65535"),
        ("htps://r", "unknown-scheme", "https://r"),
        ("https:/r", "malformed-scheme", "https://r"),
        ("https:r", "malformed-scheme", "https://r"),
        ("https:///r", "malformed-scheme", "https://r"),
        ("://r", "empty-scheme", "r"),
        ("r/x", "path", "r"),
        ("exämple.com", "international-name", "xn--exmple-cua.com"),
    ] {
        let text = |entry: &str| format!("[[servers]]\nregistrars = ['{entry}', \"other\"]\n");
        assert_eq!(fixed(&text(entry), Pull, code), text(right));
    }
    let text = |entry: &str| block(&["r"], &[entry]);
    assert_eq!(fixed(&text("http://v"), Push, "http-verifier"), text("https://v"));
    assert_eq!(
        fixed(
            "[[servers]]\nregistrars = [\n  \"r\", # one\n  \"R\", # again\n  \"s\"\n]\n",
            Pull,
            "address-twice"
        ),
        "[[servers]]\nregistrars = [\n  \"r\", # one\n  # again\n  \"s\"\n]\n"
    );
    assert_eq!(
        fixed("[[servers]]\nregistrars = [\"r\", \"r\"]\n", Pull, "address-twice"),
        "[[servers]]\nregistrars = [\"r\"]\n"
    );
    let legacy = "[agent]\nverifier_url = \"https://ver\"\n";
    assert_eq!(fixed(legacy, Push, "url-without-port"), "[agent]\nverifier_url = \"https://ver:8881\"\n");
    assert_eq!(
        fixed("[agent]\nregistrar_port = \"1\"\n", Push, "port-in-quotes"),
        "[agent]\nregistrar_port = 1\n"
    );
}

#[test]
fn a_fix_fits_behind_a_byte_order_mark() {
    assert_eq!(
        fixed("\u{feff}[servers]\nregistrars = [\"r\"]\n", Pull, "single-brackets"),
        "\u{feff}[[servers]]\nregistrars = [\"r\"]\n"
    );
}

proptest! {
    /// Any text of such lines: each fix leaves fewer findings of its code, and
    /// never makes a text that is no TOML.
    #[test]
    fn every_offered_fix_helps(
        lines in prop::collection::vec(
            prop::sample::select(vec![
                "[[servers]]", "[servers]", "[agent]", "[other]", "# remark", "registrars = [\"r\"]",
                "registrars = \"R.\"", "verifiers = ['v', 'V', 'https:/w']", "verifer = [\"v\"]", "registrar_ip = 'x'",
                "verification_duplication = 2", "verification_duplication = \"1\"", "uuid = \"x\" # y", "Servers = []",
                "verifier_url = 'https://v'", "registrars = [\"::1:8890\", \"\\u0041\"]", "[[Servers]]",
                "s = \"\"\"", "# \"\"\"", "read_only = true", "servers = { registrars = ['r'] }",
            ]),
            0..10,
        ),
        crlf: bool,
    ) {
        let text = lines.join(if crlf { "\r\n" } else { "\n" });
        for mode in [Pull, Push, Console] {
            let before = read(&text, &[mode]);
            for found in &before.diagnostics {
                prop_assert!(text.get(found.span.clone()).is_some());
                let Some(fix) = &found.fix else { continue };
                let after = fix.apply(&text);
                prop_assert!(after.is_some(), "{:?}", fix);
                let after = after.unwrap();
                let left = read(&after, &[mode]);
                let count = |document: &Document, code: &str| document.diagnostics.iter().filter(|found| found.code == code).count();
                prop_assert!(
                    count(&left, found.code) < count(&before, found.code) || left.blocks.len() > before.blocks.len(),
                    "{} in {}: {:?}\n{}\n→\n{}", found.code, mode.word(), fix, text, after
                );
                prop_assert!(count(&left, "syntax") <= count(&before, "syntax"), "{}\n→\n{}", text, after);
            }
        }
    }
}

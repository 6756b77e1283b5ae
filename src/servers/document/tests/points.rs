//! The numbered points that concern a text. Those of selection (16 to 24, 36)
//! stand beside the selection.

use super::*;
use crate::servers::document::{LEGACY_KEYS, SERVERS};
use crate::servers::{registrar_agent_face, registrar_operator_face, verifier_endpoint};
use Mode::{Console, Pull, Push};

/// Point, text, mode, the errors and warnings.
type Row = (&'static str, String, Mode, &'static [&'static str]);

fn with(key: &str, text: &str) -> String {
    format!("{key}\n{text}")
}

fn rows() -> Vec<Row> {
    let number =
        |value: &str, count: usize| with(&format!("verification_duplication = {value}"), &blocks(count));
    let bare = "[[servers]]\nregistrars = [\"reg9\"]\n";
    vec![
        ("3A.1 verifiers are optional", bare.into(), Pull, &[]),
        ("3A.2 example 1, pull", EXAMPLES[0].into(), Pull, &[]),
        ("3A.2 example 1, push", EXAMPLES[0].into(), Push, &["E no-verifiers"]),
        ("3A.3 example 2, push", EXAMPLES[1].into(), Push, &[]),
        ("3A.3 example 2, pull", EXAMPLES[1].into(), Pull, &["W unused-verifiers"]),
        ("3A.4 example 3, push", EXAMPLES[2].into(), Push, &[]),
        ("3A.4 example 3, pull", EXAMPLES[2].into(), Pull, &["W unused-verifiers"]),
        ("3A.5 example 4, push", EXAMPLES[3].into(), Push, &[]),
        (
            "3A.5 example 4, pull",
            EXAMPLES[3].into(),
            Pull,
            &["W unused-verifiers", "W unused-verifiers", "W unused-verifiers"],
        ),
        ("3A.7 legacy keys only", "[agent]\nregistrar_ip = \"10.0.0.1\"\n".into(), Push, &[]),
        (
            "3A.7 both",
            with("[agent]\nregistrar_ip = \"10.0.0.1\"\nregistrar_port = 8890", &blocks(1)),
            Push,
            &["W legacy-and-servers"],
        ),
        ("3A.8 nothing at all", String::new(), Push, &[]),
        ("3A.8 nothing at all, pull", String::new(), Pull, &[]),
        ("3A.25 not given", blocks(2), Push, &[]),
        ("3A.26 the whole range", number("2", 3), Push, &[]),
        ("3A.27 more than blocks", number("4", 3), Push, &["E duplication"]),
        ("3A.28 zero", number("0", 3), Push, &["E duplication"]),
        ("3A.28 negative", number("-1", 3), Push, &["E duplication"]),
        ("3A.29 fraction", number("2.0", 3), Push, &["E wrong-type"]),
        ("3A.29 string", number("\"2\"", 3), Push, &["E wrong-type"]),
        ("3A.29 boolean", number("true", 3), Push, &["E wrong-type"]),
        ("3A.29 list", number("[2]", 3), Push, &["E wrong-type"]),
        ("3A.30 one block, two wanted", number("2", 1), Push, &["E duplication"]),
        (
            "3A.30 example 1, two wanted",
            with("verification_duplication = 2", EXAMPLES[0]),
            Pull,
            &["E duplication"],
        ),
        ("3A.31 one block, 1 written", number("1", 1), Push, &[]),
        ("3A.32 as many as blocks", number("3", 3), Push, &[]),
        (
            "3A.33 only usable blocks count, push",
            with("verification_duplication = 2", &(blocks(1) + bare)),
            Push,
            &["E duplication", "E no-verifiers"],
        ),
        (
            "3A.33 only usable blocks count, pull",
            with("verification_duplication = 2", &(blocks(1) + bare)),
            Pull,
            &["W unused-verifiers"],
        ),
        ("3A.34 beyond 64 bits", number("99999999999999999999", 3), Push, &["E duplication"]),
        (
            "3A.35 blocks, not addresses",
            with("verification_duplication = 2", &block(&["r"], &["a", "b", "c", "d", "e"])),
            Push,
            &["E duplication"],
        ),
        (
            "3A.38 pull",
            number("2", 3),
            Pull,
            &["W unused-verifiers", "W unused-verifiers", "W unused-verifiers"],
        ),
        ("3A.39 the trap", blocks(1) + "verification_duplication = 1\n", Push, &["E key-in-wrong-table"]),
        (
            "3A.39 the trap with an agent's key",
            blocks(1) + "registrar_port = 8890\n",
            Push,
            &["E key-in-wrong-table"],
        ),
        (
            "3A.39 the trap in limescope.toml",
            blocks(1) + "[servers.tls]\nca = \"ca.crt\"\nverification_duplication = 1\n",
            Console,
            &["E key-in-wrong-table"],
        ),
        ("3A.40 root", "[agent]\nuuid = \"generate\"\n".to_owned() + &blocks(1), Push, &[]),
        ("3A.40 under [agent]", blocks(1).replace("[[servers]]", "[[agent.servers]]"), Push, &[]),
        ("3A.40 number under [agent]", with("[agent]\nverification_duplication = 2", &blocks(3)), Push, &[]),
        (
            "3A.40 number twice, equal",
            with("verification_duplication = 2\n[agent]\nverification_duplication = 2", &blocks(3)),
            Push,
            &["W duplication-twice"],
        ),
        (
            "3A.40 number twice, different",
            with("verification_duplication = 2\n[agent]\nverification_duplication = 1", &blocks(3)),
            Push,
            &["E duplication-twice"],
        ),
        (
            "3A.40 blocks twice",
            blocks(1) + "[[agent.servers]]\nregistrars = [\"reg7\"]\n",
            Push,
            &["E servers-twice"],
        ),
        (
            "3A.40 single brackets",
            blocks(1).replace("[[servers]]", "[servers]"),
            Push,
            &["E single-brackets"],
        ),
        ("3A.40 inline", "servers = [ { registrars = [\"r\"], verifiers = [\"v\"] } ]".into(), Push, &[]),
        (
            "3A.40 inline under [agent]",
            "[agent]\nservers = [ { registrars = [\"r\"], verifiers = [\"v\"] } ]".into(),
            Push,
            &[],
        ),
        (
            "3A.40 inline table",
            "servers = { registrars = [\"r\"], verifiers = [\"v\"] }".into(),
            Push,
            &["E single-brackets"],
        ),
        ("3A.41 stage 1 is one block", EXAMPLES[2].into(), Push, &[]),
        ("3A.41 stage 2 is the duplication", with("verification_duplication = 3", EXAMPLES[3]), Push, &[]),
    ]
}

#[test]
fn every_point_has_its_errors_and_warnings() {
    for (point, text, mode, expected) in rows() {
        let mut found = found(&text, mode);
        found.sort();
        assert_eq!(found, expected, "{point}, {}:\n{text}", mode.word());
    }
}

#[test]
fn point_1_a_block_is_registrars_and_verifiers() {
    let document = read(EXAMPLES[3], &[Push]);
    let counts: Vec<_> = document
        .blocks
        .iter()
        .map(|block| (block.registrars.entries.len(), block.verifiers.entries.len()))
        .collect();
    assert_eq!(counts, [(2, 2), (2, 2), (1, 1)], "3A.1");
    assert_eq!(document.reading(Push).unwrap().max, 3, "3A.5");
    assert_eq!(read(EXAMPLES[2], &[Push]).reading(Push).unwrap().max, 1, "3A.4: still one backend");
}

#[test]
fn point_2_the_words_of_the_enhancement() {
    let found = one(EXAMPLES[0], Push, "no-verifiers");
    assert!(found.message.contains("no verifier address has been provided"), "3A.2 {}", found.message);
    let found = one(EXAMPLES[1], Pull, "unused-verifiers");
    assert!(found.message.contains("block 1"), "3A.3 {}", found.message);
    assert!(found.message.contains("will not be used"), "3A.3 {}", found.message);
}

#[test]
fn point_6_the_provisional_names_stand_in_one_place() {
    assert_eq!((SERVERS, DUPLICATION), ("servers", "verification_duplication"), "3A.6");
    // Nothing else is taken for them.
    for alias in ["server", "backends", "groups"] {
        let text = format!("[[{alias}]]\nregistrars = [\"r\"]\n");
        assert_eq!(read(&text, &[Pull]).origin, Origin::Defaults, "3A.6 {alias}");
    }
}

#[test]
fn point_7_legacy_keys_make_one_block() {
    let text = "[agent]\nregistrar_ip = \"reg.example.com\"\nregistrar_tls_enabled = true\nregistrar_tls_port = 9891\n\
                verifier_url = \"https://ver.example.com:9881\"\n";
    let document = read(text, &[Push]);
    assert_eq!((document.origin, document.blocks.len()), (Origin::Legacy, 1), "3A.7");
    let block = &document.blocks[0];
    assert_eq!(block.registrars.entries[0].shown, "https://reg.example.com:9891", "3A.7");
    assert_eq!(block.verifiers.entries[0].shown, "https://ver.example.com:9881", "3A.7");
    assert_eq!(letters(text, Push), ["I legacy-keys"], "3A.7");
    for key in LEGACY_KEYS {
        let value = if key.contains("port") {
            "1"
        } else if key.contains("enabled") {
            "true"
        } else {
            "\"x\""
        };
        let text = format!("[agent]\n{key} = {value}\n{}", blocks(1));
        let document = read(&text, &[Push]);
        assert_eq!(document.origin, Origin::Root, "3A.7 {key}: blocks win");
        assert!(one(&text, Push, "legacy-and-servers").message.contains(key), "3A.7 {key}");
    }
}

#[test]
fn point_7_legacy_values_are_read_as_todays_agent_reads_them() {
    for (values, expected) in [
        ("verifier_url = \"https://ver\"", &["W url-without-port", "I legacy-keys"][..]),
        ("verifier_url = \"\"", &["W empty-verifier-url", "E no-verifiers", "I legacy-keys"]),
        ("registrar_port = \"8891\"", &["I port-in-quotes", "I legacy-keys"]),
        ("registrar_port = 70000", &["E port", "I legacy-keys"]),
        ("registrar_port = 0", &["E port", "I legacy-keys"]),
        ("registrar_ip = \"http://reg\"", &["E host-only", "I legacy-keys"]),
        ("registrar_ip = \"reg:8890\"", &["E host-only", "I legacy-keys"]),
        ("registrar_ip = \"[::1]\"", &["I legacy-keys"]),
        ("registrar_ip = 5", &["E wrong-type", "I legacy-keys"]),
        ("registrar_tls_enabled = \"yes\"", &["E wrong-type", "I legacy-keys"]),
    ] {
        let (mut found, mut expected) = (letters(&format!("[agent]\n{values}\n"), Push), expected.to_vec());
        found.sort();
        expected.sort_unstable();
        assert_eq!(found, expected, "3A.7 {values}");
    }
    let document = read("[agent]\nverifier_url = \"https://ver\"\n", &[Push]);
    assert_eq!(document.blocks[0].verifiers.entries[0].shown, "https://ver:443", "3A.7");
}

#[test]
fn point_8_the_defaults() {
    let document = read("", &[Push]);
    assert_eq!(document.origin, Origin::Defaults, "3A.8");
    assert_eq!(document.blocks[0].registrars.entries[0].shown, "http://127.0.0.1:8890", "3A.8");
    assert_eq!(document.blocks[0].verifiers.entries[0].shown, "https://localhost:8881", "3A.8");
    assert_eq!(letters("", Pull), ["I defaults"], "3A.8");
    assert_eq!(letters(AGENT_CONF, Push), ["I legacy-keys"], "3A.8: what upstream ships says the same");
}

#[test]
fn points_9_to_14_addresses_in_a_block() {
    let text = block(
        &["reg", "reg:1", "http://reg", "https://reg", "https://reg:2"],
        &["ver", "ver:3", "https://ver:4"],
    );
    let document = read(&text, &[Push]);
    let registrars: Vec<_> = document.blocks[0]
        .registrars
        .addresses()
        .map(|(_, address)| {
            (registrar_agent_face(address).to_string(), registrar_operator_face(address).to_string())
        })
        .collect();
    let face = |agents: &str, operators: &str| (agents.to_owned(), operators.to_owned());
    assert_eq!(
        registrars,
        [
            face("http://reg:8890", "https://reg:8891"),
            face("http://reg:1", "https://reg:8891"),
            face("http://reg:8890", "https://reg:8891"),
            face("https://reg:8891", "https://reg:8891"),
            face("https://reg:2", "https://reg:2"),
        ],
        "3A.9 3A.10 3A.11 3A.12 3A.13 3A.14"
    );
    let verifiers: Vec<_> = document.blocks[0]
        .verifiers
        .addresses()
        .map(|(_, address)| verifier_endpoint(address).to_string())
        .collect();
    assert_eq!(verifiers, ["https://ver:8881", "https://ver:3", "https://ver:4"], "3A.9 3A.10 3A.12 3A.13");
    assert_eq!(
        one(EXAMPLES[0], Pull, "clear-text").severity,
        Severity::Info,
        "3A.13: a notice of clear text"
    );
    assert_eq!(letters(&block(&["https://reg"], &[]), Pull), ["I pull-clear-text"], "3A.13");
}

#[test]
fn point_15_an_error_names_everything() {
    let text = "[[servers]]\nregistrars = [\"a\"]\nverifiers = [\"b\"]\n[[servers]]\nregistrars = [\"c\"]\nverifiers = [\"d\", \"ver:70000\"]\n";
    let found = one(text, Push, "port");
    assert_eq!((found.line, found.column), (6, 24), "3A.15");
    for words in ["block 2", "verifiers entry 2", "\"ver:70000\"", "character 5", "65535"] {
        assert!(found.message.contains(words), "3A.15 {words}: {}", found.message);
    }
    assert!(found.hint.unwrap().contains("8881"), "3A.15: the default that would have applied");
}

#[test]
fn points_27_and_30_name_both_numbers_and_what_to_do() {
    let text = |number: usize, count| format!("verification_duplication = {number}\n{}", blocks(count));
    let found = one(&text(5, 3), Push, "duplication");
    assert!(found.message.contains("is 5") && found.message.contains("3 blocks"), "3A.27 {}", found.message);
    let found = one(&text(2, 1), Push, "duplication");
    assert!(found.message.contains("is 2") && found.message.contains("1 block"), "3A.30 {}", found.message);
    assert!(found.hint.unwrap().contains("add a [[servers]] block"), "3A.30");
    let found = one(&text(0, 1), Push, "duplication");
    assert!(found.message.contains("the minimum is 1"), "3A.28");
    let found = one(&text(2, 1).replace('2', "\"2\""), Push, "wrong-type");
    assert!(found.message.contains("a string"), "3A.29: the type that was found");
}

#[test]
fn points_32_37_and_38_remarks_and_headroom() {
    let text = |number: usize| format!("verification_duplication = {number}\n{}", blocks(3));
    assert_eq!(letters(&text(3), Push), ["I no-headroom"], "3A.32");
    assert_eq!(letters(&text(1), Push), [""; 0], "3A.25");
    assert!(letters(&text(2), Pull).contains(&"I pull-duplication".to_owned()), "3A.38");
    for (number, headroom) in [(1, 2), (2, 1), (3, 0), (5, -2)] {
        let document = read(&text(number), &[Push]);
        let reading = document.reading(Push).unwrap();
        assert_eq!((reading.max, reading.headroom), (3, Some(headroom)), "3A.37");
    }
    assert_eq!(
        read(&text(1).replacen("= 1", "= true", 1), &[Push]).reading(Push).unwrap().headroom,
        None,
        "3A.29"
    );
}

#[test]
fn point_34_an_overflow_is_reported_at_its_place() {
    let found = one(
        "verification_duplication = 99999999999999999999\n[[servers]]\nregistrars = [\"r\"]\n",
        Pull,
        "duplication",
    );
    assert_eq!((found.line, found.column), (1, 28), "3A.34");
}

#[test]
fn point_39_is_explained() {
    let found = one(&(blocks(2) + "verification_duplication = 2\n"), Push, "key-in-wrong-table");
    assert!(found.message.contains("into block 2 by the rules of TOML"), "3A.39 {}", found.message);
    assert!(found.hint.unwrap().contains("above the first [[servers]] (line 1)"), "3A.39");
}

#[test]
fn without_a_mode_both_readings_are_given() {
    let document = read(EXAMPLES[0], &[]);
    let valid: Vec<_> = document.readings.iter().map(|reading| (reading.mode, reading.valid)).collect();
    assert_eq!(valid, [(Pull, true), (Push, false)]);
    assert!(document.valid());
    let found = document.diagnostics.iter().find(|found| found.code == "no-verifiers").unwrap();
    assert_eq!(found.modes, [Push]);
    let found = document.diagnostics.iter().find(|found| found.code == "clear-text").unwrap();
    assert_eq!(found.modes, [Pull, Push]);
}

#[test]
fn limescope_toml_is_read_in_its_own_mode() {
    let text = "verification_duplication = 1\npoll_interval_s = 5\n[[servers]]\nname = \"eu\"\nregistrars = [\"r\"]\n\
                registrar_admin = [\"r:1\"]\n[servers.tls]\nca = \"x\"\n";
    assert_eq!(found(text, Console), ["W no-verifiers"]);
    assert_eq!(read(text, &[Console]).blocks[0].name.as_deref(), Some("eu"));
    assert_eq!(found("polling = 5\n", Console), ["E unknown-key", "E no-servers"]);
    assert_eq!(found("", Console), ["E no-servers"]);
    let agents = found(text, Pull);
    assert!(
        agents.contains(&"W unknown-key".to_owned()),
        "an agent knows none of the console's keys: {agents:?}"
    );
}

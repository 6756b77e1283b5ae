//! Sizes: bounded, linear, clear.

use super::*;
use Mode::{Console, Pull, Push};

#[test]
fn row_many_addresses_and_blocks() {
    let list = |count: usize| {
        let entries: Vec<_> = (0..count).map(|number| format!("\"r{number}.example\"")).collect();
        format!("[[servers]]\nregistrars = [{}]\n", entries.join(", "))
    };
    assert_eq!(found(&list(MANY_ADDRESSES), Pull), [""; 0]);
    assert_eq!(found(&list(MANY_ADDRESSES + 1), Pull), ["W many-addresses"]);
    assert_eq!(found(&list(MAX_ADDRESSES), Pull), ["W many-addresses"]);
    assert_eq!(found(&list(MAX_ADDRESSES + 1), Pull), ["E too-many-addresses"]);
    assert_eq!(found(&list(100_000), Pull), ["E too-many-addresses"]);
    // In an agent's configuration they count together.
    let two = format!("{}{}", list(2_500), list(2_500).replace("\"r", "\"s"));
    assert!(found(&two, Pull).contains(&"E too-many-addresses".to_owned()));
    assert!(!found(&two, Console).contains(&"E too-many-addresses".to_owned()));
    assert_eq!(read(&two, &[Pull]).blocks[1].registrars.entries.len(), MAX_ADDRESSES - 2_500);
    assert_eq!(found(&blocks(MAX_BLOCKS), Push), [""; 0]);
    let document = read(&blocks(10_000), &[Push]);
    assert_eq!(document.blocks.len(), MAX_BLOCKS);
    assert!(document.diagnostics.iter().any(|found| found.code == "too-many-blocks"));
    // 10,000 blocks with 100,000 addresses: two faults, each said once.
    let block = |number: usize| {
        let verifiers: Vec<_> = (0..9).map(|entry| format!("v{number}-{entry}")).collect();
        format!("[[servers]]\nregistrars = [\"r{number}\"]\nverifiers = {verifiers:?}\n")
    };
    let text: String = (0..10_000).map(block).collect();
    assert_eq!(found(&text, Push), ["E too-many-addresses", "E too-many-blocks"]);
}

#[test]
fn row_a_megabyte_in_one_string() {
    let text = format!("[[servers]]\nregistrars = [\"{}\"]\n", "a".repeat(1 << 20));
    let found = one(&text, Pull, "label-length");
    assert!(found.message.len() < 400);
    let rendered = read(&text, &[Pull]).render(&text, std::path::Path::new("a")).join("\n");
    assert!(rendered.len() < 4_000, "{}", rendered.len());
}

#[test]
fn row_four_mebibytes() {
    let text = format!("#{}", " ".repeat(MAX_BYTES - 1));
    assert_eq!(found(&text, Pull), [""; 0]);
    assert_eq!(found(&format!("{text} "), Pull), ["E too-large"]);
    // One line of them, full of faults.
    let mut line = "[[servers]]\nregistrars = [".to_owned();
    while line.len() < MAX_BYTES - 10 {
        line.push_str("\"x_\",");
    }
    line.push_str("]\n");
    let document = read(&line, &[]);
    assert!(document.diagnostics.len() < 1_000 && document.omitted > 3_000);
    assert!(!document.valid());
    assert!(document.render(&line, std::path::Path::new("a")).iter().all(|text| text.len() < 2_000));
}

#[test]
fn an_error_that_is_not_kept_still_counts() {
    let mut text = "[[servers]]\nregistrars = [\"r\"]\n".repeat(300);
    text.insert_str(0, "verification_duplication = 300\n");
    let document = read(&text, &[Push]);
    assert!(!document.valid() && document.omitted > 0);
}

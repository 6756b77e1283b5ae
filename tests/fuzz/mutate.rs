//! Texts made from other texts.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Mutations, unless `LIMESCOPE_FUZZ` says otherwise.
pub fn rounds(default: u64) -> u64 {
    match std::env::var("LIMESCOPE_FUZZ") {
        Ok(number) => number.parse().expect("LIMESCOPE_FUZZ is a number"),
        Err(_) => default,
    }
}

/// Calls `try_one` with every text of the corpus, then with mutations of them
/// built from `pieces`. The same round makes the same text.
pub fn run(corpus: &[String], pieces: &[&str], rounds: u64, mut try_one: impl FnMut(&str)) {
    assert!(!corpus.is_empty());
    corpus.iter().for_each(|text| try_one(text));
    for round in 0..rounds {
        let mut random = StdRng::seed_from_u64(round);
        let mut text = corpus[random.random_range(0..corpus.len())].clone();
        for _ in 0..random.random_range(1..6) {
            text = mutated(&text, corpus, pieces, &mut random);
        }
        try_one(&text);
    }
}

/// The first boundary of characters at or after `at`, which is inside the text.
fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

fn place(text: &str, random: &mut StdRng) -> usize {
    let mut at = random.random_range(0..=text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn mutated(text: &str, corpus: &[String], pieces: &[&str], random: &mut StdRng) -> String {
    let (one, other) = (place(text, random), place(text, random));
    let (start, end) = (one.min(other), one.max(other));
    // Short cuts, so that most of a text stays what it was.
    let end = if random.random_bool(0.7) { boundary(text, end.min(start + 8)) } else { end };
    let piece = pieces[random.random_range(0..pieces.len())];
    match random.random_range(0..7) {
        0 => format!("{}{}", &text[..start], &text[end..]),
        1 => format!("{}{piece}{}", &text[..start], &text[start..]),
        2 => format!("{}{piece}{}", &text[..start], &text[end..]),
        3 => format!("{}{}{}", &text[..end], &text[start..end], &text[end..]),
        4 => {
            let donor = &corpus[random.random_range(0..corpus.len())];
            let from = place(donor, random);
            let to = boundary(donor, (from + 40).min(donor.len()));
            format!("{}{}{}", &text[..start], &donor[from..to], &text[start..])
        }
        5 => format!("{}{}", text[..start].to_uppercase(), &text[start..]),
        _ => {
            let character = char::from_u32(random.random_range(0..0x3000)).unwrap_or('\u{fffd}');
            format!("{}{character}{}", &text[..start], &text[start..])
        }
    }
}

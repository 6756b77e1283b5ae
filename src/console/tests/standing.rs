//! What is said as long as it holds, on every page.

use super::pages::screen;
use crate::console::state::State;
use crate::console::test_fleet::{self, press};
use crate::console::{Message, Options, update};
use crate::tasks::standing::Standing;

fn with(standing: Standing) -> State {
    let mut state = test_fleet::state(Options::default());
    assert!(update(&mut state, Message::Standing(standing)).redraw);
    state
}

#[test]
fn a_tpm_that_is_off_is_one_line_beside_the_crumbs() {
    let off = Standing { tpm_off: Some("TPM off: this host has no TPM".to_owned()), ..Standing::default() };
    let mut state = with(off.clone());
    for keys in ["1", "2", "enter", "3", "4", "5", "6"] {
        press(&mut state, keys);
        let shown = screen(&state);
        let rule = shown.lines().nth(1).unwrap();
        assert!(rule.contains("TPM off: this host has no TPM"), "{shown}");
    }
    assert!(!update(&mut state, Message::Standing(off)).redraw, "nothing new");
    assert!(update(&mut state, Message::Standing(Standing::default())).redraw);
    assert!(!screen(&state).contains("TPM off"));
}

#[test]
fn a_trust_store_that_does_not_match_takes_the_rule() {
    let words = "trust store: mismatch: the trust store was edited since it was committed";
    let alarm =
        Standing { tpm_off: Some("TPM off".to_owned()), trust_store: Some(words.to_owned()), is_alarm: true };
    let state = with(alarm);
    let shown = screen(&state);
    let rule = shown.lines().nth(1).unwrap();
    assert!(rule.trim_start().starts_with(words) && !rule.contains('─'), "{shown}");
    let mut small = test_fleet::state(Options::default());
    let long = Standing {
        trust_store: Some(format!("{words}; compare it with its backup, then `limescope tpm anchor commit`")),
        ..state.standing.clone()
    };
    assert!(update(&mut small, Message::Standing(long)).redraw);
    press(&mut small, "6");
    press(&mut small, "t");
    let shown = screen(&small).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("then `limescope tpm anchor commit`. Until then no key here counts"), "{shown}");
    let mut board = test_fleet::state(Options { dashboard: true, ..Options::default() });
    let alarm = state.standing.clone();
    assert!(update(&mut board, Message::Standing(alarm)).redraw);
    assert!(screen(&board).contains(words), "{}", screen(&board));
}

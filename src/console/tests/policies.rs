//! The pages of policies: what they say in every state, and what their keys do.

use super::pages::{SIZES, at, screen};
use super::picture::picture;
use super::policy_fakes::{self, comparison, policy};
use crate::console::command::dispatch;
use crate::console::outside::Request;
use crate::console::state::{
    KeyCandidate, PolicyNews, PolicyWish, Progress, State, Tab, Tone, TrustEntry, TrustPicture, Where,
};
use crate::console::test_fleet::{self, press, unasked};
use crate::console::{Message, Options, update};

/// Does what is wished for last, as the tests have it; tells what was asked.
pub fn tell(state: &mut State, news: PolicyNews) -> Vec<Request> {
    update(state, Message::Policies(news)).requests
}

/// Presses one key; what leaves the console.
pub fn asked(state: &mut State, key: &str) -> Vec<PolicyWish> {
    only_wishes(update(state, Message::Key(key.parse().unwrap())).requests)
}

pub fn only_wishes(requests: Vec<Request>) -> Vec<PolicyWish> {
    let wish = |request| match request {
        Request::Policies(wish) => wish,
        other => panic!("{other:?}"),
    };
    requests.into_iter().map(wish).collect()
}

pub fn run(state: &mut State, line: &str) -> Vec<PolicyWish> {
    dispatch(state, line).unwrap();
    only_wishes(update(state, Message::Notice(crate::console::state::Notice::information(""))).requests)
}

/// The Policies page with its list.
pub fn listed(size: (u16, u16)) -> State {
    let mut state = at(size, test_fleet::snapshot(), "");
    let wishes = asked(&mut state, "6");
    assert_eq!(wishes, [PolicyWish::List { generation: 1 }]);
    tell(&mut state, PolicyNews::Listed { generation: 1, list: policy_fakes::list(), is_whole: true });
    state
}

/// A policy of so many paths, open.
pub fn open(size: (u16, u16), paths: usize) -> State {
    let mut state = listed(size);
    let wishes = run(&mut state, "policy /srv/policies/production.json");
    let [PolicyWish::Open { generation, source }] = wishes.as_slice() else { panic!("{wishes:?}") };
    let opened = Ok(policy(&source.to_string(), paths));
    tell(&mut state, PolicyNews::Opened { generation: *generation, opened });
    state
}

/// A large policy whose texts are there already, open.
pub fn lending(size: (u16, u16), paths: usize) -> State {
    let mut state = listed(size);
    let wishes = run(&mut state, "policy /srv/policies/production.json");
    let [PolicyWish::Open { generation, source }] = wishes.as_slice() else { panic!("{wishes:?}") };
    let document = Box::new(policy_fakes::Lending(paths));
    let opened = Ok(policy_fakes::policy_of(&source.to_string(), document));
    tell(&mut state, PolicyNews::Opened { generation: *generation, opened });
    state
}

/// The same, compared with another one.
pub fn compared(size: (u16, u16), paths: usize) -> State {
    let mut state = open(size, paths);
    let wishes = run(&mut state, "policy-diff /srv/policies/production.json group:us-east/production");
    let [PolicyWish::Compare { generation, .. }] = wishes.as_slice() else { panic!("{wishes:?}") };
    tell(&mut state, PolicyNews::Compared { generation: *generation, compared: Ok(comparison(paths)) });
    state
}

/// The trust store with two keys and one that may be pinned.
pub fn trusting(size: (u16, u16), options: Options) -> State {
    let mut state = at(size, test_fleet::snapshot(), "");
    state.read_only = options.read_only;
    let wishes = run(&mut state, "trust-read /etc/keys/release.pem release key");
    let [PolicyWish::Trust { generation: first }, PolicyWish::ReadKey { generation: second, path, label }] =
        wishes.as_slice()
    else {
        panic!("{wishes:?}")
    };
    assert_eq!((path.as_str(), label.as_str()), ("/etc/keys/release.pem", "release key"));
    let entry = |label: &str, digit: &str| TrustEntry {
        label: label.to_owned(),
        kind: "key, EC P-256".to_owned(),
        fingerprint: digit.repeat(32),
        scope: "every group".to_owned(),
        validity: "always".to_owned(),
        added: "2026-11-21 20:00".to_owned(),
    };
    let trust = TrustPicture {
        file: "/home/operator/.config/limescope/trust.toml".to_owned(),
        entries: vec![entry("build farm", "9f"), entry("laboratory", "3c")],
        history: vec!["2026-11-21 20:00 added laboratory".to_owned()],
    };
    tell(&mut state, PolicyNews::Trust { generation: *first, trust: Ok(trust), done: None });
    let key = KeyCandidate {
        path: "/etc/keys/release.pem".to_owned(),
        label: "release key".to_owned(),
        kind: "key, EC P-384".to_owned(),
        fingerprint: "d7".repeat(32),
        words: vec!["SHA-256 of its public key; compare it with what its owner says.".to_owned()],
    };
    tell(&mut state, PolicyNews::Key { generation: *second, key: Ok(key) });
    state
}

#[test]
fn the_table_in_its_states() {
    for (name, size) in SIZES {
        let mut loading = at(size, test_fleet::snapshot(), "6");
        tell(&mut loading, PolicyNews::Working { generation: 1, progress: Progress::default() });
        let mut empty = at(size, test_fleet::snapshot(), "6");
        let nothing = crate::console::state::PolicyList {
            rows: Vec::new(),
            faults: Vec::new(),
            ..policy_fakes::list()
        };
        tell(&mut empty, PolicyNews::Listed { generation: 1, list: nothing, is_whole: true });
        let mut failed = at(size, test_fleet::snapshot(), "6");
        let nothing =
            crate::console::state::PolicyList { rows: Vec::new(), taken_at: None, ..policy_fakes::list() };
        tell(&mut failed, PolicyNews::Listed { generation: 1, list: nothing, is_whole: true });
        let mut broken = at(size, super::pages::snapshot_of(unasked()), "6");
        tell(&mut broken, PolicyNews::Ended { generation: 1 });
        let ready = listed(size);
        let mut marked = listed(size);
        press(&mut marked, "space j space s S");
        let mut sought = listed(size);
        press(&mut sought, "/ d r i f t");
        let mut nothing_holds = listed(size);
        press(&mut nothing_holds, "/ x y z enter");
        let frames = [loading, empty, failed, broken, ready, marked, sought, nothing_holds];
        insta::assert_snapshot!(format!("policies-{name}"), frames.map(|state| picture(&state)).join("\n"));
    }
}

#[test]
fn a_policy_part_by_part() {
    for (name, size) in SIZES {
        let mut opening = listed(size);
        run(&mut opening, "policy group:eu-west/production");
        let generation = opening.policies.opening().map(|_| 2).unwrap();
        let mut halfway = opening.clone();
        let progress = Progress { step: "verifying", done: 34_000_000, total: 102_000_000 };
        tell(&mut halfway, PolicyNews::Working { generation, progress });
        let mut failed = opening.clone();
        let words = "the verifier answered 404: no such policy".to_owned();
        tell(&mut failed, PolicyNews::Opened { generation, opened: Err(words) });
        let mut parts = vec![opening, halfway, failed];
        for keys in ["", "l", "l l", "l l j j j", "l l l", "l l l l", "l l l l l", "l l l l l l", "h"] {
            let mut state = open(size, 1_000_000);
            press(&mut state, keys);
            parts.push(state);
        }
        let mut searching = open(size, 1_000_000);
        press(&mut searching, "l l / 9 9 9 9 9");
        let generation = searching.policies.last_generation_of_tests();
        tell(&mut searching, PolicyNews::Working { generation, progress: Progress::default() });
        let mut found = searching.clone();
        tell(&mut found, PolicyNews::Found { generation, rows: [99_999, 199_999].into() });
        let mut tried = open(size, 100);
        press(&mut tried, "l l l / / t m p f o o");
        let generation = tried.policies.last_generation_of_tests();
        let lines = vec![(Tone::Warn, "/tmp leaves it out: it matches the beginning, `/tmp`".to_owned())];
        tell(&mut tried, PolicyNews::Explained { generation, lines });
        parts.extend([searching, found, tried, compared(size, 30)]);
        let shown: Vec<_> = parts.iter().map(picture).collect();
        insta::assert_snapshot!(format!("policy-{name}"), shown.join("\n"));
    }
}

#[test]
fn the_trust_store() {
    for (name, size) in SIZES {
        let mut asked = trusting(size, Options::default());
        press(&mut asked, "a");
        let mut removing = trusting(size, Options::default());
        press(&mut removing, "j x");
        let frames = [trusting(size, Options::default()), asked, removing];
        insta::assert_snapshot!(format!("trust-{name}"), frames.map(|state| picture(&state)).join("\n"));
    }
}

#[test]
fn the_groups_are_asked_once_and_again_by_the_operator() {
    let mut state = listed((80, 24));
    assert_eq!(asked(&mut state, "1"), []);
    assert_eq!(asked(&mut state, "6"), []);
    assert_eq!(asked(&mut state, "ctrl-r"), [PolicyWish::List { generation: 2 }]);
    assert_eq!(asked(&mut state, "ctrl-r"), [], "they are being asked");
    let list = crate::console::state::PolicyList::default();
    let late = PolicyNews::Listed { generation: 1, list, is_whole: true };
    tell(&mut state, late);
    assert_eq!(state.policies.table().rows().len(), 6, "a late answer is nobody's");
}

#[test]
fn what_is_given_up_is_cancelled_and_its_answer_ignored() {
    let mut state = listed((80, 24));
    let [PolicyWish::Open { generation, source }] = &asked(&mut state, "enter")[..] else { panic!() };
    assert_eq!(source.to_string(), "group:eu-west/production");
    let progress = Progress { step: "reading", done: 1, total: 2 };
    let waits = tell(&mut state, PolicyNews::Working { generation: *generation, progress });
    assert_eq!(only_wishes(waits), [PolicyWish::Wait { generation: *generation }]);
    assert_eq!(asked(&mut state, "esc"), [PolicyWish::Cancel { generation: *generation }]);
    assert!(state.overlay.is_none());
    let before = screen(&state);
    tell(&mut state, PolicyNews::Opened { generation: *generation, opened: Ok(policy("x", 3)) });
    assert_eq!(screen(&state), before);
    let waits = tell(&mut state, PolicyNews::Working { generation: *generation, progress });
    assert_eq!(only_wishes(waits), [PolicyWish::Cancel { generation: *generation }]);
}

#[test]
fn every_key_of_a_search_takes_the_place_of_the_one_before() {
    let mut state = open((80, 24), 1_000);
    press(&mut state, "l l /");
    let [PolicyWish::Find { generation: first, sought, place: Where::Digests, .. }] =
        &asked(&mut state, "9")[..]
    else {
        panic!()
    };
    assert_eq!(sought, "9");
    let [PolicyWish::Cancel { generation }, PolicyWish::Find { generation: second, sought, .. }] =
        &asked(&mut state, "8")[..]
    else {
        panic!()
    };
    assert_eq!((generation, sought.as_str()), (first, "98"));
    tell(&mut state, PolicyNews::Found { generation: *first, rows: [1, 2, 3].into() });
    assert!(!screen(&state).contains("3 of 1000"), "{}", screen(&state));
    tell(&mut state, PolicyNews::Found { generation: *second, rows: [98, 980].into() });
    let shown = screen(&state);
    assert!(shown.contains("2 of 1000") && shown.contains("file-0000980"), "{shown}");
    // Down goes through what was found, and esc shows all again.
    press(&mut state, "down");
    assert_eq!(state.policies.inspection().unwrap().selected_entry(), Some(980));
    press(&mut state, "esc");
    assert_eq!(state.policies.inspection().unwrap().length(Tab::Digests), 1_000);
    assert!(state.overlay.is_some());
}

#[test]
fn from_a_digest_to_its_metadata_and_back() {
    let mut state = open((80, 24), 1_000);
    press(&mut state, "l l j enter");
    assert!(screen(&state).contains("no metadata demands more"), "{}", screen(&state));
    press(&mut state, "g g");
    for _ in 0..20 {
        press(&mut state, "j");
    }
    press(&mut state, "enter");
    let shown = screen(&state);
    assert!(shown.contains("00000014a5a5"), "{shown}");
    assert!(shown.contains("not enforced by the verifier today"), "{shown}");
    assert!(shown.contains("/usr/lib/package-20/file-0000020"), "{shown}");
    let wishes = asked(&mut state, "enter");
    let [PolicyWish::Find { sought, place: Where::Digests, .. }] = wishes.as_slice() else {
        panic!("{wishes:?}")
    };
    assert!(sought.starts_with("00000014a5a5"), "{sought}");
}

#[test]
fn marks_name_what_is_compared() {
    let mut state = listed((80, 24));
    press(&mut state, "space j");
    let wishes = asked(&mut state, "=");
    let [PolicyWish::Open { generation, source }] = wishes.as_slice() else { panic!("{wishes:?}") };
    let marked = policy_fakes::source("group:eu-west/production");
    assert_ne!(*source, marked);
    let opened = Ok(policy(&source.to_string(), 3));
    let wishes = only_wishes(tell(&mut state, PolicyNews::Opened { generation: *generation, opened }));
    let [PolicyWish::Compare { other, .. }] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!(*other, marked);
    // Without a mark the other one is written.
    let mut state = listed((80, 24));
    assert_eq!(asked(&mut state, "="), []);
    let palette = state.palette.as_ref().unwrap().line().text();
    assert_eq!(palette, "policy-diff group:eu-west/production ");
}

#[test]
fn what_is_trusted_changes_only_after_its_fingerprint_was_agreed_to() {
    let mut state = trusting((200, 60), Options::default());
    assert_eq!(asked(&mut state, "a"), []);
    let shown = screen(&state);
    assert!(shown.contains("Pin the key d7d7d7d7d7d7d7d7d7d… release key? y = yes"), "{shown}");
    assert!(shown.contains(&"d7".repeat(32)), "the whole fingerprint stands above: {shown}");
    let wishes = asked(&mut state, "y");
    let [PolicyWish::AddKey { fingerprint, label, .. }] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!((fingerprint.as_str(), label.as_str()), ("d7".repeat(32).as_str(), "release key"));
    press(&mut state, "j x");
    assert!(screen(&state).contains("3c3c"), "{}", screen(&state));
    assert_eq!(asked(&mut state, "n"), []);
    let mut read_only = trusting((120, 40), Options { read_only: true, ..Options::default() });
    for key in ["a", "x"] {
        assert_eq!(asked(&mut read_only, key), []);
        let shown = screen(&read_only);
        assert!(read_only.confirmation.is_none() && shown.contains("this console is read-only"), "{shown}");
    }
    let refusal = dispatch(&mut read_only, "policy-sign key.pem out.json").unwrap_err();
    assert!(refusal.to_string().contains("read-only"), "{refusal}");
}

#[test]
fn hostile_paths_reach_no_cell() {
    for keys in ["l l", "l l l l l l", "l l j j j"] {
        let mut state = open((120, 40), 1_000);
        press(&mut state, keys);
        let shown = screen(&state);
        assert!(!shown.contains(['\u{202e}', '\u{1b}']) && shown.contains("\\u{202e}"), "{shown}");
    }
}

#[test]
fn ascii_pages_hold_nothing_but_ascii() {
    for mut state in [listed((120, 40)), open((120, 40), 50), compared((120, 40), 50)] {
        state.ascii = true;
        for _ in 0..8 {
            press(&mut state, "l");
            assert!(screen(&state).is_ascii(), "{}", screen(&state));
        }
    }
}

#[test]
fn a_policy_is_a_place_to_come_back_to() {
    let mut state = open((80, 24), 50);
    assert_eq!(state.view().to_string(), "policy//srv/policies/production.json");
    press(&mut state, "?");
    assert!(state.policies.inspection().is_some(), "it stays under the help");
    press(&mut state, "esc");
    assert!(state.policies.inspection().is_some());
    press(&mut state, "1");
    assert!(state.policies.inspection().is_none(), "nothing keeps a million entries");
    let wishes = asked(&mut state, "[");
    assert!(matches!(wishes.as_slice(), [PolicyWish::Open { .. }]), "{wishes:?}");
}

//! Metadata judged with evidence: what is said in every state, what the keys do,
//! and that late news is nobody's.

use std::sync::Arc;

use super::evidence_fakes::{evidence, explanation, judged};
use super::pages::{SIZES, screen};
use super::picture::picture;
use super::policies::{asked, lending, listed, only_wishes, open, run, tell};
use super::policy_fakes::policy;
use crate::console::outside::Request;
use crate::console::state::{
    JudgedBatch, OutcomeFilter, PolicyNews, PolicyWish, Progress, State, Tab, Where,
};
use crate::console::test_fleet::press;
use crate::console::{Options, command, update};

/// Demands of the policies here: every tenth of a hundred paths.
const ALL: usize = 10;

/// A policy whose evidence was given; nothing came of it so far.
fn given(size: (u16, u16)) -> (State, u64) {
    let mut state = open(size, 10 * ALL);
    let wishes = run(&mut state, "evidence '/srv/the evidence' /srv/root.json");
    let [PolicyWish::Judge { generation, place, .. }] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!(place.folder, "/srv/the evidence");
    assert_eq!(place.root_file().to_str(), Some("/srv/root.json"));
    let generation = *generation;
    (state, generation)
}

/// The same, judged to the end.
pub fn whole(size: (u16, u16)) -> State {
    let (mut state, generation) = given(size);
    tell(&mut state, judged(generation, 0..ALL, ALL, Some(Ok(()))));
    state
}

/// A large policy, judged to the end.
pub fn large(size: (u16, u16), demands: usize) -> State {
    let mut state = lending(size, demands);
    let wishes = run(&mut state, "evidence /srv/evidence");
    let [PolicyWish::Judge { generation, .. }] = wishes.as_slice() else { panic!("{wishes:?}") };
    tell(&mut state, judged(*generation, 0..demands, demands, Some(Ok(()))));
    state
}

/// The selected digest, explained.
pub fn explained(size: (u16, u16)) -> State {
    let mut state = whole(size);
    let wishes = asked(&mut state, "x");
    let [PolicyWish::Examine { generation, .. }] = wishes.as_slice() else { panic!("{wishes:?}") };
    let examined = Ok(Arc::new(explanation()));
    tell(&mut state, PolicyNews::Examined { generation: *generation, examined });
    state
}

fn failed(size: (u16, u16), words: &str) -> State {
    let (mut state, generation) = given(size);
    let (batch, progress) = (JudgedBatch::default(), Progress::default());
    let ended = Some(Err(words.to_owned()));
    tell(&mut state, PolicyNews::Judged { generation, batch, progress, ended });
    state
}

/// Judged with a root that is so many days old.
fn with_root(size: (u16, u16), days: i64) -> State {
    let (mut state, generation) = given(size);
    let batch = JudgedBatch { evidence: Some(evidence(days)), verdicts: Vec::new() };
    let progress = Progress { step: "checking", done: 0, total: 10 };
    tell(&mut state, PolicyNews::Judged { generation, batch, progress, ended: None });
    tell(&mut state, judged_without_evidence(generation));
    state
}

fn judged_without_evidence(generation: u64) -> PolicyNews {
    match judged(generation, 0..ALL, ALL, Some(Ok(()))) {
        PolicyNews::Judged { batch, progress, ended, .. } => {
            let batch = JudgedBatch { evidence: None, ..batch };
            PolicyNews::Judged { generation, batch, progress, ended }
        }
        other => other,
    }
}

#[test]
fn metadata_in_its_states() {
    for (name, size) in SIZES {
        let (begun, _) = given(size);
        let (mut reading, generation) = given(size);
        let progress = Progress { step: "reading evidence", done: 1_200, total: 9_000 };
        tell(&mut reading, PolicyNews::Working { generation, progress });
        let (mut halfway, generation) = given(size);
        tell(&mut halfway, judged(generation, 0..4, ALL, None));
        let mut given_up = halfway.clone();
        press(&mut given_up, "esc");
        let mut only_failed = whole(size);
        press(&mut only_failed, "o");
        let mut none_found = halfway.clone();
        press(&mut none_found, "o o o o o");
        let mut marked = whole(size);
        press(&mut marked, "space j space");
        let mut frames = vec![
            open(size, 100),
            begun,
            reading,
            halfway,
            given_up,
            whole(size),
            only_failed,
            none_found,
            marked,
            with_root(size, 900),
            failed(size, "/srv/root.json: there is no such file"),
            explained(size),
        ];
        press(&mut frames[0], "h h h x");
        let mut ascii = whole(size);
        ascii.ascii = true;
        let mut scrolled = explained(size);
        press(&mut scrolled, "G");
        frames.extend([ascii, scrolled]);
        let shown: Vec<_> = frames.iter().map(picture).collect();
        insta::assert_snapshot!(format!("evidence-{name}"), shown.join("\n"));
    }
}

#[test]
fn evidence_is_given_once_and_serves_the_next_policy() {
    let mut state = listed((80, 24));
    let wishes = run(&mut state, "evidence /srv/evidence");
    assert_eq!(wishes, [], "there is no policy yet");
    let wishes = run(&mut state, "policy /srv/policies/production.json");
    let [PolicyWish::Open { generation, .. }] = wishes.as_slice() else { panic!("{wishes:?}") };
    tell(&mut state, PolicyNews::Opened { generation: *generation, opened: Ok(policy("/a", 100)) });
    // Nothing is judged before somebody looks.
    assert_eq!(asked(&mut state, "l"), []);
    let wishes = run(&mut state, "part metadata");
    let [PolicyWish::Judge { place, .. }] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!(place.root_file().to_str(), Some("/srv/evidence/trusted_root.json"));
    assert_eq!(asked(&mut state, "l"), []);
    assert_eq!(asked(&mut state, "h"), [], "it goes on under another part");
    // Another place takes its turn.
    let wishes = run(&mut state, "evidence /srv/other");
    let [PolicyWish::Cancel { .. }, PolicyWish::Judge { place, .. }] = wishes.as_slice() else {
        panic!("{wishes:?}")
    };
    assert_eq!(place.folder, "/srv/other");
    press(&mut state, "e");
    assert_eq!(state.palette.as_ref().unwrap().line().text(), "evidence /srv/other ");
}

#[test]
fn a_policy_that_demands_nothing_is_not_judged() {
    let mut state = open((80, 24), 0);
    assert_eq!(run(&mut state, "evidence /srv/evidence"), []);
    assert!(screen(&state).contains("nothing more is demanded"), "{}", screen(&state));
}

#[test]
fn results_come_bit_by_bit_and_late_ones_are_nobodys() {
    let (mut state, generation) = given((80, 24));
    let waits = only_wishes(tell(&mut state, judged(generation, 0..4, ALL, None)));
    assert_eq!(waits, [PolicyWish::Wait { generation }]);
    let shown = screen(&state);
    assert!(shown.contains("4 of 10") && shown.contains("3 with evidence"), "{shown}");
    tell(&mut state, judged(generation, 4..ALL, ALL, Some(Ok(()))));
    let shown = screen(&state);
    // 0 and 7 lack evidence, 5 failed.
    assert!(shown.contains("10 digests with demands · 8 with evidence · 7 passed"), "{shown}");
    assert!(!shown.contains("esc gives it up"), "{shown}");
    // The policy is read again: what is still on its way is of the old text.
    let wishes = asked(&mut state, "ctrl-r");
    let [PolicyWish::Open { generation: again, .. }] = wishes.as_slice() else { panic!("{wishes:?}") };
    let opened = Ok(policy("/srv/policies/production.json", 100));
    let wishes = only_wishes(tell(&mut state, PolicyNews::Opened { generation: *again, opened }));
    let [PolicyWish::Judge { generation: newer, .. }] = wishes.as_slice() else { panic!("{wishes:?}") };
    let before = screen(&state);
    let refused = only_wishes(tell(&mut state, judged(generation, 0..4, ALL, None)));
    assert_eq!(refused, [PolicyWish::Cancel { generation }]);
    assert_eq!(screen(&state), before);
    // Closing ends it.
    assert_eq!(asked(&mut state, "1"), [PolicyWish::Cancel { generation: *newer }]);
}

#[test]
fn esc_gives_up_and_what_was_judged_stays() {
    let (mut state, generation) = given((80, 24));
    tell(&mut state, judged(generation, 0..4, ALL, None));
    assert_eq!(asked(&mut state, "esc"), [PolicyWish::Cancel { generation }]);
    let shown = screen(&state);
    assert!(shown.contains("Given up: 4 of 10") && shown.contains("passed"), "{shown}");
    assert_eq!(asked(&mut state, "x").len(), 1, "what was judged can be explained");
    press(&mut state, "esc esc");
    assert!(state.overlay.is_none());
    let (mut state, generation) = given((80, 24));
    assert_eq!(run(&mut state, "evidence-stop"), [PolicyWish::Cancel { generation }]);
    assert!(command::dispatch(&mut state, "evidence-stop").is_err());
}

#[test]
fn outcomes_are_filtered_also_of_what_was_found() {
    let mut state = whole((80, 24));
    let shown = |state: &State| {
        let inspection = state.policies.inspection().unwrap();
        let rows = 0..inspection.length(Tab::Metadata);
        rows.map(|row| inspection.demand_at(row).unwrap()).collect::<Vec<_>>()
    };
    for expected in [vec![5], vec![0, 7], vec![1, 2, 3, 4, 6, 8, 9], (0..10).collect()] {
        press(&mut state, "o");
        assert_eq!(shown(&state), expected);
    }
    run(&mut state, "outcome passed");
    let wishes = asked(&mut state, "/");
    assert_eq!(wishes, []);
    let wishes = asked(&mut state, "a");
    let [PolicyWish::Find { generation, place: Where::Metadata, .. }] = wishes.as_slice() else {
        panic!("{wishes:?}")
    };
    tell(&mut state, PolicyNews::Found { generation: *generation, rows: [0, 1, 5, 9].into() });
    assert_eq!(shown(&state), [1, 9]);
    press(&mut state, "esc");
    assert_eq!(shown(&state), [1, 2, 3, 4, 6, 8, 9], "esc clears what was looked for");
    press(&mut state, "esc");
    assert_eq!(state.policies.inspection().unwrap().outcome_filter(), OutcomeFilter::All);
    assert!(state.overlay.is_some());
    // From a path to its digest, whatever was filtered.
    run(&mut state, "outcome failed");
    run(&mut state, "part digests");
    press(&mut state, "g g enter");
    assert_eq!(state.policies.inspection().unwrap().selected_demand(), Some(0));
    assert!(command::dispatch(&mut state, "outcome better").is_err());
}

#[test]
fn an_explanation_is_scrolled_and_folded_again() {
    let mut state = whole((80, 24));
    press(&mut state, "j");
    let wishes = asked(&mut state, "x");
    let [PolicyWish::Examine { generation, demand: 1, .. }] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert!(screen(&state).contains("going through every step"), "{}", screen(&state));
    // Whoever folds it does not wait for it.
    assert_eq!(asked(&mut state, "x"), [PolicyWish::Cancel { generation: *generation }]);
    let before = screen(&state);
    let examined = Ok(Arc::new(explanation()));
    tell(&mut state, PolicyNews::Examined { generation: *generation, examined });
    assert_eq!(screen(&state), before);

    let mut state = explained((80, 24));
    let top = screen(&state);
    assert!(top.contains("judged at") && !top.contains("1998 more"), "{top}");
    press(&mut state, "G");
    let end = screen(&state);
    assert!(end.contains("and 1998 more; enter lists all of them") && end.contains("\\u{202e}"), "{end}");
    press(&mut state, "esc");
    assert!(screen(&state).contains("OUTCOME"), "{}", screen(&state));
    assert_eq!(state.policies.inspection().unwrap().selected_demand(), Some(0));
    // Every path is reached from there.
    let mut state = explained((80, 24));
    let wishes = asked(&mut state, "enter");
    assert!(matches!(wishes.as_slice(), [PolicyWish::Find { place: Where::Digests, .. }]), "{wishes:?}");
}

#[test]
fn a_report_goes_to_a_file_or_into_the_pager() {
    let mut state = explained((80, 24));
    press(&mut state, "w");
    assert_eq!(state.palette.as_ref().unwrap().line().text(), "evidence-export 00000000a5a5.evidence.json");
    let wishes = asked(&mut state, "enter");
    let [PolicyWish::Export { file, report, sha256, .. }] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!((file.to_str(), &**report), (Some("00000000a5a5.evidence.json"), "{}\n"));
    assert_eq!(*sha256, "24cb593e".repeat(8));
    assert!(wishes[0].writes(), "it is brought to its end");
    tell(&mut state, PolicyNews::Exported(Err("is there already".to_owned())));
    assert!(screen(&state).contains("is there already"), "{}", screen(&state));
    let effects = update(&mut state, crate::console::Message::Key("v".parse().unwrap()));
    let paged = effects.requests;
    assert_eq!(paged, [Request::Page { text: "{}\n".to_owned(), suffix: ".json" }]);
    let mut state = whole((80, 24));
    assert!(command::dispatch(&mut state, "evidence-export x.json").is_err());
}

#[test]
fn marked_digests_get_demands_in_a_new_policy() {
    let mut state = open((80, 24), 100);
    press(&mut state, "l l j space");
    assert_eq!(state.policies.inspection().unwrap().marks().len(), 1);
    let shown = screen(&state);
    assert!(shown.contains("1 marked") && shown.lines().any(|line| line.starts_with("*/usr")), "{shown}");
    press(&mut state, "l l l space R");
    assert_eq!(state.palette.as_ref().unwrap().line().text(), "policy-require --log-inclusion ");
    press(&mut state, "esc");
    let line =
        "policy-require --log-inclusion --identity me@example.org --issuer https://i.example.org out.json";
    assert_eq!(run(&mut state, line), [], "it is asked about first");
    let shown = screen(&state);
    assert!(
        shown.contains("Write a policy that demands more of marked digests (2) into out.json?"),
        "{shown}"
    );
    assert!(shown.contains("y = yes, n = no"), "{shown}");
    let wishes = asked(&mut state, "y");
    let [PolicyWish::Require { generation, digests, requirement, file, .. }] = wishes.as_slice() else {
        panic!("{wishes:?}")
    };
    assert_eq!((digests.len(), file.as_str()), (2, "out.json"));
    assert!(digests[0].starts_with("00000000a5") && digests[1].starts_with("00000001a5"), "{digests:?}");
    assert!(requirement.log_inclusion && requirement.identity.is_some());
    let required = Ok(("out.json".to_owned(), "4 checks written".to_owned()));
    let wishes = only_wishes(tell(&mut state, PolicyNews::Required { generation: *generation, required }));
    let opened =
        matches!(wishes.as_slice(), [PolicyWish::Open { source, .. }] if source.to_string() == "out.json");
    assert!(opened, "{wishes:?}");
    assert!(screen(&state).contains("not signed yet"), "{}", screen(&state));

    let mut read_only = open((80, 24), 100);
    read_only.read_only = Options { read_only: true, ..Options::default() }.read_only;
    press(&mut read_only, "l l space");
    let refusal = command::dispatch(&mut read_only, line).unwrap_err();
    assert!(refusal.to_string().contains("read-only"), "{refusal}");
}

#[test]
fn a_slip_is_told_before_the_question_and_the_whole_question_is_seen() {
    let mut state = open((80, 24), 100);
    press(&mut state, "l l j space");
    for (line, why) in [
        ("policy-require --log-inclusoin out.json", "there are --log-inclusion"),
        ("policy-require --log-inclusion", "write the new file"),
        ("policy-sign key.pem", "write two files"),
    ] {
        let refusal = command::dispatch(&mut state, line).unwrap_err().to_string();
        assert!(refusal.contains(why), "{refusal}");
        assert_eq!(state.confirmation, None);
    }
    let (key, out) = ("/etc/limescope/keys/release.key.pem", "/srv/policies/production.signed.json");
    assert_eq!(run(&mut state, &format!("policy-sign {key} {out}")), []);
    let shown = screen(&state);
    for part in ["/srv/policies/production.json", key, out, "y = yes, n = no"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let wishes = asked(&mut state, "y");
    let [PolicyWish::Sign { sha256, .. }] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!(*sha256, state.policies.inspection().unwrap().policy().0.sha256, "what was looked at");
    let words =
        format!("not signed: {} was changed since it was opened; ctrl-r reads it again", "x".repeat(60));
    tell(&mut state, PolicyNews::Signed(Err(words)));
    assert!(screen(&state).contains("ctrl-r reads it again"), "{}", screen(&state));
}

#[test]
fn demands_are_sorted_by_what_came_of_them_and_the_selected_one_is_kept() {
    let shown = |state: &State| {
        let inspection = state.policies.inspection().unwrap();
        let rows = 0..inspection.length(Tab::Metadata);
        rows.map(|row| inspection.demand_at(row).unwrap()).collect::<Vec<_>>()
    };
    let selected = |state: &State| state.policies.inspection().unwrap().selected_demand();
    let mut state = whole((80, 24));
    press(&mut state, "j s");
    assert_eq!(shown(&state), [5, 0, 7, 1, 2, 3, 4, 6, 8, 9], "the worst first");
    assert_eq!(selected(&state), Some(1));
    let seen = screen(&state);
    assert!(seen.contains("OUTCOME ↓") && seen.contains("worst first"), "{seen}");
    press(&mut state, "S");
    assert_eq!(shown(&state), [1, 2, 3, 4, 6, 8, 9, 0, 7, 5]);
    assert!(screen(&state).contains("OUTCOME ↑"), "{}", screen(&state));
    press(&mut state, "o");
    assert_eq!(shown(&state), [5], "a filter and an order go together");
    press(&mut state, "o o o s");
    assert_eq!(shown(&state), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    press(&mut state, "S");
    assert_eq!(shown(&state), (0..10).collect::<Vec<_>>());
    // While it is judged, what was judged moves, and the operator stays.
    let (mut state, generation) = given((80, 24));
    press(&mut state, "s j");
    tell(&mut state, judged(generation, 0..6, ALL, None));
    assert_eq!(shown(&state), [5, 0, 1, 2, 3, 4, 6, 7, 8, 9]);
    assert_eq!(selected(&state), Some(1));
    // Elsewhere there is no such order.
    press(&mut state, "l s");
    assert_eq!(state.policies.inspection().unwrap().tab(), Tab::Raw);
    assert!(screen(&state).contains("only Digests and Metadata"), "{}", screen(&state));
}

#[test]
fn paths_tell_the_outcome_of_their_digests_and_are_sorted_by_it_beside_the_console() {
    let (mut state, generation) = given((160, 50));
    run(&mut state, "part digests");
    press(&mut state, "s");
    assert!(screen(&state).contains("as soon as all their digests are judged"), "{}", screen(&state));
    tell(&mut state, judged(generation, 0..ALL, ALL, Some(Ok(()))));
    press(&mut state, "j");
    let seen = screen(&state);
    assert!(seen.contains("? not evaluated") && seen.contains("✓ passed"), "{seen}");
    let wishes = asked(&mut state, "s");
    let [PolicyWish::Rank { generation, statuses, rows: None, is_reversed: false, .. }] = wishes.as_slice()
    else {
        panic!("{wishes:?}")
    };
    assert_eq!(statuses.len(), ALL);
    let rest = (1..100).filter(|row| *row != 50 && *row != 70);
    let rows: Arc<[u32]> = [50, 0, 70].into_iter().chain(rest).collect();
    tell(&mut state, PolicyNews::Found { generation: *generation, rows: rows.clone() });
    let seen = screen(&state);
    assert!(seen.contains("CHECKS ↓") && seen.contains("worst first"), "{seen}");
    assert!(seen.find("✗ failed").unwrap() < seen.find("? not evaluated").unwrap(), "{seen}");
    assert_eq!(state.policies.inspection().unwrap().selected_entry(), Some(50));
    let wishes = asked(&mut state, "S");
    let turned =
        |wish: &PolicyWish| matches!(wish, PolicyWish::Rank { is_reversed: true, rows: Some(_), .. });
    assert!(turned(&wishes[0]), "{wishes:?}");
    // Whoever looks for something, or gives other evidence, has the policy's order again.
    let wishes = run(&mut state, "evidence /srv/other");
    assert!(matches!(wishes.as_slice(), [PolicyWish::Cancel { .. }, PolicyWish::Judge { .. }]), "{wishes:?}");
    run(&mut state, "part digests");
    assert!(!screen(&state).contains("worst first"), "{}", screen(&state));
    let mut state = open((80, 24), 100);
    press(&mut state, "l l s");
    assert!(screen(&state).contains("give evidence first"), "{}", screen(&state));
}

#[test]
fn an_explanation_that_says_otherwise_than_the_list_tells_why() {
    let mut state = whole((80, 24));
    let wishes = asked(&mut state, "x");
    let [PolicyWish::Examine { generation, .. }] = wishes.as_slice() else { panic!("{wishes:?}") };
    let examined = Ok(Arc::new(crate::console::state::Explanation {
        status: Some(crate::policy::evidence::Status::Failed),
        ..explanation()
    }));
    tell(&mut state, PolicyNews::Examined { generation: *generation, examined });
    let shown = screen(&state);
    assert!(shown.contains("The list says not evaluated: the evidence was changed since"), "{shown}");
    assert!(!screen(&explained((80, 24))).contains("The list says"));
}

#[test]
fn a_narrow_console_cuts_no_number_and_no_age() {
    for (mut state, words) in [
        (whole((60, 24)), ["10 demanded", "✗ 1 · ? 2", "20 days old"].as_slice()),
        (with_root((60, 24), 900), &["Old root: what was revoked", "still passes.", "2 years old"]),
    ] {
        press(&mut state, "j");
        let shown = screen(&state);
        for part in words {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }
}

#[test]
fn ascii_and_hostile_texts() {
    for mut state in [whole((120, 40)), explained((120, 40)), given((120, 40)).0] {
        state.ascii = true;
        for key in ["j", "G", "o"] {
            press(&mut state, key);
            assert!(screen(&state).is_ascii(), "{}", screen(&state));
        }
    }
    let hostile = "\u{202e}gnp\u{1b}[31m";
    let mut state = open((120, 40), 100);
    run(&mut state, &format!("evidence /srv/{hostile}"));
    assert!(!screen(&state).contains(['\u{202e}', '\u{1b}']), "{}", screen(&state));
}

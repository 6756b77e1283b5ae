//! The evidence of an agent in its details: what is shown, and who is asked.

use std::sync::Arc;

use super::pages::{SIZES, at, screen};
use super::picture::picture;
use crate::console::outside::Request;
use crate::console::state::{EvidenceNews, EvidenceOf, EvidenceWish, State};
use crate::console::test_fleet::{self, press};
use crate::console::{Message, Options, update};
use crate::keylime::attestation::Evaluation;
use crate::tasks::quotes::{AgentCheck, Found, Source, Verifier};
use crate::tpm::quote::{Step, StepResult, conclude};

fn asked(state: &mut State, key: &str) -> Vec<Request> {
    update(state, Message::Key(key.parse().unwrap())).requests
}

fn tell(state: &mut State, news: EvidenceNews) -> Vec<Request> {
    update(state, Message::Evidence(news)).requests
}

fn check(evaluation: Evaluation, digest: StepResult) -> AgentCheck {
    let passed = |code, title, said: &str| Step::new(code, title, StepResult::Passed, said);
    let steps = vec![
        passed("ak-source", "Origin of the attestation key", "it is the one in the registrar's record")
            .fact("name", format!("000b{}", "9e".repeat(32))),
        passed("ak-attributes", "Attributes of the attestation key", "it signs only what its own TPM made")
            .fact("attributes", "fixedTPM fixedParent sensitiveDataOrigin userWithAuth restricted sign"),
        passed("signature", "Signature of the quote", "the attestation key signed these bytes"),
        passed("quote", "Made by a TPM, and a quote", "a TPM made it, of PCRs"),
        passed("nonce", "Nonce", "it answers this very challenge").fact("given", "bf".repeat(16)),
        passed("selection", "Selection of PCRs", "the values are labelled with the PCRs that were signed"),
        Step::new("pcr-digest", "Digest of the PCR values", digest, "the values hash to another digest")
            .fact("signed", "d1".repeat(32))
            .fact("computed", "0c".repeat(32)),
        Step::new(
            "ima-whole",
            "IMA list, whole from its first entry",
            StepResult::NotCheckable,
            "entries 7 to 9 are in no record that the verifier still has: the list cannot be replayed",
        ),
    ];
    AgentCheck {
        agent: "node-02".into(),
        group: "eu-west".to_owned(),
        source: Source::Verifier,
        index: Some(28),
        received: Some("2026-11-21T20:05:26.314678+00:00".to_owned()),
        verifier: Verifier { evaluation: Some(evaluation), status: Some("PASS".to_owned()) },
        found: Found::Evidence(conclude(&steps)),
        steps,
        notes: vec!["earlier attestations could not be had: the connection was refused".to_owned()],
    }
}

/// The details of an agent with the answer of its group.
fn checked(size: (u16, u16), checked: Result<AgentCheck, String>) -> State {
    let mut state = at(size, test_fleet::snapshot(), "2 enter");
    let requests = asked(&mut state, "c");
    let [Request::Evidence(EvidenceWish::Check { generation, groups, source, .. })] = &requests[..] else {
        panic!("{requests:?}")
    };
    assert_eq!(*source, Source::Verifier);
    let groups = groups.iter().map(|group| EvidenceOf { group: group.clone(), checked: checked.clone() });
    let news = EvidenceNews::Checked { generation: *generation, groups: groups.collect() };
    assert_eq!(tell(&mut state, news), []);
    state
}

#[test]
fn every_step_is_shown_beside_the_verifiers_word() {
    for (size_name, size) in SIZES {
        let name = |what: &str| format!("evidence-{what}-{size_name}");
        let lied = checked(size, Ok(check(Evaluation::Pass, StepResult::Failed)));
        insta::assert_snapshot!(name("fails"), picture(&lied));
        let holds = checked(size, Ok(check(Evaluation::Pass, StepResult::Passed)));
        insta::assert_snapshot!(name("holds"), picture(&holds));
    }
    let mut state = checked((80, 24), Ok(check(Evaluation::Pass, StepResult::Failed)));
    press(&mut state, "G");
    assert!(screen(&state).contains("could not be had"), "its end can be scrolled to: {}", screen(&state));
    let refused = checked((80, 24), Err("eu-west: the connection was refused".to_owned()));
    assert!(screen(&refused).contains("the connection was refused"), "{}", screen(&refused));
}

#[test]
fn nobody_is_asked_for_evidence_that_nobody_looks_at() {
    let mut state = at((120, 40), test_fleet::snapshot(), "2 enter");
    let requests = asked(&mut state, "c");
    let [Request::Evidence(EvidenceWish::Check { generation: 1, .. })] = &requests[..] else {
        panic!("{requests:?}")
    };
    assert!(screen(&state).contains("asking the verifiers"), "{}", screen(&state));
    let wait = [Request::Evidence(EvidenceWish::Wait { generation: 1 })];
    assert_eq!(tell(&mut state, EvidenceNews::Working { generation: 1 }), wait);
    // Back to the verifiers' words: the check is ended, and what still comes is let go of.
    let cancel = [Request::Evidence(EvidenceWish::Cancel { generation: 1 })];
    assert_eq!(asked(&mut state, "c"), cancel);
    assert!(screen(&state).contains("Keylime says"), "{}", screen(&state));
    assert_eq!(tell(&mut state, EvidenceNews::Checked { generation: 1, groups: Arc::new([]) }), []);
    // Closed while it goes on.
    asked(&mut state, "c");
    press(&mut state, "esc");
    let cancel = [Request::Evidence(EvidenceWish::Cancel { generation: 2 })];
    assert_eq!(tell(&mut state, EvidenceNews::Working { generation: 2 }), cancel);
}

#[test]
fn the_agent_itself_is_asked_after_a_question_only() {
    let mut state = at((120, 40), test_fleet::snapshot(), "2 enter");
    assert_eq!(asked(&mut state, "C"), []);
    let shown = screen(&state);
    assert!(shown.contains("PCR 16 is reset and extended"), "the cost is said: {shown}");
    assert_eq!(asked(&mut state, "n"), []);
    asked(&mut state, "C");
    let requests = asked(&mut state, "y");
    let [Request::Evidence(EvidenceWish::Check { source: Source::Agent, groups, .. })] = &requests[..] else {
        panic!("{requests:?}")
    };
    assert!(!groups.is_empty());
    let mut read_only = test_fleet::state(Options { read_only: true, ..Options::default() });
    press(&mut read_only, "2 enter");
    assert_eq!(asked(&mut read_only, "C"), []);
    assert!(read_only.confirmation.is_none(), "a read-only console asks no agent");
}

//! The page of identities: what it says in every state, and what its keys do.

use std::sync::Arc;

use super::pages::{SIZES, at, screen};
use super::picture::picture;
use crate::console::outside::Request;
use crate::console::state::{
    IdentityNews, IdentityPicture, IdentityRemark, IdentityRow, IdentityWish, State,
};
use crate::console::test_fleet::{self, now, press};
use crate::console::{Message, update};
use crate::tasks::identity::Progress;
use crate::tpm::identity::Severity;

/// Presses one key; what leaves the console.
fn asked(state: &mut State, key: &str) -> Vec<Request> {
    update(state, Message::Key(key.parse().unwrap())).requests
}

fn tell(state: &mut State, news: IdentityNews) -> Vec<Request> {
    update(state, Message::Identity(news)).requests
}

fn row(severity: Severity, id: &str, code: &'static str, words: &str) -> IdentityRow {
    IdentityRow {
        severity,
        id: Some(id.into()),
        agent: crate::text::sanitise(id).into_string(),
        group: "eu-west".to_owned(),
        code,
        words: words.to_owned(),
        next_step: "Find out which machine has this TPM, and delete the other registrations.".to_owned(),
    }
}

fn remark(words: &str, is_trouble: bool) -> IdentityRemark {
    IdentityRemark { words: words.to_owned(), is_trouble }
}

fn found() -> IdentityPicture {
    let copied = "The endorsement key of this agent is also that of node-11 (group lab): one TPM under several \
                  ids. It is one machine that registered more than once, or a virtual machine that was copied \
                  with its TPM; whoever answers for one id can answer for the others.";
    let rows = vec![
        row(Severity::Error, "node-10", "ek-shared", copied),
        row(Severity::Error, "node-02", "ak-not-restricted", "The attestation key is not restricted."),
        row(Severity::Warning, "ger\u{202e}at", "ek-certificate-expired", "The certificate has expired."),
        IdentityRow {
            id: None,
            agent: "9 agents".to_owned(),
            group: String::new(),
            ..row(Severity::Info, "", "virtual-tpm", "The certificate names swtpm, a TPM in software.")
        },
    ];
    IdentityPicture {
        rows,
        agents: 12,
        with_findings: (2, 1),
        faults: vec![("lab".to_owned(), "the connection was refused: nobody listens there".to_owned())],
        taken_at: now(),
        remarks: vec![
            remark("3 new agents pinned", false),
            remark("chains to TPM makers were judged by 12 certificates (5 roots) in /etc/tpm-makers", false),
        ],
        by_agent: [
            ("node-10", Some(Severity::Error)),
            ("node-02", Some(Severity::Warning)),
            ("node-11", None),
        ]
        .map(|(id, worst)| (id.into(), worst))
        .into(),
    }
}

/// The page with findings.
fn audited(size: (u16, u16)) -> State {
    let mut state = at(size, test_fleet::snapshot(), "2 I");
    assert_eq!(asked(&mut state, "a"), [Request::Identity(IdentityWish::Audit { generation: 1 })]);
    let audited = Ok(Arc::new(found()));
    assert_eq!(tell(&mut state, IdentityNews::Audited { generation: 1, audited }), []);
    state
}

#[test]
fn the_page_at_every_size() {
    for (size_name, size) in SIZES {
        let name = |what: &str| format!("identities-{what}-{size_name}");
        insta::assert_snapshot!(name("unasked"), picture(&at(size, test_fleet::snapshot(), "I")));
        insta::assert_snapshot!(name("found"), picture(&audited(size)));
    }
}

#[test]
fn nobody_is_asked_before_the_operator_wants_it() {
    let mut state = at((120, 40), test_fleet::snapshot(), "2");
    assert_eq!(asked(&mut state, "I"), []);
    let shown = screen(&state);
    assert!(shown.contains("Nothing was asked yet. a asks the registrars"), "{shown}");
    let requests = asked(&mut state, "ctrl-r");
    assert_eq!(requests, [Request::Identity(IdentityWish::Audit { generation: 1 })]);
    // It goes on being waited for, also when the page is not in sight, until it is ended.
    let progress = Progress { groups: 3, listed: 2, agents: 500, read: 120 };
    let wait = [Request::Identity(IdentityWish::Wait { generation: 1 })];
    assert_eq!(tell(&mut state, IdentityNews::Working { generation: 1, progress }), wait);
    assert!(screen(&state).contains("asking… 120 of 500"), "{}", screen(&state));
    press(&mut state, "esc");
    assert_eq!(tell(&mut state, IdentityNews::Working { generation: 1, progress }), wait);
    press(&mut state, "I");
    let cancel = [Request::Identity(IdentityWish::Cancel { generation: 1 })];
    assert_eq!(asked(&mut state, "x"), cancel);
    assert_eq!(tell(&mut state, IdentityNews::Working { generation: 1, progress }), cancel);
    let late = IdentityNews::Audited { generation: 1, audited: Ok(Arc::new(found())) };
    assert_eq!(tell(&mut state, late), []);
    assert!(state.identity.picture().is_none(), "nobody waited for it");
}

#[test]
fn an_audit_that_cannot_begin_says_why_and_the_old_findings_stay() {
    let mut state = audited((120, 40));
    let again = asked(&mut state, "a");
    assert_eq!(again, [Request::Identity(IdentityWish::Audit { generation: 2 })]);
    let audited = Err("identities.jsonl: line 2: this is no line of JSON".to_owned());
    tell(&mut state, IdentityNews::Audited { generation: 2, audited });
    assert!(state.identity.trouble().is_some_and(|words| words.contains("line 2")));
    assert_eq!(state.identity.length(), 4);
}

#[test]
fn an_audit_without_its_vendor_roots_is_not_called_good() {
    let mut state = at((120, 40), test_fleet::snapshot(), "2 I");
    asked(&mut state, "a");
    let why = "no chain to a TPM maker was judged, for vendor_roots cannot be used: /x: no root certificate is in it";
    let audit =
        IdentityPicture { agents: 12, remarks: vec![remark(why, true)], ..IdentityPicture::default() };
    tell(&mut state, IdentityNews::Audited { generation: 1, audited: Ok(Arc::new(audit)) });
    let shown = screen(&state);
    assert!(shown.contains(why) && shown.contains("Nothing else was found"), "{shown}");
    assert!(!shown.contains("Every agent is who it should be"), "{shown}");
}

#[test]
fn findings_lead_to_their_agents_and_can_be_taken() {
    let mut state = audited((120, 40));
    let [Request::Copy { text, .. }] = &asked(&mut state, "y")[..] else { panic!() };
    assert_eq!(text, "node-10");
    let [Request::Copy { text, .. }] = &asked(&mut state, "Y")[..] else { panic!() };
    assert!(text.contains("\"code\": \"ek-shared\"") && text.contains("\"next_step\""), "{text}");
    press(&mut state, "enter");
    assert_eq!(state.view().to_string(), "agent/node-10");
    press(&mut state, "[");
    assert_eq!(state.view().to_string(), "identities");
    press(&mut state, "G enter");
    assert!(state.shows_identities(), "what many have in common leads nowhere");
    assert!(screen(&state).contains("9 agents   virtual-tpm"), "{}", screen(&state));
}

#[test]
fn what_is_looked_for_is_shown() {
    let mut state = audited((120, 40));
    press(&mut state, "/ e x p i r enter");
    assert_eq!(state.identity.length(), 1);
    assert!(screen(&state).contains("1 holding expir"), "{}", screen(&state));
    press(&mut state, "/ z z enter");
    assert!(screen(&state).contains("No finding holds this; esc clears it."), "{}", screen(&state));
    press(&mut state, "esc");
    assert_eq!(state.identity.length(), 4);
    press(&mut state, "esc");
    assert!(!state.shows_identities());
}

#[test]
fn the_agents_have_a_column_for_it() {
    let mut state = audited((120, 40));
    assert!(!screen(&at((120, 40), test_fleet::snapshot(), "2")).contains("IDENTITY"), "not by itself");
    crate::console::command::dispatch(&mut state, "view agents?columns=verdict,agent,identity&sort=identity")
        .unwrap();
    update(&mut state, Message::Tick { now: now() });
    let shown = screen(&state);
    let line = |id: &str| shown.lines().position(|line| line.contains(&format!(" {id} "))).unwrap();
    let lines: Vec<_> = shown.lines().collect();
    assert!(lines[line("node-10")].contains("✗ error"), "{shown}");
    assert!(lines[line("node-02")].contains("! warning"), "{shown}");
    assert!(lines[line("node-11")].contains("✓ good"), "{shown}");
    assert!(line("node-10") < line("node-02") && line("node-02") < line("node-11"), "{shown}");
    assert!(line("node-11") < line("node-03"), "who was not audited comes last: {shown}");
}

#[test]
fn hostile_ids_reach_no_cell_and_ascii_is_ascii() {
    for size in [(80, 24), (120, 40), (40, 10)] {
        let mut state = audited(size);
        press(&mut state, "j j");
        assert!(!screen(&state).contains('\u{202e}'), "{}", screen(&state));
        state.ascii = true;
        assert!(screen(&state).is_ascii(), "{}", screen(&state));
    }
}

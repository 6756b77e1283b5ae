//! The Group page in its states: asking, up, degraded, down and suspicious,
//! denied, late.

use std::sync::Arc;
use std::time::Duration;

use super::pages::{at, drawn, screen, snapshot_of};
use crate::console::test_fleet::{agents, fleet, later, now, press, record, small_fleet, unasked};
use crate::console::{Message, update};
use crate::fleet::{Fleet, Input};
use crate::keylime::{
    AddressReport, AddressState, ApiVersion, CertificateReport, Failure, Negotiated, TlsReport,
};

const SIZES: [(&str, (u16, u16)); 3] = [("80x24", (80, 24)), ("120x40", (120, 40)), ("200x60", (200, 60))];

const VERSION: Negotiated = Negotiated::Version(ApiVersion { major: 2, minor: 6 });

/// A probe with a certificate that a server chose: its texts are hostile.
fn looked_at(address: usize, milliseconds: u64, failure: Option<Failure>) -> Input {
    let day = |days: i64| later(days * 86_400);
    let certificate = CertificateReport {
        subject: "CN=server\u{202e}gpj".into(),
        issuer: "CN=Keylime Certificate Authority, O=MIT".into(),
        names: vec!["server".into(), "verifier.example".into(), "10.1.0.1".into()],
        not_before: Some(day(-300)),
        not_after: Some(day(20)),
    };
    let verified = failure.is_none();
    let tls = TlsReport { version: Some("TLS 1.3"), chain: vec![certificate], verified };
    let latency = Some(Duration::from_millis(milliseconds));
    let report = AddressReport { failure, latency, negotiated: VERSION, tls: Some(Arc::new(tls)) };
    Input::Probed { address, report }
}

fn lived() -> Fleet {
    let mut fleet = small_fleet();
    fleet.apply(0, agents(0, serde_json::json!({ "node": record(serde_json::json!({})) }), 0.004), now());
    fleet.apply(0, Input::Chosen { address: 0 }, now());
    for milliseconds in [3, 500, 500, 500, 3, 3, 3] {
        fleet.apply(0, looked_at(0, milliseconds, None), now());
    }
    fleet
}

#[test]
fn in_every_state_at_every_size() {
    let mut denied = lived();
    let words = "it answered 403: Action forbidden for this client certificate";
    let failure = Failure::stay(AddressState::ClientCertificateRefused, words);
    denied.apply(0, Input::AgentsFailed { address: 0, failure }, now());
    let mut posing = lived();
    let words = "the certificate is not from this group's CA";
    posing.apply(0, looked_at(0, 3, Some(Failure::reselect(AddressState::UnknownCa, words))), now());
    let mut late = lived();
    late.apply(0, Input::Overdue, now());
    let pictures = [
        ("asking", snapshot_of(unasked())),
        ("ready", snapshot_of(lived())),
        ("down", snapshot_of(fleet())),
        ("denied", snapshot_of(denied)),
        ("posing", snapshot_of(posing)),
    ];
    for (name, size) in SIZES {
        for (state, picture) in &pictures {
            let shown = screen(&at(size, Arc::clone(picture), "1 enter"));
            insta::assert_snapshot!(format!("group-{state}-{name}"), shown);
        }
    }
    let mut state = at((80, 24), snapshot_of(late), "1 enter");
    update(&mut state, Message::Tick { now: later(45) });
    insta::assert_snapshot!("group-late-80x24", screen(&state));
}

#[test]
fn its_agents_are_a_key_away_and_back_closes_it() {
    let mut state = at((80, 24), snapshot_of(fleet()), "1 j enter");
    assert!(screen(&state).contains("degraded"), "{}", screen(&state));
    press(&mut state, "-");
    assert!(screen(&state).contains("OUR LOAD"), "{}", screen(&state));
    press(&mut state, "enter a");
    assert!(screen(&state).contains("filter group=eu-west"), "{}", screen(&state));
}

/// Probes that jitter are no news; a latency that lasts is.
#[test]
fn noise_draws_nothing() {
    let mut fleet = lived();
    let mut state = at((120, 40), Arc::new(fleet.snapshot()), "1 enter");
    let before = drawn(&state, true);
    for milliseconds in [2, 9, 24, 26, 3, 400, 2] {
        fleet.apply(0, looked_at(0, milliseconds, None), now());
        let snapshot = Arc::new(fleet.snapshot());
        assert!(!update(&mut state, Message::Snapshot { snapshot, now: now() }).redraw);
    }
    assert_eq!(drawn(&state, true), before);
    for _ in 0..3 {
        fleet.apply(0, looked_at(0, 700, None), now());
    }
    let snapshot = Arc::new(fleet.snapshot());
    assert!(update(&mut state, Message::Snapshot { snapshot, now: now() }).redraw);
    assert!(screen(&state).contains("▁▄▁▄"), "{}", screen(&state));
}

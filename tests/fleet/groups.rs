//! Groups, rows and events.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use limescope::fleet::{
    AgentView, Answer, Change, Event, Flag, Fleet, GroupPlan, Input, Reachability, Reason, Verdict,
};
use limescope::keylime::{AddressReport, AddressRole, AddressState, Failure, Negotiated, answer};
use limescope::text::RemoteText;

const NOW: i64 = 1_795_291_600;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

/// Groups with one verifier (address 0) and one registrar (address 1) each.
fn fleet(groups: usize, duplication: u32) -> Fleet {
    let plan = |number: usize| GroupPlan {
        name: format!("group-{number}"),
        addresses: vec![
            (AddressRole::Verifier, format!("https://127.0.0.{number}:8881")),
            (AddressRole::Registrar, format!("https://127.0.0.{number}:8891")),
        ],
    };
    Fleet::new(duplication, 60, (1..=groups).map(plan))
}

fn agents(server_time: i64, records: &[(&str, serde_json::Value)]) -> Input {
    let results: serde_json::Map<_, _> = records
        .iter()
        .map(|(id, changes)| {
            let mut record = serde_json::json!({
                "operational_state": 3, "ip": "127.0.0.1", "port": 9002, "tpm_policy": "{\"mask\": \"0x1\"}",
                "attestation_count": 5, "last_received_quote": server_time, "last_successful_attestation": server_time,
                "attestation_status": "PASS", "maximum_attestation_interval": "10s",
            });
            for (key, value) in changes.as_object().unwrap() {
                record[key] = value.clone();
            }
            ((*id).to_owned(), record)
        })
        .collect();
    let body = serde_json::json!({"code": 200, "status": "Success", "results": results}).to_string();
    let content = answer::bulk(body.as_bytes()).unwrap();
    let content = content.into_iter().map(|(id, record)| (id, Arc::new(record))).collect();
    Input::Agents(Answer {
        address: 0,
        content: Some(content),
        server_time,
        took: Duration::ZERO,
        share: None,
    })
}

fn registered(ids: &[&str]) -> Input {
    let content = Some(ids.iter().map(|id| RemoteText::from(*id)).collect());
    Input::Registered(Answer { address: 1, content, server_time: NOW, took: Duration::ZERO, share: None })
}

fn probed(address: usize, failure: Option<Failure>) -> Input {
    let negotiated = if failure.is_some() { Negotiated::Unknown } else { Negotiated::Push };
    Input::Probed { address, report: AddressReport { failure, latency: None, negotiated, tls: None } }
}

fn refused() -> Option<Failure> {
    Some(Failure::reselect(AddressState::Refused, "nobody listens"))
}

fn row(fleet: &mut Fleet, id: &str) -> Arc<AgentView> {
    let snapshot = fleet.snapshot();
    snapshot.agents.iter().find(|row| row.id.raw() == id).unwrap_or_else(|| panic!("no row {id}")).clone()
}

fn changes(fleet: &mut Fleet) -> Vec<(Option<String>, Change)> {
    let told =
        |event: &Arc<Event>| (event.agent.as_ref().map(|id| id.raw().to_owned()), event.change.clone());
    fleet.snapshot().events.iter().map(told).collect()
}

const OK: fn() -> serde_json::Value = || serde_json::json!({});

#[test]
fn rule_1_a_group_that_never_answered_is_unknown_and_not_registered() {
    let mut fleet = fleet(1, 1);
    fleet.apply(0, registered(&["a"]), now());
    assert!(fleet.snapshot().agents.is_empty(), "before the first answer nothing is claimed");
    fleet.apply(0, Input::Lost, now());
    let row = row(&mut fleet, "a");
    assert_eq!((row.verdict, row.groups[0].judgement.reason), (Verdict::Unknown, Reason::NoAnswer));
    assert!(changes(&mut fleet).is_empty());
}

#[test]
fn rule_1_a_block_without_verifiers_says_so() {
    let addresses = vec![(AddressRole::Registrar, "https://127.0.0.1:8891".to_owned())];
    let mut fleet = Fleet::new(1, 60, [GroupPlan { name: "bare".into(), addresses }]);
    let answer = Answer {
        address: 0,
        content: Some(vec!["a".into()]),
        server_time: NOW,
        took: Duration::ZERO,
        share: None,
    };
    fleet.apply(0, Input::Registered(answer), now());
    let row = row(&mut fleet, "a");
    assert_eq!(row.verdict, Verdict::Unknown);
    assert_eq!(row.groups[0].reason_words(), "no verifier configured");
}

#[test]
fn rule_2_and_the_lists_of_both_servers() {
    let mut fleet = fleet(1, 1);
    fleet.apply(0, agents(NOW, &[("both", OK()), ("only-verifier", OK())]), now());
    assert!(
        !row(&mut fleet, "only-verifier").flags.has(Flag::NotRegistered),
        "the registrar was not asked yet"
    );
    fleet.apply(0, registered(&["both", "only-registrar"]), now());
    assert_eq!(row(&mut fleet, "both").verdict, Verdict::Attested);
    assert!(!row(&mut fleet, "both").flags.has(Flag::NotRegistered));
    assert!(row(&mut fleet, "only-verifier").flags.has(Flag::NotRegistered));
    assert_eq!(row(&mut fleet, "only-registrar").verdict, Verdict::Registered);
    fleet.apply(0, Input::Activation { id: "only-registrar".into(), activated: false }, now());
    assert!(row(&mut fleet, "only-registrar").flags.has(Flag::NotActivated));
}

#[test]
fn an_outage_keeps_the_last_verdict_and_is_one_event() {
    let mut fleet = fleet(1, 1);
    fleet.apply(0, agents(NOW, &[("a", OK()), ("b", OK())]), now());
    fleet.apply(0, Input::AgentsFailed { address: 0, failure: refused().unwrap() }, now());
    assert_eq!(
        row(&mut fleet, "a").verdict,
        Verdict::Attested,
        "verdicts stand still until three planned polls failed"
    );
    fleet.apply(0, Input::Lost, now());
    let lost = row(&mut fleet, "a");
    assert_eq!(lost.verdict, Verdict::Unknown);
    assert_eq!(lost.groups[0].last_known.as_ref().unwrap().verdict, Verdict::Attested);
    fleet.apply(
        0,
        agents(NOW + 60, &[("a", OK()), ("b", serde_json::json!({"operational_state": 9}))]),
        now(),
    );
    assert_eq!(row(&mut fleet, "a").verdict, Verdict::Attested);
    let told = changes(&mut fleet);
    assert!(told.contains(&(None, Change::GroupLost { agents: 2 })));
    assert!(told.contains(&(None, Change::GroupBack)));
    let verdicts: Vec<_> = told.iter().filter(|(agent, _)| agent.is_some()).collect();
    let failed = Change::Verdict { from: Some(Verdict::Attested), to: Verdict::Failed };
    assert_eq!(
        verdicts,
        [&(Some("b".to_owned()), failed)],
        "only what differs from before the outage is told"
    );
}

#[test]
fn a_304_is_an_observation_with_its_own_date() {
    let mut fleet = fleet(1, 1);
    fleet.apply(0, agents(NOW, &[("a", OK())]), now());
    let unchanged =
        |server_time| Answer { address: 0, content: None, server_time, took: Duration::ZERO, share: None };
    fleet.apply(0, Input::Agents(unchanged(NOW + 10)), now());
    assert_eq!(row(&mut fleet, "a").verdict, Verdict::Attested);
    fleet.apply(0, Input::Agents(unchanged(NOW + 11)), now());
    assert_eq!(row(&mut fleet, "a").verdict, Verdict::Stale);
}

#[test]
fn rows_say_the_worst_and_whether_groups_differ() {
    let mut fleet = fleet(3, 2);
    let failed = serde_json::json!({"operational_state": 7});
    fleet.apply(0, agents(NOW, &[("same", OK()), ("differs", OK()), ("alone", OK())]), now());
    fleet.apply(1, agents(NOW, &[("same", OK()), ("differs", failed)]), now());
    fleet.apply(2, registered(&["same"]), now());
    fleet.apply(2, Input::Lost, now());
    let same = row(&mut fleet, "same");
    assert_eq!((same.verdict, same.split, same.coverage.have), (Verdict::Unknown, false, 2));
    assert!(!same.flags.has(Flag::UnderDuplicated));
    let differs = row(&mut fleet, "differs");
    assert_eq!((differs.verdict, differs.split, differs.coverage.have), (Verdict::Failed, true, 1));
    assert!(differs.flags.has(Flag::UnderDuplicated));
    assert!(row(&mut fleet, "alone").flags.has(Flag::UnderDuplicated));
    assert_eq!(fleet.snapshot().counts.total(), 3);
}

#[test]
fn the_order_of_verdicts_is_the_contracts() {
    let words: Vec<_> = Verdict::ALL.iter().map(|verdict| verdict.word()).collect();
    let contract = "failed stopped timed-out stale unproven removing registered unknown attested";
    assert_eq!(words.join(" "), contract);
    assert!(Verdict::ALL.is_sorted());
}

#[test]
fn a_mismatch_of_intervals_is_told_once_and_not_per_flap() {
    let mut fleet = fleet(1, 1);
    let at = |count: i64, success: i64| serde_json::json!({"attestation_count": count, "last_successful_attestation": success});
    for round in 0..6 {
        let success = NOW + round * 60;
        fleet.apply(0, agents(success, &[("a", at(5 + round, success))]), now());
        fleet.apply(0, agents(success + 30, &[("a", at(5 + round, success))]), now());
    }
    assert!(row(&mut fleet, "a").flags.has(Flag::IntervalMismatch));
    let told = changes(&mut fleet);
    let mismatches = told.iter().filter(|(_, change)| *change == Change::IntervalMismatch).count();
    let flaps = told.iter().filter(|(_, change)| matches!(change, Change::Verdict { .. })).count();
    assert_eq!(mismatches, 1);
    assert!(flaps <= 2, "flaps were told before the mismatch was known only: {told:?}");
    fleet.apply(0, agents(NOW + 305, &[("a", at(11, NOW + 305))]), now());
    assert!(!row(&mut fleet, "a").flags.has(Flag::IntervalMismatch), "it attests often enough again");
}

#[test]
fn vanished_and_new_agents_are_events() {
    let mut fleet = fleet(1, 1);
    fleet.apply(0, agents(NOW, &[("a", OK())]), now());
    assert!(changes(&mut fleet).is_empty(), "the first observation is no news");
    fleet.apply(0, agents(NOW, &[("b", OK())]), now());
    let told = changes(&mut fleet);
    assert!(told.contains(&(Some("a".into()), Change::Gone { from: Verdict::Attested })));
    assert!(told.contains(&(Some("b".into()), Change::Verdict { from: None, to: Verdict::Attested })));
}

#[test]
fn odd_and_confusable_ids_are_flagged() {
    let mut fleet = fleet(2, 1);
    fleet.apply(0, agents(NOW, &[("node-1", OK()), ("a\u{202e}b", OK()), ("plain", OK())]), now());
    fleet.apply(1, agents(NOW, &[("node-l", OK()), ("plain", OK())]), now());
    for (id, odd) in [("node-1", true), ("node-l", true), ("a\u{202e}b", true), ("plain", false)] {
        assert_eq!(row(&mut fleet, id).flags.has(Flag::OddId), odd, "{id:?}");
    }
    fleet.apply(1, agents(NOW, &[("plain", OK())]), now());
    assert!(!row(&mut fleet, "node-1").flags.has(Flag::OddId), "nothing looks like it any more");
}

#[test]
fn reachability_counts_as_the_contract_says() {
    let mut fleet = fleet(1, 1);
    let reachability = |fleet: &mut Fleet| fleet.snapshot().groups[0].reachability;
    assert_eq!(reachability(&mut fleet), None);
    fleet.apply(0, probed(0, None), now());
    fleet.apply(0, probed(1, None), now());
    assert_eq!(reachability(&mut fleet), Some(Reachability::Up));
    fleet.apply(0, probed(1, refused()), now());
    assert_eq!(reachability(&mut fleet), Some(Reachability::Degraded));
    fleet.apply(0, probed(1, None), now());
    fleet.apply(0, probed(0, refused()), now());
    assert_eq!(reachability(&mut fleet), Some(Reachability::Down));
    let told = changes(&mut fleet);
    assert_eq!(told.len(), 3, "two fell, one came back: {told:?}");
}

#[test]
fn a_picture_has_a_new_generation_only_if_it_shows_something_else() {
    let mut fleet = fleet(1, 1);
    fleet.apply(0, agents(NOW, &[("a", OK())]), now());
    let first = fleet.snapshot();
    fleet.apply(0, agents(NOW, &[("a", OK())]), now() + Duration::from_secs(10));
    let second = fleet.snapshot();
    assert_eq!(first.generation, second.generation);
    assert!(Arc::ptr_eq(&first.agents, &second.agents));
    assert_ne!(
        first.groups[0].observed_at, second.groups[0].observed_at,
        "the newest observation is known all the same"
    );
    fleet.apply(0, agents(NOW, &[("a", serde_json::json!({"operational_state": 9})), ("b", OK())]), now());
    assert!(fleet.snapshot().generation > second.generation);
}

#[test]
fn the_first_list_of_a_registrar_is_no_news() {
    let mut fleet = fleet(1, 1);
    fleet.apply(0, agents(NOW, &[("a", OK())]), now());
    fleet.apply(0, registered(&["a", "b"]), now());
    assert!(changes(&mut fleet).is_empty(), "{:?}", changes(&mut fleet));
    fleet.apply(0, registered(&["a", "b", "c"]), now());
    let new = Change::Verdict { from: None, to: Verdict::Registered };
    assert_eq!(changes(&mut fleet), [(Some("c".to_owned()), new)]);
}

#[test]
fn a_refusal_is_forgotten_when_the_server_restarts() {
    let state = |fleet: &mut Fleet| fleet.snapshot().groups[0].addresses[0].report.clone().unwrap().state();
    let mut fleet = fleet(1, 1);
    fleet.apply(0, Input::Chosen { address: 0 }, now());
    fleet.apply(0, probed(0, None), now());
    let failure = Failure::stay(AddressState::ClientCertificateRefused, "it does not let us in");
    fleet.apply(0, Input::AgentsFailed { address: 0, failure }, now());
    fleet.apply(0, probed(0, None), now());
    assert_eq!(state(&mut fleet), AddressState::ClientCertificateRefused, "a probe cannot know");
    fleet.apply(0, probed(0, refused()), now());
    assert_eq!(state(&mut fleet), AddressState::Refused, "what is newest is told");
    fleet.apply(0, probed(0, None), now());
    assert_eq!(state(&mut fleet), AddressState::Up, "it restarted, and may have been set right");
}

#[test]
fn an_agent_that_comes_back_from_an_outage_is_told() {
    let mut fleet = fleet(1, 1);
    let at = |count: i64, success: i64| serde_json::json!({"attestation_count": count, "last_successful_attestation": success});
    fleet.apply(0, agents(NOW, &[("a", at(5, NOW))]), now());
    fleet.apply(0, agents(NOW + 600, &[("a", at(5, NOW))]), now());
    fleet.apply(0, agents(NOW + 900, &[("a", at(6, NOW + 900))]), now());
    let back = Change::Verdict { from: Some(Verdict::Stale), to: Verdict::Attested };
    let told = changes(&mut fleet);
    assert!(told.contains(&(Some("a".to_owned()), back)), "{told:?}");
}

#[test]
fn an_old_list_of_a_registrar_accuses_nobody_anew() {
    let mut fleet = fleet(1, 1);
    fleet.apply(0, probed(1, None), now());
    fleet.apply(0, registered(&["listed"]), now());
    fleet.apply(0, agents(NOW, &[("listed", OK()), ("foreign", OK())]), now());
    fleet.apply(0, probed(1, refused()), now());
    fleet.apply(0, agents(NOW + 1, &[("listed", OK()), ("foreign", OK()), ("new", OK())]), now());
    assert!(row(&mut fleet, "foreign").flags.has(Flag::NotRegistered));
    assert!(!row(&mut fleet, "new").flags.has(Flag::NotRegistered), "the registrar may list it by now");
    fleet.apply(0, probed(1, None), now());
    fleet.apply(0, registered(&["listed"]), now());
    fleet.apply(0, agents(NOW + 2, &[("listed", OK()), ("new", OK())]), now());
    assert!(row(&mut fleet, "new").flags.has(Flag::NotRegistered));
}

#[test]
fn an_activation_is_judged_alone_and_forgotten_with_its_agent() {
    let mut fleet = fleet(1, 1);
    let waits = |fleet: &mut Fleet| row(fleet, "a").flags.has(Flag::NotActivated);
    fleet.apply(0, agents(NOW, &[("b", OK())]), now());
    fleet.apply(0, registered(&["a", "b"]), now());
    let before = row(&mut fleet, "b");
    fleet.apply(0, Input::Activation { id: "a".into(), activated: false }, now());
    assert!(waits(&mut fleet));
    assert!(Arc::ptr_eq(&before, &row(&mut fleet, "b")));
    fleet.apply(0, Input::Activation { id: "a".into(), activated: true }, now());
    assert!(!waits(&mut fleet));
    fleet.apply(0, Input::Activation { id: "a".into(), activated: false }, now());
    fleet.apply(0, registered(&["b"]), now());
    fleet.apply(0, registered(&["a", "b"]), now());
    assert!(!waits(&mut fleet), "it was deleted and came anew");
}

#[test]
fn an_empty_group_that_was_lost_is_told_to_be_back() {
    let mut fleet = fleet(1, 1);
    fleet.apply(0, agents(NOW, &[]), now());
    fleet.apply(0, Input::Lost, now());
    fleet.apply(0, agents(NOW, &[]), now());
    assert_eq!(changes(&mut fleet), [(None, Change::GroupLost { agents: 0 }), (None, Change::GroupBack)]);
}

/// 304 at this time.
fn unchanged(server_time: i64) -> Input {
    Input::Agents(Answer { address: 0, content: None, server_time, took: Duration::ZERO, share: None })
}

#[test]
fn an_answer_that_brings_nothing_new_judges_no_agent() {
    let ids: Vec<_> = (0..1_000).map(|number| format!("agent-{number:04}")).collect();
    let records: Vec<_> = ids.iter().map(|id| (id.as_str(), OK())).collect();
    let mut fleet = fleet(1, 1);
    fleet.apply(0, registered(&ids.iter().map(String::as_str).collect::<Vec<_>>()), now());
    fleet.apply(0, agents(NOW, &records), now());
    let before = fleet.snapshot();
    // Judging makes a new list of 1,000 agents, merging one for every row.
    let cost = |fleet: &mut Fleet, input: Input| {
        let cost = allocation_counter::measure(|| {
            fleet.apply(0, input, now());
            assert!(Arc::ptr_eq(&fleet.snapshot().agents, &before.agents));
        });
        (cost.count_total, cost.bytes_total)
    };
    let (count, bytes) = cost(&mut fleet, unchanged(NOW));
    assert!(count < 50 && bytes < 4_000, "{count} {bytes}");
    let (count, bytes) = cost(&mut fleet, registered(&ids.iter().map(String::as_str).collect::<Vec<_>>()));
    assert!(count < 50 && bytes < 4_000, "{count} {bytes}");
    // The same once more in full makes one list, to compare it with what is known: no row is merged.
    let again = agents(NOW, &records);
    let (count, _) = cost(&mut fleet, again);
    assert!(count < 50, "{count}");
    assert_eq!(fleet.snapshot().generation, before.generation);
}

#[test]
fn a_304_judges_again_by_its_own_date_to_the_second() {
    let mut fleet = fleet(1, 1);
    fleet.apply(0, agents(NOW, &[("a", OK())]), now());
    for age in 1..=12_u64 {
        fleet.apply(0, unchanged(NOW + i64::try_from(age).unwrap()), now());
        let row = row(&mut fleet, "a");
        let expected = if age <= 10 { Verdict::Attested } else { Verdict::Stale };
        assert_eq!((row.verdict, row.groups[0].judgement.age), (expected, Some(age)));
        assert_eq!(fleet.snapshot().groups[0].counts.get(expected), 1);
    }
}

#[test]
fn a_304_after_an_outage_or_another_limit_judges_again() {
    let bare = serde_json::json!({"maximum_attestation_interval": null});
    let mut fleet = fleet(1, 1);
    fleet.apply(0, agents(NOW, &[("a", bare)]), now());
    fleet.apply(0, unchanged(NOW + 50), now());
    assert_eq!(row(&mut fleet, "a").verdict, Verdict::Attested);
    fleet.apply(0, Input::Lost, now());
    assert_eq!(row(&mut fleet, "a").verdict, Verdict::Unknown);
    fleet.apply(0, unchanged(NOW + 50), now());
    assert_eq!(row(&mut fleet, "a").verdict, Verdict::Attested);
    let addresses = vec![(AddressRole::Verifier, "https://127.0.0.1:8881".to_owned())];
    fleet.rearrange(1, 40, [(0, GroupPlan { name: "group-1".into(), addresses })], now());
    let snapshot = fleet.snapshot();
    assert_eq!(snapshot.agents[0].verdict, Verdict::Stale);
    assert_eq!(snapshot.groups[0].counts.get(Verdict::Stale), 1, "the group counts what its agents are");
}

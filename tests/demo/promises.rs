//! What the options promise holds from the first second on.

use std::collections::BTreeSet;

use limescope::demo::{DemoError, DemoFleet, DemoOptions, MAX_GROUPS};

use crate::observer::{flags, look, verdicts};
use crate::support::http::Client;
use crate::{deployment, start};

const VERDICTS: [&str; 9] =
    ["attested", "failed", "registered", "removing", "stale", "stopped", "timed-out", "unknown", "unproven"];

const FLAGS: [&str; 7] = [
    "historic-event",
    "latched",
    "nothing-checked",
    "not-activated",
    "not-registered",
    "policy-not-enforced",
    "retrying",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_verdict_exists_from_the_start() {
    for (groups, agents) in [(4, 120), (2, 30), (3, 60), (7, 200), (4, 9)] {
        let fleet = start(&DemoOptions { groups, agents, ..DemoOptions::default() }).await;
        let picture = look(&fleet).await;
        assert_eq!(picture.len(), agents, "{groups} groups: distinct ids");
        let seen: BTreeSet<&str> = verdicts(&picture).into_keys().collect();
        assert_eq!(seen, BTreeSet::from(VERDICTS), "{groups} groups, {agents} agents");
        if agents >= 30 {
            let missing: Vec<_> = FLAGS.iter().filter(|flag| !flags(&picture).contains(*flag)).collect();
            assert!(missing.is_empty(), "{groups} groups: {missing:?} missing");
        }
        assert!(!flags(&picture).contains("clock-ahead"));
        if agents > 100 {
            let attested = verdicts(&picture)["attested"];
            assert!(attested * 2 > agents, "mostly attested: {attested} of {agents}");
        }
    }
}

#[tokio::test]
async fn one_group_has_every_verdict_but_unknown() {
    let fleet = start(&DemoOptions { groups: 1, agents: 30, ..DemoOptions::default() }).await;
    let picture = look(&fleet).await;
    assert_eq!(picture.len(), 30);
    let seen: BTreeSet<&str> = verdicts(&picture).into_keys().collect();
    assert_eq!(seen, VERDICTS.into_iter().filter(|verdict| *verdict != "unknown").collect());
}

#[tokio::test]
async fn some_agents_are_verified_by_two_groups_and_agree_at_first() {
    let fleet = start(&DemoOptions::default()).await;
    let picture = look(&fleet).await;
    let doubles: Vec<_> = picture.values().filter(|groups| groups.len() == 2).collect();
    assert!((8..=16).contains(&doubles.len()), "{} of 120", doubles.len());
    for groups in &doubles {
        assert!(groups.values().all(|judged| judged.verdict == "attested"), "{groups:?}");
    }
    assert!(picture.values().all(|groups| groups.len() <= 2));
    assert!(fleet.config_toml().contains("verification_duplication = 1\n"));
}

#[tokio::test]
async fn the_same_seed_gives_the_same_fleet() {
    let options = DemoOptions { agents: 60, still: true, ..DemoOptions::default() };
    let first = look(&start(&options).await).await;
    assert_eq!(first, look(&start(&options).await).await);
    let other = look(&start(&DemoOptions { seed: 2, ..options }).await).await;
    assert_ne!(first.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_still_fleet_gives_the_same_bytes_for_ever() {
    let fleet = start(&DemoOptions { still: true, ..DemoOptions::default() }).await;
    for group in fleet.groups() {
        let deployment = deployment(group);
        let operator = Client::operator(&deployment);
        for (url, _) in &deployment.verifiers {
            let first = operator.ask(url, "/v2/agents/?bulk=1").await;
            fleet.advance(std::time::Duration::from_secs(2));
            let second = operator.ask(url, "/v2/agents/?bulk=1").await;
            assert!(first == second, "{url} changed: {:?} {:?}", first.headers, second.headers);
            let unchanged = operator.header("if-none-match", first.header("etag").unwrap());
            let unchanged = unchanged.ask(url, "/v2/agents/?bulk=1").await;
            assert_eq!((unchanged.status, unchanged.header("date")), (304, first.header("date")));
        }
        let registrar = &deployment.registrars[0];
        let list = operator.ask(registrar, "/v2/agents/").await;
        fleet.advance(std::time::Duration::from_secs(2));
        assert!(list == operator.ask(registrar, "/v2/agents/").await);
        let list = list.json();
        let ids = list["results"]["uuids"].as_array().unwrap().iter().filter_map(|id| id.as_str());
        for id in ids.filter(|id| !id.contains('\u{1b}')).take(3) {
            let path = format!("/v2/agents/{id}");
            assert!(operator.ask(registrar, &path).await == operator.ask(registrar, &path).await);
        }
    }
    assert!(flags(&look(&fleet).await).contains("odd-id"), "the hostile id is there from the start");
}

#[tokio::test]
async fn every_record_carries_a_key_share_of_its_own() {
    let fleet = start(&DemoOptions { still: true, ..DemoOptions::default() }).await;
    let mut shares = BTreeSet::new();
    let mut records = 0;
    for group in fleet.groups().iter().filter(|group| !group.verifiers[0].dark) {
        let operator = Client::operator(&deployment(group));
        let bulk = operator.ask(&group.verifiers[0].url, "/v2/agents/?bulk=1").await.json();
        for record in bulk["results"].as_object().unwrap().values() {
            let share = record["v"].as_str().expect("v is never null").to_owned();
            assert!(share.len() == 44 && share.ends_with('='), "base64 of 32 bytes: {share}");
            shares.insert(share);
            records += 1;
        }
    }
    assert!(records > 100);
    assert_eq!(shares.len(), records);
}

#[tokio::test]
async fn options_out_of_range_are_refused_in_words() {
    for (options, words) in [
        (
            DemoOptions { groups: 0, ..DemoOptions::default() },
            "cannot have 0 groups: give a number from 1 to 64",
        ),
        (DemoOptions { groups: MAX_GROUPS + 1, ..DemoOptions::default() }, "cannot have 65 groups"),
        (DemoOptions { agents: 0, ..DemoOptions::default() }, "cannot have 0 agents"),
    ] {
        let error = DemoFleet::start(&options).await.unwrap_err();
        assert!(matches!(error, DemoError::Options { .. }));
        assert!(error.to_string().contains(words), "{error}");
    }
}

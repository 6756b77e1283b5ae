//! `limescope status` (contract §3).

use std::collections::BTreeSet;

use limescope::demo::{DemoFleet, DemoOptions};
use serde_json::Value;

use crate::support::command::Place;
use crate::support::status::{addresses, group};

async fn fleet(agents: usize) -> DemoFleet {
    DemoFleet::start(&DemoOptions { agents, still: true, ..DemoOptions::default() }).await.unwrap()
}

fn run(fleet: &DemoFleet, more: &[&str]) -> crate::support::command::Finished {
    let mut arguments = vec!["status", "--config", fleet.config_path().to_str().unwrap()];
    arguments.extend(more);
    // The servers live on this test's runtime: it must not be blocked.
    tokio::task::block_in_place(|| Place::new().run(&arguments))
}

fn json(fleet: &DemoFleet, more: &[&str]) -> Value {
    let mut arguments = vec!["--format", "json"];
    arguments.extend(more);
    let run = run(fleet, &arguments);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_json_has_every_member_of_the_contract_and_every_verdict() {
    let fleet = fleet(120).await;
    let status = json(&fleet, &[]);
    assert_eq!(status["schema"], 1);
    assert!(status["taken_at"].as_str().unwrap().ends_with('Z'));
    let members = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    let has = |value: &Value, names: &str| {
        let members = members(value);
        for name in names.split_whitespace() {
            assert!(members.contains(name), "{name} is missing in {value}");
        }
    };
    has(&status, "schema taken_at duplication groups agents");
    has(&status["duplication"], "requested max");
    for group in status["groups"].as_array().unwrap() {
        has(group, "name index mode reachability observed_age_s verifier_time_share addresses counts");
        for address in group["addresses"].as_array().unwrap() {
            has(address, "role address state latency_ms api_version tls error");
            if !address["tls"].is_null() {
                has(&address["tls"], "version names issuer not_after verified");
            }
        }
    }
    let agents = status["agents"].as_array().unwrap();
    assert_eq!(agents.len(), 120);
    for agent in agents {
        has(agent, "id verdict split coverage flags groups");
        has(&agent["coverage"], "have want");
        for here in agent["groups"].as_array().unwrap() {
            has(here, "group verdict flags keylime age_s event_id severity reason");
            has(&here["keylime"], "attestation_status operational_state");
        }
    }
    let verdicts: BTreeSet<_> = agents.iter().map(|agent| agent["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts.len(), 9, "{verdicts:?}");
    let modes: Vec<_> = status["groups"].as_array().unwrap().iter().map(|group| &group["mode"]).collect();
    assert_eq!(modes, ["pull", "push", "mixed", "unknown"]);
    let lab = group(&status, "lab");
    assert_eq!((lab["reachability"].as_str(), lab["observed_age_s"].is_null()), (Some("down"), true));
    assert_eq!(addresses(&status, "lab", "verifier")[0]["state"], "refused");
    assert_eq!(addresses(&status, "eu-west", "registrar-agent").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_asked_per_agent_and_one_verifier_of_a_group_is_asked_for_its_agents() {
    use limescope::demo::RequestKind;
    let fleet = fleet(60).await;
    json(&fleet, &[]);
    for group in fleet.groups() {
        let asked =
            |kind| group.verifiers.iter().map(|verifier| fleet.asked(&verifier.url).count(kind)).sum::<u64>();
        let lit = group.verifiers.iter().filter(|verifier| !verifier.dark).count() as u64;
        assert_eq!(asked(RequestKind::AgentBulk), lit.min(1), "{}", group.name);
        assert_eq!(asked(RequestKind::Version), lit, "{}", group.name);
        assert_eq!(asked(RequestKind::Agent), 0, "{}", group.name);
        for registrar in &group.registrars {
            assert_eq!(fleet.asked(registrar).count(RequestKind::Agent), 0);
            assert_eq!(fleet.asked(registrar).count(RequestKind::AgentList), 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_and_csv_hold_no_escape_codes_and_every_agent() {
    let fleet = fleet(60).await;
    for format in ["table", "csv"] {
        let run = run(&fleet, &["--format", format]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        assert!(format == "csv" || run.stdout.contains("its certificate ends in"), "{}", run.stdout);
        assert!(
            !run.stdout.chars().any(|character| character.is_control() && character != '\n'),
            "{}",
            run.stdout
        );
        for agent in json(&fleet, &[])["agents"].as_array().unwrap() {
            let id = agent["id"].as_str().unwrap();
            assert!(run.stdout.contains(id), "{id} is missing in the {format}");
        }
    }
    let csv = run(&fleet, &["--format", "csv"]).stdout;
    let columns = csv.lines().next().unwrap().split(',').count();
    let plain: Vec<_> = csv.lines().filter(|line| !line.contains('"')).collect();
    assert!(plain.len() > 5 && plain.iter().all(|line| line.split(',').count() == columns), "{csv}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_group_can_be_chosen_and_a_wrong_name_is_an_error_with_the_nearest_right_one() {
    let fleet = fleet(60).await;
    let status = json(&fleet, &["--group", "us-east"]);
    assert_eq!(status["groups"].as_array().unwrap().len(), 1);
    assert_eq!(status["groups"][0]["index"], 2, "its place in the configuration");
    assert_eq!(status["duplication"]["max"], 4);
    assert!(
        status["agents"].as_array().unwrap().iter().all(|agent| agent["groups"][0]["group"] == "us-east")
    );
    let run = run(&fleet, &["--group", "us-eats"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert!(run.stderr.contains("did you mean us-east?"), "{}", run.stderr);
}

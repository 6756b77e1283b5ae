//! The harness itself, without limescope: it must be trusted before it judges.

use std::path::Path;

use serde_json::json;

use crate::support::{
    agent::Agent,
    deployment::Mode,
    keylime::{Group, Stack},
    supervisor::Supervisor,
    wait::wait_for,
};

#[test]
fn the_stack_is_what_the_tests_say_it_is() {
    let stack = Stack::shared();
    let _held = stack.hold(&Group::ALL, &[]);
    let shape: Vec<Vec<Mode>> = stack
        .deployments()
        .iter()
        .map(|deployment| deployment.verifiers.iter().map(|(_, mode)| *mode).collect())
        .collect();
    assert_eq!(shape, [vec![Mode::Pull, Mode::Pull], vec![Mode::Push], vec![Mode::Pull]]);
    for (group, deployment) in Group::ALL.iter().zip(stack.deployments()) {
        assert_eq!(deployment.registrars.len(), deployment.verifiers.len());
        for (address, mode) in &deployment.verifiers {
            let port: u16 = address.rsplit(':').next().unwrap().parse().unwrap();
            assert!(port < 32768, "{address}: above, Linux gives ports away");
            let (status, _) = stack.exchange(*group, "GET", &format!("{address}/version"), None);
            assert_eq!(status, if *mode == Mode::Push { 410 } else { 200 }, "{address}");
        }
        for address in &deployment.registrars {
            let (status, answer) = stack.exchange(*group, "GET", &format!("{address}/version"), None);
            assert_eq!((status, &answer["results"]["current_version"]), (200, &json!("2.6")), "{address}");
        }
    }
}

#[test]
fn enrolled_agents_are_in_the_bulk_answer_of_every_member() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Pair, Group::Push], &[]);
    stack.enrol(Group::Pair, 2, "harness-pair");
    stack.enrol(Group::Push, 1, "harness-push");
    for member in [1, 2] {
        let record = &stack.bulk(Group::Pair, member)["harness-pair"];
        assert_eq!(record["verifier_id"], "group1-verifier2", "seen through member {member}: {record}");
        assert_eq!(record["ip"], "127.0.0.1");
    }
    let record = &stack.bulk(Group::Push, 1)["harness-push"];
    assert_eq!((&record["ip"], &record["port"]), (&json!(null), &json!(null)), "{record}");
    assert_eq!(record["attestation_status"], "PENDING");
}

#[test]
fn an_edited_row_is_what_the_push_verifier_answers() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Push], &[]);
    stack.enrol(Group::Push, 1, "harness-edited");
    stack.edit_push_agent(
        "harness-edited",
        &[
            ("accept_attestations", json!(0)),
            ("attestation_count", json!(3)),
            ("last_received_quote", json!(17)),
        ],
    );
    let record = &stack.bulk(Group::Push, 1)["harness-edited"];
    assert_eq!(record["attestation_status"], "TIMEOUT", "{record}");
    assert_eq!((&record["attestation_count"], &record["last_received_quote"]), (&json!(3), &json!(17)));
}

#[test]
fn a_registered_agent_is_listed_and_activated_at_every_registrar_of_its_group() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Pair], &[]);
    stack.register(Group::Pair, "harness-registered");
    for registrar in &stack.deployment(Group::Pair).registrars {
        let (_, list) = stack.exchange(Group::Pair, "GET", &format!("{registrar}/v2.6/agents/"), None);
        let ids = list["results"]["uuids"].as_array().unwrap();
        assert!(ids.contains(&json!("harness-registered")), "{registrar}: {list}");
        let url = format!("{registrar}/v2.6/agents/harness-registered");
        let (status, record) = stack.exchange(Group::Pair, "GET", &url, None);
        assert_eq!((status, &record["results"]["regcount"]), (200, &json!(1)), "{url}: {record}");
    }
}

#[test]
fn an_agent_leaves_nothing_behind() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Pair], &[]);
    let agent = Agent::start(stack, Group::Pair, "harness-agent");
    let (url, _) = agent.address();
    let address = url.replace("https://", "");
    let folder = agent.tpm_folder();
    std::net::TcpStream::connect(&address).expect("a listening agent");
    assert_eq!(processes_with(&folder), 2, "a TPM and its watcher");
    drop(agent);
    assert!(std::net::TcpStream::connect(&address).is_err(), "{address} still listens");
    // It went as it does when the whole run is killed: its standard input ended.
    wait_for("the TPM to be gone", || match processes_with(&folder) {
        0 => Ok(()),
        left => Err(format!("{left} processes of {}", folder.display())),
    });
    assert!(!folder.exists(), "{} is still there", folder.display());
}

/// How many processes were started with this path in their arguments.
fn processes_with(path: &Path) -> usize {
    let path = path.to_str().unwrap();
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let arguments = std::fs::read(entry.ok()?.path().join("cmdline")).ok()?;
        String::from_utf8_lossy(&arguments).contains(path).then_some(())
    });
    processes.count()
}

/// Groups of one pull member, all processes of which must be gone after `end`.
fn no_server_outlives(label: &str, end: impl FnOnce(&mut Supervisor)) {
    let mut supervisor = Supervisor::start(label).unwrap();
    let groups = json!([{"modes": ["pull"], "quote_interval": 2, "retry_interval": 2, "max_retries": 1,
                         "authority_name": "A Short-lived Certificate Authority"}]);
    let described = supervisor.ask(&json!({"op": "up", "groups": groups})).unwrap();
    let verifier = described[0]["verifiers"][0]["address"].as_str().unwrap().replace("https://", "");
    let folder = described[0]["ca"].as_str().unwrap().split("/group1/").next().unwrap().to_owned();
    std::net::TcpStream::connect(&verifier).expect("a running verifier");
    assert!(processes_in(&folder) >= 6, "a verifier and a registrar have three processes each");
    end(&mut supervisor);
    assert!(supervisor.has_left(), "the supervisor did not leave");
    wait_for("the servers to be gone", || match processes_in(&folder) {
        0 => Ok(()),
        left => Err(format!("{left} processes of {folder}")),
    });
    assert!(std::net::TcpStream::connect(&verifier).is_err(), "{verifier} still listens");
}

/// How many processes work in a stack's folder.
fn processes_in(folder: &str) -> usize {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let place = std::fs::read_link(entry.ok()?.path().join("cwd")).ok()?;
        place.starts_with(Path::new(folder)).then_some(())
    });
    processes.count()
}

#[test]
fn a_lost_test_run_leaves_no_server_behind() {
    no_server_outlives("lost", Supervisor::let_go);
}

#[test]
fn a_terminated_supervisor_leaves_no_server_behind() {
    no_server_outlives("terminated", Supervisor::terminate);
}

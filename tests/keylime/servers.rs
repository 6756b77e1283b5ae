//! Every address of every group, with its reachability and its certificate.

use serde_json::{Value, json};

use crate::support::{
    command::Place,
    configuration::{Block, write_configuration},
    deployment::Mode,
    keylime::{DEFAULT_AUTHORITY, Group, Stack},
    status::{address, addresses, agent, group, judged},
};

#[test]
fn every_server_of_every_group_is_up_with_its_mode_and_its_certificate() {
    let stack = Stack::shared();
    let _held = stack.hold(&Group::ALL, &[]);
    let place = Place::new();
    let blocks: Vec<_> = stack.deployments().iter().map(Block::of).collect();
    let status = place.status(&write_configuration(place.path(), 2, &blocks));

    assert_eq!(status["duplication"], json!({"requested": 2, "max": 3}));
    status["taken_at"].as_str().unwrap().parse::<jiff::Timestamp>().expect("RFC 3339");
    for (index, deployment) in stack.deployments().iter().enumerate() {
        let name = &deployment.name;
        let seen = group(&status, name);
        assert_eq!(seen["index"], index + 1);
        assert_eq!(seen["reachability"], "up", "{seen}");
        let mode = deployment.verifiers[0].1;
        assert_eq!(seen["mode"], if mode == Mode::Push { "push" } else { "pull" }, "{seen}");

        assert_eq!(addresses(&status, name, "verifier").len(), deployment.verifiers.len());
        for (url, mode) in &deployment.verifiers {
            let verifier = address(&status, name, "verifier", url);
            is_up_with_keylimes_certificate(verifier);
            // A push verifier refuses to say its versions.
            if *mode == Mode::Pull {
                assert_eq!(verifier["api_version"], "2.6", "{verifier}");
            }
        }
        assert_eq!(addresses(&status, name, "registrar").len(), deployment.registrars.len());
        for url in &deployment.registrars {
            let registrar = address(&status, name, "registrar", url);
            is_up_with_keylimes_certificate(registrar);
            assert_eq!(registrar["api_version"], "2.6", "{registrar}");
        }
        assert_eq!(addresses(&status, name, "registrar-agent").len(), deployment.registrar_agent_faces.len());
        for url in &deployment.registrar_agent_faces {
            let face = address(&status, name, "registrar-agent", url);
            assert_eq!((&face["state"], &face["tls"]), (&json!("up"), &Value::Null), "{face}");
        }
    }
}

fn is_up_with_keylimes_certificate(address: &Value) {
    assert_eq!((&address["state"], &address["error"]), (&json!("up"), &Value::Null), "{address}");
    assert!(address["latency_ms"].as_f64().is_some_and(|latency| latency >= 0.0), "{address}");
    let tls = &address["tls"];
    assert!(tls["version"].as_str().is_some_and(|version| version.contains("1.3")), "{tls}");
    assert_eq!(tls["verified"], true, "{tls}");
    let names = tls["names"].as_array().unwrap();
    assert!(names.contains(&json!("localhost")) && names.contains(&json!("127.0.0.1")), "{tls}");
    assert!(tls["issuer"].as_str().is_some_and(|issuer| issuer.contains("Certificate Authority")), "{tls}");
    let end: jiff::Timestamp = tls["not_after"].as_str().unwrap().parse().expect("RFC 3339");
    assert!(end > jiff::Timestamp::now(), "{tls}");
}

#[test]
fn a_wrong_authority_is_said_whatever_its_name() {
    let stack = Stack::shared();
    let _held = stack.hold(&Group::ALL, &[]);
    let [pair, push, lone] = Group::ALL.map(|group| stack.deployment(group));
    // Every Keylime calls its CA the same by default, so the wrong one often has the right name.
    for other in [push, lone] {
        let name = if other.name == push.name { DEFAULT_AUTHORITY } else { "another name" };
        let place = Place::new();
        let blocks = [Block::of(pair).trusting(other), Block::of(push)];
        let status = place.status(&write_configuration(place.path(), 1, &blocks));
        for role in ["verifier", "registrar"] {
            for address in addresses(&status, "pair", role) {
                assert_eq!(address["state"], "unknown-ca", "trusting {name}: {address}");
                assert!(address["error"].as_str().is_some_and(|words| !words.is_empty()), "{address}");
                assert_eq!(
                    address["tls"]["verified"], false,
                    "the chain is shown where it is refused: {address}"
                );
            }
        }
        assert_eq!(group(&status, "pair")["reachability"], "down");
        assert_eq!(group(&status, "push")["reachability"], "up", "another group is no concern of it");
    }
}

#[test]
fn a_client_certificate_that_is_foreign_or_missing_is_refused_in_words() {
    let stack = Stack::shared();
    let _held = stack.hold(&Group::ALL, &[]);
    let [pair, push, lone] = Group::ALL.map(|group| stack.deployment(group));
    stack.enrol(Group::Push, 1, "servers-unseen");
    let blocks = [
        ("same CA name", Block::of(push).presenting(pair)),
        ("other CA name", Block::of(push).presenting(lone)),
        ("none", Block::of(push).without_certificate()),
    ];
    for (presented, block) in blocks {
        let place = Place::new();
        let status = place.status(&write_configuration(place.path(), 1, &[block, Block::of(lone)]));
        for role in ["verifier", "registrar"] {
            for address in addresses(&status, "push", role) {
                assert_eq!(address["state"], "client-cert-refused", "presenting {presented}: {address}");
                assert!(address["error"].as_str().is_some_and(|words| !words.is_empty()), "{address}");
                assert_eq!(address["tls"]["verified"], true, "the server itself is in order: {address}");
            }
        }
        assert_eq!(group(&status, "push")["reachability"], "down", "presenting {presented}");
        assert_eq!(group(&status, "lone")["reachability"], "up");
        // Nobody let us see the agent; if it is listed at all, then as unknown.
        if agent(&status, "servers-unseen").is_some() {
            assert_eq!(judged(&status, "servers-unseen", "push")["verdict"], "unknown");
        }
    }
}

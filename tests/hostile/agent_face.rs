//! The agents' face of a registrar speaks plain HTTP: anybody on the way may answer in its place. It costs nothing but
//! its own line.

use serde_json::Value;
use std::sync::Arc;
use toml::Value as Toml;

use crate::answers::{always, answer, endless, versions};
use crate::case::configuration;
use crate::healthy::Healthy;
use crate::output::assert_clean;
use crate::script::{Step, say};
use crate::server::{Server, Transport};
use crate::support::command::Place;
use crate::support::status;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_agents_face_costs_only_its_own_line() {
    let healthy = Healthy::start().await;
    let http = |script| Transport::Plain(always(script));
    let elsewhere = Server::start(http(say(answer("200 OK", versions())))).await;
    let away = format!("HTTP/1.1 308 Permanent Redirect\r\nLocation: {}/\r\n\r\n", elsewhere.url);
    let mut servers = Vec::new();
    for (transport, state, words) in [
        (http(vec![Step::Silence]), "timed-out", "the first byte of the answer"),
        (http(endless(&"x".repeat(4_000))), "error", "it does not end"),
        (http(say("\u{1b}[31m\r\n\r\n")), "not-keylime", "does not speak HTTP"),
        (http(say(away)), "not-keylime", "a redirect, which is not followed"),
        (http(vec![Step::Abort]), "error", "closed before the answer was complete"),
        (
            Transport::Bare(vec![Step::Hear, Step::Say(vec![0x15, 3, 3, 0, 2, 2, 40].into())]),
            "not-keylime",
            "HTTP",
        ),
        (http(say(answer("200 OK", versions()))), "up", ""),
    ] {
        servers.push((Server::start(transport).await, state, words));
    }
    let mut block = healthy.block();
    let faces = block["registrars"].as_array_mut().unwrap();
    let urls = servers.iter().map(|(server, _, _)| server.url.replace("https://", "http://"));
    faces.extend(urls.map(Toml::from));
    // All belong to the one good operator's face.
    let operators = block["registrar_admin"].as_array_mut().unwrap();
    let operator = operators[0].clone();
    operators.extend(std::iter::repeat_n(operator, servers.len()));
    let place = Arc::new(Place::new());
    let path = place.path().join("limescope.toml");
    std::fs::write(&path, configuration([block])).unwrap();
    let (run, place) = tokio::task::spawn_blocking(move || {
        (place.run(&["status", "--format", "json", "--config", path.to_str().unwrap()]), place)
    })
    .await
    .unwrap();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_clean(&run, &place, &[], "agents' faces");
    let all: Value = serde_json::from_str(&run.stdout).unwrap();
    for (server, state, words) in &servers {
        let address = status::address(&all, healthy.name(), "registrar-agent", &server.url);
        let said = address["error"].as_str().unwrap_or_default();
        assert!(address["state"] == *state && said.contains(words), "{state} with {words:?}: {address}");
        assert_eq!(address["tls"], Value::Null, "{address}");
    }
    assert_eq!(elsewhere.seen.connections(), 0, "the redirect was followed");
    let group = status::group(&all, healthy.name());
    assert_eq!(group["reachability"], "up", "faces for agents do not count: {group}");
    assert_eq!(all["agents"].as_array().unwrap().len(), crate::healthy::AGENTS);
}

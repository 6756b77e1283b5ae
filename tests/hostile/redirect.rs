//! A redirect is refused and never followed, whatever it promises.

use std::sync::Arc;

use serde_json::Value;

use crate::answers::{always, answer_with, bulk, ids, record, serving, when_asked};
use crate::authority::Authority;
use crate::case::{Case, agents_of, configuration};
use crate::output::assert_clean;
use crate::script::say;
use crate::server::{Server, Transport};
use crate::support::command::Place;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_leads_nowhere() {
    let authority = Authority::new();
    let keylime = || serving(bulk([("agent-of-redirect", record())]), ids(["agent-of-redirect"]));
    let secure = Server::start(Transport::Tls(authority.good(), keylime())).await;
    let plain = Server::start(Transport::Plain(keylime())).await;
    let mut running = Vec::new();
    for (code, reason) in [
        (301, "Moved Permanently"),
        (302, "Found"),
        (303, "See Other"),
        (307, "Temporary Redirect"),
        (308, "Gone"),
    ] {
        for target in [secure.url.as_str(), plain.url.as_str(), "//127.0.0.1", "/v2.6/agents/\u{202e}"] {
            let headers = format!("Location: {target}/version\r\nRefresh: 0; url={target}\r\n");
            let script = say(answer_with(&format!("{code} {reason}"), &headers, ""));
            let words = format!("it answered {code}: a redirect, which is not followed");
            for (place, play) in [("version", always(script.clone())), ("list", when_asked(script))] {
                let name = format!("{place}-{code}-{}", running.len());
                let case = Case::playing(&name, &authority, play).says("not-keylime", &words);
                running.push(case.start(&authority).await);
            }
        }
    }
    let place = Arc::new(Place::new());
    let path = place.path().join("limescope.toml");
    std::fs::write(&path, configuration(running.iter().map(|one| one.block.clone()))).unwrap();
    let (run, place) = tokio::task::spawn_blocking(move || {
        (place.run(&["status", "--format", "json", "--config", path.to_str().unwrap()]), place)
    })
    .await
    .unwrap();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let status: Value = serde_json::from_str(&run.stdout).unwrap();
    let faults: Vec<_> = running.iter().flat_map(|one| one.faults(&status)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    for target in [&secure, &plain] {
        assert_eq!(target.seen.connections(), 0, "{} was contacted: {:?}", target.url, target.seen.asked());
    }
    for one in &running {
        assert!(agents_of(&status, &one.case.name).is_empty(), "{}", one.case.name);
        let asked = one.verifier.seen.asked();
        let is_ours =
            |line: &String| line == "GET /version HTTP/1.1" || line == "GET /v2.6/agents/?bulk=true HTTP/1.1";
        assert!(!asked.is_empty() && asked.iter().all(is_ours), "{}: {asked:?}", one.case.name);
    }
    assert_clean(&run, &place, &[&authority.key_text()], "redirects");

    // The targets would have been good enough: only our refusal kept us away.
    let block = crate::case::block("direct", &authority, &[&secure.url], &[&secure.url]);
    let place = Place::new();
    let path = place.path().join("limescope.toml");
    std::fs::write(&path, configuration([block])).unwrap();
    let status = tokio::task::spawn_blocking(move || place.status(&path)).await.unwrap();
    assert_eq!(agents_of(&status, "direct").len(), 1, "{status}");
}

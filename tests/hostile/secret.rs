//! `v` exists in no value of the library: whatever it returns is written out and searched.

use std::path::Path;
use std::sync::Arc;

use limescope::config::{self, Config};
use limescope::fleet::Snapshot;
use limescope::keylime::{Credentials, Limits, Negotiated, Reader, TlsSetup, answer, probe};
use limescope::tasks;
use serde_json::{Value, json};

use crate::answers::{SECRET, SECRET_BYTES, answer, bulk, ids, record, record_with, serving, when_asked};
use crate::authority::Authority;
use crate::case::{Case, configuration};
use crate::script::say;

/// Reads a configuration's text.
pub fn parsed(text: &str) -> Config {
    let (config, _) = config::parse(text, Path::new("limescope.toml"), None).unwrap();
    config
}

fn assert_without_secret(what: &str, debug: &str) {
    for secret in [SECRET, SECRET_BYTES] {
        assert!(!debug.contains(secret), "{what}: {debug}");
        // As a list of numbers.
        let numbers = format!("{:?}", secret.as_bytes());
        assert!(!debug.contains(numbers.trim_matches(['[', ']'])), "{what}: {debug}");
    }
}

/// The operator's credentials, already read.
pub fn credentials(authority: &Authority) -> Credentials {
    let (cert, key) = authority.operator();
    Credentials {
        ca: Some(std::fs::read(authority.ca()).unwrap()),
        cert: Some(std::fs::read(cert).unwrap()),
        key: Some(limescope::text::Secret::new(std::fs::read(key).unwrap())),
        ..Credentials::default()
    }
}

#[test]
fn a_record_loses_its_secret_while_it_is_read() {
    for v in [json!(SECRET), json!([SECRET]), json!({"v": SECRET}), json!(SECRET.as_bytes()), Value::Null] {
        let body = bulk([("agent", record_with(json!({"v": v})))]);
        let agents = answer::bulk(body.as_bytes()).unwrap();
        assert_eq!(agents.len(), 1);
        assert_eq!(agents[0].1.attestation_count, Some(5), "the record was read");
        assert_without_secret("bulk", &format!("{agents:?} {agents:#?}"));
    }
    // Twice, and spelt otherwise: unknown members are skipped alike.
    let text =
        record().to_string().replacen('{', &format!("{{\"\\u0076\": \"{SECRET}\", \"V\": \"{SECRET}\", "), 1);
    let one = answer::record(format!("{{\"results\": {text}}}").as_bytes()).unwrap();
    assert_eq!(one.attestation_count, Some(5));
    assert_without_secret("record", &format!("{one:?}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_the_library_returns_holds_it() {
    let authority = Authority::new();
    let play = serving(bulk([("agent-of-secrets", record())]), ids(["agent-of-secrets"]));
    let good = Case::playing("good", &authority, play).start(&authority).await;
    let bad = say(answer("200 OK", json!({"results": {"v": SECRET}}).to_string()));
    let bad = Case::playing("bad", &authority, when_asked(bad)).start(&authority).await;
    let config = parsed(&configuration([good.block.clone(), bad.block.clone()]));
    let credentials = credentials(&authority);
    let key = authority.key_text();
    assert!(!format!("{credentials:?}").contains(&key));
    let tls = TlsSetup::new(&credentials).unwrap();
    assert!(!format!("{tls:?}").contains(&key));
    let reader = Reader::new(&tls, Limits::default()).unwrap();
    let version = Negotiated::Fallback;
    let [verifier, wrong] = [0, 1].map(|index| config.groups[index].verifiers[0].clone());
    let registrar = config.groups[0].operators()[0].clone();

    let report = probe(&verifier, &tls, &Limits::default()).await;
    assert_eq!(report.failure, None);
    assert_without_secret("probe", &format!("{report:?}"));
    let agents = reader.agents(&verifier, version, None).await.unwrap();
    assert_eq!(agents.content.as_ref().unwrap().len(), 1);
    assert_without_secret("agents", &format!("{agents:?}"));
    let registered = reader.registered(&registrar, version, None).await.unwrap();
    assert_eq!(registered.content.as_ref().unwrap().len(), 1);
    assert_without_secret("registered", &format!("{registered:?}"));
    let failure = reader.agents(&wrong, version, None).await.unwrap_err();
    assert!(failure.words.contains("a text, expected an agent's record"), "{failure}");
    assert_without_secret("failure", &format!("{failure:?} {failure}"));
    assert_without_secret("reader", &format!("{reader:?}"));

    let snapshot = tasks::once(&config, |_| true, Limits::default(), &mut |_| None).await.snapshot();
    assert_eq!(snapshot.agents.len(), 1);
    assert_without_secret("snapshot", &format!("{snapshot:?} {snapshot:#?}"));

    // What a console holds after some time, its events too.
    let (following, mut pictures) = tasks::follow(&config, Limits::default(), &mut |_| None);
    let is_complete = |picture: &Arc<Snapshot>| picture.agents.len() == 1;
    let waited = tokio::time::timeout(crate::support::wait::LIMIT, pictures.wait_for(is_complete)).await;
    let picture = Arc::clone(&waited.expect("a picture in time").unwrap());
    assert_without_secret("picture", &format!("{picture:?}"));
    drop(following);
}

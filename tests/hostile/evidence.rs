//! `limescope identity check` against verifiers and agents that tell the truth, and others.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use limescope::tpm::wire::{Curve, Hash, Public};
use serde_json::{Value, json};

use crate::answers::{answer, endless, envelope, head, ids, record, versions};
use crate::authority::{Authority, Identity};
use crate::case::{block, configuration};
use crate::output::assert_clean;
use crate::sample::{Sample, ecdsa};
use crate::script::{Play, Script, say};
use crate::server::{Server, Transport};
use crate::support::captures;
use crate::support::command::{Finished, Place};

/// The ids of the captured agents: `push-ok` and so on.
fn id(number: u32) -> String {
    format!("d432fbb3-d2f1-4a97-9ef7-75bd020000{number}")
}

fn attestation(name: &str) -> Value {
    captures::named(&format!("v3-attestation-{name}")).json()
}

/// What two servers know; what is not there is answered as Keylime does.
#[derive(Clone, Default)]
struct World {
    /// The verifier's attestations: by agent and `latest` or the index.
    attestations: HashMap<(String, String), Value>,
    /// The registrar's records.
    registered: HashMap<String, Value>,
    /// Whether the verifier is in pull mode.
    pull: bool,
}

impl World {
    /// The captured agents with their first and newest attestations.
    fn real() -> Self {
        let mut world = Self::default();
        for (number, name) in [
            (12, "push-ok"),
            (13, "push-ima-ok"),
            (14, "push-ima-fail"),
            (15, "push-pcr-fail"),
            (17, "push-nopolicy"),
        ] {
            world.keep(&id(number), "0", attestation(&format!("0-{name}")));
            world.keep(&id(number), "latest", attestation(&format!("latest-{name}")));
        }
        let record = captures::named("r-agent-push-ok").json()["results"].clone();
        world.registered.insert(id(12), record);
        world
    }

    fn keep(&mut self, agent: &str, index: &str, attestation: Value) {
        self.attestations.insert((agent.to_owned(), index.to_owned()), attestation);
    }

    fn play(self: Arc<Self>, is_verifier: bool) -> Play {
        Arc::new(move |request| {
            let path = request.split(' ').nth(1).unwrap_or_default();
            let parts: Vec<_> = path.trim_matches('/').split('/').collect();
            let missing = || say(answer("404 Not Found", envelope(404, "not found", json!({}))));
            match (is_verifier, parts.as_slice()) {
                (_, ["version"]) => say(answer("200 OK", versions())),
                (true, ["v3.0", "agents", ..]) if self.pull => say(answer("404 Not Found", "")),
                (true, ["v3.0", "agents", agent, "attestations", index]) => {
                    match self.attestations.get(&((*agent).to_owned(), (*index).to_owned())) {
                        Some(body) => say(answer("201 Created", body.to_string())),
                        None => say(answer("404 Not Found", r#"{"errors": [{"status": "404"}]}"#)),
                    }
                }
                (true, ["v2", "agents", agent]) => {
                    let is_known = self.pull || self.attestations.keys().any(|(known, _)| known == agent);
                    if is_known {
                        say(answer("200 OK", envelope(200, "Success", record())))
                    } else {
                        missing()
                    }
                }
                (true, [_, "agents"]) => {
                    let known = self.attestations.keys().map(|(agent, _)| agent.as_str());
                    say(answer("200 OK", ids(known)))
                }
                (false, ["v2", "agents", agent]) => match self.registered.get(*agent) {
                    Some(record) => say(answer("200 OK", envelope(200, "Success", record.clone()))),
                    None => missing(),
                },
                _ => missing(),
            }
        })
    }
}

struct Scene {
    place: Place,
    _servers: [Server; 2],
}

impl Scene {
    async fn of(world: World) -> Self {
        let world = Arc::new(world);
        Self::playing(Arc::clone(&world).play(true), world.play(false)).await
    }

    async fn playing(verifier: Play, registrar: Play) -> Self {
        let authority = Authority::new();
        let verifier = Server::start(Transport::Tls(authority.good(), verifier)).await;
        let registrar = Server::start(Transport::Tls(authority.good(), registrar)).await;
        let place = Place::new();
        // The folder of the authority goes with it.
        for (name, path) in [
            ("ca.crt", authority.ca()),
            ("client.crt", authority.operator().0),
            ("client.pem", authority.operator().1),
        ] {
            std::fs::copy(path, place.path().join(name)).unwrap();
        }
        let mut block = block("group-1", &authority, &[&verifier.url], &[&registrar.url]);
        for (key, name) in [("ca", "ca.crt"), ("cert", "client.crt"), ("key", "client.pem")] {
            let path = place.path().join(name);
            block["tls"].as_table_mut().unwrap().insert(key.to_owned(), path.to_str().unwrap().into());
        }
        std::fs::write(place.path().join("limescope.toml"), configuration([block])).unwrap();
        Self { place, _servers: [verifier, registrar] }
    }

    fn run(&self, arguments: &[&str]) -> Finished {
        let config = self.place.path().join("limescope.toml");
        let all: Vec<_> = ["identity", "check", "--config", config.to_str().unwrap()]
            .iter()
            .chain(arguments)
            .copied()
            .collect();
        // The servers live on this test's runtime: it must not be blocked.
        let run = tokio::task::block_in_place(|| self.place.run(&all));
        assert_clean(&run, &self.place, &[], &arguments.join(" "));
        run
    }

    /// The agents of the answer in JSON, with this exit code.
    fn agents(&self, code: i32, arguments: &[&str]) -> Vec<Value> {
        let run = self.run(&[arguments, &["--format", "json"]].concat());
        assert_eq!(run.code, Some(code), "{arguments:?}: {} {}", run.stdout, run.stderr);
        let answer: Value = serde_json::from_str(&run.stdout).unwrap();
        answer["agents"].as_array().unwrap().clone()
    }
}

fn result<'a>(agent: &'a Value, code: &str) -> &'a str {
    let steps = agent["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["code"] == code);
    step.unwrap_or_else(|| panic!("no {code}: {agent}"))["result"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn real_records_hold_beside_the_verifiers_word() {
    let scene = Scene::of(World::real()).await;
    let [with_registrar, with_list, refused, waiting] =
        &scene.agents(0, &[&id(12), &id(13), &id(14), &id(17)])[..]
    else {
        panic!("four agents")
    };
    assert_eq!(with_registrar["conclusion"], "holds", "{with_registrar}");
    assert_eq!(
        (result(with_registrar, "ak-source"), result(with_registrar, "clock-earlier")),
        ("passed", "passed")
    );
    assert_eq!(result(with_registrar, "qualified-signer"), "passed");
    assert_eq!(
        (&with_registrar["attestation"], &with_registrar["verifier"]["evaluation"]),
        (&json!(28), &json!("pass"))
    );
    // The list comes in two parts, and the key is the attestation's own.
    assert_eq!((result(with_list, "ima-whole"), result(with_list, "ima-pcr")), ("passed", "passed"));
    assert_eq!(result(with_list, "ak-source"), "not checkable");
    assert!(with_list["notes"][0].as_str().unwrap().contains("registrar does not know"), "{with_list}");
    // Refused by a policy: the evidence is sound all the same.
    assert_eq!(
        (&refused["conclusion"], &refused["verifier"]["evaluation"]),
        (&json!("holds"), &json!("fail"))
    );
    assert!(refused["said"].as_str().unwrap().contains("against a policy"), "{refused}");
    // Challenged, and not answered yet.
    assert_eq!((&waiting["conclusion"], &waiting["clean"]), (&json!("awaited"), &json!(true)));

    let text = scene.run(&[&id(12)]).stdout;
    assert!(
        text.contains("passed         Signature of the quote: the attestation key signed these bytes"),
        "{text}"
    );
    assert!(text.contains("→ the evidence holds, and the verifier says pass"), "{text}");
    let all = scene.run(&["--all"]);
    assert_eq!(all.code, Some(0), "{}", all.stderr);
    assert!(all.stdout.ends_with("5 agents checked, 0 not clean.\n"), "{}", all.stdout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_verifier_pruned_is_no_failure() {
    let mut world = World::real();
    world.attestations.remove(&(id(13), "0".to_owned()));
    let scene = Scene::of(world).await;
    let agents = scene.agents(0, &[&id(13)]);
    assert_eq!(result(&agents[0], "ima-whole"), "not checkable");
    assert_eq!(agents[0]["conclusion"], "holds");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_verifier_that_lies_is_found_out() {
    let mut world = World::real();
    // A PCR value that was not signed, under the verifier's `pass`.
    let mut record = attestation("latest-push-ok");
    let data = &mut record["data"]["attributes"]["evidence"][0]["data"];
    let mut blob = STANDARD.decode(data["subject_data"].as_str().unwrap()).unwrap();
    blob[150] ^= 1;
    data["subject_data"] = STANDARD.encode(blob).into();
    world.keep(&id(12), "latest", record);
    // The evidence of one agent, shown as another's.
    world.keep("copied-agent", "latest", attestation("latest-push-ima-ok"));
    // A list with an entry less.
    let mut record = attestation("0-push-ima-fail");
    let entries = &mut record["data"]["attributes"]["evidence"][1]["data"]["entries"];
    *entries = entries.as_str().unwrap().split_once('\n').unwrap().1.into();
    world.keep(&id(14), "0", record.clone());
    record["data"]["attributes"]["evidence"][1]["chosen_parameters"]["starting_offset"] = 0.into();
    world.keep(&id(15), "latest", record);
    let scene = Scene::of(world).await;
    let agents = scene.agents(1, &[&id(12), &id(13), &id(14), &id(15), "copied-agent"]);
    assert_eq!((&agents[0]["conclusion"], result(&agents[0], "pcr-digest")), (&json!("fails"), "failed"));
    assert!(agents[0]["said"].as_str().unwrap().contains("does NOT hold, though the verifier says pass"));
    // Whichever of the two was looked at first.
    let repeated = [&agents[1], &agents[4]].map(|agent| agent["conclusion"] == "fails");
    assert_eq!(repeated.iter().filter(|repeated| **repeated).count(), 1, "{repeated:?}");
    // The rest of the list no longer joins: an entry is missing between.
    assert_eq!(result(&agents[2], "ima-whole"), "not checkable");
    assert_eq!((result(&agents[3], "ima-whole"), result(&agents[3], "ima-pcr")), ("passed", "failed"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_use_and_hostile_answers_end_in_words() {
    let scene = Scene::of(World::real()).await;
    for (arguments, words) in [
        (vec!["nobody"], "no group of the configuration knows the agent nobody"),
        (vec!["../evil"], "this id cannot be asked for"),
        (vec!["--all", "--ask-agent"], "cannot be used with"),
        (vec![], "required"),
        (vec!["a", "--group", "group-9"], "group-9"),
    ] {
        let run = scene.run(&arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{arguments:?}: {}", run.stderr);
    }
    let pull = Scene::of(World { pull: true, ..World::real() }).await;
    let run = pull.run(&[&id(12)]);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains("only the agent itself can be asked"), "{}", run.stdout);

    let spoilt = |script: fn() -> Script| -> Play {
        let world = Arc::new(World::real()).play(true);
        Arc::new(
            move |request: &str| if request.contains("/attestations/") { script() } else { world(request) },
        )
    };
    type Case = (fn() -> Script, &'static str);
    let cases: [Case; 4] = [
        (|| endless(&"x".repeat(60_000)), "it does not end"),
        (|| say(answer("201 Created", "{}")), "the attestation is not readable"),
        (|| say(answer("201 Created", r#"{"data": {"attributes": {"evidence": 7}}}"#)), "is not readable"),
        (
            || say(format!("{}Content-Length: 999999999999\r\n\r\n", head("201 Created"))),
            "it claims 999999999999 bytes",
        ),
    ];
    for (script, words) in cases {
        let scene = Scene::playing(spoilt(script), Arc::new(World::real()).play(false)).await;
        let run = scene.run(&[&id(12)]);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
}

/// A `TPM2B_PUBLIC` in base64.
fn sized(public: &Public) -> String {
    let area = public.encode();
    STANDARD.encode([&(area.len() as u16).to_be_bytes(), area.as_slice()].concat())
}

/// An agent's own server: it signs the nonce that it is asked with, or another.
fn agent(sample: Sample, own_nonce: Option<&'static str>) -> Play {
    let sample = std::sync::Mutex::new(sample);
    Arc::new(move |request| {
        let path = request.split(' ').nth(1).unwrap_or_default();
        if path == "/version" {
            return say(answer("200 OK", r#"{"code": 200, "results": {"supported_version": "2.3"}}"#));
        }
        let Some(query) = path.strip_prefix("/v2.3/quotes/integrity?") else {
            return say(answer("404 Not Found", ""));
        };
        assert!(query.ends_with("&mask=0xffff&partial=1"), "{query}");
        let nonce = query.strip_prefix("nonce=").unwrap().split('&').next().unwrap();
        assert!(nonce.len() == 32 && nonce.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{nonce}");
        let mut sample = sample.lock().unwrap();
        sample.attest.extra_data = own_nonce.unwrap_or(nonce).as_bytes().to_vec();
        let message = sample.attest.encode();
        let parts = [sample.sign(&message), sample.blob.encode()];
        let [signature, blob] = parts.map(|part| STANDARD.encode(part));
        let quote = format!("r{}:{signature}:{blob}", STANDARD.encode(message));
        let results = json!({"quote": quote, "hash_alg": "sha256", "enc_alg": "ecc256", "sign_alg": "ecdsa",
            "ima_measurement_list": null, "ima_measurement_list_entry": 0});
        say(answer("200 OK", envelope(200, "Success", results)))
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_is_asked_over_its_own_certificate_only() {
    let mut world = World { pull: true, ..World::default() };
    let mut servers = Vec::new();
    let mut add = async |name: &str, own_nonce, is_other: bool| {
        let sample = Sample::of(ecdsa(Curve::P256), Hash::Sha256);
        let (ak, ek) = (sized(&sample.key), sized(&sample.ek));
        let identity = Identity::self_signed(|_| {});
        let certificate = if is_other { Identity::self_signed(|_| {}).pem() } else { identity.pem() };
        let server = Server::start(Transport::Tls(identity, agent(sample, own_nonce))).await;
        let port: u16 = server.url.rsplit_once(':').unwrap().1.parse().unwrap();
        servers.push(server);
        let record = json!({"agent_id": name, "ek_tpm": ek, "ekcert": null, "aik_tpm": ak, "mtls_cert": certificate,
            "ip": "127.0.0.1", "port": port, "regcount": 1});
        world.registered.insert(name.to_owned(), record);
    };
    add("honest", None, false).await;
    add("replaying", Some("an0therTimesNonce"), false).await;
    add("posing", None, true).await;
    let disabled =
        json!({"ek_tpm": "AA==", "aik_tpm": "AA==", "mtls_cert": "disabled", "ip": "127.0.0.1", "port": 1});
    world.registered.insert("bare".to_owned(), disabled);
    let scene = Scene::of(world).await;

    let honest = &scene.agents(0, &["honest", "--ask-agent"])[0];
    assert_eq!((&honest["conclusion"], &honest["source"]), (&json!("holds"), &json!("agent")), "{honest}");
    assert_eq!((result(honest, "nonce"), result(honest, "qualified-signer")), ("passed", "passed"));
    let replaying = &scene.agents(1, &["replaying", "--ask-agent"])[0];
    assert_eq!((&replaying["conclusion"], result(replaying, "nonce")), (&json!("fails"), "failed"));

    let posing = scene.run(&["posing", "--ask-agent"]);
    assert_eq!(posing.code, Some(1));
    assert!(
        posing.stderr.contains("is not the one that the registrar has of this agent"),
        "{}",
        posing.stderr
    );
    assert!(posing.stderr.contains("resets and extends its PCR 16"), "the cost is said: {}", posing.stderr);
    let bare = scene.run(&["bare", "--ask-agent"]);
    assert_eq!(bare.code, Some(1));
    assert!(bare.stderr.contains("no certificate of the agent's server"), "{}", bare.stderr);
    let [_, replaying, posing] = &servers[..] else { panic!("three agents") };
    assert_eq!(
        (replaying.seen.client_certificates(), posing.seen.client_certificates()),
        (2, 0),
        "ours goes to the right one only"
    );
}

/// One agent chose what its record holds. The others are looked at all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_hostile_record_does_not_end_an_audit() {
    let good = captures::named("r-agent-push-ok").json()["results"].clone();
    let names: Vec<_> = (10..40).map(|number| format!("agent-{number}")).collect();
    let (deep, huge) = ("[".repeat(900) + &"]".repeat(900), "A".repeat(2 * 1024 * 1024));
    let listed = names.clone();
    let registrar: Play = Arc::new(move |request| {
        let path = request.split(' ').nth(1).unwrap_or_default();
        let parts: Vec<_> = path.trim_matches('/').split('/').collect();
        match parts.as_slice() {
            ["version"] => say(answer("200 OK", versions())),
            [_, "agents"] => say(answer("200 OK", ids(listed.iter().map(String::as_str)))),
            [_, "agents", "agent-12"] => say(answer("200 OK", format!("{{\"results\": {deep}}}"))),
            [_, "agents", "agent-13"] => {
                say(answer("200 OK", envelope(200, "Success", json!({"ek_tpm": huge}))))
            }
            [_, "agents", "agent-14"] => {
                say(answer("500 Internal Server Error", envelope(500, "no", json!({}))))
            }
            [_, "agents", "agent-15"] => say(answer("200 OK", "<html>")),
            _ => say(answer("200 OK", envelope(200, "Success", good.clone()))),
        }
    });
    let scene = Scene::playing(Arc::new(World::default()).play(true), registrar).await;
    let config = scene.place.path().join("limescope.toml");
    let arguments =
        ["identity", "audit", "--no-pin", "--format", "json", "--config", config.to_str().unwrap()];
    let run = tokio::task::block_in_place(|| scene.place.run(&arguments));
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""), "{}", run.stdout);
    let audit: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (&audit["groups"][0]["listed"], &audit["groups"][0]["read"]),
        (&30.into(), &30.into()),
        "{audit}"
    );
    let agents = audit["agents"].as_array().unwrap();
    assert_eq!(agents.len(), names.len(), "every agent is there");
    for agent in agents {
        let is_hostile = (12..=15).any(|number| agent["id"] == format!("agent-{number}"));
        let unreadable = agent["findings"][0]["code"] == "record-unreadable";
        assert_eq!(unreadable, is_hostile, "{agent}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_is_there_is_nothing_to_check() {
    let none = Scene::of(World::default()).await;
    let run = none.run(&["--all", "--format", "json"]);
    assert_eq!(
        (run.code, run.stdout.contains(r#""agents":[]"#)),
        (Some(0), true),
        "{}{}",
        run.stdout,
        run.stderr
    );
    let away: Play = Arc::new(|_request| say(answer("500 Internal Server Error", "")));
    let away = Scene::playing(Arc::clone(&away), away).await;
    let run = away.run(&["--all"]);
    assert!(run.code == Some(1) && run.stderr.contains("no verifier answered"), "{}", run.stderr);
}

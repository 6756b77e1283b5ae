//! `limescope identity audit` (contract §7), on the embedded fleet: it has one
//! machine that was copied with its TPM, and one attestation key that signs
//! anything.

use std::path::{Path, PathBuf};

use limescope::demo::{DemoFleet, DemoOptions};
use serde_json::Value;

use crate::support::command::{Finished, Place};

pub struct Scene {
    pub fleet: DemoFleet,
    pub place: Place,
}

impl Scene {
    pub async fn of(agents: usize, seed: u64) -> Self {
        let options = DemoOptions { agents, seed, still: true, ..DemoOptions::default() };
        Self { fleet: DemoFleet::start(&options).await.unwrap(), place: Place::new() }
    }

    pub fn run(&self, arguments: &[&str]) -> Finished {
        self.run_on(&self.fleet, arguments)
    }

    fn run_on(&self, fleet: &DemoFleet, arguments: &[&str]) -> Finished {
        self.run_by(fleet.config_path(), arguments)
    }

    /// An audit by another configuration.
    pub fn run_by(&self, config: &Path, arguments: &[&str]) -> Finished {
        let config = config.to_str().unwrap();
        let all: Vec<_> =
            ["identity", "audit", "--config", config].iter().chain(arguments).copied().collect();
        // The servers live on this test's runtime: it must not be blocked.
        tokio::task::block_in_place(|| self.place.run(&all))
    }

    pub fn json(&self, code: i32, arguments: &[&str]) -> Value {
        let run = self.run(&[arguments, &["--format", "json"]].concat());
        assert_eq!(run.code, Some(code), "{arguments:?}: {}", run.stderr);
        serde_json::from_str(&run.stdout).unwrap()
    }

    pub fn pins(&self) -> PathBuf {
        self.place.path().join("state/limescope/identities.jsonl")
    }
}

/// The findings by their codes, with the ids.
fn found(audit: &Value, member: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for agent in audit["agents"].as_array().unwrap() {
        for finding in agent[member].as_array().unwrap() {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            found.push((text(&finding["code"]), text(&agent["id"])));
        }
    }
    found.sort();
    found.dedup();
    found
}

pub fn codes(audit: &Value, member: &str) -> Vec<String> {
    let mut codes: Vec<_> = found(audit, member).into_iter().map(|(code, _)| code).collect();
    codes.dedup();
    codes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_json_is_that_of_the_contract() {
    let scene = Scene::of(120, 1).await;
    let audit = scene.json(1, &[]);
    assert_eq!((&audit["schema"], &audit["vendor_certificates"]), (&1.into(), &Value::Null));
    // The odd id of the embedded fleet cannot be asked for.
    assert_eq!(codes(&audit, "findings"), ["ak-not-restricted", "ek-shared", "id-not-askable"]);
    let found = found(&audit, "findings");
    assert_eq!(found.iter().filter(|(code, _)| code == "ek-shared").count(), 2, "{found:?}");
    let agents = audit["agents"].as_array().unwrap();
    for agent in agents {
        assert!(agent["id"].is_string() && agent["group"].is_string(), "{agent}");
        for finding in agent["findings"].as_array().unwrap() {
            assert!(["error", "warning"].contains(&finding["severity"].as_str().unwrap()), "{finding}");
            assert!(finding["message"].as_str().unwrap().len() > 40, "{finding}");
        }
    }
    let ids: std::collections::BTreeSet<_> =
        agents.iter().map(|agent| agent["id"].as_str().unwrap()).collect();
    // One of the fleet is at its verifier only.
    assert_eq!(ids.len(), 119);
    assert_eq!(codes(&audit, "notes"), ["not-activated"]);
    let whole = agents.iter().find(|agent| agent["record"] == "read").unwrap();
    assert_eq!(whole["endorsement_key"]["default_template"], true, "{whole}");
    assert_eq!(whole["attestation_key"]["algorithm"], "P-256");
    assert_eq!(
        (&whole["certificate"]["maker"], &whole["certificate"]["model"]),
        (&"LIME".into(), &"demo".into())
    );
    for group in audit["groups"].as_array().unwrap() {
        assert_eq!((&group["error"], &group["listed"]), (&Value::Null, &group["read"]), "{group}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_evidence_of_push_agents_holds() {
    let scene = Scene::of(120, 1).await;
    let config = scene.fleet.config_path().to_str().unwrap();
    let asked = ["identity", "check", "--config", config, "--all", "--group", "us-east"];
    let run = tokio::task::block_in_place(|| scene.place.run(&asked));
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.matches("→ the evidence holds").count() > 20, "{}", run.stdout);
    assert!(run.stdout.contains("the key was made below this agent's EK"), "{}", run.stdout);
    // An id that nobody can ask for is told, and the others are looked at all the same.
    let all = ["identity", "check", "--config", config, "--all", "--format", "json"];
    let run = tokio::task::block_in_place(|| scene.place.run(&all));
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("this id cannot be asked for"), "{}", run.stderr);
    let checked: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(checked["agents"].as_array().unwrap().len() > 20, "{checked}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_knows_no_such_agent_is_no_failure_of_it() {
    let scene = Scene::of(12, 1).await;
    let config = scene.fleet.config_path().to_str().unwrap();
    let check = |more: &[&str]| {
        let groups = ["--group", "eu-west", "--group", "us-east"];
        let words = [&["identity", "check", "--config", config, "nobody-here"], &groups[..], more].concat();
        tokio::task::block_in_place(|| scene.place.run(&words))
    };
    let (kept, asked) = (check(&[]), check(&["--ask-agent"]));
    assert_eq!((asked.code, &asked.stdout), (kept.code, &kept.stdout), "{}", asked.stderr);
    assert!(!asked.stderr.contains("cannot be asked"), "{}", asked.stderr);
    // Asking has one more line, which tells its cost.
    assert!(asked.stderr.ends_with(&kept.stderr) && !kept.stderr.is_empty(), "{}", asked.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_without_findings_ends_with_0_and_one_line_per_group() {
    let scene = Scene::of(12, 1).await;
    let run = scene.run(&[]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.starts_with("eu-west: "), "{}", run.stdout);
    assert!(run.stdout.contains("no chain was checked"), "{}", run.stdout);
    assert!(run.stdout.contains("0 errors, 0 warnings on 0 agents."), "{}", run.stdout);
    let one = scene.json(0, &["--group", "us-east"]);
    assert_eq!(one["groups"].as_array().unwrap().len(), 1);
    assert!(one["agents"].as_array().unwrap().iter().all(|agent| agent["group"] == "us-east"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_certificate_must_lead_to_a_given_maker() {
    let scene = Scene::of(12, 1).await;
    let makers = scene.fleet.vendor_folder().to_str().unwrap().to_owned();
    let audit = scene.json(0, &["--vendor-roots", &makers]);
    assert_eq!(audit["vendor_certificates"], 1);
    let read = audit["agents"].as_array().unwrap().iter().filter(|agent| agent["record"] == "read");
    assert!(read.clone().count() > 5);
    assert!(read.clone().all(|agent| agent["trusted_root"] == "CN=limescope demo TPM manufacturer"));
    // Another maker of the same name has not signed them.
    let other = Scene::of(1, 2).await;
    let others = other.fleet.vendor_folder().to_str().unwrap().to_owned();
    let audit = scene.json(1, &["--vendor-roots", &others]);
    assert_eq!(codes(&audit, "findings"), ["ek-certificate-untrusted"]);
    let table = scene.run(&["--vendor-roots", &others]);
    assert!(
        table.stdout.contains("\nerror  ") && table.stdout.contains("    → Add the maker's root"),
        "{}",
        table.stdout
    );
    for (folder, words) in
        [("/nowhere", "give a folder"), (scene.place.path().to_str().unwrap(), "no root certificate")]
    {
        let run = scene.run(&["--vendor-roots", folder]);
        assert_eq!(run.code, Some(2), "{folder}");
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changed_since_the_first_time_is_found_until_it_is_accepted() {
    let scene = Scene::of(12, 1).await;
    let first = scene.json(0, &[]);
    let read = first["agents"].as_array().unwrap().iter().filter(|agent| agent["record"] == "read").count();
    assert_eq!(first["pins"]["learned"], read);
    let pinned = std::fs::read_to_string(scene.pins()).unwrap();
    assert_eq!(scene.json(0, &[])["pins"]["learned"], 0);
    // Other machines under the ids of before: their keys in the file are not those that are seen now.
    let lines = pinned.lines().skip(1).map(|line| serde_json::from_str::<Value>(line).unwrap());
    let pins: Vec<_> = lines.collect();
    let own = &pins[0];
    let other = pins.iter().find(|pin| pin["id"] != own["id"]).unwrap();
    let id = own["id"].as_str().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let changed = pinned.replacen(&text(&own["ek"]), &text(&other["ek"]), 1).replacen(
        &text(&own["ak"]),
        &text(&other["ak"]),
        1,
    );
    std::fs::write(scene.pins(), &changed).unwrap();
    let told = scene.json(1, &[]);
    assert_eq!(found(&told, "findings"), [("ek-changed".to_owned(), id.to_owned())]);
    assert_eq!(std::fs::read_to_string(scene.pins()).unwrap(), changed, "a change is not learned");
    assert_eq!(codes(&scene.json(0, &["--no-pin"]), "findings"), [""; 0]);
    let accepted = scene.run(&["--accept", id, "--accept", "nobody"]);
    assert_eq!(accepted.code, Some(0), "{}", accepted.stdout);
    assert!(accepted.stderr.contains("nobody: not accepted"), "{}", accepted.stderr);
    scene.json(0, &[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_file_of_pins_is_told_and_left() {
    let scene = Scene::of(2, 1).await;
    std::fs::create_dir_all(scene.pins().parent().unwrap()).unwrap();
    std::fs::write(scene.pins(), "rubbish").unwrap();
    let run = scene.run(&[]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("line 1: this is no file of pins") && run.stdout.is_empty(),
        "{}",
        run.stderr
    );
    assert_eq!(std::fs::read_to_string(scene.pins()).unwrap(), "rubbish");
    assert_eq!(scene.run(&["--no-pin"]).code, Some(0));
    let elsewhere = scene.place.path().join("other.jsonl");
    assert_eq!(scene.run(&["--pins", elsewhere.to_str().unwrap()]).code, Some(0));
    assert!(elsewhere.exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_usage_and_servers_that_are_down_are_told_apart() {
    let scene = Scene::of(2, 1).await;
    for arguments in [&["--group", "nowhere"][..], &["--format", "csv"], &["--accept", "a", "--no-pin"]] {
        assert_eq!(scene.run(arguments).code, Some(2), "{arguments:?}");
    }
    let config = scene.fleet.config_toml().replace("127.0.0.1:", "127.0.0.2:");
    let file = scene.place.path().join("down.toml");
    std::fs::write(&file, config).unwrap();
    let file = file.to_str().unwrap();
    let run = tokio::task::block_in_place(|| {
        scene.place.run(&["identity", "audit", "--config", file, "--format", "json"])
    });
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert!(
        run.stderr.contains("eu-west was not audited: ") && run.stderr.contains("nothing was audited"),
        "{}",
        run.stderr
    );
    let audit: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(audit["agents"].as_array().unwrap().len(), 0, "no finding about an agent");
    assert!(audit["groups"][0]["error"].as_str().unwrap().contains("refused"), "{audit}");
}

//! `limescope policy …` on policies that groups store: `group:NAME/POLICY`.

use std::path::{Path, PathBuf};

use limescope::demo::{DemoFleet, DemoOptions};
use serde_json::Value;

use crate::support::command::{Finished, Place};

/// A fleet, and a place with its configuration where every command looks first.
struct Scene {
    fleet: DemoFleet,
    place: Place,
}

impl Scene {
    async fn new() -> Self {
        let options = DemoOptions { agents: 12, still: true, ..DemoOptions::default() };
        Self { fleet: DemoFleet::start(&options).await.unwrap(), place: Place::new() }
    }

    fn run(&self, arguments: &[&str]) -> Finished {
        self.run_with(arguments, b"")
    }

    fn run_with(&self, arguments: &[&str], input: &[u8]) -> Finished {
        let config = self.fleet.config_path().to_str().unwrap();
        let all: Vec<_> = ["--config", config, "policy"].iter().chain(arguments).copied().collect();
        // The servers live on this test's runtime: it must not be blocked.
        tokio::task::block_in_place(|| self.place.run_with(&all, input, &[]))
    }

    fn json(&self, code: i32, arguments: &[&str]) -> Value {
        let run = self.run(&[arguments, &["--format", "json"]].concat());
        assert_eq!(run.code, Some(code), "{arguments:?}: {} {}", run.stdout, run.stderr);
        serde_json::from_str(&run.stdout).unwrap()
    }

    fn key(&self) -> &Path {
        self.fleet.policy_key_path()
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.place.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployed_policy_is_verified_like_a_file() {
    let scene = Scene::new().await;
    let key = scene.key().to_str().unwrap();
    let mut sums = Vec::new();
    for group in ["eu-west", "us-east"] {
        let name = format!("group:{group}/db-tier");
        let found = scene.json(0, &["verify", &name, "--key", key]);
        assert_eq!(
            (&found["file"], &found["format"], &found["signature"], &found["policy"]),
            (&name.as_str().into(), &"dsse".into(), &"valid".into(), &"valid".into()),
            "{found}"
        );
        assert_eq!(found["signers"][0]["source"], "given");
        assert!(found["counts"]["paths"].as_u64().unwrap() > 0);
        sums.push(found["sha256"].clone());
    }
    assert_ne!(sums[0], sums[1], "signed twice");
    // Nobody is trusted where nobody was named, and the exit code says so.
    let untrusted = scene.json(1, &["verify", "group:eu-west/db-tier"]);
    assert_eq!((&untrusted["signature"], &untrusted["policy"]), (&"untrusted".into(), &"valid".into()));
    let bare = scene.json(1, &["verify", "group:eu-west/ima-base", "--key", key]);
    assert_eq!((&bare["format"], &bare["signature"]), (&"policy".into(), &"unsigned".into()));
    let inspected = scene.json(0, &["inspect", "group:eu-west/ima-base"]);
    assert_eq!(inspected["sha256"], bare["sha256"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_trust_store_counts_for_its_groups_and_names() {
    let scene = Scene::new().await;
    let key = scene.key().to_str().unwrap();
    let store = scene.place.path().join("trust.toml");
    let store = store.to_str().unwrap();
    let added = scene.run(&[
        "trust", "add", key, "--label", "release", "--group", "eu-west", "--policy", "db-tier", "--trust",
        store, "--yes",
    ]);
    assert_eq!(added.code, Some(0), "{}", added.stderr);
    let inside = scene.json(0, &["verify", "group:eu-west/db-tier", "--trust", store]);
    assert_eq!(
        (&inside["signature"], &inside["signers"][0]["source"], &inside["signers"][0]["label"]),
        (&"valid".into(), &"trust-store".into(), &"release".into())
    );
    for outside in ["group:us-east/db-tier", "group:eu-west/release-17"] {
        let found = scene.json(1, &["verify", outside, "--trust", store]);
        assert_ne!(found["signature"], "valid", "{outside}: {found}");
        assert_eq!(found["signers"][0]["trusted"], false, "{outside}: {found}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_deployed_can_be_signed_and_comes_from_there_alone() {
    let scene = Scene::new().await;
    let private = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/policies/keys/ecdsa-p256.key.pem");
    let public = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/policies/keys/ecdsa-p256.pub.pem");
    let out = scene.place.path().join("signed.json");
    let out = out.to_str().unwrap();
    let signed = scene.run(&["sign", "group:eu-west/ima-base", "--key", private, "-o", out]);
    assert_eq!(signed.code, Some(0), "{}", signed.stderr);
    let verified = scene.json(0, &["verify", out, "--key", public]);
    assert_eq!((&verified["signature"], &verified["policy"]), (&"valid".into(), &"valid".into()));
    // A file of such a name is another thing, and reads no configuration.
    let folder = scene.place.path().join("group:eu-west");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(out, folder.join("ima-base")).unwrap();
    let path = folder.join("ima-base");
    let file = scene.json(0, &["verify", path.to_str().unwrap(), "--key", public]);
    assert_eq!(file["sha256"], verified["sha256"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_had_is_told_in_words() {
    let scene = Scene::new().await;
    for (name, words) in [
        ("group:eu-west/nothing", "eu-west has no runtime policy of the name nothing"),
        ("group:eu-wset/db-tier", "is it group:eu-west/…?"),
        ("group:mars/db-tier", "configured: eu-west, us-east, ap-south, lab"),
        ("group:eu-west", "write group:NAME/POLICY"),
        ("group:eu-west/a b", "holds characters"),
        ("group:lab/ima-base", "the connection was refused"),
    ] {
        for command in ["verify", "inspect"] {
            let run = scene.run(&[command, name]);
            assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{name}: {}", run.stderr);
            assert!(run.stderr.contains(words), "{name}: {}", run.stderr);
        }
    }
    let arguments = ["policy", "verify", "group:eu-west/db-tier"];
    let empty = Place::new();
    let nowhere = tokio::task::block_in_place(|| empty.run(&arguments));
    assert_eq!(nowhere.code, Some(2));
    assert!(nowhere.stderr.contains("no configuration"), "{}", nowhere.stderr);
    let broken = scene.file("broken.toml", "[[servers]\n");
    let run = tokio::task::block_in_place(|| {
        empty.run(&["--config", broken.to_str().unwrap(), "policy", "verify", "group:eu-west/db-tier"])
    });
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deployed_policies_are_compared_searched_and_judged() {
    let scene = Scene::new().await;
    let (one, other) = ("group:eu-west/db-tier", "group:us-east/db-tier");
    let again = scene.json(0, &["diff", one, other]);
    assert_eq!(again["relation"], "re-signed", "{again}");
    let bare = scene.json(1, &["diff", one, "group:eu-west/ima-base"]);
    let paths = &bare["summary"]["paths"];
    assert!(paths["added"].as_u64() > Some(0) || paths["removed"].as_u64() > Some(0), "{bare}");
    let name = ["added", "removed"].iter().find_map(|list| bare["paths"][list][0]["name"].as_str()).unwrap();
    let found = scene.json(0, &["search", name, one, "group:eu-west/ima-base"]);
    assert_eq!(found["files"].as_array().unwrap().len(), 2, "{found}");
    let lint = scene.json(0, &["lint", one]);
    assert_eq!((&lint["file"], &lint["policy"]), (&one.into(), &"valid".into()));
    for (command, more) in [("lint", &[][..]), ("diff", &[one]), ("convert", &[])] {
        let run = scene.run(&[&[command, "group:eu-west/nothing"], more].concat());
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{command}: {}", run.stderr);
    }
}

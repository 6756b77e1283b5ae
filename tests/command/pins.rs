//! `limescope identity pins`: listing and removing the keys with which agents
//! were first seen.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::Value;

use crate::identity::{Scene, codes};
use crate::support::command::{Finished, Place};

const EK: &str = "000b1111111111111111111111111111111111111111111111111111111111111111";
const AK: &str = "000b2222222222222222222222222222222222222222222222222222222222222222";

/// A file with these pins: id and group; all have the same keys.
fn written(place: &Place, pins: &[(&str, &str)]) -> PathBuf {
    let file = place.path().join("state/limescope/identities.jsonl");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let mut text = "{\"limescope_identity_pins\":1}\n".to_owned();
    for (id, group) in pins {
        let pin = serde_json::json!(
            {"id": id, "group": group, "ek": EK, "ak": AK, "first_seen": "2026-11-20T08:15:00Z"}
        );
        text.push_str(&format!("{pin}\n"));
    }
    std::fs::write(&file, text).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    file
}

fn pins(place: &Place, arguments: &[&str]) -> Finished {
    place.run(&[&["identity", "pins"], arguments].concat())
}

fn json(place: &Place, arguments: &[&str]) -> Value {
    let run = pins(place, &[arguments, &["--format", "json"]].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn listed(place: &Place) -> Vec<String> {
    let pins = json(place, &[])["pins"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    pins.iter().map(|pin| format!("{}@{}", text(&pin["id"]), text(&pin["group"]))).collect()
}

#[test]
fn pins_are_listed_with_their_keys_and_age() {
    let place = Place::new();
    let file = written(&place, &[("node-2", "eu"), ("node-1", "us"), ("node-1", "eu")]);
    let all = json(&place, &["list"]);
    assert_eq!(all, json(&place, &[]), "the name of the command can be left out");
    assert_eq!((&all["schema"], &all["file"]), (&1.into(), &file.to_str().unwrap().into()));
    let first = &all["pins"][0];
    assert_eq!((&first["id"], &first["group"]), (&"node-1".into(), &"eu".into()));
    assert_eq!((&first["endorsement_key"], &first["attestation_key"]), (&EK.into(), &AK.into()));
    assert_eq!(first["first_seen"], "2026-11-20T08:15:00Z");
    assert_eq!(listed(&place), ["node-1@eu", "node-1@us", "node-2@eu"]);
    assert_eq!(json(&place, &["--group", "us"])["pins"].as_array().unwrap().len(), 1);
    assert_eq!(json(&place, &["list", "node-1", "--group", "eu"])["pins"].as_array().unwrap().len(), 1);
    let table = pins(&place, &[]);
    assert_eq!(table.code, Some(0));
    let lines: Vec<_> = table.stdout.lines().collect();
    assert!(lines[0].starts_with("AGENT   GROUP  FIRST SEEN"), "{}", table.stdout);
    assert!(lines[1].starts_with("node-1  eu     2026-11-20 08:15 UTC  "), "{}", table.stdout);
    assert!(lines[1].contains("111111111111…") && lines[1].ends_with("222222222222…"), "{}", table.stdout);
    assert!(table.stdout.contains("\n3 pins in "), "{}", table.stdout);
    let unknown = pins(&place, &["list", "nod-1"]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (Some(1), ""));
    assert!(unknown.stderr.contains("no agent nod-1 is pinned; did you mean node-1"), "{}", unknown.stderr);
}

#[test]
fn where_nothing_is_pinned_nothing_is_made() {
    let place = Place::new();
    let table = pins(&place, &["list"]);
    assert_eq!(table.code, Some(0), "{}", table.stderr);
    assert!(table.stdout.starts_with("No agent is pinned in "), "{}", table.stdout);
    assert_eq!(json(&place, &[])["pins"], Value::Array(Vec::new()));
    let removed = pins(&place, &["remove", "node-1"]);
    assert_eq!(removed.code, Some(1));
    assert!(removed.stderr.contains("nothing is removed: "), "{}", removed.stderr);
    assert!(!place.path().join("state").exists());
}

#[test]
fn a_machine_that_is_given_up_is_forgotten_and_a_backup_stays() {
    let place = Place::new();
    let file = written(&place, &[("node-1", "eu"), ("node-1", "us"), ("node-2", "eu")]);
    let before = std::fs::read_to_string(&file).unwrap();
    let run = pins(&place, &["remove", "node-1"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{}", run.stderr);
    for words in [
        "removed node-1 in group eu, pinned since 2026-11-20 08:15 UTC (EK 111111111111…, AK 222222222222…)",
        "removed node-1 in group us",
        "node-1: the next audit believes and pins whatever keys a registrar has of it then",
        "delete its registration before that",
        "1 pin is left",
        "identities.jsonl.limescope-backup",
    ] {
        assert!(run.stderr.contains(words), "{words} is missing: {}", run.stderr);
    }
    assert_eq!(listed(&place), ["node-2@eu"]);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let backup = file.with_file_name("identities.jsonl.limescope-backup");
    assert_eq!(std::fs::read_to_string(backup).unwrap(), before);
}

#[test]
fn one_group_only_is_still_compared_with_the_others() {
    let place = Place::new();
    written(&place, &[("node-1", "eu"), ("node-1", "us"), ("node-2", "eu"), ("node-3", "eu")]);
    let run = pins(&place, &["remove", "node-1", "--group", "eu"]);
    assert_eq!(run.code, Some(0));
    assert!(
        run.stderr.contains("node-1: still pinned in group us: the next audit compares with that pin"),
        "{}",
        run.stderr
    );
    assert_eq!(listed(&place), ["node-1@us", "node-2@eu", "node-3@eu"]);
    // A group that is given up.
    let run = pins(&place, &["remove", "--all", "--group", "eu"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("node-2, node-3: the next audit believes"), "{}", run.stderr);
    assert_eq!(listed(&place), ["node-1@us"]);
}

#[test]
fn a_slip_removes_nothing_and_names_the_nearest() {
    let place = Place::new();
    let file = written(&place, &[("node-1", "eu"), ("node-2", "eu")]);
    let before = std::fs::read_to_string(&file).unwrap();
    for (arguments, words) in [
        (&["node-1", "nod-2"][..], "no agent nod-2 is pinned; did you mean node-2"),
        (&["node-1", "--group", "eu-1"], "no agent of a group eu-1 is pinned"),
        (&["\u{1b}]0;x"], "no agent \\u{1b}]0;x is pinned"),
    ] {
        let run = pins(&place, &[&["remove"], arguments].concat());
        assert_eq!(run.code, Some(1), "{arguments:?}");
        assert!(run.stderr.contains(words) && run.stderr.contains("nothing is removed"), "{}", run.stderr);
    }
    for arguments in [&["remove"][..], &["remove", "--all"], &["remove", "node-1", "--all", "--group", "eu"]]
    {
        assert_eq!(pins(&place, arguments).code, Some(2), "{arguments:?}");
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
    assert!(!file.with_file_name("identities.jsonl.limescope-backup").exists());
}

#[test]
fn a_file_that_cannot_be_read_in_full_is_left() {
    let place = Place::new();
    let file = written(&place, &[("node-1", "eu"), ("node-2", "eu")]);
    let whole = std::fs::read_to_string(&file).unwrap();
    let cut = &whole[..whole.len() - 20];
    std::fs::write(&file, cut).unwrap();
    for arguments in [&["remove", "node-1"][..], &["list"]] {
        let run = pins(&place, arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{}", run.stderr);
        assert!(
            run.stderr.contains("line 3: this is no line of JSON. The file is left as it is"),
            "{}",
            run.stderr
        );
        assert!(!run.stderr.contains("--no-pin"), "that belongs to an audit: {}", run.stderr);
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), cut);
    // A link may lead to somebody else's file.
    std::fs::remove_file(&file).unwrap();
    let other = place.path().join("other.jsonl");
    std::fs::write(&other, &whole).unwrap();
    std::os::unix::fs::symlink(&other, &file).unwrap();
    let run = pins(&place, &["remove", "node-1"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("this is a link to "), "{}", run.stderr);
    let named = pins(&place, &["remove", "node-1", "--pins", other.to_str().unwrap()]);
    assert_eq!(named.code, Some(0), "{}", named.stderr);
    assert!(!std::fs::read_to_string(&other).unwrap().contains("node-1"));
}

#[test]
fn hostile_ids_are_shown_safely_and_removed_as_they_are_shown() {
    let place = Place::new();
    written(&place, &[("db\u{202e}\u{1b}[31m", "e\u{1b}u"), ("node-1", "eu")]);
    let (table, text) = (pins(&place, &["list"]), pins(&place, &["list", "--format", "json"]));
    for shown in [&table.stdout, &text.stdout] {
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown}");
    }
    let id = json(&place, &[])["pins"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(id, "db\\u{202e}\\u{1b}[31m");
    let run = pins(&place, &["remove", &id]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(!run.stderr.contains('\u{1b}') && !run.stderr.contains('\u{202e}'), "{}", run.stderr);
    assert_eq!(listed(&place), ["node-1@eu"]);
}

/// What is said of the next audit comes true.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_audit_does_what_was_said() {
    let scene = Scene::of(12, 1).await;
    scene.json(0, &[]);
    let run = |arguments: &[&str]| tokio::task::block_in_place(|| pins(&scene.place, arguments));
    let text = std::fs::read_to_string(scene.pins()).unwrap();
    let all: Vec<Value> = text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |id: &Value| all.iter().filter(|pin| pin["id"] == *id).count();
    let own = all.iter().find(|pin| of(&pin["id"]) == 1).unwrap();
    let (id, group) = (own["id"].as_str().unwrap(), own["group"].as_str().unwrap());
    let first = |key: &str| own[key].as_str().unwrap().to_owned();

    // Another attestation key on the same TPM: told until only that is forgotten.
    let other = text.replace(&first("ak"), AK);
    std::fs::write(scene.pins(), &other).unwrap();
    assert_eq!(codes(&scene.json(1, &[]), "findings"), ["ak-changed"]);
    let removed = run(&["remove", id, "--attestation-key-only"]);
    assert_eq!(removed.code, Some(0), "{}", removed.stderr);
    assert!(removed.stderr.contains("removed the attestation key of "), "{}", removed.stderr);
    assert!(removed.stderr.contains("its TPM stays pinned"), "{}", removed.stderr);
    assert_eq!(scene.json(0, &[])["pins"]["learned"], 1);
    assert_eq!(std::fs::read_to_string(scene.pins()).unwrap(), text, "with the time of the first");

    // Another TPM: the attestation key alone does not help, the whole pin does.
    let other = text.replace(&first("ek"), EK);
    std::fs::write(scene.pins(), &other).unwrap();
    assert_eq!(run(&["remove", id, "--attestation-key-only"]).code, Some(0));
    assert_eq!(codes(&scene.json(1, &[]), "findings"), ["ek-changed"]);
    assert_eq!(run(&["remove", id, "--group", group]).code, Some(0));
    assert_eq!(scene.json(0, &[])["pins"]["learned"], 1);

    // Who is pinned and at no registrar any more is told, and can be forgotten.
    let text = std::fs::read_to_string(scene.pins()).unwrap();
    let ghost = text.lines().nth(1).unwrap().replacen(all[0]["id"].as_str().unwrap(), "ghost", 1);
    std::fs::write(scene.pins(), format!("{text}{ghost}\n")).unwrap();
    let audit = scene.json(0, &[]);
    assert_eq!(audit["pins"]["gone"][0]["id"], "ghost", "{}", audit["pins"]);
    let table = scene.run(&[]);
    assert!(table.stdout.contains("1 pinned agent is no longer at the registrar of their group (ghost in "));
    assert_eq!(run(&["remove", "ghost"]).code, Some(0));
    assert_eq!(scene.json(0, &[])["pins"]["gone"], Value::Array(Vec::new()));
}

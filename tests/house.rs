//! The rules of the house, checked by plain search.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Each room with the rooms that it may use.
const ROOMS: [(&str, &[&str]); 13] = [
    ("text", &[]),
    ("files", &["text"]),
    ("servers", &["text"]),
    ("policy", &["text"]),
    ("tpm", &["text"]),
    ("config", &["text", "servers"]),
    ("keylime", &["text", "servers", "tpm", "config"]),
    ("fleet", &["text", "files", "servers", "policy", "tpm", "config", "keylime"]),
    ("demo", &["text"]),
    ("tasks", &["text", "files", "servers", "policy", "tpm", "config", "keylime", "fleet", "demo"]),
    (
        "console",
        &["text", "files", "servers", "policy", "tpm", "config", "keylime", "fleet", "demo", "tasks"],
    ),
    (
        "cli",
        &[
            "text", "files", "servers", "policy", "tpm", "config", "keylime", "fleet", "demo", "tasks",
            "console",
        ],
    ),
    ("main.rs", &["cli"]),
];

/// The largest file that may stand, in lines.
const MAX_LINES: usize = 600;

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The room of a file, and its text without comments.
fn rooms() -> Vec<(String, PathBuf, String)> {
    let source = root().join("src");
    sources(&source)
        .into_iter()
        .filter(|path| !path.ends_with("lib.rs"))
        .map(|path| {
            let below = path.strip_prefix(&source).unwrap().to_owned();
            let room = below.components().next().unwrap().as_os_str().to_str().unwrap().to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let code: Vec<_> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            (room, below, code.join("\n"))
        })
        .collect()
}

#[test]
fn rooms_use_only_the_rooms_before_them() {
    let known: Vec<_> = ROOMS.iter().map(|(room, _)| *room).collect();
    for (room, path, code) in rooms() {
        let (_, allowed) = ROOMS
            .iter()
            .find(|(name, _)| *name == room)
            .unwrap_or_else(|| panic!("{room} is no room: {}", path.display()));
        for other in known.iter().filter(|other| **other != room && !allowed.contains(other)) {
            for way in [format!("crate::{other}"), format!("limescope::{other}")] {
                let used = code.match_indices(&way).any(|(at, _)| {
                    !code[at + way.len()..].starts_with(|next: char| next.is_alphanumeric() || next == '_')
                });
                assert!(!used, "{} uses {way}: {room} may use only {allowed:?}", path.display());
            }
        }
        assert!(
            !code.contains("use crate::{"),
            "{}: one `use` per room, so that a search finds it",
            path.display()
        );
    }
}

#[test]
fn only_one_room_knows_each_big_library() {
    for (library, owners) in [
        ("ratatui", &["console"][..]),
        ("crossterm", &["console"]),
        ("reqwest", &["keylime"]),
        ("clap", &["cli"]),
        ("color_eyre", &["cli", "main.rs"]),
        ("rcgen", &["demo", "tpm"]),
        ("toml::", &["servers", "policy", "tpm", "config"]),
        ("sigstore_verify", &["policy"]),
        ("tss_esapi", &["tpm"]),
        ("libloading", &["tpm"]),
    ] {
        for (room, path, code) in rooms() {
            let used = code.lines().any(|line| {
                line.contains(&format!("{library}::")) || line.contains(&format!("use {library}"))
            });
            assert!(!used || owners.contains(&room.as_str()), "{} uses {library}", path.display());
        }
    }
}

/// It is young: what it changes must stay in one file.
#[test]
fn only_one_file_knows_the_library_that_verifies_bundles() {
    let knows = |(_, path, code): (String, PathBuf, String)| code.contains("sigstore_verify").then_some(path);
    let files: Vec<_> = rooms().into_iter().filter_map(knows).collect();
    assert_eq!(files, [Path::new("policy/evidence/sigstore.rs")]);
}

#[test]
fn no_file_holds_more_than_one_idea_can_need() {
    for folder in ["src", "tests"] {
        for path in sources(&root().join(folder)) {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines <= MAX_LINES, "{} has {lines} lines; at most {MAX_LINES}", path.display());
        }
    }
}

#[test]
fn every_room_tells_its_story() {
    for folder in fs::read_dir(root().join("src"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
    {
        let story = fs::read_to_string(folder.join("mod.rs")).unwrap();
        let lines = story.lines().take_while(|line| line.starts_with("//!")).count();
        assert!(lines >= 3, "{}/mod.rs tells its story in {lines} lines", folder.display());
    }
}

#[test]
fn there_is_one_crypto_stack() {
    // The lock file also names what no feature of ours turns on; the tree does not.
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let crates: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    for other in ["ring", "openssl", "openssl-sys", "native-tls", "aes", "rsa", "sha2", "p256", "mbedtls"] {
        assert!(!crates.contains(other), "{other} is a second crypto stack");
    }
    assert!(crates.contains("aws-lc-rs") && crates.contains("rustls"));
}

/// The jumps to libtss2 are the one module that may, and all that it holds.
#[test]
fn the_words_unsafe_and_allow_stay_out_of_the_library() {
    for (_, path, code) in rooms() {
        for word in
            ["unsafe", "#[allow(clippy::unwrap_used", "#[allow(clippy::expect_used", "#[allow(clippy::panic"]
        {
            let may = word == "unsafe" && path.starts_with("tpm/link");
            assert!(may || !code.contains(word), "{} holds `{word}`", path.display());
        }
    }
}

/// A program links only the functions it uses, so that one builds does not show that none is missing: the source does.
#[test]
fn every_symbol_that_tss_esapi_calls_is_ours() {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let folder = |name: &str| {
        let packages = metadata["packages"].as_array().unwrap();
        let package = packages.iter().find(|package| package["name"] == name).unwrap();
        Path::new(package["manifest_path"].as_str().unwrap()).with_file_name("src")
    };
    let words = |file: &Path| {
        let text = fs::read_to_string(file).unwrap();
        let code: Vec<_> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let word = |next: char| !(next.is_alphanumeric() || next == '_');
        code.join("\n").split(word).map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let bound = words(&folder("tss-esapi-sys").join("bindings/x86_64-unknown-linux-gnu.rs"));
    let called: BTreeSet<_> = sources(&folder("tss-esapi")).iter().flat_map(|file| words(file)).collect();
    let functions = |name: &&String| {
        let after = name.strip_prefix("Esys_").or_else(|| name.strip_prefix("Tss2_"));
        after.is_some_and(|after| after.starts_with(char::is_uppercase))
    };
    let needed: BTreeSet<_> = bound.intersection(&called).filter(functions).map(String::as_str).collect();
    let ours: BTreeSet<_> = limescope::tpm::link::names().collect();
    assert_eq!(ours, needed);
}

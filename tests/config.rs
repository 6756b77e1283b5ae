//! `limescope.toml`: a corpus of right and wrong files, and the sample.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use limescope::config::{
    Anchor, Config, HostnameCheck, KeySource, MAX_BYTES, PassphraseSource, SAMPLE, parse,
};
use limescope::files::places::Places;
use limescope::servers::Severity;
use proptest::prelude::*;

const FOLDER: &str = "/etc/limescope";

fn corpus(kind: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config").join(kind);
    let mut files: Vec<(String, String)> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| {
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn read(text: &str) -> Result<(Config, Vec<limescope::config::Diagnostic>), limescope::config::ConfigErrors> {
    parse(text, &Path::new(FOLDER).join("limescope.toml"), Some(Path::new("/home/operator")))
}

fn valid(name: &str) -> Config {
    let (_, text) = corpus("valid").into_iter().find(|(file, _)| file == name).unwrap();
    read(&text).unwrap().0
}

fn urls(endpoints: &[limescope::servers::Endpoint]) -> Vec<String> {
    endpoints.iter().map(ToString::to_string).collect()
}

#[test]
fn every_wrong_file_has_its_message() {
    let files = corpus("invalid");
    assert!(files.len() > 80, "{} files", files.len());
    let settings = {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("config/expected");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings
    };
    settings.bind(|| {
        for (name, text) in files {
            let errors = match parse(&text, Path::new("limescope.toml"), None) {
                Err(errors) => errors,
                Ok((config, _)) => panic!("{name}: accepted as {config:?}"),
            };
            let shown = errors.to_string();
            assert!(!shown.contains("hunter2"), "{name}: {shown}");
            assert!(!shown.contains("MIIEvQ"), "{name}: {shown}");
            assert!(!shown.contains('\u{1b}'), "{name}");
            insta::assert_snapshot!(name, shown);
        }
    });
}

#[test]
fn one_fault_gives_one_error() {
    for (name, text) in corpus("invalid") {
        if name.starts_with("several") || name.ends_with("-and-others") || name.starts_with("syntax") {
            continue;
        }
        let errors = read(&text).unwrap_err();
        let codes: Vec<&str> = errors.errors().map(|error| error.code).collect();
        assert_eq!(codes.len(), 1, "{name}: {codes:?}");
    }
}

#[test]
fn every_right_file_gives_the_warnings_that_it_names() {
    for (name, text) in corpus("valid") {
        let (_, diagnostics) = read(&text).unwrap_or_else(|errors| panic!("{name}: {errors}"));
        let mut codes: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        codes.sort_unstable();
        let expected = text.lines().next().unwrap().strip_prefix("# expects:").unwrap().trim();
        assert_eq!(codes.join(" "), expected, "{name}");
        assert!(diagnostics.iter().all(|diagnostic| diagnostic.severity != Severity::Error), "{name}");
    }
}

#[test]
fn the_sample_loads_as_it_is() {
    let (config, diagnostics) = read(SAMPLE).unwrap();
    let codes: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, ["clear-text"]);
    let defaults = Config::with_groups(config.groups.clone());
    assert_eq!(config, defaults, "the sample shows the defaults");
    let group = &config.groups[0];
    assert_eq!(group.name, "eu-west");
    assert_eq!(urls(&group.verifiers), ["https://ver1.example.com:8881", "https://[2001:db8::5]:8881"]);
    assert_eq!(group.operators()[0].to_string(), "https://reg1.example.com:8891");
}

#[test]
fn what_the_sample_offers_in_comments_loads_too() {
    let text: Vec<String> = SAMPLE
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            // Settings, headers; not sentences.
            Some(rest)
                if rest.starts_with('[') || rest.split_once(" = ").is_some_and(|(key, _)| is_key(key)) =>
            {
                rest.replace("\"…\"", "\"plain\"")
            }
            _ => line.to_owned(),
        })
        .filter(|line| !line.starts_with("key_passphrase_env"))
        .collect();
    let (config, _) = read(&text.join("\n")).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(config.theme.as_deref(), Some("plain"));
    assert_eq!(config.vendor_roots.as_deref(), Some(Path::new("/etc/limescope/tpm-makers")));
    assert_eq!(config.keys["quit"], ["q", "ctrl-c"]);
    let group = &config.groups[0];
    assert_eq!(group.operators()[0].to_string(), "https://reg1-admin.example.com:8891");
    assert_eq!(group.tls.expect_name.as_deref(), Some("server"));
    assert_eq!(
        group.tls.passphrase,
        Some(PassphraseSource::File("/etc/limescope/client-private.pass".into()))
    );
}

fn is_key(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[test]
fn all_keys_are_taken_over() {
    let config = valid("all-keys");
    assert_eq!(config.poll_interval, Duration::from_secs(3));
    assert_eq!(config.stale_after, Duration::from_secs(60));
    assert!(config.read_only);
    assert_eq!(config.anchor, Anchor::Required);
    assert_eq!(config.vendor_roots.as_deref(), Some(Path::new("/home/operator/tpm-makers")));
    let beside = valid("vendor-roots-relative").vendor_roots;
    assert_eq!(beside.as_deref(), Some(Path::new("/etc/limescope/tpm/makers")));
    assert_eq!(config.theme.as_deref(), Some("plain"));
    let keys: BTreeMap<String, Vec<String>> = [
        ("quit".to_owned(), vec!["q".to_owned()]),
        ("filter".to_owned(), vec!["/".to_owned(), "ctrl-f".to_owned()]),
    ]
    .into();
    assert_eq!(config.keys, keys);
    let group = &config.groups[0];
    assert_eq!((group.name.as_str(), group.index), ("eu west", 1));
    assert_eq!(group.registrars[0].agent.as_ref().unwrap().to_string(), "http://reg1:9000");
    assert_eq!(group.registrars[0].operator.to_string(), "https://reg1-admin:8891");
    let tls = &group.tls;
    assert_eq!(tls.ca.as_deref(), Some(Path::new("/ca.crt")));
    assert_eq!(tls.cert.as_deref(), Some(Path::new("/home/operator/client.crt")));
    assert_eq!(tls.key, Some(KeySource::File(PathBuf::from("/etc/limescope/../client.pem"))));
    assert_eq!(tls.passphrase, Some(PassphraseSource::Environment("PASS".to_owned())));
    assert_eq!(tls.hostname, HostnameCheck::Verify);
    assert_eq!(tls.expect_name.as_deref(), Some("server"));
}

#[test]
fn groups_without_a_name_are_numbered() {
    let config = valid("three-groups");
    assert_eq!(config.verification_duplication, 3);
    let names: Vec<(&str, usize)> =
        config.groups.iter().map(|group| (group.name.as_str(), group.index)).collect();
    assert_eq!(names, [("group-1", 1), ("group-2", 2), ("third", 3)]);
}

#[test]
fn repeats_are_taken_out_of_the_lists_to_choose_from() {
    let config = valid("repeats");
    let group = &config.groups[0];
    assert_eq!(urls(&group.verifiers), ["https://ver1:8881", "https://10.0.0.1:8881"]);
    assert_eq!(group.operators().len(), 1);
    assert_eq!(group.agent_faces().len(), 2);
}

#[test]
fn admin_entries_stand_alone_where_they_cannot_be_paired() {
    let config = valid("unpaired-admin");
    let group = &config.groups[0];
    assert_eq!(group.registrars.len(), 1);
    assert_eq!(group.registrars[0].operator.to_string(), "https://balancer:443");
    assert_eq!(group.registrars[0].agent, None);
}

#[test]
fn keys_may_be_in_the_tpm() {
    let config = valid("dotted-tls");
    assert_eq!(config.groups[0].tls.key, Some(KeySource::Tpm("/etc/limescope/k.pem".into())));
}

#[test]
fn a_byte_order_mark_and_crlf_are_fine() {
    let text = format!("\u{feff}{}", SAMPLE.replace('\n', "\r\n"));
    assert_eq!(read(&text).unwrap().0, read(SAMPLE).unwrap().0);
}

#[test]
fn sizes_are_bounded_in_words() {
    let huge = " ".repeat(MAX_BYTES as usize + 1);
    assert!(read(&huge).unwrap_err().to_string().contains("at most 4194304 are read"));
    let blocks = "[[servers]]\nregistrars = [\"r\"]\n".repeat(1_025);
    let errors = read(&blocks).unwrap_err();
    assert!(errors.errors().any(|error| error.code == "too-many-blocks"));
    assert!(errors.diagnostics.len() <= 300 && errors.omitted > 0);
    let list = "\"v\", ".repeat(5_000);
    let errors = read(&format!("[[servers]]\nregistrars = [\"r\"]\nverifiers = [{list}]\n")).unwrap_err();
    assert!(errors.errors().any(|error| error.code == "too-many-addresses"));
    let errors = read(&"]".repeat(1 << 21)).unwrap_err();
    assert_eq!(errors.errors().count(), 1);
    let errors = read(&"]\n".repeat(100_000)).unwrap_err();
    assert_eq!(errors.errors().count(), 20);
    // A megabyte of the same address, on one line: found, and counted.
    let list = "\"v\",".repeat(4_000);
    let block = format!("{{ registrars = [\"r\"], verifiers = [{list}] }},");
    let (_, diagnostics) = read(&format!("servers = [ {} ]", block.repeat(64))).unwrap();
    assert!(diagnostics.len() <= 200);
}

#[test]
fn the_users_own_places_follow_the_xdg_variables() {
    // Read once per process by the library, so a child with its own variables looks.
    if std::env::var_os("LIMESCOPE_TEST_PLACES").is_some() {
        let places = Places::of_this_user().unwrap();
        assert_eq!(places.config_file, Path::new("/x/config/limescope/limescope.toml"));
        assert_eq!(places.state_folder, Path::new("/x/state/limescope"));
        assert_eq!(places.home, Path::new("/x/home"));
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_users_own_places_follow_the_xdg_variables"])
        .env("LIMESCOPE_TEST_PLACES", "1")
        .env("HOME", "/x/home")
        .env("XDG_CONFIG_HOME", "/x/config")
        .env("XDG_STATE_HOME", "/x/state")
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && words.contains("1 passed"), "{words}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_damaged_sample_never_panics(at in 0usize..3_000, length in 0usize..40, with in "[ -~\n]{0,8}") {
        let mut text = SAMPLE.to_owned();
        let floor = |mut offset: usize| {
            while !SAMPLE.is_char_boundary(offset) {
                offset -= 1;
            }
            offset
        };
        let start = floor(at.min(text.len()));
        let end = floor((start + length).min(text.len())).max(start);
        text.replace_range(start..end, &with);
        if let Err(errors) = read(&text) {
            prop_assert!(errors.errors().count() > 0);
        }
    }

    #[test]
    fn text_like_a_configuration_never_panics(
        lines in prop::collection::vec(
            prop::sample::select(vec![
                "[[servers]]", "[servers]", "[servers.tls]", "[[servers.tls]]", "[keys]", "[servers.tls.x]",
                "registrars = [\"r\"]", "verifiers = [\"v\"", "]", "name = 1", "servers = 1", "tls.ca = \"a\"",
                "tls = {}", "keys.a.b = 1", "[servers.registrars]", "'''", "\"", "read_only = true", "[[a.b]]",
                "servers.name = \"x\"", "\u{feff}",
            ]),
            0..12,
        ),
    ) {
        let _ = read(&lines.join("\n"));
    }
}

#[test]
fn a_byte_order_mark_moves_no_column() {
    let errors = read("\u{feff}bogus = 1\n[[servers]]\nregistrars = [\"r\"]\n").unwrap_err().to_string();
    assert!(errors.contains("limescope.toml:1:1: error: unknown key \"bogus\""), "{errors}");
    assert!(!errors.contains("feff"), "{errors}");
}

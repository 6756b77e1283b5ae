//! `limescope demo --serve` (contract §4).

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::command::Place;
use crate::support::wait::wait_for;

#[test]
fn serve_prints_the_configuration_serves_until_sigterm_and_leaves_nothing() {
    let place = Place::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_limescope"))
        .args(["demo", "--serve", "--still", "--groups", "2", "--agents", "30", "--seed", "7"])
        .env("HOME", place.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The text is flushed once the servers listen; the output stays open after it.
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut text = String::new();
    let mut keys = 0;
    while keys < 2 {
        let line = lines.next().unwrap().unwrap();
        keys += usize::from(line.starts_with("key = "));
        text.push_str(&line);
        text.push('\n');
    }
    let file = place.path().join("demo.toml");
    std::fs::write(&file, &text).unwrap();
    let first = place.status(&file);
    assert_eq!(first["agents"].as_array().unwrap().len(), 30);
    let same = |status: &serde_json::Value| status["agents"].clone();
    assert_eq!(same(&first), same(&place.status(&file)), "--still: nothing changes");

    let folder = text.lines().find_map(|line| line.strip_prefix("ca = \"")).unwrap();
    let folder = std::path::Path::new(folder.trim_end_matches('"')).parent().unwrap().to_owned();
    assert!(folder.is_dir());
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let start = Instant::now();
    let code =
        wait_for("the served fleet to end", || child.try_wait().unwrap().ok_or_else(|| "it runs".to_owned()));
    assert!(code.success(), "{code}");
    assert!(start.elapsed() < Duration::from_secs(10));
    assert!(!folder.exists(), "the keys stayed behind in {}", folder.display());
}

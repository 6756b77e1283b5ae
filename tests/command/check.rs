//! `limescope check` (contract §3).

use limescope::demo::{DemoFleet, DemoOptions};

use crate::support::command::Place;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_decide_between_critical_warning_and_ok() {
    let fleet = DemoFleet::start(&DemoOptions { still: true, ..DemoOptions::default() }).await.unwrap();
    let config = fleet.config_path().to_str().unwrap().to_owned();
    let check = |more: &[&str]| {
        let mut arguments = vec!["check", "--config", &config];
        arguments.extend(more);
        let run = tokio::task::block_in_place(|| Place::new().run(&arguments));
        assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
        (run.code.unwrap(), run.stdout)
    };
    let (code, line) = check(&[]);
    assert_eq!(code, 2);
    assert!(line.starts_with("LIMESCOPE CRITICAL - 3 of 4 groups up, 120 agents, down: lab"), "{line}");
    assert_eq!(check(&["--max-failed", "99"]).0, 2, "a group is down");
    assert_eq!(
        check(&["--max-failed", "99", "--min-up", "3"]).0,
        1,
        "agents are stale, timed out or unknown"
    );
    assert_eq!(check(&["--max-failed", "99", "--min-up", "3", "--max-stale", "99"]).0, 0);
    let (_, line) = check(&["--max-failed", "99", "--min-up", "3", "--max-stale", "99"]);
    let (words, data) = line.trim_end().split_once(" | ").unwrap();
    assert!(words.starts_with("LIMESCOPE OK - "), "{words}");
    for datum in data.split(' ') {
        let (label, value) = datum.split_once('=').unwrap();
        let number = value.split(';').next().unwrap();
        assert!(!label.is_empty() && number.parse::<u64>().is_ok(), "{datum}");
    }
}

#[test]
fn wrong_usage_is_2_and_a_bad_configuration_3() {
    let place = Place::new();
    assert_eq!(place.run(&["check", "--max-failed", "many"]).code, Some(2));
    assert_eq!(place.run(&["check"]).code, Some(3), "no configuration at all");
}

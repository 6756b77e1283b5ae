//! Finding the configuration, and what is said when it is missing or wrong.

use std::fs;

use limescope::demo::{DemoFleet, DemoOptions};

use crate::support::command::Place;

#[test]
fn without_a_configuration_it_says_what_to_write_where_and_mentions_the_demo() {
    let place = Place::new();
    for arguments in [&["status"][..], &[]] {
        let run = place.run(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        for words in ["limescope.toml", "limescope print config", "limescope demo", "/etc/keylime"] {
            assert!(run.stderr.contains(words), "{words} is missing in: {}", run.stderr);
        }
    }
}

#[test]
fn a_wrong_one_starts_nothing_and_shows_the_place_and_the_nearest_right_name() {
    let place = Place::new();
    let file = place.path().join("wrong.toml");
    fs::write(
        &file,
        "poll_interval = 5\n[[servers]]\nregistrars = [\"reg1\"]\nverifer = [\"https://u:s3cret@ver1\"]\n",
    )
    .unwrap();
    for arguments in [&["status"][..], &[]] {
        let mut arguments = arguments.to_vec();
        arguments.extend(["--config", file.to_str().unwrap()]);
        let run = place.run(&arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
        for words in [
            "wrong.toml:1:1:",
            "poll_interval_s",
            "wrong.toml:4:1:",
            "verifiers",
            "^^^^^^^",
            "nothing was started",
        ] {
            assert!(run.stderr.contains(words), "{words} is missing in: {}", run.stderr);
        }
        assert!(!run.stderr.contains("s3cret"), "{}", run.stderr);
    }
}

#[test]
fn the_printed_sample_is_the_one_that_is_loaded() {
    let place = Place::new();
    let run = place.run(&["print", "config"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), limescope::config::SAMPLE));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_users_own_file_is_found_in_the_xdg_folder() {
    let fleet =
        DemoFleet::start(&DemoOptions { agents: 20, still: true, ..DemoOptions::default() }).await.unwrap();
    let place = Place::new();
    let folder = place.path().join("config/limescope");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("limescope.toml"), fleet.config_toml()).unwrap();
    let run = tokio::task::block_in_place(|| place.run(&["status"]));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.starts_with("eu-west: up"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credentials_that_cannot_be_read_cost_their_own_group_only() {
    let fleet =
        DemoFleet::start(&DemoOptions { agents: 20, still: true, ..DemoOptions::default() }).await.unwrap();
    let place = Place::new();
    let file = place.path().join("half.toml");
    let ca = fleet.groups()[1].ca.to_str().unwrap();
    fs::write(&file, fleet.config_toml().replace(ca, "/nonexistent/ca.pem")).unwrap();
    let status = tokio::task::block_in_place(|| place.status(&file));
    assert_eq!(status["groups"][0]["reachability"], "up");
    assert_eq!(status["groups"][1]["reachability"], "down");
    let error = status["groups"][1]["addresses"][0]["error"].as_str().unwrap();
    assert!(error.contains("`ca`") && error.contains("/nonexistent/ca.pem"), "{error}");
}

//! Killed at random moments during a thousand saves.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::{again, drop_in, folder, names, open};

const SAVES: usize = 1_000;

/// Large enough that a write of it takes a while.
fn text(letter: char) -> String {
    format!("# {letter}\n{}", format!("{}\n", letter.to_string().repeat(99)).repeat(2_000))
}

/// Saves one text after the other, telling each, until it is killed.
#[test]
#[ignore = "a child of the test below"]
fn saves_for_ever() {
    let mut file = open(&again::file());
    let mut out = std::io::stdout();
    for letter in ['a', 'b', 'c'].into_iter().cycle() {
        if file.text() != Some(&text(letter)) {
            file.save(&text(letter)).unwrap();
        }
        // The parent is gone: so is this.
        if writeln!(out, "saved").and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}

fn is_whole(path: &Path) -> bool {
    let found = std::fs::read_to_string(path).unwrap();
    ['a', 'b', 'c'].into_iter().any(|letter| found == text(letter))
}

#[test]
fn killed_at_any_moment_the_file_is_whole_and_nothing_strays_into_the_drop_in_folder() {
    let folder = folder();
    let path = drop_in(folder.path(), &text('a'));
    let mut random = StdRng::seed_from_u64(119);
    let mut saves = 0;
    let mut kills = 0;
    while saves < SAVES {
        let mut child = again::child(&[], "crash::saves_for_ever", &path).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let counted =
            std::thread::spawn(move || lines.map_while(Result::ok).filter(|line| line == "saved").count());
        // It has to start first; what happens then, happens at any moment.
        std::thread::sleep(Duration::from_micros(random.random_range(10_000..250_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        saves += counted.join().unwrap();
        kills += 1;
        assert!(is_whole(&path), "kill {kills}: neither the old nor the new text");
        assert_eq!(names(path.parent().unwrap()), ["50-servers.conf"], "kill {kills}");
        for name in names(folder.path()) {
            let backup = folder.path().join(&name);
            assert!(!name.ends_with("-backup") || is_whole(&backup), "kill {kills}: {name} is no whole text");
        }
    }
    assert!(kills >= 5, "{kills} kills in {saves} saves");
    // Whatever a killed one left behind does not hinder the next.
    let saved = open(&path).save(&text('z')).unwrap();
    assert!(is_whole(&saved.backup.unwrap()));
    assert_eq!(names(folder.path()), ["agent.conf.d", "agent.conf.d-50-servers.conf.limescope-backup"]);
}

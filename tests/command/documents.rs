//! The committed documents are what the program prints.

use std::fs;
use std::path::{Path, PathBuf};

use limescope::console::documentation;

use crate::support::command::Place;

/// The committed documents, and how each is printed.
const DOCUMENTS: [(&str, &[&str]); 5] = [
    ("assets/COMMANDS.md", &["print", "commands"]),
    ("assets/limescope.1", &["print", "man"]),
    ("assets/completions/limescope.bash", &["print", "completions", "bash"]),
    ("assets/completions/_limescope", &["print", "completions", "zsh"]),
    ("assets/completions/limescope.fish", &["print", "completions", "fish"]),
];

const BEGIN: &str = "<!-- keys: made by `make docs` -->\n";
const END: &str = "<!-- keys: end -->\n";

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn printed(place: &Place, arguments: &[&str]) -> String {
    let run = place.run(arguments);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.stdout
}

/// The README with the keys as they are.
fn readme() -> (String, String) {
    let text = fs::read_to_string(path("README.md")).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the README has a place for the keys");
    let (_, after) = rest.split_once(END).expect("the README's keys have an end");
    let made = format!("{before}{BEGIN}{}{END}{after}", documentation::keys().unwrap());
    (text, made)
}

#[test]
fn committed_documents_are_current() {
    let place = Place::new();
    for (name, arguments) in DOCUMENTS {
        let committed = fs::read_to_string(path(name)).unwrap();
        assert!(committed == printed(&place, arguments), "{name} is old: run `make docs`");
    }
    let (text, made) = readme();
    assert!(text == made, "the keys of README.md are old: run `make docs`");
}

#[test]
fn what_is_printed_to_start_from_is_taken_again() {
    let place = Place::new();
    let own = place.path().join("config/limescope");
    fs::create_dir_all(own.join("themes")).unwrap();
    fs::write(own.join("keymap.toml"), printed(&place, &["print", "keymap"])).unwrap();
    for part in printed(&place, &["print", "themes"]).split("# ==== themes/").skip(1) {
        let (name, text) = part.split_once(" ====\n").unwrap();
        fs::write(own.join("themes").join(name), text).unwrap();
    }
    // The settings are read before the terminal is looked for.
    let run = place.run(&["demo", "--still", "--theme", "dark"]);
    assert!(run.stderr.contains("such a terminal cannot place text"), "{}", run.stderr);
    let run = place.run(&["print", "completions"]);
    assert_eq!(run.code, Some(2), "a shell is needed: {}", run.stderr);
}

#[test]
fn own_keys_that_cannot_work_stop_the_start() {
    let place = Place::new();
    let own = place.path().join("config/limescope");
    fs::create_dir_all(&own).unwrap();
    fs::write(own.join("keymap.toml"), "bind = [{ keys = [\"x\"], command = \"quitt\", when = [\"page\"] }]")
        .unwrap();
    let run = place.run(&["demo", "--still"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("keymap.toml:1:") && run.stderr.contains("did you mean quit?"),
        "{}",
        run.stderr
    );
}

/// Not a check: `make docs` runs it to write the documents anew.
#[test]
#[ignore = "writes the committed documents; run it with `make docs`"]
fn write() {
    let place = Place::new();
    fs::create_dir_all(path("assets/completions")).unwrap();
    for (name, arguments) in DOCUMENTS {
        fs::write(path(name), printed(&place, arguments)).unwrap();
    }
    fs::write(path("README.md"), readme().1).unwrap();
}

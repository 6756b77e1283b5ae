//! `limescope servers` where it writes: `set`, `add-block`, `remove-block`, `migrate`, `fmt`.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use limescope::files::saving::{Links, Original};
use limescope::servers::edit::Document;

use crate::support::command::{Finished, Place};

const FIXTURES: [&str; 5] =
    ["agent.conf", "example-1.toml", "example-2.toml", "example-3.toml", "example-4.toml"];

/// Two whole blocks, with everything that must stay as it is.
const FILE: &str = "\u{feff}# Ours.\r\n[agent]\r\nuuid = 'generate' # kept\r\ntpm_ownerpassword = \"SECRET\"\r\n\r\n\
    # Berlin\r\n[[servers]]\r\nregistrars = [\"reg1\"]\r\nverifiers = [\"ver1\"]\r\n\r\n# Paris\r\n[[servers]]\r\n\
    registrars = [\"reg2\"]\r\nverifiers = [\"ver2\"]\r\n";

fn fixture(name: &str) -> String {
    fs::read_to_string(format!("{}/tests/servers/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn file(place: &Place, text: &str) -> PathBuf {
    let path = place.path().join("agent.conf");
    fs::write(&path, text).unwrap();
    path
}

/// `servers COMMAND FILE MORE…`
fn servers(place: &Place, command: &str, path: &Path, more: &[&str]) -> Finished {
    let mut arguments = vec!["servers", command, path.to_str().unwrap()];
    arguments.extend(more);
    place.run(&arguments)
}

/// `servers COMMAND - MORE…`
fn filtered(command: &str, text: &str, more: &[&str]) -> Finished {
    let mut arguments = vec!["servers", command, "-"];
    arguments.extend(more);
    Place::new().run_with(&arguments, text.as_bytes(), &[])
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "state")
        .collect();
    names.sort();
    names
}

#[test]
fn without_write_the_diff_is_shown_and_nothing_is_touched() {
    let place = Place::new();
    let path = file(&place, FILE);
    let run = servers(&place, "set", &path, &["--duplication", "2"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let name = path.display();
    assert!(
        run.stdout.starts_with(&format!("--- {name}\n+++ {name}\n@@ -2,6 +2,7 @@\n [agent]\r\n")),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("\n+verification_duplication = 2\r\n"), "{}", run.stdout);
    assert!(run.stderr.contains("add --write"), "{}", run.stderr);
    assert!(!run.stdout.contains("SECRET") && !run.stderr.contains("SECRET"));
    assert_eq!(
        (fs::read_to_string(&path).unwrap().as_str(), names(place.path())),
        (FILE, vec!["agent.conf".to_owned()])
    );
}

#[test]
fn write_saves_exactly_that_and_keeps_mode_mark_line_ends_and_a_backup() {
    let place = Place::new();
    let path = file(&place, FILE);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let run = servers(&place, "set", &path, &["--duplication", "2", "--write"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let expected = FILE.replace("\"SECRET\"\r\n", "\"SECRET\"\r\nverification_duplication = 2\r\n");
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    assert_eq!(path.metadata().unwrap().mode() & 0o7777, 0o640);
    let backup = place.path().join("agent.conf.limescope-backup");
    assert_eq!(fs::read_to_string(&backup).unwrap(), FILE);
    assert!(run.stderr.contains(backup.to_str().unwrap()), "{}", run.stderr);
    assert!(
        run.stderr.contains("systemctl restart keylime_agent (in push mode: keylime_push_model_agent)"),
        "{}",
        run.stderr
    );
    let again = servers(&place, "set", &path, &["--duplication", "2", "--write"]);
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), ""), "{}", again.stderr);
    assert_eq!(fs::read_to_string(&backup).unwrap(), FILE, "nothing to do makes no backup");
    let push = servers(&place, "set", &path, &["--duplication", "1", "--write", "--mode", "push"]);
    assert!(push.stderr.contains("systemctl restart keylime_push_model_agent"), "{}", push.stderr);
}

#[test]
fn what_is_loaded_and_saved_unchanged_has_the_same_bytes() {
    let place = Place::new();
    for name in FIXTURES {
        let text = fixture(name);
        for text in
            [text.clone(), text.replace('\n', "\r\n"), format!("\u{feff}{}", text.replace('\n', "\r\n"))]
        {
            let path = file(&place, &text);
            let mut original = Original::open(&path, 1 << 22, Links::Refuse).unwrap();
            let document = Document::new(original.text().unwrap()).unwrap();
            original.save(document.text()).unwrap();
            assert_eq!(fs::read(&path).unwrap(), text.as_bytes(), "{name}");
            // And through the commands: what comes and goes leaves no trace.
            let added = filtered("add-block", &text, &["--registrar", "a", "--verifier", "b"]);
            assert_eq!(added.code, Some(0), "{name}: {}", added.stderr);
            let blocks = Document::new(added.stdout.as_str()).unwrap().blocks();
            let removed = filtered("remove-block", &added.stdout, &[&blocks.to_string()]);
            assert_eq!(
                (removed.code, removed.stdout.as_str()),
                (Some(0), text.as_str()),
                "{name}: {}",
                removed.stderr
            );
        }
    }
}

#[test]
fn blocks_come_and_go() {
    let place = Place::new();
    let path = file(&place, FILE);
    let more = [
        "--registrar",
        "reg3",
        "https://[2001:db8::1]",
        "--registrar",
        "reg4",
        "--verifier",
        "ver3",
        "ver4",
        "--write",
    ];
    assert_eq!(servers(&place, "add-block", &path, &more).code, Some(0));
    let block = "\r\n[[servers]]\r\nregistrars = [\"reg3\", \"https://[2001:db8::1]\", \"reg4\"]\r\n\
                 verifiers = [\"ver3\", \"ver4\"]\r\n";
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{FILE}{block}"));
    assert_eq!(servers(&place, "remove-block", &path, &["1", "--write"]).code, Some(0));
    let (head, rest) = FILE.split_once("# Berlin").unwrap();
    let rest = rest.split_once("# Paris").unwrap().1;
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{head}# Paris{rest}{block}"));
    for (index, words) in [("3", "there is no block 3: there are 2"), ("0", "invalid value")] {
        let run = servers(&place, "remove-block", &path, &[index, "--write"]);
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
    assert_eq!(
        servers(&place, "add-block", &path, &["--verifier", "v"]).code,
        Some(2),
        "a registrar is needed"
    );
}

#[test]
fn a_result_with_new_errors_is_refused_with_its_diagnostics_unless_forced() {
    let place = Place::new();
    let path = file(&place, FILE);
    let refused = [
        ("set", vec!["--duplication", "3"], "verification_duplication is 3, but there are only 2 blocks"),
        ("set", vec!["--duplication", "0"], "the minimum is 1"),
        ("add-block", vec!["--registrar", "reg:70000", "--verifier", "v"], "registrars = [\"reg:70000\"]"),
        ("add-block", vec!["--registrar", "https://user:PASSWORD@reg", "--verifier", "v"], "https://***@reg"),
    ];
    for (command, more, words) in &refused {
        for write in [&[][..], &["--write"]] {
            let more = [more.as_slice(), write].concat();
            let run = servers(&place, command, &path, &more);
            assert_eq!(run.code, Some(1), "{more:?}: {}", run.stderr);
            assert!(run.stderr.contains(words) && run.stderr.contains("refused"), "{more:?}: {}", run.stderr);
            assert!(run.stdout.starts_with("--- "), "the diff is shown: {}", run.stdout);
            assert!(!format!("{}{}", run.stdout, run.stderr).contains("PASSWORD"));
            assert_eq!(fs::read_to_string(&path).unwrap(), FILE);
        }
        let more = [more.as_slice(), &["--write", "--force"]].concat();
        let run = servers(&place, command, &path, &more);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(run.stderr.contains(words), "what is wrong is said: {}", run.stderr);
        assert!(!format!("{}{}", run.stdout, run.stderr).contains("PASSWORD"));
        assert_ne!(fs::read_to_string(&path).unwrap(), FILE);
        file(&place, FILE);
    }
    // Errors that were there already stop nobody.
    let broken = file(&place, &FILE.replace("\"reg1\"", "\"reg:70000\""));
    let run = servers(&place, "set", &broken, &["--duplication", "1", "--write"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    // Right for one kind of agent is right, and the other is named.
    let path = file(
        &place,
        "[[servers]]\nregistrars = [\"r\"]\nverifiers = [\"v\"]\n[[servers]]\nregistrars = [\"s\"]\n",
    );
    let run = servers(&place, "set", &path, &["--duplication", "2"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("no longer right in push mode"), "{}", run.stderr);
    assert_eq!(servers(&place, "set", &path, &["--duplication", "2", "--mode", "push"]).code, Some(1));
}

#[test]
fn a_file_that_is_no_toml_is_refused_with_its_place() {
    let place = Place::new();
    for (text, words) in [("[[servers]\n", ":1:"), ("[servers]\nregistrars = [\"r\"]\n", "[[servers]]")] {
        let path = file(&place, text);
        for more in [["fmt"].as_slice(), &["set", "--duplication", "1", "--force"], &["migrate", "--write"]] {
            let run = servers(&place, more[0], &path, &more[1..]);
            assert_eq!(run.code, Some(1), "{}", run.stderr);
            assert!(run.stderr.contains(words) && run.stderr.contains("agent.conf"), "{}", run.stderr);
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }
    fs::write(place.path().join("agent.conf"), b"a = \"\xff\"\n").unwrap();
    assert_eq!(servers(&place, "fmt", &place.path().join("agent.conf"), &["--write"]).code, Some(1));
}

#[test]
fn standard_input_becomes_the_new_text() {
    let run = filtered("set", FILE, &["--duplication", "2"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stdout, FILE.replace("\"SECRET\"\r\n", "\"SECRET\"\r\nverification_duplication = 2\r\n"));
    let same = filtered("migrate", FILE, &[]);
    assert_eq!((same.code, same.stdout.as_str()), (Some(0), FILE), "nothing to do: {}", same.stderr);
    let run = filtered("set", FILE, &["--duplication", "2", "--write"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert!(run.stderr.contains("--write needs a file"), "{}", run.stderr);
    let run = filtered("set", FILE, &["--duplication", "9"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{}", run.stderr);
    let userinfo = FILE.replace("\"reg1\"", "\"https://user:PASSWORD@reg1\"");
    let run = filtered("set", &userinfo, &["--duplication", "1"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "userinfo is not shown");
    assert!(!run.stderr.contains("PASSWORD"), "{}", run.stderr);
}

#[test]
fn point_42_a_downgrade_writes_the_old_keys_where_they_say_the_same() {
    let place = Place::new();
    let old = "[agent]\n# Where.\nregistrar_ip = \"10.0.0.1\"\nregistrar_port = 9000\nuuid = 'x'\nverifier_url = \"https://ver:8881\"\n";
    let path = file(&place, old);
    assert_eq!(servers(&place, "migrate", &path, &["--write"]).code, Some(0));
    let new = fs::read_to_string(&path).unwrap();
    assert_eq!(
        new,
        "[agent]\n# Where.\nuuid = 'x'\n\n[[servers]]\nregistrars = [\"10.0.0.1:9000\"]\nverifiers = [\"https://ver:8881\"]\n"
    );
    let again = servers(&place, "migrate", &path, &["--write"]);
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), ""), "there is nothing to do");
    assert_eq!(servers(&place, "migrate", &path, &["--back", "--write"]).code, Some(0));
    let back = fs::read_to_string(&path).unwrap();
    let mut lines = [old.lines().collect::<Vec<_>>(), back.lines().collect()];
    lines.iter_mut().for_each(|lines| lines.sort_unstable());
    assert_eq!(lines[0], lines[1], "every line is there again");
    for (text, words) in [
        (FILE.to_owned(), "the old keys hold one block, there are 2"),
        ("[[servers]]\nregistrars = [\"a\", \"b\"]\n".to_owned(), "the old keys hold one registrar"),
        (
            "[[servers]]\nregistrars = [\"a\"]\nverifiers = [\"b\", \"c\"]\n".to_owned(),
            "the old keys hold one verifier",
        ),
        (
            format!("verification_duplication = 2\n{}", "[[servers]]\nregistrars = [\"a\"]\n"),
            "verification_duplication is not 1",
        ),
    ] {
        let path = file(&place, &text);
        let run = servers(&place, "migrate", &path, &["--back", "--write"]);
        assert_eq!(run.code, Some(1), "{words}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{}", run.stderr);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn fmt_says_what_it_did_and_does_it_once() {
    let place = Place::new();
    let path = file(
        &place,
        "[[servers]] # one\nregistrars = [ 'REG1' , \"reg2/\" ]\nverifiers = [\n  \"ver1\", # first\n  \" ver2.\"\n]\n\
         verification_duplication = 1 # trapped\n",
    );
    let run = servers(&place, "fmt", &path, &["--write"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("move verification_duplication out of the block"), "{}", run.stderr);
    assert!(run.stdout.contains("-registrars = [ 'REG1' , \"reg2/\" ]\n"), "{}", run.stdout);
    let once = fs::read_to_string(&path).unwrap();
    assert_eq!(
        once,
        "verification_duplication = 1 # trapped\n[[servers]] # one\nregistrars = [\"reg1\", \"reg2\"]\nverifiers = [\n    \
         \"ver1\", # first\n    \"ver2\",\n]\n"
    );
    let twice = servers(&place, "fmt", &path, &["--write"]);
    assert_eq!((twice.code, twice.stdout.as_str()), (Some(0), ""), "{}", twice.stderr);
    assert_eq!(fs::read_to_string(&path).unwrap(), once);
    for name in FIXTURES {
        let once = filtered("fmt", &fixture(name), &[]).stdout;
        assert_eq!(filtered("fmt", &once, &[]).stdout, once, "{name}");
    }
    assert_eq!(filtered("fmt", &fixture("agent.conf"), &[]).stdout, fixture("agent.conf"));
}

#[test]
fn links_pipes_folders_and_missing_files() {
    let place = Place::new();
    let path = file(&place, FILE);
    let link = place.path().join("link");
    symlink("agent.conf", &link).unwrap();
    let set = ["--duplication", "2"];
    assert_eq!(servers(&place, "set", &link, &set).code, Some(0), "to look through a link harms nobody");
    let run = servers(&place, "set", &link, &[set.as_slice(), &["--write"]].concat());
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("--follow") && run.stderr.contains("agent.conf"), "{}", run.stderr);
    assert_eq!(fs::read_to_string(&path).unwrap(), FILE);
    let run = servers(&place, "set", &link, &[set.as_slice(), &["--write", "--follow"]].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&path).unwrap().contains("verification_duplication = 2"));

    let pipe = place.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for (name, words) in [
        ("pipe", "a named pipe, not a file"),
        (".", "a folder, not a file"),
        ("none", "there is no such file"),
    ] {
        let path = place.path().join(name);
        for write in [&[][..], &["--write"], &["--write", "--follow", "--force"]] {
            let run = servers(&place, "set", &path, &[set.as_slice(), write].concat());
            assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{name}");
            assert!(run.stderr.contains(words), "{name}: {}", run.stderr);
        }
    }
    assert!(!place.path().join("none").exists());
}

/// Many at once: every one either did its work or said that it did not, and no work is lost.
#[test]
fn somebody_elses_edit_in_between_is_never_lost() {
    let place = Place::new();
    let path = file(&place, "# begin\n");
    let runs: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..12)
            .map(|number| {
                let (place, path) = (&place, &path);
                scope.spawn(move || {
                    let [registrar, verifier] = ["reg", "ver"].map(|word| format!("{word}{number}"));
                    servers(
                        place,
                        "add-block",
                        path,
                        &["--registrar", &registrar, "--verifier", &verifier, "--write"],
                    )
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let text = fs::read_to_string(&path).unwrap();
    for (number, run) in runs.iter().enumerate() {
        assert_eq!(text.contains(&format!("\"reg{number}\"")), run.code == Some(0), "{}\n{text}", run.stderr);
        let told = run.stderr.contains("somebody else changed it")
            || run.stderr.contains("another process saves here");
        assert!(run.code == Some(0) || (run.code == Some(2) && told), "{:?} {}", run.code, run.stderr);
    }
    assert!(runs.iter().any(|run| run.code == Some(0)), "one comes first");
    assert_eq!(names(place.path()), ["agent.conf", "agent.conf.limescope-backup"]);
}

#[test]
fn nothing_is_left_in_a_drop_in_folder_and_who_still_wins_is_named() {
    for folder in ["etc/keylime", "usr/etc/keylime"] {
        let place = Place::new();
        let folder = place.path().join(folder);
        let drop_ins = folder.join("agent.conf.d");
        fs::create_dir_all(&drop_ins).unwrap();
        let (path, later) = (drop_ins.join("50-servers.conf"), drop_ins.join("90-later.conf"));
        fs::write(&path, FILE.trim_start_matches('\u{feff}')).unwrap();
        fs::write(&later, "verification_duplication = 1\n").unwrap();
        let run = servers(&place, "set", &path, &["--duplication", "2", "--write"]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert_eq!(names(&drop_ins), ["50-servers.conf", "90-later.conf"]);
        assert_eq!(names(&folder), ["agent.conf.d", "agent.conf.d-50-servers.conf.limescope-backup"]);
        let words = format!("{}:1 gives 1, which wins", later.display());
        assert!(run.stderr.contains(&words), "{words}: {}", run.stderr);
        assert!(!run.stderr.contains("SECRET"));
        let run = place.run_with(
            &["servers", "set", path.to_str().unwrap(), "--duplication", "1", "--write"],
            b"",
            &[("KEYLIME_AGENT_CONFIG", "/other.conf")],
        );
        assert!(
            run.stderr.contains("KEYLIME_AGENT_CONFIG is set in this shell")
                && run.stderr.contains("other.conf")
                // An agent without it reads the folders.
                && run.stderr.contains("90-later.conf"),
            "{}",
            run.stderr
        );
        let run = place.run_with(
            &["servers", "set", later.to_str().unwrap(), "--duplication", "2", "--write", "--force"],
            b"",
            &[("KEYLIME_AGENT_VERIFICATION_DUPLICATION", "1")],
        );
        assert!(
            run.stderr.contains("this shell's variable KEYLIME_AGENT_VERIFICATION_DUPLICATION, which gives"),
            "{}",
            run.stderr
        );
        // The service has an environment of its own, of which its files tell the names.
        let unit = place.path().join("etc/systemd/system/keylime_agent.service.d/env.conf");
        fs::create_dir_all(unit.parent().unwrap()).unwrap();
        fs::write(&unit, "[Service]\nEnvironment=KEYLIME_AGENT_REGISTRAR_IP=hunter2\n").unwrap();
        let run = servers(&place, "set", &later, &["--duplication", "1", "--write", "--force"]);
        let words =
            format!("{}:2 gives keylime_agent KEYLIME_AGENT_REGISTRAR_IP, which wins", unit.display());
        assert!(run.stderr.contains(&words), "{words}: {}", run.stderr);
        assert!(run.stderr.contains("systemctl show -p Environment -p EnvironmentFiles"), "{}", run.stderr);
        assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
    }
}

#[test]
fn limescope_toml_is_judged_as_the_console_reads_it() {
    let place = Place::new();
    let path = place.path().join("limescope.toml");
    let text = place.run(&["print", "config"]).stdout;
    fs::write(&path, &text).unwrap();
    let run = servers(&place, "add-block", &path, &["--registrar", "reg9", "--verifier", "ver9", "--write"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stderr.contains("the next start of limescope") && !run.stderr.contains("systemctl"),
        "{}",
        run.stderr
    );
    fs::write(&path, "poll_interval_s = 5\n[[servers]]\nregistrars = [\"r\"]\nverifiers = [\"v\"]\n")
        .unwrap();
    assert_eq!(servers(&place, "set", &path, &["--duplication", "2", "--write"]).code, Some(1));
}

//! Disks that are full or read-only, and users without rights. Each says so, and the file is as it was.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use limescope::files::saving::{Links, Original};

use crate::{LIMIT, again, drop_in, folder, names, open};

/// Saves once and prints how that went.
#[test]
#[ignore = "a child of the tests below"]
fn saves_once() {
    let file = again::file();
    let outcome = match Original::open(&file, LIMIT, Links::Refuse) {
        Ok(mut original) => original
            .save(&"new".repeat(30_000))
            .map_or_else(|error| error.to_string(), |_| "saved".to_owned()),
        Err(error) => error.to_string(),
    };
    writeln!(std::io::stdout(), "outcome: {outcome}").unwrap();
}

/// Runs it behind some words of a command line, such as another user's, and gives its words.
fn outcome(before: &[&str], file: &Path) -> String {
    let copy = folder();
    let program = copy.path().join("program");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    assert!(Command::new("chmod").arg("755").args([copy.path(), &program]).status().unwrap().success());
    let output = again::child_from(&program, before, "refusals::saves_once", file).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let outcome =
        text.lines().find_map(|line| line.split_once("outcome: ")).map(|(_, words)| words.to_owned());
    outcome.unwrap_or_else(|| panic!("it did not run: {text}"))
}

/// In a mount namespace of its own, as root or as an own user's root, with a
/// small disk at a folder.
fn on_a_small_disk(folder: &Path, commands: &str) -> String {
    let is_root = rustix::process::geteuid().is_root();
    let unshare: &[&str] =
        if is_root { &["unshare", "--mount"] } else { &["unshare", "--mount", "--map-root-user"] };
    let file = folder.join("agent.conf");
    let script = format!(
        "set -e; mount -t tmpfs -o size=128k tmpfs '{disk}'; printf old > '{file}'; {commands}; \
         \"$@\"; printf 'after: '; cat '{file}'; printf '\\nnames: '; ls -A '{disk}' | tr '\\n' ' '",
        disk = folder.display(),
        file = file.display(),
    );
    let before = [unshare, &["sh", "-c", &script, "sh"]].concat();
    let output =
        again::child(&before, "refusals::saves_once", &file).stderr(Stdio::piped()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn a_full_disk_leaves_the_file_as_it_was() {
    let folder = folder();
    let fill = format!("head -c 70000 /dev/zero > '{}'", folder.path().join("filler").display());
    let text = on_a_small_disk(folder.path(), &fill);
    assert!(text.contains("the disk is full (writing the new text); it is as it was"), "{text}");
    assert!(text.contains("after: old\nnames: agent.conf filler"), "{text}");
}

#[test]
fn a_read_only_disk_says_so() {
    let folder = folder();
    let text = on_a_small_disk(folder.path(), &format!("mount -o remount,ro '{}'", folder.path().display()));
    assert!(text.contains("the file system is read-only; mount it for writing"), "{text}");
    assert!(text.contains("after: old\nnames: agent.conf "), "{text}");
}

#[test]
fn a_drop_in_folder_that_is_a_disk_of_its_own_has_no_place_for_the_new_text() {
    let folder = folder();
    let disk = folder.path().join("agent.conf.d");
    std::fs::create_dir(&disk).unwrap();
    let text = on_a_small_disk(&disk, "true");
    assert!(text.contains("the folder above the drop-in folder is on another file system"), "{text}");
    assert!(text.contains("after: old\nnames: agent.conf "), "{text}");
}

/// Root is not stopped by permission bits: it is done as another user.
#[test]
fn a_user_without_rights_is_told() {
    let folder = folder();
    let path = drop_in(folder.path(), "old");
    let run = |user: &[&str]| outcome(user, &path);
    let is_root = rustix::process::geteuid().is_root();
    let nobody: &[&str] =
        if is_root { &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] } else { &[] };
    let mode = |path: &Path, mode: &str| {
        assert!(Command::new("chmod").arg(mode).arg(path).status().unwrap().success());
    };
    mode(folder.path(), "755");
    mode(&path, "444");
    if !is_root {
        mode(folder.path(), "555");
    }
    let words = run(nobody);
    assert!(words.contains("this user may not save it (making a new file)"), "{words}");
    mode(folder.path(), "755");
    mode(&path, if is_root { "600" } else { "000" });
    let words = run(nobody);
    assert!(words.contains("this user may not read it"), "{words}");
    if is_root {
        // Theirs is the folder, but not the file: its owner cannot be kept.
        mode(&path, "644");
        mode(folder.path(), "777");
        let words = run(nobody);
        assert!(words.contains("its owner cannot be kept"), "{words}");
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_else(|_| "old".to_owned()), "old");
    assert_eq!(names(folder.path()), ["agent.conf.d"]);
}

#[test]
fn what_is_no_file_is_not_edited() {
    let folder = folder();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for (path, words) in [
        (pipe, "this is a named pipe, not a file"),
        (folder.path().to_owned(), "this is a folder, not a file"),
        (folder.path().join("none/limescope.toml"), "its folder is not there; make it first"),
    ] {
        let error = Original::open(&path, LIMIT, Links::Refuse).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    let shared = folder.path().join("shared");
    std::fs::write(&shared, "x").unwrap();
    std::fs::hard_link(&shared, folder.path().join("other")).unwrap();
    let warnings = open(&shared).warnings().join("\n");
    assert!(warnings.contains("has 2 names (hard links)"), "{warnings}");
}

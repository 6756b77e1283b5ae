//! Server blocks, edited in a real terminal.

use std::path::PathBuf;

use limescope::demo::{DemoFleet, DemoOptions};

use crate::support::command::Place;
use crate::support::screen::Screen;

const FILE: &str = "# Ours.\n[agent]\nuuid = 'generate' # kept\n\n# Berlin\n[[servers]]\nregistrars = [\"reg1.example.com\"]\nverifiers = [\"VER1\"]\n";

fn drop_in(place: &Place) -> PathBuf {
    let folder = place.path().join("agent.conf.d");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("50-servers.conf");
    std::fs::write(&path, FILE).unwrap();
    path
}

fn open(place: &Place, path: &std::path::Path, more: &[&str]) -> Screen {
    let mut screen = Screen::start(place, &[&super::DEMO, more].concat(), 80, 24);
    screen.wait_for("60 agents in 4 groups");
    screen.keys(&format!(":edit {}\r", path.display()));
    screen.wait_for("push agent");
    screen
}

/// Takes a picture of the screen when it has come to rest; the place's random name is left out.
fn picture(screen: &Screen, place: &Place, pictures: &mut Vec<String>) {
    let last = std::cell::RefCell::new((String::new(), 0));
    let text = screen.wait_until("the screen to rest", |text| {
        let (before, times) = &mut *last.borrow_mut();
        *times = if before == text { *times + 1 } else { 0 };
        text.clone_into(before);
        *times >= 5
    });
    let folder = place.path().file_name().unwrap().to_str().unwrap().to_owned();
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    pictures.push(lines.join("\n").replace(&folder, ".tmpfolder"));
}

#[test]
fn from_an_error_over_a_fix_and_the_difference_to_the_saved_file() {
    let place = Place::new();
    let path = drop_in(&place);
    let mut screen = open(&place, &path, &[]);
    let mut pictures = Vec::new();
    picture(&screen, &place, &mut pictures);
    // An address with a port that is none.
    screen.keys("jj\r:0");
    screen.wait_for("cannot be connected to");
    picture(&screen, &place, &mut pictures);
    screen.keys("\r");
    screen.wait_for("1 error");
    screen.keys("w");
    screen.wait_for("the text has an error");
    picture(&screen, &place, &mut pictures);
    screen.keys("\r\u{8}9443\r");
    screen.wait_until("no error", |text| !text.contains("error"));
    // The upper case is put right by a key.
    screen.keys("j");
    screen.wait_for("→ .:");
    picture(&screen, &place, &mut pictures);
    screen.keys(".");
    screen.wait_for("ver1");
    screen.keys("w");
    let shown = screen.wait_for("What saving changes in");
    picture(&screen, &place, &mut pictures);
    for line in
        ["+ registrars = [\"reg1.example.com:9443\"]", "- verifiers = [\"VER1\"]", "+ verifiers = [\"ver1\"]"]
    {
        assert!(shown.contains(line), "{line} is missing:\n{shown}");
    }
    screen.keys("w");
    screen.wait_for("y = yes");
    screen.keys("y");
    screen.wait_for("an agent reads it when it starts: systemctl");
    picture(&screen, &place, &mut pictures);
    insta::assert_snapshot!("servers-80x24", pictures.join("\n\n=====\n"));
    let saved = std::fs::read_to_string(&path).unwrap();
    assert_eq!(saved, FILE.replace("example.com", "example.com:9443").replace("VER1", "ver1"));
    // The drop-in folder holds the file and nothing else; the text before is above it.
    let names: Vec<_> =
        std::fs::read_dir(path.parent().unwrap()).unwrap().map(|name| name.unwrap().file_name()).collect();
    assert_eq!(names, ["50-servers.conf"]);
    let backup = place.path().join("agent.conf.d-50-servers.conf.limescope-backup");
    assert_eq!(std::fs::read_to_string(backup).unwrap(), FILE);

    // Somebody else's edit is seen, and not overwritten.
    screen.keys("jA");
    screen.wait_for("block 2");
    screen.keys("a");
    screen.keys("reg2\r");
    screen.wait_for("http://reg2:8890");
    std::fs::write(&path, saved.replace("Berlin", "Paris")).unwrap();
    screen.keys(":save-faulty\r");
    screen.wait_for("What saving changes in");
    screen.keys("wy");
    let shown = screen.wait_for("What somebody else changed");
    assert!(shown.contains("+ # Paris"), "{shown}");
    assert!(std::fs::read_to_string(&path).unwrap().contains("Paris"));
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn a_read_only_console_tries_everything_and_saves_nothing() {
    let place = Place::new();
    let path = drop_in(&place);
    let mut screen = open(&place, &path, &["--read-only"]);
    screen.keys("jj\r:9443\r");
    screen.wait_for("changed");
    screen.keys("w");
    screen.wait_for("What saving changes in");
    screen.keys("w");
    screen.wait_for("refused, because this console is read-only");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), FILE);
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn a_link_is_followed_in_words_and_stays_a_link() {
    let place = Place::new();
    let path = drop_in(&place);
    let link = place.path().join("agent.conf");
    std::os::unix::fs::symlink("agent.conf.d/50-servers.conf", &link).unwrap();
    let mut screen = open(&place, &link, &[]);
    screen.wait_for("is a link to");
    screen.keys("jj\r:9443\r");
    screen.wait_for("changed");
    screen.keys("w");
    let shown = screen.wait_for("What saving changes in");
    assert!(shown.contains("50-servers.conf"), "{shown}");
    screen.keys("wy");
    screen.wait_for("saved: ");
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        FILE.replace("reg1.example.com", "reg1.example.com:9443")
    );
    screen.keys(":q\r");
    assert!(screen.ended_with_the_terminal_restored().success());
}

/// An address is looked at while it is written: one that answers, one at which nobody listens, one that
/// takes the connection and says nothing. Nothing of it keeps a key waiting.
#[test]
fn an_address_is_looked_at_on_request_and_keys_go_on() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let options = DemoOptions { groups: 1, agents: 5, still: true, ..DemoOptions::default() };
    let fleet = runtime.block_on(DemoFleet::start(&options)).unwrap();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let place = Place::new();
    let file = place.path().join("limescope.toml");
    std::fs::write(&file, fleet.config_toml()).unwrap();
    let mut screen = Screen::start(&place, &["--config", file.to_str().unwrap()], 100, 40);
    screen.wait_for("5 agents in 1 group");
    screen.keys("5");
    screen.wait_for("limescope's own");

    // Duplication, block, registrar: both of its faces, the operators' as `registrar_admin` has it.
    screen.keys("jjp");
    let shown = screen.wait_for("p looks again");
    assert!(
        shown.contains("registrar https://127.0.0.1:") && shown.contains("registrar-agent http://"),
        "{shown}"
    );
    assert_eq!(shown.matches("▲ up").count(), 2, "{shown}");
    screen.keys("jp");
    let shown = screen.wait_for("verifier https://127.0.0.1:");
    for words in [
        "TLS 1.3, chain and name checked",
        "certificate for ",
        "issued by ",
        "valid to ",
        "API ",
        "answered in ",
    ] {
        assert!(shown.contains(words), "{words} is missing:\n{shown}");
    }
    // While it is written, `p` is a letter.
    screen.keys("\r\u{15}");
    screen.keys(&format!("127.0.0.1:{free}"));
    screen.keys("\u{10}");
    let shown = screen.wait_for("nobody listens there");
    assert!(shown.contains("→ start the service, or correct the port"), "{shown}");
    assert!(shown.contains("ctrl-p looks again"), "{shown}");
    screen.keys("\u{15}");
    screen.keys(&format!("127.0.0.1:{}", silent.local_addr().unwrap().port()));
    screen.keys("\u{10}");
    screen.wait_for("looking at https://127.0.0.1:");
    let (mut connection, _) = silent.accept().unwrap();
    // Another letter ends the look, and with it the connection.
    screen.keys("9");
    screen.wait_until("the look to end", |text| !text.contains("looking at"));
    connection.set_read_timeout(Some(std::time::Duration::from_secs(30))).unwrap();
    let mut said = Vec::new();
    std::io::Read::read_to_end(&mut connection, &mut said).expect("the connection ends");
    screen.keys("\u{8}\u{10}");
    screen.wait_for("looking at https://127.0.0.1:");
    let _held = silent.accept().unwrap();
    // Who quits does not wait for it.
    screen.keys("\r");
    screen.keys(":q\r");
    let start = std::time::Instant::now();
    assert!(screen.ended_with_the_terminal_restored().success());
    assert!(start.elapsed() < std::time::Duration::from_secs(4), "{:?}", start.elapsed());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), fleet.config_toml());
}

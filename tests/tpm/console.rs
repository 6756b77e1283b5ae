//! The console with a key in the TPM: asked for its PIN once, and quiet about all that fails but in its own words.

use std::time::{Duration, Instant};

use crate::support::agent::software_tpm::SoftwareTpm;
use crate::support::command::Place;
use crate::support::screen::Screen;
use crate::tls::Server;

/// A group of one registrar that takes the key, and its configuration.
fn enrolled(place: &Place, software: &SoftwareTpm) -> (Server, String) {
    let out = place.path().join("operator");
    let arguments = ["tpm", "enroll", "--pin", "--out", out.to_str().unwrap()];
    let run = place.run_with(&arguments, b"1234\n", &[("TPM2TOOLS_TCTI", &software.text())]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let server = Server::start(&std::fs::read_to_string(out.join("cert.pem")).unwrap(), "1.3");
    let text = format!(
        "poll_interval_s = 2\n[[servers]]\nname = \"jump\"\nregistrars = [\"{}\"]\n[servers.tls]\nca = {:?}\ncert = {:?}\n\
         key = \"tpm:{}\"\n",
        server.endpoint,
        server.ca(),
        out.join("cert.pem"),
        out.join("key.tss2.pem").display()
    );
    let file = place.path().join("limescope.toml");
    std::fs::write(&file, text).unwrap();
    (server, file.display().to_string())
}

fn start(place: &Place, configuration: &str, variables: &[(&str, &str)]) -> Screen {
    let mut screen = Screen::start_with(place, &["--config", configuration], 150, 30, variables);
    screen.wait_for("PIN of the TPM's key");
    screen.keys("1234\r");
    screen
}

/// No byte of libtss2 or of the PIN reached the terminal.
fn is_clean(screen: &Screen) {
    let bytes = screen.bytes();
    let text = String::from_utf8_lossy(&bytes);
    for stray in ["ERROR:", "WARNING:", "Esys_", "tcti", "1234"] {
        assert!(!text.contains(stray) || stray == "tcti" && text.contains("libtss2-tcti"), "{stray}: {text}");
    }
}

#[test]
fn the_pin_is_asked_for_once_and_a_tpm_that_hangs_holds_nothing_up() {
    let (place, software) = (Place::new(), SoftwareTpm::start());
    let (_server, configuration) = enrolled(&place, &software);
    let tcti = software.text();
    let mut screen = start(&place, &configuration, &[("TPM2TOOLS_TCTI", &tcti)]);
    screen.wait_until("the group to be up", |text| text.contains("jump") && text.contains("1 of 1 up"));
    assert!(!screen.text().contains("TPM off"), "{}", screen.text());
    software.hang();
    for (key, page) in [("2", "VERDICT"), ("4", "level"), ("1", "jump")] {
        let began = Instant::now();
        screen.keys(key);
        screen.wait_until(page, |text| text.to_lowercase().contains(&page.to_lowercase()));
        assert!(began.elapsed() < Duration::from_secs(4), "{page} took {:?}", began.elapsed());
    }
    screen.wait_until("the group to be down", |text| text.contains("0 of 1 up"));
    screen.keys("q");
    let began = Instant::now();
    is_clean(&screen);
    screen.ended_with_the_terminal_restored();
    assert!(began.elapsed() < Duration::from_secs(15), "the end took {:?}", began.elapsed());
}

#[test]
fn ctrl_c_at_the_pin_ends_it_and_leaves_the_terminal_as_it_was() {
    let (place, software) = (Place::new(), SoftwareTpm::start());
    let (_server, configuration) = enrolled(&place, &software);
    let tcti = software.text();
    let variables = [("TPM2TOOLS_TCTI", tcti.as_str())];
    for arguments in [&["--config", &configuration][..], &["status", "--config", &configuration]] {
        let mut screen = Screen::start_with(&place, arguments, 80, 24, &variables);
        screen.wait_for("PIN of the TPM's key");
        screen.keys("12\u{3}");
        let status = screen.ended_with_the_terminal_restored();
        assert_eq!(status.signal(), Some("Interrupt"), "{arguments:?}: {status:?}");
    }
    // After the PIN an interrupt is the console's, which leaves the screen first ...
    let screen = start(&place, &configuration, &variables);
    screen.wait_until("the group to be up", |text| text.contains("1 of 1 up"));
    screen.signal("INT");
    assert_eq!(screen.ended_with_the_terminal_restored().signal(), None);
    // ... and ends any other command.
    let waiting = place.path().join("never.toml");
    let text = std::fs::read_to_string(&configuration).unwrap();
    // Nobody ever answers there.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("registrars = [\"https://{}\"]", silent.local_addr().unwrap());
    let line = text.lines().find(|line| line.starts_with("registrars")).unwrap();
    std::fs::write(&waiting, text.replace(line, &endpoint)).unwrap();
    let arguments = ["status", "--config", waiting.to_str().unwrap()];
    let mut screen = Screen::start_with(&place, &arguments, 80, 24, &variables);
    screen.wait_for("PIN of the TPM's key");
    screen.keys("1234\r");
    let (asked, _) = silent.accept().unwrap();
    screen.signal("INT");
    assert_eq!(screen.ended_with_the_terminal_restored().signal(), Some("Interrupt"));
    drop(asked);
}

#[test]
fn a_tpm_that_is_off_is_one_line_and_no_error() {
    let (place, mut software) = (Place::new(), SoftwareTpm::start());
    let (_server, configuration) = enrolled(&place, &software);
    let tcti = software.text();
    software.die();
    let empty = place.path().join("no libtss2");
    std::fs::create_dir(&empty).unwrap();
    std::fs::write(empty.join("libtss2-esys.so.0"), "").unwrap();
    let path = empty.display().to_string();
    for (variable, words) in [
        (("TPM2TOOLS_TCTI", tcti.as_str()), "TPM off: the TPM (swtpm:"),
        (("TPM2TOOLS_TCTI", "device:/dev/no-tpm"), "TPM off: there is no TPM at /dev/no-tpm"),
        (("LD_LIBRARY_PATH", path.as_str()), "TPM off: libtss2 is not installed"),
    ] {
        let mut screen = start(&place, &configuration, &[variable]);
        screen.wait_for(words);
        screen.wait_until("the group to be down", |text| text.contains("0 of 1 up"));
        screen.keys("q");
        is_clean(&screen);
        screen.ended_with_the_terminal_restored();
    }
}

#[test]
fn a_store_that_does_not_match_is_red_until_it_is_committed() {
    let (place, software) = (Place::new(), SoftwareTpm::start());
    let tcti = software.text();
    let run = |arguments: &[&str]| {
        let run = place.run_with(arguments, b"", &[("TPM2TOOLS_TCTI", &tcti)]);
        assert_eq!(run.code, Some(0), "{arguments:?}: {}", run.stderr);
    };
    let pin = place.path().join("pin");
    std::fs::write(&pin, "4711\n").unwrap();
    let pin = pin.to_str().unwrap();
    let key = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/policies/keys/ecdsa-p256.pub.pem");
    run(&["policy", "trust", "add", key, "--label", "release", "--yes"]);
    run(&["tpm", "anchor", "commit", "--pin-file", pin]);
    let store = place.path().join("data/limescope/trust.toml");
    let text = std::fs::read_to_string(&store).unwrap();
    std::fs::write(&store, format!("{text}# edited\n")).unwrap();
    let configuration = place.path().join("limescope.toml");
    std::fs::write(&configuration, "[[servers]]\nregistrars = [\"https://127.0.0.1:9\"]\n").unwrap();
    let arguments = ["--config", configuration.to_str().unwrap()];
    let mut screen = Screen::start_with(&place, &arguments, 150, 30, &[("TPM2TOOLS_TCTI", &tcti)]);
    let seen = screen.wait_for("trust store: mismatch: the trust store was edited since it was committed");
    assert!(seen.contains("limescope tpm anchor commit"), "{seen}");
    screen.keys("6");
    screen.wait_for("trust store: mismatch");
    screen.keys("q");
    is_clean(&screen);
    screen.ended_with_the_terminal_restored();
    run(&["tpm", "anchor", "commit", "--force", "--pin-file", pin]);
    let screen = Screen::start_with(&place, &arguments, 150, 30, &[("TPM2TOOLS_TCTI", &tcti)]);
    screen.wait_for("group-1");
    assert!(!screen.text().contains("mismatch"), "{}", screen.text());
    screen.signal("TERM");
    screen.ended_with_the_terminal_restored();
}

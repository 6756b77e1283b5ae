//! The editor, without files.

use std::path::Path;

use crate::console::command::dispatch;
use crate::console::outside::Request;
use crate::console::state::{SaveOutcome, State};
use crate::console::test_fleet::{press, state};
use crate::console::tests::pages::screen;
use crate::console::{Message, Options, update};
use crate::files::saving::{Links, Original};

const FILE: &str = "# ours\n[agent]\nuuid = 'x'\n\n[[servers]] # Berlin\nregistrars = [\"reg1\"]\nverifiers = [\"ver1\", \"VER2\"]\n";

/// A console with an agent's file open.
fn open(text: &str, options: Options) -> (State, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.conf");
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let mut state = state(options);
    dispatch(&mut state, &format!("edit {}", path.display())).unwrap();
    let requests = update(&mut state, Message::Key("1".parse().unwrap())).requests;
    assert_eq!(requests, [Request::OpenFile { path: path.clone() }]);
    press(&mut state, "5");
    let original = read(&path);
    update(&mut state, Message::Opened(Ok(original)));
    (state, folder)
}

fn read(path: &Path) -> Original {
    Original::open(path, 1_000_000, Links::Refuse).unwrap()
}

fn text(state: &State) -> &str {
    state.editor.editor().unwrap().text()
}

/// Types a text, key by key.
fn write(state: &mut State, text: &str) {
    for character in text.chars() {
        update(state, Message::Key(crate::console::keymap::Key::character(character)));
    }
}

#[test]
fn a_value_is_written_with_its_remark_at_every_key_and_can_be_left() {
    let (mut state, _folder) = open(FILE, Options::default());
    let shown = screen(&state);
    assert!(shown.contains("push agent") && shown.contains("https://ver1:8881"), "{shown}");
    // Duplication, block, registrar.
    press(&mut state, "j j enter");
    write(&mut state, ":99999");
    let shown = screen(&state);
    assert!(shown.contains("the port is above"), "{shown}");
    assert!(text(&state).contains("\"reg1:99999\""), "the text follows");
    press(&mut state, "esc");
    assert_eq!(text(&state), FILE);
    press(&mut state, "enter");
    write(&mut state, ":9000");
    press(&mut state, "enter");
    assert_eq!(text(&state), FILE.replace("reg1", "reg1:9000"));
    press(&mut state, "u");
    assert_eq!(text(&state), FILE);
    press(&mut state, "U");
    assert_eq!(text(&state), FILE.replace("reg1", "reg1:9000"));
}

#[test]
fn blocks_and_addresses_come_move_and_go() {
    let (mut state, _folder) = open(FILE, Options::default());
    press(&mut state, "j j j");
    press(&mut state, "J");
    assert_eq!(text(&state), FILE.replace("\"ver1\", \"VER2\"", "\"VER2\", \"ver1\""));
    press(&mut state, "K x");
    assert_eq!(text(&state), FILE.replace("\"ver1\", ", ""));
    press(&mut state, "u a");
    write(&mut state, "ver9");
    press(&mut state, "enter");
    assert_eq!(text(&state), FILE.replace("\"ver1\", ", "\"ver1\", \"ver9\", "));
    // One that stays empty was never there.
    press(&mut state, "u a enter");
    assert_eq!(text(&state), FILE);
    press(&mut state, "A");
    assert!(text(&state).ends_with("[[servers]]\n"), "{}", text(&state));
    assert!(screen(&state).contains("error"), "an empty block is of no use");
    press(&mut state, "x");
    assert_eq!(text(&state), FILE);
    press(&mut state, "home enter");
    write(&mut state, "2");
    let shown = screen(&state);
    assert!(shown.contains("verification_duplication") || shown.contains("2 blocks"), "{shown}");
    assert!(text(&state).contains("uuid = 'x'\nverification_duplication = 2\n"));
    write(&mut state, "x");
    assert!(screen(&state).contains("write a whole number from 1"), "{}", screen(&state));
    press(&mut state, "esc");
    assert_eq!(text(&state), FILE);
}

#[test]
fn a_fix_is_one_key_and_the_next_remark_another() {
    let (mut state, _folder) = open(FILE, Options::default());
    press(&mut state, "n");
    let place = state.editor.editor().unwrap().place();
    assert!(place > 0);
    // The upper case is a remark with a fix.
    press(&mut state, "G k");
    press(&mut state, ".");
    assert!(text(&state).contains("\"ver2\""), "{}", screen(&state));
}

#[test]
fn saving_compares_first_asks_and_tells_of_somebody_elses_edit() {
    let (mut state, folder) = open(FILE, Options::default());
    let path = folder.path().join("agent.conf");
    press(&mut state, "w");
    assert!(screen(&state).contains("nothing was changed"), "{}", screen(&state));
    press(&mut state, "j j enter");
    write(&mut state, "x");
    press(&mut state, "enter w");
    let shown = screen(&state);
    for line in ["- registrars = [\"reg1\"]", "+ registrars = [\"reg1x\"]", "What saving changes"] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    press(&mut state, "w");
    assert!(screen(&state).contains("y = yes"), "{}", screen(&state));
    let requests = update(&mut state, Message::Key("y".parse().unwrap())).requests;
    let [Request::SaveFile { original, text, is_own: false, is_push: true }] = requests.as_slice() else {
        panic!("{requests:?}")
    };
    // Somebody else was faster.
    std::fs::write(&path, FILE.replace("Berlin", "Paris")).unwrap();
    let mut original = original.clone();
    assert!(original.save(text).is_err());
    update(&mut state, Message::FileSaved(SaveOutcome::Changed { original: read(&path) }));
    let shown = screen(&state);
    for line in ["What somebody else changed", "+ [[servers]] # Paris", "- [[servers]] # Paris"] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    // Theirs, and mine again.
    press(&mut state, "esc");
    update(&mut state, Message::Opened(Ok(read(&path))));
    assert_eq!(self::text(&state), FILE.replace("Berlin", "Paris"));
    press(&mut state, "u");
    assert_eq!(self::text(&state), FILE.replace("reg1", "reg1x"));
}

#[test]
fn a_read_only_console_shows_everything_and_saves_nothing() {
    let (mut state, _folder) = open(FILE, Options { read_only: true, ..Options::default() });
    press(&mut state, "j j enter");
    write(&mut state, "x");
    press(&mut state, "enter w w");
    let shown = screen(&state);
    assert!(shown.contains("read-only"), "{shown}");
    assert!(state.requests.is_empty() && state.confirmation.is_none());
}

#[test]
fn errors_keep_a_text_from_being_saved_unless_that_is_meant() {
    let (mut state, _folder) = open(FILE, Options::default());
    press(&mut state, "j j enter");
    write(&mut state, ":0");
    press(&mut state, "enter w");
    assert!(screen(&state).contains("the text has an error"), "{}", screen(&state));
    dispatch(&mut state, "save-faulty").unwrap();
    assert!(screen(&state).contains("saves it with its errors"), "{}", screen(&state));
}

#[test]
fn passwords_are_nowhere_on_the_screen() {
    let text = FILE.replace("reg1", "user:hunter2@reg1");
    let (mut state, _folder) = open(&text, Options::default());
    for keys in ["j j", "enter", "esc", "t", "t"] {
        press(&mut state, keys);
        assert!(!screen(&state).contains("hunter2"), "{}", screen(&state));
    }
    let notice = state.notice.clone();
    assert!(notice.is_none(), "keys were pressed: {notice:?}");
    let warned = state.editor.editor().unwrap().warnings().join(" ");
    assert!(warned.contains("holds a password, and every user of this machine may read it"), "{warned}");
    press(&mut state, "enter backspace enter w");
    dispatch(&mut state, "save-faulty").unwrap();
    assert!(!screen(&state).contains("hunter2"), "{}", screen(&state));
    assert!(!format!("{state:?}").contains("hunter2"));
}

#[test]
fn what_is_no_toml_is_shown_as_text_and_written_outside() {
    let (mut state, _folder) = open("registrars = [\n", Options::default());
    let shown = screen(&state);
    assert!(shown.contains("error"), "{shown}");
    let requests = update(&mut state, Message::Key("e".parse().unwrap())).requests;
    assert_eq!(requests, [Request::EditText { text: "registrars = [\n".to_owned() }]);
    update(&mut state, Message::TextEdited(FILE.to_owned()));
    assert!(screen(&state).contains("https://ver1:8881"), "{}", screen(&state));
    press(&mut state, "u");
    assert_eq!(text(&state), "registrars = [\n");
}

#[test]
fn a_link_is_edited_knowingly() {
    let (mut state, folder) = open(FILE, Options::default());
    let link = folder.path().join("link.conf");
    std::os::unix::fs::symlink("agent.conf", &link).unwrap();
    dispatch(&mut state, &format!("edit {}", link.display())).unwrap();
    let opened = Original::open(&link, 1_000_000, Links::Follow).unwrap();
    update(&mut state, Message::Opened(Ok(opened)));
    update(&mut state, Message::Resize(size_of((200, 60))));
    let words = "that file is edited, and the link stays";
    assert!(screen(&state).contains(words), "{}", screen(&state));
    assert!(state.notice.as_ref().is_some_and(|notice| notice.words.contains(words)));
    press(&mut state, "j j enter x enter w");
    let shown = screen(&state);
    assert!(shown.contains("What saving changes in") && shown.contains(words), "{shown}");
    // Read again by the name that the operator gave.
    press(&mut state, "esc u");
    dispatch(&mut state, "reload").unwrap();
    assert_eq!(state.requests, [Request::OpenFile { path: link }]);
}

/// Presses a key and gives what is asked outside.
fn asked(state: &mut State, key: &str) -> Vec<Request> {
    update(state, Message::Key(key.parse().unwrap())).requests
}

/// What a look asks for, of which this is the only request.
fn question(requests: &[Request]) -> (u64, crate::tasks::Question) {
    match requests {
        [Request::Probe { number, question }] => (*number, question.clone()),
        other => panic!("{other:?}"),
    }
}

fn urls(question: &crate::tasks::Question) -> Vec<String> {
    question.targets.iter().map(|(role, endpoint)| format!("{} {endpoint}", role.word())).collect()
}

/// What a look brings where the first address answers, and the name is this IP.
fn brought(question: &crate::tasks::Question, name: &str, ip: &str) -> crate::tasks::Looked {
    use crate::keylime::{AddressReport, AddressState, CertificateReport, Failure, TlsReport};
    let certificate = CertificateReport {
        subject: "CN=server".into(),
        issuer: "CN=Keylime\u{1b}[31m CA".into(),
        names: vec!["localhost".into()],
        not_before: None,
        not_after: Some(crate::console::test_fleet::later(86_400)),
    };
    let tls = TlsReport { version: Some("TLS 1.3"), chain: vec![certificate], verified: true };
    let up = AddressReport {
        failure: None,
        latency: Some(std::time::Duration::from_millis(12)),
        negotiated: crate::console::test_fleet::PULL,
        tls: Some(std::sync::Arc::new(tls)),
    };
    let refused = AddressReport {
        failure: Some(Failure::reselect(AddressState::Refused, "connection refused")),
        latency: None,
        tls: None,
        ..up.clone()
    };
    let reports = question.targets.iter().enumerate().map(|(number, (role, endpoint))| {
        (*role, endpoint.clone(), if number == 0 { up.clone() } else { refused.clone() })
    });
    crate::tasks::Looked {
        at: crate::console::test_fleet::now(),
        reports: reports.collect(),
        resolved: [(name.to_owned(), vec![ip.parse().unwrap()])].into(),
        remarks: vec!["looked at without the client certificate: no key".to_owned()],
    }
}

#[test]
fn an_address_is_looked_at_on_request_and_the_answer_stands_below_it() {
    let (mut state, _folder) = open(FILE, Options::default());
    press(&mut state, "j");
    assert_eq!(asked(&mut state, "p"), [], "a block is no address");
    assert!(screen(&state).contains("this row has no address to look at"), "{}", screen(&state));
    press(&mut state, "j j");
    let (number, question) = question(&asked(&mut state, "p"));
    assert_eq!(urls(&question), ["verifier https://ver1:8881"]);
    assert_eq!(
        (question.names.as_slice(), question.block),
        (&["reg1".to_owned(), "ver1".into(), "ver2".into()][..], None)
    );
    assert!(screen(&state).contains("looking at https://ver1:8881"), "{}", screen(&state));
    let looked = brought(&question, "ver1", "10.9.8.7");
    // Input goes on meanwhile; the answer is the address's, not the cursor's.
    press(&mut state, "j");
    update(&mut state, Message::Probed { number, looked: Some(looked) });
    assert!(!screen(&state).contains("verifier https://ver1:8881  ▲ up"), "{}", screen(&state));
    press(&mut state, "k");
    let shown = screen(&state);
    for words in [
        "verifier https://ver1:8881  ▲ up",
        "API 2.6, answered in 12 ms",
        "TLS 1.3, chain and name checked",
        "certificate for localhost, issued by CN=Keylime\\u{1b}[31m CA",
        "ver1 is 10.9.8.7",
        "looked at without the client certificate: no key",
        "p looks again",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    // Another text above it leaves it; another address does not.
    press(&mut state, "home enter");
    write(&mut state, "1");
    press(&mut state, "enter j j j");
    assert!(screen(&state).contains("▲ up"), "{}", screen(&state));
    press(&mut state, "enter");
    write(&mut state, "0");
    assert!(!screen(&state).contains("▲ up"), "{}", screen(&state));
}

#[test]
fn a_look_at_an_address_that_changes_is_ended_and_its_answer_ignored() {
    let (mut state, _folder) = open(FILE, Options::default());
    press(&mut state, "j j j enter");
    write(&mut state, "0");
    let (number, first) = question(&asked(&mut state, "ctrl-p"));
    assert_eq!(urls(&first), ["verifier https://ver10:8881"], "while it is written");
    assert_eq!(asked(&mut state, "1"), [Request::EndProbe], "p would be a letter, and every letter ends it");
    let late = brought(&first, "ver10", "10.9.8.7");
    update(&mut state, Message::Probed { number, looked: Some(late) });
    assert!(!screen(&state).contains("▲ up"), "{}", screen(&state));
    let (second, asked_now) = question(&asked(&mut state, "ctrl-p"));
    assert!(second > number);
    let answer = brought(&asked_now, "ver101", "10.9.8.7");
    update(&mut state, Message::Probed { number: second, looked: Some(answer) });
    let shown = screen(&state);
    assert!(
        shown.contains("verifier https://ver101:8881  ▲ up") && shown.contains("ctrl-p looks again"),
        "{shown}"
    );
    // It never runs by itself, and who quits does not wait for it.
    press(&mut state, "enter");
    question(&asked(&mut state, "p"));
    assert_eq!(asked(&mut state, "q"), [Request::EndProbe]);
    assert!(state.outcome.is_some());
}

#[test]
fn no_address_is_not_looked_at() {
    let (mut state, _folder) = open(FILE, Options { read_only: true, ..Options::default() });
    press(&mut state, "j j enter");
    write(&mut state, ":0");
    assert_eq!(asked(&mut state, "ctrl-p"), []);
    assert!(screen(&state).contains("this is no address yet"), "{}", screen(&state));
    press(&mut state, "esc");
    // A read-only console may look.
    let (_, question) = question(&asked(&mut state, "p"));
    assert_eq!(urls(&question), ["registrar-agent http://reg1:8890"], "an agent goes nowhere else");
}

/// The console's own configuration, open.
fn open_own(text: &str) -> (State, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("limescope.toml");
    std::fs::write(&path, text).unwrap();
    let mut state = state(Options { own_file: Some(path.clone()), ..Options::default() });
    update(&mut state, Message::Resize(size_of((100, 40))));
    press(&mut state, "5");
    update(&mut state, Message::Opened(Ok(read(&path))));
    (state, folder)
}

#[test]
fn operators_look_at_both_faces_of_a_registrar() {
    let text = "[[servers]]\nname = \"a\"\nregistrars = [\"reg1\", \"https://reg2\"]\nverifiers = [\"ver1\"]\n\
                [[servers]]\nregistrars = [\"reg3\"]\nregistrar_admin = [\"adm3:9443\"]\n";
    let (mut state, _folder) = open_own(text);
    press(&mut state, "j j");
    let (number, first) = question(&asked(&mut state, "p"));
    assert_eq!(urls(&first), ["registrar https://reg1:8891", "registrar-agent http://reg1:8890"]);
    assert_eq!(first.block, Some(0));
    let answer = brought(&first, "reg1", "10.9.8.7");
    update(&mut state, Message::Probed { number, looked: Some(answer) });
    let shown = screen(&state);
    for words in ["▼ nobody listens there", "connection refused", "→ start the service, or correct the port"]
    {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    press(&mut state, "j");
    let (_, second) = question(&asked(&mut state, "p"));
    assert_eq!(urls(&second), ["registrar https://reg2:8891"], "both faces are one");
    press(&mut state, "j j j");
    let (_, third) = question(&asked(&mut state, "p"));
    assert_eq!(urls(&third), ["registrar https://adm3:9443", "registrar-agent http://reg3:8890"]);
    assert_eq!(third.block, Some(1));
}

#[test]
fn two_names_of_one_address_become_a_remark_by_a_look() {
    let text = "[[servers]]\nregistrars = [\"reg1\"]\nverifiers = [\"ver1\"]\n\
                [[servers]]\nregistrars = [\"reg2\"]\nverifiers = [\"10.9.8.7\"]\n";
    let (mut state, _folder) = open_own(text);
    press(&mut state, "j j j");
    let (number, question) = question(&asked(&mut state, "p"));
    let answer = brought(&question, "ver1", "10.9.8.7");
    update(&mut state, Message::Probed { number, looked: Some(answer) });
    press(&mut state, "G k");
    let shown = screen(&state);
    assert!(shown.contains("blocks 1 and 2 name one verifier under two names"), "{shown}");
}

#[test]
fn blocks_whose_groups_answer_alike_become_a_remark() {
    use crate::console::test_fleet::{PULL, agents, now, plan, record, up};
    let text = "[[servers]]\nregistrars = [\"10.1.0.3\"]\nverifiers = [\"10.1.0.1\", \"10.1.0.2\"]\n\
                [[servers]]\nregistrars = [\"10.2.0.3\"]\nverifiers = [\"10.2.0.2\", \"10.2.0.1\"]\n";
    let (mut state, _folder) = open_own(text);
    let words = "blocks 1 and 2 look like one backend: the same agent, under the same verifier";
    assert!(!screen(&state).contains(words));
    let mut fleet = crate::fleet::Fleet::new(1, 60, [plan("a", "10.1.0"), plan("b", "10.2.0")]);
    for group in 0..2 {
        for address in 0..3 {
            fleet.apply(group, up(address, PULL), now());
        }
        // A picture that is newer than that of the start.
        fleet.snapshot();
        fleet.apply(group, agents(0, serde_json::json!({ "n": record(serde_json::json!({})) }), 0.01), now());
    }
    let picture = |fleet: &mut crate::fleet::Fleet| Message::Snapshot {
        snapshot: std::sync::Arc::new(fleet.snapshot()),
        now: now(),
    };
    assert!(update(&mut state, picture(&mut fleet)).redraw);
    press(&mut state, "G k k k k");
    let shown = screen(&state);
    assert!(shown.contains(words), "{shown}");
    // It goes when the answers differ.
    let other = record(serde_json::json!({ "attestation_count": 3 }));
    fleet.apply(1, agents(0, serde_json::json!({ "n": other }), 0.01), now());
    update(&mut state, picture(&mut fleet));
    assert!(!screen(&state).contains(words), "{}", screen(&state));
}

#[test]
fn without_a_file_it_says_what_to_do() {
    let mut state = state(Options::default());
    press(&mut state, "5");
    assert!(screen(&state).contains(":edit FILE opens an agent's configuration"), "{}", screen(&state));
    update(&mut state, Message::Opened(Err("/x: there is no such file".to_owned())));
    assert!(screen(&state).contains("there is no such file"), "{}", screen(&state));
}

/// The page in its states; several screens to a file.
#[test]
fn the_page_in_its_states() {
    use crate::console::tests::{pages::SIZES, picture::picture};
    for (name, size) in SIZES {
        let mut screens = vec![picture(&crate::console::tests::pages::at(size, test_snapshot(), "5"))];
        for keys in ["", "j j enter :", "j j j j", "n .", "w", "t"] {
            let (mut state, folder) = open(FILE, Options::default());
            update(&mut state, Message::Resize(size_of(size)));
            press(&mut state, keys);
            if keys == "w" {
                press(&mut state, "j j x w");
                dispatch(&mut state, "save-faulty").unwrap();
            }
            let random = folder.path().file_name().unwrap().to_str().unwrap().to_owned();
            screens.push(picture(&state).replace(&random, ".tmpfolder"));
        }
        insta::assert_snapshot!(format!("servers-{name}"), screens.join("\n\n"));
    }
}

/// A look in its states: it goes on, it answers, it fails, on a small screen and a wide one.
#[test]
fn a_look_in_its_states() {
    use crate::console::tests::picture::picture;
    use crate::keylime::{AddressState, Failure};
    let mut screens = Vec::new();
    for size in [(80, 24), (160, 40)] {
        let (mut state, folder) = open(FILE, Options::default());
        update(&mut state, Message::Resize(size_of(size)));
        press(&mut state, "j j j");
        let (number, question) = question(&asked(&mut state, "p"));
        screens.push(picture(&state));
        let mut looked = brought(&question, "ver1", "10.9.8.7");
        update(&mut state, Message::Probed { number, looked: Some(looked.clone()) });
        screens.push(picture(&state));
        let (number, _) = self::question(&asked(&mut state, "p"));
        looked.remarks.clear();
        let failure = Failure::reselect(AddressState::UnknownCa, "the certificate is not from this CA");
        looked.reports[0].2.failure = Some(failure);
        if let Some(tls) = &mut looked.reports[0].2.tls {
            std::sync::Arc::make_mut(tls).verified = false;
        }
        update(&mut state, Message::Probed { number, looked: Some(looked) });
        let random = folder.path().file_name().unwrap().to_str().unwrap().to_owned();
        screens.push(picture(&state));
        screens.iter_mut().for_each(|screen| *screen = screen.replace(&random, ".tmpfolder"));
    }
    insta::assert_snapshot!("servers-probe", screens.join("\n\n"));
}

fn test_snapshot() -> std::sync::Arc<crate::fleet::Snapshot> {
    crate::console::test_fleet::snapshot()
}

fn size_of((width, height): (u16, u16)) -> crate::console::state::Size {
    crate::console::state::Size { width, height }
}

#[test]
fn groups_that_move_or_go_are_followed_by_name() {
    use crate::console::test_fleet::{fleet, now};
    let mut fleet = fleet();
    let mut state = state(Options::default());
    press(&mut state, "1 G enter");
    let shown = screen(&state);
    let name = state.snapshot.groups[state.overview.selected_place(&state.snapshot).unwrap()].name.clone();
    assert!(shown.contains(&*name), "{shown}");
    let plans = |keys: &[usize]| -> Vec<_> {
        let plan =
            |key: &usize| (*key, crate::fleet::GroupPlan { name: String::new(), addresses: Vec::new() });
        keys.iter().map(plan).collect()
    };
    // The same groups, turned around: the open one is open still.
    fleet.rearrange(1, 60, plans(&[3, 2, 1, 0]), now());
    let snapshot = std::sync::Arc::new(fleet.snapshot());
    update(&mut state, Message::Snapshot { snapshot, now: now() });
    assert!(screen(&state).contains(&*name), "{}", screen(&state));
    let open = state.snapshot.groups.iter().position(|group| group.name == name).unwrap();
    let others: Vec<_> = (0..4).filter(|key| 3 - key != open).collect();
    fleet.rearrange(1, 60, plans(&others), now());
    let snapshot = std::sync::Arc::new(fleet.snapshot());
    update(&mut state, Message::Snapshot { snapshot, now: now() });
    assert!(state.overlay.is_none(), "{}", screen(&state));
}

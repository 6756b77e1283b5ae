//! `limescope servers` (contract §5).

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::command::{Finished, Place};

fn file(name: &str) -> String {
    format!("{}/tests/servers/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn json(run: &Finished) -> Value {
    assert!(!run.stdout.contains('\u{1b}'));
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", run.stdout, run.stderr))
}

fn check(text: &str, more: &[&str]) -> (Option<i32>, Value) {
    let mut arguments = vec!["servers", "check", "-", "--format", "json"];
    arguments.extend(more);
    let run = Place::new().run_with(&arguments, text.as_bytes(), &[]);
    (run.code, json(&run))
}

fn codes(answer: &Value, severity: &str) -> Vec<String> {
    let found =
        answer["diagnostics"].as_array().unwrap().iter().filter(|found| found["severity"] == severity);
    found.map(|found| found["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_four_examples_give_their_errors_and_warnings_in_both_modes() {
    let unused = |count: usize| vec!["unused-verifiers".to_owned(); count];
    for (example, mode, code, errors, warnings) in [
        (1, "pull", 0, vec![], vec![]),
        (1, "push", 1, vec!["no-verifiers".to_owned()], vec![]),
        (2, "pull", 0, vec![], unused(1)),
        (2, "push", 0, vec![], vec![]),
        (3, "pull", 0, vec![], unused(1)),
        (3, "push", 0, vec![], vec![]),
        (4, "pull", 0, vec![], unused(3)),
        (4, "push", 0, vec![], vec![]),
    ] {
        let name = file(&format!("example-{example}.toml"));
        let run = Place::new().run(&["servers", "check", &name, "--mode", mode, "--format", "json"]);
        let answer = json(&run);
        assert_eq!(run.code, Some(code), "example {example}, {mode}");
        assert_eq!(answer["valid"], code == 0);
        assert_eq!(answer["mode"], mode);
        assert_eq!(
            (codes(&answer, "error"), codes(&answer, "warning")),
            (errors, warnings),
            "example {example}, {mode}"
        );
    }
}

#[test]
fn the_answer_has_the_members_of_the_contract() {
    let text = "verification_duplication = 2\n[[servers]]\nregistrars = [\"REG1\", \"https://[2001:DB8::1]:9\"]\nverifiers = [\"ver1\"]\n\
                [[servers]]\nregistrars = [\"reg2:1\"]\n[[servers]]\nregistrars = [\"reg3\"]\nverifiers = [\"ver3\"]\n";
    let (code, answer) = check(text, &["--mode", "push"]);
    assert_eq!(code, Some(0), "{answer}");
    let block = &answer["blocks"][0];
    assert_eq!((&block["index"], &block["usable"]), (&1.into(), &true.into()));
    let registrar = &block["registrars"][0];
    for (member, expected) in [
        ("entry", "REG1"),
        ("scheme", "http"),
        ("host", "reg1"),
        ("agent_url", "http://reg1:8890"),
        ("admin_url", "https://reg1:8891"),
    ] {
        assert_eq!(registrar[member], expected, "{member}");
    }
    assert_eq!(registrar["port"], 8890);
    assert_eq!(block["registrars"][1]["host"], "2001:db8::1", "lower case, no brackets");
    assert_eq!(block["registrars"][1]["admin_url"], "https://[2001:db8::1]:9");
    assert_eq!(block["verifiers"][0]["url"], "https://ver1:8881");
    assert_eq!(answer["blocks"][1]["usable"], false);
    assert_eq!(answer["duplication"], serde_json::json!({ "requested": 2, "max": 2, "headroom": 0 }));
    let warning = answer["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .find(|found| found["code"] == "no-verifiers")
        .unwrap();
    assert_eq!(
        (&warning["line"], &warning["column"], &warning["modes"]),
        (&5.into(), &1.into(), &serde_json::json!(["push"]))
    );
    assert!(warning["message"].is_string() && warning["hint"].is_string());
    let (_, answer) = check("verification_duplication = \"2\"\n[[servers]]\nregistrars = [\"r\"]\n", &[]);
    assert_eq!(answer["duplication"], serde_json::json!({ "requested": null, "max": 1, "headroom": null }));
}

#[test]
fn without_a_mode_one_valid_reading_is_enough() {
    let (code, answer) = check("[[servers]]\nregistrars = [\"r\"]\n", &[]);
    assert_eq!((code, &answer["valid"]), (Some(0), &true.into()));
    let found = answer["diagnostics"].as_array().unwrap();
    let modes = |code: &str| found.iter().find(|found| found["code"] == code).unwrap()["modes"].clone();
    assert_eq!(modes("no-verifiers"), serde_json::json!(["push"]));
    assert_eq!(modes("clear-text"), serde_json::json!(["pull", "push"]));
}

#[test]
fn what_is_no_toml_or_no_text_is_a_finding_and_what_cannot_be_read_is_not() {
    let place = Place::new();
    for (bytes, expected) in [
        (&b"[agent]\nip = \"x\"\n[agent]\n"[..], "syntax"),
        (b"a = \xff", "not-utf8"),
        (&vec![b'#'; (4 << 20) + 1], "too-large"),
    ] {
        let run = place.run_with(&["servers", "check", "-", "--format", "json"], bytes, &[]);
        let answer = json(&run);
        assert_eq!((run.code, codes(&answer, "error")), (Some(1), vec![expected.to_owned()]));
    }
    let pipe = place.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    symlink("nowhere", place.path().join("dangling")).unwrap();
    symlink(file("example-2.toml"), place.path().join("link")).unwrap();
    for (name, words) in [
        ("none", "there is no such file"),
        ("dangling", "there is no such file"),
        ("pipe", "a named pipe, not a file"),
        (".", "a folder, not a file"),
    ] {
        let path = place.path().join(name);
        let run = place.run(&["servers", "check", path.to_str().unwrap(), "--format", "json"]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{name}");
        assert!(run.stderr.contains(words), "{name}: {}", run.stderr);
    }
    let link = place.path().join("link");
    assert_eq!(
        place.run(&["servers", "check", link.to_str().unwrap()]).code,
        Some(0),
        "a link to a file is followed"
    );
    assert_eq!(place.run(&["servers", "check", "-", "--mode", "sideways"]).code, Some(2));
}

#[test]
fn text_shows_the_source_line_with_a_caret_and_no_secret() {
    let text = "[[servers]]\nregistrars = [\"reg:70000\", \"https://user:SECRET@reg\"] # user:SECRET@reg\n";
    let place = Place::new();
    let run = place.run_with(&["servers", "check", "-", "--mode", "pull"], text.as_bytes(), &[]);
    assert_eq!(run.code, Some(1));
    for words in [
        "standard input:2:20: error:",
        "  2 | registrars = [\"reg:70000\", \"https://***@reg\"]",
        "    |                    ^^^^^\n",
        "write a port from 1 to 65535",
        "[port]",
        "pull mode: not valid",
    ] {
        assert!(run.stdout.contains(words), "{words} is missing in:\n{}", run.stdout);
    }
    let run_json = place.run_with(&["servers", "check", "-", "--format", "json"], text.as_bytes(), &[]);
    for shown in [&run.stdout, &run.stderr, &run_json.stdout, &place.written()] {
        assert!(!shown.contains("SECRET"), "{shown}");
    }
    let entry = &json(&run_json)["blocks"][0]["registrars"][0];
    assert_eq!((&entry["entry"], &entry["host"]), (&"https://***@reg".into(), &"reg".into()));
}

#[test]
fn limescope_toml_is_checked_as_a_whole() {
    let text = "theme = 5\n[[servers]]\nregistrars = [\"r\"]\n[servers.tls]\nca = \"x\"\ncert = \"y\"\n";
    let (code, answer) = check(text, &["--mode", "console"]);
    assert_eq!((code, &answer["mode"]), (Some(1), &"console".into()));
    assert_eq!(
        codes(&answer, "error"),
        ["wrong-type", "cert-without-key"],
        "what the start would say is said too"
    );
    assert_eq!(codes(&answer, "warning"), ["no-verifiers"], "once");
    let place = Place::new();
    let sample = place.run(&["print", "config"]).stdout;
    let (code, answer) = check(&sample, &["--mode", "console"]);
    assert_eq!((code, codes(&answer, "error").len()), (Some(0), 0), "{answer}");
    let with = |line: &str| check(&format!("{line}\n{sample}"), &["--mode", "console"]);
    let (code, answer) = with("vendor_roots = \"tpm-makers\"");
    assert_eq!((code, codes(&answer, "error").len()), (Some(0), 0), "{answer}");
    let (code, answer) = with("vendor_root = \"tpm-makers\"");
    assert_eq!((code, codes(&answer, "error")), (Some(1), vec!["unknown-key".to_owned()]));
    assert!(answer.to_string().contains("did you mean vendor_roots?"), "{answer}");
    let (code, answer) = with("vendor_roots = 5");
    assert_eq!((code, codes(&answer, "error")), (Some(1), vec!["wrong-type".to_owned()]));
}

#[test]
fn rights_that_give_something_away_are_warnings() {
    let place = Place::new();
    let path = place.path().join("agent.conf");
    let look = |text: &str, mode: u32| {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let run = place.run(&["servers", "check", path.to_str().unwrap(), "--format", "json"]);
        assert_eq!(run.code, Some(0), "{}", run.stdout);
        codes(&json(&run), "warning")
    };
    let empty = "[agent]\ntpm_ownerpassword = \"\"\n";
    let secret = "[agent]\ntpm_ownerpassword = \"s3cret\"\n";
    assert_eq!(look(empty, 0o644), [""; 0]);
    assert_eq!(look(secret, 0o640), [""; 0]);
    assert_eq!(look(secret, 0o644), ["world-readable-secret"]);
    assert_eq!(look(empty, 0o666), ["world-writable"]);
}

fn tree(root: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

#[test]
fn effective_values_name_their_origin() {
    let place = Place::new();
    let root = place.path().join("root");
    tree(
        &root,
        &[
            ("usr/etc/keylime/agent.conf", "[agent]\nregistrar_ip = \"usr\"\ncontact_port = 1\n"),
            (
                "etc/keylime/agent.conf",
                "[agent]\nregistrar_ip = \"etc\"\n[[servers]]\nregistrars = [\"a\"]\n",
            ),
            (
                "etc/keylime/agent.conf.d/50-b.conf",
                "[[servers]]\nregistrars = [\"b\"]\n[[servers]]\nregistrars = [\"c\"]\n",
            ),
            (
                "etc/keylime/agent.conf.d/10-a.conf",
                "[agent]\nregistrar_ip = \"drop-in\"\ntpm_ownerpassword = \"SECRET\"\n",
            ),
            ("etc/keylime/agent.conf.d/folder/x", "not read"),
        ],
    );
    assert!(
        Command::new("mkfifo").arg(root.join("etc/keylime/agent.conf.d/pipe")).status().unwrap().success()
    );
    fs::write(root.join("etc/keylime/agent.conf.d/99-bytes.conf"), b"\xff").unwrap();
    let root_text = root.to_str().unwrap();
    let arguments = ["servers", "effective", "--root", root_text, "--format", "json"];
    let run = place.run_with(&arguments, b"", &[("KEYLIME_AGENT_CONTACT_PORT", "7")]);
    let answer = json(&run);
    assert_eq!(run.code, Some(0), "{answer}");
    let setting = |key: &str| {
        answer["settings"].as_array().unwrap().iter().find(|setting| setting["key"] == key).unwrap().clone()
    };
    let registrar = setting("registrar_ip");
    assert_eq!(registrar["effective"]["value"], "\"drop-in\"");
    assert!(registrar["effective"]["file"].as_str().unwrap().ends_with("agent.conf.d/10-a.conf"));
    assert_eq!(registrar["overridden"].as_array().unwrap().len(), 2);
    assert_eq!(setting("contact_port")["effective"]["variable"], "KEYLIME_AGENT_CONTACT_PORT");
    assert_eq!(setting("servers")["effective"]["value"], "2 blocks");
    assert_eq!(setting("servers")["effective"]["line"], 1);
    let problems: Vec<_> = answer["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["code"].as_str().unwrap())
        .collect();
    assert_eq!(problems, ["unreadable", "unreadable", "servers-replaced", "legacy-and-servers"]);
    assert!(!run.stdout.contains("SECRET"));

    let text = place.run(&["servers", "effective", "--root", root_text]);
    assert!(text.stdout.contains("overrides \"etc\""), "{}", text.stdout);
    tree(&root, &[("etc/keylime/agent.conf.d/README", "words\n"), ("only.conf", "[agent]\nport = 5\n")]);
    let stopped = place.run(&["servers", "effective", "--root", root_text]);
    assert_eq!(stopped.code, Some(1));
    assert!(stopped.stdout.contains("the agent does not start"), "{}", stopped.stdout);
    let only = place.run_with(&arguments, b"", &[("KEYLIME_AGENT_CONFIG", "/only.conf")]);
    assert_eq!((only.code, json(&only)["files"].as_array().unwrap().len()), (Some(0), 1));
    let missing = place.run_with(&arguments, b"", &[("KEYLIME_AGENT_CONFIG", "/none.conf")]);
    assert_eq!(missing.code, Some(1));
}

#[test]
fn headroom_names_single_points_and_the_probability() {
    let place = Place::new();
    let example = fs::read_to_string(file("example-4.toml")).unwrap();
    let text = format!("verification_duplication = 3\n{example}");
    let arguments =
        ["servers", "headroom", "-", "--mode", "push", "--availability", "0.9", "--format", "json"];
    let run = place.run_with(&arguments, text.as_bytes(), &[]);
    let answer = json(&run);
    assert_eq!(
        (run.code, &answer["blocks_may_fail"], &answer["fewest_failures"]),
        (Some(0), &0.into(), &1.into())
    );
    assert_eq!(answer["single_points"][0]["name"], "http://reg6.example.com:8890");
    let expected = (0.99f64 * 0.99).powi(2) * 0.81;
    assert!((answer["availability"]["satisfied"].as_f64().unwrap() - expected).abs() < 1e-12, "{answer}");
    let run = place.run_with(&["servers", "headroom", "-"], text.as_bytes(), &[]);
    assert!(
        run.stdout.contains("single point of failure: verifier https://ver6.example.com:8881"),
        "{}",
        run.stdout
    );
    assert_eq!(place.run_with(&["servers", "headroom", "-", "--availability", "2"], b"", &[]).code, Some(2));
    let run = place.run_with(&["servers", "headroom", "-", "--mode", "push"], b"[[servers]]\n", &[]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    assert!(run.stderr.contains("names no server"), "{}", run.stderr);
}

#[test]
fn pick_draws_the_same_from_the_same_seed_and_avoids_what_is_down() {
    let place = Place::new();
    let example = fs::read_to_string(file("example-4.toml")).unwrap();
    let text = format!("verification_duplication = 2\n{example}");
    let pick = |more: &[&str]| {
        let mut arguments = vec!["servers", "pick", "-", "--format", "json"];
        arguments.extend(more);
        place.run_with(&arguments, text.as_bytes(), &[])
    };
    assert_eq!(pick(&["--seed", "7"]).stdout, pick(&["--seed", "7"]).stdout);
    let answer = json(&pick(&["--draws", "3000"]));
    assert_eq!((&answer["mode"], &answer["satisfied_draws"]), (&"push".into(), &3000.into()));
    let blocks: Vec<u64> = answer["counts"]["blocks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|block| block["count"].as_u64().unwrap())
        .collect();
    assert_eq!(blocks.iter().sum::<u64>(), 6_000);
    assert!(blocks.iter().all(|count| count.abs_diff(2_000) < 150), "{blocks:?}");
    let answer = json(&pick(&["--draws", "500", "--down", "ver6.example.com", "--down", "reg1.example.com"]));
    assert_eq!(answer["satisfied_draws"], 500, "the others are enough");
    for counts in ["registrars", "verifiers"] {
        for server in answer["counts"][counts].as_array().unwrap() {
            let url = server["url"].as_str().unwrap();
            assert!(!url.contains("reg1") && !url.contains("6"), "{url} is down, or its block is");
        }
    }
    let down = ["--down", "ver6.example.com", "--down", "ver1.example.com", "--down", "ver2.example.com"];
    let answer = json(&pick(&down));
    assert_eq!((&answer["first"]["satisfied"], &answer["first"]["alive"]), (&false.into(), &1.into()));
    let run = pick(&["--down", "user:SECRET@nobody"]);
    assert_eq!(run.code, Some(2));
    assert!(!run.stderr.contains("SECRET"), "{}", run.stderr);
    assert_eq!(pick(&["--down", "nobody"]).code, Some(2));
}

//! The agent's order of layers, one rule each.

use super::*;

fn layer(name: &str, text: &str) -> Layer {
    Layer { name: name.to_owned(), drop_in: name.contains(".d/"), content: Content::Text(text.to_owned()) }
}

fn pairs(environment: &[(&str, &str)]) -> Vec<(String, String)> {
    environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn look(layers: &[Layer], environment: &[(&str, &str)], key: &str) -> (String, String, usize) {
    let found = effective(layers, &pairs(environment));
    let setting = found.settings.iter().find(|setting| setting.key == key).unwrap();
    (setting.value.shown.clone(), place(layers, &setting.value.origin), setting.overridden.len())
}

fn codes(layers: &[Layer], environment: &[(&str, &str)]) -> Vec<&'static str> {
    effective(layers, &pairs(environment)).problems.iter().map(|problem| problem.code).collect()
}

#[test]
fn later_files_win_and_are_named() {
    let layers = [
        layer("/usr/etc/keylime/agent.conf", "[agent]\nregistrar_ip = \"a\"\nport = 1\n"),
        layer("/usr/etc/keylime/agent.conf.d/10.conf", "[agent]\nregistrar_ip = \"b\"\n"),
        layer("/etc/keylime/agent.conf", "# remark\n[agent]\n\nregistrar_ip = \"c\"\n"),
    ];
    assert_eq!(look(&layers, &[], "registrar_ip"), ("\"c\"".into(), "/etc/keylime/agent.conf:4".into(), 2));
    assert_eq!(look(&layers, &[], "port"), ("1".into(), "/usr/etc/keylime/agent.conf:3".into(), 0));
    assert_eq!(look(&layers, &[], "registrar_port"), ("8890".into(), "built in".into(), 0));
}

#[test]
fn row_the_environment_wins_also_when_empty() {
    let layers = [layer("/etc/keylime/agent.conf", "[agent]\nregistrar_ip = \"c\"\n")];
    let environment = [("KEYLIME_AGENT_REGISTRAR_IP", "")];
    assert_eq!(
        look(&layers, &environment, "registrar_ip"),
        ("\"\"".into(), "KEYLIME_AGENT_REGISTRAR_IP".into(), 1)
    );
    for environment in [
        [("KEYLIME_DIR", "/x"), ("KEYLIME_AGENT_KEYLIME_DIR", "/y")],
        [("KEYLIME_AGENT_KEYLIME_DIR", "/y"), ("KEYLIME_DIR", "/x")],
    ] {
        assert_eq!(look(&[], &environment, "keylime_dir"), ("\"/x\"".into(), "KEYLIME_DIR".into(), 1));
    }
    assert_eq!(codes(&[], &[("KEYLIME_AGENT_SERVERS", "[]")]), ["list-in-environment"]);
    assert_eq!(codes(&[], &[("KEYLIME_AGENT_REGISTRAR_PROT", "1")]), ["unknown-variable"]);
    assert_eq!(codes(&[], &[("KEYLIME_AGENT_CONFIG", "x"), ("PATH", "y")]), [""; 0]);
}

#[test]
fn row_lists_are_replaced_whole() {
    let layers = [
        layer(
            "/etc/keylime/agent.conf",
            "[[servers]]\nregistrars = [\"a\"]\n[[servers]]\nregistrars = [\"b\"]\n",
        ),
        layer("/etc/keylime/agent.conf.d/50.conf", "[agent]\nport = 1\n[[servers]]\nregistrars = [\"c\"]\n"),
    ];
    assert_eq!(
        look(&layers, &[], "servers"),
        ("1 block".into(), "/etc/keylime/agent.conf.d/50.conf:3".into(), 1)
    );
    let found = effective(&layers, &[]);
    assert_eq!(found.problems[0].code, "servers-replaced");
    assert!(found.problems[0].message.contains("/etc/keylime/agent.conf:1"), "{}", found.problems[0].message);
}

#[test]
fn what_stops_the_agent_and_what_it_skips_silently() {
    let mut unreadable = layer("/etc/keylime/agent.conf.d/1.conf", "");
    unreadable.content = Content::Unreadable("1.conf: this user may not read it".to_owned());
    let mut missing = layer("/x.conf", "");
    missing.content = Content::Missing("/x.conf: there is no such file".to_owned());
    assert_eq!(codes(&[unreadable], &[]), ["unreadable"]);
    assert_eq!(codes(&[missing], &[]), ["missing"]);
    let broken = [layer("/etc/keylime/agent.conf.d/README", "This is no TOML.\n")];
    assert_eq!(codes(&broken, &[]), ["left-over", "syntax"]);
    for name in [".hidden", "a.conf~", "a.conf.bak", ".a.conf.swp", "README"] {
        assert!(is_left_over(name), "{name}");
    }
    assert!(!is_left_over("001-run_as.conf"));
    assert_eq!(codes(&[layer("/a", "registrar_ip = \"x\"\n")], &[]), ["key-outside-agent"]);
    let both = [layer("/a", "[agent]\nregistrar_ip = \"x\"\n[[servers]]\nregistrars = [\"r\"]\n")];
    assert_eq!(codes(&both, &[]), ["legacy-and-servers"]);
}

#[test]
fn no_secret_is_shown() {
    let text = "[agent]\ntpm_ownerpassword = \"SECRET\"\nverifier_url = \"https://u:SECRET@h\"\nregistrar_ip = 'u:SECRET@h'\n\
                \"u:SECRET@h\" = 1\nuuid = \"\"\"u:SECRET@h\"\"\"\n";
    let environment = pairs(&[
        ("KEYLIME_AGENT_SERVER_KEY_PASSWORD", "SECRET"),
        ("KEYLIME_AGENT_VERIFIER_URL", "u:SECRET@h"),
    ]);
    let found = format!("{:?}", effective(&[layer("/a", text)], &environment));
    assert!(!found.contains("SECRET"), "{found}");
    assert_eq!(
        look(&[layer("/a", "[agent]\ntpm_ownerpassword = \"\"\n")], &[], "tpm_ownerpassword").0,
        "\"\""
    );
}

//! The operator's key in every form that Keylime and openssl write.

use std::{fs, path::Path, process::Command};

use crate::support::{
    command::Place,
    configuration::{Block, write_configuration},
    keylime::{Group, Stack},
    status::group,
};

const PASSPHRASE: &str = "correct horse battery staple";

fn openssl(arguments: &[&str]) {
    let run = Command::new("openssl").args(arguments).output().expect("openssl runs");
    assert!(run.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
}

/// Runs `status` with this key; the group's reachability and all that was said.
fn with_key(key: &Path, lines: &str) -> (String, String) {
    let stack = Stack::shared();
    let place = Place::new();
    let mut deployment = stack.deployment(Group::Lone).clone();
    deployment.key = key.to_owned();
    let configuration = write_configuration(place.path(), 1, &[Block::of(&deployment)]);
    let text = fs::read_to_string(&configuration).unwrap();
    fs::write(&configuration, text.replace("[servers.tls]\n", &format!("[servers.tls]\n{lines}"))).unwrap();
    let status = place.status(&configuration);
    let seen = group(&status, "lone");
    (seen["reachability"].as_str().unwrap().to_owned(), format!("{seen}{}", place.written()))
}

#[test]
fn keys_are_read_in_every_form_and_decrypted_where_they_must_be() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Lone], &[]);
    let place = Place::new();
    let plain = stack.deployment(Group::Lone).key.to_str().unwrap().to_owned();
    let path = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    let secret = path("passphrase");
    fs::write(&secret, format!("{PASSPHRASE}\nsecond line\n")).unwrap();
    let file = format!("key_passphrase_file = {secret:?}\n");

    openssl(&["rsa", "-in", &plain, "-traditional", "-out", &path("pkcs1")]);
    assert_eq!(with_key(path("pkcs1").as_ref(), "").0, "up", "RSA PRIVATE KEY");
    let pass = format!("file:{secret}");
    for (name, options) in [
        ("aes-256, SHA-256", &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256"][..]),
        ("aes-128, SHA-1", &["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA1"]),
        ("aes-256, SHA-512", &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512", "-iter", "10000"]),
    ] {
        let encrypted = path(name);
        let mut arguments = vec!["pkcs8", "-topk8", "-in", &plain, "-out", &encrypted, "-passout", &pass];
        arguments.extend(options);
        openssl(&arguments);
        let (reachability, said) = with_key(encrypted.as_ref(), &file);
        assert_eq!(reachability, "up", "{name}: {said}");
        assert!(!said.contains(PASSPHRASE), "{name}: the passphrase was written");
    }

    let encrypted = path("aes-256, SHA-256");
    let (reachability, said) = with_key(encrypted.as_ref(), "");
    assert_eq!(reachability, "down");
    assert!(said.contains("the key is encrypted"), "{said}");
    let wrong = path("wrong");
    fs::write(&wrong, "wrong\n").unwrap();
    let (_, said) = with_key(encrypted.as_ref(), &format!("key_passphrase_file = {wrong:?}\n"));
    assert!(said.contains("the passphrase does not open the key"), "{said}");
    let (_, said) = with_key(encrypted.as_ref(), "key_passphrase_env = \"NOT_SET_AT_ALL\"\n");
    assert!(said.contains("NOT_SET_AT_ALL"), "{said}");

    let scrypt = path("scrypt");
    openssl(&["pkcs8", "-topk8", "-in", &plain, "-out", &scrypt, "-passout", &pass, "-scrypt"]);
    let (_, said) = with_key(scrypt.as_ref(), &file);
    assert!(said.contains("scrypt"), "{said}");
    fs::write(path("no key"), "hello\n").unwrap();
    let (_, said) = with_key(path("no key").as_ref(), "");
    assert!(said.contains("no private key in it"), "{said}");
}

//! `limescope tpm …` as a process of its own: nothing of a TPM that is off may reach standard error but our words.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use crate::device::tool;
use crate::support::agent::software_tpm::SoftwareTpm;
use crate::support::command::{Finished, Place};

fn with(place: &Place, software: &SoftwareTpm, arguments: &[&str], input: &str) -> Finished {
    place.run_with(arguments, input.as_bytes(), &[("TPM2TOOLS_TCTI", &software.text())])
}

#[test]
fn status_names_the_tpm_and_says_why_there_is_none() {
    let (place, mut software) = (Place::new(), SoftwareTpm::start());
    let run = with(&place, &software, &["tpm", "status"], "");
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{}", run.stdout);
    assert!(run.stdout.contains("lockout: 0 wrong PINs of 3 that lock it"), "{}", run.stdout);
    software.die();
    let run = with(&place, &software, &["tpm", "status"], "");
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    assert!(run.stderr.contains("cannot be reached") && run.stderr.lines().count() == 1, "{}", run.stderr);

    let empty = place.path().join("no libtss2");
    std::fs::create_dir(&empty).unwrap();
    std::fs::write(empty.join("libtss2-esys.so.0"), "").unwrap();
    let denied = place.path().join("tpm0");
    std::fs::write(&denied, "").unwrap();
    std::fs::set_permissions(&denied, std::fs::Permissions::from_mode(0o600)).unwrap();
    let odd = place.path().join("odd");
    symlink("/dev/null", &odd).unwrap();
    let device = |path: &std::path::Path| format!("device:{}", path.display());
    for (name, value, words) in [
        (
            "LD_LIBRARY_PATH",
            empty.display().to_string(),
            "TPM: libtss2 is not installed, or cannot be loaded",
        ),
        ("TCTI", "device:/dev/no-tpm".to_owned(), "TPM: there is no TPM at /dev/no-tpm"),
        ("TCTI", "unix:/x".to_owned(), "TPM: TCTI names a TPM in a way that is not understood"),
        ("TCTI", device(&odd), "TPM: the TPM "),
    ] {
        let run = place.run_with(&["tpm", "status"], b"", &[(name, &value)]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{name}={value}");
        assert!(run.stderr.starts_with(words) && run.stderr.lines().count() == 1, "{name}: {}", run.stderr);
    }
    // Without any device here: its absence has words of its own.
    if !std::path::Path::new("/dev/tpmrm0").exists() && !std::path::Path::new("/dev/tpm0").exists() {
        let run = place.run(&["tpm", "status"]);
        assert_eq!(run.code, Some(1));
        assert!(run.stderr.starts_with("TPM: this host has no TPM"), "{}", run.stderr);
    }
}

/// The kernel refuses, so this runs as nobody; root would be let in everywhere.
#[test]
fn a_user_without_rights_is_told_which_group_to_join() {
    let place = Place::new();
    let device = place.path().join("tpmrm0");
    std::fs::write(&device, "").unwrap();
    std::fs::set_permissions(&device, std::fs::Permissions::from_mode(0o600)).unwrap();
    for folder in place.path().ancestors().take(1) {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let program = place.path().join("limescope");
    std::fs::copy(env!("CARGO_BIN_EXE_limescope"), &program).unwrap();
    let mut command = std::process::Command::new("setpriv");
    if rustix::process::geteuid().is_root() {
        command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]);
    } else {
        std::fs::set_permissions(&device, std::fs::Permissions::from_mode(0o000)).unwrap();
    }
    let output = command
        .arg(&program)
        .args(["tpm", "status"])
        .env("TCTI", format!("device:{}", device.display()))
        .output()
        .unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert!(words.contains("may not use the TPM") && words.contains("usermod -aG tss USER"), "{words}");
}

#[test]
fn enrolment_makes_a_key_with_its_certificate_or_request() {
    let (place, software) = (Place::new(), SoftwareTpm::start());
    let path = |name: &str| place.path().join(name).display().to_string();
    let out = path("plain");
    let run = with(&place, &software, &["tpm", "enroll", "--out", &out, "--name", "jump host"], "");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stdout.lines().count(), 2, "{}", run.stdout);
    assert!(
        run.stderr.contains("trusted_client_ca") && run.stderr.contains("key = \"tpm:/"),
        "{}",
        run.stderr
    );
    let key = format!("{out}/key.tss2.pem");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let (ok, text) = tool(
        &software,
        "openssl",
        &["x509", "-in", &format!("{out}/cert.pem"), "-noout", "-subject", "-purpose"],
    );
    assert!(ok && text.contains("CN = jump host") && text.contains("SSL client : Yes"), "{text}");
    let again = with(&place, &software, &["tpm", "enroll", "--out", &out], "");
    assert_eq!(again.code, Some(2), "{}", again.stderr);

    let out = path("request");
    let arguments = ["tpm", "enroll", "--csr", "--rsa", "--pin", "--out", &out];
    let run = with(&place, &software, &arguments, "1234\nnot read\n");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let (ok, text) = tool(
        &software,
        "openssl",
        &["req", "-in", &format!("{out}/request.csr"), "-noout", "-verify", "-text"],
    );
    assert!(ok && text.contains("CN = limescope") && text.contains("2048 bit"), "{text}");
    let files = std::fs::read_to_string(format!("{out}/key.tss2.pem")).unwrap();
    assert!(!format!("{}{}{files}", run.stdout, run.stderr).contains("1234"));
    for input in ["", "\n", &"x".repeat(33)] {
        let out = path("never");
        let run = with(&place, &software, &["tpm", "enroll", "--pin", "--out", &out], input);
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert!(!std::path::Path::new(&out).join("key.tss2.pem").exists());
    }
}

/// Two operators of the same name stand in one list of trusted certificates: each is found by the key.
#[test]
fn certificates_of_one_name_do_not_stand_in_each_others_way() {
    let (place, software) = (Place::new(), SoftwareTpm::start());
    let path = |name: &str| place.path().join(name).display().to_string();
    let mut both = String::new();
    for name in ["one", "two"] {
        let run = with(&place, &software, &["tpm", "enroll", "--out", &path(name)], "");
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(run.stderr.contains(&format!("cert = \"{}/cert.pem\"", path(name))), "{}", run.stderr);
        both += &std::fs::read_to_string(path(name) + "/cert.pem").unwrap();
    }
    std::fs::write(path("both.pem"), both).unwrap();
    // Without the prefix it is told how to name it.
    let (key, policy) = (
        path("one/key.tss2.pem"),
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/policies/policy/small-dm.json"),
    );
    let signed = with(&place, &software, &["policy", "sign", policy, "--key", &key, "-o", "-"], "");
    assert_eq!(signed.code, Some(2), "{}", signed.stderr);
    assert!(signed.stderr.contains(&format!("name it as tpm:{key}")), "{}", signed.stderr);
    for name in ["one", "two"] {
        let certificate = path(name) + "/cert.pem";
        let both = path("both.pem");
        let verify = ["verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", &both, &certificate];
        let (ok, text) = tool(&software, "openssl", &verify);
        assert!(ok, "{name}: {text}");
    }
}

#[test]
fn what_cannot_be_enrolled_says_why_and_leaves_nothing() {
    let (place, software) = (Place::new(), SoftwareTpm::start());
    let path = |name: &str| place.path().join(name).display().to_string();
    for name in ["", "  ", "a\nb", "\u{202e}evil", "\u{200b}", &"x".repeat(65)] {
        let run = with(&place, &software, &["tpm", "enroll", "--out", &path("names"), "--name", name], "");
        assert_eq!(run.code, Some(2), "{name:?}");
        assert!(run.stderr.contains("--name takes 1 to 64 characters"), "{}", run.stderr);
    }
    assert!(!place.path().join("names").exists());
    std::fs::write(path("file"), "").unwrap();
    for out in ["file", "file/below"] {
        let run = with(&place, &software, &["tpm", "enroll", "--out", &path(out)], "");
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert!(run.stderr.contains("cannot be made") && run.stderr.contains("--out"), "{}", run.stderr);
    }
    // A link to nowhere is in the way, too.
    std::fs::create_dir(path("links")).unwrap();
    symlink("/nowhere/at/all", path("links/cert.pem")).unwrap();
    let run = with(&place, &software, &["tpm", "enroll", "--out", &path("links")], "");
    assert!(run.code == Some(2) && run.stderr.contains("is there already"), "{}", run.stderr);
    assert!(!place.path().join("links/key.tss2.pem").exists());
}

/// A key takes up to two minutes to be made; a TPM that hangs is found out before.
#[test]
fn a_tpm_that_hangs_is_told_before_a_key_is_waited_for() {
    let (place, software) = (Place::new(), SoftwareTpm::start());
    software.hang();
    let began = std::time::Instant::now();
    let out = place.path().join("out").display().to_string();
    let run = with(&place, &software, &["tpm", "enroll", "--out", &out], "");
    software.go_on();
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.starts_with("no key was made: the TPM did not answer within 5 s"), "{}", run.stderr);
    assert!(began.elapsed() < std::time::Duration::from_secs(60), "{:?}", began.elapsed());
}

//! Real servers and an operator's key that a TPM holds.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::support::{
    agent::software_tpm::SoftwareTpm,
    command::Place,
    configuration::{Block, write_configuration},
    keylime::{Group, Stack},
    status::{addresses, group},
};

/// Files of a group that are to be as they were when this is dropped.
struct Kept(Vec<(PathBuf, String)>);

impl Kept {
    fn of(files: impl IntoIterator<Item = PathBuf>) -> Self {
        Self(files.into_iter().map(|file| (file.clone(), fs::read_to_string(&file).unwrap())).collect())
    }

    fn change(&self, change: impl Fn(&str) -> String) {
        for (file, text) in &self.0 {
            fs::write(file, change(text)).unwrap();
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        for (file, text) in &self.0 {
            drop(fs::write(file, text));
        }
    }
}

fn restart(stack: &'static Stack) {
    for server in [Group::Lone.verifier(1), Group::Lone.registrar(1)] {
        stack.kill(&server).start();
    }
}

#[test]
fn verifier_and_registrar_take_it_in_both_versions_of_tls() {
    let stack = Stack::shared();
    let _held = stack.hold(&[], &[Group::Lone]);
    let (place, software) = (Place::new(), SoftwareTpm::start());
    let tcti = software.text();
    let run = |arguments: &[&str], input: &str| {
        place.run_with(arguments, input.as_bytes(), &[("TPM2TOOLS_TCTI", &tcti), ("PIN", "1234")])
    };
    let out = place.path().join("operator");
    let made =
        run(&["tpm", "enroll", "--pin", "--out", out.to_str().unwrap(), "--name", "jump host"], "1234\n");
    assert_eq!(made.code, Some(0), "{}", made.stderr);

    // What an operator does: the certificate is trusted beside the CA. `generate` allows no other list.
    let mut deployment = stack.deployment(Group::Lone).clone();
    let authority = deployment.ca.parent().unwrap().to_owned();
    let folder = authority.parent().and_then(Path::parent).unwrap().to_owned();
    let kept = Kept::of(["verifier1.conf", "registrar1.conf"].map(|file| folder.join(file)));
    let trusted = format!("trusted_client_ca = [{:?}, {:?}]", deployment.ca, out.join("cert.pem"));
    let own = format!("tls_dir = {}", authority.display());
    kept.change(|text| {
        text.replace("trusted_client_ca = default", &trusted).replace("tls_dir = generate", &own)
    });

    deployment.cert = out.join("cert.pem");
    deployment.key = format!("tpm:{}", out.join("key.tss2.pem").display()).into();
    let configuration = write_configuration(place.path(), 1, &[Block::of(&deployment)]);
    let text = fs::read_to_string(&configuration).unwrap();
    let text = text.replace("[servers.tls]\n", "[servers.tls]\nkey_passphrase_env = \"PIN\"\n");
    fs::write(&configuration, text).unwrap();
    let configuration = configuration.to_str().unwrap();

    let openssl = folder.join("openssl.cnf");
    for version in ["1.2", "1.3"] {
        let limits = format!("MinProtocol = TLSv{version}\nMaxProtocol = TLSv{version}\n");
        let head = "openssl_conf = c\n[c]\nssl_conf = s\n[s]\nsystem_default = d\n[d]\n";
        fs::write(&openssl, format!("{head}{limits}")).unwrap();
        restart(stack);
        let status = run(&["status", "--config", configuration, "--format", "json"], "");
        let status = serde_json::from_str(&status.stdout).unwrap();
        assert_eq!(group(&status, "lone")["reachability"], "up", "{version}: {status}");
        for role in ["verifier", "registrar"] {
            for address in addresses(&status, "lone", role) {
                assert_eq!(address["tls"]["version"], format!("TLS {version}"), "{address}");
            }
        }
        let test = run(&["tpm", "test", "lone", "--config", configuration], "");
        assert_eq!(test.code, Some(0), "{} {}", test.stdout, test.stderr);
        assert!(test.stdout.starts_with("TPM: signed with the P-256 key in "), "{}", test.stdout);
    }
    // Without it in their list they refuse it, and the console says what to do.
    fs::remove_file(&openssl).unwrap();
    drop(kept);
    restart(stack);
    let refused = run(&["tpm", "test", "lone", "--config", configuration], "");
    assert!(refused.code == Some(1) && refused.stdout.contains("client-cert-refused"), "{}", refused.stdout);
}

//! Certificates that are not to be trusted, or that carry hostile names. Whoever shows one that fails is never shown
//! ours.

use std::sync::Arc;

use rcgen::string::Ia5String;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, SanType, date_time_ymd};
use serde_json::Value;

use crate::answers::{bulk, ids, record, serving};
use crate::authority::{Authority, Identity, named};
use crate::case::{Case, configuration};
use crate::output::assert_clean;
use crate::script::Play;
use crate::server::Transport;
use crate::support::command::Place;
use crate::support::status;

const HOSTILE: &str = "evil\u{1b}]0;owned\u{7}\u{202e}\u{200b}";
const HOSTILE_ASCII: &str = "evil\u{1b}[31m\r\nname";

fn hostile_names(params: &mut CertificateParams) {
    params.subject_alt_names.push(SanType::DnsName(Ia5String::try_from(HOSTILE_ASCII).unwrap()));
    let many =
        (0..200).map(|number| SanType::DnsName(Ia5String::try_from(format!("n{number}.invalid")).unwrap()));
    params.subject_alt_names.extend(many);
    params.distinguished_name = named(HOSTILE);
    params.distinguished_name.push(DnType::OrganizationName, "o\u{1b}[2J".repeat(500));
}

fn expired(params: &mut CertificateParams) {
    params.not_after = date_time_ymd(2020, 1, 1);
    params.not_before = date_time_ymd(2019, 1, 1);
}

/// What is refused: name, certificate, state, words.
fn refused(authority: &Authority) -> Vec<(&'static str, Identity, &'static str, &'static str)> {
    let other = Authority::called("Another Certificate Authority");
    vec![
        ("cert-expired", authority.signed(expired), "expired", "its certificate has expired"),
        (
            "cert-not-yet-valid",
            authority.signed(|params| params.not_before = date_time_ymd(4000, 1, 1)),
            "expired",
            "its certificate is not valid yet: look at the clocks",
        ),
        (
            "cert-for-another-name",
            authority.signed(|params| {
                params.subject_alt_names =
                    vec![SanType::DnsName(Ia5String::try_from("other.invalid").unwrap())];
            }),
            "name-mismatch",
            "its certificate is for another name",
        ),
        (
            "cert-without-names",
            authority.signed(|params| params.subject_alt_names.clear()),
            "name-mismatch",
            "its certificate is for another name",
        ),
        ("cert-of-another-ca", other.good(), "unknown-ca", "not from the CA of this group"),
        ("cert-of-a-namesake", Authority::new().good(), "unknown-ca", "not signed by the CA that it names"),
        ("cert-self-signed", Identity::self_signed(|_| {}), "unknown-ca", ""),
        (
            "cert-of-its-own-ca",
            Identity::self_signed(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)),
            "unknown-ca",
            "",
        ),
        (
            "cert-hostile-and-expired",
            authority.signed(|params| {
                hostile_names(params);
                expired(params);
            }),
            "expired",
            "its certificate has expired",
        ),
        ("cert-hostile-names-of-another-ca", other.signed(hostile_names), "unknown-ca", ""),
        ("cert-hostile-names-self-signed", Identity::self_signed(hostile_names), "unknown-ca", ""),
    ]
}

fn keylime() -> Play {
    serving(bulk([("agent-of-certificates", record())]), ids(["agent-of-certificates"]))
}

pub fn cases(authority: &Authority) -> Vec<Case> {
    let registrars = refused(authority);
    let mut cases: Vec<_> = refused(authority)
        .into_iter()
        .zip(registrars)
        .map(|((name, verifier, state, words), (_, registrar, _, _))| {
            let case =
                Case::of(name, Transport::Tls(verifier, keylime()), Transport::Tls(registrar, keylime()));
            case.says(state, words).and(move |status| {
                let tls = &status::addresses(status, name, "verifier")[0]["tls"];
                let is_shown = tls["verified"] == false && tls["issuer"].is_string();
                if is_shown {
                    names_are_few(tls)
                } else {
                    Err(format!("its certificate is not shown: {tls}"))
                }
            })
        })
        .collect();
    let hostile = || Transport::Tls(authority.signed(hostile_names), keylime());
    let name = "cert-hostile-names-trusted";
    // Chain and address are right; what else it says is for the eye.
    cases.push(Case::of(name, hostile(), hostile()).and(move |status| {
        let tls = &status::addresses(status, name, "verifier")[0]["tls"];
        let names = tls["names"].to_string();
        if tls["verified"] == true && names.contains("evil\\\\u{1b}[31m\\\\u{d}\\\\u{a}name") {
            names_are_few(tls)
        } else {
            Err(format!("expected a verified certificate with its names made visible: {tls}"))
        }
    }));
    cases
}

fn names_are_few(tls: &Value) -> Result<(), String> {
    let names = tls["names"].as_array().map_or(0, Vec::len);
    let longest = tls.to_string().len();
    if names <= 32 && longest < 8_000 {
        Ok(())
    } else {
        Err(format!("{names} names, {longest} bytes: {tls}"))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_certificate_is_shown_only_to_a_server_whose_own_is_right() {
    let authority = Authority::new();
    let mut running = Vec::new();
    let new = refused(&authority).into_iter().map(|one| (one, ""));
    let old = refused(&authority).into_iter().map(|one| (one, "-tls-1-2"));
    for ((name, verifier, state, words), version) in new.chain(old) {
        let (name, good) = (format!("{name}{version}"), authority.good());
        let (verifier, good) = if version.is_empty() {
            (verifier, good)
        } else {
            (verifier.with_old_tls(), good.with_old_tls())
        };
        // Beside it a registrar with the same TLS that is as it should be.
        let registrar = Transport::Tls(good, keylime());
        let case = Case::of(&name, Transport::Tls(verifier, keylime()), registrar);
        running.push(case.says(state, words).registrar_says("up", "").start(&authority).await);
    }
    let place = Arc::new(Place::new());
    let path = place.path().join("limescope.toml");
    std::fs::write(&path, configuration(running.iter().map(|one| one.block.clone()))).unwrap();
    let (run, place) = tokio::task::spawn_blocking(move || {
        let run = place.run(&["status", "--format", "json", "--config", path.to_str().unwrap()]);
        (run, place)
    })
    .await
    .unwrap();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let status: Value = serde_json::from_str(&run.stdout).unwrap();
    let faults: Vec<_> = running.iter().flat_map(|one| one.faults(&status)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    for one in &running {
        let (name, refused, trusted) = (&one.case.name, &one.verifier.seen, &one.registrar.seen);
        assert!(refused.connections() > 0, "{name}: the refused server was never tried");
        assert_eq!(refused.client_certificates(), 0, "{name}: our certificate went to a server that failed");
        assert!(refused.asked().is_empty(), "{name}: it was asked {:?}", refused.asked());
        // So that a recorder that sees nothing cannot pass.
        assert!(trusted.client_certificates() > 0, "{name}: the good server never saw our certificate");
    }
    assert_clean(&run, &place, &[&authority.key_text()], "certificates");
}

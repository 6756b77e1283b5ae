//! Files, ports, certificates, pace, counters.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use limescope::demo::{DemoOptions, Pace, RequestKind};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::support::http::Client;
use crate::support::wait;
use crate::{deployment, start};

#[tokio::test]
async fn the_configuration_names_everything() {
    let fleet = start(&DemoOptions::default()).await;
    let config: toml::Table = fleet.config_toml().parse().unwrap();
    assert_eq!(config["poll_interval_s"].as_integer(), Some(2));
    assert_eq!(config["verification_duplication"].as_integer(), Some(1));
    let servers = config["servers"].as_array().unwrap();
    assert_eq!(servers.len(), 4);
    for (server, group) in servers.iter().zip(fleet.groups()) {
        assert_eq!(server["name"].as_str(), Some(&*group.name));
        let list = |key: &str| -> Vec<String> {
            server[key].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(list("registrars"), group.registrar_agent_faces);
        assert_eq!(list("registrar_admin"), group.registrars);
        let verifiers: Vec<String> = group.verifiers.iter().map(|verifier| verifier.url.clone()).collect();
        assert_eq!(list("verifiers"), verifiers);
        for (key, path) in [("ca", &group.ca), ("cert", &group.cert), ("key", &group.key)] {
            assert_eq!(server["tls"][key].as_str(), path.to_str());
            assert!(path.is_absolute());
        }
        let key = std::fs::read_to_string(&group.key).unwrap();
        assert!(key.starts_with("-----BEGIN PRIVATE KEY-----"), "PKCS#8");
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&group.key), 0o600);
        assert_eq!(mode(group.key.parent().unwrap()), 0o700);
    }
    assert_eq!(std::fs::read_to_string(fleet.config_path()).unwrap(), fleet.config_toml());
}

#[tokio::test]
async fn nothing_is_left_when_it_is_dropped() {
    let fleet = start(&DemoOptions { agents: 20, ..DemoOptions::default() }).await;
    let groups = fleet.groups().to_vec();
    let folder = fleet.config_path().parent().unwrap().to_owned();
    let operator = Client::operator(&deployment(&groups[0]));
    assert_eq!(operator.ask(&groups[0].verifiers[0].url, "/version").await.status, 200);
    drop(fleet);
    assert!(!folder.exists());
    for url in groups.iter().flat_map(|group| &group.registrars) {
        wait::until("the port is closed", || async {
            operator.try_ask(url, "/version").await.err().filter(|error| error.contains("refused"))
        })
        .await;
    }
}

#[tokio::test]
async fn the_dark_verifier_refuses_and_its_registrar_answers() {
    let fleet = start(&DemoOptions::default()).await;
    let lab = fleet.groups().iter().find(|group| group.name == "lab").unwrap();
    let operator = Client::operator(&deployment(lab));
    assert!(lab.verifiers[0].dark);
    let refused = operator.try_ask(&lab.verifiers[0].url, "/version").await.unwrap_err();
    assert!(refused.starts_with("connect:") && refused.contains("refused"), "{refused}");
    let list = operator.ask(&lab.registrars[0], "/v2/agents/").await.json();
    assert!(!list["results"]["uuids"].as_array().unwrap().is_empty());
}

/// Days until the certificate at an address ends, and its names.
async fn certificate(url: &str, ca: &std::path::Path) -> (i64, Vec<String>) {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let address = url.strip_prefix("https://").unwrap();
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    // The name, where the other tests check the address.
    let name = "localhost".try_into().unwrap();
    let stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    let chain = stream.get_ref().1.peer_certificates().unwrap();
    assert_eq!(chain.len(), 2, "its own and its CA's");
    let (_, certificate) = X509Certificate::from_der(&chain[0]).unwrap();
    assert!(certificate.extended_key_usage().unwrap().is_none(), "as Keylime's: no extended key usage");
    let names = certificate.subject_alternative_name().unwrap().unwrap();
    let names = names.value.general_names.iter().map(|name| format!("{name:?}")).collect();
    let left = certificate.validity().not_after.timestamp() - jiff::Timestamp::now().as_second();
    (left / 86_400, names)
}

#[tokio::test]
async fn one_certificate_ends_in_five_days() {
    let fleet = start(&DemoOptions::default()).await;
    let mut ending = 0;
    for group in fleet.groups() {
        let verifiers =
            group.verifiers.iter().filter(|verifier| !verifier.dark).map(|verifier| &verifier.url);
        for url in verifiers.chain(&group.registrars) {
            let (days, names) = certificate(url, &group.ca).await;
            assert_eq!(names.len(), 3, "{names:?}");
            match days {
                4 | 5 => ending += 1,
                364 | 365 => {}
                _ => panic!("{url} ends in {days} days"),
            }
        }
    }
    assert_eq!(ending, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_keylimes_pace_a_bulk_answer_blocks_its_address_only() {
    let options = DemoOptions { agents: 2000, pace: Pace::Keylime, still: true, ..DemoOptions::default() };
    let fleet = start(&options).await;
    let group = deployment(&fleet.groups()[0]);
    let (first, second) = (group.verifiers[0].0.clone(), group.verifiers[1].0.clone());
    let operator = Client::operator(&group);
    let bulk = tokio::spawn({
        let (operator, first) = (operator.clone(), first.clone());
        async move { operator.ask(&first, "/v2/agents/?bulk=1").await }
    });
    wait::until("the bulk request has arrived", || async {
        (fleet.asked(&first).count(RequestKind::AgentBulk) == 1).then_some(())
    })
    .await;
    let elsewhere = operator.ask(&second, "/version").await;
    assert_eq!(elsewhere.status, 200);
    assert!(fleet.asked(&first).statuses.is_empty(), "another address answers meanwhile");
    operator.ask(&first, "/version").await;
    assert_eq!(fleet.asked(&first).statuses.get(&200), Some(&2), "the bulk answer came first");
    let agents = bulk.await.unwrap().json()["results"].as_object().unwrap().len();
    assert!(agents > 500, "{agents}");
}

#[tokio::test]
async fn requests_are_counted_by_address_and_kind() {
    let fleet = start(&DemoOptions { agents: 20, still: true, ..DemoOptions::default() }).await;
    let group = deployment(&fleet.groups()[0]);
    let (operator, url) = (Client::operator(&group), &group.verifiers[0].0);
    for path in [
        "/version",
        "/v2/agents/",
        "/v2/agents/?bulk=1",
        "/v2/agents/?bulk=1",
        "/v2/agents/nobody",
        "/v2/allowlists",
    ] {
        operator.ask(url, path).await;
    }
    Client::anonymous(&group).ask(url, "/v2/agents/").await;
    let asked = fleet.asked(url);
    assert_eq!(asked.connections, 7);
    let counts: Vec<u64> = [
        RequestKind::Version,
        RequestKind::AgentList,
        RequestKind::AgentBulk,
        RequestKind::Agent,
        RequestKind::Policy,
        RequestKind::Other,
    ]
    .map(|kind| asked.count(kind))
    .to_vec();
    assert_eq!(counts, [1, 2, 2, 1, 1, 0]);
    assert_eq!(
        asked.statuses.iter().map(|(status, count)| (*status, *count)).collect::<Vec<_>>(),
        [(200, 5), (403, 1), (404, 1)]
    );
    assert_eq!((asked.during_bulk, asked.failed_handshakes), (0, 0));
    assert_eq!(fleet.asked(&group.verifiers[1].0).connections, 0);
}

//! The Keylime that is installed on this host, as the group `local`.
//!
//! Looks where `keylime/config.py` does: the file that `KEYLIME_TENANT_CONFIG`
//! names, else `/etc/keylime/tenant.conf`, else `/usr/etc/keylime/tenant.conf`,
//! with the snippets of `tenant.conf.d`; single options from
//! `KEYLIME_TENANT_<OPTION>`. Without a tenant the verifier's files serve, and
//! without those the CA that a verifier makes at its first start.

use std::path::{Path, PathBuf};

use crate::servers::{Endpoint, Host, Scheme, parse_host};
use crate::text::sanitise_to;

use super::ini::{self, Section};
use super::model::{Config, GroupConfig, KeySource, RegistrarFaces, TlsConfig};

/// Folders of configuration, the first with a base file wins.
const FOLDERS: [&str; 2] = ["/etc/keylime", "/usr/etc/keylime"];

/// Where Keylime keeps its state, unless `KEYLIME_DIR` says otherwise.
const KEYLIME_FOLDER: &str = "/var/lib/keylime";

/// What a look at a file gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Installed {
    /// The file's text.
    Text(String),
    /// It is there, but this user may not read it.
    Denied,
    /// Nothing is there.
    Absent,
}

/// What a look at this host found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalInstallation {
    /// No Keylime.
    Absent,
    /// A Keylime whose files this user may not read.
    Denied {
        /// The file that could not be read.
        file: PathBuf,
    },
    /// A Keylime, as a configuration with the one group `local`.
    Found {
        /// The defaults and the group.
        config: Box<Config>,
        /// The files it comes from, in the order they were read.
        sources: Vec<PathBuf>,
        /// What was read differently than Keylime would, fit to be shown.
        notices: Vec<String>,
    },
}

/// Looks for a Keylime installation through three questions, so that nothing
/// is read here: `read` a file, `list` the files of a folder, and the value of
/// an environment `variable`.
///
/// A passphrase in Keylime's files is not taken over: a notice says that it
/// will be asked for.
pub fn local_installation(
    read: impl Fn(&Path) -> Installed,
    list: impl Fn(&Path) -> Vec<PathBuf>,
    variable: impl Fn(&str) -> Option<String>,
) -> LocalInstallation {
    let mut look = Look { read: &read, list: &list, variable: &variable, sources: Vec::new(), denied: None };
    let folder = variable("KEYLIME_DIR").filter(|folder| !folder.is_empty());
    let folder = PathBuf::from(folder.unwrap_or_else(|| KEYLIME_FOLDER.to_owned()));
    let tenant = look.component("tenant");
    let (component, options) = match tenant {
        Some(options) => ("tenant", options),
        None => match look.component("verifier") {
            Some(options) => ("verifier", options),
            None => match look.authority(&folder) {
                true => ("tenant", Section::new()),
                false => {
                    return match look.denied {
                        Some(file) => LocalInstallation::Denied { file },
                        None => LocalInstallation::Absent,
                    };
                }
            },
        },
    };
    let registrar = look.component("registrar").unwrap_or_default();
    let sources = look.sources;
    let mut settings =
        Settings { component, options: &options, variable: &variable, folder: &folder, notices: Vec::new() };
    let group = settings.group(&registrar);
    let notices = settings.notices;
    LocalInstallation::Found { config: Box::new(Config::with_groups(vec![group])), sources, notices }
}

struct Look<'l> {
    read: &'l dyn Fn(&Path) -> Installed,
    list: &'l dyn Fn(&Path) -> Vec<PathBuf>,
    variable: &'l dyn Fn(&str) -> Option<String>,
    sources: Vec<PathBuf>,
    denied: Option<PathBuf>,
}

impl Look<'_> {
    fn text(&mut self, path: &Path) -> Option<String> {
        match (self.read)(path) {
            Installed::Text(text) => {
                self.sources.push(path.to_owned());
                Some(text)
            }
            Installed::Denied => {
                self.denied.get_or_insert_with(|| path.to_owned());
                None
            }
            Installed::Absent => None,
        }
    }

    /// The options of a component, if it is configured here.
    fn component(&mut self, name: &str) -> Option<Section> {
        let given = (self.variable)(&format!("KEYLIME_{}_CONFIG", name.to_uppercase()));
        if let Some(path) = given.filter(|path| !path.is_empty())
            && let Some(text) = self.text(Path::new(&path))
        {
            return Some(ini::section(&text, name));
        }
        let base =
            FOLDERS.iter().find_map(|folder| self.text(&Path::new(folder).join(format!("{name}.conf"))))?;
        let mut options = ini::section(&base, name);
        // The distribution's snippets come first, so that the host's win.
        for folder in FOLDERS.iter().rev() {
            let mut snippets = (self.list)(&Path::new(folder).join(format!("{name}.conf.d")));
            snippets.sort();
            for snippet in snippets {
                if let Some(text) = self.text(&snippet) {
                    options.extend(ini::section(&text, name));
                }
            }
        }
        Some(options)
    }

    /// Whether a verifier has made its CA here.
    fn authority(&mut self, folder: &Path) -> bool {
        self.text(&folder.join("cv_ca/cacert.crt")).is_some()
    }
}

struct Settings<'s> {
    component: &'static str,
    options: &'s Section,
    variable: &'s dyn Fn(&str) -> Option<String>,
    folder: &'s Path,
    notices: Vec<String>,
}

impl Settings<'_> {
    fn option(&self, name: &str) -> Option<String> {
        let variable = format!("KEYLIME_{}_{}", self.component.to_uppercase(), name.to_uppercase());
        let value = (self.variable)(&variable).or_else(|| self.options.get(name).cloned())?;
        Some(ini::unquoted(&value).to_owned()).filter(|value| !value.is_empty())
    }

    fn group(&mut self, registrar: &Section) -> GroupConfig {
        let (verifier_ip, verifier_port) = match self.component {
            "verifier" => ("ip", "port"),
            _ => ("verifier_ip", "verifier_port"),
        };
        let verifier = self.endpoint(verifier_ip, verifier_port, 8881);
        let operator = self.endpoint("registrar_ip", "registrar_port", 8891);
        let agent_port = registrar.get("port").and_then(|port| ini::unquoted(port).parse().ok());
        let agent_port = match agent_port {
            // That file describes this host's registrar, not another one.
            Some(port) if operator.host.is_loopback() => Some(port),
            _ => (operator.port == 8891).then_some(8890),
        };
        let agent =
            agent_port.map(|port| Endpoint { scheme: Scheme::Http, host: operator.host.clone(), port });
        GroupConfig {
            name: "local".to_owned(),
            index: 1,
            registrars: vec![RegistrarFaces { agent, operator }],
            verifiers: vec![verifier],
            tls: self.tls(),
        }
    }

    fn endpoint(&mut self, ip: &str, port: &str, default_port: u16) -> Endpoint {
        let local = Host::V4(std::net::Ipv4Addr::LOCALHOST);
        // A server bound to every interface is reached on the loopback one.
        let host = match self.option(ip).as_deref() {
            None | Some("0.0.0.0" | "*") => local,
            Some("::") => Host::V6(std::net::Ipv6Addr::LOCALHOST),
            Some(text) => match parse_host(text) {
                Ok((host, _)) => host,
                Err(error) => {
                    self.notices.push(format!("{ip}: {}; 127.0.0.1 is used", error.message));
                    local
                }
            },
        };
        let port =
            match self.option(port).map(|text| text.parse::<u16>().ok().filter(|port| *port > 0).ok_or(text))
            {
                None => default_port,
                Some(Ok(number)) => number,
                Some(Err(text)) => {
                    let text = sanitise_to(&text, 20);
                    self.notices.push(format!("{port}: \"{text}\" is no port; {default_port} is used"));
                    default_port
                }
            };
        Endpoint { scheme: Scheme::Https, host, port }
    }

    fn tls(&mut self) -> TlsConfig {
        let authority = self.folder.join("cv_ca");
        let folder = match self.option("tls_dir").as_deref() {
            None | Some("default" | "generate") => authority.clone(),
            Some(folder) => self.folder.join(folder),
        };
        let file = |name: &str, default: &str| match self.option(name).as_deref() {
            None | Some("default") => folder.join(default),
            Some(name) => folder.join(name),
        };
        let cert = file("client_cert", "client-cert.crt");
        let key = file("client_key", "client-private.pem");
        if self.option("client_key_password").is_some() {
            self.notices.push(
                "client_key_password is not taken over: the passphrase will be asked for, or name its source in a \
                 limescope.toml"
                    .to_owned(),
            );
        }
        let default = authority.join("cacert.crt");
        let ca = match self.option("trusted_server_ca") {
            None => default,
            Some(value) if value == "default" => default,
            Some(value) if value == "all" => {
                self.notices.push(
                    "trusted_server_ca = all turns Keylime's own check off; here the CA in cv_ca is demanded"
                        .to_owned(),
                );
                default
            }
            Some(value) => {
                let names = ini::list(&value);
                if names.len() > 1 {
                    self.notices
                        .push("trusted_server_ca names several files; only the first is used".to_owned());
                }
                names.first().map_or(default, |name| folder.join(name))
            }
        };
        TlsConfig { ca: Some(ca), cert: Some(cert), key: Some(KeySource::File(key)), ..TlsConfig::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const TENANT: &str = "[tenant]\nversion = 2.6\nverifier_ip = \"10.0.0.7\"\nverifier_port = 8881\n\
        registrar_ip = 127.0.0.1\nregistrar_port = 8891\ntls_dir = default\nclient_key = default\n\
        client_key_password =\nclient_cert = default\ntrusted_server_ca = default\n";

    fn look(files: &[(&str, Installed)], variables: &[(&str, &str)]) -> LocalInstallation {
        let files: BTreeMap<PathBuf, Installed> =
            files.iter().map(|(path, text)| (PathBuf::from(path), text.clone())).collect();
        local_installation(
            |path| files.get(path).cloned().unwrap_or(Installed::Absent),
            |folder| files.keys().filter(|path| path.parent() == Some(folder)).cloned().collect(),
            |name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()),
        )
    }

    fn text(text: &str) -> Installed {
        Installed::Text(text.to_owned())
    }

    fn found(files: &[(&str, Installed)], variables: &[(&str, &str)]) -> (GroupConfig, Vec<String>) {
        match look(files, variables) {
            LocalInstallation::Found { mut config, notices, .. } => (config.groups.remove(0), notices),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_tenant_becomes_the_group_local() {
        let (group, notices) = found(&[("/etc/keylime/tenant.conf", text(TENANT))], &[]);
        assert_eq!((group.name.as_str(), group.index), ("local", 1));
        assert_eq!(group.verifiers[0].to_string(), "https://10.0.0.7:8881");
        assert_eq!(group.registrars[0].operator.to_string(), "https://127.0.0.1:8891");
        assert_eq!(group.registrars[0].agent.as_ref().unwrap().to_string(), "http://127.0.0.1:8890");
        assert_eq!(
            group.tls,
            TlsConfig {
                ca: Some("/var/lib/keylime/cv_ca/cacert.crt".into()),
                cert: Some("/var/lib/keylime/cv_ca/client-cert.crt".into()),
                key: Some(KeySource::File("/var/lib/keylime/cv_ca/client-private.pem".into())),
                ..TlsConfig::default()
            }
        );
        assert_eq!(notices, [""; 0]);
    }

    #[test]
    fn snippets_and_variables_override_in_keylimes_order() {
        let files = [
            ("/usr/etc/keylime/tenant.conf", text("[tenant]\nverifier_ip = never.example\n")),
            ("/etc/keylime/tenant.conf", text(TENANT)),
            ("/usr/etc/keylime/tenant.conf.d/99.conf", text("[tenant]\nverifier_ip = distribution\n")),
            (
                "/etc/keylime/tenant.conf.d/10.conf",
                text("[tenant]\nverifier_ip = ten.example\nverifier_port = 1\n"),
            ),
            ("/etc/keylime/tenant.conf.d/20.conf", text("[tenant]\nverifier_ip = twenty.example\n")),
        ];
        let (group, _) = found(&files, &[]);
        assert_eq!(group.verifiers[0].to_string(), "https://twenty.example:1");
        let (group, _) =
            found(&files, &[("KEYLIME_TENANT_VERIFIER_PORT", "9"), ("KEYLIME_DIR", "/srv/keylime")]);
        assert_eq!(group.verifiers[0].to_string(), "https://twenty.example:9");
        assert_eq!(group.tls.ca.unwrap(), PathBuf::from("/srv/keylime/cv_ca/cacert.crt"));
        let other = [&files[..], &[("/x.conf", text("[tenant]\nverifier_ip = x\n"))]].concat();
        let (group, _) = found(&other, &[("KEYLIME_TENANT_CONFIG", "/x.conf")]);
        assert_eq!(group.verifiers[0].to_string(), "https://x:8881");
    }

    #[test]
    fn a_verifier_alone_serves_too() {
        let verifier = "[verifier]\nip = 0.0.0.0\nport = 8881\nregistrar_ip = 127.0.0.1\nregistrar_port = 8891\n\
            tls_dir = generate\n[revocations]\nport = 1\n";
        let registrar = "[registrar]\nip = \"::\"\nport = 9000\ntls_port = 8891\n";
        let (group, _) = found(
            &[
                ("/etc/keylime/verifier.conf", text(verifier)),
                ("/etc/keylime/registrar.conf", text(registrar)),
            ],
            &[],
        );
        assert_eq!(group.verifiers[0].to_string(), "https://127.0.0.1:8881");
        assert_eq!(group.registrars[0].agent.as_ref().unwrap().to_string(), "http://127.0.0.1:9000");
        assert_eq!(group.tls.cert.unwrap(), PathBuf::from("/var/lib/keylime/cv_ca/client-cert.crt"));
    }

    #[test]
    fn the_ca_alone_serves_too() {
        let (group, _) = found(&[("/var/lib/keylime/cv_ca/cacert.crt", text("PEM"))], &[]);
        assert_eq!(group.verifiers[0].to_string(), "https://127.0.0.1:8881");
    }

    #[test]
    fn what_differs_from_keylime_is_said_and_the_passphrase_is_not() {
        let tenant = "[tenant]\nverifier_ip = bad_host\nverifier_port = 70000\ntls_dir = /srv/tls\n\
            client_key = my.pem\nclient_cert = my.crt\nclient_key_password = hunter2\n\
            trusted_server_ca = ['one.crt', 'two.crt']\nregistrar_ip = reg.example\nregistrar_port = 9443\n";
        let installation = look(&[("/etc/keylime/tenant.conf", text(tenant))], &[]);
        assert!(!format!("{installation:?}").contains("hunter2"));
        let (group, notices) = found(&[("/etc/keylime/tenant.conf", text(tenant))], &[]);
        assert_eq!(notices.len(), 4, "{notices:?}");
        assert_eq!(group.registrars[0].agent, None, "the agents' port is not known");
        assert_eq!(group.tls.ca.unwrap(), PathBuf::from("/srv/tls/one.crt"));
        assert_eq!(group.tls.key.unwrap(), KeySource::File("/srv/tls/my.pem".into()));
        let all = "[tenant]\ntrusted_server_ca = all\n";
        let (group, notices) = found(&[("/etc/keylime/tenant.conf", text(all))], &[]);
        assert_eq!(group.tls.ca.unwrap(), PathBuf::from("/var/lib/keylime/cv_ca/cacert.crt"));
        assert!(notices[0].contains("all turns Keylime's own check off"));
    }

    #[test]
    fn nothing_and_nothing_readable_are_told_apart() {
        assert_eq!(look(&[], &[]), LocalInstallation::Absent);
        let file = PathBuf::from("/etc/keylime/tenant.conf");
        assert_eq!(
            look(&[("/etc/keylime/tenant.conf", Installed::Denied)], &[]),
            LocalInstallation::Denied { file }
        );
    }
}

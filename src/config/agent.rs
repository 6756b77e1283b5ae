//! What an agent's own configuration says of TLS (rust-keylime
//! `config/base.rs`): whom it trusts. It shows no certificate of its own there.

use std::path::Path;

use super::model::{HostnameCheck, TlsConfig};
use crate::servers::Role;
use crate::servers::syntax;

/// The folder of an agent's files where its configuration names none.
const FOLDER: &str = "/var/lib/keylime";

/// The CA's certificate in that folder, as an agent finds it by default.
const CA: &str = "cv_ca/cacert.crt";

/// Whom an agent with this configuration trusts as a server of this kind. What
/// cannot be read counts as not written.
pub fn tls_of_agent(text: &str, role: Role) -> TlsConfig {
    let parsed = syntax::parse(text.strip_prefix('\u{feff}').unwrap_or(text));
    let agent = parsed.table.as_ref().and_then(|table| table.get("agent")?.get_ref().as_table());
    let value = |key: &str| agent.and_then(|agent| agent.get(key)).map(toml::Spanned::get_ref);
    let written = |key| value(key).and_then(|value| value.as_str()).filter(|text| !text.is_empty());
    let folder = Path::new(written("keylime_dir").unwrap_or(FOLDER));
    let key = match role {
        Role::Verifier => "verifier_tls_ca_cert",
        Role::Registrar => "registrar_tls_ca_cert",
    };
    let file = written(key).filter(|file| *file != "default").unwrap_or(CA);
    let hostname = match value("tls_accept_invalid_hostnames").and_then(|value| value.as_bool()) {
        Some(true) => HostnameCheck::ChainOnly,
        _ => HostnameCheck::Verify,
    };
    TlsConfig { ca: Some(folder.join(file)), hostname, ..TlsConfig::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_trusts_what_its_file_names() {
        let of = |text, role| tls_of_agent(text, role).ca.unwrap();
        assert_eq!(of("", Role::Verifier), Path::new("/var/lib/keylime/cv_ca/cacert.crt"));
        let text = "[agent]\nkeylime_dir = \"/k\"\nverifier_tls_ca_cert = \"v.crt\"\n\
                    registrar_tls_ca_cert = \"/r.crt\"\n";
        assert_eq!(of(text, Role::Verifier), Path::new("/k/v.crt"));
        assert_eq!(of(text, Role::Registrar), Path::new("/r.crt"));
        let text = "[agent]\nverifier_tls_ca_cert = \"default\"\ntls_accept_invalid_hostnames = true\n";
        let tls = tls_of_agent(text, Role::Verifier);
        assert_eq!(tls.hostname, HostnameCheck::ChainOnly);
        assert_eq!(tls.ca.unwrap(), Path::new("/var/lib/keylime/cv_ca/cacert.crt"));
    }
}

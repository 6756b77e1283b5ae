//! `[servers.tls]`: one CA and one client identity per group.

use std::ops::Range;

use toml::de::DeTable;

use crate::servers::{AddressError, parse_host};

use super::findings::Findings;
use super::model::{HostnameCheck, KeySource, PassphraseSource, TlsConfig};
use super::names::{Table, unknown_key};
use super::paths::Base;
use super::values::{Value, inside};

/// What a key in the TPM begins with.
const TPM: &str = "tpm:";

/// Reads the TLS table of the block number `index`, which begins at `span`.
pub(super) fn read(
    findings: &mut Findings<'_>,
    table: &DeTable<'_>,
    span: Range<usize>,
    index: usize,
    title: &str,
    base: Base<'_>,
    first_table: Option<usize>,
) -> TlsConfig {
    let unknown = findings.unknown();
    let mut tls = TlsConfig::default();
    let mut passphrases: Vec<(Range<usize>, Option<PassphraseSource>)> = Vec::new();
    for (key, value) in table {
        let name: &str = key.get_ref().as_ref();
        let what = format!("{title}: {name}");
        match name {
            "ca" => tls.ca = base.path(findings, &what, value),
            "cert" => tls.cert = base.path(findings, &what, value),
            "key" => tls.key = key_source(findings, &what, value, base),
            "key_passphrase_file" => {
                let file = base.path(findings, &what, value);
                passphrases.push((key.span(), file.map(PassphraseSource::File)));
            }
            "key_passphrase_env" => {
                let variable = variable(findings, &what, value);
                passphrases.push((key.span(), variable.map(PassphraseSource::Environment)));
            }
            "hostname" => {
                let words = [("verify", HostnameCheck::Verify), ("chain-only", HostnameCheck::ChainOnly)];
                tls.hostname = findings.word(&what, &words, value).unwrap_or_default();
            }
            "expect_name" => tls.expect_name = expected(findings, &what, value),
            _ => unknown_key(findings, Table::Tls(index), key, first_table),
        }
    }
    together(findings, table, title, &passphrases);
    let complete = findings.unknown() == unknown;
    if complete && !table.contains_key("ca") {
        let message = format!("{title} has no ca: no server's certificate can be verified");
        let hint = "write ca = \"…/cacert.crt\"; Keylime keeps it in /var/lib/keylime/cv_ca".to_owned();
        findings.warning("no-ca", span.clone(), message, Some(hint));
    }
    if complete && !table.contains_key("cert") && !table.contains_key("key") {
        let message =
            format!("{title} has no client certificate, and Keylime answers operators only with one");
        let hint = "write cert = \"…/client-cert.crt\" and key = \"…/client-private.pem\"".to_owned();
        findings.warning("no-client-certificate", span, message, Some(hint));
    }
    tls.passphrase = passphrases.into_iter().find_map(|(_, source)| source);
    tls
}

/// What must stand together, and what must not.
fn together(
    findings: &mut Findings<'_>,
    table: &DeTable<'_>,
    title: &str,
    passphrases: &[(Range<usize>, Option<PassphraseSource>)],
) {
    let place = |name: &str| table.get_key_value(name).map(|(key, _)| key.span());
    match (place("cert"), place("key")) {
        (Some(span), None) => {
            let message = format!("{title}: a certificate without its key");
            let hint = "add key = \"…/client-private.pem\"".to_owned();
            findings.error("cert-without-key", span, message, Some(hint));
        }
        (None, Some(span)) => {
            let message = format!("{title}: a key without its certificate");
            findings.error(
                "key-without-cert",
                span,
                message,
                Some("add cert = \"…/client-cert.crt\"".to_owned()),
            );
        }
        _ => {}
    }
    if let [(_, _), (span, _), ..] = passphrases {
        let message = format!("{title}: the passphrase is to come from a file and from a variable");
        let hint = "keep key_passphrase_file or key_passphrase_env".to_owned();
        findings.error("two-passphrases", span.clone(), message, Some(hint));
    }
    if let ([(span, _), ..], None) = (passphrases, place("key")) {
        let message = format!("{title}: a passphrase without a key");
        findings.error(
            "passphrase-without-key",
            span.clone(),
            message,
            Some("add key, or remove this".to_owned()),
        );
    }
    let chain_only =
        table.get("hostname").is_some_and(|value| value.get_ref().as_str() == Some("chain-only"));
    if let (true, Some(span)) = (chain_only, place("expect_name")) {
        let message = format!(
            "{title}: expect_name is compared with the certificate, but hostname = \"chain-only\" compares no name"
        );
        let hint = "keep expect_name alone, which is the stricter one".to_owned();
        findings.error("name-not-checked", span, message, Some(hint));
    }
}

fn key_source(
    findings: &mut Findings<'_>,
    what: &str,
    value: &Value<'_>,
    base: Base<'_>,
) -> Option<KeySource> {
    let text = findings.string(what, value)?;
    match text.strip_prefix(TPM) {
        Some(file) => base.resolve(findings, what, value, file).map(KeySource::Tpm),
        None => base.resolve(findings, what, value, text).map(KeySource::File),
    }
}

fn variable(findings: &mut Findings<'_>, what: &str, value: &Value<'_>) -> Option<String> {
    let text = findings.string(what, value)?;
    let name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !text.is_empty() && text.bytes().all(name) && !text.starts_with(|first: char| first.is_ascii_digit()) {
        return Some(text.to_owned());
    }
    // It may be the passphrase itself.
    findings.keep_secret(value.span());
    findings.error(
        "no-variable",
        value.span(),
        format!("{what} is not the name of an environment variable"),
        Some("write the variable's name (letters, digits, underscores), never the passphrase".to_owned()),
    );
    None
}

fn expected(findings: &mut Findings<'_>, what: &str, value: &Value<'_>) -> Option<String> {
    let text = findings.string(what, value)?;
    match parse_host(text) {
        Ok((host, _)) => Some(host.to_string()),
        Err(AddressError { code, message, span, hint }) => {
            let place = inside(findings.source(), value, text, span);
            findings.error(code, place, format!("{what}: {message}"), hint);
            None
        }
    }
}

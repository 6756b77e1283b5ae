//! The keys that blocks replace, as one block; and the defaults behind them.
//!
//! Read as today's agent reads them: a `verifier_url` without a port means
//! 443, `"8891"` is taken for a number, and registration is in clear text
//! unless `registrar_tls_enabled` says otherwise.

use std::ops::Range;

use toml::de::DeValue;

use crate::servers::fault::quoted;
use crate::servers::grammar::Reading;
use crate::servers::{
    Address, AddressError, DEFAULT_REGISTRAR_PORT, DEFAULT_REGISTRAR_TLS_PORT, DEFAULT_VERIFIER_PORT, Host,
    Scheme, registrar_agent_face, verifier_endpoint,
};

use super::diagnostic::Fix;
use super::findings::Finding;
use super::model::{Block, Entry, List, Origin};
use super::names::SERVERS;
use super::root::Reader;
use super::values::{Key, Value, content, inside, integer, type_words};

/// The port that a URL without one means to today's agent.
const URL_PORT: u16 = 443;

type Pair<'p, 'i> = (&'p Key<'i>, &'p Value<'i>);

/// The one block that the keys of `[agent]` amount to.
pub(super) fn block(reader: &mut Reader<'_>, keys: &[Pair<'_, '_>]) -> (Origin, Vec<Block>) {
    let get = |name: &str| keys.iter().find(|(key, _)| key.get_ref() == name).map(|(_, value)| *value);
    let first = keys.iter().map(|(key, _)| key.span()).min_by_key(|span| span.start);
    let place = first.clone().unwrap_or(0..0);
    let registrar = registrar(reader, &get);
    let verifier = verifier(reader, get("verifier_url"));
    let describe =
        |list: &List| list.entries.first().map_or("no address".to_owned(), |entry| entry.shown.clone());
    let addresses = format!("registrar {}, verifier {}", describe(&registrar), describe(&verifier));
    let (origin, finding) = if first.is_some() {
        let message =
            format!("there is no [[{SERVERS}]]; the keys of [agent] are read as one block: {addresses}");
        (Origin::Legacy, Finding::info("legacy-keys", place.clone(), message))
    } else {
        let message = format!(
            "there is no [[{SERVERS}]] and no other address; the agent's defaults apply: {addresses}"
        );
        (Origin::Defaults, Finding::info("defaults", place.clone(), message))
    };
    reader.findings.push(finding);
    let block = Block {
        index: 1,
        span: place,
        name: None,
        registrars: registrar,
        verifiers: verifier,
        registrar_admin: List::default(),
    };
    (origin, vec![block])
}

fn registrar<'v>(reader: &mut Reader<'_>, get: &impl Fn(&str) -> Option<&'v Value<'v>>) -> List {
    let tls = match get("registrar_tls_enabled").map(|value| (value, value.get_ref())) {
        Some((_, DeValue::Boolean(enabled))) => *enabled,
        Some((value, other)) => {
            let message = format!("registrar_tls_enabled must be true or false, not {}", type_words(other));
            reader.findings.push(Finding::error("wrong-type", value.span(), message));
            false
        }
        None => false,
    };
    let clear = port(reader, "registrar_port", get("registrar_port"), DEFAULT_REGISTRAR_PORT);
    let encrypted = port(reader, "registrar_tls_port", get("registrar_tls_port"), DEFAULT_REGISTRAR_TLS_PORT);
    let (scheme, port) = if tls { (Scheme::Https, encrypted) } else { (Scheme::Http, clear) };
    let value = get("registrar_ip");
    let span = value.map_or(0..0, |value| value.span());
    let host = match value.map(toml::Spanned::get_ref) {
        None => Some(Host::V4(std::net::Ipv4Addr::LOCALHOST)),
        Some(DeValue::String(text)) => host(reader, text, &span),
        Some(other) => {
            let message = format!("registrar_ip must be a string, not {}", type_words(other));
            reader.findings.push(Finding::error("wrong-type", span.clone(), message));
            None
        }
    };
    let address = host.zip(port).map(|(host, port)| Address { scheme: Some(scheme), host, port: Some(port) });
    list(span, address, |address| registrar_agent_face(address).to_string())
}

fn host(reader: &mut Reader<'_>, text: &str, span: &Range<usize>) -> Option<Host> {
    match Reading::Name.read(text) {
        Ok((Address { scheme: None, port: None, host }, _)) => Some(host),
        Ok(_) => {
            let message =
                format!("registrar_ip is {}, but only an address or a name belongs there", quoted(text));
            let finding = Finding::error("host-only", span.clone(), message);
            reader.findings.push(finding.hint("write the port in registrar_port"));
            None
        }
        Err(AddressError { code, message, span: part, hint }) => {
            let place = inside(reader.source(), span.clone(), text, part);
            reader
                .findings
                .push(Finding::error(code, place, format!("registrar_ip: {message}")).maybe_hint(hint));
            None
        }
    }
}

fn port(reader: &mut Reader<'_>, name: &str, value: Option<&Value<'_>>, default: u16) -> Option<u16> {
    let Some(value) = value else { return Some(default) };
    let number = match value.get_ref() {
        DeValue::Integer(written) => integer(written),
        DeValue::String(text) if text.parse::<u16>().is_ok() => {
            let message = format!("{name} is a string, which today's agent takes for the number");
            let fix = Fix::one("remove the quotation marks", value.span(), text.as_ref());
            reader.findings.push(Finding::info("port-in-quotes", value.span(), message).fix(Some(fix)));
            text.parse().ok()
        }
        other => {
            let message = format!("{name} must be a whole number, not {}", type_words(other));
            reader.findings.push(Finding::error("wrong-type", value.span(), message));
            return None;
        }
    };
    let port = number.and_then(|number| u16::try_from(number).ok()).filter(|port| *port > 0);
    if port.is_none() {
        let written = reader.source().get(value.span()).unwrap_or_default();
        let message =
            format!("{name} is {}, but a port is from 1 to 65535", quoted(written).trim_matches('"'));
        let hint = format!("the default is {default}");
        reader.findings.push(Finding::error("port", value.span(), message).hint(hint));
    }
    port
}

fn verifier(reader: &mut Reader<'_>, value: Option<&Value<'_>>) -> List {
    let span = value.map_or(0..0, |value| value.span());
    let address = match value.map(toml::Spanned::get_ref) {
        None => Some(Address {
            scheme: Some(Scheme::Https),
            host: Host::Name("localhost".to_owned()),
            port: Some(DEFAULT_VERIFIER_PORT),
        }),
        Some(DeValue::String(text)) if text.is_empty() => {
            let message = "verifier_url is empty: keylime_upgrade_config of Keylime 7.12 and later is known to blank it";
            let hint = "write https://host:8881";
            reader.findings.push(Finding::warning("empty-verifier-url", span.clone(), message).hint(hint));
            None
        }
        Some(DeValue::String(text)) => url(reader, text, &span),
        Some(other) => {
            let message = format!("verifier_url must be a string, not {}", type_words(other));
            reader.findings.push(Finding::error("wrong-type", span.clone(), message));
            None
        }
    };
    list(span, address, |address| verifier_endpoint(address).to_string())
}

fn url(reader: &mut Reader<'_>, text: &str, span: &Range<usize>) -> Option<Address> {
    let (mut address, notices) = match Reading::Verifier.read(text) {
        Ok(read) => read,
        Err(AddressError { code, message, span: part, hint }) => {
            let place = inside(reader.source(), span.clone(), text, part);
            reader
                .findings
                .push(Finding::error(code, place, format!("verifier_url: {message}")).maybe_hint(hint));
            return None;
        }
    };
    for notice in notices {
        let place = inside(reader.source(), span.clone(), text, notice.span);
        let message = format!("verifier_url: {}", notice.message);
        reader
            .findings
            .push(Finding::new(notice.severity, notice.code, place, message).maybe_hint(notice.hint));
    }
    if address.port.is_none() && address.scheme.is_some() {
        let message = format!(
            "verifier_url {} has no port: today's agent takes {URL_PORT}, not {DEFAULT_VERIFIER_PORT}",
            quoted(text)
        );
        let plain = text.trim_end_matches('/');
        let fix = content(reader.source(), span, text).map(|content| {
            let at = content.start + plain.len();
            Fix::one(format!("write :{DEFAULT_VERIFIER_PORT}"), at..at, format!(":{DEFAULT_VERIFIER_PORT}"))
        });
        let finding = Finding::warning("url-without-port", span.clone(), message);
        reader
            .findings
            .push(finding.hint(format!("write the port: {plain}:{DEFAULT_VERIFIER_PORT}")).fix(fix));
        address.port = Some(URL_PORT);
    }
    Some(address)
}

fn list(span: Range<usize>, address: Option<Address>, shown: impl Fn(&Address) -> String) -> List {
    let entries = match address {
        Some(address) => vec![Entry {
            span: span.clone(),
            shown: shown(&address),
            address: Some(address),
            without_userinfo: None,
        }],
        None => Vec::new(),
    };
    List { key: None, span, entries, other_type: false }
}

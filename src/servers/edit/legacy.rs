//! The keys of agents before Enhancement 119, and the block that says the same.
//!
//! `registrar_ip`, `registrar_port`, `registrar_tls_enabled`,
//! `registrar_tls_port` and `verifier_url` (rust-keylime `base.rs`), at the
//! root or in `[agent]`.

use toml_edit::Value;

use super::document::quote;
use super::error::EditError;
use super::layout::{AGENT, DUPLICATION, Key, Layout, SERVERS};
use super::splice::{Splice, apply, newline};
use super::{block, scalar};
use crate::servers::{
    Address, DEFAULT_REGISTRAR_PORT, DEFAULT_REGISTRAR_TLS_PORT, Role, Scheme, parse_address,
    registrar_agent_face, verifier_endpoint,
};

const IP: &str = "registrar_ip";
const PORT: &str = "registrar_port";
const TLS: &str = "registrar_tls_enabled";
const TLS_PORT: &str = "registrar_tls_port";
const VERIFIER: &str = "verifier_url";
const ALL: [&str; 5] = [IP, PORT, TLS, TLS_PORT, VERIFIER];

/// What an agent takes where `registrar_ip` is not given.
const DEFAULT_IP: &str = "127.0.0.1";

/// The keys become a block.
pub(super) fn to_block(text: &str, layout: &Layout) -> Result<Vec<Splice>, EditError> {
    let keys: Vec<_> = scalar::keys(layout).filter(|key| ALL.contains(&key.name.as_str())).collect();
    if keys.is_empty() {
        let why = format!("there is nothing to migrate: none of {} is given", ALL.join(", "));
        return Err(EditError::Nothing { why });
    }
    if !layout.blocks.is_empty() {
        return Err(no_way("there are [[servers]] already; remove the old keys by hand, or leave them"));
    }
    let value = |name: &str| read(text, keys.iter().copied(), name);
    let port = |name, default| match value(name) {
        // Upstream reads "8891" as a number too.
        Some(Value::Integer(port)) => Ok(*port.value()),
        Some(Value::String(port)) => port.value().parse().map_err(|_not_a_number| no_number(name)),
        Some(_) => Err(no_number(name)),
        None => Ok(i64::from(default)),
    };
    let host = value(IP).map_or(Some(DEFAULT_IP.to_owned()), |ip| ip.as_str().map(str::to_owned));
    let host = host.ok_or_else(|| no_way("registrar_ip is no text; correct it first"))?;
    let bracketed = if host.contains(':') { format!("[{host}]") } else { host };
    let uses_tls = value(TLS).and_then(|tls| tls.as_bool()).unwrap_or(false);
    let (scheme, port, default) = match uses_tls {
        true => ("https://", port(TLS_PORT, DEFAULT_REGISTRAR_TLS_PORT)?, DEFAULT_REGISTRAR_TLS_PORT),
        false => ("", port(PORT, DEFAULT_REGISTRAR_PORT)?, DEFAULT_REGISTRAR_PORT),
    };
    let registrar = match port == i64::from(default) {
        true => format!("{scheme}{bracketed}"),
        false => format!("{scheme}{bracketed}:{port}"),
    };
    let verifier =
        value(VERIFIER).and_then(|url| url.as_str().map(|url| url.trim_end_matches('/').to_owned()));
    let verifiers: Vec<_> = verifier.filter(|url| !url.is_empty()).into_iter().collect();
    for (role, entry) in std::iter::once((Role::Registrar, &registrar))
        .chain(verifiers.iter().map(|url| (Role::Verifier, url)))
    {
        parse_address(entry, role).map_err(|error| no_way(&format!("{error}; correct it first")))?;
    }
    let mut splices: Vec<_> = keys.iter().map(|key| scalar::remove(text, key)).collect();
    splices.extend(block::add(text, layout, &[registrar], &verifiers));
    Ok(splices)
}

/// A block becomes the keys.
pub(super) fn to_keys(text: &str, layout: &Layout) -> Result<Vec<Splice>, EditError> {
    if layout.blocks.is_empty() {
        return Err(EditError::Nothing { why: format!("there is nothing to migrate: no [[{SERVERS}]]") });
    }
    let [only] = layout.blocks.as_slice() else {
        let count = layout.blocks.len();
        return Err(no_way(&format!("the old keys hold one block, there are {count}")));
    };
    let one = |role| match only.list(role).map(|written| &written.list) {
        None => Ok(None),
        Some(Ok(list)) if list.elements.len() <= 1 => {
            let element = list.elements.first().and_then(|range| text.get(range.clone()));
            let entry =
                element.and_then(|element| element.parse::<Value>().ok()?.as_str().map(str::to_owned));
            let Some(entry) = entry else { return Ok(None) };
            let (address, _) = parse_address(&entry, role).map_err(|error| no_way(&error.to_string()))?;
            Ok(Some(address))
        }
        Some(_) => Err(no_way(&format!("the old keys hold one {role}, the block has others too"))),
    };
    let registrar = one(Role::Registrar)?.ok_or_else(|| no_way("the block has no registrar"))?;
    let verifier = one(Role::Verifier)?;
    let duplication = scalar::keys(layout).find(|key| key.name == DUPLICATION);
    if duplication.is_some_and(|key| text.get(key.value.clone()).is_some_and(|value| value.trim() != "1")) {
        return Err(no_way("verification_duplication is not 1: the old keys cannot say that"));
    }
    // First without the block: what is added must not land inside it.
    let mut splices = block::remove(text, layout, 0);
    splices.extend(duplication.map(|key| scalar::remove(text, key)));
    if let Some(list) = layout
        .root
        .iter()
        .chain(layout.agent.iter().flat_map(|agent| &agent.keys))
        .find(|key| key.name == SERVERS)
    {
        splices = vec![scalar::remove(text, list)];
        splices.extend(duplication.map(|key| scalar::remove(text, key)));
    }
    let mut without = apply(text, splices);
    let values = values(&registrar, verifier.as_ref());
    if layout.agent.is_none() && !layout.root.iter().any(|key| ALL.contains(&key.name.as_str())) {
        // Agents read these keys in `[agent]` only.
        let lines = values.iter().map(|(name, value)| format!("{name} = {value}"));
        let section: Vec<_> = std::iter::once(format!("[{AGENT}]")).chain(lines).collect();
        let at = without.len();
        let section = scalar::after_line(&without, at, &section.join(newline(text)));
        without = apply(&without, vec![section]);
    } else {
        for (name, value) in values {
            let layout = Layout::of(&without)?;
            without = apply(&without, scalar::set(&without, &layout, name, &value));
        }
    }
    Ok(vec![Splice::replace(0..text.len(), without)])
}

fn values(registrar: &Address, verifier: Option<&Address>) -> Vec<(&'static str, String)> {
    let face = registrar_agent_face(registrar);
    let mut values = vec![(IP, quote(&face.host_text()))];
    match face.scheme {
        Scheme::Http => values.push((PORT, face.port.to_string())),
        Scheme::Https => {
            values.push((TLS, "true".to_owned()));
            values.push((TLS_PORT, face.port.to_string()));
        }
    }
    values.extend(verifier.map(|address| (VERIFIER, quote(&verifier_endpoint(address).to_string()))));
    values
}

fn read<'a>(text: &str, mut keys: impl Iterator<Item = &'a Key>, name: &str) -> Option<Value> {
    let key = keys.find(|key| key.name == name)?;
    text.get(key.value.clone())?.trim().parse().ok()
}

fn no_number(name: &str) -> EditError {
    no_way(&format!("{name} is no port; correct it first"))
}

fn no_way(why: &str) -> EditError {
    EditError::NoWay { why: why.to_owned() }
}

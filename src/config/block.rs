//! One `[[servers]]` block.

use std::ops::Range;

use toml::de::DeTable;

use crate::servers::{
    Endpoint, Role, registrar_admin_face, registrar_agent_face, registrar_operator_face, verifier_endpoint,
};
use crate::text::sanitise_to;

use super::addresses::{self, List, Listed};
use super::findings::Findings;
use super::model::{GroupConfig, RegistrarFaces, TlsConfig};
use super::names::{Table, unknown_key};
use super::paths::Base;
use super::tls;
use super::values::{Value, quoted};

/// Characters of a name at most.
const MAX_NAME_CHARS: usize = 64;

/// A block as far as it could be read, with the places that later checks need.
pub(super) struct Block {
    pub(super) index: usize,
    pub(super) name: String,
    /// Where the name stands; the block's header where it has none.
    pub(super) name_span: Range<usize>,
    pub(super) named: bool,
    pub(super) registrars: Vec<(RegistrarFaces, Range<usize>)>,
    pub(super) verifiers: Vec<(Endpoint, Range<usize>)>,
    tls: TlsConfig,
}

impl Block {
    pub(super) fn into_group(self) -> GroupConfig {
        GroupConfig {
            name: self.name,
            index: self.index,
            registrars: self.registrars.into_iter().map(|(faces, _)| faces).collect(),
            verifiers: self.verifiers.into_iter().map(|(endpoint, _)| endpoint).collect(),
            tls: self.tls,
        }
    }
}

fn title(index: usize, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("block {index} ({})", quoted(name)),
        None => format!("block {index}"),
    }
}

/// Reads the block number `index`, which begins at `span`.
pub(super) fn read(
    findings: &mut Findings<'_>,
    table: &DeTable<'_>,
    span: Range<usize>,
    index: usize,
    base: Base<'_>,
    first_table: Option<usize>,
) -> Block {
    let written = table.get("name").and_then(|value| name(findings, index, value).map(|name| (name, value)));
    let title = title(index, written.as_ref().map(|(name, _)| name.as_str()));
    let unknown = findings.unknown();
    let (mut registrars, mut verifiers, mut admin) = (None, None, None);
    let mut tls = None;
    for (key, value) in table {
        let name: &str = key.get_ref().as_ref();
        let list = |kind| List { title: &title, name: key.get_ref().as_ref(), kind };
        match name {
            "name" => {}
            "registrars" => {
                let kind = addresses::Kind::Role(Role::Registrar);
                registrars = Some(addresses::read(findings, &list(kind), value));
            }
            "verifiers" => {
                let kind = addresses::Kind::Role(Role::Verifier);
                verifiers = Some(addresses::read(findings, &list(kind), value));
            }
            "registrar_admin" => {
                admin = Some(addresses::read(findings, &list(addresses::Kind::RegistrarAdmin), value));
            }
            "tls" => {
                if let Some(table) = findings.table(&format!("{title}: tls"), value) {
                    tls = Some(tls::read(findings, table, value.span(), index, &title, base, first_table));
                }
            }
            _ => unknown_key(findings, Table::Block(index), key, first_table),
        }
    }
    if !table.contains_key("tls") {
        findings.warning(
            "no-tls",
            span.clone(),
            format!(
                "{title} has no [servers.tls]: no server's certificate can be verified, and Keylime answers \
                 operators only with a client certificate"
            ),
            Some("write [servers.tls] with ca, cert and key below its lists".to_owned()),
        );
    }
    if findings.unknown() == unknown {
        emptiness(findings, &title, &span, [&registrars, &admin, &verifiers]);
    }
    let registrars =
        pair(findings, &title, registrars.unwrap_or_default().entries, admin.unwrap_or_default().entries);
    let verifiers = verifiers.unwrap_or_default().entries;
    Block {
        index,
        name_span: written.as_ref().map_or(span, |(_, value)| value.span()),
        named: written.is_some(),
        name: written.map_or_else(|| format!("group-{index}"), |(name, _)| name),
        registrars,
        verifiers: verifiers.into_iter().map(|(address, span)| (verifier_endpoint(&address), span)).collect(),
        tls: tls.unwrap_or_default(),
    }
}

fn emptiness(
    findings: &mut Findings<'_>,
    title: &str,
    span: &Range<usize>,
    [registrars, admin, verifiers]: [&Option<Listed>; 3],
) {
    let written = |list: &Option<Listed>| list.as_ref().is_some_and(|list| list.written > 0);
    let place = |list: &Option<Listed>| list.as_ref().map_or(span.clone(), |list| list.span.clone());
    let no_registrars = !written(registrars) && !written(admin);
    if no_registrars && !written(verifiers) {
        let message = format!("{title} names no server");
        let hint = "add registrars = [\"…\"] and verifiers = [\"…\"], or remove the block";
        findings.error("empty-block", span.clone(), message, Some(hint.to_owned()));
    } else if no_registrars {
        let message = format!("{title} has no registrars: agents can be verified only where they registered");
        let hint = Some("add registrars = [\"…\"]".to_owned());
        findings.error("no-registrars", place(registrars), message, hint);
    } else if !written(verifiers) {
        let message =
            format!("{title} has no verifiers: its agents will read unknown, reason: no verifier configured");
        let hint = Some("add verifiers = [\"…\"]".to_owned());
        findings.warning("no-verifiers", place(verifiers), message, hint);
    }
}

/// Gives each registrar its operators' face: by position where
/// `registrar_admin` has an entry for each, else derived. Where the two lists
/// differ in length, the entries of `registrar_admin` stand alone.
fn pair(
    findings: &mut Findings<'_>,
    title: &str,
    registrars: Vec<addresses::Entry>,
    admin: Vec<addresses::Entry>,
) -> Vec<(RegistrarFaces, Range<usize>)> {
    let overridden = !admin.is_empty();
    if overridden && !registrars.is_empty() && registrars.len() != admin.len() {
        if let Some((_, span)) = admin.first() {
            let message = format!(
                "{title} has {} in registrars and {} in registrar_admin: they cannot be paired, so the agents' \
                 faces are not watched",
                entries(registrars.len()),
                entries(admin.len())
            );
            let hint =
                Some("give registrar_admin one entry for each registrar, in the same order".to_owned());
            findings.warning("unpaired-registrar-admin", span.clone(), message, hint);
        }
    } else if overridden && !registrars.is_empty() {
        return registrars
            .into_iter()
            .zip(admin)
            .map(|((agents, _), (operators, span))| {
                let agent = Some(registrar_agent_face(&agents));
                (RegistrarFaces { agent, operator: registrar_admin_face(&operators) }, span)
            })
            .collect();
    }
    if overridden {
        return admin
            .into_iter()
            .map(|(address, span)| {
                (RegistrarFaces { agent: None, operator: registrar_admin_face(&address) }, span)
            })
            .collect();
    }
    registrars
        .into_iter()
        .map(|(address, span)| {
            let agent = Some(registrar_agent_face(&address));
            (RegistrarFaces { agent, operator: registrar_operator_face(&address) }, span)
        })
        .collect()
}

fn entries(count: usize) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
}

fn name(findings: &mut Findings<'_>, index: usize, value: &Value<'_>) -> Option<String> {
    let text = findings.string(&format!("block {index}: name"), value)?;
    let shown = sanitise_to(text, usize::MAX / 8).into_string();
    let message = if text.trim().is_empty() {
        "the name is empty".to_owned()
    } else if text.chars().count() > MAX_NAME_CHARS {
        format!("the name has more than {MAX_NAME_CHARS} characters")
    } else if shown != text {
        format!("the name {} holds characters that cannot be shown", quoted(text))
    } else {
        return Some(text.to_owned());
    };
    findings.error("bad-name", value.span(), format!("block {index}: {message}"), None);
    None
}

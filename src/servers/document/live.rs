//! What only shows when names are looked up and servers are asked: two blocks
//! that are one backend, or one machine. Pure: what was learned is given.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::ops::Range;

use crate::servers::{
    Address, Endpoint, Host, Role, registrar_agent_face, registrar_operator_face, verifier_endpoint,
};

use super::diagnostic::Diagnostic;
use super::findings::{Finding, Findings, MAX_KEPT};
use super::model::{Block, Document, Mode};

/// What was learned outside of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Learned {
    /// The addresses of names, as the name service gave them.
    pub resolved: BTreeMap<String, Vec<IpAddr>>,
    /// Backends whose answers agree suspiciously.
    pub alike: Vec<Alike>,
}

/// Two backends whose answers look like those of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike {
    /// The verifiers of each, as URLs: they tell which block it is.
    pub verifiers: [BTreeSet<String>; 2],
    /// In which their answers agree, fit to be shown.
    pub words: String,
}

/// What follows from it for the blocks of a text. `source` is the text that
/// was read.
pub fn learned(document: &Document, source: &str, learned: &Learned) -> Vec<Diagnostic> {
    let mut findings = Findings::new(&document.modes, MAX_KEPT);
    alike(&mut findings, &document.blocks, &learned.alike);
    one_machine(&mut findings, document, &learned.resolved);
    // The places of a read text count its mark, and so does the source.
    findings.finish(source, 0).0
}

fn alike(findings: &mut Findings, blocks: &[Block], alike: &[Alike]) {
    let verifiers = |block: &Block| -> BTreeSet<String> {
        block.verifiers.addresses().map(|(_, address)| verifier_endpoint(address).to_string()).collect()
    };
    let named: Vec<_> = blocks.iter().map(|block| (block, verifiers(block))).collect();
    let block_of = |verifiers: &BTreeSet<String>| {
        let found = named.iter().find(|(_, others)| !others.is_empty() && others == verifiers);
        found.map(|(block, _)| *block)
    };
    for Alike { verifiers: [one, other], words } in alike {
        let (Some(one), Some(other)) = (block_of(one), block_of(other)) else { continue };
        let (first, second) = if one.index <= other.index { (one, other) } else { (other, one) };
        if first.index == second.index {
            continue;
        }
        let message = format!("blocks {} and {} look like one backend: {words}", first.index, second.index);
        let finding = Finding::warning("looks-like-one-backend", second.span.clone(), message);
        findings.push(finding.hint(
            "if they share a database, make one block of them: to be attested by both would count twice what \
             was proven once",
        ));
    }
}

/// One mention of a server.
struct Mention {
    block: usize,
    role: Role,
    endpoint: Endpoint,
    span: Range<usize>,
}

/// Different names in two blocks that are one IP address.
fn one_machine(findings: &mut Findings, document: &Document, resolved: &BTreeMap<String, Vec<IpAddr>>) {
    if resolved.is_empty() {
        // Addresses that are written as such differ, or are found by their text.
        return;
    }
    let mut first_at: BTreeMap<IpAddr, Vec<Mention>> = BTreeMap::new();
    let mut told = BTreeSet::new();
    for mention in document.blocks.iter().flat_map(|block| mentions(block, &document.modes)) {
        for ip in addresses(&mention.endpoint.host, resolved) {
            let before = first_at.entry(ip).or_default();
            let others = || before.iter().filter(|other| other.block != mention.block);
            let another_name = |other: &&Mention| other.endpoint.host != mention.endpoint.host;
            let is_server =
                |other: &&Mention| other.role == mention.role && other.endpoint.port == mention.endpoint.port;
            // That one name stands in two blocks is said elsewhere.
            let named_alike = others().any(|other| other.endpoint.host == mention.endpoint.host);
            let server = others().find(|other| another_name(other) && is_server(other));
            let machine = others().find(|other| another_name(other) && !named_alike && !ip.is_loopback());
            if let Some(other) = server.or(machine)
                && told.insert((other.block, mention.block, other.endpoint.host.clone(), mention.span.start))
            {
                findings.push(finding(other, &mention, ip, server.is_some()));
            }
            let is_known = before.iter().any(|other| {
                (other.block, other.role, &other.endpoint) == (mention.block, mention.role, &mention.endpoint)
            });
            if !is_known {
                let Mention { block, role, endpoint, span } = &mention;
                before.push(Mention {
                    block: *block,
                    role: *role,
                    endpoint: endpoint.clone(),
                    span: span.clone(),
                });
            }
        }
    }
}

fn finding(earlier: &Mention, later: &Mention, ip: IpAddr, is_server: bool) -> Finding {
    let (one, other) = (earlier.endpoint.host_text(), later.endpoint.host_text());
    let message = if is_server {
        format!(
            "blocks {} and {} name one {} under two names: {one} and {other} are both {ip}, port {}",
            earlier.block, later.block, later.role, later.endpoint.port
        )
    } else {
        format!("{one} of block {} and {other} of block {} are one machine: {ip}", earlier.block, later.block)
    };
    let hint = if is_server {
        "blocks are separate backends; is this one block?"
    } else {
        "when it is down, both blocks are: give each block machines of its own"
    };
    Finding::warning("two-names-one-address", later.span.clone(), message).hint(hint)
}

fn mentions(block: &Block, modes: &[Mode]) -> Vec<Mention> {
    let registrar = |address: &Address| match modes.contains(&Mode::Console) {
        true => registrar_operator_face(address),
        false => registrar_agent_face(address),
    };
    let listed = |role: Role| {
        let list = match role {
            Role::Registrar => &block.registrars,
            Role::Verifier => &block.verifiers,
        };
        list.addresses().map(move |(entry, address)| {
            let endpoint = match role {
                Role::Registrar => registrar(address),
                Role::Verifier => verifier_endpoint(address),
            };
            Mention { block: block.index, role, endpoint: endpoint.canonical(), span: entry.span.clone() }
        })
    };
    listed(Role::Registrar).chain(listed(Role::Verifier)).collect()
}

fn addresses(host: &Host, resolved: &BTreeMap<String, Vec<IpAddr>>) -> Vec<IpAddr> {
    let mut found: Vec<_> = match host {
        Host::Name(name) => resolved.get(name).into_iter().flatten().map(IpAddr::to_canonical).collect(),
        host => host.ip().into_iter().collect(),
    };
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::servers::document::read;

    fn found(text: &str, mode: Mode, names: &[(&str, &[&str])], like: Vec<Alike>) -> Vec<Diagnostic> {
        let ips = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        let resolved = names.iter().map(|(name, texts)| ((*name).to_owned(), ips(texts))).collect();
        learned(&read(text, &[mode]), text, &Learned { resolved, alike: like })
    }

    const TWO: &str = "[[servers]]\nregistrars = [\"reg1\"]\nverifiers = [\"ver1\", \"ver2\"]\n\
                       [[servers]]\nregistrars = [\"reg2\"]\nverifiers = [\"ver3\", \"10.0.0.9\"]\n";

    #[test]
    fn row_two_names_resolving_to_one_ip_across_blocks_is_a_warning() {
        let found = found(
            TWO,
            Mode::Push,
            &[("ver1", &["10.0.0.1"]), ("ver2", &["10.0.0.1"]), ("ver3", &["::ffff:10.0.0.1", "10.0.0.7"])],
            Vec::new(),
        );
        // Two names within one block are no concern of the duplication.
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].code, found[0].line), ("two-names-one-address", 6));
        assert_eq!(
            found[0].message,
            "blocks 1 and 2 name one verifier under two names: ver1 and ver3 are both 10.0.0.1, port 8881"
        );
        assert_eq!(&TWO[found[0].span.clone()], "\"ver3\"");
    }

    #[test]
    fn a_name_and_an_address_and_other_services_of_one_machine() {
        let found = found(TWO, Mode::Push, &[("reg1", &["10.0.0.9"])], Vec::new());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].message, "reg1 of block 1 and 10.0.0.9 of block 2 are one machine: 10.0.0.9");
        // The machine itself under two names is a server under two names, and nothing else.
        let found =
            self::found(TWO, Mode::Push, &[("reg1", &["127.0.0.1"]), ("ver3", &["127.0.0.1"])], vec![]);
        assert!(found.is_empty(), "{found:?}");
        let found =
            self::found(TWO, Mode::Push, &[("reg1", &["127.0.0.1"]), ("reg2", &["127.0.0.1"])], vec![]);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn nothing_is_said_of_names_that_were_not_looked_up_or_stand_in_both_blocks() {
        assert!(found(TWO, Mode::Push, &[], Vec::new()).is_empty());
        let same = TWO.replace("ver3", "ver1:9000");
        let found = found(&same, Mode::Push, &[("ver1", &["10.0.0.1"])], Vec::new());
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn backends_are_found_by_their_verifiers_wherever_their_blocks_stand() {
        let urls = |names: &[&str]| names.iter().map(|name| format!("https://{name}:8881")).collect();
        let alike = |one: &[&str], other: &[&str]| Alike {
            verifiers: [urls(one), urls(other)],
            words: "the same 3 agents".to_owned(),
        };
        let found = found(TWO, Mode::Console, &[], vec![alike(&["10.0.0.9", "ver3"], &["ver2", "ver1"])]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].message, "blocks 1 and 2 look like one backend: the same 3 agents");
        assert_eq!(found[0].line, 4, "at the later block");
        let other = self::found(TWO, Mode::Console, &[], vec![alike(&["ver3"], &["ver2", "ver1"])]);
        assert!(other.is_empty(), "a block with other verifiers is not the one that answered");
    }
}

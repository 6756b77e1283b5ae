//! Addresses that stand twice, in one list or in two blocks.

use std::ops::Range;

use crate::servers::{
    Endpoint, Role, loopback_blocks, registrar_admin_face, registrar_agent_face, registrar_operator_face,
    repeats, verifier_endpoint,
};

use super::findings::{Finding, Findings};
use super::fixes;
use super::model::{Block, Mode};
use super::names::DUPLICATION;

/// Finds them; `requested` is the duplication.
pub(super) fn find(findings: &mut Findings, modes: &[Mode], source: &str, blocks: &[Block], requested: i64) {
    let console = modes.contains(&Mode::Console);
    for role in [Role::Registrar, Role::Verifier] {
        let (members, spans): (Vec<_>, Vec<_>) =
            blocks.iter().flat_map(|block| listed(block, role, console)).unzip();
        report(findings, modes, source, role, requested, &members, &spans);
        loopback(findings, role, &members, &spans);
    }
}

type Member = ((usize, Endpoint), Range<usize>);

fn listed(block: &Block, role: Role, console: bool) -> Vec<Member> {
    let list = match role {
        Role::Verifier => &block.verifiers,
        // The console's connections go to the operators' faces.
        Role::Registrar if console && block.registrar_admin.addresses().next().is_some() => {
            &block.registrar_admin
        }
        Role::Registrar => &block.registrars,
    };
    let admin = std::ptr::eq(list, &block.registrar_admin);
    list.addresses()
        .map(|(entry, address)| {
            let endpoint = match role {
                Role::Verifier => verifier_endpoint(address),
                Role::Registrar if admin => registrar_admin_face(address),
                Role::Registrar if console => registrar_operator_face(address),
                Role::Registrar => registrar_agent_face(address),
            };
            ((block.index, endpoint), entry.span.clone())
        })
        .collect()
}

fn report(
    findings: &mut Findings,
    modes: &[Mode],
    source: &str,
    role: Role,
    requested: i64,
    members: &[(usize, Endpoint)],
    spans: &[Range<usize>],
) {
    let mut lines = Lines { source, offset: 0, line: 1 };
    for repeat in repeats(members) {
        let (Some((first, _)), Some((block, endpoint)), Some(before), Some(span)) = (
            members.get(repeat.earlier),
            members.get(repeat.later),
            spans.get(repeat.earlier),
            spans.get(repeat.later),
        ) else {
            continue;
        };
        let line = lines.number(before.start);
        if repeat.same_block {
            let message = format!(
                "block {block} names the {role} {endpoint} twice (line {line}); it counts once in the choice"
            );
            let fix = fixes::remove_item(source, span);
            let finding = Finding::warning("address-twice", span.clone(), message);
            findings.push(finding.hint("remove one").fix(fix));
            continue;
        }
        let message = format!("blocks {first} and {block} name the same {role} {endpoint} (line {line})");
        for mode in modes {
            let finding = if requested > 1 && *mode != Mode::Pull {
                Finding::error("address-in-two-blocks", span.clone(), message.clone())
                    .hint(format!("with {DUPLICATION} above 1, each block needs servers of its own"))
            } else {
                Finding::warning("address-in-two-blocks", span.clone(), message.clone())
                    .hint("blocks are separate backends; is this one block?")
            };
            findings.push(finding.only(*mode));
        }
    }
}

fn loopback(findings: &mut Findings, role: Role, members: &[(usize, Endpoint)], spans: &[Range<usize>]) {
    let blocks = loopback_blocks(members);
    let Some(last) = blocks.last() else { return };
    let place = members
        .iter()
        .zip(spans)
        .find(|((block, endpoint), _)| block == last && endpoint.host.is_loopback())
        .map(|(_, span)| span.clone());
    let numbers: Vec<String> = blocks.iter().map(usize::to_string).collect();
    let message = format!(
        "blocks {} name a {role} on this machine itself: agents on other machines cannot share it",
        numbers.join(", ")
    );
    findings.push(Finding::warning("loopback-in-blocks", place.unwrap_or_default(), message));
}

/// Counts lines; cheap where places are asked for in the order of the text.
struct Lines<'s> {
    source: &'s str,
    offset: usize,
    line: usize,
}

impl Lines<'_> {
    fn number(&mut self, offset: usize) -> usize {
        if let Some(passed) = self.source.get(self.offset..offset) {
            self.line += passed.matches('\n').count();
        } else if let Some(back) = self.source.get(offset..self.offset) {
            self.line -= back.matches('\n').count();
        }
        self.offset = offset;
        self.line
    }
}

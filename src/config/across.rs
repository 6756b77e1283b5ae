//! What concerns several blocks: names, numbers, addresses that stand twice.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::servers::{Endpoint, Role, loopback_blocks, repeats};

use super::block::Block;
use super::findings::Findings;
use super::values::quoted;

/// Names must be unique, the default ones included.
pub(super) fn names(findings: &mut Findings<'_>, blocks: &[Block]) {
    let mut seen: BTreeMap<&str, &Block> = BTreeMap::new();
    for block in blocks {
        let Some(earlier) = seen.get(block.name.as_str()) else {
            seen.insert(&block.name, block);
            continue;
        };
        // The fault is where a name was written.
        let span = if block.named { block.name_span.clone() } else { earlier.name_span.clone() };
        let (one, other) = (earlier.index, block.index);
        let default =
            if block.named && earlier.named { "" } else { ", which is the default name of one of them" };
        let message = format!("blocks {one} and {other} have the same name {}{default}", quoted(&block.name));
        let hint = Some("give each block a name of its own".to_owned());
        findings.error("name-twice", span, message, hint);
    }
}

/// `verification_duplication` is from 1 to the number of groups.
pub(super) fn duplication(
    findings: &mut Findings<'_>,
    written: &str,
    number: i128,
    span: Range<usize>,
    blocks: &[Block],
) {
    let groups = match blocks.len() {
        1 => "is only 1 group".to_owned(),
        count => format!("are only {count} groups"),
    };
    let verifying = blocks.iter().filter(|block| !block.verifiers.is_empty()).count();
    if number < 1 {
        let message = format!("verification_duplication is {written}, but the minimum is 1");
        findings.error("duplication", span, message, None);
    } else if blocks.is_empty() {
        // That there is no block is said already.
    } else if number > blocks.len() as i128 {
        let message = format!("verification_duplication is {written}, but there {groups}");
        let hint = match blocks.len() {
            1 => "write 1, or add a [[servers]] block".to_owned(),
            count => format!("write a number from 1 to {count}, or add a [[servers]] block"),
        };
        findings.error("duplication", span, message, Some(hint));
    } else if number > verifying as i128 {
        let message = format!(
            "verification_duplication is {written}, but only {verifying} of {} groups name a verifier",
            blocks.len()
        );
        findings.warning(
            "duplication",
            span,
            message,
            Some("add verifiers = [\"…\"] to the others".to_owned()),
        );
    }
}

/// Addresses that stand twice, in one list or in two blocks. Repeats within a
/// block are taken out, so that the choice among its members stays even.
pub(super) fn addresses(findings: &mut Findings<'_>, duplication: u32, blocks: &mut [Block]) {
    for role in [Role::Registrar, Role::Verifier] {
        let (members, spans): (Vec<(usize, Endpoint)>, Vec<Range<usize>>) = blocks
            .iter()
            .flat_map(|block| {
                let listed: Vec<(Endpoint, Range<usize>)> = match role {
                    Role::Registrar => block
                        .registrars
                        .iter()
                        .map(|(faces, span)| (faces.operator.clone(), span.clone()))
                        .collect(),
                    Role::Verifier => block.verifiers.clone(),
                };
                listed.into_iter().map(|(endpoint, span)| ((block.index, endpoint), span))
            })
            .unzip();
        report_repeats(findings, role, duplication, &members, &spans);
        report_loopback(findings, role, &members, &spans);
    }
    for block in blocks {
        let mut seen = BTreeSet::new();
        block.verifiers.retain(|(endpoint, _)| seen.insert(endpoint.canonical()));
        let mut seen = BTreeSet::new();
        block.registrars.retain(|(faces, _)| {
            seen.insert((faces.agent.as_ref().map(Endpoint::canonical), faces.operator.canonical()))
        });
    }
}

fn report_repeats(
    findings: &mut Findings<'_>,
    role: Role,
    duplication: u32,
    members: &[(usize, Endpoint)],
    spans: &[Range<usize>],
) {
    for repeat in repeats(members) {
        let (Some((first, _)), Some((block, endpoint)), Some(before), Some(span)) = (
            members.get(repeat.earlier),
            members.get(repeat.later),
            spans.get(repeat.earlier),
            spans.get(repeat.later),
        ) else {
            continue;
        };
        let line = findings.line(before.start);
        if repeat.same_block {
            let message =
                format!("block {block} names the {role} {endpoint} twice (line {line}); it counts once");
            findings.warning("address-twice", span.clone(), message, Some("remove one".to_owned()));
            continue;
        }
        let message = format!("blocks {first} and {block} name the same {role} {endpoint} (line {line})");
        if duplication > 1 {
            let hint = "with verification_duplication above 1, each block needs servers of its own";
            findings.error("address-in-two-blocks", span.clone(), message, Some(hint.to_owned()));
        } else {
            let hint = "blocks are separate backends; is this one block?";
            findings.warning("address-in-two-blocks", span.clone(), message, Some(hint.to_owned()));
        }
    }
}

fn report_loopback(
    findings: &mut Findings<'_>,
    role: Role,
    members: &[(usize, Endpoint)],
    spans: &[Range<usize>],
) {
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
    findings.warning("loopback-in-blocks", place.unwrap_or_default(), message, None);
}

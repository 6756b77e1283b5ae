//! An audit for machines: `{agents[] {id, group, findings[] {severity, code, message}}}`
//! of the contract, and more beside it.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::tasks::identity::{AgentAudit, AgentState, Audit, GroupOutcome, Vendors};
use crate::text::{RemoteText, sanitise};
use crate::tpm::identity::{EndorsementCertificate, Finding, KeyFacts, Trust};

/// Writes agent after agent: a large fleet's would be a large text.
pub(super) fn write(out: &mut dyn Write, audit: &Audit) -> io::Result<()> {
    let group = |group: &GroupOutcome| json!({"name": group.group, "listed": group.listed, "read": group.read, "error": group.failure});
    let groups: Vec<_> = audit.groups.iter().map(group).collect();
    let pins = audit.pinning.as_ref().map(|pinning| {
        let gone = pinning.gone.iter().map(|(id, group)| json!({"id": id.shown(), "group": sanitise(group).as_str()}));
        let gone: Vec<_> = gone.collect();
        json!({"pinned": pinning.pinned, "learned": pinning.learned, "gone": gone, "error": pinning.not_saved})
    });
    write!(
        out,
        "{{\"schema\":1,\"taken_at\":{},\"vendor_certificates\":{},\"vendor_roots\":{},\"pins\":{},\"groups\":{},\"agents\":[",
        json!(audit.at.to_string()),
        json!(
            audit
                .vendors
                .as_ref()
                .and_then(|vendors| vendors.used.as_ref().ok())
                .map(|used| used.certificates)
        ),
        json!(audit.vendors.as_ref().map(vendors)),
        json!(pins),
        json!(groups),
    )?;
    for (number, one) in audit.agents.iter().enumerate() {
        if number > 0 {
            out.write_all(b",")?;
        }
        serde_json::to_writer(&mut *out, &agent(one))?;
    }
    out.write_all(b"]}\n")
}

fn vendors(vendors: &Vendors) -> Value {
    json!({
        "folder": sanitise(&vendors.folder.to_string_lossy()).as_str(),
        "certificates": vendors.used.as_ref().map_or(0, |used| used.certificates),
        "roots": vendors.used.as_ref().map_or(0, |used| used.roots),
        "error": vendors.used.as_ref().err(),
        "remarks": vendors.remarks,
    })
}

fn agent(agent: &AgentAudit) -> Value {
    let identity = &agent.identity;
    json!({
        "id": agent.id.shown(),
        "group": &*agent.group,
        "findings": agent.findings().map(finding).collect::<Vec<_>>(),
        "notes": agent.notes().map(finding).collect::<Vec<_>>(),
        "record": match agent.state {
            AgentState::Read => "read",
            AgentState::Unreadable => "unreadable",
            AgentState::NotActivated => "not-activated",
            AgentState::NotAskable => "not-askable",
        },
        "endorsement_key": identity.endorsement_key.as_ref().map(|facts| {
            let mut value = key(facts);
            if let Some(members) = value.as_object_mut() {
                members.insert("default_template".to_owned(), facts.is_default_template.into());
            }
            value
        }),
        "attestation_key": identity.attestation_key.as_ref().map(key),
        "certificate": identity.certificate.as_deref().map(certificate),
        "trusted_root": match &identity.trust {
            Trust::Root(root) => Some(root.shown()),
            Trust::NotChecked | Trust::None => None,
        },
        "agent_certificate": identity.agent_certificate.as_deref().map(|certificate| json!({
            "subject": certificate.subject.shown(),
            "not_before": certificate.not_before.to_string(),
            "not_after": certificate.not_after.map(|end| end.to_string()),
        })),
    })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "severity": finding.severity.word(),
        "code": finding.code,
        "message": finding.message(),
        "next_step": finding.next_step,
    })
}

fn key(facts: &KeyFacts) -> Value {
    json!({
        "algorithm": facts.kind,
        "scheme": facts.scheme,
        "name": facts.name.as_ref().map(ToString::to_string),
        "attributes": facts.attributes.names().collect::<Vec<_>>(),
    })
}

fn certificate(certificate: &EndorsementCertificate) -> Value {
    let text = |text: &Option<RemoteText>| text.as_ref().map(RemoteText::shown);
    json!({
        "issuer": certificate.issuer.shown(),
        "serial": certificate.serial,
        "not_before": certificate.not_before.to_string(),
        "not_after": certificate.not_after.map(|end| end.to_string()),
        "sha256": certificate.fingerprint.to_string(),
        "manufacturer": text(&certificate.tpm.manufacturer),
        "maker": certificate.tpm.maker(),
        "model": text(&certificate.tpm.model),
        "version": text(&certificate.tpm.version),
    })
}

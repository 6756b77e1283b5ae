//! Identities: an audit of all agents' TPM keys and certificates.

use super::{Command, Reason, always, read};
use crate::console::state::State;

pub(super) const COMMANDS: &[Command] = &[
    read(
        "identity.open",
        "Show what the last audit of the agents' TPM keys and certificates found",
        None,
        always,
        State::show_identities,
    )
    .named(&["identities"]),
    read(
        "identity.audit",
        "Ask the registrars what they have of every agent, and judge it: one question per agent",
        Some("audit"),
        always,
        State::audit_identities,
    )
    .named(&["audit"]),
    read("identity.cancel", "End the audit that goes on", Some("end it"), some_audit, State::cancel_audit)
        .named(&["audit-end"]),
    read(
        "identity.agent",
        "Show the agent that the selected finding is about",
        Some("agent"),
        some_agent,
        State::open_audited_agent,
    ),
];

fn some_audit(state: &State) -> Result<(), Reason> {
    if state.identity.progress().is_some() { Ok(()) } else { Err(Reason::new("no audit goes on")) }
}

fn some_agent(state: &State) -> Result<(), Reason> {
    match state.has_audited_agent() {
        true => Ok(()),
        false => Err(Reason::new("no finding about an agent of a group is selected")),
    }
}

//! Policies, the policy that is looked into, and the trust store. What is
//! trusted and what is signed is a matter of writing; all else only reads.

use super::{Argument, Command, Effect, Reason, always, read, read_given};
use crate::console::command::{PathKind, Run, Values};
use crate::console::state::{Overlay, PageId, PolicySource, State};

pub(super) const COMMANDS: &[Command] = &[
    read(
        "policy.open",
        "Look into the selected policy: verdicts, findings, digests, metadata",
        Some("look into"),
        some_policy,
        State::open_selected_policy,
    ),
    read_given(
        "policy.file",
        "Look into a policy: a file, or group:NAME/POLICY",
        Argument::needed("POLICY", Values::Policy),
        |state, text| state.open_named_policy(text),
    )
    .named(&["policy"]),
    read_given(
        "policy.diff",
        "Compare two policies: files, or group:NAME/POLICY",
        Argument::needed("A B", Values::Policies),
        |state, text| state.compare_named_policies(text),
    )
    .named(&["policy-diff"]),
    read(
        "policy.compare",
        "Compare with the marked policy, else with one that is written",
        Some("compare"),
        some_policy_or_open,
        State::compare_marked,
    ),
    read("policy.right", "Go to the next part of the policy", Some("next part"), some_part, |state| {
        state.turn_tab(true);
    }),
    read("policy.left", "Go to the part before", None, some_part, |state| state.turn_tab(false)),
    Command {
        enabled: some_part,
        ..read_given(
            "policy.part",
            "Go to a part of the policy by its name",
            Argument::needed("PART", Values::Part),
            |state, name| state.go_to_named_tab(name),
        )
    }
    .named(&["part"]),
    read(
        "policy.follow",
        "Go from a digest to what is demanded of it, or back to its paths",
        Some("follow"),
        some_digest,
        State::follow_digest,
    ),
    Command {
        id: "policy.sign",
        names: &["policy-sign"],
        doc: "Sign the open policy's file with a private key, into another file",
        hint: None,
        effect: Effect::Write,
        enabled: some_file,
        run: Run::Given(
            Argument::needed("KEY OUT", Values::Paths(&[PathKind::File, PathKind::File])),
            |state, text| state.sign_policy(text),
        ),
    },
    read(
        "policy.write-require",
        "Write what is to be demanded of the marked digests",
        None,
        some_meant_digest,
        State::write_require,
    ),
    Command {
        id: "policy.require",
        names: &["policy-require"],
        doc: "Write a policy that demands more of marked digests",
        hint: None,
        effect: Effect::Write,
        enabled: some_meant_digest,
        run: Run::Given(
            Argument::needed("OUT [--log-inclusion] [--identity SUBJECT --issuer URL]", Values::Requirement),
            |state, text| state.require_digests(text),
        ),
    },
    read("trust.open", "Show which keys and certificates are trusted", Some("trust"), always, |state| {
        state.show_trust();
    })
    .named(&["trust"]),
    read_given(
        "trust.read",
        "Read a public key or certificate and show its fingerprint, to pin it then",
        Argument::needed("FILE LABEL", Values::Paths(&[PathKind::File])),
        |state, text| state.read_key(text),
    )
    .named(&["trust-read"]),
    Command {
        effect: Effect::Write,
        ..read("trust.add", "Pin the key", Some("pin"), some_candidate, State::add_key)
    }
    .named(&["trust-add"]),
    Command {
        effect: Effect::Write,
        ..read("trust.remove", "Trust no more the key", Some("remove"), some_entry, State::remove_key)
    }
    .named(&["trust-remove"]),
];

fn some_policy(state: &State) -> Result<(), Reason> {
    match (state.page, state.policies.table().selected()) {
        (PageId::Policies, Some(_)) => Ok(()),
        _ => Err(Reason::new("no policy is selected")),
    }
}

fn some_policy_or_open(state: &State) -> Result<(), Reason> {
    if state.policies.inspection().is_some() { Ok(()) } else { some_policy(state) }
}

fn some_part(state: &State) -> Result<(), Reason> {
    match (&state.overlay, state.policies.inspection()) {
        (Some(Overlay::Policy { .. }), Some(_)) => Ok(()),
        _ => Err(Reason::new("no policy is open")),
    }
}

fn some_digest(state: &State) -> Result<(), Reason> {
    some_part(state)?;
    match state.has_digest_to_follow() {
        true => Ok(()),
        false => Err(Reason::new("no digest is selected")),
    }
}

fn some_meant_digest(state: &State) -> Result<(), Reason> {
    match state.has_digests_to_require() {
        true => Ok(()),
        false => Err(Reason::new("mark digests first, under Digests or Metadata")),
    }
}

fn some_file(state: &State) -> Result<(), Reason> {
    match state.policies.looked_into().map(PolicySource::file) {
        Some(Some(_)) => Ok(()),
        Some(None) => Err(Reason::new("only a file can be signed, not what a group holds")),
        None => Err(Reason::new("no policy is open")),
    }
}

fn some_candidate(state: &State) -> Result<(), Reason> {
    match state.policies.trust().candidate() {
        Some(_) => Ok(()),
        None => Err(Reason::new("read a key first, to see its fingerprint: :trust-read FILE LABEL")),
    }
}

fn some_entry(state: &State) -> Result<(), Reason> {
    match (&state.overlay, state.policies.trust().selected()) {
        (Some(Overlay::Trust), Some(_)) => Ok(()),
        (Some(Overlay::Trust), None) => Err(Reason::new("no key is pinned")),
        _ => Err(Reason::new("the trust store is not open")),
    }
}

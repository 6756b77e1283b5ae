//! Evidence for what a policy demands: giving it, judging with it, explaining.
//! It is read from files of this machine, and nothing is sent anywhere.

use super::{Argument, Command, Reason, read, read_given};
use crate::console::command::{PathKind, Values};
use crate::console::state::State;

pub(super) const COMMANDS: &[Command] = &[
    read_given(
        "evidence.give",
        "Judge metadata with a folder of Sigstore bundles and a trusted root, else the folder's own",
        Argument::needed("DIR [ROOT]", Values::Paths(&[PathKind::Folder, PathKind::File])),
        |state, text| state.give_evidence(text),
    )
    .named(&["evidence"]),
    read(
        "evidence.write",
        "Write where the evidence for the metadata is",
        Some("evidence"),
        some_metadata,
        State::write_evidence,
    ),
    read(
        "evidence.explain",
        "Unfold what came of the digest into every step, or fold it again",
        Some("explain"),
        State::can_explain,
        State::turn_explanation,
    )
    .named(&["explain"]),
    read(
        "evidence.next-outcome",
        "Show all digests with metadata, those that failed, were not evaluated, or passed",
        Some("outcome"),
        some_metadata,
        State::filter_next_outcome,
    ),
    Command {
        enabled: some_policy,
        ..read_given(
            "evidence.outcome",
            "Show the digests of an outcome: all, failed, not-evaluated, passed",
            Argument::needed("OUTCOME", Values::Outcome),
            |state, name| state.filter_named_outcome(name),
        )
    }
    .named(&["outcome"]),
    read(
        "evidence.stop",
        "Give up judging; what came of it so far stays",
        None,
        something_judged,
        State::stop_judging,
    )
    .named(&["evidence-stop"]),
    read(
        "evidence.write-export",
        "Write the name of the file that the report goes to",
        Some("report"),
        some_explanation,
        State::write_export,
    ),
    Command {
        enabled: some_explanation,
        ..read_given(
            "evidence.export",
            "Write the explanation as a JSON report into a new file, and tell its SHA-256",
            Argument::needed("FILE", Values::Paths(&[PathKind::File])),
            |state, text| state.export_report(text),
        )
    }
    .named(&["evidence-export"]),
];

fn some_policy(state: &State) -> Result<(), Reason> {
    match state.has_open_policy() {
        true => Ok(()),
        false => Err(Reason::new("no policy is open")),
    }
}

fn some_metadata(state: &State) -> Result<(), Reason> {
    some_policy(state)?;
    match state.sees_demands() {
        true => Ok(()),
        false => Err(Reason::new("the metadata of a policy is not in sight")),
    }
}

fn something_judged(state: &State) -> Result<(), Reason> {
    match state.is_judging() {
        true => Ok(()),
        false => Err(Reason::new("nothing is being judged")),
    }
}

fn some_explanation(state: &State) -> Result<(), Reason> {
    some_policy(state)?;
    match state.explanation().map(|explanation| &explanation.report) {
        Some(Some(_)) => Ok(()),
        Some(None) => Err(Reason::new("nothing was judged: give evidence first, :evidence DIR [ROOT]")),
        None => Err(Reason::new("explain a digest first, under Metadata")),
    }
}

//! Our own strict steps for one entry of a log: the proof, the checkpoint, the
//! log that signed it, and the log's promise.
//!
//! The library leaves fields unchecked that a reader of the bundle would take
//! for proven: on Rekor v2 the proof's root, size and index and the entry's
//! log id, everywhere the name of the signer and what stands behind the note.
//! It also takes the signature of any log of the trusted root. Here all of them
//! must be those of the checkpoint and of the one log that the entry names.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::bundle::{Entry, Proof};
use super::digest::{hex, joined_sha256, sha256};
use super::note::{self, Note};
use super::root::TrustedRoot;
use super::sigstore::{Log, log_signed};
use super::step::{Step, StepResult};
use super::{merkle, strict};

/// Said of an entry's log.
const UNKNOWN_LOG: &str = "The trusted root holds no log of the entry's id: the bundle is of another Sigstore instance, \
                           or of a log that the trusted root does not have yet.";

/// The steps of one entry, and whether it is proven to be in the log.
pub(super) struct Included {
    pub steps: Vec<Step>,
    pub proven: bool,
}

/// Judges one entry, at a time after which nothing can be. A bundle v0.2 or
/// later owes a proof.
pub(super) fn judge(entry: &Entry, owes_proof: bool, root: &TrustedRoot, at: Timestamp) -> Included {
    let leaf = merkle::leaf(&entry.body);
    let mut steps = vec![entry_step(entry, leaf)];
    let log = root.log(&entry.log_id);
    match &entry.proof {
        None => steps.push(missing_step(entry, owes_proof)),
        Some(proof) => {
            steps.push(fold_step(entry, proof, leaf));
            match note::read(&proof.checkpoint) {
                Err(wrong) => {
                    let said = format!("The checkpoint is not a signed note: {wrong}.");
                    let step = Step::new("checkpoint", "Checkpoint of the tree", StepResult::Fails, said);
                    steps.push(step.fact("checkpoint", proof.checkpoint.as_str()));
                }
                Ok(note) => {
                    steps.push(checkpoint_step(proof, &note));
                    steps.push(log_step(entry, log, &note, at));
                    steps.extend(witness_step(log, &note));
                }
            }
        }
    }
    steps.extend(promise_step(entry, log, at));
    let proven = entry.proof.is_some() && !steps.iter().any(Step::fails);
    Included { steps, proven }
}

fn entry_step(entry: &Entry, leaf: [u8; 32]) -> Step {
    let body = strict::value(&entry.body);
    let named = |key: &str| body.as_ref().ok().and_then(|body| body.get(key)).and_then(Value::as_str);
    let same = named("kind") == Some(entry.kind) && named("apiVersion") == Some(entry.version);
    let said = if same {
        "The log's entry is of the kind that the bundle names."
    } else {
        "The body of the log's entry is not of the kind that the bundle names."
    };
    let body = body.unwrap_or_else(|_| STANDARD.encode(&entry.body).into());
    Step::new("entry", "Entry of the log", StepResult::of(same), said)
        .fact("kind", format!("{} {}", entry.kind, entry.version))
        .fact("body", body)
        .fact("leaf_hash", hex(&leaf))
        .fact("leaf_rule", "SHA-256 of a zero byte and the body")
}

fn missing_step(entry: &Entry, owes_proof: bool) -> Step {
    let (result, said) = match (owes_proof, entry.unsigned_proof) {
        (true, _) => (
            StepResult::Fails,
            "The bundle brings no inclusion proof for this entry, which a bundle of its version must.",
        ),
        (false, true) => (
            StepResult::NotJudged,
            "The bundle's inclusion proof has no checkpoint: nobody signed its root, so that it proves nothing.",
        ),
        (false, false) => (
            StepResult::NotJudged,
            "The bundle brings no inclusion proof for this entry, at most the log's promise.",
        ),
    };
    Step::new("inclusion", "Merkle proof of inclusion", result, said)
}

fn fold_step(entry: &Entry, proof: &Proof, leaf: [u8; 32]) -> Step {
    let folded = merkle::fold(leaf, proof.index, proof.size, &proof.path);
    let computed = folded.as_ref().ok().map(|folds| folds.last().map_or(leaf, |fold| fold.hash));
    let same_root = computed == Some(proof.root);
    // Rekor v1 counts over all its trees: only then may the two indexes differ, and the tree's own
    // is never the larger.
    let indexes_fit =
        if entry.is_rekor_v2() { entry.index == proof.index } else { entry.index >= proof.index };
    let said = match &folded {
        Err(wrong) => format!("The proof cannot be followed: {wrong}."),
        Ok(_) if !same_root => "The proof does not lead to its own root hash.".to_owned(),
        Ok(_) if !indexes_fit => "The entry's index and the proof's index contradict each other.".to_owned(),
        Ok(folds) => format!("{} hashes lead from the entry to the root hash.", folds.len()),
    };
    let folds: Vec<_> = folded
        .iter()
        .flatten()
        .map(|fold| {
            let side = if fold.sibling_is_left { "left" } else { "right" };
            json!({ "sibling": hex(&fold.sibling), "sibling_stands": side, "hash": hex(&fold.hash) })
        })
        .collect();
    Step::new("inclusion", "Merkle proof of inclusion", StepResult::of(same_root && indexes_fit), said)
        .fact("leaf_hash", hex(&leaf))
        .fact("index", proof.index)
        .fact("log_index", entry.index)
        .fact("tree_size", proof.size)
        .fact("path_length", proof.path.len())
        .fact("folds", folds)
        .fact("fold_rule", "SHA-256 of a byte one and both hashes, the left one first")
        .fact("computed_root", computed.map(|root| hex(&root)))
        .fact("proof_root", hex(&proof.root))
}

fn checkpoint_step(proof: &Proof, note: &Note) -> Step {
    let fits = note.root == proof.root && note.size == proof.size;
    let said = if fits {
        "The checkpoint is for the same tree: root hash and size are the proof's."
    } else {
        "The checkpoint is for another tree: its root hash or size is not the proof's."
    };
    Step::new("checkpoint", "Checkpoint of the tree", StepResult::of(fits), said)
        .fact("checkpoint", proof.checkpoint.as_str())
        .fact("origin", note.origin.as_str())
        .fact("checkpoint_size", note.size)
        .fact("proof_size", proof.size)
        .fact("checkpoint_root", hex(&note.root))
        .fact("proof_root", hex(&proof.root))
}

/// The one log that the entry names must have signed the checkpoint, with its
/// own name. Whoever else signed is not judged.
fn log_step(entry: &Entry, log: Option<&Log>, note: &Note, at: Timestamp) -> Step {
    let title = "Log that signed the checkpoint";
    let Some(log) = log else {
        return Step::new("log", title, StepResult::Fails, UNKNOWN_LOG).fact("log_id", hex(&entry.log_id));
    };
    let name = note.log_name();
    let derived = derived_id(log, name);
    let own: Vec<_> = note.signatures.iter().filter(|line| log.id.starts_with(&line.hint)).collect();
    let started = log.valid_from.is_none_or(|from| from <= at);
    let wrong = if derived.is_none() && derived_id(log, log.host()).is_some() {
        Some("The first line of the checkpoint names another log than the one that the entry names.")
    } else if derived.is_none() {
        Some("The log's id in the trusted root does not come from its key and name.")
    } else if own.is_empty() {
        Some("No signature line of the checkpoint is by the key of the entry's log.")
    } else if own.iter().any(|line| line.name != name) {
        Some("The signature line of the log's key has a name that is not the log's.")
    } else if own.iter().any(|line| !log_signed(&log.key, note.text.as_bytes(), &line.signature)) {
        Some("The log's signature over the checkpoint does not verify.")
    } else if !started {
        Some("The log's key is not valid yet.")
    } else {
        None
    };
    let result = StepResult::of(wrong.is_none());
    let said = wrong.unwrap_or(
        "The log that the entry names signed the checkpoint, under the name of the checkpoint's first line.",
    );
    let line = own.first();
    Step::new("log", title, result, said)
        .fact("log", log.base_url.as_str())
        .fact("log_id", hex(&entry.log_id))
        .fact("log_id_rule", derived)
        .fact("checkpoint_name", name)
        .fact("signer", line.map(|line| line.name.as_str()))
        .fact("key_hint", line.map(|line| hex(&line.hint)))
        .fact("signed_text", note.text.as_str())
        .fact("signature", line.map(|line| hex(&line.signature)))
}

/// The log's key must have been valid at every time of signing. `times` are
/// those that the library authenticated.
pub(super) fn validity_step(entry: &Entry, root: &TrustedRoot, times: &[Timestamp]) -> Option<Step> {
    let log = root.log(&entry.log_id)?;
    let outside = times.iter().find(|time| {
        log.valid_from.is_some_and(|from| **time < from) || log.valid_to.is_some_and(|to| **time > to)
    });
    let (result, said) = match outside {
        Some(time) => {
            (StepResult::Fails, format!("The log's key was not valid at the time of signing, {time}."))
        }
        None if times.is_empty() => {
            (StepResult::NotJudged, "There is no authenticated time of signing to compare with.".to_owned())
        }
        None => (StepResult::Holds, "The log's key was valid at the time of signing.".to_owned()),
    };
    Some(
        Step::new("log-validity", "Validity of the log's key", result, said)
            .fact("log", log.base_url.as_str())
            .fact("valid_from", log.valid_from.map(|time| time.to_string()))
            .fact("valid_to", log.valid_to.map(|time| time.to_string())),
    )
}

/// How a log's id comes from its key: Rekor v1 takes the SHA-256 of the key,
/// Rekor v2 the whole key id of the signed note (C2SP `signed-note`, Ed25519).
fn derived_id(log: &Log, name: &str) -> Option<&'static str> {
    /// SPKI of Ed25519 (RFC 8410) before the 32 bytes of the key.
    const ED25519: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    if sha256(&log.key).as_slice() == log.id {
        return Some("SHA-256 of the log's public key (SPKI, DER)");
    }
    let key = log.key.strip_prefix(&ED25519)?;
    let id = joined_sha256(&[name.as_bytes(), b"\n\x01", key]);
    (id.as_slice() == log.id)
        .then_some("SHA-256 of the log's name, a newline, a byte one and its Ed25519 key")
}

fn witness_step(log: Option<&Log>, note: &Note) -> Option<Step> {
    let others = note.signatures.iter().filter(|line| !log.is_some_and(|log| log.id.starts_with(&line.hint)));
    let others: Vec<_> = others.map(|line| line.name.as_str()).collect();
    if others.is_empty() {
        return None;
    }
    let said = "Others signed the checkpoint too. Their keys are not in the trusted root: not judged.";
    let step = Step::new("witnesses", "Other signatures of the checkpoint", StepResult::NotJudged, said);
    Some(step.fact("names", others))
}

/// The text that a log signs to promise that it will include an entry: RFC 8785
/// of four members, in this order.
fn promised_text(entry: &Entry) -> String {
    format!(
        "{{\"body\":\"{}\",\"integratedTime\":{},\"logID\":\"{}\",\"logIndex\":{}}}",
        STANDARD.encode(&entry.body),
        entry.integrated_time.map_or(0, Timestamp::as_second),
        hex(&entry.log_id),
        entry.index
    )
}

fn promise_step(entry: &Entry, log: Option<&Log>, at: Timestamp) -> Option<Step> {
    let title = "Promise of the log (SET)";
    let time = entry.integrated_time;
    let Some(promise) = &entry.promise else {
        // Without a promise nobody signed the time that stands in the bundle.
        return time.map(|time| {
            let said = "The bundle names a time of entry that nobody signed: it is not used.";
            Step::new("promise", title, StepResult::NotJudged, said).fact("integrated_time", time.to_string())
        });
    };
    let text = promised_text(entry);
    let signed = log.is_some_and(|log| log_signed(&log.key, text.as_bytes(), promise));
    let in_time = time.is_none_or(|time| time <= at);
    let said = match (signed, in_time) {
        (false, _) if log.is_none() => UNKNOWN_LOG,
        (false, _) => "The log's promise does not verify.",
        (true, false) => "The log's promise is from the future.",
        (true, true) => "The log signed the entry, its index and the time of entry.",
    };
    Some(
        Step::new("promise", title, StepResult::of(signed && in_time), said)
            .fact("promised_text", text)
            .fact("signature", hex(promise))
            .fact("integrated_time", time.map(|time| time.to_string())),
    )
}

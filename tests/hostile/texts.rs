//! Texts that act on terminals, spreadsheets and eyes, wherever a server may put one.

use serde_json::{Value, json};

use crate::answers::{bulk, ids, record_with, serving};
use crate::authority::Authority;
use crate::case::{Case, agents_of};
use crate::support::status::flags;

/// Group of the hostile ids.
pub const IDS: &str = "hostile-ids";

/// Ids as they come, and what is to be shown of them; with none the text is only to be harmless.
pub fn hostile_ids() -> Vec<(String, Option<&'static str>)> {
    let fixed = [
        ("esc\u{1b}[31mred", "esc\\u{1b}[31mred"),
        ("osc\u{1b}]52;c;ZXZpbA==\u{7}", "osc\\u{1b}]52;c;ZXZpbA==\\u{7}"),
        ("title\u{1b}]0;owned\u{1b}\\", "title\\u{1b}]0;owned\\u{1b}\\\\"),
        ("c1\u{9b}31m\u{9d}52;c;eA==\u{9c}", "c1\\u{9b}31m\\u{9d}52;c;eA==\\u{9c}"),
        ("bidi\u{202e}fdp.exe", "bidi\\u{202e}fdp.exe"),
        ("isolate\u{2066}x\u{2069}", "isolate\\u{2066}x\\u{2069}"),
        ("zero\u{200b}\u{200d}\u{feff}width", "zero\\u{200b}\\u{200d}\\u{feff}width"),
        ("line\r\nfeed: 1", "line\\u{d}\\u{a}feed: 1"),
        ("tab\tnul\0del\u{7f}", "tab\\u{9}nul\\u{0}del\\u{7f}"),
        ("tag\u{e0041}", "tag\\u{e0041}"),
        ("\u{301}mark-first", "\\u{301}mark-first"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("..", ".."),
        ("a?bulk=true#x", "a?bulk=true#x"),
        ("%2e%2e%2f", "%2e%2e%2f"),
        ("back\\u{1b}slash", "back\\\\u{1b}slash"),
        ("=HYPERLINK(\"https://example.invalid\",\"x\")", "=HYPERLINK(\"https://example.invalid\",\"x\")"),
        ("+1+cmd|' /C calc'!A0", "+1+cmd|' /C calc'!A0"),
        ("-2+3", "-2+3"),
        ("@SUM(1,2)", "@SUM(1,2)"),
        ("\u{ff1d}1+1", "\u{ff1d}1+1"),
        ("comma, \"quote\"", "comma, \"quote\""),
        ("", ""),
        ("v", "v"),
        ("results", "results"),
    ];
    let mut all: Vec<_> = fixed.iter().map(|(raw, shown)| ((*raw).to_owned(), Some(*shown))).collect();
    all.push((format!("pile{}", "\u{301}".repeat(60)), None));
    all.push((format!("long-{}", "a".repeat(10_000)), None));
    all.push((format!("long-{}b", "a".repeat(10_000)), None));
    all
}

pub fn cases(authority: &Authority) -> Vec<Case> {
    let hostile = hostile_ids();
    let raw: Vec<&str> = hostile.iter().map(|(id, _)| id.as_str()).collect();
    let records = bulk(raw.iter().map(|id| (*id, record_with(json!({})))));
    let play = serving(records, ids(raw.iter().copied()));
    vec![
        Case::playing(IDS, authority, play.clone()).and(|status| right_ids(status, IDS)),
        // Known to the registrar only.
        Case::playing("hostile-ids-registered", authority, serving(bulk([]), ids(raw.iter().copied())))
            .and(|status| right_ids(status, "hostile-ids-registered")),
        Case::playing("hostile-fields", authority, serving(fields(), ids([]))).and(|status| {
            let agents = agents_of(status, "hostile-fields");
            let wanted = hostile_ids().len();
            if agents.len() != wanted {
                return Err(format!("expected {wanted} agents, found {}", agents.len()));
            }
            let said = agents.iter().filter(|(_, agent)| {
                agent["event_id"].as_str().is_some_and(|event| event.contains("esc\\u{1b}[31mred"))
                    && agent["keylime"]["attestation_status"].as_str() == agent["event_id"].as_str()
                    && agent["reason"].as_str().is_some_and(|words| words.contains("esc\\u{1b}[31mred"))
            });
            if said.count() == 1 {
                Ok(())
            } else {
                Err("the event id is not shown as it should be".to_owned())
            }
        }),
    ]
}

fn right_ids(status: &Value, group: &str) -> Result<(), String> {
    let agents = agents_of(status, group);
    for (raw, shown) in hostile_ids() {
        if let Some(shown) = shown
            && !agents.iter().any(|(id, _)| *id == shown)
        {
            return Err(format!("no agent {shown:?} for {raw:?}"));
        }
    }
    if agents.len() != hostile_ids().len() {
        return Err(format!("{} agents of {}", agents.len(), hostile_ids().len()));
    }
    if let Some((id, _)) = agents.iter().find(|(id, _)| id.chars().count() > 300) {
        return Err(format!("an id of {} characters", id.chars().count()));
    }
    // What is not plain, or not shown as a whole, has its flag; three of the ids are plain to Keylime.
    let rows = status["agents"].as_array().unwrap();
    let is_odd = |id: &str| rows.iter().any(|row| row["id"] == id && flags(row).contains(&"odd-id"));
    match agents.iter().find(|(id, _)| is_odd(id) == matches!(*id, "v" | "results" | "..")) {
        Some((id, _)) => Err(format!("{id:?}: odd-id is {}", is_odd(id))),
        None => Ok(()),
    }
}

/// One agent for each hostile text, which stands in every text field of its record.
fn fields() -> String {
    let texts = hostile_ids();
    let records = texts.iter().enumerate().map(|(number, (text, _))| {
        let record = record_with(json!({
            "operational_state": 9,
            "ip": text, "tpm_policy": text, "meta_data": text,
            "accept_tpm_hash_algs": [text], "accept_tpm_encryption_algs": [text, text],
            "accept_tpm_signing_algs": text,
            "hash_alg": text, "enc_alg": text, "sign_alg": text,
            "verifier_id": text, "verifier_ip": text, "last_event_id": text,
            "attestation_status": text, "attestation_period": text, "maximum_attestation_interval": text,
            text.as_str(): text,
        }));
        (format!("fields-{number}"), record)
    });
    let records: Vec<_> = records.collect();
    bulk(records.iter().map(|(id, record)| (id.as_str(), record.clone())))
}

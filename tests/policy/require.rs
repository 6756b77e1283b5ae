//! Demands written into policies: nothing but the demand differs, whatever the policy looks like.

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use bytes::Bytes;
use limescope::policy::document::metadata::Identity;
use limescope::policy::document::{Policy, read};
use limescope::policy::envelope::Format;
use limescope::policy::evidence::{Demand, Digest, IDENTITY, INCLUSION};
use limescope::policy::examination::{Options, examine};
use limescope::policy::json::Limits;
use limescope::policy::require::{Effect, RequireError, Required, Requirement, require};
use limescope::policy::trust::Trust;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

const ISSUER: &str = "https://token.actions.example.org";
const SUBJECT: &str = "https://example.org/build.yml@refs/tags/v1";

fn requirement(log_inclusion: bool, identity: bool) -> Requirement {
    let identity = identity.then(|| Identity::new(ISSUER, SUBJECT).unwrap());
    Requirement { log_inclusion, identity, replace: false }
}

fn policy(text: impl Into<Bytes>) -> Policy {
    let reading = read(text.into(), &Limits::default(), &mut |_done| ControlFlow::Continue(()));
    reading.policy.unwrap_or_else(|| panic!("{:?}", reading.findings))
}

fn demands(policy: &Policy) -> Vec<(String, Vec<(String, Value)>)> {
    let entries = policy.metadata().entries().map(|entry| Demand::of(policy, entry));
    entries.map(|demand| (demand.digest, demand.checks)).collect()
}

/// What the demands should be: everything that was, and what was asked for.
fn expected(before: &Policy, digests: &[Digest], asked: &Requirement) -> Vec<(String, Vec<(String, Value)>)> {
    let mut demands = demands(before);
    let identity = json!({"issuer": ISSUER, "subject": SUBJECT});
    for digest in digests.iter().map(ToString::to_string) {
        let at = demands.iter().position(|(known, _)| *known == digest).unwrap_or_else(|| {
            demands.push((digest, Vec::new()));
            demands.len() - 1
        });
        let checks = &mut demands[at].1;
        if asked.log_inclusion && !checks.iter().any(|(name, _)| name == INCLUSION) {
            checks.push((INCLUSION.to_owned(), json!(true)));
        }
        if asked.identity.is_some() {
            match checks.iter_mut().find(|(name, _)| name == IDENTITY) {
                None => checks.push((IDENTITY.to_owned(), identity.clone())),
                Some((_, Value::Array(several))) if !several.contains(&identity) => {
                    several.push(identity.clone());
                }
                Some((_, one @ Value::Object(_))) if *one != identity => {
                    *one = json!([one.clone(), identity]);
                }
                Some(_) => {}
            }
        }
    }
    demands
}

/// The new bytes, in order; `None` where something of the old ones is gone.
fn inserted(old: &[u8], new: &[u8]) -> Option<Vec<u8>> {
    let mut rest = old.iter().peekable();
    let added = new.iter().filter(|byte| rest.next_if_eq(byte).is_none()).copied().collect();
    rest.peek().is_none().then_some(added)
}

/// Checks everything that holds of a demand that could be written.
fn holds(name: &str, before: &Policy, digests: &[Digest], asked: &Requirement, made: &Required) {
    let new = policy(made.text.clone());
    assert_eq!(demands(&new), expected(before, digests, asked), "{name}");
    assert!(inserted(before.text(), &made.text).is_some(), "{name}: something is gone");
    // What does not concern digest_metadata says what it said.
    let without = |text: &[u8]| {
        let mut value: Value = serde_json::from_slice(text).unwrap();
        value.as_object_mut().unwrap().remove("digest_metadata");
        value
    };
    assert_eq!(without(before.text()), without(&made.text), "{name}");
    let again = require(&new, digests, asked).unwrap();
    assert!(again.is_unchanged() && again.text == made.text, "{name}: a second time");
    assert_eq!(made.is_unchanged(), made.text == before.text().as_ref(), "{name}");
}

/// Every text of the index that a policy can be read from, signed or not.
fn policies() -> Vec<(String, Policy)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies");
    let index: Value = serde_json::from_slice(&fs::read(folder.join("INDEX.json")).unwrap()).unwrap();
    let names: BTreeSet<_> =
        index["vectors"].as_array().unwrap().iter().filter_map(|vector| vector["file"].as_str()).collect();
    let options = Options::at("2026-11-22T00:00:00Z".parse().unwrap());
    let found = names.into_iter().filter_map(|name| {
        let text = fs::read(folder.join(name)).unwrap();
        let found = examine(text, &Trust::none(), &options, &mut |_step| ControlFlow::Continue(()));
        let is_old = matches!(found.format, Format::LegacyFlat | Format::LegacyJson);
        Some((name.to_owned(), found.document.filter(|_| !is_old)?))
    });
    found.collect()
}

#[test]
fn in_every_policy_nothing_but_the_demand_differs() {
    let (mut tried, mut refused, mut extended) = (0, Vec::new(), 0);
    for (name, before) in policies() {
        let fresh = Digest::read(&"5".repeat(64)).unwrap();
        let known: Vec<_> = demands(&before).iter().filter_map(|(digest, _)| Digest::read(digest)).collect();
        let known: Vec<_> = known.into_iter().take(100).collect();
        for asked in [requirement(true, false), requirement(false, true), requirement(true, true)] {
            match require(&before, std::slice::from_ref(&fresh), &asked) {
                Ok(made) => {
                    holds(&name, &before, std::slice::from_ref(&fresh), &asked, &made);
                    // One insertion in one place.
                    let (old, new) = (before.text(), &made.text);
                    let head = old.iter().zip(new).take_while(|(one, other)| one == other).count();
                    let tail = old.iter().rev().zip(new.iter().rev());
                    let tail = tail.take_while(|(one, other)| one == other).count();
                    assert!(head + tail >= old.len(), "{name}: more than one place changed");
                    assert_eq!(made.digests[0].paths, before.paths_of(&fresh.to_string()).count());
                    tried += 1;
                }
                Err(RequireError::NotAnObject { .. }) => refused.push(name.clone()),
                Err(error) => panic!("{name}: {error}"),
            }
            // Some entries demand otherwise; those that do not are extended together.
            let willing: Vec<_> = known
                .iter()
                .filter(|digest| require(&before, std::slice::from_ref(digest), &asked).is_ok())
                .cloned()
                .collect();
            if !willing.is_empty() {
                let made = require(&before, &willing, &asked).unwrap();
                holds(&name, &before, &willing, &asked, &made);
                extended += 1;
            }
        }
    }
    refused.dedup();
    assert!(tried > 150 && extended > 30, "{tried} {extended}");
    assert!(!refused.is_empty() && refused.len() < 8, "{refused:?}");
}

/// JSON with white space wherever it may stand, and now and then an escape.
fn spelled(value: &Value, random: &mut StdRng, style: usize, depth: usize, out: &mut String) {
    let space = |random: &mut StdRng, out: &mut String, depth: usize| match style {
        0 => {}
        1 => out.push_str(["", " ", "\n", "\t", "\r\n", " \n  "][random.random_range(0..6)]),
        2 => {
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
        }
        _ => {
            out.push_str("\r\n");
            out.push_str(&"\t".repeat(depth));
        }
    };
    let quoted = |text: &str, random: &mut StdRng| match random.random_range(0..4) {
        0 if text.is_ascii() && !text.is_empty() => {
            format!("\"\\u{:04x}{}", u32::from(text.as_bytes()[0]), &json!(text[1..]).to_string()[1..])
        }
        _ => json!(text).to_string(),
    };
    match value {
        Value::Object(members) => {
            out.push('{');
            for (number, (name, value)) in members.iter().enumerate() {
                if number > 0 {
                    out.push(',');
                }
                space(random, out, depth + 1);
                out.push_str(&quoted(name, random));
                if style == 1 {
                    space(random, out, 0);
                }
                out.push_str(if style == 0 { ":" } else { ": " });
                spelled(value, random, style, depth + 1, out);
            }
            if !members.is_empty() || style == 1 {
                space(random, out, depth);
            }
            out.push('}');
        }
        Value::Array(elements) => {
            out.push('[');
            for (number, value) in elements.iter().enumerate() {
                if number > 0 {
                    out.push(',');
                }
                space(random, out, depth + 1);
                spelled(value, random, style, depth + 1, out);
            }
            if !elements.is_empty() || style == 1 {
                space(random, out, depth);
            }
            out.push(']');
        }
        Value::String(text) => out.push_str(&quoted(text, random)),
        Value::Number(_) if style == 1 => out.push_str(["1.50e3", "-0", "0.10"][random.random_range(0..3)]),
        other => out.push_str(&other.to_string()),
    }
}

/// A policy with some of its members, and metadata of many kinds.
fn random_policy(random: &mut StdRng) -> Value {
    let digest = |number: u32| format!("{number:064x}");
    let mut policy = json!({});
    for member in ["meta", "digests", "excludes", "zz", "digest_metadata"] {
        if random.random_range(0..4) == 0 {
            continue;
        }
        policy[member] = match member {
            "digests" => json!({"/a\"\\{": [digest(1), digest(2)], "/é": [digest(2)]}),
            "excludes" => json!(["}", "]"]),
            "digest_metadata" => {
                let mut metadata = json!({});
                for number in 0..random.random_range(0..4) {
                    metadata[digest(number)] = random_checks(random);
                }
                metadata
            }
            _ => json!({"version": 1, "x": [{}, []]}),
        };
    }
    policy
}

fn random_checks(random: &mut StdRng) -> Value {
    let other = json!({"issuer": "https://other.example", "subject": "other"});
    let ours = json!({"issuer": ISSUER, "subject": SUBJECT});
    let mut checks = json!({});
    for check in ["a_unknown", INCLUSION, IDENTITY, "z_unknown"] {
        if random.random_range(0..2) == 0 {
            continue;
        }
        checks[check] = match check {
            INCLUSION => json!(true),
            IDENTITY => [
                other.clone(),
                ours.clone(),
                json!([other]),
                json!([ours, other]),
                json!([other, other, {"subject": "s", "issuer": ISSUER}]),
            ][random.random_range(0..5)]
            .clone(),
            _ => json!({"deep": [1, {"x": null}]}),
        };
    }
    checks
}

#[test]
fn in_any_layout_nothing_but_the_demand_differs() {
    let mut random = StdRng::seed_from_u64(86);
    for case in 0..4_000 {
        let value = random_policy(&mut random);
        let mut text = String::new();
        spelled(&value, &mut random, case % 4, 0, &mut text);
        let before = policy(text.clone());
        let number = random.random_range(1..5);
        let digests: Vec<_> = (0..number)
            .map(|_| Digest::read(&format!("{:064x}", random.random_range(0..6_u32))).unwrap())
            .collect();
        let asked = [requirement(true, false), requirement(false, true), requirement(true, true)]
            [random.random_range(0..3)]
        .clone();
        let made = require(&before, &digests, &asked).unwrap_or_else(|error| panic!("{error}: {text}"));
        let distinct: BTreeSet<_> = digests.iter().collect();
        assert_eq!(made.digests.len(), distinct.len());
        let in_order: Vec<_> = made.digests.iter().map(|demanded| demanded.digest.clone()).collect();
        holds(&text, &before, &in_order, &asked, &made);
        // Indented texts stay as their authors' tools would write them.
        if case % 4 >= 2 && text.contains('\n') && made.text.len() > text.len() {
            let new = String::from_utf8(made.text.clone()).unwrap();
            let end = if case % 4 == 2 { "\n" } else { "\r\n" };
            assert_eq!(new.matches('\n').count(), new.matches(end).count(), "{new:?}");
            assert!(new.contains(end) && !new.lines().any(|line| line.ends_with([' ', '\t'])), "{new}");
        }
    }
}

#[test]
fn many_digests_are_copied_once() {
    let mut text = String::from("{\"meta\": {}, \"digests\": {");
    for number in 0..200_000_u32 {
        let comma = if number == 0 { "" } else { ", " };
        text.push_str(&format!("{comma}\"/usr/lib/{number}\": [\"{number:064x}\"]"));
    }
    text.push_str("}, \"excludes\": [], \"keyrings\": {}}");
    let size = text.len() as u64;
    let before = policy(text);
    let digests: Vec<_> =
        (0..1_000_u32).map(|number| Digest::read(&format!("{:064x}", number * 199)).unwrap()).collect();
    let mut made = None;
    let asked = requirement(true, true);
    let used = allocation_counter::measure(|| made = require(&before, &digests, &asked).ok());
    let made = made.unwrap();
    assert!(made.digests.iter().all(|demanded| demanded.paths == 1));
    assert_eq!(made.digests[0].checks, [(INCLUSION, Effect::Added), (IDENTITY, Effect::Added)]);
    let added = made.text.len() as u64 - size;
    assert!(used.bytes_max < size + 8 * added, "{} bytes for a text of {size}", used.bytes_max);
    let new = policy(made.text);
    assert_eq!((new.paths(), new.metadata().len()), (200_000, 1_000));
}

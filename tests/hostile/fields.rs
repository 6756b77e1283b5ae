//! Every field of every answer with values of every wrong type, read by the library.

use limescope::keylime::answer;
use serde_json::{Value, json};

use crate::answers::{SECRET, bulk, envelope, record, record_with};
use crate::output::unclean;

fn wrong_values() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1.5),
        json!(1e308),
        json!(""),
        json!("text\u{1b}[31m\u{202e}"),
        json!("9".repeat(400)),
        json!("x".repeat(100_000)),
        json!([]),
        json!([[SECRET], {"v": SECRET}]),
        json!([1, null, "a"]),
        json!({}),
        json!({"v": SECRET, "mask": [], "a": {"v": SECRET}}),
        json!({"mask": "0xfffffffffffffffffffffff"}),
    ]
}

/// Fails unless the words of an unreadable answer are few, harmless and tell the place.
fn assert_words(result: Result<String, answer::UnreadableAnswer>, what: &str) -> bool {
    match result {
        Ok(debug) => {
            // What the enrolling client writes into these two is its own affair.
            let is_free = what.starts_with("meta_data") || what.starts_with("tpm_policy");
            assert!(is_free || !debug.contains(SECRET), "{what}: {debug}");
            assert_eq!(unclean(&debug), None, "{what}");
            true
        }
        Err(error) => {
            let words = error.to_string();
            assert!(words.chars().count() < 300, "{what}: {words}");
            assert_eq!(unclean(&words), None, "{what}: {words}");
            assert!(!words.contains(SECRET), "{what}: {words}");
            let has_place = words.contains(" at line 1 column ")
                || ["twice", "it is no JSON object", "its JSON is broken", "field `results`"]
                    .iter()
                    .any(|fault| words.contains(fault));
            assert!(has_place, "{what}: no place in {words}");
            false
        }
    }
}

#[test]
fn a_record_of_wrong_types_is_read_or_refused_in_words() {
    let (mut read, mut refused) = (0, 0);
    for field in record().as_object().unwrap().keys() {
        for value in wrong_values() {
            let what = format!("{field}: {}", value.to_string().chars().take(80).collect::<String>());
            // Never the secret's own field: a text there is as it should be.
            let spoilt = record_with(json!({field.as_str(): value}));
            let body = bulk([("good", record()), ("spoilt", spoilt.clone())]);
            let many = assert_words(answer::bulk(body.as_bytes()).map(|all| format!("{all:?}")), &what);
            let body = envelope(200, "Success", spoilt);
            let one = assert_words(answer::record(body.as_bytes()).map(|one| format!("{one:?}")), &what);
            assert_eq!(many, one, "{what}");
            assert!(many || field != "v", "{what}: whatever stands in `v` is skipped");
            if many { read += 1 } else { refused += 1 }
        }
    }
    assert!(read > 100 && refused > 100, "{read} read, {refused} refused");
}

#[test]
fn lists_and_versions_of_wrong_types_are_read_or_refused_in_words() {
    for value in wrong_values() {
        let what = value.to_string().chars().take(80).collect::<String>();
        for results in [
            value.clone(),
            json!({"uuids": value}),
            json!({"uuids": [value]}),
            json!({"uuids": [[value]]}),
            json!({"uuids": ["good", [value, value]], "v": SECRET}),
            json!({"agent": value}),
            json!({"v": value, "results": value}),
            json!({"current_version": value, "supported_versions": value, "v": SECRET}),
            json!({"current_version": "2.6", "supported_versions": [value]}),
            json!({"current_version": value, "supported_versions": ["2.6"]}),
        ] {
            for body in [
                envelope(200, "Success", results.clone()),
                json!({"results": results, "v": SECRET}).to_string(),
                results.to_string(),
            ] {
                let body = body.as_bytes();
                assert_words(answer::bulk(body).map(|all| format!("{all:?}")), &what);
                assert_words(answer::agent_ids(body).map(|all| format!("{all:?}")), &what);
                assert_words(answer::versions(body).map(|all| format!("{all:?}")), &what);
                let refusal = answer::refusal(body).map(|words| words.to_string()).unwrap_or_default();
                assert_eq!(unclean(&refusal), None, "{what}");
                let _either = answer::is_keylime(body);
            }
        }
    }
}

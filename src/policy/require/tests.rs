use std::ops::ControlFlow;

use bytes::Bytes;
use serde_json::{Value, json};

use super::*;
use crate::policy::document;
use crate::policy::evidence::{Demand, IDENTITY, INCLUSION};
use crate::policy::json::Limits;

const ISSUER: &str = "https://token.actions.example.org";

fn digest(digit: char) -> Digest {
    Digest::read(&digit.to_string().repeat(64)).unwrap()
}

fn both(subject: &str) -> Requirement {
    let identity = Some(Identity::new(ISSUER, subject).unwrap());
    Requirement { log_inclusion: true, identity, replace: false }
}

fn log() -> Requirement {
    Requirement { log_inclusion: true, ..Requirement::default() }
}

fn replaced(requirement: Requirement) -> Requirement {
    Requirement { replace: true, ..requirement }
}

fn read(text: &str) -> Policy {
    let text = Bytes::from(text.to_owned());
    let reading = document::read(text, &Limits::default(), &mut |_done| ControlFlow::Continue(()));
    reading.policy.unwrap_or_else(|| panic!("{:?}", reading.findings))
}

fn made(text: &str, digests: &[Digest], requirement: &Requirement) -> Required {
    require(&read(text), digests, requirement).unwrap_or_else(|error| panic!("{error}"))
}

fn text(required: &Required) -> &str {
    std::str::from_utf8(&required.text).unwrap()
}

/// The new text of a policy of one digest, `a`.
fn after(before: &str, requirement: &Requirement) -> String {
    let required = made(before, &[digest('a')], requirement);
    let text = text(&required).to_owned();
    // Asked again, nothing changes.
    let once = Requirement { replace: false, ..requirement.clone() };
    let again = made(&text, &[digest('a')], &once);
    assert!(again.is_unchanged() && again.text == required.text, "{text}\n{again:?}");
    text
}

/// `a` stands for its digest in texts.
fn spelled(text: &str) -> String {
    text.replace("AAA", &"a".repeat(64)).replace("BBB", &"b".repeat(64))
}

#[track_caller]
fn becomes(before: &str, requirement: &Requirement, expected: &str) {
    assert_eq!(after(&spelled(before), requirement), spelled(expected));
}

#[test]
fn one_line_stays_one_line() {
    becomes(
        r#"{"digests": {"/a": ["AAA"]}, "excludes": [], "ima": {}}"#,
        &log(),
        r#"{"digests": {"/a": ["AAA"]}, "excludes": [], "digest_metadata": {"AAA": {"transparency_log_inclusion_proof": true}}, "ima": {}}"#,
    );
    becomes(
        r#"{"digests":{"/a":["AAA"]},"ima":{}}"#,
        &both("x@example.org"),
        r#"{"digests":{"/a":["AAA"]},"digest_metadata":{"AAA":{"transparency_log_inclusion_proof":true,"signer_identity":{"issuer":"https://token.actions.example.org","subject":"x@example.org"}}},"ima":{}}"#,
    );
    becomes("{}", &log(), r#"{"digest_metadata": {"AAA": {"transparency_log_inclusion_proof": true}}}"#);
    becomes(
        " {\t}\n",
        &log(),
        " {\"digest_metadata\": {\"AAA\": {\"transparency_log_inclusion_proof\": true}}\t}\n",
    );
    becomes(
        r#"{"digest_metadata": { }, "x": 1.0e5}"#,
        &log(),
        r#"{"digest_metadata": {"AAA": {"transparency_log_inclusion_proof": true} }, "x": 1.0e5}"#,
    );
}

#[test]
fn lines_stay_lines_with_their_ends_and_indentation() {
    let before = "{\n\t\"digests\": {\n\t\t\"/a\": [\"AAA\"]\n\t},\n\t\"excludes\": [],\n\t\"ima\": {}\n}\n";
    let expected = "{\n\t\"digests\": {\n\t\t\"/a\": [\"AAA\"]\n\t},\n\t\"excludes\": [],\n\t\"digest_metadata\": {\n\t\t\"AAA\": {\n\t\t\t\"transparency_log_inclusion_proof\": true,\n\t\t\t\"signer_identity\": {\n\t\t\t\t\"issuer\": \"https://token.actions.example.org\",\n\t\t\t\t\"subject\": \"x\"\n\t\t\t}\n\t\t}\n\t},\n\t\"ima\": {}\n}\n";
    becomes(before, &both("x"), expected);
    let windows = |text: &str| text.replace('\n', "\r\n").replace('\t', "   ");
    becomes(&windows(before), &both("x"), &windows(expected));
    // The body of a signed envelope stands deeper.
    becomes(
        "{\n      \"digests\": {},\n      \"ima\": {}\n    }",
        &log(),
        "{\n      \"digests\": {},\n      \"digest_metadata\": {\n        \"AAA\": {\n          \"transparency_log_inclusion_proof\": true\n        }\n      },\n      \"ima\": {}\n    }",
    );
    becomes(
        "{\n \"digest_metadata\": {\n },\n \"ima\": {}\n}",
        &log(),
        "{\n \"digest_metadata\": {\n  \"AAA\": {\n   \"transparency_log_inclusion_proof\": true\n  }\n },\n \"ima\": {}\n}",
    );
    becomes(
        "{\n \"digest_metadata\": {},\n \"ima\": {}\n}",
        &log(),
        "{\n \"digest_metadata\": {\n  \"AAA\": {\n   \"transparency_log_inclusion_proof\": true\n  }\n },\n \"ima\": {}\n}",
    );
    // Entries of one line each.
    becomes(
        "{\n \"digest_metadata\": {\n  \"BBB\": {\"x\": 1}\n },\n \"ima\": {}\n}",
        &log(),
        "{\n \"digest_metadata\": {\n  \"BBB\": {\"x\": 1},\n  \"AAA\": {\"transparency_log_inclusion_proof\": true}\n },\n \"ima\": {}\n}",
    );
}

#[test]
fn an_entry_is_extended_and_nothing_in_it_is_touched() {
    becomes(
        r#"{"digest_metadata": {"AAA": {"x_vendor": 1.50, "\u0041": [ 1 ,2]}}}"#,
        &log(),
        r#"{"digest_metadata": {"AAA": {"x_vendor": 1.50, "\u0041": [ 1 ,2], "transparency_log_inclusion_proof": true}}}"#,
    );
    becomes(
        r#"{"digest_metadata": {"AAA": {}}}"#,
        &log(),
        r#"{"digest_metadata": {"AAA": {"transparency_log_inclusion_proof": true}}}"#,
    );
    becomes(
        "{\n  \"digest_metadata\": {\n    \"AAA\": {\n      \"transparency_log_inclusion_proof\": true\n    }\n  }\n}",
        &both("x"),
        "{\n  \"digest_metadata\": {\n    \"AAA\": {\n      \"transparency_log_inclusion_proof\": true,\n      \"signer_identity\": {\n        \"issuer\": \"https://token.actions.example.org\",\n        \"subject\": \"x\"\n      }\n    }\n  }\n}",
    );
    // A digest that hides behind escapes is the same digest.
    let escaped = format!("\\u0061{}", "a".repeat(63));
    let before = format!(r#"{{"digest_metadata": {{"{escaped}": {{"x": 1}}}}}}"#);
    let expected = format!(
        r#"{{"digest_metadata": {{"{escaped}": {{"x": 1, "transparency_log_inclusion_proof": true}}}}}}"#
    );
    assert_eq!(after(&before, &log()), expected);
}

#[test]
fn another_identity_makes_a_list_of_which_any_will_do() {
    let one = r#"{"issuer": "https://a.example", "subject": "one"}"#;
    let new = r#"{"issuer": "https://token.actions.example.org", "subject": "x"}"#;
    let policy = |identity: &str| {
        format!(
            r#"{{"digest_metadata": {{"AAA": {{"signer_identity": {identity}, "transparency_log_inclusion_proof": true}}}}}}"#
        )
    };
    becomes(&policy(one), &both("x"), &policy(&format!("[{one}, {new}]")));
    becomes(&policy(&format!("[ {one} ]")), &both("x"), &policy(&format!("[ {one}, {new} ]")));
    becomes(&policy(one), &replaced(both("x")), &policy(new));
    becomes(&policy(&format!("[{one}, {new}]")), &replaced(both("x")), &policy(new));
    // The last member of an entry, and a check behind it.
    becomes(
        &format!(r#"{{"digest_metadata": {{"AAA": {{"signer_identity": {one}}}}}}}"#),
        &both("x"),
        &format!(
            r#"{{"digest_metadata": {{"AAA": {{"signer_identity": [{one}, {new}], "transparency_log_inclusion_proof": true}}}}}}"#
        ),
    );
    becomes(
        "{\n \"digest_metadata\": {\n  \"AAA\": {\n   \"transparency_log_inclusion_proof\": true,\n   \"signer_identity\": {\n    \"issuer\": \"https://a.example\",\n    \"subject\": \"one\"\n   }\n  }\n }\n}",
        &both("x"),
        "{\n \"digest_metadata\": {\n  \"AAA\": {\n   \"transparency_log_inclusion_proof\": true,\n   \"signer_identity\": [{\n    \"issuer\": \"https://a.example\",\n    \"subject\": \"one\"\n   }, {\n    \"issuer\": \"https://token.actions.example.org\",\n    \"subject\": \"x\"\n   }]\n  }\n }\n}",
    );
    let required = made(&spelled(&policy(one)), &[digest('a')], &both("x"));
    assert_eq!(
        required.digests[0].checks,
        [(INCLUSION, Effect::AlreadyThere), (IDENTITY, Effect::Alternative(2))]
    );
    let full = vec![one; MAX].join(", ");
    let error = require(&read(&spelled(&policy(&format!("[{full}]")))), &[digest('a')], &both("x"));
    assert!(matches!(error, Err(RequireError::TooManyIdentities { most: MAX, .. })), "{error:?}");
}

const MAX: usize = document::metadata::MAX_IDENTITIES;

#[test]
fn what_says_something_else_is_refused_or_replaced_when_asked() {
    for (check, value, then) in [
        (INCLUSION, "false", "true"),
        (INCLUSION, "\"yes\"", "true"),
        (INCLUSION, "null", "true"),
        (IDENTITY, "[]", NEW),
        (IDENTITY, "7", NEW),
        (IDENTITY, r#"{"issuer": "https://a.example", "subject": "a", "not_after": 1}"#, NEW),
        (IDENTITY, r#"{"issuer": "http://a.example", "subject": "a"}"#, NEW),
    ] {
        let policy =
            |value: &str| spelled(&format!(r#"{{"digest_metadata": {{"AAA": {{"{check}": {value}}}}}}}"#));
        let requirement =
            if check == INCLUSION { log() } else { Requirement { log_inclusion: false, ..both("x") } };
        let before = policy(value);
        match require(&read(&before), &[digest('a')], &requirement) {
            Err(error @ RequireError::Conflict { .. }) => {
                assert_eq!(&before[error.offset().unwrap()..][..value.len()], value);
                assert!(error.to_string().contains(check), "{error}");
            }
            other => panic!("{value}: {other:?}"),
        }
        let required = made(&before, &[digest('a')], &replaced(requirement.clone()));
        assert_eq!(required.digests[0].checks, [(check, Effect::Replaced)]);
        assert_eq!(after(&before, &replaced(requirement)), policy(then));
    }
}

const NEW: &str = r#"{"issuer": "https://token.actions.example.org", "subject": "x"}"#;

#[test]
fn nothing_is_written_where_nothing_can_stand() {
    let refused = |text: &str| require(&read(&spelled(text)), &[digest('a')], &log()).unwrap_err();
    for text in [r#"{"digest_metadata": null}"#, r#"{"digest_metadata": []}"#, r#"{"digest_metadata": "{"}"#]
    {
        assert_eq!(refused(text), RequireError::NotAnObject { offset: 20 });
    }
    for text in [r#"{"digest_metadata": {"AAA": null}}"#, r#"{"digest_metadata": {"AAA": [1]}}"#] {
        assert!(matches!(refused(text), RequireError::Entry { .. }), "{text}");
    }
    let many = format!(r#"{{"digest_metadata": {{"AAA": {{"x": [{}0]}}}}}}"#, "0,".repeat(70_000));
    assert!(matches!(refused(&many), RequireError::Entry { .. }));
    assert_eq!(require(&read("{}"), &[], &log()), Err(RequireError::Nothing));
    assert_eq!(require(&read("{}"), &[digest('a')], &Requirement::default()), Err(RequireError::Nothing));
    assert!(Identity::new("http://a.example", "x").is_err() && Identity::new(ISSUER, "").is_err());
}

#[test]
fn many_digests_are_written_at_once_each_once() {
    let policy = spelled(
        r#"{"digests": {"/a": ["AAA"], "/b": ["BBB", "AAA"]}, "digest_metadata": {"BBB": {"x": 1}}}"#,
    );
    let digests = [digest('c'), digest('b'), digest('a'), digest('c')];
    let required = made(&policy, &digests, &log());
    let told: Vec<_> =
        required.digests.iter().map(|demanded| (demanded.digest.clone(), demanded.paths)).collect();
    assert_eq!(told, [(digest('c'), 0), (digest('b'), 1), (digest('a'), 2)]);
    let policy = read(text(&required));
    let demands: Vec<_> = policy.metadata().entries().map(|entry| Demand::of(&policy, entry)).collect();
    let proof = || (INCLUSION.to_owned(), json!(true));
    let expected: Vec<(String, Vec<(String, Value)>)> = vec![
        (digest('b').to_string(), vec![("x".to_owned(), json!(1)), proof()]),
        (digest('c').to_string(), vec![proof()]),
        (digest('a').to_string(), vec![proof()]),
    ];
    let found: Vec<_> = demands.into_iter().map(|demand| (demand.digest, demand.checks)).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_subject_is_written_in_ascii_and_read_as_it_was_meant() {
    let subject = "uri:\"é\u{7f}\u{202e}\u{1f600}\\\n";
    let required = made("{}", &[digest('a')], &both(subject));
    assert!(required.text.is_ascii() && !required.text.contains(&0x7f));
    let policy = read(text(&required));
    let demand = Demand::of(&policy, policy.metadata().entry(0).unwrap());
    assert_eq!(demand.checks[1].1["subject"], subject);
}

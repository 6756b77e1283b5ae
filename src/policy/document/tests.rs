use std::ops::ControlFlow;

use bytes::Bytes;

use crate::policy::json::{Limits, code};
use crate::policy::{PolicyVerdict, Severity};

use super::metadata::{CheckKind, Identity};
use super::*;

const ONE: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const TWO: &str = "2222222222222222222222222222222222222222222222222222222222222222";
const SHA1: &str = "3333333333333333333333333333333333333333";

/// A policy with these members instead of the usual ones, or beside them.
fn policy(members: &[(&str, &str)]) -> String {
    let mut all = vec![
        ("meta", "{\"version\": 1, \"generator\": 3}".to_owned()),
        ("release", "0".to_owned()),
        ("digests", format!("{{\"/bin/a\": [\"{ONE}\"], \"/bin/b\": [\"{TWO}\", \"{SHA1}\"]}}")),
        ("excludes", "[\"/tmp/.*\"]".to_owned()),
        ("keyrings", "{}".to_owned()),
        (
            "ima",
            "{\"ignored_keyrings\": [\"*\"], \"log_hash_alg\": \"sha1\", \"dm_policy\": null}".to_owned(),
        ),
        ("ima-buf", "{}".to_owned()),
        ("verification-keys", "\"\"".to_owned()),
    ];
    for (name, value) in members {
        match all.iter_mut().find(|(known, _)| known == name) {
            Some(known) => known.1 = (*value).to_owned(),
            None => all.push((name, (*value).to_owned())),
        }
    }
    let all: Vec<_> = all.iter().filter(|(_, value)| !value.is_empty()).collect();
    let all: Vec<_> = all.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    format!("{{{}}}", all.join(", "))
}

fn reading(text: &str) -> Reading {
    read(Bytes::from(text.to_owned()), &Limits::default(), &mut |_| ControlFlow::Continue(()))
}

fn codes_of(text: &str) -> Vec<&'static str> {
    let reading = reading(text);
    for finding in &reading.findings {
        let offset = finding.offset.unwrap_or_default();
        assert!(offset <= text.len() && !finding.message.chars().any(char::is_control), "{finding:?}");
        if !code_is_of_the_reader(finding.code) {
            assert_eq!(finding.severity, codes::severity(finding.code), "{finding:?}");
        }
    }
    reading.findings.iter().map(|finding| finding.code).collect()
}

fn code_is_of_the_reader(found: &str) -> bool {
    !codes::TABLE.iter().any(|(known, _, _)| *known == found)
}

#[test]
fn a_right_policy_has_no_findings_and_is_given_whole() {
    let text = policy(&[("release", "123456789012345678901234567890")]);
    let reading = reading(&text);
    assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    assert_eq!(reading.verdict(), PolicyVerdict::Valid);
    let policy = reading.policy.unwrap();
    assert_eq!((policy.paths(), policy.digest_count()), (2, 3));
    let entry = policy.entry(1).unwrap();
    assert_eq!(entry.path(), "/bin/b");
    assert_eq!(entry.digests().map(|digest| digest.value().into_owned()).collect::<Vec<_>>(), [TWO, SHA1]);
    assert_eq!(policy.digests().digest_lengths().collect::<Vec<_>>(), [(40, 1), (64, 2)]);
    assert_eq!(policy.find_path("/bin/a"), Some(0));
    assert_eq!(policy.find_path("/bin/"), None);
    assert_eq!(policy.paths_of(SHA1).collect::<Vec<_>>(), [1]);
    assert_eq!(policy.paths_of(&TWO[..63]).count(), 0);
    assert_eq!(policy.digests().holding_prefix("1").collect::<Vec<_>>(), [0]);
    assert_eq!(policy.digests().holding_prefix("").count(), 3);
    assert_eq!(policy.digests().holding_prefix(&SHA1[..20]).collect::<Vec<_>>(), [1]);
    assert_eq!(policy.excludes().map(|text| text.value().into_owned()).collect::<Vec<_>>(), ["/tmp/.*"]);
    assert_eq!(policy.ignored_keyrings().len(), 1);
    assert_eq!(policy.release(), Some("123456789012345678901234567890"));
    assert_eq!(
        (policy.version(), policy.version_number(), policy.generator()),
        (Some("1"), Some(1), Some(3))
    );
    assert!(policy.log_hash_algorithm().unwrap().is("sha1"));
    assert!(policy.verification_keys().unwrap().is(""));
    assert!(policy.timestamp().is_none());
    assert!(!policy.metadata().is_present());
    assert_eq!(policy.unknown_members().len(), 0);
}

#[test]
fn every_rule_of_the_schema_has_its_code() {
    let entry = |digests: &str| format!("{{\"/a\": {digests}}}");
    let ima = |members: &str| format!("{{\"ignored_keyrings\": [], {members}}}");
    for (member, value, wanted) in [
        ("meta", String::new(), codes::MISSING_MEMBER),
        ("meta", "[]".to_owned(), codes::WRONG_TYPE),
        ("meta", "{\"version\": 1}".to_owned(), codes::MISSING_MEMBER),
        ("meta", "{\"generator\": 3}".to_owned(), codes::MISSING_MEMBER),
        ("meta", "{\"version\": true, \"generator\": 3}".to_owned(), codes::WRONG_TYPE),
        ("meta", "{\"version\": -1, \"generator\": 3}".to_owned(), codes::OUT_OF_RANGE),
        ("meta", "{\"version\": 1, \"generator\": 4}".to_owned(), codes::OUT_OF_RANGE),
        ("meta", "{\"version\": 1, \"generator\": 1e30}".to_owned(), codes::OUT_OF_RANGE),
        ("meta", "{\"version\": 1, \"generator\": 3, \"timestamp\": 5}".to_owned(), codes::WRONG_TYPE),
        ("release", "6.5".to_owned(), codes::NOT_AN_INTEGER),
        ("release", "\"6.5.0\"".to_owned(), codes::WRONG_TYPE),
        ("release", "-1".to_owned(), codes::OUT_OF_RANGE),
        ("digests", "[]".to_owned(), codes::WRONG_TYPE),
        ("digests", entry("[]"), codes::EMPTY_DIGEST_LIST),
        ("digests", entry(&format!("\"{ONE}\"")), codes::WRONG_TYPE),
        ("digests", entry("[null]"), codes::WRONG_TYPE),
        ("digests", entry(&format!("[[\"{ONE}\"]]")), codes::WRONG_TYPE),
        ("digests", entry(&format!("[\"sha256:{ONE}\"]")), codes::DIGEST_PREFIX),
        ("digests", entry(&format!("[\"{ONE}\\n\"]")), codes::DIGEST_NEWLINE),
        ("digests", entry("[\"ABCDEF7890123456789012345678901234567890\"]"), codes::DIGEST_UPPER_CASE),
        ("digests", entry("[\"abcd\"]"), codes::DIGEST_LENGTH),
        ("digests", entry("[\"\"]"), codes::BAD_DIGEST),
        ("keyrings", entry("[\"#\"]"), codes::BAD_DIGEST),
        ("ima-buf", entry("{}"), codes::WRONG_TYPE),
        ("excludes", "\"/tmp\"".to_owned(), codes::WRONG_TYPE),
        ("excludes", "[1]".to_owned(), codes::WRONG_TYPE),
        ("excludes", "null".to_owned(), codes::WRONG_TYPE),
        ("ima", ima("\"log_hash_alg\": \"sha1\""), codes::MISSING_MEMBER),
        ("ima", ima("\"log_hash_alg\": \"md5\", \"dm_policy\": null"), codes::UNKNOWN_HASH_ALGORITHM),
        ("ima", ima("\"log_hash_alg\": 1, \"dm_policy\": null"), codes::WRONG_TYPE),
        ("ima", ima("\"log_hash_alg\": \"sha1\", \"dm_policy\": {}"), codes::DM_POLICY),
        ("ima", ima("\"log_hash_alg\": \"sha1\", \"dm_policy\": null, \"x\": [{}]"), codes::UNKNOWN_MEMBER),
        ("verification-keys", "[]".to_owned(), codes::WRONG_TYPE),
        ("x-vendor", "{\"a\": [1, 2]}".to_owned(), codes::UNKNOWN_MEMBER),
    ] {
        assert_eq!(codes_of(&policy(&[(member, &value)])), [wanted], "{member}: {value}");
    }
    for document in ["[]", "1", "\"x\"", "null"] {
        let reading = reading(document);
        assert!(reading.policy.is_none() && reading.verdict() == PolicyVerdict::Invalid);
        assert_eq!(reading.findings[0].code, codes::NOT_A_POLICY);
    }
    assert_eq!(codes_of("{}"), [codes::MISSING_MEMBER; 8]);
}

#[test]
fn what_the_schema_takes_is_taken() {
    for (member, value) in [
        ("release", "1.0"),
        ("release", "1e2"),
        ("release", "-0"),
        ("meta", "{\"version\": 1.0, \"generator\": 0, \"timestamp\": \"\"}"),
        ("digests", "{}"),
        ("digests", "{\"\": [\"11111111111111111111111111111111111111111\"]}"),
        ("excludes", "[]"),
        ("digest_metadata", "{}"),
    ] {
        assert_eq!(codes_of(&policy(&[(member, value)])), [""; 0], "{member}: {value}");
    }
}

#[test]
fn a_digest_may_be_spelled_with_escapes() {
    let spelled = ONE.replacen('1', "\\u0031", 3);
    let text = policy(&[("digests", &format!("{{\"\\/bin\\/\\u0151\": [\"{spelled}\"]}}"))]);
    let policy = reading(&text).policy.unwrap();
    assert_eq!(policy.paths_of(ONE).collect::<Vec<_>>(), [0]);
    assert_eq!(policy.find_path("/bin/ő"), Some(0));
    assert_eq!(PathSearch::all("in/ő", policy.digests()), [0]);
    assert_eq!(PathSearch::all("u0151", policy.digests()).len(), 0);
}

#[test]
fn a_refused_text_gives_its_refusal_and_no_policy() {
    let reading =
        reading(&policy(&[("digests", &format!("{{\"/a\": [\"{ONE}\"], \"\\/a\": [\"{TWO}\"]}}"))]));
    assert!(reading.policy.is_none());
    assert_eq!(reading.findings[0].code, code::DUPLICATE_KEY);
    assert_eq!(reading.verdict(), PolicyVerdict::Invalid);
}

#[test]
fn broken_entries_do_not_hide_their_right_digests() {
    let text =
        policy(&[("digests", &format!("{{\"/a\": [[\"x]\"], \"{ONE}\", {{}}, 1.5, \"x\"], \"/b\": 1}}"))]);
    let reading = reading(&text);
    assert_eq!(reading.verdict(), PolicyVerdict::Invalid);
    let policy = reading.policy.unwrap();
    let digests = |number| policy.entry(number).unwrap().digests().map(|text| text.value().into_owned());
    assert_eq!(digests(0).collect::<Vec<_>>(), [ONE, "x"]);
    assert_eq!(digests(1).count(), 0);
    assert_eq!(policy.entry(1).unwrap().value().of(policy.text()), b"1");
    assert_eq!(policy.paths_of(ONE).collect::<Vec<_>>(), [0]);
}

#[test]
fn a_million_faults_are_a_few_findings() {
    let entries: Vec<_> = (0..50_000).map(|number| format!("\"/{number}\": [\"x\"]")).collect();
    let reading = reading(&policy(&[("digests", &format!("{{{}}}", entries.join(",")))]));
    assert!(reading.findings.len() <= 21, "{}", reading.findings.len());
    assert!(reading.findings.last().unwrap().message.contains("49980 more"), "{:?}", reading.findings.last());
    assert_eq!(reading.policy.unwrap().paths(), 50_000);
}

#[test]
fn a_path_of_a_mebibyte_is_kept_found_and_shown_in_part() {
    let long = format!("/{}\\u202e", "x".repeat(1 << 20));
    let text = policy(&[("digests", &format!("{{\"{long}\": [\"x\"]}}"))]);
    let reading = reading(&text);
    assert!(reading.findings[0].message.len() < 1_000);
    let policy = reading.policy.unwrap();
    assert_eq!(policy.find_path(&format!("/{}\u{202e}", "x".repeat(1 << 20))), Some(0));
}

#[test]
fn reading_can_be_watched_and_stopped() {
    let entries: Vec<_> = (0..60_000).map(|number| format!("\"/{number}\": [\"{ONE}\"]")).collect();
    let text = Bytes::from(policy(&[("digests", &format!("{{{}}}", entries.join(",")))]));
    let mut reports = Vec::new();
    let whole = read(text.clone(), &Limits::default(), &mut |bytes| {
        reports.push(bytes);
        ControlFlow::Continue(())
    });
    assert!(whole.policy.is_some() && reports.len() >= 3 && reports.is_sorted(), "{reports:?}");
    let mut asked = 0;
    let stopped = read(text, &Limits::default(), &mut |_| {
        asked += 1;
        ControlFlow::Break(())
    });
    assert!(stopped.cancelled && stopped.policy.is_none() && stopped.findings.is_empty() && asked == 1);
    assert_eq!(stopped.verdict(), PolicyVerdict::NotEvaluated);
}

#[test]
fn a_search_goes_piece_by_piece() {
    let entries: Vec<_> = (0..1_000)
        .map(|number| {
            let slash = if number % 10 == 0 { "\\/" } else { "/" };
            format!("\"{slash}usr{slash}lib{slash}f{number:03}\": [\"{ONE}\"]")
        })
        .collect();
    let policy = reading(&policy(&[("digests", &format!("{{{}}}", entries.join(", ")))])).policy.unwrap();
    for (fragment, wanted) in [
        ("lib/f", 1000),
        ("f99", 10),
        ("/f000", 1),
        ("1", 271),
        ("", 1000),
        (ONE, 0),
        ("\": [", 0),
        ("f000\"", 0),
    ] {
        let mut search = PathSearch::new(fragment);
        let (mut found, mut steps) = (Vec::new(), 1);
        while search.step(policy.digests(), 7, &mut found) {
            assert_eq!(search.position(), steps * 7);
            steps += 1;
        }
        assert_eq!((found.len(), steps), (wanted, 143), "{fragment}");
        assert!(
            found.is_sorted() && found.iter().all(|at| policy.entry(*at).unwrap().path().contains(fragment))
        );
        assert_eq!(PathSearch::all(fragment, policy.digests()), found);
    }
}

fn metadata(checks: &str) -> String {
    policy(&[("digest_metadata", &format!("{{\"{ONE}\": {checks}}}"))])
}

const P256: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAExRRST79+PsrRBnGAI4cMu6Omz2JhfwlMW+gIutNKVRaMyS4rQKvgngc5p8UbLj55pVHhIoAxi/SRgURZI0J3Xw==";

#[test]
fn every_rule_of_metadata_has_its_code() {
    let long = "9".repeat(5_000);
    let numbers = format!("{{\"x\": [1e400, 9007199254740993, {long}, 9007199254740992, 0.5]}}");
    for (checks, wanted) in [
        ("{\"transparency_log_inclusion_proof\": true}", &[][..]),
        ("{\"transparency_log_inclusion_proof\": \"true\"}", &[codes::BAD_CHECK]),
        ("{\"transparency_log_inclusion_proof\": null}", &[codes::BAD_CHECK]),
        ("{}", &[codes::EMPTY_CHECKS]),
        ("[]", &[codes::METADATA_NOT_OBJECT]),
        ("null", &[codes::METADATA_NOT_OBJECT]),
        ("{\"x_scan\": {\"a\": [1, {}]}}", &[codes::UNKNOWN_CHECK]),
        (
            &numbers,
            &[codes::UNKNOWN_CHECK, codes::METADATA_NUMBER, codes::METADATA_NUMBER, codes::METADATA_NUMBER],
        ),
        ("{\"signer_identity\": {\"issuer\": \"https://i\", \"subject\": \"s\"}}", &[]),
        ("{\"signer_identity\": [{\"issuer\": \"https://i\", \"subject\": \"s\"}]}", &[]),
        (
            "{\"signer_identity\": {\"issuer\": \"https://i\", \"subject\": \"s\", \"x\": 1}}",
            &[codes::UNKNOWN_CHECK],
        ),
        ("{\"signer_identity\": {\"issuer\": \"http://i\", \"subject\": \"s\"}}", &[codes::BAD_IDENTITY]),
        ("{\"signer_identity\": {\"subject\": \"s\"}}", &[codes::BAD_IDENTITY]),
        ("{\"signer_identity\": {\"issuer\": \"https://i\"}}", &[codes::BAD_IDENTITY]),
        ("{\"signer_identity\": {\"issuer\": \"https://i\", \"subject\": \"\"}}", &[codes::BAD_IDENTITY]),
        ("{\"signer_identity\": []}", &[codes::BAD_IDENTITY]),
        ("{\"signer_identity\": \"s\"}", &[codes::BAD_IDENTITY]),
        (
            "{\"signer_identity\": {\"issuer\": \"https://i\", \"subject\": \"s\"}, \
             \"transparency_log_inclusion_proof\": false}",
            &[codes::CONTRADICTORY_CHECKS],
        ),
        (&format!("{{\"public_key\": \"{P256}\"}}"), &[]),
        (&format!("{{\"public_key\": \"{}\"}}", &P256[1..]), &[codes::BAD_PUBLIC_KEY]),
        ("{\"public_key\": \"AAAA\"}", &[codes::BAD_PUBLIC_KEY]),
        ("{\"public_key\": 1}", &[codes::BAD_PUBLIC_KEY]),
        ("{\"signature\": \"AAAA\"}", &[]),
        ("{\"signature\": \"AAA\"}", &[codes::BAD_SIGNATURE]),
        ("{\"signature\": \"AA A\"}", &[codes::BAD_SIGNATURE]),
        ("{\"signature\": [\"AAAA\"]}", &[codes::BAD_SIGNATURE]),
    ] {
        assert_eq!(codes_of(&metadata(checks)), wanted, "{checks}");
    }
    let large = format!("{{\"x\": [{}0]}}", "0,".repeat(70_000));
    assert_eq!(codes_of(&metadata(&large)), [codes::UNKNOWN_CHECK, codes::METADATA_TOO_LARGE]);
    for value in ["null", "[]", "true", "\"\""] {
        assert_eq!(codes_of(&policy(&[("digest_metadata", value)])), [codes::METADATA_NOT_OBJECT], "{value}");
    }
    let check = "{\"transparency_log_inclusion_proof\": true}";
    for (digest, wanted) in [
        (ONE.replace('1', "a"), codes::ORPHAN_METADATA),
        (ONE.replace('1', "A"), codes::METADATA_DIGEST),
        (format!("sha256:{ONE}"), codes::METADATA_DIGEST),
        (ONE[..62].to_owned(), codes::METADATA_DIGEST),
        ("a4dc309f...".to_owned(), codes::METADATA_DIGEST),
        (SHA1.to_owned(), codes::METADATA_SHA1),
    ] {
        let text = policy(&[("digest_metadata", &format!("{{\"{digest}\": {check}}}"))]);
        assert_eq!(codes_of(&text), [wanted], "{digest}");
    }
}

#[test]
fn an_orphan_that_stands_elsewhere_has_a_hint() {
    let orphan = ONE.replace('1', "a");
    for place in ["keyrings", "ima-buf"] {
        let text = policy(&[
            ("digest_metadata", &format!("{{\"{orphan}\": {{\"transparency_log_inclusion_proof\": true}}}}")),
            (place, &format!("{{\".ima\": [\"{orphan}\"]}}")),
        ]);
        let found = &reading(&text).findings[0];
        assert_eq!((found.code, found.severity), (codes::ORPHAN_METADATA, Severity::Warning));
        assert!(found.hint.as_deref().unwrap().contains(place), "{found:?}");
    }
}

#[test]
fn a_digest_of_many_paths_names_their_number() {
    let text = policy(&[
        ("digests", &format!("{{\"/a\": [\"{ONE}\"], \"/b\": [\"{ONE}\", \"{ONE}\"], \"/c\": [\"{TWO}\"]}}")),
        ("digest_metadata", &format!("{{\"{ONE}\": {{\"transparency_log_inclusion_proof\": true}}}}")),
    ]);
    let reading = reading(&text);
    assert_eq!(reading.findings[0].code, codes::METADATA_SHARED);
    assert!(reading.findings[0].message.contains("2 paths"), "{:?}", reading.findings);
    assert_eq!(reading.policy.unwrap().paths_of(ONE).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn checks_are_given_with_their_bytes() {
    let checks = format!(
        "{{ \"transparency_log_inclusion_proof\": false, \"public_key\": \"{P256}\", \"x\": {{\"n\":  1.50}}, \
         \"signer_identity\": [{{\"subject\": \"s\", \"issuer\": \"https://i\"}}], \"signature\": 3 }}"
    );
    let policy = reading(&metadata(&checks)).policy.unwrap();
    let metadata = policy.metadata();
    assert_eq!((metadata.len(), metadata.find(ONE), metadata.find(TWO)), (1, Some(0), None));
    let entry = metadata.entry(0).unwrap();
    assert_eq!(entry.value.of(policy.text()), checks.as_bytes());
    let found = entry.checks();
    let identity = Identity { issuer: "https://i".to_owned(), subject: "s".to_owned() };
    assert_eq!(found[0].kind, CheckKind::LogProof(false));
    assert!(matches!(&found[1].kind, CheckKind::PublicKey(der) if der.len() == 91));
    assert_eq!(found[2].kind, CheckKind::Unknown);
    assert_eq!(found[2].span().of(policy.text()), b"{\"n\":  1.50}");
    assert_eq!(found[3].kind, CheckKind::Identity(vec![identity]));
    assert_eq!(found[4].kind, CheckKind::Malformed);
    assert!(found[4].name.is("signature"));
}

#[test]
fn codes_are_told_once_and_in_kebab_case() {
    let mut known: Vec<_> = codes::TABLE.iter().map(|(code, _, _)| *code).collect();
    assert!(known.iter().all(|code| {
        code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte.is_ascii_digit())
    }));
    known.sort_unstable();
    known.dedup();
    assert_eq!(known.len(), codes::TABLE.len());
}

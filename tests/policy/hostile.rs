//! Texts that mean harm: bounded, counted, and told with a code.

use std::ops::ControlFlow;

use allocation_counter::measure;
use bytes::Bytes;
use limescope::policy::document::{Reading, codes, read};
use limescope::policy::json::{Event, Limits, Reader, Value, code};
use limescope::policy::trust::Trust;
use limescope::policy::{PolicyVerdict, Severity};

use crate::vectors::{examined, options};

const DIGEST: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

fn reading(text: &str) -> Reading {
    read(Bytes::copy_from_slice(text.as_bytes()), &Limits::default(), &mut |_| ControlFlow::Continue(()))
}

fn policy(digests: &str) -> String {
    format!(
        "{{\"meta\": {{\"version\": 1, \"generator\": 3}}, \"release\": 0, \"digests\": {digests}, \"excludes\": [], \
         \"keyrings\": {{}}, \"ima\": {{\"ignored_keyrings\": [], \"log_hash_alg\": \"sha1\", \"dm_policy\": null}}, \
         \"ima-buf\": {{}}, \"verification-keys\": \"\"}}"
    )
}

#[test]
fn ten_million_names_are_refused_at_the_limit() {
    let mut text = Vec::with_capacity(120_000_000);
    let mut name = *b",\"0000000\":0";
    for _ in 0..10_000_000 {
        text.extend_from_slice(&name);
        // The next number: all digits that are 9 become 0, the one before them grows.
        for digit in name[2..9].iter_mut().rev() {
            *digit = if *digit == b'9' { b'0' } else { *digit + 1 };
            if *digit != b'0' {
                break;
            }
        }
    }
    text[0] = b'{';
    text.push(b'}');
    let limits = Limits::default();
    // A tree is for what is small: it ends long before.
    let mut refusal = None;
    let used = measure(|| refusal = Value::read(&text, &limits).err());
    assert_eq!(refusal.unwrap().code, code::TOO_MANY_VALUES);
    assert!(used.bytes_max < 32 << 20, "{used:?}");
    let mut seen = 0;
    let mut refusal = None;
    let used = measure(|| {
        let mut reader = Reader::new(&text, &limits).unwrap();
        refusal = loop {
            match reader.next() {
                Ok(Some(event)) => seen += usize::from(matches!(event, Event::Key(_))),
                Ok(None) => break None,
                Err(refusal) => break Some(refusal),
            }
        };
    });
    let refusal = refusal.unwrap();
    assert_eq!((refusal.code, seen), (code::TOO_MANY_MEMBERS, limits.members));
    assert!(refusal.offset < text.len() / 2, "it stopped where the limit was passed");
    // Eight bytes a name, and what a list holds beside itself while it grows.
    assert!(used.bytes_max < 28 * limits.members as u64, "{used:?}");
    assert!(used.count_total < 100, "nothing is allocated for a name: {used:?}");
}

#[test]
fn a_right_entry_allocates_nothing() {
    let used = |entries: usize| {
        let entry = |number: usize| format!("\"/{number}\": [\"{number:08x}{}\"]", &DIGEST[8..]);
        let entries: Vec<_> = (0..entries).map(entry).collect();
        let text = Bytes::from(policy(&format!("{{{}}}", entries.join(", "))));
        let mut reading = None;
        let used = measure(|| {
            reading = Some(read(text.clone(), &Limits::default(), &mut |_| ControlFlow::Continue(())));
        });
        assert_eq!(reading.unwrap().verdict(), PolicyVerdict::Valid);
        used
    };
    let (few, many) = (used(1_000), used(200_000));
    assert!(many.count_total < few.count_total + 60, "{few:?} {many:?}");
    // Four bytes for the place, eight for the name, eight for the digest; twice that while lists grow.
    assert!(many.bytes_max < 200_000 * 48 + 100_000, "{many:?}");
    assert!(many.bytes_current < 200_000 * 24, "{many:?}");
}

#[test]
fn a_gigabyte_is_refused_before_it_is_read() {
    let refusal = Limits::default().admit(1 << 30).unwrap_err();
    assert_eq!(refusal.code, code::TOO_LARGE);
    assert!(refusal.message.contains("1073741824"), "{}", refusal.message);
}

#[test]
fn what_is_compressed_is_not_unpacked() {
    // Five thousand bytes that would become megabytes.
    let zipped = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &[0x63; 5_000]].concat();
    let mut examination = None;
    let used = measure(|| examination = Some(examined(zipped.clone(), &Trust::none(), &options())));
    let examination = examination.unwrap();
    assert!(used.bytes_max < 64 << 10, "{used:?}");
    assert_eq!(examination.policy, PolicyVerdict::Invalid);
    assert!(examination.document.is_none());
    assert!(examination.of_severity(Severity::Error).any(|placed| placed.finding.code == code::NOT_UTF8));
}

#[test]
fn deep_nesting_is_refused_where_it_begins_to_be_deep() {
    for place in ["x", "digest_metadata", "excludes", "ima", "digests"] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let text = format!("{{\"{place}\": {}1{}}}", open.repeat(100_000), close.repeat(100_000));
            let reading = reading(&text);
            assert_eq!(reading.findings[0].code, code::TOO_DEEP, "{place}");
            let at = "{\"\": ".len() + place.len() + 63 * open.len();
            assert_eq!(reading.findings[0].offset, Some(at), "{place}");
            assert!(reading.policy.is_none());
        }
    }
}

#[test]
fn a_path_of_a_mebibyte_takes_no_copy_of_itself() {
    let text = Bytes::from(policy(&format!("{{\"/{}\": [\"{DIGEST}\"]}}", "x".repeat(1 << 20))));
    let mut policy = None;
    let used = measure(|| {
        policy = read(text.clone(), &Limits::default(), &mut |_| ControlFlow::Continue(())).policy;
    });
    assert!(used.bytes_max < 64 << 10, "{used:?}");
    assert_eq!(policy.unwrap().entry(0).unwrap().name.raw.len(), (1 << 20) + 1);
}

#[test]
fn hostile_characters_never_reach_a_message() {
    let hostile = "\u{202e}\\u001b]0;x\\u0007\u{200b}\u{301}\u{301}\u{301}\u{301}";
    for text in [
        policy(&format!("{{\"{hostile}\": []}}")),
        policy(&format!("{{\"{hostile}\": [\"{hostile}\"]}}")),
        policy(&format!("{{\"{hostile}\": 1, \"{hostile}\": 2}}")),
        policy(&format!("{{}}, \"{hostile}\": 1")),
        policy(&format!("{{}}, \"digest_metadata\": {{\"{hostile}\": {{\"{hostile}\": 1}}}}")),
    ] {
        let reading = reading(&text);
        assert!(!reading.findings.is_empty());
        for finding in reading.findings {
            let bad =
                |character: char| character.is_control() || matches!(character, '\u{202e}' | '\u{200b}');
            assert!(!finding.message.chars().any(bad), "{:?}", finding.message);
        }
    }
}

/// Digests that all begin alike, each with metadata: looking among all of them
/// for each of them would take an hour. The wait of the whole test is the limit.
#[test]
fn digests_that_crowd_together_are_told_apart_at_once() {
    let digest = |number: usize| format!("00000000{number:056x}");
    let count = 100_000;
    let entries: Vec<_> =
        (0..count).map(|number| format!("\"/{number}\": [\"{}\"]", digest(number))).collect();
    let checks: Vec<_> = (1..=count)
        .map(|number| format!("\"{}\": {{\"transparency_log_inclusion_proof\": true}}", digest(number)))
        .collect();
    let text = policy(&format!("{{{}}}, \"digest_metadata\": {{{}}}", entries.join(", "), checks.join(", ")));
    let reading = reading(&text);
    let found: Vec<_> = reading.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(found, [codes::ORPHAN_METADATA], "the last one has no path");
    let policy = reading.policy.unwrap();
    for number in 0..count {
        assert_eq!(policy.paths_of(&digest(number)).collect::<Vec<_>>(), [number]);
    }
    assert_eq!(policy.digests().holding_prefix("00000000").count(), count);
}

#[test]
fn a_million_wrong_digests_are_twenty_findings() {
    let entries: Vec<_> = (0..100_000).map(|number| format!("\"/{number}\": [\"#{number}\"]")).collect();
    let reading = reading(&policy(&format!("{{{}}}", entries.join(", "))));
    assert_eq!(reading.findings.len(), 21);
    assert!(reading.findings.iter().all(|finding| finding.code == codes::BAD_DIGEST));
}

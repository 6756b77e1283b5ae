//! The rules of contract §2 one by one, at their edges.

use limescope::fleet::{Circumstances, Flag, Judgement, Reason, Verdict, judge};
use limescope::keylime::answer;

const NOW: i64 = 1_795_291_600;

/// A healthy pull record of 7.14.3, with members replaced by `changes`.
fn judged(changes: &str) -> Judgement {
    judged_at(changes, false)
}

fn judged_at(changes: &str, before_timeout: bool) -> Judgement {
    let mut record = serde_json::json!({
        "operational_state": 3, "v": "c2VjcmV0", "ip": "127.0.0.1", "port": 9002,
        "tpm_policy": "{\"mask\": \"0x408000\"}", "has_mb_refstate": 0, "has_runtime_policy": 0,
        "last_event_id": null, "attestation_count": 5, "last_received_quote": NOW - 1,
        "last_successful_attestation": NOW - 1, "attestation_status": "PASS",
        "attestation_period": "2s", "maximum_attestation_interval": "10s",
    });
    let changes: serde_json::Value = serde_json::from_str(&changes.replace('\'', "\"")).unwrap();
    for (key, value) in changes.as_object().unwrap() {
        // A number that begins with @ counts from NOW.
        let value = match value.as_str().and_then(|text| text.strip_prefix('@')) {
            Some(offset) => serde_json::json!(NOW + offset.parse::<i64>().unwrap()),
            None => value.clone(),
        };
        record[key] = value;
    }
    let body = serde_json::json!({"code": 200, "status": "Success", "results": record}).to_string();
    let record = answer::record(body.as_bytes()).unwrap();
    assert!(!format!("{record:?}").contains("c2VjcmV0"), "the key share was kept");
    judge(&record, Circumstances { server_time: NOW, stale_after: 60, before_timeout })
}

#[track_caller]
fn assert_verdict(changes: &str, verdict: Verdict) {
    assert_eq!(judged(changes).verdict, verdict, "{changes}");
}

#[test]
fn rule_3_judges_push_agents_by_keylimes_status_alone() {
    let push = "'ip': null, 'port': null";
    assert_verdict(&format!("{{{push}, 'attestation_status': 'FAIL'}}"), Verdict::Failed);
    assert_verdict(&format!("{{{push}, 'attestation_status': 'TIMEOUT'}}"), Verdict::TimedOut);
    for state in [0, 1, 7, 8, 9, 10, 99] {
        assert_verdict(&format!("{{{push}, 'operational_state': {state}}}"), Verdict::Attested);
    }
    assert_verdict("{'operational_state': null, 'attestation_status': 'FAIL'}", Verdict::Failed);
    assert_verdict(
        &format!("{{{push}, 'attestation_status': 'PENDING', 'attestation_count': 0}}"),
        Verdict::Unproven,
    );
    assert_verdict("{'ip': null, 'operational_state': 9}", Verdict::Failed);
}

#[test]
fn rule_3_before_7_14_3_silence_reads_fail() {
    let silent = "{'ip': null, 'port': null, 'attestation_status': 'FAIL',
        'last_received_quote': '@-40', 'last_successful_attestation': '@-40'}";
    assert_eq!(judged_at(silent, true).verdict, Verdict::TimedOut);
    assert_eq!(judged_at(silent, false).verdict, Verdict::Failed);
    let refused = silent.replace("'last_received_quote': '@-40'", "'last_received_quote': '@-30'");
    assert_eq!(judged_at(&refused, true).verdict, Verdict::Failed);
    assert_eq!(judged_at(&silent.replace("@-40", "@-5"), true).verdict, Verdict::Failed);
}

#[test]
fn rule_4_judges_pull_agents_by_their_state() {
    for (state, verdict) in
        [(10, Verdict::Stopped), (8, Verdict::Removing), (7, Verdict::Failed), (9, Verdict::Failed)]
    {
        assert_verdict(&format!("{{'operational_state': {state}}}"), verdict);
        assert_verdict(&format!("{{'operational_state': {state}, 'attestation_count': 0}}"), verdict);
    }
    for state in [0, 1, 2, 3, 4, 5, 6, 11, 4711, -1] {
        assert_verdict(&format!("{{'operational_state': {state}}}"), Verdict::Attested);
    }
}

#[test]
fn rule_5_pass_without_a_success_is_unproven() {
    assert_verdict("{'attestation_count': 0, 'last_successful_attestation': 0}", Verdict::Unproven);
    assert_verdict("{'attestation_count': null}", Verdict::Unproven);
}

#[test]
fn rule_6_the_limit_comes_from_the_record() {
    assert_verdict("{'last_successful_attestation': '@-10'}", Verdict::Attested);
    assert_verdict("{'last_successful_attestation': '@-11'}", Verdict::Stale);
    assert_verdict(
        "{'maximum_attestation_interval': '300s', 'last_successful_attestation': '@-300'}",
        Verdict::Attested,
    );
    assert_verdict(
        "{'maximum_attestation_interval': '300s', 'last_successful_attestation': '@-301'}",
        Verdict::Stale,
    );
    let period = "'maximum_attestation_interval': null, 'attestation_period': '60s'";
    assert_verdict(&format!("{{{period}, 'last_successful_attestation': '@-300'}}"), Verdict::Attested);
    assert_verdict(&format!("{{{period}, 'last_successful_attestation': '@-301'}}"), Verdict::Stale);
    // Periods below a second read 0s: the limit is never below ten seconds.
    assert_verdict(
        "{'maximum_attestation_interval': '0s', 'last_successful_attestation': '@-10'}",
        Verdict::Attested,
    );
    let neither = "'maximum_attestation_interval': null, 'attestation_period': null";
    assert_verdict(&format!("{{{neither}, 'last_successful_attestation': '@-60'}}"), Verdict::Attested);
    assert_verdict(&format!("{{{neither}, 'last_successful_attestation': '@-61'}}"), Verdict::Stale);
    assert_verdict("{'last_successful_attestation': null}", Verdict::Stale);
}

#[test]
fn rule_7_and_the_age() {
    let judgement = judged("{'last_successful_attestation': '@-4'}");
    assert_eq!((judgement.verdict, judgement.age, judgement.limit), (Verdict::Attested, Some(4), 10));
    assert_eq!(judgement.reason, Reason::Fresh);
    assert_eq!(judged("{'last_successful_attestation': 0, 'attestation_count': 0}").age, None);
    let ahead = judged("{'last_successful_attestation': '@7'}");
    assert_eq!(ahead.age, Some(0));
    assert!(ahead.flags.has(Flag::ClockAhead));
}

#[test]
fn flags_of_one_record() {
    let flags = |changes: &str| judged(changes).flags.iter().collect::<Vec<_>>();
    assert_eq!(flags("{}"), []);
    let event = "'last_event_id': 'internal.verifier.not_reachable'";
    assert_eq!(flags(&format!("{{{event}}}")), [Flag::HistoricEvent]);
    assert_eq!(flags(&format!("{{{event}, 'last_received_quote': '@0'}}")), [Flag::Retrying]);
    let never = "'attestation_count': 0, 'last_successful_attestation': 0, 'last_received_quote': 0";
    assert_eq!(flags(&format!("{{{event}, {never}}}")), [Flag::Retrying]);
    assert_eq!(flags(&format!("{{{event}, {never}, 'operational_state': 7}}")), []);
    let push_fail = "'ip': null, 'port': null, 'attestation_status': 'FAIL'";
    assert_eq!(flags(&format!("{{{push_fail}}}")), [Flag::Latched]);
    assert_eq!(flags(&format!("{{{push_fail}, 'last_received_quote': '@0'}}")), []);
    assert_eq!(flags("{'tpm_policy': '{}'}"), [Flag::NothingChecked]);
    assert_eq!(flags("{'tpm_policy': {'mask': '0x0'}}"), [Flag::NothingChecked]);
    assert_eq!(flags("{'tpm_policy': {'mask': '0x0'}, 'has_mb_refstate': 1}"), []);
    assert_eq!(flags("{'has_runtime_policy': 1}"), [Flag::PolicyNotEnforced]);
    assert_eq!(flags("{'has_runtime_policy': 1, 'tpm_policy': {'mask': '0x400'}}"), []);
    assert_eq!(flags("{'tpm_policy': 'not JSON'}"), []);
}

//! Every recorded agent record, played through the rules.

use limescope::fleet::{Circumstances, Flag, Verdict, judge};
use limescope::keylime::{AgentRecord, answer};

use crate::support::captures::{self, Capture};

/// Ending of the agent's id (or the whole recording's name) → verdict, flags.
/// Written by hand from contract §2, not computed.
fn expected(name: &str, id: &str) -> (Verdict, Vec<Flag>) {
    use Flag::NothingChecked;
    use Verdict::{Attested, Failed, Stopped, TimedOut, Unproven};
    match (name, id) {
        ("act-reactivate-failed-after", _) => (Verdict::Stale, vec![Flag::Retrying]),
        ("act-reactivate-failed-after-4s", _) => (Failed, vec![]),
        (name, _) if name.starts_with("act-stop-after") || name.starts_with("act-reactivate-after") => {
            (Stopped, vec![])
        }
        (name, _) if name.starts_with("act-push-") => (Failed, vec![]),
        (name, _) if name.starts_with("act-") => (Attested, vec![NothingChecked]),
        ("keylime-7.12.2/agent-pcr-fail", _) => (Failed, vec![]),
        ("keylime-7.12.2/agent-ok" | "keylime-7.12.2/agent-v2.6", _) => (Attested, vec![NothingChecked]),
        ("keylime-7.12.2/agents-bulk", "0001") => (Attested, vec![NothingChecked]),
        ("keylime-7.12.2/agents-bulk", "0002") => (Failed, vec![]),
        ("v-agent-ok" | "v-agent-ok-v2.0", _) => (Attested, vec![NothingChecked]),
        ("v-agent-ima-ok" | "v-agent-pcr-ok" | "v-agent-mb-ok", _) => (Attested, vec![]),
        ("v-agent-ima-fail" | "v-agent-pcr-fail" | "v-agent-mb-fail", _) => (Failed, vec![]),
        // Unreachable for a while when recorded, and still inside its limit.
        ("v-agent-lost", _) => (Attested, vec![NothingChecked]),
        ("v-agent-lost-failed", _) => (Failed, vec![NothingChecked]),
        ("v-agent-push-ok" | "v-agent-push-ima-ok", _) => (Attested, vec![]),
        ("v-agent-push-ima-fail" | "v-agent-push-pcr-fail", _) => (Failed, vec![]),
        ("v-agent-push-lost", _) => (TimedOut, vec![]),
        ("v-agent-push-nopolicy", _) => (Unproven, vec![NothingChecked]),
        (_, "0002" | "0010" | "0020") => (Attested, vec![NothingChecked]),
        (_, "0003" | "0005" | "0007" | "0012" | "0013") => (Attested, vec![]),
        (_, "0004" | "0006" | "0008" | "0014" | "0015") => (Failed, vec![]),
        (_, "0009") => (Failed, vec![NothingChecked]),
        (_, "0016") => (TimedOut, vec![]),
        (_, "0017") => (Unproven, vec![NothingChecked]),
        (name, id) => panic!("no expectation for {name} {id}"),
    }
}

fn check(capture: &Capture, name: &str, id: &str, record: &AgentRecord) {
    let before_timeout = name.starts_with("keylime-7.12.2/");
    let judgement =
        judge(record, Circumstances { server_time: capture.date(), stale_after: 60, before_timeout });
    let ending = &id[id.len().saturating_sub(4)..];
    let (verdict, flags) = expected(name, ending);
    assert_eq!(judgement.verdict, verdict, "{name} {id}: {record:?}");
    assert_eq!(judgement.flags.iter().collect::<Vec<_>>(), flags, "{name} {id}: {record:?}");
}

#[test]
fn every_recorded_agent_record_is_judged_as_the_contract_demands() {
    let new = captures::all().into_iter().map(|capture| (capture.name.clone(), capture));
    let old =
        captures::of_7_12().into_iter().map(|capture| (format!("keylime-7.12.2/{}", capture.name), capture));
    let (mut played, mut recorded) = (0, 0);
    for (name, capture) in new.chain(old) {
        recorded += capture.body.matches("\"operational_state\":").count();
        let results = &capture.json()["results"];
        if results.get("operational_state").is_some() {
            let id = capture.path.rsplit('/').next().unwrap();
            check(&capture, &name, id, &answer::record(capture.body.as_bytes()).unwrap());
            played += 1;
        } else if capture.body.contains("\"operational_state\":") {
            for (id, record) in answer::bulk(capture.body.as_bytes()).unwrap() {
                check(&capture, &name, id.raw(), &record);
                played += 1;
            }
        }
    }
    assert_eq!(played, recorded, "a recorded agent record was left out");
    assert_eq!(played, 59, "the recordings changed: look at the expectations");
}

#[test]
fn lists_of_both_servers_are_read_and_every_refusal_has_its_words() {
    let ids = |name: &str| answer::agent_ids(captures::named(name).body.as_bytes()).unwrap();
    assert_eq!(ids("r-agents-list").len(), 11);
    assert_eq!(ids("v-agents-list-v2.6").len(), 10);
    assert_eq!(ids("v-agents-list-verifier-filter-unknown").len(), 0);
    for (name, words) in [
        ("v-agent-nocert", Some("Action read_agent requires authentication")),
        ("v-agent-missing", Some("agent id not found")),
        ("v-unknown-path", None),
        ("v-v3-root", None),
    ] {
        let refusal = answer::refusal(captures::named(name).body.as_bytes());
        assert_eq!(refusal.as_ref().map(|text| text.as_str()), words, "{name}");
    }
    assert!(answer::is_keylime(captures::named("v-version-push-mode").body.as_bytes()));
    assert!(!answer::is_keylime(b"<html>hello</html>"));
}

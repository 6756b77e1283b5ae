//! Policies from servers that misbehave: bounded, worded, and a failure of their own group only.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use limescope::fleet::policies::{Agreement, Looked, Standing, catalogue};
use limescope::keylime::Limits;
use limescope::keylime::policies::PolicyKind;
use limescope::tasks::policies::{FetchState, Policies};
use limescope::text::RemoteText;
use serde_json::json;

use crate::answers::{SECRET, answer, answer_with, endless, envelope, head, ids, versions};
use crate::authority::Authority;
use crate::case::{Case, Running, configuration};
use crate::healthy::Healthy;
use crate::script::{Play, Script, Step, say};
use crate::secret::parsed;
use crate::support::wait::until;

const RUNTIME: PolicyKind = PolicyKind::Runtime;

/// The longest text that is read here.
const MOST: u64 = 256 * 1024;

fn limits() -> Limits {
    Limits {
        policy_bytes: MOST,
        policy_first_byte: Duration::from_secs(2),
        policy_whole_answer: Duration::from_secs(4),
        throughput_grace: Duration::from_secs(1),
        ..Limits::default()
    }
}

fn list(names: &[&str]) -> Vec<u8> {
    answer("200 OK", envelope(200, "Success", json!({"runtimepolicy names": names})))
}

fn policy(results: serde_json::Value) -> Vec<u8> {
    answer("200 OK", envelope(200, "Success", results))
}

/// One chunk of a body in chunks.
fn chunk(text: &str) -> Bytes {
    format!("{:x}\r\n{text}\r\n", text.len()).into()
}

/// A server that lists one policy and does this when it is asked for it.
fn at_policy(script: Script) -> Play {
    at(say(list(&["web"])), script)
}

/// The scripts of the list and of everything that is asked for by name.
fn at(names: Script, one: Script) -> Play {
    Arc::new(move |head| match head.split(' ').nth(1).unwrap_or_default() {
        "/version" => say(answer("200 OK", versions())),
        "/v2.6/allowlists/" => names.clone(),
        "/v2.6/mbpolicies/" => say(answer("200 OK", envelope(200, "Success", json!({"mbpolicy names": []})))),
        path if path.starts_with("/v2.6/allowlists/") => one.clone(),
        _ => say(answer("200 OK", ids([]))),
    })
}

/// The groups' servers, and what reads their policies, beside a healthy group.
async fn started(cases: Vec<(&str, Play)>, healthy: &Healthy) -> (Vec<Running>, Policies) {
    let authority = Authority::new();
    let mut running = Vec::new();
    for (name, play) in cases {
        running.push(Case::playing(name, &authority, play).start(&authority).await);
    }
    let mut blocks: Vec<_> = running.iter().map(|one| one.block.clone()).collect();
    blocks.push(healthy.block());
    let policies = Policies::of(&parsed(&configuration(blocks)), limits(), &mut |_| None);
    (running, policies)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_answer_ends_in_words() {
    let healthy = Healthy::start().await;
    let text = |text: &str| say(policy(json!({"name": "web", "runtime_policy": text})));
    let cut = policy(json!({"name": "web", "runtime_policy": "x".repeat(1000)}));
    let mut drips = vec![Step::Say(cut[..cut.len() - 100].to_vec().into())];
    drips.push(Step::Drip(cut[cut.len() - 100..].to_vec().into()));
    let mut long = endless(&"x".repeat(4000));
    long.insert(1, Step::Say(chunk(r#"{"results": {"name": "web", "runtime_policy": ""#)));
    let mut around = endless(&"y".repeat(4000));
    around.insert(1, Step::Say(chunk(r#"{"x": ""#)));
    let mut steady = vec![Step::Say(format!("{}Transfer-Encoding: chunked\r\n\r\n", head("200 OK")).into())];
    for _ in 0..100 {
        steady.push(Step::Say(format!("320\r\n{}\r\n", " ".repeat(0x320)).into()));
        steady.push(Step::Pause(Duration::from_millis(200)));
    }
    let claim = format!("{}Content-Length: 99999999999\r\n\r\n{{", head("200 OK"));
    let words_of_theirs = envelope(404, "no \u{1b}[31m\u{202e}such policy", json!({}));
    let forbidden = r#"{"errors": [{"status": "403", "detail": "\u001b[2Jno"}]}"#;
    let cases: Vec<(&str, Script, &str)> = vec![
        ("endless-text", long, "the policy has more than 262144 bytes, the most that is read"),
        ("long-text", text(&"\n".repeat(300_000)), "the policy has more than 262144 bytes"),
        ("endless-around", around, "what stands around the policy has more than 1048576 bytes"),
        ("claims", say(claim), "it claims 99999999999 bytes; such an answer may have 2621440 bytes"),
        ("other-name", say(policy(json!({"name": "wed", "runtime_policy": "{}"}))), "with another name"),
        ("no-name", say(policy(json!({"runtime_policy": "{}"}))), "missing field `name`"),
        (
            "no-text",
            say(policy(json!({"name": "web", "tmp_policy": null}))),
            "missing field `runtime_policy`",
        ),
        ("object", say(policy(json!({"name": "web", "runtime_policy": {"a": 1}}))), "the policy is no text"),
        ("list", say(policy(json!([]))), "`results` is no object"),
        ("empty", say(answer("200 OK", "")), "it ends in the middle"),
        ("no-json", say(answer("200 OK", "<html>\u{1b}]0;x\u{7}")), "it is no JSON object"),
        ("deep", say(answer("200 OK", "{\"a\":".repeat(50_000))), "nested too deep"),
        (
            "latin-1",
            say(answer("200 OK", b"{\"results\": {\"name\": \"web\", \"runtime_policy\": \"\xe9\"}}")),
            "is not UTF-8",
        ),
        (
            "half-pair",
            say(answer("200 OK", r#"{"results": {"name": "web", "runtime_policy": "\ud834"}}"#)),
            "its JSON is broken",
        ),
        ("cut", say(cut[..cut.len() - 50].to_vec()), "closed before the answer was complete"),
        ("drips", drips, "the answer comes too slowly"),
        ("silent", vec![Step::Silence], "the first byte of the answer did not come within 2 s"),
        ("steady", steady, "the whole answer did not come within 4 s"),
        (
            "unasked-304",
            say(answer_with("304 Not Modified", "", "")),
            "304 (not modified), though nothing was asked",
        ),
        (
            "redirect",
            say(answer_with("302 Found", "Location: https://127.0.0.1:1/\r\n", "")),
            "a redirect, which is not followed",
        ),
        ("broken", say(answer("500 Internal Server Error", "")), "it answered 500"),
        (
            "forbidden",
            say(answer("403 Forbidden", forbidden)),
            "it answered 403: \\u{1b}[2Jno; it does not let us in",
        ),
        ("gone", say(answer("404 Not Found", words_of_theirs)), "gone has no runtime policy of the name web"),
        ("unknown-path", say(answer("404 Not Found", "")), "it answered 404"),
    ];
    let expected: Vec<_> =
        cases.iter().map(|(name, _, words)| (name.to_string(), words.to_string())).collect();
    let plays = cases.into_iter().map(|(name, script, _)| (name, at_policy(script))).collect();
    let (running, policies) = started(plays, &healthy).await;
    let name = RemoteText::from("web");
    let fetches = expected.iter().map(|(group, _)| policies.fetch(group, RUNTIME, &name, &|_| {}));
    let told: Vec<_> = futures_util::future::join_all(fetches).await;
    for ((group, words), told) in expected.iter().zip(told) {
        let told = told.expect_err(group);
        let shown = told.to_string();
        assert!(shown.contains(words), "{group}: {shown}");
        assert!(!shown.contains(char::is_control) && shown.chars().count() < 500, "{group}: {shown:?}");
        assert!(!format!("{told:?}").contains(SECRET), "{group}: {told:?}");
    }
    for one in &running {
        let asked = one.verifier.seen.asked();
        let times = asked.iter().filter(|line| line.contains("/allowlists/web")).count();
        // A version that may have changed is asked for again, and the question with it.
        assert!((1..=2).contains(&times), "{}: {asked:?}", one.case.name);
    }
    // All of them together hold up nobody else.
    let good = policies.fetch(healthy.name(), RUNTIME, &"ima-base".into(), &|_| {}).await.unwrap();
    assert!(good.text.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_are_bounded_and_a_bad_one_makes_its_group_unknown() {
    let healthy = Healthy::start().await;
    let names = |names: serde_json::Value| {
        say(answer("200 OK", envelope(200, "Success", json!({"runtimepolicy names": names}))))
    };
    let none = || say(answer("500 Internal Server Error", ""));
    let old: Play = Arc::new(|head| match head.split(' ').nth(1).unwrap_or_default() {
        "/version" => {
            let versions =
                json!({"current_version": "2.2", "supported_versions": ["1.0", "2.0", "2.1", "2.2"]});
            say(answer("200 OK", envelope(200, "Success", versions)))
        }
        "/v2.2/allowlists/web" => {
            say(policy(json!({"name": "web", "tpm_policy": "{\"mask\": \"0x0\"}", "runtime_policy": "{}"})))
        }
        _ => say(answer("400 Bad Request", envelope(400, "Invalid URL", json!({})))),
    });
    let hostile = "\u{1b}]0;all well\u{7}";
    let cases = vec![
        ("endless", at(endless(&format!("\"{}\",", "x".repeat(900))), none())),
        ("too-long", at(names(json!(["x".repeat(2000)])), none())),
        ("too-many", at(names(json!(vec!["a"; 170_000])), none())),
        ("numbers", at(names(json!([1, 2])), none())),
        (
            "hostile-names",
            at(
                names(json!([hostile, "..", "", "a/b", "web"])),
                say(policy(json!({"name": "web", "runtime_policy": "{}"}))),
            ),
        ),
        ("old", old),
    ];
    let (_running, policies) = started(cases, &healthy).await;
    let groups = policies.survey().await;
    let why = |name: &str| {
        let group = groups.iter().find(|group| group.group == name).unwrap();
        group.lists[0].1.as_ref().expect_err(name).clone()
    };
    assert!(
        why("endless").contains("values") || why("endless").contains("does not end"),
        "{}",
        why("endless")
    );
    assert!(why("too-long").contains("a name of more than 1024 bytes"), "{}", why("too-long"));
    assert!(why("too-many").contains("more than 160000 names"), "{}", why("too-many"));
    assert!(why("numbers").contains("expected a string"), "{}", why("numbers"));
    assert!(why("old").contains("API 2.2") && why("old").contains("name a policy"), "{}", why("old"));
    let read = policies.fetch("old", RUNTIME, &"web".into(), &|_| {}).await.unwrap();
    assert_eq!(read.text.as_deref(), Some(b"{}".as_slice()), "by name it can be read");

    let found = catalogue(&groups);
    let row = found.row(RUNTIME, "web").unwrap();
    let place = found.groups.iter().position(|group| group == "hostile-names").unwrap();
    assert!(matches!(&row.standings[place], Standing::Stored(facts) if facts.payload == Some(facts.text)));
    assert_eq!(row.comparison.agreement, Agreement::Alone);
    assert_eq!(row.comparison.missing, [healthy.name()]);
    assert_eq!(row.comparison.unknown.len(), 5, "{:?}", row.comparison);
    let listed = groups[place].lists[0].1.as_ref().unwrap();
    let unread = listed
        .iter()
        .filter(|(_, looked)| matches!(looked, Looked::Not(words) if !words.contains("not read")))
        .count();
    assert_eq!(unread, 4, "{listed:?}");
    assert!(!format!("{found:?}").contains(char::is_control));
    assert!(found.row(RUNTIME, "ima-base").is_some(), "the healthy group is read all the same");
}

/// A piece of an answer that tells when nobody will send it any more.
struct Tale(Arc<AtomicBool>);

impl AsRef<[u8]> for Tale {
    fn as_ref(&self) -> &[u8] {
        b"the end of a script that nobody waits for"
    }
}

impl Drop for Tale {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_loses_interest_ends_the_transfer() {
    let healthy = Healthy::start().await;
    let ended = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&ended);
    let play: Play = Arc::new(move |request| {
        if !request.contains("/allowlists/web") {
            return at_policy(Vec::new())(request);
        }
        let begin = format!("{}Transfer-Encoding: chunked\r\n\r\n", head("200 OK"));
        let mut script = vec![Step::Say(begin.into()), Step::Say(chunk("{"))];
        let piece = Bytes::from_owner(Tale(Arc::clone(&told)));
        for _ in 0..100_000 {
            script.push(Step::Pause(Duration::from_millis(20)));
            script.push(Step::Say(chunk(" ".repeat(64).as_str())));
        }
        script.push(Step::Say(piece));
        script
    });
    let (_running, policies) = started(vec![("slow", play)], &healthy).await;
    let mut fetching = policies.begin_fetch("slow".to_owned(), RUNTIME, "web".into());
    let coming =
        fetching.state.wait_for(|state| matches!(state, FetchState::Coming(progress) if progress.taken > 64));
    coming.await.unwrap();
    assert!(!ended.load(Ordering::SeqCst));
    drop(fetching);
    until("the server to notice", async || ended.load(Ordering::SeqCst).then_some(())).await;
}

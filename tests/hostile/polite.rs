//! While a verifier computes its long answer, nothing else of ours goes to it; and what an agent is called leads to no
//! other question.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use limescope::keylime::Limits;
use limescope::tasks;

use crate::answers::{Question, answer, bulk, envelope, ids, question, record, serving, versions};
use crate::authority::Authority;
use crate::case::{Case, configuration};
use crate::script::{Play, Step, say};
use crate::secret::parsed;
use crate::support::wait::until;
use crate::texts::hostile_ids;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_verifier_at_work_is_left_alone() {
    let authority = Authority::new();
    // Longer than three intervals of one second.
    let work = Duration::from_millis(3_500);
    let play: Play = Arc::new(move |head| match question(head) {
        Question::Version => say(answer("200 OK", versions())),
        Question::Bulk => {
            let list = answer("200 OK", bulk([("agent-of-patience", record())]));
            vec![Step::Pause(work), Step::Say(list.into())]
        }
        Question::Ids => say(answer("200 OK", ids(["agent-of-patience"]))),
    });
    let running = Case::playing("busy", &authority, play).start(&authority).await;
    let config = parsed(&configuration([running.block.clone()]));
    let (following, mut pictures) = tasks::follow(&config, Limits::default(), &mut |_| None);
    let seen = &running.verifier.seen;
    until("the long answer", async || (seen.answered.load(Ordering::SeqCst) > 0).then_some(())).await;
    assert_eq!(seen.intrusions.load(Ordering::SeqCst), 0, "asked meanwhile: {:?}", seen.asked());
    // The same console does ask again when the verifier is free: probes go on, the long question waits.
    let before = seen.connections();
    until("further probes", async || (seen.connections() >= before + 2).then_some(())).await;
    let asked = seen.asked();
    assert_eq!(asked.iter().filter(|line| line.contains("bulk")).count(), 1, "{asked:?}");
    let picture = Arc::clone(&pictures.borrow_and_update());
    assert_eq!(picture.agents.len(), 1);
    let share = picture.groups[0].verifier_time_share.unwrap();
    assert!(share > 0.0 && share <= 0.05, "{share}");
    drop(following);
    // The count would have told: two consoles know nothing of each other.
    let _one = tasks::follow(&config, Limits::default(), &mut |_| None);
    let bulks = || seen.asked().iter().filter(|line| line.contains("bulk")).count();
    until("the verifier to be at work", async || (bulks() == 2).then_some(())).await;
    let _other = tasks::follow(&config, Limits::default(), &mut |_| None);
    until("an intrusion", async || (seen.intrusions.load(Ordering::SeqCst) > 0).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_ids_lead_to_no_other_path() {
    let authority = Authority::new();
    let hostile: Vec<String> = hostile_ids().into_iter().map(|(id, _)| id).collect();
    let all = || hostile.iter().map(String::as_str).chain(["plain-1"]);
    // Only who never attested is asked about.
    let lists = serving(bulk([("attested-1", record())]), ids(all()));
    let single =
        answer("404 Not Found", envelope(404, "agent has not been activated", serde_json::json!({})));
    let play: Play = Arc::new(move |head| match head.split_whitespace().nth(1) {
        Some("/version" | "/v2.6/agents/" | "/v2.6/agents/?bulk=true") => lists(head),
        _ => say(single.clone()),
    });
    let running = Case::playing("paths", &authority, play).start(&authority).await;
    let config = parsed(&configuration([running.block.clone()]));
    let (following, _pictures) = tasks::follow(&config, Limits::default(), &mut |_| None);
    let seen = &running.registrar.seen;
    let asked_for = |id: &str| seen.asked().iter().any(|line| line.contains(&format!("/v2/agents/{id} ")));
    until("the question for the plain agent", async || asked_for("plain-1").then_some(())).await;
    let lists = || seen.asked().iter().filter(|line| line.contains("/agents/ ")).count();
    let before = lists();
    until("a further round", async || (lists() > before).then_some(())).await;
    let allowed = ["/version", "/v2.6/agents/", "/v2/agents/plain-1", "/v2/agents/v", "/v2/agents/results"];
    for server in [&running.registrar, &running.verifier] {
        for line in server.seen.asked() {
            let path = line.strip_prefix("GET ").and_then(|line| line.strip_suffix(" HTTP/1.1")).unwrap();
            assert!(allowed.contains(&path) || path == "/v2.6/agents/?bulk=true", "{line}");
        }
    }
    drop(following);
}

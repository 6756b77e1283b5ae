//! Deadlines of the long question, shortened: each part has its own, and the words name it.

use std::time::Duration;

use limescope::keylime::{AddressRole, AddressState, Limits};
use limescope::tasks;

use crate::answers::{answer, bulk, head, record};
use crate::authority::Authority;
use crate::case::{Case, configuration};
use crate::healthy::{AGENTS, Healthy};
use crate::script::{Script, Step};
use crate::secret::parsed;

fn limits() -> Limits {
    Limits {
        first_byte: Duration::from_millis(2_500),
        bulk_first_byte: Duration::from_millis(1_500),
        whole_answer: Duration::from_secs(4),
        bulk_whole_answer: Duration::from_secs(3),
        throughput_grace: Duration::from_secs(1),
        ..Limits::default()
    }
}

/// A body that comes fast enough for the throughput, and has no end.
fn steady() -> Script {
    let mut script = vec![Step::Say(format!("{}Transfer-Encoding: chunked\r\n\r\n", head("200 OK")).into())];
    for _ in 0..1_000 {
        script.push(Step::Say(format!("320\r\n{}\r\n", " ".repeat(0x320)).into()));
        script.push(Step::Pause(Duration::from_millis(200)));
    }
    script
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_part_of_the_long_answer_has_its_deadline() {
    let authority = Authority::new();
    let healthy = Healthy::start().await;
    let whole = answer("200 OK", bulk([("agent-of-patience", record())]));
    let flood = "HTTP/1.1 100 Continue\r\n\r\n".repeat(50);
    let late = "the first byte of the answer did not come within 1 s";
    let slow = "the answer comes too slowly";
    let mut body_drips = vec![Step::Say(whole[..whole.len() - 100].to_vec().into())];
    body_drips.push(Step::Drip(whole[whole.len() - 100..].to_vec().into()));
    let cases: Vec<(&str, Script, &str)> = vec![
        ("silent", vec![Step::Silence], late),
        ("head-drips", vec![Step::Drip(whole.clone().into())], late),
        ("flood", vec![Step::Forever(flood.into())], late),
        ("body-drips", body_drips, slow),
        ("steady", steady(), "the whole answer did not come within 3 s"),
    ];
    let mut running = Vec::new();
    for (name, script, words) in cases {
        running.push((Case::at_list(name, &authority, script).start(&authority).await, words));
    }
    let mut blocks: Vec<_> = running.iter().map(|(one, _)| one.block.clone()).collect();
    blocks.push(healthy.block());
    let snapshot =
        tasks::once(&parsed(&configuration(blocks)), |_| true, limits(), &mut |_| None).await.snapshot();
    for (one, words) in &running {
        let name = &one.case.name;
        let group = snapshot.groups.iter().find(|group| *group.name == **name).unwrap();
        for address in &group.addresses {
            let failure = address.report.as_ref().unwrap().failure.as_ref().unwrap();
            assert_eq!(failure.state, AddressState::TimedOut, "{name}: {failure}");
            if address.role == AddressRole::Verifier {
                assert!(failure.words.contains(words), "{name}: {failure}");
            }
        }
        // One question for all its patience, and none to a server that is still at work.
        let asked = one.verifier.seen.asked();
        assert_eq!(asked.iter().filter(|line| line.contains("bulk")).count(), 1, "{name}: {asked:?}");
    }
    let group = snapshot.groups.iter().find(|group| *group.name == *healthy.name()).unwrap();
    assert!(group.addresses.iter().all(|address| address.is_up()), "{group:?}");
    assert_eq!(snapshot.agents.len(), AGENTS);
}

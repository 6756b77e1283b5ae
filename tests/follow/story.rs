//! Outages, failures and disagreements, as the model tells them.

use std::time::Duration;

use limescope::demo::DemoOptions;
use limescope::fleet::{Change, Flag, Reachability, Verdict};

use crate::{Followed, has};

fn ahead(seconds: u64) -> impl Fn(&limescope::demo::DemoFleet) {
    move |fleet| fleet.advance(Duration::from_secs(seconds))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_that_dies_degrades_its_group_whose_agents_stay_judged() {
    let mut followed = Followed::start(DemoOptions { agents: 60, ..DemoOptions::default() }).await;
    let start = followed.settled().await;
    assert_eq!(start.groups[0].reachability, Some(Reachability::Up));
    let is = |wanted: Reachability| {
        move |picture: &limescope::fleet::Snapshot| picture.groups[0].reachability == Some(wanted)
    };
    let degraded = followed.until("a member to go", is(Reachability::Degraded), ahead(1)).await;
    assert!(degraded.groups[0].blind.is_none(), "the other member answers");
    assert!(has(&degraded, |change| matches!(change, Change::Address { up: false, warning: false, .. })));
    let back = followed.until("the member to return", is(Reachability::Up), ahead(1)).await;
    assert!(has(&back, |change| matches!(change, Change::Address { up: true, .. })));
    assert!(!has(&back, |change| matches!(change, Change::GroupLost { .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_group_reads_unknown_after_three_planned_polls_and_comes_back() {
    let mut followed = Followed::start(DemoOptions { agents: 60, ..DemoOptions::default() }).await;
    let start = followed.settled().await;
    assert!(start.groups[1].counts.total() > 0);
    let down = followed
        .until(
            "us-east to go",
            |picture| picture.groups[1].reachability == Some(Reachability::Down),
            ahead(2),
        )
        .await;
    assert!(down.groups[1].blind.is_none(), "its last answer still counts");
    assert_eq!(down.groups[1].counts.get(Verdict::Unknown), 0);
    let lost =
        followed.until("us-east to be lost", |picture| picture.groups[1].blind.is_some(), |_| {}).await;
    // Agents come and go while the demo's time runs; what the group last told counts.
    let agents = lost.groups[1].counts.total();
    assert_eq!(
        (agents, lost.groups[1].counts.get(Verdict::Unknown)),
        (down.groups[1].counts.total(), agents)
    );
    assert!(lost.groups[1].overdue);
    let agent = lost.agents.iter().find(|agent| agent.groups[0].group == 1).unwrap();
    assert!(agent.groups[0].last_known.is_some(), "{agent:?}");
    let back =
        followed.until("us-east to return", |picture| picture.groups[1].blind.is_none(), ahead(1)).await;
    assert!(has(&back, |change| *change == Change::GroupLost { agents: agents as usize }));
    assert!(has(&back, |change| *change == Change::GroupBack));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_disagreements_and_hostile_ids_are_told() {
    let mut followed = Followed::start(DemoOptions { agents: 120, ..DemoOptions::default() }).await;
    followed.settled().await;
    let failed = Change::Verdict { from: Some(Verdict::Attested), to: Verdict::Failed };
    let told = followed
        .until("an agent to fail", |picture| has(picture, |change| *change == failed), ahead(1))
        .await;
    let event = told.events.iter().find(|event| event.change == failed).unwrap();
    assert!(event.why.contains("ima."), "{event:?}");
    let split = |picture: &limescope::fleet::Snapshot| picture.agents.iter().any(|agent| agent.split);
    let hostile = |picture: &limescope::fleet::Snapshot| {
        picture
            .agents
            .iter()
            .any(|agent| agent.flags.has(Flag::OddId) && agent.shown.as_str().contains("\\u{1b}"))
    };
    followed.until("a hostile id", hostile, ahead(1)).await;
    followed.until("two groups to disagree", split, ahead(1)).await;
}

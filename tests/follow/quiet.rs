//! Politeness, and silence where nothing changes.

use std::sync::Arc;

use limescope::demo::{DemoOptions, RequestKind};
use limescope::fleet::GroupView;

use crate::Followed;
use crate::support::wait;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unchanging_answers_are_304_and_make_no_new_picture() {
    let mut followed =
        Followed::start(DemoOptions { agents: 60, still: true, ..DemoOptions::default() }).await;
    followed.settled().await;
    let url = followed.fleet.groups()[1].verifiers[0].url.clone();
    let fleet = &followed.fleet;
    let bulks = || fleet.asked(&url).count(RequestKind::AgentBulk);
    let polls = async |more: u64| {
        let wanted = bulks() + more;
        wait::until("more polls", async || (bulks() >= wanted).then_some(())).await;
    };
    // Single questions about registrations belong to the first rounds.
    polls(2).await;
    let before = followed.pictures.borrow().clone();
    polls(3).await;
    let after = followed.pictures.borrow().clone();
    assert!(Arc::ptr_eq(&before.agents, &after.agents), "no agent changed, and all of them are new");
    assert!(Arc::ptr_eq(&before.events, &after.events), "{:?}", after.events);
    for (before, after) in before.groups.iter().zip(&after.groups) {
        // What is measured may move on a busy machine; `fleet::steady` has tests of its own.
        let told = |group: &GroupView| (group.reachability, group.mode, group.blind, group.counts);
        assert_eq!(told(before), told(after), "{}", before.name);
    }
    assert!(fleet.asked(&url).statuses.get(&304).is_some_and(|count| *count >= 3), "{:?}", fleet.asked(&url));
    assert_eq!(fleet.asked(&url).during_bulk, 0, "something was asked while the verifier was at work for us");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_still_fleet_is_followed_over_the_connections_that_are_there() {
    let mut followed =
        Followed::start(DemoOptions { agents: 60, still: true, ..DemoOptions::default() }).await;
    followed.settled().await;
    let fleet = &followed.fleet;
    let urls: Vec<_> = followed
        .pictures
        .borrow()
        .groups
        .iter()
        .flat_map(|group| &group.addresses)
        .filter(|address| address.is_up())
        .map(|address| address.address.to_string())
        .collect();
    let looks = |url: &String| fleet.asked(url).count(RequestKind::Version);
    let rounds = async |more: u64| {
        let wanted: Vec<_> = urls.iter().map(|url| looks(url) + more).collect();
        let all = || urls.iter().zip(&wanted).all(|(url, wanted)| looks(url) >= *wanted);
        wait::until("more looks everywhere", async || all().then_some(())).await;
    };
    // The first questions about registrations are asked several at a time.
    rounds(2).await;
    let connections =
        || urls.iter().map(|url| (url.clone(), fleet.asked(url).connections)).collect::<Vec<_>>();
    let questions = || urls.iter().map(|url| fleet.asked(url).count(RequestKind::Agent)).sum::<u64>();
    let (before, asked) = (connections(), questions());
    rounds(5).await;
    rounds(5).await;
    assert_eq!(connections(), before);
    // Each of them doubles its distance with every question: of ten rounds it takes part in four at most.
    let waiting =
        |agent: &&Arc<limescope::fleet::AgentView>| agent.flags.has(limescope::fleet::Flag::NotActivated);
    let waiting = followed.pictures.borrow().agents.iter().filter(waiting).count() as u64;
    let groups = followed.pictures.borrow().groups.len() as u64;
    assert!(questions() - asked <= 4 * waiting * groups, "{} about {waiting}", questions() - asked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_that_wait_for_activation_are_flagged_and_others_are_asked_once() {
    use limescope::fleet::{Flag, Verdict};
    let mut followed =
        Followed::start(DemoOptions { agents: 60, still: true, ..DemoOptions::default() }).await;
    let waiting = followed
        .until(
            "an agent that is not activated",
            |picture| picture.agents.iter().any(|agent| agent.flags.has(Flag::NotActivated)),
            |_| {},
        )
        .await;
    let agent = waiting.agents.iter().find(|agent| agent.flags.has(Flag::NotActivated)).unwrap();
    assert_eq!(agent.verdict, Verdict::Registered);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_verifier_is_asked_again_only_after_twenty_times_its_answer() {
    use limescope::demo::Pace;
    // 500 agents: a bulk answer takes more than a quarter of a second, so the
    // next one may come only after more than five.
    let options =
        DemoOptions { groups: 1, agents: 500, still: true, pace: Pace::Keylime, ..DemoOptions::default() };
    let mut followed = Followed::start(options).await;
    followed.settled().await;
    let urls: Vec<_> =
        followed.fleet.groups()[0].verifiers.iter().map(|verifier| verifier.url.clone()).collect();
    let fleet = &followed.fleet;
    let asked = |kind| urls.iter().map(|url| fleet.asked(url).count(kind)).sum::<u64>();
    let probes = asked(RequestKind::Version);
    wait::until("two more rounds of probes", async || {
        (asked(RequestKind::Version) >= probes + 4).then_some(())
    })
    .await;
    assert_eq!(asked(RequestKind::AgentBulk), 1, "asked again too early");
    let share = followed.pictures.borrow().groups[0].verifier_time_share.unwrap();
    assert!(share > 0.0 && share <= 0.05, "{share}");
    assert!(urls.iter().all(|url| fleet.asked(url).during_bulk == 0));
}

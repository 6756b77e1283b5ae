//! Another configuration while the fleet is followed.

use std::sync::Arc;

use limescope::config::Config;
use limescope::demo::{DemoOptions, RequestKind};
use limescope::fleet::Snapshot;

use crate::{Followed, config};

fn names(picture: &Snapshot) -> Vec<&str> {
    picture.groups.iter().map(|group| &*group.name).collect()
}

fn without(config: &Config, name: &str) -> Config {
    let groups = config.groups.iter().filter(|group| group.name != name).cloned().collect();
    Config { groups, ..config.clone() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_come_and_go_and_the_others_are_not_disturbed() {
    let mut followed =
        Followed::start(DemoOptions { agents: 60, still: true, ..DemoOptions::default() }).await;
    let all = config(&followed.fleet);
    let director = followed._following.director();
    followed.settled().await;
    // A registrar is asked again only after its first list was taken in: from then on nothing is new.
    let registrars: Vec<_> = all.groups.iter().flat_map(|group| group.operators()).cloned().collect();
    let lists = |url: String| followed.fleet.asked(&url).count(RequestKind::AgentList);
    let all_twice = || registrars.iter().all(|registrar| lists(registrar.to_string()) >= 2);
    crate::support::wait::until("two lists everywhere", async || all_twice().then_some(())).await;
    // Those that are only registered may come after the first records.
    let start = followed.until("all agents", |picture| picture.agents.len() == 60, |_| {}).await;
    assert_eq!(names(&start), ["eu-west", "us-east", "ap-south", "lab"]);
    let verifier = followed.fleet.groups()[2].verifiers[0].url.clone();
    let full_answers = |fleet: &limescope::demo::DemoFleet| {
        // Looks at `/version` go on.
        let asked = fleet.asked(&verifier);
        asked
            .statuses
            .get(&200)
            .copied()
            .unwrap_or_default()
            .saturating_sub(asked.count(RequestKind::Version))
    };
    let before = full_answers(&followed.fleet);

    let redirected = director.redirect(without(&all, "us-east")).await.unwrap();
    assert_eq!(redirected.to_string(), "no longer asking us-east; 3 others are undisturbed");
    let fewer = followed.until("us-east to go", |picture| picture.groups.len() == 3, |_| {}).await;
    assert_eq!(names(&fewer), ["eu-west", "ap-south", "lab"]);
    assert_eq!(fewer.duplication.max, 3);
    // What was known of the others is known still, under their new places.
    for (place, old) in [(0, 0), (1, 2), (2, 3)] {
        let (now, then) = (&fewer.groups[place], &start.groups[old]);
        assert_eq!(
            (now.index, now.counts, now.observed_at.is_some()),
            (place + 1, then.counts, then.observed_at.is_some())
        );
    }
    let places = |picture: &Snapshot| {
        picture.agents.iter().flat_map(|agent| agent.groups.iter().map(|inside| inside.group)).max()
    };
    assert!(places(&fewer) < Some(3), "a row speaks of a group that is no more");
    assert!(fewer.agents.len() < start.agents.len());

    // It comes back, and is asked anew; the others still are not.
    let asked = |fleet: &limescope::demo::DemoFleet, group: usize| {
        fleet.asked(&fleet.groups()[group].verifiers[0].url).count(RequestKind::AgentBulk)
    };
    let before_return = asked(&followed.fleet, 1);
    let redirected = director.redirect(all.clone()).await.unwrap();
    assert_eq!(redirected.to_string(), "now asking us-east; 3 others are undisturbed");
    let back = followed
        .until(
            "us-east to return",
            |picture| picture.groups.len() == 4 && picture.agents.len() == start.agents.len(),
            |_| {},
        )
        .await;
    assert_eq!(names(&back), names(&start));
    assert_eq!(back.groups[1].counts, start.groups[1].counts);
    assert!(asked(&followed.fleet, 1) > before_return);
    assert_eq!(full_answers(&followed.fleet), before, "an undisturbed group was asked for everything again");

    // Nothing changed: no new connection, no new row.
    let redirected = director.redirect(all.clone()).await.unwrap();
    assert_eq!(redirected.to_string(), "the same groups are asked as before");
    let doubled = Config { verification_duplication: 2, ..all.clone() };
    assert_eq!(director.redirect(doubled).await.unwrap().kept, 4);
    let doubled =
        followed.until("two to be wanted", |picture| picture.duplication.requested == 2, |_| {}).await;
    assert!(doubled.agents.iter().all(|agent| agent.coverage.want == 2));
    assert!(!Arc::ptr_eq(&doubled.agents, &back.agents));

    let mut other = all;
    other.groups[0].verifiers.reverse();
    let redirected = director.redirect(other).await.unwrap();
    assert_eq!(redirected.to_string(), "asking otherwise eu-west; 3 others are undisturbed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_holds_only_the_director_follows_nobody() {
    let followed = Followed::start(DemoOptions { agents: 12, still: true, ..DemoOptions::default() }).await;
    let config = config(&followed.fleet);
    let director = followed._following.director();
    let mut pictures = followed.pictures.clone();
    drop(followed);
    let ended = async { while pictures.changed().await.is_ok() {} };
    tokio::time::timeout(crate::LIMIT, ended).await.expect("the keeper ends");
    assert_eq!(director.redirect(config).await, None);
}

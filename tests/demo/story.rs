//! What happens in the fleet, by its clock put forward second by second.

use std::time::Duration;

use limescope::demo::{DemoFleet, DemoOptions};

use crate::observer::{Picture, look};
use crate::support::http::Client;
use crate::support::wait;
use crate::{deployment, start};

/// Puts the clock forward until the whole picture is as wanted; fails after a
/// full round of the story.
async fn until(fleet: &DemoFleet, what: &str, wanted: impl Fn(&Picture) -> bool) -> Picture {
    for _ in 0..200 {
        let picture = look(fleet).await;
        if wanted(&picture) {
            return picture;
        }
        fleet.advance(Duration::from_secs(1));
    }
    panic!("a whole round without: {what}");
}

fn count(picture: &Picture, group: &str, verdict: &str) -> usize {
    picture.values().filter_map(|groups| groups.get(group)).filter(|judged| judged.verdict == verdict).count()
}

fn small(groups: usize) -> DemoOptions {
    DemoOptions { agents: 40, groups, ..DemoOptions::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_fails_and_keeps_its_event() {
    let fleet = start(&small(4)).await;
    let failed = count(&look(&fleet).await, "eu-west", "failed");
    let picture =
        until(&fleet, "one more failure", |now| count(now, "eu-west", "failed") == failed + 1).await;
    let historic = |picture: &Picture| {
        let flags = picture.values().filter_map(|groups| groups.get("eu-west"));
        flags.filter(|judged| judged.flags.contains("historic-event")).count()
    };
    let before = historic(&picture);
    until(&fleet, "it attests again, with its old event", |now| {
        count(now, "eu-west", "failed") == failed && historic(now) == before + 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_goes_down_with_its_connections_and_returns() {
    let fleet = start(&small(4)).await;
    let group = deployment(&fleet.groups()[0]);
    let operator = Client::operator(&group);
    let (first, second) = (&group.verifiers[0].0, &group.verifiers[1].0);
    let stale = count(&look(&fleet).await, "eu-west", "stale");
    wait_for_state(&fleet, &operator, second, false).await;
    assert_eq!(operator.ask(first, "/version").await.status, 200, "the other member stays");
    until(&fleet, "its agents go stale together", |now| count(now, "eu-west", "stale") > stale + 2).await;
    wait_for_state(&fleet, &operator, second, true).await;
    until(&fleet, "its agents attest again", |now| count(now, "eu-west", "stale") == stale).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_only_push_verifier_goes_away_and_returns() {
    let fleet = start(&small(4)).await;
    let group = deployment(&fleet.groups()[1]);
    let (operator, url) = (Client::operator(&group), &group.verifiers[0].0);
    let attested = count(&look(&fleet).await, "us-east", "attested");
    assert!(attested > 0);
    wait_for_state(&fleet, &operator, url, false).await;
    assert_eq!(count(&look(&fleet).await, "us-east", "attested"), 0);
    wait_for_state(&fleet, &operator, url, true).await;
    until(&fleet, "its agents attest again", |now| count(now, "us-east", "attested") == attested).await;
}

/// Puts the clock forward until the address answers or refuses.
async fn wait_for_state(fleet: &DemoFleet, operator: &Client, url: &str, up: bool) {
    wait::until(if up { "it returns" } else { "it goes away" }, || async {
        match operator.try_ask(url, "/version").await {
            Ok(_) if up => Some(()),
            Err(error) if !up && error.contains("ConnectionRefused") => Some(()),
            Err(error) if !up && error.contains("refused") => Some(()),
            _ => {
                fleet.advance(Duration::from_secs(1));
                None
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_groups_disagree_and_agree_again() {
    let fleet = start(&small(3)).await;
    let splits = |picture: &Picture| {
        let split = |groups: &&std::collections::BTreeMap<String, _>| {
            let mut verdicts = groups.values().map(|judged: &crate::observer::Judged| judged.verdict);
            let first = verdicts.next();
            verdicts.any(|other| {
                Some(other) != first && matches!((first, other), (Some("failed"), _) | (_, "failed"))
            })
        };
        picture.values().filter(split).count()
    };
    assert_eq!(splits(&look(&fleet).await), 0);
    until(&fleet, "one agent is judged differently", |now| splits(now) == 1).await;
    until(&fleet, "both groups agree", |now| splits(now) == 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_id_appears_and_vanishes() {
    let fleet = start(&small(2)).await;
    let odd = |picture: &Picture| picture.keys().find(|id| id.contains('\u{1b}')).cloned();
    let first = look(&fleet).await;
    assert_eq!(odd(&first), None);
    let hostile = until(&fleet, "a hostile id", |now| odd(now).is_some()).await;
    let id = odd(&hostile).unwrap();
    for character in ['\u{202e}', '\u{200b}', '\n'] {
        assert!(id.contains(character));
    }
    assert_eq!(hostile.len(), first.len(), "it takes the place of another id");
    let after = until(&fleet, "it vanishes", |now| odd(now).is_none()).await;
    assert_eq!(after.keys().collect::<Vec<_>>(), first.keys().collect::<Vec<_>>());
}

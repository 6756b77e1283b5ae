//! One slow server holds up none of the others of its group.

use std::net::TcpListener;
use std::time::Duration;

use limescope::demo::{DemoFleet, DemoOptions, RequestKind};
use limescope::keylime::Limits;
use limescope::tasks;

use crate::support::wait;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_does_not_hold_up_the_questions_to_the_others() {
    // The system accepts for it; nobody ever answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let options = DemoOptions { groups: 1, agents: 9, still: true, ..DemoOptions::default() };
    let fleet = DemoFleet::start(&options).await.unwrap();
    let mut config = crate::config(&fleet);
    let group = &mut config.groups[0];
    let mut hanging = group.registrars[0].clone();
    hanging.operator.port = silent.local_addr().unwrap().port();
    hanging.agent = None;
    group.registrars.push(hanging);
    config.poll_interval = Duration::from_secs(1);
    // Longer than the whole test: what waits for that server never goes on.
    let limits = Limits { handshake: Duration::from_secs(600), ..Limits::default() };
    let (_following, pictures) = tasks::follow(&config, limits, &mut |_| None);
    let asked = || {
        let urls = fleet.groups()[0].verifiers.iter().map(|verifier| verifier.url.clone());
        urls.map(|url| fleet.asked(&url).count(RequestKind::AgentBulk)).sum::<u64>()
    };
    wait::until("five polls of the verifiers", async || (asked() >= 5).then_some(())).await;
    let picture = pictures.borrow().clone();
    assert!(picture.groups[0].blind.is_none(), "{:?}", picture.groups[0].blind);
    let hangs = |address: &&limescope::fleet::AddressView| address.report.is_none();
    assert_eq!(picture.groups[0].addresses.iter().filter(hangs).count(), 1, "the look at it still waits");
}

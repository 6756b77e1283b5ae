//! Following a fleet for a while: what the console and its keeper live on.
//! The embedded fleet's clock is put forward, so that its story is not waited for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../support/mod.rs"]
mod support;

mod policies;
mod quiet;
mod redirect;
mod slow;
mod story;

use std::sync::Arc;
use std::time::Duration;

use limescope::config::{self, Config};
use limescope::demo::{DemoFleet, DemoOptions};
use limescope::fleet::{Change, Snapshot};
use limescope::keylime::Limits;
use limescope::tasks::{self, Following};
use tokio::sync::watch;

/// How long a test waits for one state.
const LIMIT: Duration = Duration::from_secs(30);

struct Followed {
    fleet: DemoFleet,
    pictures: watch::Receiver<Arc<Snapshot>>,
    _following: Following,
}

impl Followed {
    async fn start(options: DemoOptions) -> Self {
        let fleet = DemoFleet::start(&options).await.unwrap();
        let (_following, pictures) = tasks::follow(&config(&fleet), Limits::default(), &mut |_| None);
        Self { fleet, pictures, _following }
    }

    /// Waits for a picture with this property; meanwhile `turn` may move the clock.
    async fn until(
        &mut self,
        what: &str,
        wanted: impl Fn(&Snapshot) -> bool,
        turn: impl Fn(&DemoFleet),
    ) -> Arc<Snapshot> {
        let found = tokio::time::timeout(LIMIT, async {
            loop {
                let picture = self.pictures.borrow_and_update().clone();
                if wanted(&picture) {
                    return picture;
                }
                turn(&self.fleet);
                let _ = tokio::time::timeout(Duration::from_millis(500), self.pictures.changed()).await;
            }
        })
        .await;
        found.unwrap_or_else(|_| {
            panic!("waited {LIMIT:?} for {what}; last seen: {:#?}", self.pictures.borrow().groups)
        })
    }

    /// Waits until every group was observed or given up, and has its agents: those of
    /// a group whose verifier is away come with the registrar's list, sooner or later.
    async fn settled(&mut self) -> Arc<Snapshot> {
        let known = |picture: &Snapshot| {
            picture.groups.iter().all(|group| {
                group.reachability.is_some()
                    && (group.observed_at.is_some() || group.blind.is_some())
                    && group.counts.total() > 0
            }) && !picture.agents.is_empty()
        };
        self.until("every group to be known", known, |_| {}).await
    }
}

fn config(fleet: &DemoFleet) -> Config {
    config::parse(fleet.config_toml(), fleet.config_path(), None).unwrap().0
}

fn has(picture: &Snapshot, wanted: impl Fn(&Change) -> bool) -> bool {
    picture.events.iter().any(|event| wanted(&event.change))
}

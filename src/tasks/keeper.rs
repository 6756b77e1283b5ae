//! The keeper: owns the model, takes in what the groups' tasks learn, and
//! publishes a picture whenever one would look different.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use crate::fleet::{Fleet, GroupPlan, Input, Snapshot};

/// Inputs that may wait; a group's task waits when it is full.
pub const INPUTS_WAITING: usize = 256;

/// What the keeper is told.
#[derive(Debug)]
pub enum News {
    /// What was learned about the group with this key.
    Input(usize, Input),
    /// The configuration is another one: see [`Fleet::rearrange`].
    Rearranged {
        /// `verification_duplication`.
        requested: u32,
        /// In seconds.
        stale_after: u64,
        /// The groups with their keys.
        groups: Vec<(usize, GroupPlan)>,
    },
}

/// Runs until every sender of news is gone.
pub async fn keeper(
    mut fleet: Fleet,
    mut news: mpsc::Receiver<News>,
    pictures: watch::Sender<Arc<Snapshot>>,
) {
    let mut waiting = Vec::with_capacity(INPUTS_WAITING);
    while news.recv_many(&mut waiting, INPUTS_WAITING).await > 0 {
        let now = Timestamp::now();
        for news in waiting.drain(..) {
            match news {
                News::Input(group, input) => fleet.apply(group, input, now),
                News::Rearranged { requested, stale_after, groups } => {
                    fleet.rearrange(requested, stale_after, groups, now);
                }
            }
        }
        let picture = fleet.snapshot();
        pictures.send_if_modified(|last| {
            // Their count stands still once old ones are forgotten.
            let newest = |picture: &Snapshot| picture.events.last().map(|event| event.number);
            let differs = last.generation != picture.generation || newest(last) != newest(&picture);
            *last = Arc::new(picture);
            differs
        });
    }
}

//! The keeper: owns the model, takes in what the groups' tasks learn, and
//! publishes a picture whenever one would look different.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use crate::fleet::{Fleet, Input, Snapshot};

/// Inputs that may wait; a group's task waits when it is full.
pub const INPUTS_WAITING: usize = 256;

/// Runs until every sender of inputs is gone.
pub async fn keeper(
    mut fleet: Fleet,
    mut inputs: mpsc::Receiver<(usize, Input)>,
    pictures: watch::Sender<Arc<Snapshot>>,
) {
    let mut waiting = Vec::with_capacity(INPUTS_WAITING);
    while inputs.recv_many(&mut waiting, INPUTS_WAITING).await > 0 {
        let now = Timestamp::now();
        for (group, input) in waiting.drain(..) {
            fleet.apply(group, input, now);
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

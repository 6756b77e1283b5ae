//! One poll of every group.

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::AskPassphrase;
use super::asker::{Asked, Asker, Sides};
use super::credentials;
use super::group::targets;
use super::keeper::News;
use crate::config::Config;
use crate::fleet::{Fleet, Input};
use crate::keylime::{AddressReport, AddressState, Failure, Limits, Negotiated};

/// Polls every chosen group once, all at the same time, and gives the model.
/// Of the others nothing is known in it.
pub async fn once(
    config: &Config,
    chosen: impl Fn(&str) -> bool,
    limits: Limits,
    ask: AskPassphrase<'_>,
) -> Fleet {
    let targets = targets(config);
    let plans = targets.iter().map(super::GroupTargets::plan);
    let mut fleet = Fleet::new(config.verification_duplication, config.stale_after.as_secs(), plans);
    let (inputs, mut taken) = mpsc::channel(super::keeper::INPUTS_WAITING);
    let mut polls = Vec::new();
    for (number, (group, targets)) in config.groups.iter().zip(targets).enumerate() {
        if !chosen(&group.name) {
            continue;
        }
        let addresses = targets.addresses.len();
        let asker = credentials::read(&group.tls, &mut *ask)
            .map_err(|error| Failure::stay(AddressState::Error, error.to_string()))
            .and_then(|tls| Asker::new(number, targets, tls, limits, config.poll_interval, inputs.clone()));
        match asker {
            // On the runtime's own threads: answers are read while they arrive.
            Ok((asker, sides)) => {
                polls.push((number, addresses, tokio::spawn(poll(asker.without_lists(), sides))))
            }
            Err(failure) => {
                for input in unusable(addresses, &failure) {
                    fleet.apply(number, input, Timestamp::now());
                }
            }
        }
    }
    let poll_all = async move {
        for (number, addresses, poll) in polls {
            // A poll that broke is a group of which nothing is known.
            if let Err(error) = poll.await {
                let failure =
                    Failure::stay(AddressState::Error, format!("looking at this group failed: {error}"));
                for input in unusable(addresses, &failure) {
                    // Whoever takes inputs stays until all senders are gone.
                    let _ = inputs.send(News::Input(number, input)).await;
                }
            }
        }
    };
    let take_all = async {
        while let Some(News::Input(group, input)) = taken.recv().await {
            fleet.apply(group, input, Timestamp::now());
        }
    };
    tokio::join!(poll_all, take_all);
    fleet
}

async fn poll(asker: Asker, mut sides: Sides) {
    if !matches!(asker.round(&mut sides).await, Some(Asked::Answered { .. })) {
        asker.tell(Input::Lost).await;
    }
}

/// What the model is told of a group that cannot be asked at all.
pub(super) fn unusable(addresses: usize, failure: &Failure) -> Vec<Input> {
    let report = || AddressReport {
        failure: Some(failure.clone()),
        latency: None,
        negotiated: Negotiated::Unknown,
        tls: None,
    };
    let probed = (0..addresses).map(|address| Input::Probed { address, report: report() });
    probed.chain([Input::Lost]).collect()
}

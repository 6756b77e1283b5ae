//! The same contract checks that the embedded fleet passes, so that it cannot
//! drift away from what Keylime really answers.

use crate::support::{
    contract,
    keylime::{Group, Stack},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn real_servers_answer_as_the_embedded_ones_do() {
    let stack = Stack::shared();
    let _held = stack.hold(&Group::ALL, &[]);
    for group in Group::ALL {
        let id = format!("contract-{}", stack.deployment(group).name);
        stack.enrol(group, 1, &id);
        stack.register(group, &id);
        contract::holds(stack.deployment(group)).await;
    }
    let [pair, push, _] = Group::ALL.map(|group| stack.deployment(group));
    contract::strangers_are_refused(pair, push).await;
}

//! A list without an end is read up to its bound and not kept.

use std::sync::Arc;

use serde_json::Value;

use crate::answers::{endless, when_asked};
use crate::authority::Authority;
use crate::case::{Case, configuration};
use crate::healthy::{AGENTS, Healthy};
use crate::output::assert_clean;
use crate::support::command::Place;

/// The bound of a list of ids (32 MB, a records' list is not kept as a whole) and what a run
/// needs beside it, in KiB.
const MEMORY_KIB: u64 = (64 + 64) * 1024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_list_is_cut_at_its_bound() {
    let authority = Authority::new();
    let healthy = Healthy::start().await;
    // Long texts without an end: each is a whole member, and there is little to count.
    let mut script = endless(&format!(",\"a\": \"{}\"", "x".repeat(64_000)));
    script.insert(1, crate::script::Step::Say("a\r\n{\"code\": 0\r\n".into()));
    let case = Case::playing("list-without-end", &authority, when_asked(script))
        .says("error", "it does not end; such an answer may have 134217728 bytes")
        .registrar_says("error", "it does not end; such an answer may have 33554432 bytes");
    let running = case.start(&authority).await;
    let place = Arc::new(Place::new());
    let path = place.path().join("limescope.toml");
    std::fs::write(&path, configuration([running.block.clone(), healthy.block()])).unwrap();
    let (run, place) = tokio::task::spawn_blocking(move || {
        (place.run(&["status", "--format", "json", "--config", path.to_str().unwrap()]), place)
    })
    .await
    .unwrap();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let status: Value = serde_json::from_str(&run.stdout).unwrap();
    let faults = running.faults(&status);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(crate::case::agents_of(&status, healthy.name()).len(), AGENTS);
    assert!(run.peak_memory_kib > 16 * 1024, "memory was not measured: {} KiB", run.peak_memory_kib);
    assert!(run.peak_memory_kib < MEMORY_KIB, "{} KiB", run.peak_memory_kib);
    assert_clean(&run, &place, &[&authority.key_text()], "endless list");
}

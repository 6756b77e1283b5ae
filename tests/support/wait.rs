//! Waiting for a state: with a limit, never blindly.

use std::time::{Duration, Instant};

/// How long a test waits for anything that has no limit of its own.
pub const LIMIT: Duration = Duration::from_secs(30);

/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(100);

/// Looks until `probe` succeeds; its last `Err` says what was seen instead. Panics after [`LIMIT`].
pub fn wait_for<T>(what: &str, probe: impl FnMut() -> Result<T, String>) -> T {
    wait_up_to(LIMIT, what, probe)
}

/// As [`wait_for`], for the few things that are known to take longer.
pub fn wait_up_to<T>(limit: Duration, what: &str, mut probe: impl FnMut() -> Result<T, String>) -> T {
    let start = Instant::now();
    loop {
        match probe() {
            Ok(found) => return found,
            Err(seen) if start.elapsed() >= limit => {
                panic!("waited {} s for {what}; last seen: {seen}", limit.as_secs())
            }
            Err(_) => std::thread::sleep(PAUSE),
        }
    }
}

/// As [`wait_for`], for tests that are asynchronous: asks until there is an answer.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(start.elapsed() < LIMIT, "waited {} s for {what}", LIMIT.as_secs());
        tokio::time::sleep(PAUSE).await;
    }
}

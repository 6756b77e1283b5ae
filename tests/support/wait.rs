//! Waiting for a state, with a limit.

use std::future::Future;
use std::time::{Duration, Instant};

/// The longest that any test waits for one state.
pub const LIMIT: Duration = Duration::from_secs(30);

/// Asks again and again until there is an answer; fails after [`LIMIT`].
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(started.elapsed() < LIMIT, "waited {LIMIT:?} in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

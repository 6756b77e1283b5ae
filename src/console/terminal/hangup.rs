//! Whether the terminal is gone: its window was closed, or the line broke.
//!
//! crossterm reads a terminal that hung up for ever (an end of file is no event
//! to it), on the thread that asks it. So the end is looked for before it is
//! asked, and waited for beside it; SIGHUP alone may come too late.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::Stream;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use tokio::sync::oneshot;

/// Whether standard input hung up; one look, without waiting.
fn is_gone() -> bool {
    let stdin = io::stdin();
    let mut looked = [PollFd::new(&stdin, PollFlags::IN)];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    poll(&mut looked, Some(&at_once)).is_ok() && looked.iter().any(|stdin| stdin.revents().intersects(gone))
}

/// How long the console may take to end once its terminal is gone.
const PATIENCE: Duration = Duration::from_secs(1);

/// Told, by being dropped, that the console has ended.
#[derive(Default)]
pub(in crate::console) struct Ended(Arc<AtomicBool>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Waits until the terminal is gone. A thread of its own sleeps in the system
/// until then, and ends with the process. Where none can be had, this never
/// ends: the signals still do.
///
/// The look before reading and this wait leave a moment in which crossterm may
/// be caught for ever on the console's own thread. So where the console has not
/// ended [`PATIENCE`] after its terminal did, the process ends from here.
pub(in crate::console) async fn gone(console: Ended) {
    let (tell, told) = oneshot::channel();
    let ended = Arc::clone(&console.0);
    let watch = move || {
        let stdin = io::stdin();
        // No event is asked for: a hang-up is told all the same.
        let mut watched = [PollFd::new(&stdin, PollFlags::empty())];
        while poll(&mut watched, None).is_err_and(|error| error == Errno::INTR) {}
        // Nobody listens where the console has ended.
        let _ = tell.send(());
        std::thread::sleep(PATIENCE);
        if !ended.load(Ordering::Acquire) {
            tracing::error!("the terminal is gone and its reader is stuck: ending");
            std::process::exit(1);
        }
    };
    let is_watched = std::thread::Builder::new().name("hang-up".to_owned()).spawn(watch).is_ok();
    if !is_watched || told.await.is_err() {
        std::future::pending().await
    }
}

/// Input that ends where the terminal does.
pub(in crate::console) struct UntilGone<S>(pub S);

impl<S: Stream + Unpin> Stream for UntilGone<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if is_gone() {
            return Poll::Ready(None);
        }
        Pin::new(&mut self.0).poll_next(context)
    }
}

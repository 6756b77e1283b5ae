//! The one thread that speaks to the TPM.
//!
//! A TPM does one thing at a time, and a call into libtss2 cannot be ended from
//! outside. So the connection belongs to one thread, jobs come to it over a channel,
//! and it is the caller who stops waiting. A job whose caller has gone is not begun
//! any more. Where nothing comes for a while the connection is closed: a device
//! without a resource manager has room for one program only.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tss_esapi::Context;
use tss_esapi::handles::ObjectHandle;
use tss_esapi::utils::TpmsContext;

use super::{Choice, DeviceError};
use crate::tpm::link;

/// How long a caller waits for an ordinary command. A slow chip signs with RSA in half a second.
pub const TIME_OUT: Duration = Duration::from_secs(5);

/// How long a caller waits for a new key: a chip looks for RSA primes for up to a minute.
pub const TIME_OUT_OF_CREATION: Duration = Duration::from_secs(120);

/// After so long without work the connection is closed.
const IDLE: Duration = Duration::from_millis(500);

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A TPM, used through a thread of its own, which is started with the first use.
///
/// Dropping it closes it, see [`Tpm::close`].
#[derive(Debug)]
pub struct Tpm {
    which: Which,
    time_out: Duration,
    thread: Mutex<Thread>,
    /// A caller stopped waiting, and the thread has not come back since.
    stuck: Arc<AtomicBool>,
}

/// Which TPM a connection is opened to.
#[derive(Debug, Clone)]
enum Which {
    Given(Choice),
    /// Chosen with each opening: a device may come, and one that is missing is no error before it is needed.
    OfThisHost,
}

#[derive(Debug)]
enum Thread {
    NotStarted,
    Running { jobs: Sender<Job>, ended: Receiver<()>, handle: JoinHandle<()> },
    Ended,
}

impl Tpm {
    /// The TPM of this choice. Nothing is opened yet.
    #[must_use]
    pub fn new(choice: Choice) -> Self {
        Self::with_time_out(choice, TIME_OUT)
    }

    /// As [`Tpm::new`], with another time-out for ordinary commands.
    #[must_use]
    pub fn with_time_out(choice: Choice, time_out: Duration) -> Self {
        Self::of(Which::Given(choice), time_out)
    }

    /// The TPM that [`Choice::of_this_host`] finds, each time that a connection is opened.
    #[must_use]
    pub fn of_this_host() -> Self {
        Self::of(Which::OfThisHost, TIME_OUT)
    }

    fn of(which: Which, time_out: Duration) -> Self {
        Self { which, time_out, thread: Mutex::new(Thread::NotStarted), stuck: Arc::default() }
    }

    /// Has the thread do a job, and waits for it no longer than the time-out.
    pub(super) fn call<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, DeviceError> + Send + 'static,
    ) -> Result<T, DeviceError> {
        self.call_within(self.time_out, job)
    }

    /// As [`Tpm::call`], with a time-out of its own.
    pub(super) fn call_within<T: Send + 'static>(
        &self,
        time_out: Duration,
        job: impl FnOnce(&mut Connection) -> Result<T, DeviceError> + Send + 'static,
    ) -> Result<T, DeviceError> {
        link::load()?;
        // Nobody waits twice for a TPM that hangs.
        if self.stuck.load(Ordering::Acquire) {
            return Err(DeviceError::Stuck);
        }
        let given_up = Arc::new(AtomicBool::new(false));
        let (answer, answered) = mpsc::sync_channel(1);
        let abandoned = Arc::clone(&given_up);
        let stuck = Arc::clone(&self.stuck);
        self.send(Box::new(move |connection| {
            if !abandoned.load(Ordering::Acquire) {
                // Whoever asked may have gone.
                let _ = answer.send(connection.attempt(job));
                stuck.store(false, Ordering::Release);
            }
        }))?;
        match answered.recv_timeout(time_out) {
            Ok(done) => done,
            Err(RecvTimeoutError::Disconnected) => Err(DeviceError::Ended),
            Err(RecvTimeoutError::Timeout) => {
                given_up.store(true, Ordering::Release);
                self.stuck.store(true, Ordering::Release);
                // It may have come back between the two; if it comes back from now on, it says so itself.
                let Ok(done) = answered.try_recv() else { return Err(DeviceError::TimedOut(time_out)) };
                self.stuck.store(false, Ordering::Release);
                done
            }
        }
    }

    fn send(&self, job: Job) -> Result<(), DeviceError> {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*thread, Thread::NotStarted) {
            *thread = start(&self.which, Arc::clone(&self.stuck))?;
        }
        match &*thread {
            Thread::Running { jobs, .. } => jobs.send(job).map_err(|_ended| DeviceError::Ended),
            Thread::NotStarted | Thread::Ended => Err(DeviceError::Ended),
        }
    }

    /// Ends the thread, which flushes what it left in the TPM, and waits for that no longer than the time-out. From
    /// then on every use fails.
    pub fn close(&self) {
        let thread = std::mem::replace(
            &mut *self.thread.lock().unwrap_or_else(PoisonError::into_inner),
            Thread::Ended,
        );
        let Thread::Running { jobs, ended, handle } = thread else { return };
        drop(jobs);
        // A TPM that hangs already was waited for before.
        let patience = if self.stuck.load(Ordering::Acquire) { Duration::ZERO } else { self.time_out };
        if matches!(ended.recv_timeout(patience), Err(RecvTimeoutError::Disconnected)) {
            // It has ended, and no panic is left in it.
            let _ = handle.join();
        }
    }
}

impl Drop for Tpm {
    fn drop(&mut self) {
        self.close();
    }
}

fn start(which: &Which, stuck: Arc<AtomicBool>) -> Result<Thread, DeviceError> {
    let (jobs, waiting) = mpsc::channel::<Job>();
    let (alive, ended) = mpsc::channel();
    let which = which.clone();
    let body = move || {
        // Dropped with the thread, which is how others learn that it has ended.
        let _alive: Sender<()> = alive;
        work(&waiting, Connection::new(which), &stuck);
    };
    let handle = thread::Builder::new()
        .name("tpm".to_owned())
        .spawn(body)
        .map_err(|error| DeviceError::Internal(error.to_string()))?;
    Ok(Thread::Running { jobs, ended, handle })
}

fn work(waiting: &Receiver<Job>, mut connection: Connection, stuck: &AtomicBool) {
    loop {
        let job = if connection.context.is_some() {
            match waiting.recv_timeout(IDLE) {
                Ok(job) => job,
                Err(RecvTimeoutError::Timeout) => {
                    connection.close();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        } else {
            match waiting.recv() {
                Ok(job) => job,
                Err(_ended) => break,
            }
        };
        job(&mut connection);
        // Jobs that were given up in the meantime are through when the next one is taken.
        stuck.store(false, Ordering::Release);
    }
    connection.close();
}

/// What the thread owns.
pub(super) struct Connection {
    which: Which,
    /// What the TPM of the last opening is called.
    name: String,
    context: Option<Context>,
    /// Objects of the running job, to be flushed when it ends, however it ends.
    left: Vec<ObjectHandle>,
    /// Loaded keys, saved out of the TPM: each by its name. Loading one of these is quick, and nothing stays inside.
    pub(super) saved: HashMap<Vec<u8>, TpmsContext>,
}

impl Connection {
    fn new(which: Which) -> Self {
        Self { which, name: String::new(), context: None, left: Vec::new(), saved: HashMap::new() }
    }

    /// Does a job; a connection that broke is closed, so that the next job opens it anew.
    fn attempt<T>(
        &mut self,
        job: impl FnOnce(&mut Self) -> Result<T, DeviceError>,
    ) -> Result<T, DeviceError> {
        let done = catch_unwind(AssertUnwindSafe(|| job(self)));
        let done = done.unwrap_or_else(|_panic| Err(DeviceError::Internal("a job broke off".to_owned())));
        if done.as_ref().is_err_and(DeviceError::is_of_the_way) {
            self.close();
        } else {
            self.tidy();
        }
        done
    }

    /// The context, opened where it is not.
    pub(super) fn context(&mut self) -> Result<&mut Context, DeviceError> {
        if self.context.is_none() {
            let choice = match &self.which {
                Which::Given(choice) => choice.clone(),
                Which::OfThisHost => Choice::of_this_host()?,
            };
            choice.check()?;
            self.name = choice.name;
            let opened = Context::new(choice.configuration);
            self.context = Some(opened.map_err(|error| self.failed(&error))?);
        }
        self.context.as_mut().ok_or(DeviceError::Ended)
    }

    /// A command; what goes wrong gets our words.
    pub(super) fn command<T>(
        &mut self,
        command: impl FnOnce(&mut Context) -> tss_esapi::Result<T>,
    ) -> Result<T, DeviceError> {
        let done = command(self.context()?);
        done.map_err(|error| self.failed(&error))
    }

    /// A command whose failure its caller tells apart.
    pub(super) fn try_command<T>(
        &mut self,
        command: impl FnOnce(&mut Context) -> tss_esapi::Result<T>,
    ) -> Result<Result<T, tss_esapi::Error>, DeviceError> {
        Ok(command(self.context()?))
    }

    pub(super) fn failed(&self, error: &tss_esapi::Error) -> DeviceError {
        DeviceError::of(error, &self.name)
    }

    /// What the TPM is called; empty before it was opened.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// An object or session of this job: three of each is all that a TPM without a resource manager holds.
    pub(super) fn flush_after(&mut self, handle: ObjectHandle) {
        self.left.push(handle);
    }

    fn tidy(&mut self) {
        let left = std::mem::take(&mut self.left);
        let Some(context) = &mut self.context else { return };
        context.clear_sessions();
        let broken = left.into_iter().rev().any(|handle| context.flush_context(handle).is_err());
        if broken {
            // Closing tries once more, and forgets what the TPM does not know.
            self.context = None;
        }
    }

    fn close(&mut self) {
        self.left.clear();
        // Its own end flushes what it made.
        self.context = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A TPM that nothing is ever asked of: these jobs open no connection.
    fn tpm(time_out: Duration) -> Tpm {
        Tpm::with_time_out(Choice::named("TCTI", "device:/dev/none").unwrap(), time_out)
    }

    #[test]
    fn a_panic_in_a_job_is_an_error_and_the_thread_goes_on() {
        let tpm = tpm(Duration::from_secs(30));
        let broken = tpm.call::<()>(|_| panic!("on purpose"));
        assert!(matches!(broken, Err(DeviceError::Internal(_))), "{broken:?}");
        assert_eq!(tpm.call(|_| Ok(7)), Ok(7));
        assert_eq!(
            tpm.call(|connection| connection.command(|_| Ok(()))),
            Err(DeviceError::NoSuchDevice("/dev/none".into()))
        );
        tpm.close();
        assert_eq!(tpm.call(|_| Ok(7)), Err(DeviceError::Ended));
    }

    #[test]
    fn who_waited_too_long_goes_and_what_is_given_up_is_not_begun() {
        let tpm = tpm(Duration::from_millis(20));
        let (go_on, may_go_on) = mpsc::channel::<()>();
        let hangs = tpm.call(move |_| {
            let _ = may_go_on.recv();
            Ok(())
        });
        assert_eq!(hangs, Err(DeviceError::TimedOut(Duration::from_millis(20))));
        assert_eq!(tpm.call::<()>(|_| panic!("never begun")), Err(DeviceError::Stuck));
        tpm.stuck.store(false, Ordering::Release);
        let (begun, was_begun) = mpsc::channel();
        let queued = tpm.call(move |_| {
            let _ = begun.send(());
            Ok(())
        });
        assert!(queued.is_err());
        drop(go_on);
        let limit = std::time::Instant::now() + Duration::from_secs(30);
        while tpm.call_within(Duration::from_secs(30), |_| Ok(())).is_err() {
            assert!(std::time::Instant::now() < limit);
            thread::yield_now();
        }
        assert!(was_begun.try_recv().is_err());
    }
}

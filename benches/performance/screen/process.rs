//! What a process used, from `/proc`.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use crate::Outcome;
use crate::command::kilobytes;
use crate::machine::field;

/// The kernel tells times in hundredths of a second there, on every machine.
const TICK: Duration = Duration::from_millis(10);

/// What a process used up to a moment.
pub struct Usage {
    /// Its time on a processor, user and system, in whole hundredths of a second.
    ticks: Duration,
    /// The same of each thread by the scheduler's clock, and how often it waited
    /// (voluntary context switches).
    threads: BTreeMap<String, (Duration, u64)>,
}

/// What it used between two moments.
pub struct Used {
    /// utime + stime.
    pub ticks: Duration,
    /// The sum over its threads, by the scheduler.
    pub scheduled: Duration,
    /// Voluntary context switches of its threads: each is a wake-up later.
    pub wake_ups: u64,
}

impl Usage {
    pub fn of(process: u32) -> Outcome<Self> {
        let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
        // The name may hold spaces; it stands in parentheses.
        let (_, rest) = stat.rsplit_once(')').ok_or("/proc has no stat")?;
        let ticks: Vec<u32> =
            rest.split_whitespace().skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
        let mut threads = BTreeMap::new();
        for entry in fs::read_dir(format!("/proc/{process}/task"))? {
            let path = entry?.path();
            // A thread may end while we look.
            let Ok(schedule) = fs::read_to_string(path.join("schedstat")) else { continue };
            let Some(waits) = field(&path.join("status").to_string_lossy(), "voluntary_ctxt_switches") else {
                continue;
            };
            let time = schedule.split_whitespace().next().ok_or("the kernel keeps no schedstat")?.parse()?;
            let thread = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            threads.insert(thread, (Duration::from_nanos(time), waits.parse()?));
        }
        Ok(Self { ticks: TICK * ticks.iter().sum(), threads })
    }

    /// What was used since an earlier look. Threads that ended in between are
    /// missing in the scheduler's sum.
    pub fn since(&self, before: &Self) -> Used {
        let mut used = Used { ticks: self.ticks - before.ticks, scheduled: Duration::ZERO, wake_ups: 0 };
        for (thread, (time, waits)) in &self.threads {
            let (time_before, waits_before) = before.threads.get(thread).copied().unwrap_or_default();
            used.scheduled += time.saturating_sub(time_before);
            used.wake_ups += waits.saturating_sub(waits_before);
        }
        used
    }
}

/// Resident memory now and its peak, in KiB.
pub fn memory(process: u32) -> Outcome<(u64, u64)> {
    let status = format!("/proc/{process}/status");
    let of = |name| kilobytes(&status, name).ok_or("the process has ended");
    Ok((of("VmRSS")?, of("VmHWM")?))
}

//! libtss2 writes its errors to standard error, over whatever the screen shows.
//!
//! Its own switch is an environment variable, read when a library logs for the
//! first time. (tss-esapi writes to the `log` facade too; no logger of that facade
//! is ever installed by us, so those records go nowhere.)

use std::fs;

/// Tells libtss2 to write nothing. To be called first thing in main.
///
/// An environment may only be changed while no other thread can read it; the
/// threads are counted, and with more than one nothing is done.
///
/// Returns whether libtss2 will be quiet. An administrator's own `TSS2_LOG` is kept:
/// who sets it wants to read it (and sends standard error elsewhere).
pub fn keep_quiet() -> bool {
    if std::env::var_os("TSS2_LOG").is_some() {
        return true;
    }
    let alone = fs::read_dir("/proc/self/task").is_ok_and(|threads| threads.count() == 1);
    if alone {
        // SAFETY: this is the only thread, so nothing reads or writes the environment meanwhile.
        unsafe { std::env::set_var("TSS2_LOG", "all+NONE") };
    }
    alone
}

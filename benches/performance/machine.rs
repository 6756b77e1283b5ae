//! On what machine it was measured.

use std::fs;

/// Processor, cores, memory, kernel and load in one line.
pub fn words() -> String {
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.split(' ').next().and_then(|kilobytes| kilobytes.parse::<u64>().ok()))
        .map_or_else(|| "unknown memory".to_owned(), |kilobytes| format!("{} GiB", kilobytes >> 20));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    // What else it did.
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("unknown");
    format!("{processor}, {cores} cores, {memory}, Linux {}, load {load} before", kernel.trim())
}

/// The first value of `name` in a file of `name: value` lines.
pub fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.trim() == name)
        .map(|(_, value)| value.trim().to_owned())
}

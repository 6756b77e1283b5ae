//! Paths that no measurement has.

use super::report::{Report, shown};
use crate::policy::document::{Entry, Policy};

/// `PATH_MAX` of Linux.
const MAX_PATH: usize = 4096;

/// Folders that are links to `/usr` where the merge was made.
const MERGED: [&[u8]; 6] = [b"/bin/", b"/sbin/", b"/lib/", b"/lib64/", b"/lib32/", b"/libx32/"];

const SPACE: u8 = 1;
const STRANGE: u8 = 2;

/// What a byte of a path calls for.
const fn kind(byte: u8) -> u8 {
    match byte {
        b' ' => SPACE,
        0..=0x1f | 0x7f..=0xff => STRANGE,
        _ => 0,
    }
}

pub(super) fn judge(policy: &Policy, report: &mut Report) {
    let digests = policy.digests();
    if digests.is_empty() {
        report.add("no-digests", Some(digests.span().start()), "", || {
            "the policy has no digests: every measured file fails that no exclude matches".to_owned()
        });
        return;
    }
    if digests.find("boot_aggregate").is_none() {
        report.add("boot-aggregate-missing", Some(digests.span().start()), "", || {
            "boot_aggregate has no digest; the verifier adds it from the measured-boot log, where there is one"
                .to_owned()
        });
    }
    let has_lists = digests.digest_count() > digests.len();
    let mut merged = (0_usize, None);
    for entry in digests.entries() {
        path(entry, report);
        if MERGED.iter().any(|folder| entry.name.raw.starts_with(folder)) {
            merged = (merged.0 + 1, merged.1.or(Some(entry)));
        }
        if has_lists {
            repeated(entry, report);
        }
    }
    if let (number, Some(first)) = merged {
        let hint = "Make the policy from the running system, or list both paths.";
        report.add("path-before-merge", Some(first.name.offset), hint, || {
            let below = format!("/usr{}", first.path());
            let note = if digests.find(&below).is_some() { " (this one is listed there too)" } else { "" };
            format!(
                "{number} paths in /bin, /sbin or /lib, the first is {}{note}: where these are links to /usr, the \
                 kernel logs {}",
                shown(&first.path()),
                shown(&below)
            )
        });
    }
}

fn path(entry: Entry<'_>, report: &mut Report) {
    let raw = entry.name.raw;
    let place = Some(entry.name.offset);
    let all = raw.iter().fold(0, |all, byte| all | kind(*byte));
    let is_plain = raw.first() == Some(&b'/') && all == 0 && !entry.name.escaped && raw.len() <= MAX_PATH;
    if is_plain && is_normal(raw) || raw == b"boot_aggregate" {
        return;
    }
    let path = entry.path();
    if path.starts_with("%keyring:") {
        let hint = "Move it to keyrings, without %keyring:.";
        report.add("keyring-prefix", place, hint, || {
            format!("the path {} is a keyring of a flat allow-list and never matches", shown(&path))
        });
    } else if !path.starts_with('/') {
        report.add("path-not-absolute", place, "", || {
            format!("the path {} does not begin with /: no measured file has it", shown(&path))
        });
    } else if !is_normal(path.as_bytes()) {
        report.add("path-not-normal", place, "", || {
            format!("the path {} is not as the kernel writes it, so it never matches", shown(&path))
        });
    }
    if path.contains(' ') {
        report.add("path-with-space", place, "Write _ for each space.", || {
            format!(
                "the path {} has a space; IMA's log has _ in its place, so it never matches",
                shown(&path)
            )
        });
    }
    if path.len() > MAX_PATH {
        report.add("path-too-long", place, "", || {
            format!("the path {} has {} bytes; Linux has none above {MAX_PATH}", shown(&path), path.len())
        });
    } else if is_strange(&path) {
        report.add("path-strange-characters", place, "Make sure that it is what it seems to be.", || {
            format!("the path {} has control, direction or invisible characters", shown(&path))
        });
    }
}

/// Whether there is no part that the kernel would have resolved.
fn is_normal(path: &[u8]) -> bool {
    let mut before = b'x';
    let mut dots_from = None;
    for (index, byte) in path.iter().enumerate() {
        match (before, byte) {
            (b'/', b'/') => return false,
            (b'/', b'.') => dots_from = Some(index),
            _ => {}
        }
        if *byte == b'/'
            && dots_from.is_some_and(|from| {
                index - from <= 2
                    && path.get(from..index).is_some_and(|part| part.iter().all(|one| *one == b'.'))
            })
        {
            return false;
        }
        before = *byte;
    }
    !(path.len() > 1 && path.ends_with(b"/") || path.ends_with(b"/.") || path.ends_with(b"/.."))
}

/// Whether the sanitiser would make something visible: it doubles backslashes, which are harmless here.
fn is_strange(path: &str) -> bool {
    path.chars().any(char::is_control)
        || !path.is_ascii() && {
            let shown = crate::text::sanitise_to(path, MAX_PATH);
            shown.as_str().matches('\\').count() != path.matches('\\').count() * 2
        }
}

fn repeated(entry: Entry<'_>, report: &mut Report) {
    // One with a very long list is looked at only at its beginning.
    let digests: Vec<_> = entry.digests().take(200).collect();
    for (index, digest) in digests.iter().enumerate() {
        if digests.iter().take(index).any(|before| before.same(*digest)) {
            report.add("digest-repeated", Some(digest.offset), "", || {
                format!("the path {} has the digest {} twice", shown(&entry.path()), shown(&digest.value()))
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_kernel_are_normal() {
        for path in ["/", "/a", "/a/b", "/a/.b", "/a/..b", "/a/...", "/a/b.", "/.../x", "/a.b/..c/d"] {
            assert!(is_normal(path.as_bytes()), "{path}");
        }
        for path in ["//a", "/a//b", "/a/", "/a/.", "/a/..", "/./a", "/../a", "/a/./b", "/a/../b"] {
            assert!(!is_normal(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn only_what_the_sanitiser_changes_is_strange() {
        for path in ["/a\\b", "/Főtanúsítvány", "/日本\\x"] {
            assert!(!is_strange(path), "{path}");
        }
        for path in ["/a\u{1b}[2J", "/a\u{202e}b", "/ő\u{200b}", "/a\nb"] {
            assert!(is_strange(path), "{path:?}");
        }
    }
}

//! What a change does to a text, as a unified diff that shows no secret.

use std::path::Path;
use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices_deadline, group_diff_ops};

use super::conceal::conceal;
use crate::text::sanitise;

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// How long the smallest diff is looked for; then a larger one does.
const PATIENCE: Duration = Duration::from_secs(2);

/// The diff, with a line feed at its end; empty where the texts are the same.
pub fn unified(name: &Path, old: &str, new: &str) -> String {
    let (old_lines, new_lines) = (lines(old), lines(new));
    let deadline = Instant::now().checked_add(PATIENCE);
    let operations = capture_diff_slices_deadline(Algorithm::Myers, &old_lines, &new_lines, deadline);
    // Compared is what is written, shown is what may be seen: line for line the same.
    let (old_shown, new_shown) = (conceal(old, &[], false), conceal(new, &[], false));
    let (old, new) = (lines(&old_shown.text), lines(&new_shown.text));
    let name = sanitise(&name.to_string_lossy());
    let mut diff = String::new();
    for hunk in group_diff_ops(operations, CONTEXT) {
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { continue };
        if diff.is_empty() {
            diff.push_str(&format!("--- {name}\n+++ {name}\n"));
        }
        let range = |start: usize, end: usize| match end - start {
            // The line before it, as diff(1) has it.
            0 => format!("{start},0"),
            1 => format!("{}", start + 1),
            count => format!("{},{count}", start + 1),
        };
        diff.push_str(&format!(
            "@@ -{} +{} @@\n",
            range(first.old_range().start, last.old_range().end),
            range(first.new_range().start, last.new_range().end)
        ));
        for operation in hunk {
            push(&mut diff, &operation, &old, &new);
        }
    }
    diff
}

fn push(diff: &mut String, operation: &DiffOp, old: &[&str], new: &[&str]) {
    let mut side = |mark: char, lines: &[&str], range: std::ops::Range<usize>| {
        for line in range.map(|index| lines.get(index).copied().unwrap_or("***\n")) {
            diff.push(mark);
            diff.push_str(&shown(line));
        }
    };
    match operation.tag() {
        DiffTag::Equal => side(' ', old, operation.old_range()),
        DiffTag::Delete | DiffTag::Insert | DiffTag::Replace => {
            side('-', old, operation.old_range());
            side('+', new, operation.new_range());
        }
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// A line with its end. Tabs stay: a diff is to be read as the file is.
fn shown(line: &str) -> String {
    let (text, end) = match line.strip_suffix('\n') {
        Some(text) => (text, "\n"),
        None => (line, "\n\\ No newline at end of file\n"),
    };
    let (text, end) = match text.strip_suffix('\r') {
        Some(text) => (text, format!("\r{end}")),
        None => (text, end.to_owned()),
    };
    let parts: Vec<_> = text.split('\t').map(|part| sanitise(part).into_string()).collect();
    format!("{}{end}", parts.join("\t"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(old: &str, new: &str) -> String {
        unified(Path::new("f"), old, new)
    }

    #[test]
    fn it_reads_as_diff_writes_it() {
        assert_eq!(diff("a\n", "a\n"), "");
        assert_eq!(diff("", "a\n"), "--- f\n+++ f\n@@ -0,0 +1 @@\n+a\n");
        assert_eq!(
            diff("1\n2\n3\n4\n5\n6", "1\n2\n3\n4\nfive\r\n6"),
            "--- f\n+++ f\n@@ -2,5 +2,5 @@\n 2\n 3\n 4\n-5\n+five\r\n 6\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn it_shows_that_a_secret_changed_but_no_secret() {
        let text =
            "a = \"https://user:OLD@host\" # \u{1b}[31m\ttpm_ownerpassword\nserver_key_password = 'OLD'\n";
        let shown = diff(text, &text.replace("OLD", "NEW"));
        assert!(!shown.contains("OLD") && !shown.contains("NEW") && !shown.contains('\u{1b}'), "{shown}");
        assert!(
            shown.contains("-a = \"https://***@host\"") && shown.contains("+server_key_password = "),
            "{shown}"
        );
    }
}

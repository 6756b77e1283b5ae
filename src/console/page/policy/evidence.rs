//! What is said above the digests with metadata: how many came out how, which
//! root judged and how old that is, how far the judging is.

use jiff::Timestamp;

use super::lists::LIMIT;
use super::view::bar_of;
use crate::console::glyph;
use crate::console::keymap::Context;
use crate::console::page::verdicts;
use crate::console::state::{Coverage, EvidencePicture, Inspection, Judgement, Progress, State};
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, cut, wrap};
use crate::policy::evidence::Status;
use crate::text::sanitise_to;

/// Days after which a root is told to be old: Sigstore's own is renewed several
/// times a year.
const OLD_DAYS: i64 = 365;

/// What is said of an old root first.
const OLD: &str = "The root may be old";

/// Characters of a hash that tell it from others.
const SHORT: usize = 12;

/// Columns of an instance's address at most.
const INSTANCE: usize = 40;

/// How many came out how, which root judged, and how far it is.
pub(super) fn head(state: &State, inspection: &Inspection, all: usize, columns: usize) -> Vec<StyledLine> {
    let Some(judgement) = inspection.judgement() else {
        let key = state.keymap.keys_of(Context::Policy, "evidence.write").next();
        let key = key.unwrap_or_else(|| ":evidence".to_owned());
        let words = format!(
            "{} · no evidence was given. {key} names a folder of Sigstore bundles, and the trusted root where \
             it is not the folder's own trusted_root.json; nothing is fetched.",
            demands(all)
        );
        return lines_of(Role::Text, &words, columns);
    };
    let coverage = judgement.coverage;
    let demanding = all.saturating_sub(coverage.judged - coverage.demanding);
    let mut lines = vec![covered(coverage, demanding, state.ascii, columns)];
    match (&judgement.trouble, &judgement.evidence) {
        (Some(trouble), None) => {
            lines.extend(lines_of(Role::Bad, &format!("Not judged: {trouble}"), columns));
            return lines;
        }
        (_, Some(evidence)) => lines.push(root(&evidence.0, columns)),
        (None, None) => {
            let root = judgement.place.root_file();
            let words = format!("with the root {}", sanitise_to(&root.to_string_lossy(), LIMIT));
            lines.push(StyledLine::new().with(Role::Dim, cut(&words, columns).into_owned()));
        }
    }
    lines.push(condition(state, judgement, all, columns));
    lines
}

fn demands(number: usize) -> String {
    verdicts::some_of(number, "digest with demands", "digests with demands")
}

fn lines_of(role: Role, words: &str, columns: usize) -> Vec<StyledLine> {
    wrap(words, columns).into_iter().map(|line| StyledLine::new().with(role, line)).collect()
}

/// `12 digests with demands · 9 with evidence · 7 passed`, and the others: in
/// signs where there is no room for words.
fn covered(coverage: Coverage, demanding: usize, ascii: bool, columns: usize) -> StyledLine {
    let dot = if ascii { " - " } else { " · " };
    let line = |(has_words, is_narrow): (bool, bool)| {
        let all = if is_narrow { format!("{demanding} demanded") } else { demands(demanding) };
        let passed = match (is_narrow, glyph::outcome(Some(Status::Passed), ascii)) {
            (true, (sign, ..)) => format!("{sign} {}", coverage.passed),
            (false, (_, word, _)) => format!("{} {word}", coverage.passed),
        };
        let mut line = StyledLine::new()
            .with(Role::Strong, all)
            .with(Role::Dim, dot)
            .with(Role::Text, format!("{} with evidence", coverage.with_evidence))
            .with(Role::Dim, dot)
            .with(Role::Good, passed);
        let rest = [(Status::Failed, coverage.failed), (Status::NotEvaluated, coverage.not_evaluated)];
        for (status, number) in rest.into_iter().filter(|(_, number)| *number > 0) {
            let (sign, word, role) = glyph::outcome(Some(status), ascii);
            let words = if has_words { format!("{number} {word}") } else { format!("{sign} {number}") };
            line = line.with(Role::Dim, dot).with(role, words);
        }
        line
    };
    widest([(true, false), (false, false), (false, true)], columns, line)
}

/// The first form that has room, else the last one.
fn widest<F, const N: usize>(
    forms: [F; N],
    columns: usize,
    mut line: impl FnMut(F) -> StyledLine,
) -> StyledLine {
    let mut made = StyledLine::new();
    for form in forms {
        made = line(form);
        if made.width() <= columns {
            break;
        }
    }
    made
}

/// Which root judged: its instance, its hash, and how old it is at least.
pub(super) fn root(evidence: &EvidencePicture, columns: usize) -> StyledLine {
    let instance = evidence.instance.strip_prefix("https://").unwrap_or(&evidence.instance);
    let instance = if instance.is_empty() { "of no instance" } else { instance };
    let sum = evidence.root_sha256.get(..SHORT).unwrap_or(&evidence.root_sha256);
    let age = match evidence.newest_key {
        None => "its keys have no dates".to_owned(),
        Some(newest) => {
            let age = age(newest, evidence.judged_at);
            let date =
                if columns >= 100 { format!("of {}, ", newest.strftime("%Y-%m-%d")) } else { String::new() };
            format!("newest key {date}{age} old")
        }
    };
    let role = if is_old(evidence) { Role::Warn } else { Role::Dim };
    let log = if evidence.logs == 0 { "no log in it   " } else { "" };
    let line = |(name, before, after): (&str, &str, &str)| {
        StyledLine::new()
            .with(Role::Dim, "root ")
            .with(Role::Text, name.to_owned())
            .with(Role::Dim, format!("{before}{after}"))
            .with(Role::Warn, log)
            .with(role, age.clone())
    };
    let instance = cut(instance, INSTANCE);
    // How old it is stands last, and is what must not be cut off.
    let needed = "root ".len() + 1 + log.len() + age.len();
    let name = cut(&instance, columns.saturating_sub(needed));
    let (long, short) = (format!("   sha256 {sum}"), format!(" {sum}"));
    let forms = [(&*instance, long.as_str(), "   "), (&*instance, short.as_str(), " "), (&*name, "", " ")];
    widest(forms, columns, line)
}

/// Whether the newest key of a root is so old that the root may be, too.
pub(super) fn is_old(evidence: &EvidencePicture) -> bool {
    evidence.newest_key.is_none_or(|newest| days(newest, evidence.judged_at) > OLD_DAYS)
}

fn days(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).as_hours() / 24
}

fn age(from: Timestamp, to: Timestamp) -> String {
    let days = usize::try_from(days(from, to)).unwrap_or(0);
    match days {
        0..60 => verdicts::some(days, "day"),
        60..730 => verdicts::some(days / 30, "month"),
        _ => verdicts::some(days / 365, "year"),
    }
}

/// What an old root means, in words.
pub(super) fn old_words(evidence: &EvidencePicture) -> Option<String> {
    is_old(evidence).then(|| {
        let since = evidence.newest_key.map(|newest| format!(" since {}", newest.strftime("%Y-%m-%d")));
        let since = since.unwrap_or_default();
        format!("{OLD}: what was revoked{since} still passes.")
    })
}

/// How far it is, that it was given up, or what to know of root and bundles.
fn condition(state: &State, judgement: &Judgement, all: usize, columns: usize) -> StyledLine {
    if judgement.is_at_work() {
        let progress = match judgement.progress {
            progress if progress.step.is_empty() => Progress { step: "reading evidence", ..progress },
            progress => progress,
        };
        let words = match progress.total {
            0 => String::new(),
            total => format!("{} of {total}", progress.done.min(total)),
        };
        let hint = "   esc gives it up";
        return bar_of(Some(progress), &words, state.ascii, columns.saturating_sub(hint.len()))
            .with(Role::Dim, hint);
    }
    if let Some(trouble) = &judgement.trouble {
        return StyledLine::new()
            .with(Role::Bad, cut(&format!("Not all judged: {trouble}"), columns).into_owned());
    }
    if judgement.is_given_up {
        let words =
            format!("Given up: {} of {all} were judged; :evidence judges anew.", judgement.coverage.judged);
        return StyledLine::new().with(Role::Warn, words);
    }
    let Some(evidence) = &judgement.evidence else { return StyledLine::new() };
    let evidence = &evidence.0;
    let unreadable = match evidence.unreadable {
        0 => String::new(),
        number => {
            format!("{} unreadable: see the log", verdicts::some_of(number, "bundle is", "bundles are"))
        }
    };
    match (old_words(evidence), unreadable.is_empty()) {
        (Some(old), is_whole) => {
            let gap = if is_whole { "" } else { "   " };
            let short = if is_whole { String::new() } else { format!("{} unreadable", evidence.unreadable) };
            let line = |(old, unreadable): (&str, &str)| {
                StyledLine::new()
                    .with(Role::Warn, old.to_owned())
                    .with(Role::Bad, format!("{gap}{unreadable}"))
            };
            let revoked = old.strip_prefix(OLD).unwrap_or(&old).trim_start_matches([':', ' ']);
            let less = format!("Old root: {revoked}");
            let least = "The root may be old.";
            let forms: [(&str, &str); 5] =
                [(&old, &unreadable), (&old, &short), (&less, &short), (least, &unreadable), (least, &short)];
            widest(forms, columns, line)
        }
        (None, false) => StyledLine::new().with(Role::Bad, unreadable),
        (None, true) => {
            let folder = sanitise_to(&judgement.place.folder, LIMIT);
            let words = format!("{} in {folder}", verdicts::some(evidence.bundles, "bundle"));
            StyledLine::new().with(Role::Dim, cut(&words, columns).into_owned())
        }
    }
}

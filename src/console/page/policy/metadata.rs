//! Metadata: which digests more is demanded for, what came of it, with which
//! root, and which paths have such a digest.

use jiff::Timestamp;
use ratatui::layout::Rect;

use super::lists::{LIMIT, sought_line};
use super::view::bar_of;
use crate::console::glyph;
use crate::console::keymap::Context;
use crate::console::page::verdicts;
use crate::console::state::{
    Check, Coverage, Document, EvidencePicture, Inspection, Judgement, METADATA_HEAD, OutcomeFilter,
    Progress, State, Tab,
};
use crate::console::theme::Role;
use crate::console::widget::Painter;
use crate::console::widget::styled::{StyledLine, cut, labelled, wrap};
use crate::console::widget::table::{self, Cell, Column, Rows, Window};
use crate::policy::evidence::Status;
use crate::text::{sanitise_to, shown_to};

/// Paths of a digest that are looked up for its one line.
const PATHS: usize = 1;

/// What holds for every check: a verifier of today reads none of them.
pub(super) const NOT_ENFORCED: &str = "not enforced by the verifier today";

/// Days after which a root is told to be old: Sigstore's own is renewed several
/// times a year.
const OLD_DAYS: i64 = 365;

/// Characters of a hash that tell it from others.
const SHORT: usize = 12;

/// Columns before what belongs to a check.
const INDENT: usize = 4;

/// Columns of an instance's address at most.
const INSTANCE: usize = 40;

/// What stands before a row that is marked.
const MARK: &str = "*";

const BASE: Column = Column { title: "", minimum: 0, ideal: 0, priority: 0, grows: false, is_right: false };

const COLUMNS: [Column; 3] = [
    Column { title: "OUTCOME", minimum: 15, ideal: 15, ..BASE },
    Column { title: "DIGEST", minimum: 30, ideal: 64, ..BASE },
    Column { title: "CHECKS", minimum: 24, ideal: 40, priority: 1, grows: true, ..BASE },
];

/// Draws the part into the area: how many came out how, the digests, and below
/// what is demanded for the selected one.
pub(super) fn draw(state: &State, inspection: &Inspection, painter: &mut Painter<'_>, area: Rect) {
    let document = &*inspection.policy().0.document;
    let (length, all) = (inspection.length(Tab::Metadata), document.demands());
    let columns = usize::from(area.width);
    painter.line(area.x, area.y, area.width, &first_line(inspection, all, length, columns));
    if all == 0 {
        let words = "No digest_metadata: nothing more is demanded of any digest.";
        painter.text(area.x, area.y + 2, area.width, words, Role::Text);
        return;
    }
    for (line, y) in head(state, inspection, all, columns).iter().take(METADATA_HEAD - 1).zip(area.y + 1..) {
        painter.line(area.x, y, area.width, line);
    }
    let top = area.y + u16::try_from(METADATA_HEAD).unwrap_or(0);
    if length == 0 {
        painter.text(area.x, top + 1, area.width, nothing_shown(inspection), Role::Text);
        return;
    }
    let rows = u16::try_from(state.size.policy_rows(Tab::Metadata)).unwrap_or(u16::MAX);
    let list = Rect { y: top, height: rows.saturating_add(1).min(area.bottom().saturating_sub(top)), ..area };
    let at = inspection.metadata().1;
    let window = Window { offset: at.offset(), length, selected: Some(at.place()), sorted_by: None };
    let placed = table::lay_out(&COLUMNS, area.width);
    table::draw(painter, list, &COLUMNS, &placed, window, &Demands { document, inspection });
    if !inspection.marks().is_empty() {
        for (row, y) in (at.offset()..length).zip(list.y + 1..list.bottom()) {
            let demand = inspection.demand_at(row);
            if demand.is_some_and(|demand| inspection.marks().contains(&*document.demanded(demand))) {
                painter.text(area.x.saturating_sub(1), y, 1, MARK, Role::Key);
            }
        }
    }
    let Some(demand) = inspection.selected_demand() else { return };
    let below = (list.bottom() + 1)..area.bottom();
    let lines = demanded(state, inspection, demand, columns, below.len());
    for (line, y) in lines.iter().zip(below) {
        painter.line(area.x, y, area.width, line);
    }
}

/// What is looked for, which outcome is shown, and how many are marked.
fn first_line(inspection: &Inspection, all: usize, found: usize, columns: usize) -> StyledLine {
    let line = sought_line(inspection, all, found, columns);
    let line = match inspection.outcome_filter() {
        OutcomeFilter::All => line,
        filter => line.with(Role::Key, format!("   only {}: {found}", filter.word())),
    };
    match inspection.marks().len() {
        0 => line,
        marked => line.with(Role::Key, format!("   {marked} marked")),
    }
}

fn nothing_shown(inspection: &Inspection) -> &'static str {
    let is_filtered = inspection.outcome_filter() != OutcomeFilter::All;
    match (is_filtered, inspection.judgement()) {
        (false, _) => "No such digest, and no check or path that holds this; esc clears it.",
        (true, None) => "Nothing was judged yet, so nothing came out so; esc shows all.",
        (true, Some(judgement)) if judgement.is_at_work() => "Nothing came out so yet; esc twice shows all.",
        (true, Some(_)) => "No digest came out so; esc shows all.",
    }
}

/// How many came out how, which root judged, and how far it is.
fn head(state: &State, inspection: &Inspection, all: usize, columns: usize) -> Vec<StyledLine> {
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
    let line = |has_words: bool| {
        let mut line = StyledLine::new()
            .with(Role::Strong, demands(demanding))
            .with(Role::Dim, dot)
            .with(Role::Text, format!("{} with evidence", coverage.with_evidence))
            .with(Role::Dim, dot)
            .with(Role::Good, format!("{} passed", coverage.passed));
        let rest = [(Status::Failed, coverage.failed), (Status::NotEvaluated, coverage.not_evaluated)];
        for (status, number) in rest.into_iter().filter(|(_, number)| *number > 0) {
            let (sign, word, role) = glyph::outcome(Some(status), ascii);
            let words = if has_words { format!("{number} {word}") } else { format!("{sign} {number}") };
            line = line.with(Role::Dim, dot).with(role, words);
        }
        line
    };
    let in_words = line(true);
    if in_words.width() <= columns { in_words } else { line(false) }
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
    StyledLine::new()
        .with(Role::Dim, "root ")
        .with(Role::Text, cut(instance, INSTANCE).into_owned())
        .with(Role::Dim, format!("   sha256 {sum}   "))
        .with(Role::Warn, log)
        .with(role, age)
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
        format!("The root may be old: what was revoked{since} still passes.")
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
        number => format!("{} unreadable", verdicts::some_of(number, "bundle is", "bundles are")),
    };
    match (old_words(evidence), unreadable.is_empty()) {
        (Some(old), true) => StyledLine::new().with(Role::Warn, old),
        (Some(old), false) => {
            StyledLine::new().with(Role::Warn, old).with(Role::Bad, format!("   {unreadable}"))
        }
        (None, false) => StyledLine::new().with(Role::Bad, unreadable),
        (None, true) => {
            let folder = sanitise_to(&judgement.place.folder, LIMIT);
            let words = format!("{} in {folder}", verdicts::some(evidence.bundles, "bundle"));
            StyledLine::new().with(Role::Dim, cut(&words, columns).into_owned())
        }
    }
}

/// The checks of a demand with what came of them.
pub(super) fn checks_of(inspection: &Inspection, demand: usize) -> Vec<Check> {
    let mut checks = inspection.policy().0.document.checks(demand);
    let Some(judgement) = inspection.judgement() else { return checks };
    match judgement.verdict(demand) {
        Some(verdict) => {
            for (check, (status, reason)) in checks.iter_mut().zip(verdict.checks.iter()) {
                check.status = *status;
                check.reason = reason.to_string();
            }
        }
        None => checks.iter_mut().for_each(|check| check.reason = "not judged yet".to_owned()),
    }
    checks
}

/// A check in lines: what came of it and why, and what is demanded.
pub(super) fn check_lines(check: &Check, ascii: bool, columns: usize) -> Vec<StyledLine> {
    let mut lines = check_parts(check, ascii, columns);
    let rest = lines.split_off(1).into_iter();
    let indented = |text: StyledLine| {
        let (role, text) = text.parts().next().map_or((Role::Text, ""), |(role, text)| (role, text));
        labelled(StyledLine::new(), INDENT, role, text, columns)
    };
    lines.extend(rest.flat_map(indented));
    lines
}

/// The same with each part in one line, cut where it has no room.
fn short_check_lines(check: &Check, ascii: bool, columns: usize) -> Vec<StyledLine> {
    let mut lines = check_parts(check, ascii, columns);
    for line in lines.iter_mut().skip(1) {
        let (role, text) = line.parts().next().map_or((Role::Text, ""), |(role, text)| (role, text));
        let text = cut(text, columns.saturating_sub(INDENT)).into_owned();
        *line = StyledLine::new().with(Role::Text, " ".repeat(INDENT)).with(role, text);
    }
    lines
}

/// Outcome and name, the reason, and the value where it has no room beside the
/// name.
fn check_parts(check: &Check, ascii: bool, columns: usize) -> Vec<StyledLine> {
    let (sign, word, role) = glyph::outcome(Some(check.status), ascii);
    let head =
        StyledLine::new().with(role, format!("  {sign} {word}  ")).with(Role::Text, check.name.clone());
    let value = StyledLine::new().with(Role::Text, format!(" = {}", check.value));
    let is_short = head.width() + value.width() <= columns;
    let mut lines = vec![if is_short { head.then(value) } else { head }];
    if !check.reason.is_empty() {
        lines.push(StyledLine::new().with(Role::Dim, check.reason.clone()));
    }
    if !is_short {
        lines.push(StyledLine::new().with(Role::Text, check.value.clone()));
    }
    lines
}

/// What is demanded, and of which paths, in as many lines as there is room for.
fn demanded(
    state: &State,
    inspection: &Inspection,
    demand: usize,
    columns: usize,
    room: usize,
) -> Vec<StyledLine> {
    let document = &*inspection.policy().0.document;
    let digest = document.demanded(demand);
    let mut lines = vec![
        StyledLine::new().with(Role::Strong, sanitise_to(&digest, LIMIT).into_string()),
        paths_line(state, document, &digest, columns),
        StyledLine::new().with(Role::Heading, format!("Demanded, but {NOT_ENFORCED}:")),
    ];
    let checks = checks_of(inspection, demand);
    let whole: Vec<_> = checks.iter().flat_map(|check| check_lines(check, state.ascii, columns)).collect();
    if lines.len() + whole.len() <= room {
        lines.extend(whole);
        return lines;
    }
    lines.extend(checks.iter().flat_map(|check| short_check_lines(check, state.ascii, columns)));
    if lines.len() > room && room > 0 {
        let hidden = lines.len() + 1 - room;
        lines.truncate(room - 1);
        let key = state.keymap.keys_of(Context::Policy, "evidence.explain").next();
        let key = key.unwrap_or_else(|| ":explain".to_owned());
        let more = verdicts::some_of(hidden, "line more", "lines more");
        lines.push(StyledLine::new().with(Role::Dim, format!("  {more}: {key} shows all of it")));
    }
    lines
}

/// How many paths have the digest, and one of them.
fn paths_line(state: &State, document: &dyn Document, digest: &str, columns: usize) -> StyledLine {
    let (entries, all) = document.entries_of(digest, PATHS);
    if all == 0 {
        let words = "No path of the policy has this digest: the checks can never run.";
        return StyledLine::new().with(Role::Warn, words);
    }
    let key = state.keymap.keys_of(Context::Policy, "policy.follow").next();
    let key = key.filter(|_| all > 1).map(|key| format!(" ({key} lists them)")).unwrap_or_default();
    let words = format!("{}{key}: ", verdicts::some_of(all, "path has it", "paths have it"));
    let first = entries.first().and_then(|entry| usize::try_from(*entry).ok());
    let path = first.map(|entry| sanitise_to(&document.path(entry), LIMIT).into_string()).unwrap_or_default();
    let path = cut(&path, columns.saturating_sub(words.len())).into_owned();
    StyledLine::new().with(Role::Heading, words).with(Role::Text, path)
}

struct Demands<'a> {
    document: &'a dyn Document,
    inspection: &'a Inspection,
}

impl Rows for Demands<'_> {
    fn cell(&self, row: usize, column: usize, cell: &mut Cell<'_, '_>) {
        let Some(demand) = self.inspection.demand_at(row) else { return };
        match column {
            0 => {
                let judgement = self.inspection.judgement();
                let status = match judgement.map(|judgement| judgement.verdict(demand)) {
                    Some(Some(verdict)) => verdict.status,
                    // It is still to come.
                    Some(None) => return cell.write(if cell.ascii() { "..." } else { "…" }, Role::Dim),
                    None => Some(Status::NotEvaluated),
                };
                let (sign, word, role) = glyph::outcome(status, cell.ascii());
                cell.print(role, format_args!("{sign} {word}"));
            }
            1 => {
                let digest = self.document.demanded(demand);
                cell.print(Role::Text, format_args!("{}", shown_to(&digest, LIMIT)));
            }
            _ => {
                let mut gap = "";
                self.document.check_names(demand, &mut |name| {
                    cell.print(Role::Dim, format_args!("{gap}{}", shown_to(name, 80)));
                    gap = ", ";
                });
            }
        }
    }
}

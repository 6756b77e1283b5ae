//! The help, made from the keymap, the table of commands and the words of the
//! model: it cannot be old.

use std::borrow::Cow;

use super::verdicts;
use crate::console::command::{self, Command};
use crate::console::filter::{FIELDS, FORMS};
use crate::console::glyph;
use crate::console::keymap::{Context, Row, sequence_text};
use crate::console::state::{Help, State};
use crate::console::theme::Role;
use crate::console::widget::prompt;
use crate::console::widget::styled::{StyledLine, labelled};
use crate::fleet::{Flag, Verdict};

/// Columns of the keys.
const KEYS: usize = 22;

/// All lines, as wide as the help has room: where it was opened comes first.
pub fn lines(state: &State, help: &Help) -> Vec<StyledLine> {
    let mut page = Page { help, width: usize::from(state.size.help_width()), lines: Vec::new(), found: 0 };
    let here = SECTIONS.iter().position(|(_, contexts)| *contexts == [help.place]);
    if let Some(here) = here {
        commands(state, &mut page, here, true);
    }
    for number in (0..SECTIONS.len()).filter(|number| Some(*number) != here) {
        commands(state, &mut page, number, false);
    }
    let unbound = command::all().filter(|command| {
        !command.is_for_lines() && !state.keymap.rows().iter().any(|row| row.command == command.id)
    });
    let named = unbound.map(|command| {
        let argument = command.argument().map(|argument| format!(" {}", argument.shown()));
        entry(help, command, format!(":{}{}", command.name(), argument.unwrap_or_default()))
    });
    page.section("By name in the palette", named.collect());
    words(state, &mut page);
    page.finished()
}

/// What holds for all of the console: columns, filters, verdicts, flags.
fn words(state: &State, page: &mut Page<'_>) {
    let columns = COLUMNS.map(|(title, words)| Entry::new(Role::Heading, title, words));
    page.section("Columns", columns.into());
    for (title, words) in super::help_hands::sections() {
        let entries = words.into_iter().map(|(label, text)| {
            let indent = if label.is_empty() { 0 } else { KEYS };
            Entry { indent, ..Entry::new(Role::Key, label, text) }
        });
        page.section(title, entries.collect());
    }
    let intro = "Terms stand side by side and all have to hold: text to look for, or field=value,value. \
                 ! before a term turns it around. Text with spaces or = goes into \"quotes\".";
    let fields = FIELDS.map(|(name, words)| Entry::new(Role::Key, format!("{name}="), words));
    let forms = FORMS.map(|(form, words)| Entry::new(Role::Key, form, words));
    let intro = Entry { indent: 0, ..Entry::new(Role::Text, "", intro) };
    page.section("Filter", [intro].into_iter().chain(fields).chain(forms).collect());
    let verdicts = Verdict::ALL.map(|verdict| {
        let label = verdicts::one(verdict, state.ascii);
        Entry::new(glyph::verdict_role(verdict), label, glyph::verdict_meaning(verdict))
    });
    page.section("Verdicts, the worst first", verdicts.into());
    let flags = Flag::ALL.map(|flag| Entry::new(Role::Warn, flag.word(), flag.words()));
    page.section("Flags", flags.into());
}

/// One thing that the help explains.
struct Entry {
    label: StyledLine,
    indent: usize,
    role: Role,
    text: Cow<'static, str>,
}

impl Entry {
    fn new(role: Role, label: impl Into<Cow<'static, str>>, text: impl Into<Cow<'static, str>>) -> Self {
        let label = StyledLine::new().with(role, label);
        Self { label, indent: KEYS, role: Role::Text, text: text.into() }
    }
}

/// What a command does, and why it cannot be had where the help was opened.
fn entry(help: &Help, command: &Command, keys: String) -> Entry {
    match help.refusal(command.id) {
        None => Entry::new(Role::Key, keys, command.doc),
        Some(reason) => {
            let text = format!("{} (not now: {reason})", command.doc);
            Entry { role: Role::Disabled, ..Entry::new(Role::Disabled, keys, text) }
        }
    }
}

/// The lines so far.
struct Page<'h> {
    help: &'h Help,
    width: usize,
    lines: Vec<StyledLine>,
    found: usize,
}

impl Page<'_> {
    fn section(&mut self, title: impl Into<Cow<'static, str>>, entries: Vec<Entry>) {
        let help = self.help;
        let shown = entries.into_iter().filter(|entry| {
            let label: String = entry.label.parts().map(|(_, text)| text).collect();
            help.shows(&format!("{label} {}", entry.text))
        });
        let mut title = Some(title.into());
        for entry in shown {
            if let Some(title) = title.take() {
                if !self.lines.is_empty() {
                    self.lines.push(StyledLine::new());
                }
                self.lines.push(StyledLine::new().with(Role::Strong, title));
            }
            self.found += 1;
            let lines = labelled(entry.label, entry.indent, entry.role, &entry.text, self.width);
            let sought = help.line.text();
            self.lines.extend(lines.into_iter().map(|line| sought.split_whitespace().fold(line, marked)));
        }
    }

    /// All lines; above them what is looked for.
    fn finished(self) -> Vec<StyledLine> {
        if self.help.line.text().is_empty() && !self.help.is_writing {
            return self.lines;
        }
        let found = match self.found {
            0 => "nothing holds this text".to_owned(),
            found => verdicts::some_of(found, "entry", "entries"),
        };
        let line = prompt::written("/", self.help.line.parts(), self.width, self.help.is_writing);
        let line = line.with(Role::Dim, format!("   {found}"));
        [line, StyledLine::new()].into_iter().chain(self.lines).collect()
    }
}

/// The line with a text marked in it, in either case.
fn marked(line: StyledLine, text: &str) -> StyledLine {
    let mut marked = StyledLine::new();
    let sought = text.to_ascii_lowercase();
    for (role, part) in line.parts() {
        let lower = part.to_ascii_lowercase();
        let mut from = 0;
        for (at, _) in lower.match_indices(&sought).filter(|_| role != Role::Found) {
            let (before, found) = (part.get(from..at), part.get(at..at + sought.len()));
            marked = marked.with(role, before.unwrap_or_default().to_owned());
            marked = marked.with(Role::Found, found.unwrap_or_default().to_owned());
            from = at + sought.len();
        }
        marked = marked.with(role, part.get(from..).unwrap_or_default().to_owned());
    }
    marked
}

/// What the columns say whose titles do not.
const COLUMNS: [(&str, &str); 5] = [
    ("OUR LOAD", "the share of the verifiers' time that our polls take"),
    ("GROUPS", "the group that has the agent, or how many have it"),
    ("COVER", "groups that attest the agent, of how many are wanted"),
    ("KEYLIME", "Keylime's own words: attestation status and operational state"),
    ("AGE", "time since the last success, by the server's own clock; with < less than that"),
];

/// Where a command is listed: at the first of these where it has a key.
const SECTIONS: [(&str, &[Context]); 21] = [
    (
        "Everywhere",
        &[
            Context::Overview,
            Context::Agents,
            Context::Events,
            Context::Log,
            Context::Servers,
            Context::Policies,
            Context::Detail,
        ],
    ),
    ("Overview", &[Context::Overview]),
    ("Group", &[Context::Group]),
    ("Agents", &[Context::Agents]),
    ("Events", &[Context::Events]),
    ("Log", &[Context::Log]),
    ("Servers", &[Context::Servers]),
    ("Policies", &[Context::Policies]),
    ("Policy", &[Context::Policy]),
    ("Trust", &[Context::Trust]),
    ("Identities", &[Context::Identities]),
    ("Before saving", &[Context::Comparison]),
    ("While a value is written", &[Context::Field]),
    ("Details", &[Context::Detail]),
    ("While columns are chosen", &[Context::Columns]),
    ("Help", &[Context::Help]),
    (
        "While something is written",
        &[Context::Search, Context::Field, Context::Filter, Context::Palette, Context::Words],
    ),
    ("While something is looked for", &[Context::Search]),
    ("While a filter is written", &[Context::Filter]),
    ("In the palette", &[Context::Palette]),
    ("At a question", &[Context::Question, Context::Words]),
];

/// The commands of a section; `is_here`: where the help was opened.
fn commands(state: &State, page: &mut Page<'_>, number: usize, is_here: bool) {
    let title = SECTIONS.get(number).map_or("", |(title, _)| *title);
    let listed = command::all()
        .filter_map(|command| keys(state, command.id, number).map(|keys| entry(page.help, command, keys)));
    let entries = listed.collect();
    page.section(if is_here { format!("Here: {title}").into() } else { Cow::Borrowed(title) }, entries);
}

/// The keys of a command that hold in all contexts of a section and are listed
/// in no earlier one.
fn keys(state: &State, command: &str, section: usize) -> Option<String> {
    let contexts = |number: usize| SECTIONS.get(number).map_or(&[][..], |(_, contexts)| *contexts);
    let holds = |row: &Row, number: usize| contexts(number).iter().all(|one| row.contexts.contains(one));
    let keys: Vec<_> = state
        .keymap
        .rows()
        .iter()
        .filter(|row| row.command == command && holds(row, section))
        .filter(|row| !(0..section).any(|earlier| contexts(earlier).len() > 1 && holds(row, earlier)))
        .flat_map(|row| row.keys.iter().map(|keys| sequence_text(keys)))
        .collect();
    (!keys.is_empty()).then(|| keys.join(", "))
}

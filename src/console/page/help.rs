//! The help, made from the keymap, the table of commands and the words of the
//! model: it cannot be old.

use super::verdicts;
use crate::console::command;
use crate::console::filter::{FIELDS, FORMS};
use crate::console::glyph;
use crate::console::keymap::{Context, Row, sequence_text};
use crate::console::state::State;
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, labelled};
use crate::fleet::{Flag, Verdict};

/// Columns of the keys.
const KEYS: usize = 22;

/// All lines, as wide as the help has room.
pub fn lines(state: &State) -> Vec<StyledLine> {
    let width = usize::from(state.size.help_width());
    let mut lines = Vec::new();
    for (number, (title, _)) in SECTIONS.into_iter().enumerate() {
        section(&mut lines, title);
        for command in command::all() {
            if let Some(keys) = keys(state, command.id, number) {
                let label = StyledLine::new().with(Role::Key, keys);
                lines.extend(labelled(label, KEYS, Role::Text, command.doc, width));
            }
        }
    }
    section(&mut lines, "Columns");
    for (title, words) in COLUMNS {
        let label = StyledLine::new().with(Role::Heading, title);
        lines.extend(labelled(label, KEYS, Role::Text, words, width));
    }
    for (title, words) in super::help_hands::sections() {
        section(&mut lines, title);
        for (label, text) in words {
            let indent = if label.is_empty() { 0 } else { KEYS };
            let label = StyledLine::new().with(Role::Key, label);
            lines.extend(labelled(label, indent, Role::Text, text, width));
        }
    }
    section(&mut lines, "Filter");
    let intro = "Terms stand side by side and all have to hold: text to look for, or field=value,value. \
                 ! before a term turns it around. Text with spaces or = goes into \"quotes\".";
    lines.extend(labelled(StyledLine::new(), 0, Role::Text, intro, width));
    for (name, words) in FIELDS {
        let label = StyledLine::new().with(Role::Key, format!("{name}="));
        lines.extend(labelled(label, KEYS, Role::Text, words, width));
    }
    for (form, words) in FORMS {
        let label = StyledLine::new().with(Role::Key, form);
        lines.extend(labelled(label, KEYS, Role::Text, words, width));
    }
    section(&mut lines, "Verdicts, the worst first");
    for verdict in Verdict::ALL {
        let label = StyledLine::new().with(glyph::verdict_role(verdict), verdicts::one(verdict, state.ascii));
        lines.extend(labelled(label, KEYS, Role::Text, glyph::verdict_meaning(verdict), width));
    }
    section(&mut lines, "Flags");
    for flag in Flag::ALL {
        let label = StyledLine::new().with(Role::Warn, flag.word());
        lines.extend(labelled(label, KEYS, Role::Text, flag.words(), width));
    }
    lines
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
const SECTIONS: [(&str, &[Context]); 12] = [
    ("Everywhere", &[Context::Overview, Context::Agents, Context::Events, Context::Log, Context::Detail]),
    ("Overview", &[Context::Overview]),
    ("Group", &[Context::Group]),
    ("Agents", &[Context::Agents]),
    ("Events", &[Context::Events]),
    ("Log", &[Context::Log]),
    ("Details", &[Context::Detail]),
    ("While columns are chosen", &[Context::Columns]),
    ("While something is written", &[Context::Filter, Context::Palette, Context::Words]),
    ("While a filter is written", &[Context::Filter]),
    ("In the palette", &[Context::Palette]),
    ("At a question", &[Context::Question, Context::Words]),
];

fn section(lines: &mut Vec<StyledLine>, title: &'static str) {
    if !lines.is_empty() {
        lines.push(StyledLine::new());
    }
    lines.push(StyledLine::new().with(Role::Strong, title));
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

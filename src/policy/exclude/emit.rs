//! A tree of Python's, written so that the Rust engines read the same.
//!
//! Nothing is left to the other dialect's reading: classes are spelled out as ranges of code points, flags are
//! worked in, and every element that the `regex` crate does not have marks the text as one for `fancy-regex`.

use std::fmt::Write as _;

use super::syntax::{ENDLESS, Flags, Greed, Item, Node, Place, Sequence};

/// Matches nothing.
const NEVER: &str = r"[^\s\S]";
/// `str.isspace` of Python.
const SPACE: &str =
    r"\x09-\x0D\x1C-\x20\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}";
/// `str.isalnum` of Python, and `_`.
const WORD: &str = r"\p{L}\p{N}_";

/// What was written.
pub(super) struct Emitted {
    /// The expression, without an anchor.
    pub(super) text: String,
    /// Whether the `regex` crate reads it too.
    pub(super) is_simple: bool,
    /// Why it cannot be carried over, where it cannot.
    pub(super) unsure: Option<&'static str>,
}

/// How `$` is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// As Python has it: also before a newline that ends the text.
    Exactly,
    /// For texts without a newline, which the fast engine can read.
    WithoutNewline,
}

struct Writer {
    out: Emitted,
    ends: Ends,
    /// The groups of this alternative that are referred to, in the order of their numbers.
    wanted: Vec<usize>,
    /// The groups that are closed already.
    closed: Vec<usize>,
    /// Repetitions around the place that is being written.
    repeats: usize,
}

/// Writes one alternative of the joined expression.
pub(super) fn emit(sequence: &[Node], ends: Ends) -> Emitted {
    let mut wanted = Vec::new();
    for node in sequence {
        references(node, &mut wanted);
    }
    wanted.sort_unstable();
    wanted.dedup();
    let mut seen = Vec::new();
    for node in sequence {
        groups(node, &mut seen);
    }
    // A group of another alternative has never matched when this one is tried.
    wanted.retain(|group| seen.contains(group));
    let out = Emitted { text: String::new(), is_simple: true, unsure: None };
    let mut writer = Writer { out, ends, wanted, closed: Vec::new(), repeats: 0 };
    writer.sequence(sequence);
    writer.out
}

fn each(node: &Node, visit: &mut dyn FnMut(&Node)) {
    visit(node);
    match node {
        Node::Group { body, .. }
        | Node::Atomic(body)
        | Node::Look { body, .. }
        | Node::Repeat { body, .. } => each(body, visit),
        Node::Branch(alternatives) => alternatives.iter().flatten().for_each(|inner| each(inner, visit)),
        Node::Conditional { yes, no, .. } => yes.iter().chain(no).for_each(|inner| each(inner, visit)),
        Node::Literal(..) | Node::Class { .. } | Node::Any(_) | Node::At(..) | Node::Reference(..) => {}
    }
}

fn references(node: &Node, found: &mut Vec<usize>) {
    each(node, &mut |node| match node {
        Node::Reference(group, _) | Node::Conditional { group, .. } => found.push(*group),
        _ => {}
    });
}

fn groups(node: &Node, found: &mut Vec<usize>) {
    each(node, &mut |node| {
        if let Node::Group { number: Some(number), .. } = node {
            found.push(*number);
        }
    });
}

impl Writer {
    fn put(&mut self, text: &str) {
        self.out.text.push_str(text);
    }

    fn hard(&mut self, text: &str) {
        self.out.is_simple = false;
        self.put(text);
    }

    fn sequence(&mut self, sequence: &[Node]) {
        for node in sequence {
            self.node(node);
        }
    }

    fn wrapped(&mut self, open: &str, body: &Node) {
        self.put(open);
        self.node(body);
        self.put(")");
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Literal(code, flags) => self.class(false, &[Item::Range(*code, *code)], *flags),
            Node::Class { negated, items, flags } => self.class(*negated, items, *flags),
            Node::Any(flags) => self.put(if flags.dot_all { r"[\s\S]" } else { r"[^\n]" }),
            Node::At(place, flags) => self.place(*place, *flags),
            Node::Group { number, body } => self.group(*number, body),
            Node::Branch(alternatives) => self.alternatives(alternatives),
            Node::Repeat { least, most, kind, body } => {
                if *kind == Greed::Possessive {
                    self.hard("(?>");
                }
                self.repeats += 1;
                self.wrapped("(?:", body);
                self.repeats -= 1;
                self.counts(*least, *most);
                match kind {
                    Greed::Greedy => {}
                    Greed::Lazy => self.put("?"),
                    Greed::Possessive => self.put(")"),
                }
            }
            Node::Atomic(body) => {
                self.out.is_simple = false;
                self.wrapped("(?>", body);
            }
            Node::Look { behind, negated, body } => {
                self.out.is_simple = false;
                self.wrapped(
                    match (behind, negated) {
                        (false, false) => "(?=",
                        (false, true) => "(?!",
                        (true, false) => "(?<=",
                        (true, true) => "(?<!",
                    },
                    body,
                );
            }
            Node::Reference(group, flags) => self.reference(*group, *flags),
            Node::Conditional { group, yes, no } => self.conditional(*group, yes, no),
        }
    }

    fn alternatives(&mut self, alternatives: &[Sequence]) {
        self.put("(?:");
        for (index, alternative) in alternatives.iter().enumerate() {
            if index > 0 {
                self.put("|");
            }
            self.sequence(alternative);
        }
        self.put(")");
    }

    fn counts(&mut self, least: u64, most: u64) {
        let text = match (least, most) {
            (0, ENDLESS) => "*".to_owned(),
            (1, ENDLESS) => "+".to_owned(),
            (least, ENDLESS) => format!("{{{least},}}"),
            (least, most) => format!("{{{least},{most}}}"),
        };
        self.put(&text);
    }

    fn group(&mut self, number: Option<usize>, body: &Node) {
        let captures = number.is_some_and(|number| self.wanted.contains(&number));
        if let Some(number) = number
            && captures
        {
            self.out.is_simple = false;
            self.wrapped("(", body);
            self.closed.push(number);
        } else {
            self.wrapped("(?:", body);
        }
    }

    /// The number that a group has in what is written.
    fn local(&self, group: usize) -> Option<usize> {
        self.wanted.iter().position(|wanted| *wanted == group).map(|index| index + 1)
    }

    fn reference(&mut self, group: usize, flags: Flags) {
        if flags.ignore_case {
            self.out.unsure = Some("a back-reference that ignores case");
        }
        match self.local(group) {
            Some(local) => self.hard(&format!("(?:\\{local})")),
            None => self.put(NEVER),
        }
    }

    fn conditional(&mut self, group: usize, yes: &[Node], no: &[Node]) {
        let is_closed = self.closed.contains(&group);
        if !is_closed && self.repeats > 0 && self.local(group).is_some() {
            self.out.unsure = Some("a condition on a group of another turn");
        }
        // A group that is still open counts as one that has not matched.
        let Some(local) = self.local(group).filter(|_| is_closed) else {
            self.put("(?:");
            self.sequence(no);
            return self.put(")");
        };
        self.hard(&format!("(?({local})(?:"));
        self.sequence(yes);
        self.put(")|(?:");
        self.sequence(no);
        self.put("))");
    }

    fn place(&mut self, place: Place, flags: Flags) {
        match place {
            Place::LineStart if flags.multiline => self.put("(?m:^)"),
            Place::LineStart | Place::TextStart => self.put(r"\A"),
            Place::LineEnd if flags.multiline => self.put("(?m:$)"),
            Place::LineEnd if self.ends == Ends::Exactly => self.hard(r"(?=\n?\z)"),
            Place::LineEnd | Place::TextEnd => self.put(r"\z"),
            Place::Boundary | Place::NoBoundary => {
                let word = if flags.ascii { "[a-zA-Z0-9_]" } else { r"[\p{L}\p{N}_]" };
                let text = if place == Place::Boundary {
                    format!("(?:(?<={word})(?!{word})|(?<!{word})(?={word}))")
                } else {
                    // Before Python 3.14 this does not match in an empty text.
                    format!(r"(?:(?!\A\z)(?:(?<={word})(?={word})|(?<!{word})(?!{word})))")
                };
                self.hard(&text);
            }
        }
    }

    fn class(&mut self, negated: bool, items: &[Item], flags: Flags) {
        let mut inner = String::new();
        for item in items {
            item_text(&mut inner, *item, flags);
        }
        let text = match (inner.is_empty(), negated) {
            (true, false) => NEVER.to_owned(),
            (true, true) => r"[\s\S]".to_owned(),
            (false, _) => {
                let sign = if negated { "^" } else { "" };
                if flags.ignore_case && !flags.ascii {
                    format!("(?i:[{sign}{inner}])")
                } else {
                    format!("[{sign}{inner}]")
                }
            }
        };
        self.put(&text);
    }
}

fn range(out: &mut String, low: u32, high: u32) {
    // Rust's text holds no surrogates, so they never match.
    for (low, high) in [(low, high.min(0xd7ff)), (low.max(0xe000), high)] {
        if low <= high {
            let _ = write!(out, r"\x{{{low:X}}}-\x{{{high:X}}}");
        }
    }
}

fn item_text(out: &mut String, item: Item, flags: Flags) {
    let (text, negated) = match item {
        Item::Range(low, high) => {
            range(out, low, high);
            if flags.ignore_case {
                other_cases(out, low, high, flags);
            }
            return;
        }
        Item::Digit { negated } => (if flags.ascii { "0-9" } else { r"\p{Nd}" }, negated),
        Item::Space { negated } => (if flags.ascii { r"\x09-\x0D\x20" } else { SPACE }, negated),
        Item::Word { negated } => (if flags.ascii { "a-zA-Z0-9_" } else { WORD }, negated),
    };
    if negated {
        let _ = write!(out, "[^{text}]");
    } else {
        out.push_str(text);
    }
}

/// What the other engine's folding does not know.
fn other_cases(out: &mut String, low: u32, high: u32, flags: Flags) {
    if flags.ascii {
        for (from, to, shift) in [(0x41_u32, 0x5a_u32, 32_i32), (0x61, 0x7a, -32)] {
            let (low, high) = (low.max(from), high.min(to));
            if low <= high {
                range(out, low.saturating_add_signed(shift), high.saturating_add_signed(shift));
            }
        }
    } else if [0x49, 0x69, 0x130, 0x131].iter().any(|code| (low..=high).contains(code)) {
        // Python takes the four letters i, with and without dots, for one.
        out.push_str(r"iI\x{130}\x{131}");
    }
}

//! The parts that are texts: summary, findings, keyrings.

use crate::console::glyph;
use crate::console::page::verdicts;
use crate::console::state::{PolicyPicture, Tone};
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, labelled};
use crate::policy::Severity;

/// Columns of a label.
const LABEL: usize = 16;

/// The role of a tone.
pub(super) fn role(tone: Tone) -> Role {
    match tone {
        Tone::Plain => Role::Text,
        Tone::Good => Role::Good,
        Tone::Warn => Role::Warn,
        Tone::Bad => Role::Bad,
        Tone::Dim => Role::Dim,
    }
}

/// A page of labelled lines.
struct Page {
    lines: Vec<StyledLine>,
    columns: usize,
}

impl Page {
    fn say(&mut self, label: &'static str, role: Role, words: &str) {
        let label = StyledLine::new().with(Role::Dim, label);
        self.lines.extend(labelled(label, LABEL, role, words, self.columns));
    }

    fn title(&mut self, title: &'static str) {
        if !self.lines.is_empty() {
            self.lines.push(StyledLine::new());
        }
        self.lines.push(StyledLine::new().with(Role::Heading, title));
    }
}

/// What it is, and who says what of it.
pub(super) fn summary(policy: &PolicyPicture, ascii: bool, columns: usize) -> Vec<StyledLine> {
    let mut page = Page { lines: Vec::new(), columns };
    page.title("What we say");
    let (sign, word, role) = glyph::signature(policy.signature, ascii);
    page.say("signature", role, &format!("{sign} {word}"));
    let (sign, word, role) = glyph::policy(policy.verdict, ascii);
    page.say("policy", role, &format!("{sign} {word}"));
    let found = |severity| policy.count(severity);
    let counted = [
        verdicts::some(found(Severity::Error), "error"),
        verdicts::some(found(Severity::Warning), "warning"),
        verdicts::some(found(Severity::Info), "note"),
    ];
    let role = if found(Severity::Error) > 0 { Role::Bad } else { Role::Text };
    page.say("findings", role, &counted.join(", "));
    page.title("What today's verifier does with it");
    match &policy.verifier {
        None => page.say("", Role::Unknown, "not known"),
        Some(verifier) => {
            let says = |accepts| match accepts {
                true => (Role::Text, "accepts it"),
                false => (Role::Bad, "rejects it"),
            };
            let (role, words) = says(verifier.accepts);
            page.say("by default", role, words);
            let (role, words) = says(verifier.accepts_if_required);
            page.say("signed only", role, words);
            page.say("because", Role::Text, &verifier.reason);
        }
    }
    page.title("Signers");
    for signer in &policy.signers {
        let (role, trusted) = match signer.is_trusted {
            true => (Role::Good, "trusted"),
            false => (Role::Warn, "self-asserted"),
        };
        let label = signer.label.as_ref().map(|label| format!(" as {label}")).unwrap_or_default();
        page.say("key", Role::Text, &signer.key_id);
        page.say("", role, &format!("{trusted}{label}, {}, {}", signer.algorithm, signer.source));
    }
    if policy.signers.is_empty() {
        page.say("", Role::Neutral, "nobody signed it");
    }
    page.say("judged at", Role::Text, &policy.judged_at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string());
    page.title("What it is");
    page.say("shape", Role::Text, &format!("{}: {}", policy.shape, policy.shape_words));
    page.say("kind", Role::Text, policy.kind.word());
    let counts = policy.counts;
    let words = format!(
        "{}, {}, {}, {}",
        verdicts::some(counts.paths, "path"),
        verdicts::some(counts.digests, "digest"),
        verdicts::some(counts.excludes, "exclude"),
        verdicts::some_of(counts.metadata, "digest with metadata", "digests with metadata")
    );
    page.say("holds", Role::Text, &words);
    page.say("size", Role::Text, &verdicts::some(policy.bytes, "byte"));
    page.say("sha256", Role::Text, &policy.sha256);
    if let Some(payload) = &policy.payload_sha256 {
        page.say("signed part", Role::Text, payload);
    }
    for (name, value) in &policy.members {
        page.say(name, Role::Text, value);
    }
    page.lines
}

/// What was found, the worst first, with what to do.
pub(super) fn findings(policy: &PolicyPicture, ascii: bool, columns: usize) -> Vec<StyledLine> {
    if policy.findings.is_empty() {
        return vec![StyledLine::new().with(Role::Good, "Nothing was found that is wrong or dangerous.")];
    }
    let mut lines = Vec::new();
    for finding in &policy.findings {
        let (sign, plain, role) = match finding.severity {
            Severity::Error => ("✗", "X", Role::Bad),
            Severity::Warning => ("▲", "!", Role::Warn),
            Severity::Info => ("·", "-", Role::Information),
        };
        let sign = if ascii { plain } else { sign };
        let place = finding.place.map(|(line, column)| format!("   line {line}, column {column}"));
        let head = StyledLine::new()
            .with(role, format!("{sign} {} {}", finding.severity.word(), finding.code))
            .with(Role::Dim, place.unwrap_or_default());
        lines.push(head);
        let indent = || StyledLine::new().with(Role::Text, "  ");
        lines.extend(labelled(indent(), 2, Role::Text, &finding.message, columns));
        if let Some(hint) = &finding.hint {
            lines.extend(labelled(indent(), 2, Role::Dim, &format!("→ {hint}"), columns));
        }
    }
    if policy.more_findings > 0 {
        let words = format!("{} more; `limescope policy lint` lists all", policy.more_findings);
        lines.push(StyledLine::new().with(Role::Strong, words));
    }
    lines
}

/// Keyrings, buffers and keys.
pub(super) fn keyrings(policy: &PolicyPicture, columns: usize) -> Vec<StyledLine> {
    let mut lines = Vec::new();
    for section in &policy.keyrings {
        if !lines.is_empty() {
            lines.push(StyledLine::new());
        }
        lines.push(StyledLine::new().with(Role::Heading, section.title.clone()));
        for (tone, words) in &section.lines {
            let indent = StyledLine::new().with(Role::Text, "  ");
            lines.extend(labelled(indent, 2, role(*tone), words, columns));
        }
    }
    if lines.is_empty() {
        lines.push(StyledLine::new().with(Role::Text, "No keyring, buffer or key is in it."));
    }
    lines
}

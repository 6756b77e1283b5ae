//! What is said of one address.

use super::LABEL;
use crate::console::theme::Role;
use crate::console::widget::spark::spark;
use crate::console::widget::styled::{StyledLine, labelled};
use crate::fleet::{AddressView, SLOWEST_STEP};
use crate::keylime::{
    AddressReport, AddressRole, AddressState, CertificateReport, Failure, Meaning, Negotiated, TlsReport,
};
use crate::text::{RemoteText, sanitise};

/// Characters of a distinguished name at most.
const NAME_LIMIT: usize = 160;

/// Names of a certificate that are told; the others are counted.
const NAMES: usize = 8;

/// All lines about the address, in so many columns.
pub(super) fn lines(address: &AddressView, ascii: bool, width: usize) -> Vec<StyledLine> {
    let title = StyledLine::new()
        .field(Role::Heading, address.role.word(), LABEL.max(address.role.word().len() + 2))
        .with(Role::Strong, sanitise(&address.address).into_string());
    let mut told = Told { lines: vec![title], width };
    let Some(report) = &address.report else {
        told.say("state", Role::Dim, "asking…");
        return told.lines;
    };
    state(report.failure.as_ref(), ascii, &mut told);
    told.say("use", Role::Text, used(address, report));
    told.say("API", Role::Text, &api(address.role, report.negotiated));
    if !address.latency_words.is_empty() {
        told.say("latency", Role::Text, &latency(address, ascii));
    }
    if let Some(tls) = &report.tls {
        certificates(tls, &mut told);
    }
    told.lines
}

struct Told {
    lines: Vec<StyledLine>,
    width: usize,
}

impl Told {
    fn say(&mut self, name: &'static str, role: Role, text: &str) {
        let label = StyledLine::new().with(Role::Dim, format!("  {name}"));
        self.lines.extend(labelled(label, LABEL, role, text, self.width));
    }
}

fn state(failure: Option<&Failure>, ascii: bool, told: &mut Told) {
    let Some(failure) = failure else {
        told.say("state", Role::Good, if ascii { "^ up" } else { "▲ up" });
        return;
    };
    let sign = if ascii { "v" } else { "▼" };
    let is_suspicious = failure.meaning == Meaning::ReselectAndWarn;
    let role = if is_suspicious { Role::Bad } else { Role::Warn };
    told.say("state", role, &format!("{sign} {}: {}", in_words(failure), failure.words));
    if is_suspicious {
        told.say("WARNING", Role::Bad, "somebody may be posing as this server: nothing it says is used");
    }
    told.say("next step", Role::Strong, failure.state.next_step());
}

/// A server that answered and refused is not down: it denies.
pub(in crate::console::page) fn in_words(failure: &Failure) -> &'static str {
    match (failure.state, failure.meaning) {
        (AddressState::Error, Meaning::Stay) => "answers, and refuses",
        (AddressState::ClientCertificateRefused, _) => "does not let us in",
        (AddressState::Refused, _) => "nobody listens there",
        (AddressState::TimedOut, _) => "no answer in time",
        (AddressState::Dns, _) => "its name does not resolve",
        (AddressState::UnknownCa, _) => "its certificate is from an unknown CA",
        (AddressState::NameMismatch, _) => "its certificate is for another name",
        (AddressState::Expired, _) => "its certificate is not valid now",
        (AddressState::NotKeylime, _) => "something else than Keylime answers",
        (AddressState::Up | AddressState::Error, _) => "gives no usable answer",
    }
}

fn used(address: &AddressView, report: &AddressReport) -> &'static str {
    match (address.role, address.in_use, &report.failure) {
        (AddressRole::RegistrarAgentFace, ..) => "only looked at: this face is for agents",
        (_, true, None) => "in use: drawn at random from its list, and kept until it fails",
        (_, true, Some(failure)) if failure.meaning == Meaning::Stay => {
            "in use: it answers, and another one would refuse as well"
        }
        (_, true, Some(_)) => "was in use; another one of its list is drawn",
        (_, false, None) => "stands by: one of its list is in use until it fails",
        (_, false, Some(_)) => "not used",
    }
}

pub(in crate::console::page) fn api(role: AddressRole, negotiated: Negotiated) -> String {
    match negotiated {
        Negotiated::Version(version) => format!("{version}"),
        Negotiated::Push if role == AddressRole::Verifier => "push: it tells no version".to_owned(),
        Negotiated::Push | Negotiated::Fallback => "it tells no version".to_owned(),
        Negotiated::Unknown => "not known: /version was not answered".to_owned(),
    }
}

fn latency(address: &AddressView, ascii: bool) -> String {
    match address.latency_steps.as_slice() {
        [] | [_] => address.latency_words.to_owned(),
        steps => {
            format!("{}, its changes so far {}", address.latency_words, spark(steps, SLOWEST_STEP, ascii))
        }
    }
}

fn certificates(tls: &TlsReport, told: &mut Told) {
    let version = tls.version.unwrap_or("TLS, refused before its version was settled");
    if tls.verified {
        told.say("TLS", Role::Text, &format!("{version}, chain and name checked"));
    } else {
        told.say("TLS", Role::Warn, &format!("{version}, NOT verified"));
    }
    for (number, certificate) in tls.chain.iter().enumerate() {
        told.say(if number == 0 { "certificate" } else { "above it" }, Role::Text, &subject(certificate));
        told.say("", Role::Dim, &format!("issued by {}", dn(&certificate.issuer)));
        if !certificate.names.is_empty() {
            told.say("", Role::Dim, &format!("for {}", names(&certificate.names)));
        }
        if let Some(validity) = validity(certificate) {
            told.say("", Role::Dim, &validity);
        }
    }
}

fn subject(certificate: &CertificateReport) -> String {
    let subject = dn(&certificate.subject);
    if subject.is_empty() { "(no subject)".to_owned() } else { subject }
}

pub(in crate::console::page) fn dn(name: &RemoteText) -> String {
    name.shown_to(NAME_LIMIT).into_string()
}

pub(in crate::console::page) fn names(names: &[RemoteText]) -> String {
    let mut shown: Vec<_> =
        names.iter().take(NAMES).map(|name| name.shown_to(NAME_LIMIT).into_string()).collect();
    if names.len() > NAMES {
        shown.push(format!("and {} more", names.len() - NAMES));
    }
    shown.join(", ")
}

/// Dates, not days that are left: they stand still.
fn validity(certificate: &CertificateReport) -> Option<String> {
    let day = |time: jiff::Timestamp| time.strftime("%Y-%m-%d %H:%M UTC").to_string();
    match (certificate.not_before.map(day), certificate.not_after.map(day)) {
        (Some(from), Some(to)) => Some(format!("valid from {from} to {to}")),
        (None, Some(to)) => Some(format!("valid to {to}")),
        (Some(from), None) => Some(format!("valid from {from}")),
        (None, None) => None,
    }
}

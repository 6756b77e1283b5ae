//! What a look at an address brought.

use jiff::Timestamp;

use crate::console::page::group::{api, dn, in_words, names};
use crate::console::state::Probe;
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, labelled};
use crate::keylime::{AddressReport, AddressRole, AddressState, Failure, Meaning};
use crate::servers::document::Mode;
use crate::servers::{Endpoint, Host};
use crate::tasks::Looked;
use crate::text::sanitise;

/// Columns before what is said of an address.
const INDENT: usize = 2;

/// Addresses of a name that are told; the others are counted.
const ADDRESSES: usize = 4;

/// All lines about the look, in so many columns.
/// `again` is the key that looks again.
pub(super) fn lines(probe: &Probe, mode: Mode, again: &str, ascii: bool, columns: usize) -> Vec<StyledLine> {
    let Some(looked) = &probe.looked else {
        let endpoints: Vec<_> = probe.targets().iter().map(|(_, endpoint)| endpoint.to_string()).collect();
        let (ellipsis, words) = (if ascii { "..." } else { "…" }, endpoints.join(" and "));
        return labelled(
            StyledLine::new(),
            INDENT,
            Role::Information,
            &format!("looking at {words}{ellipsis}"),
            columns,
        );
    };
    let mut told = Told { lines: Vec::new(), columns };
    for (role, endpoint, report) in &looked.reports {
        told.lines.extend(title(*role, endpoint, report, ascii, columns));
        of_report(*role, report, mode, &mut told);
        resolved(endpoint, looked, &mut told);
    }
    for remark in &looked.remarks {
        told.say(Role::Warn, sanitise(remark).as_str());
    }
    told.say(Role::Dim, &format!("looked at {}; {again} looks again", time(looked.at)));
    told.lines
}

struct Told {
    lines: Vec<StyledLine>,
    columns: usize,
}

impl Told {
    fn say(&mut self, role: Role, text: &str) {
        self.lines.extend(labelled(StyledLine::new(), INDENT, role, text, self.columns));
    }
}

/// The address and whether it answers.
fn title(
    role: AddressRole,
    endpoint: &Endpoint,
    report: &AddressReport,
    ascii: bool,
    columns: usize,
) -> Vec<StyledLine> {
    let line = StyledLine::new().with(Role::Strong, format!("{} {endpoint}", role.word()));
    let (state, words) = match &report.failure {
        None => (Role::Good, if ascii { "^ up".to_owned() } else { "▲ up".to_owned() }),
        Some(failure) => {
            let sign = if ascii { "v" } else { "▼" };
            let state = if is_suspicious(failure) { Role::Bad } else { Role::Warn };
            (state, format!("{sign} {}", in_words(failure)))
        }
    };
    if line.width() + 2 + words.chars().count() <= columns {
        return vec![line.with(state, format!("  {words}"))];
    }
    let mut lines =
        labelled(StyledLine::new(), 0, Role::Strong, &format!("{} {endpoint}", role.word()), columns);
    lines.extend(labelled(StyledLine::new(), INDENT, state, &words, columns));
    lines
}

fn of_report(role: AddressRole, report: &AddressReport, mode: Mode, told: &mut Told) {
    match &report.failure {
        Some(failure) => {
            told.say(Role::Text, &failure.words);
            if is_suspicious(failure) {
                told.say(Role::Bad, "WARNING: somebody may be posing as this server");
            }
            told.say(Role::Key, &format!("→ {}", next_step(failure, mode)));
        }
        None => {
            let mut parts = vec![format!("API {}", api(role, report.negotiated))];
            if let Some(latency) = report.latency {
                parts.push(format!("answered in {} ms", latency.as_millis().max(1)));
            }
            told.say(Role::Text, &parts.join(", "));
        }
    }
    let Some(tls) = &report.tls else { return };
    let version = tls.version.unwrap_or("TLS, refused before its version was settled");
    match tls.verified {
        true => told.say(Role::Text, &format!("{version}, chain and name checked")),
        false => told.say(Role::Warn, &format!("{version}, NOT verified")),
    }
    if let Some(certificate) = tls.chain.first() {
        let valid = certificate.not_after.map(|end| format!("; valid to {}", time(end))).unwrap_or_default();
        let issuer = dn(&certificate.issuer);
        let whom = match certificate.names.is_empty() {
            true => dn(&certificate.subject),
            false => names(&certificate.names),
        };
        told.say(Role::Dim, &format!("certificate for {whom}, issued by {issuer}{valid}"));
    }
}

fn resolved(endpoint: &Endpoint, looked: &Looked, told: &mut Told) {
    let Host::Name(name) = &endpoint.host else { return };
    let Some(found) = looked.resolved.get(name) else { return };
    let mut shown: Vec<_> = found.iter().take(ADDRESSES).map(ToString::to_string).collect();
    if found.len() > ADDRESSES {
        shown.push(format!("and {} more", found.len() - ADDRESSES));
    }
    told.say(Role::Dim, &format!("{name} is {}", shown.join(", ")));
}

fn is_suspicious(failure: &Failure) -> bool {
    failure.meaning == Meaning::ReselectAndWarn
}

/// What an operator does next; an agent has other keys for it than we have.
fn next_step(failure: &Failure, mode: Mode) -> &'static str {
    match (mode, failure.state) {
        (Mode::Console, state) => state.next_step(),
        (_, AddressState::UnknownCa) => {
            "set `verifier_tls_ca_cert` or `registrar_tls_ca_cert` to the CA that signed the server, if this host has it; if it did not change, treat this as an attack"
        }
        (_, AddressState::NameMismatch) => {
            "certificates made before Keylime 7.14.1 only say `server`: renew it, or write the name that it is for"
        }
        (_, AddressState::ClientCertificateRefused) => {
            "it is there; it tells its version to operators only, who have a certificate of its CA"
        }
        (_, state) => state.next_step(),
    }
}

/// A time, not an age: it stands still.
fn time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

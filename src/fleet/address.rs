//! What is known of one address of a group.

use std::sync::Arc;

use super::snapshot::{AddressView, GroupMode, Reachability};
use super::steady::{LATENCY, Steady};
use crate::keylime::{AddressReport, AddressRole, ApiVersion, Failure, Meaning, Negotiated};

/// One address: what the last probe found, and what our last question met.
#[derive(Debug)]
pub(super) struct Address {
    role: AddressRole,
    text: Arc<str>,
    probed: Option<AddressReport>,
    /// Why our last question there failed; a probe of `/version` cannot know.
    asked: Option<Failure>,
    /// Kept while the address is down, so that the group's mode stands still.
    negotiated: Negotiated,
    in_use: bool,
    latency: Steady,
}

/// How an address changed, where that is worth telling.
pub(super) struct Turn {
    pub up: bool,
    pub warning: bool,
    pub why: String,
}

impl Address {
    pub(super) fn new(role: AddressRole, text: Arc<str>) -> Self {
        Self {
            role,
            text,
            probed: None,
            asked: None,
            negotiated: Negotiated::Unknown,
            in_use: false,
            latency: Steady::new(&LATENCY),
        }
    }

    pub(super) fn role(&self) -> AddressRole {
        self.role
    }

    pub(super) fn text(&self) -> &Arc<str> {
        &self.text
    }

    pub(super) fn probed(&mut self, report: AddressReport) -> Option<Turn> {
        if let Some(latency) = report.latency {
            self.latency.read(latency.as_secs_f64());
        }
        if report.negotiated != Negotiated::Unknown {
            self.negotiated = report.negotiated;
        }
        // What a question met outlives a good probe, unless the address is not
        // asked any more and only its probes can tell that it came back. A bad
        // one is newer, and whatever comes back after it is asked afresh.
        if report.failure.is_some()
            || (!self.in_use && self.asked.as_ref().is_some_and(|asked| asked.meaning != Meaning::Stay))
        {
            self.asked = None;
        }
        self.changing(|address| address.probed = Some(report))
    }

    pub(super) fn answered(&mut self) -> Option<Turn> {
        self.changing(|address| {
            address.asked = None;
            if let Some(report) = &mut address.probed {
                report.failure = None;
            }
        })
    }

    pub(super) fn failed(&mut self, failure: Failure) -> Option<Turn> {
        self.changing(|address| address.asked = Some(failure))
    }

    pub(super) fn choose(&mut self, chosen: bool) {
        self.in_use = chosen;
    }

    fn changing(&mut self, change: impl FnOnce(&mut Self)) -> Option<Turn> {
        let looked_at = self.was_tried();
        let before = self.failure().map(|failure| (failure.state, failure.meaning));
        change(self);
        let after = self.failure().map(|failure| (failure.state, failure.meaning));
        let warning = matches!(after, Some((_, Meaning::ReselectAndWarn)));
        if before == after || (!looked_at && !warning) {
            return None;
        }
        let why =
            self.failure().map_or_else(|| "it answers again".to_owned(), |failure| failure.words.clone());
        Some(Turn { up: after.is_none(), warning, why })
    }

    fn failure(&self) -> Option<&Failure> {
        self.asked.as_ref().or_else(|| self.probed.as_ref().and_then(|report| report.failure.as_ref()))
    }

    /// Whether the last look at it, or our last question, came to nothing.
    pub(super) fn fails(&self) -> bool {
        self.failure().is_some()
    }

    fn was_tried(&self) -> bool {
        self.probed.is_some() || self.asked.is_some()
    }

    fn is_up(&self) -> bool {
        self.was_tried() && self.failure().is_none()
    }

    pub(super) fn view(&self) -> AddressView {
        let mut report = self.probed.clone();
        if let Some(asked) = &self.asked {
            match &mut report {
                Some(report) => report.failure = Some(asked.clone()),
                None => {
                    report = Some(AddressReport {
                        failure: Some(asked.clone()),
                        latency: None,
                        negotiated: self.negotiated,
                        tls: None,
                    });
                }
            }
        }
        AddressView {
            role: self.role,
            address: Arc::clone(&self.text),
            report,
            in_use: self.in_use,
            latency_words: self.latency.words(),
            latency_steps: self.latency.past().to_vec(),
        }
    }
}

/// How the verifiers of a group get their evidence.
pub(super) fn mode(addresses: &[Address]) -> GroupMode {
    let of = |wanted: fn(&Negotiated) -> bool| {
        addresses.iter().any(|address| address.role == AddressRole::Verifier && wanted(&address.negotiated))
    };
    match (of(|negotiated| negotiated.version().is_some()), of(|negotiated| *negotiated == Negotiated::Push))
    {
        (true, true) => GroupMode::Mixed,
        (true, false) => GroupMode::Pull,
        (false, true) => GroupMode::Push,
        (false, false) => GroupMode::Unknown,
    }
}

/// Whether the group can be asked; none until every counted address was tried.
pub(super) fn reachability(addresses: &[Address]) -> Option<Reachability> {
    let counted = || addresses.iter().filter(|address| address.role.counts());
    if !counted().all(Address::was_tried) {
        return None;
    }
    let has_verifiers = counted().any(|address| address.role == AddressRole::Verifier);
    let decisive = if has_verifiers { AddressRole::Verifier } else { AddressRole::Registrar };
    Some(if counted().all(Address::is_up) {
        Reachability::Up
    } else if counted().any(|address| address.role == decisive && address.is_up()) {
        Reachability::Degraded
    } else {
        Reachability::Down
    })
}

/// Whether all that announced a version predate 7.14.3. A push verifier tells
/// none, but the registrar beside it, usually of the same release, does.
pub(super) fn is_before_timeout(addresses: &[Address]) -> bool {
    addresses
        .iter()
        .filter_map(|address| address.negotiated.version())
        .max()
        .is_some_and(|version| version < ApiVersion::HAS_TIMEOUT)
}

//! What counts for one run.

use jiff::Timestamp;

use super::model::{Doubt, Pin, Store};
use crate::policy::signature::{Material, Scheme};

/// Which policy is judged, as far as it is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Subject<'a> {
    /// The group that it is deployed in; `None` for a file.
    pub group: Option<&'a str>,
    /// The name that it is deployed under; `None` for a file.
    pub policy: Option<&'a str>,
}

/// Where the trust in a signer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A trust store.
    TrustStore,
    /// The command line.
    Given,
    /// The text itself: no trust at all.
    InBand,
}

impl Source {
    /// The word of our JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::TrustStore => "trust-store",
            Self::Given => "given",
            Self::InBand => "in-band",
        }
    }
}

/// One key or certificate that may vouch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// What is pinned.
    pub pin: Pin,
    /// Its label in the store.
    pub label: Option<String>,
    /// Where it comes from.
    pub source: Source,
    /// Whether the policy is inside its scope. What is outside vouches for
    /// nothing, but the operator is told.
    pub in_scope: bool,
    /// The time from which it counts.
    pub valid_from: Option<Timestamp>,
    /// The time until which it counts.
    pub valid_until: Option<Timestamp>,
    /// Another scheme for canonical JSON than the usual.
    pub scheme: Option<Scheme>,
}

/// All keys and certificates that count for one run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    /// In the order of the store or of the command line.
    pub anchors: Vec<Anchor>,
    /// What was given and is no key that can be used, with its finding's code
    /// and words, such as an OpenPGP key.
    pub unusable: Vec<(&'static str, String)>,
    /// What is wrong with the whole store, where it comes from one.
    pub doubt: Option<Doubt>,
}

impl Trust {
    /// Nobody is trusted.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// A store, seen for one policy. An entry that is limited to groups or
    /// policies does not count for a text of which these are not known.
    #[must_use]
    pub fn of_store(store: &Store, subject: Subject<'_>) -> Self {
        let inside = |names: &[String], name: Option<&str>| {
            names.is_empty() || name.is_some_and(|name| names.iter().any(|allowed| allowed == name))
        };
        let withheld = store.doubt.as_ref().is_some_and(|doubt| doubt.withholds);
        let anchors = store.entries.iter().map(|entry| Anchor {
            pin: entry.pin.clone(),
            label: Some(entry.label.clone()),
            source: Source::TrustStore,
            in_scope: !withheld
                && inside(&entry.scope.groups, subject.group)
                && inside(&entry.scope.policies, subject.policy),
            valid_from: entry.valid_from,
            valid_until: entry.valid_until,
            scheme: entry.scheme,
        });
        Self { anchors: anchors.collect(), unusable: Vec::new(), doubt: store.doubt.clone() }
    }

    /// Keys and certificates of the command line.
    #[must_use]
    pub fn given(material: impl IntoIterator<Item = Material>) -> Self {
        let mut trust = Self::none();
        trust.give(material);
        trust
    }

    /// More of them.
    pub fn give(&mut self, material: impl IntoIterator<Item = Material>) {
        self.anchors.extend(material.into_iter().map(|material| Anchor {
            pin: material.into(),
            label: None,
            source: Source::Given,
            in_scope: true,
            valid_from: None,
            valid_until: None,
            scheme: None,
        }));
    }

    /// Something that was given and cannot be used, such as an OpenPGP key:
    /// the text is refused with its code, if nothing usable was given beside
    /// it.
    pub fn give_unusable(&mut self, code: &'static str, words: impl Into<String>) {
        self.unusable.push((code, words.into()));
    }

    /// Whether anything at all is trusted here, however little it is worth.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.unusable.is_empty() && !self.anchors.iter().any(|anchor| anchor.in_scope)
    }
}

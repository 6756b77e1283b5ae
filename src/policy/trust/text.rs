//! Reading the text of a store.

use jiff::Timestamp;
use serde::Deserialize;
use toml::value::Datetime;

use super::model::{Action, Anchored, Change, Entry, MAX_ENTRIES, Pin, Scope, Store};
use super::{TrustError, edit};
use crate::policy::signature::{Fingerprint, Material, Scheme, material};
use crate::text::sanitise;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Option<u32>,
    anchor: Option<Anchor>,
    #[serde(default)]
    trusted: Vec<Trusted>,
    #[serde(default)]
    history: Vec<Past>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Anchor {
    version: u64,
    counter: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trusted {
    label: String,
    fingerprint: Option<String>,
    key: Option<String>,
    certificate: Option<String>,
    certificate_sha256: Option<String>,
    key_sha256: Option<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    policies: Vec<String>,
    valid_from: Option<Datetime>,
    valid_until: Option<Datetime>,
    scheme: Option<String>,
    added_at: Option<Datetime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Past {
    at: Datetime,
    action: String,
    label: String,
    fingerprint: String,
}

impl Store {
    /// Reads the text of a store. An empty text is an empty store.
    ///
    /// # Errors
    ///
    /// [`TrustError`]: anything in it that is not understood. A store is read
    /// as a whole or not at all.
    pub fn parse(text: &str) -> Result<Self, TrustError> {
        let file: File = toml::from_str(text)
            .map_err(|error: toml::de::Error| TrustError::syntax(text, error.span(), error.message()))?;
        if file.version.is_some_and(|version| version != edit::VERSION) {
            let reason = format!("it has another version than {}, which is all that is known", edit::VERSION);
            return Err(TrustError::Syntax(reason));
        }
        if file.trusted.len() > MAX_ENTRIES {
            return Err(TrustError::TooMany(MAX_ENTRIES));
        }
        let mut store = Self {
            anchored: file.anchor.map(|Anchor { version, counter }| Anchored { version, counter }),
            ..Self::default()
        };
        for (index, trusted) in file.trusted.into_iter().enumerate() {
            let label = sanitise(&trusted.label).into_string();
            let wrong =
                |reason: String| TrustError::Entry { number: index + 1, label: label.clone(), reason };
            let entry = entry(trusted).map_err(wrong)?;
            store.may_add(&entry).map_err(|error| wrong(error.to_string()))?;
            store.entries.push(entry);
        }
        for (index, past) in file.history.into_iter().enumerate() {
            let wrong = |reason: &str| TrustError::History { number: index + 1, reason: reason.to_owned() };
            store.history.push(Change {
                at: time(past.at).map_err(|reason| wrong(&reason))?,
                action: [Action::Added, Action::Removed]
                    .into_iter()
                    .find(|action| action.word() == past.action)
                    .ok_or_else(|| wrong("action is `added` or `removed`"))?,
                fingerprint: Fingerprint::parse(&past.fingerprint)
                    .ok_or_else(|| wrong("fingerprint is a SHA-256 in hex"))?,
                label: past.label,
            });
        }
        Ok(store)
    }
}

fn entry(trusted: Trusted) -> Result<Entry, String> {
    let pins = [
        trusted.key.map(|text| pem(&text, "key")),
        trusted.certificate.map(|text| pem(&text, "certificate")),
        trusted.certificate_sha256.map(|text| sum(&text).map(Pin::CertificateFingerprint)),
        trusted.key_sha256.map(|text| sum(&text).map(Pin::KeyFingerprint)),
    ];
    let mut pins = pins.into_iter().flatten();
    let (Some(pin), None) = (pins.next(), pins.next()) else {
        return Err("give one of key, certificate, certificate_sha256 and key_sha256".to_owned());
    };
    let pin = pin?;
    if let Some(said) = trusted.fingerprint {
        let is = pin.fingerprint();
        if sum(&said)? != is {
            return Err(format!("the fingerprint is another than that of the {}, {is}", pin.noun()));
        }
    }
    let scheme = match trusted.scheme {
        Some(word) => Some(Scheme::parse(&word).ok_or("the scheme is not known")?),
        None => None,
    };
    let time = |at: Option<Datetime>| at.map(time).transpose();
    Ok(Entry {
        label: trusted.label,
        pin,
        scope: Scope { groups: trusted.groups, policies: trusted.policies },
        valid_from: time(trusted.valid_from)?,
        valid_until: time(trusted.valid_until)?,
        scheme,
        added_at: time(trusted.added_at)?.unwrap_or(Timestamp::UNIX_EPOCH),
    })
}

fn pem(text: &str, due: &str) -> Result<Pin, String> {
    let mut read = material::read(text.as_bytes()).map_err(|error| error.to_string())?;
    match (read.pop(), read.pop(), due) {
        (Some(material @ Material::Key(_)), None, "key")
        | (Some(material @ Material::Certificate(_)), None, "certificate") => Ok(material.into()),
        _ => Err(format!("`{due}` is one PEM block of a {due}")),
    }
}

fn sum(text: &str) -> Result<Fingerprint, String> {
    Fingerprint::parse(text).ok_or_else(|| "a fingerprint is a SHA-256: 64 hex digits".to_owned())
}

fn time(at: Datetime) -> Result<Timestamp, String> {
    at.to_string()
        .parse()
        .map_err(|_words| format!("{at} is no time with an offset, such as 2026-01-31T12:00:00Z"))
}

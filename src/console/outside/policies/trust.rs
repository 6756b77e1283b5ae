//! The trust store's file: read, and changed only by what was agreed to.

use std::path::Path;

use jiff::Timestamp;

use super::Means;
use crate::console::outside::paths::meant;
use crate::console::state::{KeyCandidate, TrustEntry, TrustPicture};
use crate::files::bounded;
use crate::files::saving::{Links, Original};
use crate::policy::signature::{Certificate, Validity, material};
use crate::policy::trust::{Entry, Pin, Store, edit};
use crate::tasks::{anchor, device};
use crate::text::{sanitise, sanitise_to};

/// Bytes of the store at most.
const MAX_STORE: u64 = 16 * 1024 * 1024;
/// Bytes of a key's file at most.
const MAX_KEY: u64 = 1024 * 1024;
/// Characters of a text of an entry at most.
const LIMIT: usize = 200;
/// Lines of the history at most.
const HISTORY: usize = 50;

/// The store as it is now.
pub(super) fn store(means: &Means) -> Result<(Original, Store), String> {
    let file = means.trust_file.as_deref();
    let file = file.ok_or_else(|| "this system names no folder in which keys could be pinned".to_owned())?;
    if let Some(folder) = file.parent().filter(|folder| !folder.is_dir()) {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("{}: {error}", sanitise(&folder.to_string_lossy())))?;
    }
    let original = Original::open(file, MAX_STORE, Links::Follow).map_err(|error| error.to_string())?;
    let store = Store::parse(original.text().unwrap_or_default());
    let name = sanitise(&file.to_string_lossy());
    let store = store.map_err(|error| format!("{name}: {error}"))?;
    Ok((original, store))
}

/// What the store holds, where there is one, as its anchor in the TPM lets it count; nothing is created.
pub(super) fn trusted(means: &Means) -> Result<Store, String> {
    let Some(file) = means.trust_file.as_deref() else { return Ok(Store::default()) };
    let name = sanitise(&file.to_string_lossy());
    anchor::read_store(file, means.anchor).map_err(|error| format!("{name}: {error}"))
}

/// All of the store, to be shown.
pub(super) fn picture(means: &Means) -> Result<TrustPicture, String> {
    let store = trusted(means)?;
    let file = means.trust_file.as_deref().unwrap_or(Path::new(""));
    let time = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M").to_string();
    let history = store.history.iter().rev().take(HISTORY).map(|change| {
        let label = sanitise_to(&change.label, LIMIT);
        let fingerprint = change.fingerprint.to_string();
        format!("{} {} {label} {fingerprint}", time(change.at), change.action.word())
    });
    Ok(TrustPicture {
        file: sanitise(&file.to_string_lossy()).into_string(),
        entries: store.entries.iter().map(shown).collect(),
        history: history.collect(),
    })
}

fn shown(entry: &Entry) -> TrustEntry {
    let time = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M").to_string();
    let list = |names: &[String], all: &str| match names {
        [] => all.to_owned(),
        names => sanitise_to(&names.join(", "), LIMIT).into_string(),
    };
    let scope = match (entry.scope.groups.as_slice(), entry.scope.policies.as_slice()) {
        ([], []) => "everything".to_owned(),
        (groups, policies) => format!("{}; {}", list(groups, "every group"), list(policies, "every policy")),
    };
    let validity = match (entry.valid_from, entry.valid_until) {
        (None, None) => "always".to_owned(),
        (Some(from), None) => format!("from {}", time(from)),
        (None, Some(until)) => format!("until {}", time(until)),
        (Some(from), Some(until)) => format!("{} to {}", time(from), time(until)),
    };
    TrustEntry {
        label: sanitise_to(&entry.label, LIMIT).into_string(),
        kind: kind(&entry.pin),
        fingerprint: entry.pin.fingerprint().to_string(),
        scope,
        validity,
        added: time(entry.added_at),
    }
}

fn kind(pin: &Pin) -> String {
    match pin.key() {
        Some(key) => format!("{}, {}", pin.noun(), key.algorithm()),
        None => format!("{}, by its fingerprint", pin.noun()),
    }
}

/// Reads a key that may be pinned.
pub(super) fn candidate(path: &str, label: &str) -> Result<KeyCandidate, String> {
    let pin = pin(path)?;
    let name = Path::new(path).file_stem().map(|name| name.to_string_lossy().into_owned());
    let label = if label.is_empty() { name.unwrap_or_default() } else { label.to_owned() };
    let mut words = vec!["Compare the fingerprint with what its owner says.".to_owned()];
    if let Some(concern) = pin.key().and_then(|key| key.concern()) {
        words.push(format!("It cannot be pinned: {}", concern.message));
    }
    if let Pin::Certificate(certificate) = &pin {
        words.push(of_certificate(certificate));
    }
    Ok(KeyCandidate {
        path: sanitise_to(path, 1_000).into_string(),
        label: sanitise_to(&label, LIMIT).into_string(),
        kind: kind(&pin),
        fingerprint: pin.fingerprint().to_string(),
        words,
    })
}

/// Keylime's certificates live for 30 days: the key in one is what lasts.
fn of_certificate(certificate: &Certificate) -> String {
    let validity = match certificate.validity(Timestamp::now()) {
        Validity::Valid => "valid now",
        Validity::NotYet => "not valid yet",
        Validity::Expired => "expired",
    };
    format!(
        "A certificate, {validity}. Keylime's own live for 30 days: to pin its key instead, take it out with \
         openssl x509 -pubkey -noout. The key's fingerprint is {}.",
        certificate.key().fingerprint()
    )
}

/// The one key or certificate of a file.
fn pin(path: &str) -> Result<Pin, String> {
    let bytes = bounded::read_bytes(&meant(path), MAX_KEY).map_err(|error| error.to_string())?;
    let mut material =
        material::read(&bytes).map_err(|error| format!("{}: {error}", sanitise(path)))?.into_iter();
    match (material.next(), material.next()) {
        (Some(only), None) => Ok(only.into()),
        (None, _) => Err(format!("{}: no public key or certificate is in it", sanitise(path))),
        (Some(_), Some(_)) => Err(format!("{}: several keys are in it; bring one at a time", sanitise(path))),
    }
}

/// Pins the key of a file, if it is still the one that was agreed to.
pub(super) fn add(means: &Means, path: &str, label: &str, fingerprint: &str) -> Result<String, String> {
    let pin = pin(path)?;
    if pin.fingerprint().to_string() != fingerprint {
        return Err(format!("{}: another key is in it now; read it again", sanitise(path)));
    }
    let entry = Entry::new(label, pin, Timestamp::now());
    let (original, _) = store(means)?;
    let text = edit::add(original.text().unwrap_or_default(), &entry).map_err(|error| error.to_string())?;
    save(original, &text)?;
    Ok(format!("pinned {}", sanitise_to(label, LIMIT)))
}

/// Trusts a key no more.
pub(super) fn remove(means: &Means, fingerprint: &str) -> Result<String, String> {
    let (original, _) = store(means)?;
    let text = original.text().unwrap_or_default();
    let (text, gone) =
        edit::remove(text, fingerprint, Timestamp::now()).map_err(|error| error.to_string())?;
    save(original, &text)?;
    Ok(format!("{} is not trusted any more", sanitise_to(&gone.label, LIMIT)))
}

fn save(mut original: Original, text: &str) -> Result<(), String> {
    // The PIN of the anchor is for administrators, and is not typed into a console that others watch.
    if anchor::must_commit(&device::tpm(), &original).map_err(|error| error.to_string())? {
        return Err(
            "anchored in the TPM: only `limescope policy trust add|remove` ask for its PIN".to_owned()
        );
    }
    original.save(text).map(drop).map_err(|error| format!("not saved: {error}"))
}

//! Signing the policy of a file into another one.

use jiff::Timestamp;

use super::new_file::write_new;
use super::{Means, Track, read};
use crate::console::outside::paths::meant;
use crate::files::bounded;
use crate::policy::envelope::Format;
use crate::policy::examination::{Options, examine};
use crate::policy::json::Limits;
use crate::policy::sign::{FileKey, Signer, dsse, signed};
use crate::policy::signature::Scheme;
use crate::policy::trust::Trust;
use crate::policy::{PolicyVerdict, Severity};
use crate::text::{Secret, sanitise};

/// Bytes of a key's file at most.
const MAX_KEY: u64 = 1024 * 1024;

/// Signs a file with a key, if its text is still the one of this SHA-256; what
/// was done, in words.
pub(super) fn sign(
    file: &str,
    sha256: &str,
    key: &str,
    out: &str,
    _means: &Means,
    track: &Track,
) -> Result<String, String> {
    let bytes = read::file(&meant(file), track)?;
    let mut quiet = |_| std::ops::ControlFlow::Continue(());
    let examined = examine(bytes.clone(), &Trust::none(), &Options::at(Timestamp::now()), &mut quiet);
    // What is signed is what was looked at.
    if examined.sha256.to_string() != sha256 {
        let words = "was changed since it was opened; ctrl-r reads it again";
        return Err(format!("not signed: {} {words}", sanitise(file)));
    }
    if examined.format != Format::Policy {
        let words = "is no bare policy; sign the policy itself, or convert it first";
        return Err(format!("not signed: {} ({}) {words}", sanitise(file), examined.format.word()));
    }
    if examined.policy != PolicyVerdict::Valid {
        let first = examined.of_severity(Severity::Error).next();
        let why = first.map(|placed| placed.finding.message.clone()).unwrap_or_default();
        return Err(format!("not signed: the policy is invalid: {}", sanitise(&why)));
    }
    let secret = Secret::new(
        bounded::read_bytes(&meant(key), MAX_KEY).map_err(|error| format!("not signed: {error}"))?,
    );
    let signer = FileKey::from_pem(secret.expose())
        .map_err(|error| format!("not signed: {}: {error}", sanitise(key)))?;
    let is_dsse = Scheme::of_keylime(signer.public_key().algorithm()).is_some();
    let envelope = match is_dsse {
        true => dsse(&bytes, &signer),
        false => {
            let text = std::str::from_utf8(&bytes).map_err(|error| format!("not signed: {error}"))?;
            signed(text, &signer, &Limits::default())
        }
    };
    let envelope = envelope.map_err(|error| format!("not signed: {error}"))?;
    write_new(&meant(out), &envelope).map_err(|why| format!("not signed: {why}"))?;
    let shape = if is_dsse { "a DSSE envelope" } else { "an envelope of Enhancement 86" };
    Ok(format!("signed into {}, {shape} with the key {}", sanitise(out), signer.public_key().fingerprint()))
}

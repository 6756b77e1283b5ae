//! Demands for marked digests, written into a copy of the open policy.

use super::new_file::write_new;
use crate::console::outside::paths::meant;
use crate::console::state::SharedPolicy;
use crate::policy::SignatureVerdict;
use crate::policy::evidence::{Algorithm, Digest};
use crate::policy::require::{Effect, RequireError, Required, Requirement, require};
use crate::text::{count, sanitise};

/// Writes a policy with more demands into a new file; the file, and what was
/// written, in words.
///
/// # Errors
/// Why nothing was written.
pub(super) fn write(
    shared: &SharedPolicy,
    digests: &[String],
    requirement: &Requirement,
    file: &str,
) -> Result<(String, String), String> {
    let refused = |why: &dyn std::fmt::Display| format!("nothing was written: {why}");
    let picture = &shared.0;
    if matches!(picture.signature, SignatureVerdict::Invalid | SignatureVerdict::Rejected) {
        let words = format!("the policy's signature is {}", picture.signature.word());
        return Err(refused(&words));
    }
    if picture.shape.starts_with("legacy") {
        return Err(refused(
            &"an old allow-list has no metadata; convert it first: limescope policy convert",
        ));
    }
    let policy = picture.document.policy().ok_or_else(|| refused(&"the text is no policy"))?;
    let digests: Vec<_> = digests.iter().filter_map(|digest| Digest::read(digest)).collect();
    let required = require(policy, &digests, requirement).map_err(|error| match &error {
        RequireError::Conflict { .. } => refused(&format_args!("{error} (--replace)")),
        _ => refused(&error),
    })?;
    let words = words(&required);
    let text = String::from_utf8(required.text).map_err(|error| refused(&error))?;
    write_new(&meant(file), &text).map_err(|why| refused(&why))?;
    Ok((file.to_owned(), words))
}

fn words(required: &Required) -> String {
    let effects = || required.digests.iter().flat_map(|demanded| &demanded.checks).map(|(_, effect)| *effect);
    let there = effects().filter(|effect| *effect == Effect::AlreadyThere).count();
    let written = effects().count() - there;
    let mut words = format!("{} written", count::some(written, "check", "checks"));
    if there > 0 {
        words.push_str(&format!(", {there} there already"));
    }
    let is_sha1 = |digest: &Digest| matches!(digest.algorithm(), Algorithm::Sha1);
    let never = required.digests.iter().filter(|demanded| is_sha1(&demanded.digest)).count();
    if never > 0 {
        words.push_str(&format!(
            ", {} that can never pass",
            count::some(never, "SHA-1 digest", "SHA-1 digests")
        ));
    }
    sanitise(&words).into_string()
}

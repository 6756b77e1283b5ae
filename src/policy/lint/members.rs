//! `meta`, `ima`, keyrings, and members that nobody reads.

use super::{
    Options,
    report::{Report, shown},
};
use crate::policy::document::{DigestMap, Policy, known_algorithm};
use crate::policy::json::Span;
use crate::text::{count, nearest};

/// Bytes of a request that a verifier takes where nothing is configured (Tornado's `max_buffer_size`).
const MAX_REQUEST: usize = 104_857_600;

/// Members that are read, for slips.
const KNOWN: [&str; 9] = [
    "meta",
    "release",
    "digests",
    "excludes",
    "keyrings",
    "ima",
    "ima-buf",
    "verification-keys",
    "digest_metadata",
];

pub(super) fn judge(policy: &Policy, options: &Options, report: &mut Report) {
    meta(policy, report);
    unknown(policy, report);
    ima(policy, report);
    size(policy, options, report);
    for (name, map) in
        [("digests", policy.digests()), ("keyrings", policy.keyrings()), ("ima-buf", policy.ima_buf())]
    {
        lengths(name, map, report);
    }
    algorithms(policy, report);
}

fn meta(policy: &Policy, report: &mut Report) {
    let version = policy.version_number();
    if version == Some(0) {
        let hint = "`limescope policy convert` brings it to version 1 and keeps everything.";
        report.add("old-meta-version", policy.version_span().map(Span::start), hint, || {
            "meta.version is 0: verifiers take it, and keylime_convert_runtime_policy rewrites it without \
             digest_metadata"
                .to_owned()
        });
    }
    if policy.version().is_some() && version.is_none_or(|version| version > 1) {
        report.add("unknown-meta-version", policy.version_span().map(Span::start), "Write 1.", || {
            format!(
                "meta.version is {}; there is no version after 1",
                shown(policy.version().unwrap_or_default())
            )
        });
    }
    match policy.generator() {
        Some(generator @ (0 | 1)) => {
            let hint = "Write 3, as keylime-policy does.";
            report.add("generator-means-none", policy.generator_span().map(Span::start), hint, || {
                format!(
                    "meta.generator is {generator}: verifiers say that the agent has no runtime policy, and in \
                     push mode do not ask for its IMA log, so that nothing is checked"
                )
            });
        }
        Some(2) if policy.metadata().is_empty() => {
            let hint = "If there was some, take it from the policy that was converted.";
            report.add("digest-metadata-lost", policy.generator_span().map(Span::start), hint, || {
                "meta.generator is 2, so keylime_convert_runtime_policy has made it; that tool drops \
                 digest_metadata"
                    .to_owned()
            });
        }
        _ => {}
    }
}

fn unknown(policy: &Policy, report: &mut Report) {
    for member in policy.unknown_members().take(10_000) {
        let name = member.name.value();
        let meant = match (member.inside, name.as_ref()) {
            ("", "exclude") => Some("excludes"),
            ("", "file-metadata" | "file_metadata") => Some("digest_metadata"),
            ("", name) => nearest::nearest(&name.replace('_', "-"), KNOWN.map(|known| known))
                .or_else(|| nearest::nearest(name, KNOWN)),
            ("ima", name) => nearest::nearest(name, ["ignored_keyrings", "log_hash_alg", "dm_policy"]),
            _ => None,
        };
        if let Some(meant) = meant {
            report.add("misspelt-member", Some(member.name.offset), "Correct the name.", || {
                format!("{} is ignored; was {meant} meant?", shown(&name))
            });
        }
    }
}

fn ima(policy: &Policy, report: &mut Report) {
    if let Some(algorithm) = policy.log_hash_algorithm()
        && ["sha256", "sha384", "sha512"].iter().any(|other| algorithm.is(other))
    {
        report.add("log-hash-algorithm", Some(algorithm.offset), "Write sha1.", || {
            format!(
                "ima.log_hash_alg is {}: the kernel computes template hashes with SHA-1, whatever algorithm files \
                 are measured with; with another one every line of a log is wrong",
                shown(&algorithm.value())
            )
        });
    }
    let keyrings = policy.keyrings();
    for ignored in policy.ignored_keyrings() {
        if ignored.is("*") {
            report.add("keyring-ignored-all", Some(ignored.offset), "Name the keyrings.", || {
                "ima.ignored_keyrings has *: keys of all keyrings are neither checked nor learned".to_owned()
            });
        } else if keyrings.find(&ignored.value()).is_some() {
            report.add("keyring-ignored-and-listed", Some(ignored.offset), "Decide for one.", || {
                format!(
                    "the keyring {} is listed and ignored; the list has no effect",
                    shown(&ignored.value())
                )
            });
        }
    }
    for keyring in keyrings.entries().filter(|entry| entry.name.raw.starts_with(b"%keyring:")) {
        report.add("keyring-prefix", Some(keyring.name.offset), "Leave %keyring: away.", || {
            format!(
                "the keyring {} has a prefix of flat allow-lists and never matches",
                shown(&keyring.path())
            )
        });
    }
}

fn size(policy: &Policy, options: &Options, report: &mut Report) {
    let bytes = options.upload_bytes.unwrap_or_else(|| policy.text().len());
    // It travels as base64 in a JSON text.
    if bytes.div_ceil(3).saturating_mul(4) > MAX_REQUEST {
        let hint = "Raise max_upload_size of the verifier, or split the policy.";
        report.add("too-large-to-upload", None, hint, || {
            format!(
                "{} MB become {} MB in the request; a verifier takes 105 MB unless max_upload_size says more",
                bytes / 1_000_000,
                bytes / 3 * 4 / 1_000_000
            )
        });
    }
}

fn lengths(name: &str, map: DigestMap<'_>, report: &mut Report) {
    let strange: Vec<(usize, usize)> =
        map.digest_lengths().filter(|(digits, _)| known_algorithm(*digits).is_none()).collect();
    if strange.is_empty() {
        return;
    }
    // Only a policy that has some is searched for where they stand.
    let mut left = 10;
    for entry in map.entries() {
        for digest in entry.digests().filter(|digest| strange.iter().any(|one| one.0 == digest.raw.len())) {
            let hint = "SHA-1, -256, -384 and -512 have 40, 64, 96 and 128 digits.";
            report.add("digest-unusual-length", Some(digest.offset), hint, || {
                format!(
                    "a digest of {name} {} has {}: verifiers take it, and it never matches",
                    shown(&entry.path()),
                    count::some(digest.raw.len(), "digit", "digits")
                )
            });
            left -= 1;
        }
        if left <= 0 {
            break;
        }
    }
    let all: usize = strange.iter().map(|one| one.1).sum();
    if all > 10 {
        report.add("digest-unusual-length", None, "", || {
            format!("{name} has {} of a length that no algorithm has", count::some(all, "digest", "digests"))
        });
    }
}

fn algorithms(policy: &Policy, report: &mut Report) {
    let digests = policy.digests();
    let found: Vec<(&str, usize)> = digests
        .digest_lengths()
        .filter_map(|(digits, count)| known_algorithm(digits).map(|name| (name, count)))
        .collect();
    if let Some((_, number)) = found.iter().find(|one| one.0 == "sha1") {
        report.add("digest-sha1", Some(digests.span().start()), "Measure with SHA-256.", || {
            format!(
                "{} in SHA-1: somebody who makes files can make two with one digest",
                count::some(*number, "digest is", "digests are")
            )
        });
    }
    if found.len() > 1 {
        report.add("digest-algorithms-mixed", Some(digests.span().start()), "", || {
            let parts: Vec<String> = found.iter().map(|(name, count)| format!("{count} {name}")).collect();
            format!("digests of several algorithms: {}", parts.join(", "))
        });
    }
}

//! The codes of these rules.

use crate::policy::Severity;
use Severity::{Error, Info, Warning};

/// Name, weight and meaning.
pub(super) const CODES: &[(&str, Severity, &str)] = &[
    (
        "old-meta-version",
        Warning,
        "meta.version is 0; upstream's converter rewrites such a policy and drops digest_metadata",
    ),
    ("unknown-meta-version", Warning, "meta.version is newer than 1, the only one there is"),
    (
        "generator-means-none",
        Warning,
        "meta.generator 0 or 1: verifiers take the policy for none, and in push mode do not ask for the IMA log",
    ),
    ("digest-metadata-lost", Info, "made by upstream's converter, which drops digest_metadata"),
    ("misspelt-member", Warning, "a member that is ignored and has nearly the name of one that is not"),
    ("too-large-to-upload", Warning, "larger than a verifier takes by default (100 MiB of request)"),
    (
        "log-hash-algorithm",
        Warning,
        "ima.log_hash_alg is not sha1, with which the kernel computes template hashes",
    ),
    (
        "keyring-ignored-all",
        Warning,
        "ima.ignored_keyrings has *: no key of any keyring is checked or learned",
    ),
    ("keyring-ignored-and-listed", Warning, "a keyring is listed and ignored: what is listed has no effect"),
    (
        "keyring-prefix",
        Warning,
        "%keyring: belongs to flat allow-lists; in a policy it is part of a name that never matches",
    ),
    ("no-digests", Warning, "the policy has no digests: every measured file fails that no exclude matches"),
    ("digest-unusual-length", Error, "a digest of a length that no known algorithm has: it never matches"),
    ("digest-sha1", Warning, "SHA-1 digests: collisions can be made"),
    ("digest-algorithms-mixed", Info, "digests of several algorithms: the verifier compares only the digits"),
    ("digest-repeated", Info, "one digest twice for the same path"),
    ("path-not-absolute", Warning, "a path that does not begin with /: no measured file has it"),
    (
        "path-not-normal",
        Warning,
        "a path with //, /./ or /../, or a / at its end: the kernel never logs it so",
    ),
    ("path-with-space", Warning, "a path with a space: IMA and Keylime's tools write _ in its place"),
    ("path-strange-characters", Warning, "a path with control, direction or invisible characters"),
    ("path-too-long", Warning, "a path of more than 4096 bytes, which Linux does not have"),
    (
        "path-before-merge",
        Info,
        "/bin, /sbin and /lib: where they are links to /usr, the kernel logs the path below /usr",
    ),
    (
        "boot-aggregate-missing",
        Info,
        "boot_aggregate has no digest; the verifier adds it from the measured-boot log",
    ),
    ("dead-entry", Warning, "a path with digests that an exclude matches: the digests are never looked at"),
    ("exclude-budget-ended", Info, "not all paths were matched against the excludes"),
    ("exclude-shadowed", Info, "an exclude before it matches all that it matches"),
    (
        "metadata-all-paths-excluded",
        Warning,
        "excludes match every path with this digest: its checks can never run",
    ),
    ("verification-keys-invalid", Error, "verification-keys is no JSON of the form that verifiers want"),
    (
        "verification-key-unreadable",
        Warning,
        "a key that cannot be read; verifiers skip it and accept the policy",
    ),
    (
        "verification-key-unsupported",
        Warning,
        "a key that is neither RSA nor on an elliptic curve; verifiers skip it",
    ),
    ("verification-key-weak", Warning, "a key that is too weak"),
    ("verification-key-id", Info, "a key id that is not the one of the key"),
    ("verification-key-repeated", Info, "one key twice"),
];

/// The weight of a code.
pub(super) fn severity(code: &str) -> Severity {
    CODES.iter().find(|known| known.0 == code).map_or(Warning, |known| known.1)
}

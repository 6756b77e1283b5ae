//! The rules that a policy is read by. The codes never change.

use crate::policy::Severity;

/// The document is not an object.
pub const NOT_A_POLICY: &str = "not-a-policy";
/// A member that the verifier demands is missing.
pub const MISSING_MEMBER: &str = "missing-member";
/// A member is of another type than the verifier demands.
pub const WRONG_TYPE: &str = "wrong-type";
/// A number that is no integer to Python.
pub const NOT_AN_INTEGER: &str = "not-an-integer";
/// An integer outside its range.
pub const OUT_OF_RANGE: &str = "out-of-range";
/// A path without digests.
pub const EMPTY_DIGEST_LIST: &str = "empty-digest-list";
/// A digest that is no hexadecimal text.
pub const BAD_DIGEST: &str = "bad-digest";
/// A digest with upper-case digits.
pub const DIGEST_UPPER_CASE: &str = "digest-upper-case";
/// A digest that names its algorithm.
pub const DIGEST_PREFIX: &str = "digest-prefix";
/// A digest with a line end behind it: the verifier takes it and never matches it.
pub const DIGEST_NEWLINE: &str = "digest-newline";
/// A digest of fewer than 40 or more than 128 digits.
pub const DIGEST_LENGTH: &str = "digest-length";
/// `ima.log_hash_alg` is none of the four.
pub const UNKNOWN_HASH_ALGORITHM: &str = "unknown-hash-algorithm";
/// `ima.dm_policy` is not null.
pub const DM_POLICY: &str = "dm-policy-not-null";
/// A member that no verifier knows.
pub const UNKNOWN_MEMBER: &str = "unknown-member";
/// A key of `digest_metadata` is not exactly a digest.
pub const METADATA_DIGEST: &str = "metadata-bad-digest";
/// `digest_metadata`, or what it says of one digest, is not an object.
pub const METADATA_NOT_OBJECT: &str = "metadata-not-object";
/// `digest_metadata` names a digest that `digests` does not have.
pub const ORPHAN_METADATA: &str = "orphan-digest-metadata";
/// A check's value is of the wrong type.
pub const BAD_CHECK: &str = "bad-check-value";
/// `signer_identity` is incomplete or not exact.
pub const BAD_IDENTITY: &str = "bad-signer-identity";
/// `public_key` is no key that may be demanded.
pub const BAD_PUBLIC_KEY: &str = "bad-public-key";
/// `signature` is no base64.
pub const BAD_SIGNATURE: &str = "bad-signature-value";
/// A number in a check that programs read differently.
pub const METADATA_NUMBER: &str = "metadata-number";
/// More values in the checks of one digest than anybody can mean.
pub const METADATA_TOO_LARGE: &str = "metadata-too-large";
/// An identity is demanded and the log that proves it is not.
pub const CONTRADICTORY_CHECKS: &str = "contradictory-checks";
/// No check at all for a digest.
pub const EMPTY_CHECKS: &str = "empty-checks";
/// A check that this console does not know.
pub const UNKNOWN_CHECK: &str = "unknown-check";
/// The checks of a digest that several paths share.
pub const METADATA_SHARED: &str = "metadata-many-paths";
/// Checks for a SHA-1 digest, which no transparency log knows.
pub const METADATA_SHA1: &str = "metadata-not-evaluable";

/// Every code with its weight and what it means.
pub const TABLE: [(&str, Severity, &str); 28] = [
    (NOT_A_POLICY, Severity::Error, "the document is not an object"),
    (MISSING_MEMBER, Severity::Error, "a member that the verifier demands is missing"),
    (WRONG_TYPE, Severity::Error, "a member has another type than the verifier demands"),
    (NOT_AN_INTEGER, Severity::Error, "a number with a fraction where an integer is due"),
    (OUT_OF_RANGE, Severity::Error, "an integer outside its range"),
    (EMPTY_DIGEST_LIST, Severity::Error, "a path, keyring or buffer has no digest"),
    (BAD_DIGEST, Severity::Error, "a digest is not hexadecimal"),
    (DIGEST_UPPER_CASE, Severity::Error, "a digest has upper-case digits; the comparison is exact"),
    (DIGEST_PREFIX, Severity::Error, "a digest begins with its algorithm; policies have hexadecimal only"),
    (DIGEST_NEWLINE, Severity::Error, "a digest ends with a line end; it is taken and never matches"),
    (DIGEST_LENGTH, Severity::Error, "a digest has fewer than 40 or more than 128 digits"),
    (UNKNOWN_HASH_ALGORITHM, Severity::Error, "log_hash_alg is none of sha1, sha256, sha384, sha512"),
    (DM_POLICY, Severity::Error, "dm_policy is not null, the only value that the verifier takes"),
    (UNKNOWN_MEMBER, Severity::Info, "a member that the verifier takes and ignores"),
    (METADATA_DIGEST, Severity::Error, "a key of digest_metadata is not 40, 64, 96 or 128 lower-case digits"),
    (METADATA_NOT_OBJECT, Severity::Error, "digest_metadata or its value for a digest is not an object"),
    (ORPHAN_METADATA, Severity::Warning, "digest_metadata for a digest that `digests` does not have"),
    (BAD_CHECK, Severity::Error, "a check has a value of the wrong type"),
    (BAD_IDENTITY, Severity::Error, "signer_identity is not an https issuer and a subject"),
    (
        BAD_PUBLIC_KEY,
        Severity::Error,
        "public_key is no P-256, P-384, Ed25519 or RSA key of 2048 bits or more",
    ),
    (BAD_SIGNATURE, Severity::Error, "signature is not base64"),
    (
        METADATA_NUMBER,
        Severity::Error,
        "a number in a check that is beyond 2^53: programs read it differently",
    ),
    (METADATA_TOO_LARGE, Severity::Error, "the checks of one digest have more than 65536 values"),
    (CONTRADICTORY_CHECKS, Severity::Warning, "an identity is demanded, the log proof is explicitly not"),
    (EMPTY_CHECKS, Severity::Warning, "an object without checks: it demands nothing"),
    (UNKNOWN_CHECK, Severity::Warning, "a check that this console does not know: kept, never evaluated"),
    (METADATA_SHARED, Severity::Info, "the checks of a digest hold for several paths"),
    (METADATA_SHA1, Severity::Info, "checks for a SHA-1 digest cannot be evaluated in Sigstore"),
];

/// The weight of a code.
#[must_use]
pub fn severity(code: &str) -> Severity {
    TABLE.iter().find(|(known, _, _)| *known == code).map_or(Severity::Error, |(_, severity, _)| *severity)
}

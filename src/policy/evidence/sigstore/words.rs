//! Why the library refused a bundle, in words that a reviewer can follow.
//!
//! The library names the place in its own structure, and times as numbers. What
//! it said stays, in brackets, behind what that means.

use super::{CertificateError, Error, TimestampError};
use jiff::Timestamp;

/// What an error means, and what the library said.
pub(super) fn of(error: &Error) -> String {
    let said = with_readable_times(error.to_string().trim_end_matches('.'));
    match meaning(error) {
        Some(meaning) => format!("{meaning} ({said})"),
        None => said,
    }
}

fn meaning(error: &Error) -> Option<&'static str> {
    match error {
        Error::Certificate(CertificateError::ChainInvalid(said)) => Some(if said.contains("CertExpired") {
            "the signer's certificate had expired at the time of the signature"
        } else if said.contains("CertNotValidYet") {
            "a certificate was not valid yet at the time of the signature"
        } else {
            "the signer's certificate does not lead to an authority of the trusted root"
        }),
        Error::Certificate(CertificateError::Sct(_)) => {
            Some("no log of certificates that the trusted root knows vouches for the signer's certificate")
        }
        Error::Timestamp(TimestampError::NoVerifiedTimestamp(_)) => {
            Some("nobody vouches for the time of the signature, neither a log nor a time stamp authority")
        }
        Error::Timestamp(TimestampError::Invalid(said)) => Some(if said.contains("any trusted TSA") {
            "the time stamp is of an authority that the trusted root does not hold"
        } else if said.contains("hash mismatch") {
            "the time stamp is for another signature"
        } else if said.contains("CertExpired") || said.contains("CertNotValidYet") {
            "the time stamp authority's certificate was not valid at the time that it stamped"
        } else {
            "the time stamp does not verify"
        }),
        Error::UnsupportedArtifact(said) if said.contains("artifact digest; supplied") => Some(
            "a signature over a file is only judged with its SHA-256, and this bundle has another digest",
        ),
        Error::UnsupportedArtifact(said) if said.contains("prehashed") => {
            Some("a signature of this kind can only be judged with the file itself, not with its digest")
        }
        _ => None,
    }
}

/// Seconds since 1970, as `UnixTime(1778168051)`, become times.
fn with_readable_times(said: &str) -> String {
    const MARK: &str = "UnixTime(";
    let mut parts = said.split(MARK);
    let mut readable = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let time = part
            .split_once(')')
            .and_then(|(seconds, rest)| Some((Timestamp::from_second(seconds.parse().ok()?).ok()?, rest)));
        match time {
            Some((time, rest)) => readable.push_str(&format!("{time}{rest}")),
            None => readable.push_str(&format!("{MARK}{part}")),
        }
    }
    readable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_means_stands_before_what_the_library_said() {
        let expired = "CertExpired { time: UnixTime(1778168051), not_after: UnixTime(x) }".to_owned();
        assert_eq!(
            of(&CertificateError::ChainInvalid(expired).into()),
            "the signer's certificate had expired at the time of the signature (certificate chain is invalid: \
             CertExpired { time: 2026-05-07T15:34:11Z, not_after: UnixTime(x) })"
        );
        for (error, meaning) in [
            (Error::from(CertificateError::ChainInvalid("UnknownIssuer".into())), "does not lead to"),
            (CertificateError::Sct("x".into()).into(), "no log of certificates"),
            (TimestampError::NoVerifiedTimestamp("x.".into()).into(), "nobody vouches"),
            (
                TimestampError::Invalid("CMS signer does not match any trusted TSA".into()).into(),
                "of an authority",
            ),
            (TimestampError::Invalid("Timestamp message hash mismatch".into()).into(), "another signature"),
            (TimestampError::Invalid("CertExpired".into()).into(), "was not valid"),
            (TimestampError::Invalid("x".into()).into(), "does not verify"),
        ] {
            let said = of(&error);
            assert!(said.contains(meaning) && said.ends_with(')') && !said.contains(".)"), "{said}");
        }
        assert_eq!(of(&Error::InvalidBundle("it is".into())), "invalid bundle: it is");
    }
}

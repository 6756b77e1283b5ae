//! API versions and what may be asked with them.
//!
//! Everything is asked under v2 (v3 administration is unimplemented upstream).
//! The minor version in the path changes nothing in the server; the release
//! behind it decides which fields exist.

use std::fmt;

use super::answer::Versions;

/// A v2 API version that a server announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApiVersion {
    /// Always 2 where this console asks.
    pub major: u16,
    /// The minor version.
    pub minor: u16,
}

impl ApiVersion {
    /// The newest one that this console knows (Keylime 7.14.3).
    pub const NEWEST_KNOWN: Self = Self { major: 2, minor: 6 };

    /// From this version on (7.14.3) a silent push agent reads TIMEOUT.
    pub const HAS_TIMEOUT: Self = Self { major: 2, minor: 6 };

    /// Reads `2.6`; none for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        let number = |digits: &str| {
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
        };
        Some(Self { major: number(major)?, minor: number(minor)? })
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.major, self.minor)
    }
}

/// What is known of the version that one server speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Negotiated {
    /// Not asked yet, or the answer is no longer trusted.
    #[default]
    Unknown,
    /// The newest v2 version that both sides know.
    Version(ApiVersion),
    /// The verifier runs in push mode: it answers 410 to `/version`.
    Push,
    /// `/version` gave nothing useful: the alias `/v2`, which all releases accept.
    Fallback,
}

impl Negotiated {
    /// The newest common v2 version of an answer to `/version`.
    pub fn from_versions(versions: &Versions) -> Self {
        versions
            .supported_versions
            .iter()
            .chain([&versions.current_version])
            .filter_map(|text| ApiVersion::parse(text.raw()))
            .filter(|version| version.major == 2 && *version <= ApiVersion::NEWEST_KNOWN)
            .max()
            .map_or(Self::Fallback, Self::Version)
    }

    /// The first part of every path, without slashes: `v2.6`, or `v2` where the
    /// server does not say.
    pub fn prefix(self) -> String {
        match self {
            Self::Version(version) => format!("v{version}"),
            Self::Unknown | Self::Push | Self::Fallback => "v2".to_owned(),
        }
    }

    /// The version in numbers, where the server told.
    pub fn version(self) -> Option<ApiVersion> {
        match self {
            Self::Version(version) => Some(version),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::RemoteText;

    fn negotiated(current: &str, supported: &[&str]) -> Negotiated {
        Negotiated::from_versions(&Versions {
            current_version: current.into(),
            supported_versions: supported.iter().map(|text| RemoteText::from(*text)).collect(),
        })
    }

    #[test]
    fn the_newest_common_v2_is_taken() {
        assert_eq!(negotiated("2.6", &["1.0", "2.0", "2.5", "2.6", "3.0"]).prefix(), "v2.6");
        assert_eq!(negotiated("2.3", &["1.0", "2.3", "2.1"]).prefix(), "v2.3");
        assert_eq!(negotiated("2.9", &["2.4", "2.9"]).prefix(), "v2.4");
    }

    #[test]
    fn nonsense_falls_back_to_the_alias() {
        assert_eq!(negotiated("3.0", &["1.0", "x", "2.", ".6", "+2.6"]).prefix(), "v2");
        assert_eq!(Negotiated::Push.prefix(), "v2");
    }
}

//! The two kinds of policies that a verifier stores by name.

use std::fmt;

use super::super::version::{ApiVersion, Negotiated};

/// A kind of policy. The order is that of our lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyKind {
    /// Digests of files, for IMA (`allowlists` in the API's paths).
    Runtime,
    /// What the boot log must show (`mbpolicies`).
    MeasuredBoot,
}

/// Keylime 7.12: the first with `/mbpolicies` and with a list of names at
/// `/allowlists/`.
const HAS_LISTS: ApiVersion = ApiVersion { major: 2, minor: 3 };

impl PolicyKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Runtime, Self::MeasuredBoot];

    /// The word of our JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Runtime => "runtime",
            Self::MeasuredBoot => "measured-boot",
        }
    }

    /// The part of the path.
    pub(super) const fn segment(self) -> &'static str {
        match self {
            Self::Runtime => "allowlists",
            Self::MeasuredBoot => "mbpolicies",
        }
    }

    /// The member that holds a policy's text.
    pub(super) const fn text_member(self) -> &'static str {
        match self {
            Self::Runtime => "runtime_policy",
            Self::MeasuredBoot => "mb_policy",
        }
    }

    /// Why a server of that version cannot list policies of this kind.
    pub(super) fn why_not_listed(self, version: Negotiated) -> Option<String> {
        let version = version.version().filter(|version| *version < HAS_LISTS)?;
        Some(match self {
            Self::Runtime => format!(
                "this verifier speaks API {version}; runtime policies can be listed from 2.3 on (Keylime 7.12): \
                 name a policy to read it"
            ),
            Self::MeasuredBoot => too_old(version),
        })
    }

    /// Why a server of that version has no policy of this kind to read.
    pub(super) fn why_not_read(self, version: Negotiated) -> Option<String> {
        let version = version.version().filter(|version| *version < HAS_LISTS)?;
        (self == Self::MeasuredBoot).then(|| too_old(version))
    }
}

fn too_old(version: ApiVersion) -> String {
    format!("this verifier speaks API {version}; it stores measured-boot policies from 2.3 on (Keylime 7.12)")
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Runtime => "runtime policy",
            Self::MeasuredBoot => "measured-boot policy",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_releases_are_told_in_words() {
        let old = Negotiated::Version(ApiVersion { major: 2, minor: 2 });
        let new = Negotiated::Version(ApiVersion { major: 2, minor: 3 });
        let words = PolicyKind::Runtime.why_not_listed(old).unwrap();
        assert!(words.contains("API 2.2") && words.contains("name a policy"), "{words}");
        assert!(PolicyKind::MeasuredBoot.why_not_listed(old).unwrap().contains("Keylime 7.12"));
        assert_eq!(PolicyKind::Runtime.why_not_read(old), None, "by name it always could be read");
        assert!(PolicyKind::MeasuredBoot.why_not_read(old).is_some());
        for kind in PolicyKind::ALL {
            for version in [new, Negotiated::Push, Negotiated::Fallback, Negotiated::Unknown] {
                assert_eq!((kind.why_not_listed(version), kind.why_not_read(version)), (None, None));
            }
        }
    }
}

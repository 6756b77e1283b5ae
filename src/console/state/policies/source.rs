//! Where a policy is.

use std::borrow::Cow;
use std::fmt;

use crate::fleet::policies::reference;

/// What a measured-boot policy of a group begins with.
const BOOT: &str = "boot:";

/// Where a policy is: `group:NAME/POLICY`, else a file as the operator wrote it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicySource {
    /// A runtime policy that a group's verifiers hold.
    Deployed {
        /// The group's name.
        group: String,
        /// The policy's name, as the verifier has it: not fit to be shown.
        policy: String,
    },
    /// A measured-boot policy that a group's verifiers hold: `boot:NAME/POLICY`.
    DeployedBoot {
        /// The group's name.
        group: String,
        /// The policy's name, as the verifier has it: not fit to be shown.
        policy: String,
    },
    /// A file of this machine.
    File(String),
}

impl PolicySource {
    /// The file, if it is one.
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::File(path) => Some(path),
            Self::Deployed { .. } | Self::DeployedBoot { .. } => None,
        }
    }

    /// The name without what stands before it; not fit to be shown.
    pub fn name(&self) -> &str {
        match self {
            Self::Deployed { policy, .. } | Self::DeployedBoot { policy, .. } => policy,
            Self::File(path) => path.rsplit('/').next().unwrap_or(path),
        }
    }
}

impl PolicySource {
    /// What was written as a source: a file, unless it begins with `group:` or
    /// `boot:`.
    ///
    /// # Errors
    /// Why it names no policy, in words.
    pub fn read<'a>(text: &str, groups: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        if text.is_empty() {
            return Err("write a file, or group:NAME/POLICY".to_owned());
        }
        let (deployed, is_boot) = match text.strip_prefix(BOOT) {
            Some(rest) => (Cow::Owned(format!("group:{rest}")), true),
            None => (Cow::Borrowed(text), false),
        };
        let Some(found) = reference(&deployed, groups) else { return Ok(Self::File(text.to_owned())) };
        let found = found.map_err(|error| error.to_string())?;
        let (group, policy) = (found.group, found.name.raw().to_owned());
        Ok(match is_boot {
            true => Self::DeployedBoot { group, policy },
            false => Self::Deployed { group, policy },
        })
    }
}

/// As it is read; not fit to be shown.
impl fmt::Display for PolicySource {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deployed { group, policy } => write!(out, "group:{group}/{policy}"),
            Self::DeployedBoot { group, policy } => write!(out, "boot:{group}/{policy}"),
            Self::File(path) => out.write_str(path),
        }
    }
}

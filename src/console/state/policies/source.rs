//! Where a policy is.

use std::fmt;
use std::str::FromStr;

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

impl FromStr for PolicySource {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Err("write a file, or group:NAME/POLICY");
        }
        let split = |rest: &str| {
            let (group, policy) = rest.split_once('/')?;
            (!group.is_empty() && !policy.is_empty()).then(|| (group.to_owned(), policy.to_owned()))
        };
        let missing = "a deployed policy is group:NAME/POLICY";
        if let Some(rest) = text.strip_prefix("group:") {
            let (group, policy) = split(rest).ok_or(missing)?;
            return Ok(Self::Deployed { group, policy });
        }
        if let Some(rest) = text.strip_prefix("boot:") {
            let (group, policy) = split(rest).ok_or("a measured-boot policy is boot:NAME/POLICY")?;
            return Ok(Self::DeployedBoot { group, policy });
        }
        Ok(Self::File(text.to_owned()))
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

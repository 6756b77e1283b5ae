//! What is asked where: the addresses of one group.

use std::num::NonZeroUsize;

use crate::config::{Config, GroupConfig};
use crate::fleet::GroupPlan;
use crate::keylime::AddressRole;
use crate::servers::Endpoint;

/// One group's addresses. Their order is that of the model's indices: the
/// verifiers, the operators' faces of the registrars, then the agents' faces
/// that are URLs of their own.
#[derive(Clone, Debug)]
pub struct GroupTargets {
    /// The group's name.
    pub name: String,
    /// All addresses.
    pub addresses: Vec<(AddressRole, Endpoint)>,
}

impl GroupTargets {
    /// The addresses of a configured group.
    pub fn of(group: &GroupConfig) -> Self {
        let operators = group.operators();
        let mut addresses: Vec<_> =
            group.verifiers.iter().map(|verifier| (AddressRole::Verifier, verifier.clone())).collect();
        addresses.extend(operators.iter().map(|face| (AddressRole::Registrar, (*face).clone())));
        let others = group.agent_faces().into_iter().filter(|face| !operators.contains(face));
        addresses.extend(others.map(|face| (AddressRole::RegistrarAgentFace, face.clone())));
        Self { name: group.name.clone(), addresses }
    }

    /// Indices of the addresses with this role: always one run.
    pub(super) fn of_role(&self, role: AddressRole) -> Option<RoleTargets> {
        let first = self.addresses.iter().position(|(other, _)| *other == role)?;
        let count = self.addresses.iter().filter(|(other, _)| *other == role).count();
        Some(RoleTargets { first, count: NonZeroUsize::new(count)? })
    }

    pub(super) fn endpoint(&self, index: usize) -> Option<&Endpoint> {
        self.addresses.get(index).map(|(_, endpoint)| endpoint)
    }

    /// What the model is to know.
    pub fn plan(&self) -> GroupPlan {
        let addresses = self.addresses.iter().map(|(role, endpoint)| (*role, endpoint.to_string())).collect();
        GroupPlan { name: self.name.clone(), addresses }
    }
}

/// The run of addresses that have one role.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoleTargets {
    pub first: usize,
    pub count: NonZeroUsize,
}

/// The targets of all configured groups, in their order.
pub fn targets(config: &Config) -> Vec<GroupTargets> {
    config.groups.iter().map(GroupTargets::of).collect()
}

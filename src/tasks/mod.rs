//! Everything that waits: polling the groups, reading their credentials.
//!
//! Each group has a task of its own ([`follow`]), so that a slow or hostile
//! server costs its own group only. A task sends what it learns to the
//! [`keeper`], which owns the model and publishes pictures of it. [`once`] is
//! one poll of every group, for `status` and `check`. How often what is asked
//! is decided in [`pace`], which is pure. A [`Prober`] looks at addresses that
//! nobody follows yet. [`device`] is the TPM of this host,
//! [`anchor`] what it says of the trust store. [`policies`] are read only when somebody wants to see them;
//! [`quotes`] checks again what agents attested;
//! [`identity`] asks for every agent's keys on request;
//! [`evidence`] reads folders of bundles and judges thousands of them on all cores.

pub(crate) mod after_saving;
pub(crate) mod agent_files;
pub mod anchor;
mod asker;
mod credentials;
mod details;
pub mod device;
mod direction;
pub mod evidence;
mod follow;
mod group;
pub mod identity;
mod keeper;
mod lists;
mod look;
mod once;
pub mod pace;
pub mod policies;
mod policy_signer;
pub mod quotes;
mod refresh;
mod service_environment;
pub mod standing;

pub use credentials::{AskPassphrase, UnusableCredentials, key_of_device};
pub use direction::{Director, Following, Redirected};
pub use follow::{follow, network};
pub use group::{GroupTargets, targets};
pub use keeper::{News, keeper};
pub use look::{LONGEST, Looked, Looking, Prober, Question};
pub use once::once;
pub use policy_signer::DeviceSigner;
pub use refresh::{Refreshed, Refresher};

//! Everything that waits: polling the groups, reading their credentials.
//!
//! Each group has a task of its own ([`follow`]), so that a slow or hostile
//! server costs its own group only. A task sends what it learns to the
//! [`keeper`], which owns the model and publishes pictures of it. [`once`] is
//! one poll of every group, for `status` and `check`; [`policies`] are read only
//! when somebody wants to see them. How often what is asked
//! is decided in [`pace`], which is pure.

pub(crate) mod after_saving;
pub(crate) mod agent_files;
mod asker;
mod credentials;
mod details;
mod direction;
mod follow;
mod group;
mod keeper;
mod lists;
mod once;
pub mod pace;
pub mod policies;
mod refresh;

pub use credentials::{AskPassphrase, UnusableCredentials};
pub use direction::{Director, Following, Redirected};
pub use follow::{follow, network};
pub use group::{GroupTargets, targets};
pub use keeper::{News, keeper};
pub use once::once;
pub use refresh::{Refreshed, Refresher};

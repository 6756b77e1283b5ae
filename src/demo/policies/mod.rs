//! The policies of the embedded fleet: what is stored where (`library`), made
//! of small texts (`text`) of which some are signed as `keylime-policy sign`
//! does it (`signing`), and how the v2 API tells of them (`answers`).
//!
//! The groups mostly agree. In one of them `web-tier` has drifted, `db-tier`
//! was signed another time, and what only the first group has is missing in
//! the others.

mod answers;
mod library;
mod signing;
mod text;

pub(super) use answers::{measured_boot_policies, measured_boot_policy, runtime_policies, runtime_policy};
pub(super) use library::Library;

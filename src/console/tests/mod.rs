//! Tests of the console as a whole: pages, loop, properties.

mod agent_evidence;
mod allocations;
mod crowd;
mod dashboard;
mod events;
mod evidence;
mod evidence_fakes;
mod frames;
mod groups;
mod help;
mod identities;
mod late;
mod log;
mod looping;
mod mouse;
mod overview;
pub mod pages;
pub mod picture;
pub mod policies;
pub mod policy_fakes;
mod properties;
mod quiet;
mod rig;
mod standing;
mod states;
mod views;

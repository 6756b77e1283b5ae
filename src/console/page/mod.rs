//! What the pages say. Each page has its words (pure) and its drawing.

pub mod agents;
pub mod condition;
pub mod crumbs;
pub mod dashboard;
pub mod editor;
pub mod events;
pub mod group;
pub mod help;
mod help_hands;
pub mod identities;
pub mod json;
pub mod log;
mod overlaid;
pub mod overview;
pub mod palette;
pub mod policies;
pub mod policy;
pub mod trust;
pub(super) mod verdicts;

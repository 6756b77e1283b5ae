//! Tests of the console as a whole: pages, loop, properties.

mod allocations;
mod crowd;
mod events;
mod groups;
mod late;
mod log;
mod looping;
mod overview;
mod pages;
mod properties;
mod quiet;
mod rig;
mod views;

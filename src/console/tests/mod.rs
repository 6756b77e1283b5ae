//! Tests of the console as a whole: pages, loop, properties.

mod events;
mod groups;
mod log;
mod looping;
mod overview;
mod pages;
mod properties;
mod rig;

//! Tests of the console as a whole: pages, loop, properties.

mod events;
mod groups;
mod looping;
mod pages;
mod properties;
mod rig;

//! Tests of the console as a whole: pages, loop, properties.

mod dashboard;
mod events;
mod groups;
mod help;
mod log;
mod looping;
mod mouse;
mod overview;
mod pages;
mod picture;
mod properties;
mod rig;
mod states;

//! What the test binaries share. Each uses its own part of it.
#![allow(dead_code, reason = "each test binary uses its own part of the support code")]

pub mod agent;
pub mod captures;
pub mod checks;
pub mod command;
pub mod configuration;
pub mod contract;
pub mod deployment;
pub mod http;
pub mod keylime;
pub mod picture;
pub mod screen;
pub mod status;
pub mod supervisor;
pub mod tmux;
pub mod wait;

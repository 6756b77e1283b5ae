//! What several test binaries share.
#![allow(dead_code)]

pub mod captures;
pub mod deployment;

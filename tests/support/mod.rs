//! Helpers of the integration tests. Each test binary uses some of them.
#![allow(dead_code)]

pub mod captures;
pub mod checks;
pub mod contract;
pub mod deployment;
pub mod http;
pub mod wait;

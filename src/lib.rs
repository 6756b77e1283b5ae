//! limescope: the terminal operations console for Keylime attestation fleets.
//!
//! Data flows one way: wire → model → screen. Each folder is a room with one
//! purpose; a room uses only the rooms named before it (`tests/house.rs` checks
//! that):
//!
//! * [`text`][]: remote text and its one sanitiser
//! * [`files`][]: bounded reading, places on disk, the log file
//! * [`servers`][]: addresses and server blocks (Keylime Enhancement 119), selection
//! * [`policy`][]: signed policies and `digest_metadata` (Keylime Enhancement 86)
//! * [`tpm`][]: TPM 2.0: what agents send, quotes, the TPM of this machine
//! * [`config`][]: `limescope.toml`
//! * [`keylime`][]: one deployment on the wire: types, HTTP, TLS, probes
//! * [`fleet`][]: groups, agents, verdicts, coverage, events; pure
//! * [`demo`][]: the embedded fleet
//! * [`tasks`][]: everything that waits
//! * [`console`][]: the screen
//! * [`cli`][]: the subcommands

pub mod cli;
pub mod config;
pub mod console;
pub mod demo;
pub mod files;
pub mod fleet;
pub mod keylime;
pub mod policy;
pub mod servers;
pub mod tasks;
pub mod text;
pub mod tpm;

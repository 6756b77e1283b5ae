//! Server addresses and what may be done with a list of them. Pure.
//!
//! An entry of `registrars` or `verifiers` reads `[scheme://]host[:port]`
//! (Keylime Enhancement 119). [`parse_address`] takes it apart strictly: what
//! it does not understand it refuses with the place of the fault, and what it
//! understands differently than one might think it says in a notice. A URL
//! library is too forgiving for this: it reads `127.1` as an address,
//! `reg:8890` as a scheme, and forgets ports that a scheme implies.
//!
//! `faces` turns the written [`Address`] into the [`Endpoint`]s that Keylime
//! listens on. A registrar has two: the agents' (HTTP) and the operators' (TLS
//! with client certificates). [`repeats`] finds addresses that stand twice.
//! [`Selection`] chooses one address of a list and keeps it until it fails;
//! [`Duplicates`] does so in N blocks at once.
//!
//! [`document`] reads whole texts: blocks, duplication, diagnostics and fixes.
//! [`layers`] says which of an agent's many files a value comes from. From a
//! document come the usable [`Backend`]s, and from those the [`headroom`].

mod address;
mod backend;
pub(crate) mod conceal;
mod diff;
pub mod document;
mod duplicates;
#[cfg(test)]
mod edge_table;
pub mod edit;
mod faces;
mod fault;
mod grammar;
mod headroom;
mod host;
pub mod layers;
mod mask;
mod repeats;
mod select;
pub(crate) mod syntax;
pub mod tidy;

pub use address::{Address, Endpoint, Host, Role, Scheme};
pub use backend::{Backend, backends};
pub use diff::unified;
pub use duplicates::{Duplicates, Pair, Pick, Shape, Standing};
pub use faces::{
    DEFAULT_REGISTRAR_PORT, DEFAULT_REGISTRAR_TLS_PORT, DEFAULT_VERIFIER_PORT, registrar_admin_face,
    registrar_agent_face, registrar_operator_face, verifier_endpoint,
};
pub use fault::{AddressError, AddressNotice, Severity};
pub use grammar::{parse_address, parse_admin_address, parse_host};
pub use headroom::{Availability, Headroom, PointKind, SinglePoint, availability, headroom};
pub use mask::mask_userinfo;
pub use repeats::{Repeat, loopback_blocks, repeats};
pub use select::{Choice, FIRST_PAUSE, LONGEST_PAUSE, Selection};

//! `limescope.toml`: what the operator wrote, checked as a whole.
//!
//! [`parse`] takes the text and gives either a [`Config`] with its warnings, or
//! [`ConfigErrors`]: every fault that can be found in one pass, each with line,
//! column, the source line and the nearest right name. It walks the spanned
//! TOML tree by hand (`root` → `block` → `addresses`, `tls`; then `across`
//! for what concerns several blocks), because a derived reader stops at the
//! first fault and loses the places.
//!
//! No source line leaves this room with userinfo, a passphrase or a key in it
//! (`servers::conceal`). [`local_installation`] makes the group `local` of a Keylime
//! that is installed on this host; [`tls_of_block`] and [`tls_of_agent`] read
//! what a text that is being written says of TLS. Nothing here reads a file.

mod across;
mod addresses;
mod agent;
mod block;
mod diagnostic;
mod findings;
mod ini;
mod local;
mod model;
mod names;
mod paths;
mod root;
mod tls;
mod values;

pub use agent::tls_of_agent;
pub use diagnostic::{ConfigErrors, Diagnostic};
pub use local::{Installed, LocalInstallation, local_installation};
pub use model::{
    Anchor, Config, GroupConfig, HostnameCheck, KeySource, PassphraseSource, RegistrarFaces, TlsConfig,
};
pub use root::{parse, tls_of_block};

/// Bytes of a configuration at most.
pub const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// The commented sample that `limescope print config` prints.
pub const SAMPLE: &str = include_str!("../../assets/limescope.toml");

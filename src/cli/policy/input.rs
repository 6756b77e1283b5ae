//! From a FILE argument to bytes.

use std::cell::{Cell, RefCell};
use std::path::Path;

use color_eyre::eyre::{Report, eyre};

use super::deployed::Deployed;
use crate::cli::arguments::Global;
use crate::files::bounded;
use crate::policy::json::Limits;
use crate::policy::trust::Subject;

/// Bytes of a key, a signature or a trust store at most.
pub(super) const MAX_SMALL: u64 = 8 << 20;

/// A text to be judged, and which policy it is, as far as its name says.
pub(super) struct Loaded {
    pub bytes: Vec<u8>,
    /// The name for messages and JSON, as it was given.
    pub name: String,
    pub group: Option<String>,
    pub policy: Option<String>,
}

impl Loaded {
    pub(super) fn subject(&self) -> Subject<'_> {
        Subject { group: self.group.as_deref(), policy: self.policy.as_deref() }
    }
}

/// Where the FILEs of one run come from.
pub(super) struct Inputs<'a> {
    global: &'a Global,
    /// Whether somebody read standard input: it can be read once.
    standard_input: Cell<bool>,
    /// The configuration and connections, from the first deployed policy on.
    deployed: RefCell<Option<Deployed>>,
}

impl<'a> Inputs<'a> {
    pub(super) const fn new(global: &'a Global) -> Self {
        Self { global, standard_input: Cell::new(false), deployed: RefCell::new(None) }
    }

    /// What the configuration demands of the trust store's anchor.
    ///
    /// # Errors
    /// There is a configuration, and it cannot be used.
    pub(super) fn anchor(&self) -> Result<crate::config::Anchor, Report> {
        crate::cli::load::anchor_setting(self.global)
    }

    /// Loads what a FILE argument names: a policy that is deployed in a group
    /// for `group:NAME/POLICY`, standard input for `-`, else a file (one whose
    /// name begins so is written `./group:…`).
    ///
    /// # Errors
    /// It cannot be read, or is larger than any policy may be.
    pub(super) fn load(&self, file: &Path) -> Result<Loaded, Report> {
        let limit = Limits::default().bytes as u64;
        let name = file.to_string_lossy().into_owned();
        if name.starts_with("group:") {
            let mut deployed = self.deployed.borrow_mut();
            let network = match &mut *deployed {
                Some(network) => network,
                none => {
                    if self.global.config.as_deref() == Some(Path::new("-")) {
                        self.take_standard_input()?;
                    }
                    none.insert(Deployed::open(self.global)?)
                }
            };
            return network.load(name);
        }
        let bytes = if file == Path::new("-") {
            self.take_standard_input()?;
            bounded::read_bytes_from(std::io::stdin().lock(), "standard input", limit)?
        } else {
            bounded::read_bytes(file, limit)?
        };
        Ok(Loaded { bytes, name, group: None, policy: None })
    }

    fn take_standard_input(&self) -> Result<(), Report> {
        match self.standard_input.replace(true) {
            false => Ok(()),
            true => Err(eyre!("standard input (-) can be read once, and is named twice")),
        }
    }
}

/// Reads a key, a signature or another small file.
///
/// # Errors
/// It cannot be read, or is too large.
pub(super) fn small(file: &Path) -> Result<Vec<u8>, Report> {
    Ok(bounded::read_bytes(file, MAX_SMALL)?)
}

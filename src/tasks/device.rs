//! The TPM of this host and the operator's keys in it: one of each for the whole process.
//!
//! Groups share a key, and a changed configuration is read anew: a PIN is asked for
//! once all the same, and one that was wrong stays known as wrong.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::text::Secret;
use crate::tpm::device::{DeviceKey, KeyFile, Tpm};

#[derive(Default)]
struct Host {
    tpm: Option<Arc<Tpm>>,
    keys: Vec<Arc<DeviceKey>>,
}

static HOST: Mutex<Host> = Mutex::new(Host { tpm: None, keys: Vec::new() });

impl Host {
    fn tpm(&mut self) -> Arc<Tpm> {
        Arc::clone(self.tpm.get_or_insert_with(|| Arc::new(Tpm::of_this_host())))
    }
}

/// The TPM of this host. Nothing is opened yet.
pub fn tpm() -> Arc<Tpm> {
    HOST.lock().unwrap_or_else(PoisonError::into_inner).tpm()
}

/// The key of a file in the TPM of this host; its PIN is asked for where it has one and none is known.
///
/// # Errors
/// What `pin` says.
pub fn key<E>(file: KeyFile, pin: impl FnOnce() -> Result<Option<Secret>, E>) -> Result<Arc<DeviceKey>, E> {
    let mut host = HOST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = host.keys.iter().find(|known| *known.file() == file && known.has_pin()) {
        return Ok(Arc::clone(known));
    }
    let pin = if file.needs_pin() { pin()? } else { None };
    let key = Arc::new(DeviceKey::new(host.tpm(), file, pin));
    host.keys.retain(|known| known.file() != key.file());
    host.keys.push(Arc::clone(&key));
    Ok(key)
}

/// Whether any key of the TPM is in use.
pub fn has_keys() -> bool {
    !HOST.lock().unwrap_or_else(PoisonError::into_inner).keys.is_empty()
}

/// Ends the thread that speaks to the TPM; waits for it no longer than the TPM's time-out. To be called last.
pub fn close() {
    let host = std::mem::take(&mut *HOST.lock().unwrap_or_else(PoisonError::into_inner));
    if let Some(tpm) = &host.tpm {
        tpm.close();
    }
}

/// What somebody is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    /// The passphrase of a key file.
    Passphrase(&'a Path),
    /// The PIN of the key that the TPM holds for this file.
    Pin(&'a Path),
}

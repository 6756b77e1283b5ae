//! Reading what `[servers.tls]` names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::device::{self, Wanted};
use crate::config::{KeySource, PassphraseSource, TlsConfig};
use crate::files::bounded::{self, ReadError};
use crate::keylime::{Credentials, CredentialsError, TlsSetup, is_encrypted};
use crate::text::Secret;
use crate::tpm::device::{DeviceKey, KeyFile, KeyFileError};

/// Largest file of certificates or keys, in bytes.
const MAX_PEM: u64 = 1024 * 1024;

/// Longest passphrase, in bytes.
const MAX_PASSPHRASE: u64 = 4096;

/// Asks a person for a passphrase or a PIN; none where nobody can be asked.
pub type AskPassphrase<'a> = &'a mut dyn FnMut(Wanted<'_>) -> Option<Secret>;

/// Why a group's credentials cannot be used. The group is not asked then; the
/// others are.
#[derive(Debug, thiserror::Error)]
pub enum UnusableCredentials {
    /// A file cannot be read.
    #[error("`{key}` cannot be read: {source}")]
    File {
        /// The configuration's key.
        key: &'static str,
        /// What happened.
        source: ReadError,
    },
    /// The environment variable that `key_passphrase_env` names is not set.
    #[error("the environment variable {0} (key_passphrase_env) is not set")]
    Environment(String),
    /// A key of a TPM, named as if it were one in a file.
    #[error("`key` names a key of the TPM: write key = \"tpm:{}\"", .0.display())]
    OfDevice(PathBuf),
    /// A file that names no key of a TPM.
    #[error("the key {}: {source}", path.display())]
    Device {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: KeyFileError,
    },
    /// The texts are no good.
    #[error(transparent)]
    Content(#[from] CredentialsError),
}

/// Reads a group's credentials and sets TLS up with them.
///
/// # Errors
/// Whatever cannot be read or used, by the name of the configuration's key.
pub fn read(config: &TlsConfig, ask: AskPassphrase<'_>) -> Result<TlsSetup, UnusableCredentials> {
    let file = |key: &'static str, path: &Path| {
        bounded::read_bytes(path, MAX_PEM).map_err(|source| UnusableCredentials::File { key, source })
    };
    let ca = config.ca.as_ref().map(|path| file("ca", path)).transpose()?;
    let cert = config.cert.as_ref().map(|path| file("cert", path)).transpose()?;
    let mut device_key = None;
    let (key, passphrase) = match &config.key {
        None => (None, None),
        Some(KeySource::Tpm(path)) => {
            device_key = Some(key_of_device(config.passphrase.as_ref(), path, ask)?);
            (None, None)
        }
        Some(KeySource::File(path)) => {
            let key = Secret::new(file("key", path)?);
            if KeyFile::is_in(key.expose()) {
                return Err(UnusableCredentials::OfDevice(path.clone()));
            }
            let passphrase = match stored(config.passphrase.as_ref())? {
                None if is_encrypted(&key) => ask(Wanted::Passphrase(path)),
                stored => stored,
            };
            (Some(key), passphrase)
        }
    };
    let credentials = Credentials {
        ca,
        cert,
        key,
        passphrase,
        device_key,
        hostname: config.hostname,
        expect_name: config.expect_name.clone(),
    };
    Ok(TlsSetup::new(&credentials)?)
}

/// The key of a file in the TPM of this host. The TPM itself is asked for nothing yet: one that is missing costs the
/// groups that need it, with the first connection, and nobody else.
///
/// # Errors
/// The file cannot be read or names no key of a TPM, or its PIN should come from somewhere where there is none.
pub fn key_of_device(
    source: Option<&PassphraseSource>,
    path: &Path,
    ask: AskPassphrase<'_>,
) -> Result<Arc<DeviceKey>, UnusableCredentials> {
    let text = bounded::read_bytes(path, MAX_PEM)
        .map_err(|source| UnusableCredentials::File { key: "key", source })?;
    let file = KeyFile::from_pem(&text)
        .map_err(|source| UnusableCredentials::Device { path: path.to_owned(), source })?;
    device::key(file, || Ok(stored(source)?.or_else(|| ask(Wanted::Pin(path)))))
}

/// The passphrase or PIN that the configuration names a place for.
fn stored(source: Option<&PassphraseSource>) -> Result<Option<Secret>, UnusableCredentials> {
    match source {
        Some(PassphraseSource::File(path)) => {
            let text = bounded::read_bytes(path, MAX_PASSPHRASE)
                .map_err(|source| UnusableCredentials::File { key: "key_passphrase_file", source })?;
            let line = text.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default().to_vec();
            drop(Secret::new(text));
            Ok(Some(Secret::new(line)))
        }
        Some(PassphraseSource::Environment(name)) => match std::env::var_os(name) {
            Some(value) => Ok(Some(Secret::new(value.into_encoded_bytes()))),
            None => Err(UnusableCredentials::Environment(name.clone())),
        },
        None => Ok(None),
    }
}

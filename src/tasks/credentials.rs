//! Reading what `[servers.tls]` names.

use std::path::{Path, PathBuf};

use crate::config::{KeySource, PassphraseSource, TlsConfig};
use crate::files::bounded::{self, ReadError};
use crate::keylime::{Credentials, CredentialsError, TlsSetup, is_encrypted};
use crate::text::Secret;

/// Largest file of certificates or keys, in bytes.
const MAX_PEM: u64 = 1024 * 1024;

/// Longest passphrase, in bytes.
const MAX_PASSPHRASE: u64 = 4096;

/// Asks a person for the passphrase of a key file; none where nobody can be asked.
pub type AskPassphrase<'a> = &'a mut dyn FnMut(&Path) -> Option<Secret>;

/// Why a group's credentials cannot be used. The group is not asked then; the
/// others are.
#[derive(Debug, thiserror::Error)]
pub enum UnusableCredentials {
    /// A file cannot be read.
    #[error("`{key}` of this group cannot be read: {source}")]
    File {
        /// The configuration's key.
        key: &'static str,
        /// What happened.
        source: ReadError,
    },
    /// The environment variable that `key_passphrase_env` names is not set.
    #[error("the environment variable {0} (key_passphrase_env) is not set")]
    Environment(String),
    /// A key that only the TPM can use.
    #[error("the key {} is in a TPM, which this version cannot use yet", .0.display())]
    Tpm(PathBuf),
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
    let (key, passphrase) = match &config.key {
        None => (None, None),
        Some(KeySource::Tpm(path)) => return Err(UnusableCredentials::Tpm(path.clone())),
        Some(KeySource::File(path)) => {
            let key = Secret::new(file("key", path)?);
            let passphrase = passphrase(config.passphrase.as_ref(), &key, path, ask)?;
            (Some(key), passphrase)
        }
    };
    let credentials = Credentials {
        ca,
        cert,
        key,
        passphrase,
        hostname: config.hostname,
        expect_name: config.expect_name.clone(),
    };
    Ok(TlsSetup::new(&credentials)?)
}

fn passphrase(
    source: Option<&PassphraseSource>,
    key: &Secret,
    path: &Path,
    ask: AskPassphrase<'_>,
) -> Result<Option<Secret>, UnusableCredentials> {
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
        None if is_encrypted(key) => Ok(ask(path)),
        None => Ok(None),
    }
}

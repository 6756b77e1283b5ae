//! The operator's private key: PEM as Keylime writes it, encrypted too.
//!
//! rustls does not decrypt. An encrypted PKCS#8 key (RFC 5958, PBES2 of RFC
//! 8018) is taken apart with the `pkcs8` crate and decrypted with aws-lc-rs,
//! so that no second crypto stack comes in for this one step.

use aws_lc_rs::cipher::{AES_128, AES_256, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::pbkdf2;
use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::{EncryptionScheme as Cipher, Kdf, Pbkdf2Prf};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use zeroize::Zeroizing;

use crate::text::Secret;

/// Rounds of key derivation that we are willing to compute (a few seconds).
const MAX_ITERATIONS: u32 = 10_000_000;

/// Why a private key cannot be used. Nothing of the key is in the words.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// No PEM block that is a private key.
    #[error(
        "no private key in it: a PEM block `PRIVATE KEY`, `RSA PRIVATE KEY`, `EC PRIVATE KEY` or `ENCRYPTED PRIVATE KEY` is needed"
    )]
    None,
    /// An encrypted key without a passphrase.
    #[error(
        "the key is encrypted: set `key_passphrase_file` or `key_passphrase_env`, or start limescope on a terminal to be asked"
    )]
    PassphraseMissing,
    /// The passphrase does not open the key.
    #[error("the passphrase does not open the key")]
    PassphraseWrong,
    /// An encryption that is not supported.
    #[error("the key's encryption is not supported ({0}): convert it with `openssl pkcs8 -topk8 -v2 aes256`")]
    Unsupported(&'static str),
    /// Encrypted by PEM itself (RFC 1421), as OpenSSL did before PKCS#8.
    #[error("the key is encrypted in PEM's old way: convert it with `openssl pkcs8 -topk8 -v2 aes256`")]
    OldEncryption,
    /// Damaged PEM or DER.
    #[error("the key is damaged: {0}")]
    Damaged(String),
}

/// Reads the first private key of a PEM text.
pub(super) fn read(pem: &Secret, passphrase: Option<&Secret>) -> Result<PrivateKeyDer<'static>, KeyError> {
    if let Some(encrypted) = encrypted_block(pem)? {
        let passphrase = passphrase.ok_or(KeyError::PassphraseMissing)?;
        let plain = decrypt(&encrypted, passphrase)?;
        return Ok(PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(plain.to_vec())));
    }
    if pem.expose().split(|byte| *byte == b'\n').any(|line| line.starts_with(b"Proc-Type: 4,ENCRYPTED")) {
        return Err(KeyError::OldEncryption);
    }
    PrivateKeyDer::from_pem_slice(pem.expose()).map_err(|error| match error {
        rustls::pki_types::pem::Error::NoItemsFound => KeyError::None,
        other => KeyError::Damaged(format!("{other:?}").chars().take(80).collect()),
    })
}

/// Whether a PEM text holds an encrypted key, which needs a passphrase.
pub fn is_encrypted(pem: &Secret) -> bool {
    matches!(encrypted_block(pem), Ok(Some(_)))
}

fn encrypted_block(pem: &Secret) -> Result<Option<Zeroizing<Vec<u8>>>, KeyError> {
    const LABEL: &str = "ENCRYPTED PRIVATE KEY";
    let Ok(text) = std::str::from_utf8(pem.expose()) else { return Ok(None) };
    let Some(start) = text.find(&format!("-----BEGIN {LABEL}-----")) else { return Ok(None) };
    let end_line = format!("-----END {LABEL}-----");
    let block = text
        .get(start..)
        .and_then(|rest| rest.find(&end_line).and_then(|end| rest.get(..end + end_line.len())));
    let block = block.ok_or_else(|| KeyError::Damaged("its end line is missing".to_owned()))?;
    match pem_rfc7468::decode_vec(block.as_bytes()) {
        Ok((_, der)) => Ok(Some(Zeroizing::new(der))),
        Err(error) => Err(KeyError::Damaged(error.to_string())),
    }
}

fn decrypt(der: &[u8], passphrase: &Secret) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let info =
        EncryptedPrivateKeyInfoRef::try_from(der).map_err(|error| KeyError::Damaged(error.to_string()))?;
    let EncryptionScheme::Pbes2(parameters) = info.encryption_algorithm else {
        return Err(KeyError::Unsupported("not PBES2"));
    };
    let Kdf::Pbkdf2(derivation) = &parameters.kdf else {
        return Err(KeyError::Unsupported("scrypt"));
    };
    let algorithm = match derivation.prf {
        Pbkdf2Prf::HmacWithSha1 => pbkdf2::PBKDF2_HMAC_SHA1,
        Pbkdf2Prf::HmacWithSha256 => pbkdf2::PBKDF2_HMAC_SHA256,
        Pbkdf2Prf::HmacWithSha384 => pbkdf2::PBKDF2_HMAC_SHA384,
        Pbkdf2Prf::HmacWithSha512 => pbkdf2::PBKDF2_HMAC_SHA512,
        _ => return Err(KeyError::Unsupported("PBKDF2 with another hash than SHA-1, 256, 384 or 512")),
    };
    let (cipher, iv, length) = match &parameters.encryption {
        Cipher::Aes128Cbc { iv } => (&AES_128, *iv, 16),
        Cipher::Aes256Cbc { iv } => (&AES_256, *iv, 32),
        _ => return Err(KeyError::Unsupported("another cipher than AES-128-CBC or AES-256-CBC")),
    };
    let iterations = std::num::NonZeroU32::new(derivation.iteration_count)
        .filter(|count| count.get() <= MAX_ITERATIONS)
        .ok_or(KeyError::Unsupported("an unreasonable number of rounds"))?;
    let mut key = Zeroizing::new(vec![0_u8; length]);
    pbkdf2::derive(algorithm, iterations, derivation.salt.as_ref(), passphrase.expose(), &mut key);
    let wrong = |_unspecified| KeyError::PassphraseWrong;
    let key = PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(cipher, &key).map_err(wrong)?)
        .map_err(wrong)?;
    let mut text = Zeroizing::new(info.encrypted_data.as_bytes().to_vec());
    let plain = key.decrypt(&mut text, DecryptionContext::Iv128(iv.into())).map_err(wrong)?;
    let plain = Zeroizing::new(plain.to_vec());
    // A wrong passphrase passes the padding check once in 256 times: what it
    // then yields is no key.
    match pkcs8::PrivateKeyInfoRef::try_from(plain.as_slice()) {
        Ok(_) => Ok(plain),
        Err(_) => Err(KeyError::PassphraseWrong),
    }
}

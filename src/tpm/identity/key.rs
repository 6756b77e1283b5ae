//! What a key in a registration is, and what is wrong with it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::certificate::{CertifiedKey, without_zeros};
use super::finding::Finding;
use super::key_name::KeyName;
use super::template;
use crate::text::RemoteText;
use crate::tpm::wire::{Attributes, Curve, Hash, Key, MAX_PUBLIC, Public, Scheme};

/// Bits of an RSA modulus at least (NIST SP 800-131A).
const RSA_BITS: usize = 2048;

/// Bits of a curve at least.
const CURVE_BITS: u16 = 256;

/// A key as it is shown and compared; the key itself is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFacts {
    /// `RSA 2048`, `P-256`.
    pub kind: String,
    /// Its scheme, in words.
    pub scheme: String,
    /// Its Name; none where its hash is not computed here.
    pub name: Option<KeyName>,
    /// What its TPM lets be done with it.
    pub attributes: Attributes,
    /// Whether a template of the TCG for endorsement keys makes such a key.
    pub is_default_template: bool,
}

impl KeyFacts {
    pub(super) fn of(key: &Public) -> Self {
        Self {
            kind: key.key.words(),
            scheme: key.scheme.words(),
            name: key.name().map(|name| KeyName::new(name.bytes())),
            attributes: key.attributes,
            is_default_template: template::is_default(key),
        }
    }
}

/// Reads base64 of a TPM2B_PUBLIC.
///
/// # Errors
/// Why it is none, fit to be shown.
pub(super) fn read(text: &RemoteText) -> Result<Public, String> {
    // No longer than the structure can be.
    if text.len() > MAX_PUBLIC * 2 {
        return Err(format!("it has {} characters, far more than any key", text.len()));
    }
    let bytes = STANDARD.decode(text.raw()).map_err(|_no_base64| "it is no base64".to_owned())?;
    Public::read_sized(&bytes).map_err(|error| error.to_string())
}

/// Which of an agent's keys is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Proves which TPM it is.
    Endorsement,
    /// Signs quotes.
    Attestation,
    /// Proves which device it is, before the attestation key (TCG DevID).
    InitialAttestation,
}

impl Part {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Endorsement => "endorsement key",
            Self::Attestation => "attestation key",
            Self::InitialAttestation => "initial attestation key",
        }
    }

    /// The code of this part's finding of a kind.
    const fn code(self, [endorsement, attestation, initial]: [&'static str; 3]) -> &'static str {
        match self {
            Self::Endorsement => endorsement,
            Self::Attestation => attestation,
            Self::InitialAttestation => initial,
        }
    }
}

const NEW_KEY: &str = "Do not believe this agent's quotes. Find out who registered it, delete the registration, \
                       and let the agent make its key anew on its TPM.";

const OTHER_TPM: &str = "Do not believe this agent's quotes. Find out what registered it: an agent on a real \
                         TPM never sends such a key.";

/// The attributes that a key that signs quotes must have, with what their lack means.
const ATTESTATION: [(Attributes, [&str; 3], &str); 5] = [
    (
        Attributes::RESTRICTED,
        ["", "ak-not-restricted", "iak-not-restricted"],
        "is not restricted: its TPM signs with it whatever it is given, so that a forged quote has a good \
         signature.",
    ),
    (
        Attributes::FIXED_TPM,
        ["", "ak-not-fixed-tpm", "iak-not-fixed-tpm"],
        "can be copied out of its TPM (fixedTPM is not set): a quote does not prove which machine signed it.",
    ),
    (
        Attributes::FIXED_PARENT,
        ["", "ak-not-fixed-parent", "iak-not-fixed-parent"],
        "can be moved under another key (fixedParent is not set), and with that to another machine.",
    ),
    (
        Attributes::SENSITIVE_DATA_ORIGIN,
        ["", "ak-imported", "iak-imported"],
        "was not made by its TPM (sensitiveDataOrigin is not set): whoever made it may have kept the secret \
         part.",
    ),
    (
        Attributes::SIGN,
        ["", "ak-cannot-sign", "iak-cannot-sign"],
        "is not one that signs: no quote can come from it.",
    ),
];

/// The attributes of an endorsement key.
const ENDORSEMENT: [(Attributes, &str, &str); 5] = [
    (
        Attributes::RESTRICTED,
        "ek-not-restricted",
        "is not restricted: its TPM decrypts with it whatever it is given, also the challenge by which a \
         registrar proves the attestation key.",
    ),
    (
        Attributes::DECRYPT,
        "ek-cannot-decrypt",
        "is not one that decrypts: no registrar's challenge can be answered with it.",
    ),
    (
        Attributes::FIXED_TPM,
        "ek-not-fixed-tpm",
        "can be copied out of its TPM (fixedTPM is not set): it does not prove which machine this is.",
    ),
    (
        Attributes::FIXED_PARENT,
        "ek-not-fixed-parent",
        "can be moved under another key (fixedParent is not set), and with that to another machine.",
    ),
    (
        Attributes::SENSITIVE_DATA_ORIGIN,
        "ek-imported",
        "was not made by its TPM (sensitiveDataOrigin is not set): whoever made it may have kept the secret \
         part.",
    ),
];

/// What is wrong with a key that signs quotes.
pub(super) fn check_attestation_key(key: &Public, part: Part, findings: &mut Vec<Finding>) {
    for (attribute, codes, words) in ATTESTATION {
        if !key.attributes.has(attribute) {
            let words = format!("The {} {words}", part.name());
            findings.push(Finding::error(part.code(codes), words, NEW_KEY));
        }
    }
    if key.attributes.has(Attributes::DECRYPT) {
        findings.push(Finding::error(
            part.code(["", "ak-decrypts", "iak-decrypts"]),
            format!(
                "The {} decrypts as well, which no key that signs quotes does: it is not what Keylime's agent \
                 makes.",
                part.name()
            ),
            NEW_KEY,
        ));
    }
    check_strength(key, part, findings);
    let scheme = match key.scheme {
        Scheme::Rsassa(hash)
        | Scheme::Rsapss(hash)
        | Scheme::Ecdsa(hash)
        | Scheme::Ecdaa(hash, _)
        | Scheme::Sm2(hash)
        | Scheme::Ecschnorr(hash) => Some(hash),
        _ => None,
    };
    match scheme {
        Some(Hash::Sha1) => findings.push(Finding::error(
            part.code(["", "ak-signs-sha1", "iak-signs-sha1"]),
            format!(
                "The {} signs over SHA-1, for which two different texts with the same sum can be made.",
                part.name()
            ),
            "Set `tpm_hash_alg` of the agent to sha256, delete the registration and let it register anew.",
        )),
        Some(_) => {}
        None => findings.push(Finding::warning(
            part.code(["", "ak-no-scheme", "iak-no-scheme"]),
            format!("The {} has no scheme for signatures, which a restricted key always has.", part.name()),
            NEW_KEY,
        )),
    }
}

/// What is wrong with an endorsement key.
pub(super) fn check_endorsement_key(key: &Public, findings: &mut Vec<Finding>) {
    for (attribute, code, words) in ENDORSEMENT {
        if !key.attributes.has(attribute) {
            findings.push(Finding::error(code, format!("The endorsement key {words}"), OTHER_TPM));
        }
    }
    if key.attributes.has(Attributes::SIGN) {
        findings.push(Finding::error(
            "ek-signs",
            "The endorsement key signs as well, which no template for endorsement keys allows.",
            OTHER_TPM,
        ));
    }
    check_strength(key, Part::Endorsement, findings);
    if !template::is_default(key) {
        findings.push(Finding::info(
            "ek-not-default-template",
            "The endorsement key was not made by a default template of the TCG, so a certificate of the maker \
             is hardly about it.",
            "Ask the maker of the TPM which template it uses.",
        ));
    }
}

fn check_strength(key: &Public, part: Part, findings: &mut Vec<Finding>) {
    let (weakness, exponent) = match &key.key {
        Key::Rsa { modulus, .. } => {
            let bits = significant_bits(modulus);
            let words = (bits < RSA_BITS).then(|| format!("an RSA modulus of {bits} bits"));
            (words, key.key.rsa_exponent().filter(|exponent| *exponent < 65_537 || exponent % 2 == 0))
        }
        Key::Ecc { curve, .. } => {
            let words = (curve.bits() < CURVE_BITS).then(|| format!("the curve {}", curve.word()));
            (words, None)
        }
    };
    if let Some(weakness) = weakness {
        findings.push(Finding::error(
            part.code(["ek-weak", "ak-weak", "iak-weak"]),
            format!(
                "The {} is weak: it has {weakness}, and 2048 bits or P-256 are the least that is safe today.",
                part.name()
            ),
            "Let the agent make a stronger key (`tpm_encryption_alg` of the agent), or replace the TPM if it \
             has none.",
        ));
    }
    if let Some(exponent) = exponent {
        findings.push(Finding::warning(
            part.code(["ek-odd-exponent", "ak-odd-exponent", "iak-odd-exponent"]),
            format!("The {} has the RSA exponent {exponent}; TPMs make 65537.", part.name()),
            "Find out what made the key: it is hardly a TPM.",
        ));
    }
    if matches!(key.name_hash, Hash::Sha1 | Hash::Sm3) {
        findings.push(Finding::warning(
            part.code(["ek-name-hash", "ak-name-hash", "iak-name-hash"]),
            format!(
                "The Name of the {} is made with {}: keys that differ may have the same Name, or none that is \
                 compared here.",
                part.name(),
                key.name_hash.word()
            ),
            "Let the agent make a key whose Name is made with SHA-256.",
        ));
    }
}

fn significant_bits(number: &[u8]) -> usize {
    let number = without_zeros(number);
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

/// Whether a certificate is about this key.
pub(super) fn is_about(certified: &CertifiedKey, key: &Key) -> bool {
    match (certified, key) {
        (CertifiedKey::Rsa { modulus, exponent }, Key::Rsa { modulus: own, .. }) => {
            let own_exponent = key.rsa_exponent().unwrap_or_default().to_be_bytes();
            &**modulus == without_zeros(own) && &**exponent == without_zeros(&own_exponent)
        }
        (CertifiedKey::Ecc { curve, point }, Key::Ecc { curve: own, .. }) => {
            object_identifier(*own) == Some(curve.as_str()) && key.ecc_point().as_deref() == Some(&**point)
        }
        _ => false,
    }
}

/// The object identifier of a curve (RFC 5480 §2.1.1.1, GB/T 33560).
const fn object_identifier(curve: Curve) -> Option<&'static str> {
    match curve {
        Curve::P192 => Some("1.2.840.10045.3.1.1"),
        Curve::P224 => Some("1.3.132.0.33"),
        Curve::P256 => Some("1.2.840.10045.3.1.7"),
        Curve::P384 => Some("1.3.132.0.34"),
        Curve::P521 => Some("1.3.132.0.35"),
        Curve::Sm2 => Some("1.2.156.10197.1.301"),
        _ => None,
    }
}

//! Keys in files: "TSS2 PRIVATE KEY", as tpm2-tss and OpenSSL's provider tpm2 have it.
//!
//! The private part is encrypted by the TPM for itself; the file is of no use
//! elsewhere. (<https://www.hansenpartnership.com/draft-bottomley-tpm2-keys.html>)

use pem_rfc7468::LineEnding;
use pkcs8::der::asn1::{ContextSpecific, ObjectIdentifier, OctetStringRef, UintRef};
use pkcs8::der::{self, Decode, Encode, Header, Length, Reader, Tag, TagMode, TagNumber, Writer};

use crate::tpm::wire::{Attributes, Curve, Hash, Key, Public, Scheme, WireError};

/// The label of the PEM block.
const LABEL: &str = "TSS2 PRIVATE KEY";

/// A loadable key (`id-loadablekey`).
const LOADABLE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.133.10.1.3");

/// The parent is the owner's primary key of the usual template (TPM_RH_OWNER).
pub(super) const OWNER: u32 = 0x4000_0001;

/// Why a file cannot be used as a key of a TPM.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// No block of that kind.
    #[error("no PEM block `TSS2 PRIVATE KEY` in it; `limescope tpm enroll` makes one")]
    None,
    /// PEM or DER are damaged.
    #[error("the key file is damaged: {0}")]
    Damaged(String),
    /// A kind of file that is not a key to be loaded as it is.
    #[error("the key file cannot be used: {0}")]
    Unsupported(&'static str),
    /// The public part is not strictly what a TPM makes.
    #[error("the public part of the key is damaged: {0}")]
    Public(#[from] WireError),
}

/// What kind of key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// ECDSA with SHA-256 over P-256.
    P256,
    /// RSA with SHA-256, of so many bits.
    Rsa(u16),
}

impl Kind {
    /// `P-256`, `RSA 2048`.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::P256 => "P-256".to_owned(),
            Self::Rsa(bits) => format!("RSA {bits}"),
        }
    }
}

/// A key as it is in its file: only its TPM can use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile {
    /// TPM_RH_OWNER, or the handle of a persistent parent.
    pub(super) parent: u32,
    /// Whether the key is used without a PIN.
    pub(super) without_pin: bool,
    pub(super) public: Public,
    /// TPM2B_PRIVATE without its size.
    pub(super) private: Vec<u8>,
    kind: Kind,
}

impl KeyFile {
    /// Whether a text holds a key of some TPM, for who expected another kind of key.
    #[must_use]
    pub fn is_in(text: &[u8]) -> bool {
        let begin = format!("-----BEGIN {LABEL}-----");
        text.windows(begin.len()).any(|window| window == begin.as_bytes())
    }

    pub(super) fn new(
        parent: u32,
        without_pin: bool,
        public: Public,
        private: Vec<u8>,
    ) -> Result<Self, KeyFileError> {
        let kind = kind(&public)?;
        Ok(Self { parent, without_pin, public, private, kind })
    }

    /// Reads the first block of that kind of a PEM text.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn from_pem(text: &[u8]) -> Result<Self, KeyFileError> {
        let text = std::str::from_utf8(text).map_err(|_bytes| KeyFileError::None)?;
        let (begin, end) = (format!("-----BEGIN {LABEL}-----"), format!("-----END {LABEL}-----"));
        let start = text.find(&begin).ok_or(KeyFileError::None)?;
        let block = text.get(start..).and_then(|rest| rest.get(..rest.find(&end)? + end.len()));
        let block = block.ok_or_else(|| KeyFileError::Damaged("its end line is missing".to_owned()))?;
        let (_, der) = pem_rfc7468::decode_vec(block.as_bytes()).map_err(|error| damaged(&error))?;
        Self::from_der(&der)
    }

    fn from_der(der: &[u8]) -> Result<Self, KeyFileError> {
        let file = File::from_der(der).map_err(|error| damaged(&error))?;
        if file.kind != LOADABLE {
            return Err(KeyFileError::Unsupported(
                "it is no key that is loaded as it is (sealed data, or a key to be imported)",
            ));
        }
        if file.has_policy {
            return Err(KeyFileError::Unsupported("it is bound to a policy; only a PIN is supported"));
        }
        let private =
            sized(file.private.as_bytes()).ok_or_else(|| KeyFileError::Damaged("private part".to_owned()))?;
        let parent = file.parent.as_bytes();
        let parent =
            parent.iter().try_fold(0_u32, |number, byte| Some(number.checked_mul(256)? | u32::from(*byte)));
        match parent {
            Some(parent) if parent == OWNER || parent >> 24 == 0x81 => {
                let public = Public::read_sized(file.public.as_bytes())?;
                Self::new(parent, file.empty_auth.is_some_and(|empty| empty.value), public, private.to_vec())
            }
            _ => Err(KeyFileError::Unsupported(
                "its parent is neither the owner's primary key nor a persistent one",
            )),
        }
    }

    /// The PEM text of the file.
    ///
    /// # Errors
    /// Only if it is too long for DER.
    pub fn to_pem(&self) -> Result<String, KeyFileError> {
        let (public, private) = (with_size(&self.public.encode()), with_size(&self.private));
        let parent = self.parent.to_be_bytes();
        let file = (|| {
            Ok::<_, der::Error>(File {
                kind: LOADABLE,
                empty_auth: Some(flag(self.without_pin)),
                has_policy: false,
                parent: UintRef::new(&parent)?,
                public: OctetStringRef::new(&public)?,
                private: OctetStringRef::new(&private)?,
            })
        })();
        let der = file.and_then(|file| file.to_der()).map_err(|error| damaged(&error))?;
        pem_rfc7468::encode_string(LABEL, LineEnding::LF, &der).map_err(|error| damaged(&error))
    }

    /// What kind of key it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether a PIN is needed to use it.
    #[must_use]
    pub const fn needs_pin(&self) -> bool {
        !self.without_pin
    }

    /// The public key: the DER of its SubjectPublicKeyInfo (RFC 5280, 4.1).
    #[must_use]
    pub fn public_key(&self) -> Vec<u8> {
        spki(&self.public.key).unwrap_or_default()
    }

    /// The public key as a certificate holds it: the point, or the sequence of an RSA key's numbers.
    pub(super) fn public_bits(&self) -> Vec<u8> {
        let key = &self.public.key;
        key.ecc_point().or_else(|| rsa_numbers(key)).unwrap_or_default()
    }

    /// The name that the TPM gives it; tells keys apart.
    pub(super) fn name(&self) -> Vec<u8> {
        self.public.encode()
    }
}

fn kind(public: &Public) -> Result<Kind, KeyFileError> {
    let has = |attribute| public.attributes.has(attribute);
    if !has(Attributes::SIGN) || has(Attributes::RESTRICTED) {
        return Err(KeyFileError::Unsupported("it does not sign what it is given"));
    }
    match (&public.key, &public.scheme) {
        (Key::Ecc { curve: Curve::P256, .. }, Scheme::Open | Scheme::Ecdsa(Hash::Sha256)) => Ok(Kind::P256),
        (Key::Rsa { bits, .. }, Scheme::Open) if *bits >= 2048 => Ok(Kind::Rsa(*bits)),
        _ => Err(KeyFileError::Unsupported(
            "use an ECDSA key over P-256, or an RSA key of 2048 bits or more without a scheme of its own",
        )),
    }
}

fn damaged(error: &dyn std::fmt::Display) -> KeyFileError {
    KeyFileError::Damaged(error.to_string().chars().take(80).collect())
}

/// The bytes of a TPM2B without its size.
fn sized(bytes: &[u8]) -> Option<&[u8]> {
    let (size, rest) = bytes.split_first_chunk::<2>()?;
    (usize::from(u16::from_be_bytes(*size)) == rest.len()).then_some(rest)
}

fn with_size(bytes: &[u8]) -> Vec<u8> {
    let size = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&size.to_be_bytes(), bytes].concat()
}

const fn flag(value: bool) -> ContextSpecific<bool> {
    ContextSpecific { tag_number: TagNumber(0), tag_mode: TagMode::Explicit, value }
}

/// `TPMKey` of the draft; what only other kinds of keys have is noticed, not read.
struct File<'a> {
    kind: ObjectIdentifier,
    empty_auth: Option<ContextSpecific<bool>>,
    has_policy: bool,
    parent: UintRef<'a>,
    public: &'a OctetStringRef,
    private: &'a OctetStringRef,
}

impl<'a> der::DecodeValue<'a> for File<'a> {
    type Error = der::Error;

    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        reader.read_nested(header.length(), |reader| {
            let kind = ObjectIdentifier::decode(reader)?;
            // Not as a boolean: OpenSSL's provider writes one that only BER allows.
            let empty_auth = ContextSpecific::<der::AnyRef<'a>>::decode_explicit(reader, TagNumber(0))?;
            let empty_auth =
                empty_auth.map(|found| flag(matches!(found.value.value(), [value] if *value != 0)));
            // [1] policy, [2] secret, [3] authPolicy, [4] description.
            let mut has_policy = false;
            for number in 1..=4 {
                let found = ContextSpecific::<der::AnyRef<'a>>::decode_explicit(reader, TagNumber(number))?;
                has_policy |= found.is_some() && number != 4;
            }
            Ok(Self {
                kind,
                empty_auth,
                has_policy,
                parent: UintRef::decode(reader)?,
                public: <&OctetStringRef>::decode(reader)?,
                private: <&OctetStringRef>::decode(reader)?,
            })
        })
    }
}

impl der::EncodeValue for File<'_> {
    fn value_len(&self) -> der::Result<Length> {
        let parts = [
            self.kind.encoded_len()?,
            self.empty_auth.encoded_len()?,
            self.parent.encoded_len()?,
            self.public.encoded_len()?,
            self.private.encoded_len()?,
        ];
        parts.into_iter().try_fold(Length::ZERO, |sum, part| sum + part)
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        self.kind.encode(writer)?;
        self.empty_auth.encode(writer)?;
        self.parent.encode(writer)?;
        self.public.encode(writer)?;
        self.private.encode(writer)
    }
}

impl<'a> der::Sequence<'a> for File<'a> {}

/// A SubjectPublicKeyInfo: of P-256 the fixed beginning (RFC 5480) and the point, of RSA the two numbers (RFC 8017, A.1.1).
fn spki(key: &Key) -> Option<Vec<u8>> {
    /// SEQUENCE, SEQUENCE, id-ecPublicKey, prime256v1, BIT STRING without unused bits.
    const P256: [u8; 26] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
        0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    ];
    /// SEQUENCE of rsaEncryption and NULL.
    const RSA: [u8; 15] =
        [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    match key {
        Key::Ecc { curve: Curve::P256, .. } => Some([&P256, key.ecc_point()?.as_slice()].concat()),
        Key::Ecc { .. } => None,
        Key::Rsa { .. } => {
            let bits = tagged(Tag::BitString, &[vec![0], rsa_numbers(key)?])?;
            tagged(Tag::Sequence, &[RSA.to_vec(), bits])
        }
    }
}

fn rsa_numbers(key: &Key) -> Option<Vec<u8>> {
    let Key::Rsa { modulus, .. } = key else { return None };
    let exponent = key.rsa_exponent()?.to_be_bytes();
    let number = |bytes: &[u8]| UintRef::new(bytes).ok()?.to_der().ok();
    tagged(Tag::Sequence, &[number(modulus)?, number(&exponent)?])
}

fn tagged(tag: Tag, parts: &[Vec<u8>]) -> Option<Vec<u8>> {
    let value = parts.concat();
    let mut bytes = Header::new(tag, Length::try_from(value.len()).ok()?).to_der().ok()?;
    bytes.extend(value);
    Some(bytes)
}

/// The signature of a TPM as ECDSA has it in TLS and DSSE: a sequence of r and s.
pub(super) fn ecdsa_der(r: &[u8], s: &[u8]) -> Option<Vec<u8>> {
    let number = |bytes: &[u8]| UintRef::new(bytes).ok()?.to_der().ok();
    tagged(Tag::Sequence, &[number(r)?, number(s)?])
}

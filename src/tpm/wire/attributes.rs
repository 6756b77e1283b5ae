//! What a TPM lets be done with a key (TPMA_OBJECT).

use std::fmt;

/// The attributes of an object, as the 32 bits on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Attributes(u32);

impl Attributes {
    /// The key never leaves its TPM.
    pub const FIXED_TPM: Self = Self(1 << 1);
    /// Contexts saved before a reset of the TPM cannot be loaded again.
    pub const ST_CLEAR: Self = Self(1 << 2);
    /// The key never moves to another parent.
    pub const FIXED_PARENT: Self = Self(1 << 4);
    /// The TPM made the secret part itself.
    pub const SENSITIVE_DATA_ORIGIN: Self = Self(1 << 5);
    /// The user role is taken by an authorisation value too.
    pub const USER_WITH_AUTH: Self = Self(1 << 6);
    /// The administrator role needs the policy.
    pub const ADMIN_WITH_POLICY: Self = Self(1 << 7);
    /// Failed authorisations do not count for the lockout.
    pub const NO_DA: Self = Self(1 << 10);
    /// Duplication is encrypted.
    pub const ENCRYPTED_DUPLICATION: Self = Self(1 << 11);
    /// It works only on structures that the TPM made itself.
    pub const RESTRICTED: Self = Self(1 << 16);
    /// It decrypts.
    pub const DECRYPT: Self = Self(1 << 17);
    /// It signs (or encrypts, for a symmetric key).
    pub const SIGN: Self = Self(1 << 18);
    /// It signs certificates of the platform.
    pub const X509_SIGN: Self = Self(1 << 19);

    const NAMES: [(Self, &'static str); 12] = [
        (Self::FIXED_TPM, "fixedTPM"),
        (Self::ST_CLEAR, "stClear"),
        (Self::FIXED_PARENT, "fixedParent"),
        (Self::SENSITIVE_DATA_ORIGIN, "sensitiveDataOrigin"),
        (Self::USER_WITH_AUTH, "userWithAuth"),
        (Self::ADMIN_WITH_POLICY, "adminWithPolicy"),
        (Self::NO_DA, "noDA"),
        (Self::ENCRYPTED_DUPLICATION, "encryptedDuplication"),
        (Self::RESTRICTED, "restricted"),
        (Self::DECRYPT, "decrypt"),
        (Self::SIGN, "sign"),
        (Self::X509_SIGN, "x509sign"),
    ];

    /// Takes over the 32 bits.
    #[must_use]
    pub const fn new(bits: u32) -> Self {
        Self(bits)
    }

    /// The 32 bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether all of `others` are set.
    #[must_use]
    pub const fn has(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// These and `others`.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// The bits that revision 1.59 of the specification gives no meaning.
    #[must_use]
    pub fn reserved(self) -> u32 {
        Self::NAMES.iter().fold(self.0, |left, (known, _)| left & !known.0)
    }

    /// The names of those that are set, in the order of their bits.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().filter(move |(known, _)| self.has(*known)).map(|(_, name)| name)
    }
}

impl fmt::Display for Attributes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.names().enumerate() {
            write!(out, "{}{name}", if index == 0 { "" } else { " " })?;
        }
        match self.reserved() {
            0 => Ok(()),
            reserved => write!(out, " reserved:{reserved:#x}"),
        }
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:#010x} ({self})", self.0)
    }
}

//! Whether an endorsement key was made by a template of the TCG.
//!
//! Source: TCG EK Credential Profile for TPM 2.0 (rev. 2.5) annex B: the
//! templates L demand the endorsement hierarchy's authorisation (PolicyA), the
//! templates H that or a policy kept in an NV index of the maker (PolicyB).

use crate::tpm::wire::{Attributes, Hash, Public, Scheme};

/// Restricted decryption with a key that its TPM made and keeps.
const LOW: Attributes = Attributes::FIXED_TPM
    .and(Attributes::FIXED_PARENT)
    .and(Attributes::SENSITIVE_DATA_ORIGIN)
    .and(Attributes::ADMIN_WITH_POLICY)
    .and(Attributes::RESTRICTED)
    .and(Attributes::DECRYPT);

/// The templates H let an authorisation value take the user role as well.
const HIGH: Attributes = LOW.and(Attributes::USER_WITH_AUTH);

/// PolicyA and PolicyB by their hash.
const POLICIES: [(Hash, &str); 6] = [
    (Hash::Sha256, "837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa"),
    (Hash::Sha256, "ca3d0a99a2b93906f7a3342414efcfb3a385d44cd1fd459089d19b5071c0b7a0"),
    (
        Hash::Sha384,
        "8bbf2266537c171cb56e403c4dc1d4b64f432611dc386e6f532050c3278c930e143e8bb1133824ccb431053871c6db53",
    ),
    (
        Hash::Sha384,
        "b26e7d28d11a50bc53d882bcf5fd3a1a074148bb35d3b4e4cb1c0ad9bde419cacb47ba09699646150f9fc000f3f80e12",
    ),
    (
        Hash::Sha512,
        "1e3b76502c8a1425aa0b7b3fc646a1b0fae063b03b5368f9c4cddecaff0891dd682bac1a85d4d832b781ea451915de5fc5bf0dc4a1917cd42fa041e3f998e0ee",
    ),
    (
        Hash::Sha512,
        "b8221ca69e8550a4914de3faa6a18c072cc01208073a928d5d66d59ef79e49a429c41a6b269571d57edb25fbdb1838425608b413cd616a5f6db5b6071af99bea",
    ),
];

/// Whether a key is what a template of the TCG makes: its attributes, one of
/// the policies for its hash, and no scheme of its own.
pub(super) fn is_default(key: &Public) -> bool {
    let policy: String = key.policy.iter().map(|byte| format!("{byte:02x}")).collect();
    (key.attributes == LOW || key.attributes == HIGH)
        && key.scheme == Scheme::Open
        && key.symmetric.is_some()
        && POLICIES.iter().any(|(hash, known)| *hash == key.name_hash && *known == policy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The policies follow from their definitions: PolicySecret of the
    /// endorsement hierarchy, and that or PolicyAuthorizeNV of the maker's index.
    #[test]
    fn the_policies_are_what_their_definitions_say() {
        for (hash, index) in
            [(Hash::Sha256, 0x01c0_7f01_u32), (Hash::Sha384, 0x01c0_7f02), (Hash::Sha512, 0x01c0_7f03)]
        {
            let digest = |parts: &[&[u8]]| hash.digest(parts).unwrap();
            let zeros = vec![0; hash.length()];
            let secret = digest(&[&zeros, &0x151_u32.to_be_bytes(), &0x4000_000b_u32.to_be_bytes()]);
            let a = digest(&[&secret]);
            let length = u16::try_from(hash.length()).unwrap();
            let index = [
                &index.to_be_bytes()[..],
                &hash.id().to_be_bytes(),
                &0x220f_1008_u32.to_be_bytes(),
                &length.to_be_bytes(),
                &a,
                &(length + 2).to_be_bytes(),
            ]
            .concat();
            let name = [&hash.id().to_be_bytes()[..], &digest(&[&index])].concat();
            let c = digest(&[&zeros, &0x192_u32.to_be_bytes(), &name]);
            let b = digest(&[&zeros, &0x171_u32.to_be_bytes(), &a, &c]);
            assert!(POLICIES.contains(&(hash, hex(&a).as_str())), "PolicyA of {}", hash.word());
            assert!(POLICIES.contains(&(hash, hex(&b).as_str())), "PolicyB of {}", hash.word());
        }
    }
}

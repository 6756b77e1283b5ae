//! DSSE's pre-authentication encoding (DSSE protocol, version 1).

/// The type that Keylime gives to policies (`keylime/cmd/sign_runtime_policy.py`).
pub const KEYLIME_PAYLOAD_TYPE: &str = "application/vnd.keylime+json";

/// Everything that is signed before the payload itself:
/// `DSSEv1 SP LEN(type) SP type SP LEN(payload) SP`, lengths in bytes.
///
/// Keylime counts the type in characters; for ASCII, and others are refused,
/// that is the same.
#[must_use]
pub fn header(payload_type: &str, payload_length: usize) -> Vec<u8> {
    format!("DSSEv1 {} {payload_type} {payload_length} ", payload_type.len()).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the DSSE protocol text.
    #[test]
    fn lengths_are_decimal_bytes() {
        let payload = b"hello world";
        let message = [header("http://example.com/HelloWorld", payload.len()), payload.to_vec()].concat();
        assert_eq!(message, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }
}

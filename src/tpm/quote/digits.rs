//! Bytes as hexadecimal digits.

/// All of them, in lower case.
pub(super) fn digits(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for half in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(half), 16));
        }
        text
    })
}

/// The bytes of digits; none where there are others, or half a byte.
pub(super) fn bytes(text: &str) -> Option<Vec<u8>> {
    let half = |digit: u8| char::from(digit).to_digit(16);
    let mut pairs = text.as_bytes().chunks_exact(2);
    let bytes: Option<Vec<u8>> = pairs
        .by_ref()
        .map(|pair| {
            let [high, low] = pair else { return None };
            u8::try_from(half(*high)? << 4 | half(*low)?).ok()
        })
        .collect();
    bytes.filter(|_| pairs.remainder().is_empty())
}

//! Allow-lists of lines.

/// Bytes at the beginning in which the first line with a digest must stand.
const LOOKED_AT: usize = 1 << 20;

/// Whether a text is an allow-list of lines: no JSON, and a line begins with a
/// digest (`<digest> <path>`).
pub(super) fn is_flat(bytes: &[u8]) -> bool {
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace());
    let Some(first) = start.and_then(|start| bytes.get(start)) else { return false };
    if matches!(first, b'{' | b'[' | b'"' | 0xef | 0xfe | 0xff) {
        return false;
    }
    let looked_at = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    looked_at.split(|byte| *byte == b'\n').any(|line| {
        let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let digest = words.next().unwrap_or_default();
        let digest = digest.rsplit(|byte| *byte == b':').next().unwrap_or_default();
        words.next().is_some()
            && (40..=128).contains(&digest.len())
            && digest.iter().all(u8::is_ascii_hexdigit)
    })
}

//! What an agent's kernel measured: IMA's list, one line for each file, and PCR 10, which is extended by each.

use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};

use super::keys::Keys;

/// The PCR of IMA.
pub const PCR: u8 = 10;

/// IMA's list since the agent's start.
#[derive(Default)]
pub struct Measurements {
    lines: Vec<String>,
}

impl Measurements {
    /// A file with this content was run: one more line, and PCR 10 says so.
    pub fn measure(&mut self, keys: &mut Keys, path: &str, content: &[u8]) {
        let file = digest(&SHA256, content);
        let template = template(file.as_ref(), path);
        keys.extend(PCR, digest(&SHA256, &template).as_ref());
        self.lines.push(format!(
            "{PCR} {} ima-ng sha256:{} {path}",
            hexadecimal(&SHA1_FOR_LEGACY_USE_ONLY, &template),
            hexadecimal(&SHA256, content)
        ));
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// The list from the line of this number on, and the number it really starts with: 0 where there is no such
    /// line, as an agent answers that was started anew.
    pub fn since(&self, line: usize) -> (usize, String) {
        let start = if line > self.lines.len() { 0 } else { line };
        let text = self.lines[start..].iter().map(|line| format!("{line}\n")).collect();
        (start, text)
    }
}

/// The digest of a file, as a runtime policy names it.
pub fn file_digest(content: &[u8]) -> String {
    hexadecimal(&SHA256, content)
}

/// The data of template ima-ng, which the kernel hashes: the file's digest with its algorithm, and the path, both
/// with their length.
fn template(file: &[u8], path: &str) -> Vec<u8> {
    let digest = [b"sha256:\0", file].concat();
    let path = [path.as_bytes(), b"\0"].concat();
    let field = |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_le_bytes(), bytes].concat();
    [field(&digest), field(&path)].concat()
}

fn hexadecimal(algorithm: &'static Algorithm, bytes: &[u8]) -> String {
    digest(algorithm, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

//! One entry of the list, and what was hashed for it.

use super::super::digits;
use crate::tpm::wire::Hash;

/// The longest line that is read, in bytes: buffers of measured keys and
/// device-mapper tables are the longest.
pub const MAX_IMA_LINE: usize = 1024 * 1024;

/// Length of a name in the template `ima`, with its zero (TCG_EVENT_NAME_LEN_MAX + 1).
const LEGACY_NAME: usize = 256;

/// One entry.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    /// The PCR that was extended.
    pub pcr: u32,
    /// The template hash of the list.
    pub template_hash: Vec<u8>,
    /// The name of its template.
    pub template: &'a str,
    /// The bytes that were hashed; none for a template that is not known here.
    pub data: Option<Vec<u8>>,
}

impl<'a> Entry<'a> {
    /// Reads one line of the list (security/integrity/ima/ima_fs.c:
    /// ima_ascii_measurements_show).
    pub(super) fn read(line: &'a str) -> Result<Self, &'static str> {
        if line.len() > MAX_IMA_LINE {
            return Err("the line is longer than any that is read");
        }
        let mut fields = line.splitn(4, ' ');
        let (Some(pcr), Some(hash), Some(template), Some(rest)) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return Err("there are fewer than four fields");
        };
        let pcr = pcr.parse().map_err(|_not_a_number| "the first field is no PCR")?;
        let template_hash = digits::bytes(hash)
            .filter(|bytes| log_hash(bytes.len()).is_some())
            .ok_or("the second field is no template hash")?;
        let data = match template {
            "ima" => Some(legacy(rest)?),
            "ima-ng" | "ima-ngv2" => {
                let (digest, name) = rest.split_once(' ').ok_or("a name is missing")?;
                Some([digest_field(digest)?, name_field(name)].concat())
            }
            "ima-sig" | "ima-sigv2" | "ima-buf" => {
                let mut fields = rest.splitn(3, ' ');
                let (Some(digest), Some(name), Some(last)) = (fields.next(), fields.next(), fields.next())
                else {
                    return Err("there are fewer than three fields of its template");
                };
                let last = digits::bytes(last).ok_or("its last field is no hexadecimal digits")?;
                Some([digest_field(digest)?, name_field(name), sized(&last)].concat())
            }
            _ => None,
        };
        Ok(Self { pcr, template_hash, template, data })
    }

    /// Whether it tells of a violation (a file was read while it was written):
    /// the list then holds zeros, and ones were extended.
    pub(super) fn is_violation(&self) -> bool {
        self.template_hash.iter().all(|byte| *byte == 0)
    }

    /// Whether the template hash is that of the data; none where that cannot
    /// be told.
    pub(super) fn is_right(&self) -> Option<bool> {
        if self.is_violation() {
            return None;
        }
        let computed = log_hash(self.template_hash.len())?.digest(&[self.data.as_ref()?])?;
        Some(computed == self.template_hash)
    }

    /// What was extended into a bank; none where that cannot be told.
    ///
    /// Since Linux 5.10 each bank gets the digest of the same data; only the
    /// list itself stays with one hash.
    pub(super) fn extended(&self, bank: Hash) -> Option<Vec<u8>> {
        if self.is_violation() {
            return Some(vec![0xff; bank.length()]);
        }
        match &self.data {
            Some(data) => bank.digest(&[data]),
            // The list's own hash is what that bank got, whatever the template.
            None if log_hash(self.template_hash.len()) == Some(bank) => Some(self.template_hash.clone()),
            None => None,
        }
    }
}

/// The hash of the list, by the length of its template hashes.
fn log_hash(length: usize) -> Option<Hash> {
    [Hash::Sha1, Hash::Sha256, Hash::Sha384, Hash::Sha512].into_iter().find(|hash| hash.length() == length)
}

/// A field with its length before it, little-endian (ima_template.c).
fn sized(bytes: &[u8]) -> Vec<u8> {
    // A line is far shorter than 4 GiB.
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    [length.to_le_bytes().as_slice(), bytes].concat()
}

/// `d-ng`, `d-ngv2`: the algorithm, a colon, a zero, the digest.
fn digest_field(text: &str) -> Result<Vec<u8>, &'static str> {
    let wrong = "its digest is not `algorithm:digits`";
    let digest = |digits: &str| digits::bytes(digits).ok_or(wrong);
    match text.rsplit_once(':') {
        Some((algorithm, digits)) => Ok(sized(&[algorithm.as_bytes(), b":\0", &digest(digits)?].concat())),
        // Lists of old kernels name no algorithm: SHA-1 and MD5 only.
        None => {
            let digest = digest(text)?;
            let algorithm: &[u8] = match digest.len() {
                20 => b"sha1",
                16 => b"md5",
                _ => return Err(wrong),
            };
            Ok(sized(&[algorithm, b":\0", &digest].concat()))
        }
    }
}

/// `n-ng`: the name and a zero.
fn name_field(name: &str) -> Vec<u8> {
    sized(&[name.as_bytes(), &[0]].concat())
}

/// The template `ima`: fields of fixed lengths, without lengths before them.
fn legacy(rest: &str) -> Result<Vec<u8>, &'static str> {
    let (digest, name) = rest.split_once(' ').ok_or("a name is missing")?;
    let mut data = digits::bytes(digest)
        .filter(|digest| matches!(digest.len(), 16 | 20))
        .ok_or("its digest is neither of SHA-1 nor of MD5")?;
    if name.len() >= LEGACY_NAME {
        return Err("its name is longer than 255 bytes");
    }
    let end = data.len() + LEGACY_NAME;
    data.extend(name.as_bytes());
    data.resize(end, 0);
    Ok(data)
}

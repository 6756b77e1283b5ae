//! Signed notes, read strictly: the text that a log signs to commit to a tree.
//!
//! The format is C2SP `signed-note` with the `tlog-checkpoint` text in it. The
//! library trims lines and passes over what stands behind the signatures;
//! here every byte of the note has its place, or the note is refused.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Signature lines of a note at most.
const MAX_SIGNATURES: usize = 64;

/// Bytes of a note at most.
const MAX_NOTE: usize = 64 * 1024;

/// A checkpoint that was read strictly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The signed bytes: every line of the text with its newline.
    pub text: String,
    /// First line: the log's own name for itself.
    pub origin: String,
    /// Second line: the number of entries in the tree.
    pub size: u64,
    /// Third line: the root hash of the tree.
    pub root: [u8; 32],
    /// Lines after the third, which the signature covers too.
    pub extensions: Vec<String>,
    /// Who signed, in the order of the note.
    pub signatures: Vec<NoteSignature>,
}

/// One signature line of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The name of the key.
    pub name: String,
    /// The first bytes of the key's id.
    pub hint: [u8; 4],
    /// The signature itself.
    pub signature: Vec<u8>,
}

/// Reads a checkpoint.
///
/// # Errors
/// What is not as the format has it.
pub fn read(envelope: &str) -> Result<Note, &'static str> {
    if envelope.len() > MAX_NOTE {
        return Err("the checkpoint is larger than 64 KiB");
    }
    if envelope.chars().any(|character| character.is_control() && character != '\n') {
        return Err("the checkpoint holds a control character");
    }
    let (text, signatures) =
        envelope.split_once("\n\n").ok_or("no empty line parts the text from the signatures")?;
    let signatures =
        signatures.strip_suffix('\n').ok_or("the last signature line does not end with a newline")?;
    let mut lines = text.split('\n');
    let origin = lines.next().filter(|line| !line.is_empty()).ok_or("the first line is empty")?;
    let size = lines.next().and_then(decimal).ok_or("the second line is no tree size")?;
    let root = lines.next().and_then(hash).ok_or("the third line is no SHA-256 in base64")?;
    let extensions: Vec<_> = lines.map(str::to_owned).collect();
    if extensions.iter().any(String::is_empty) {
        return Err("an empty line stands in the text");
    }
    let signatures = signatures.split('\n').map(signature).collect::<Result<Vec<_>, _>>()?;
    if signatures.len() > MAX_SIGNATURES {
        return Err("the checkpoint has more than 64 signature lines");
    }
    Ok(Note { text: format!("{text}\n"), origin: origin.to_owned(), size, root, extensions, signatures })
}

fn signature(line: &str) -> Result<NoteSignature, &'static str> {
    let (name, value) = line
        .strip_prefix("\u{2014} ")
        .and_then(|rest| rest.split_once(' '))
        .ok_or("a signature line is not “— NAME BASE64”")?;
    if name.is_empty() || name.contains(|character: char| character.is_whitespace() || character == '+') {
        return Err("the name in a signature line is not one that a key can have");
    }
    let bytes = STANDARD.decode(value).ok().ok_or("a signature line is not canonical base64")?;
    match bytes.split_first_chunk::<4>() {
        Some((hint, signature)) if !signature.is_empty() => {
            Ok(NoteSignature { name: name.to_owned(), hint: *hint, signature: signature.to_vec() })
        }
        _ => Err("a signature line is too short to hold a key hint and a signature"),
    }
}

/// A number as the format writes it: digits only, no leading zero.
fn decimal(line: &str) -> Option<u64> {
    let plain = line.bytes().all(|byte| byte.is_ascii_digit()) && (line == "0" || !line.starts_with('0'));
    plain.then(|| line.parse().ok()).flatten()
}

fn hash(line: &str) -> Option<[u8; 32]> {
    STANDARD.decode(line).ok()?.try_into().ok()
}

impl Note {
    /// The log's name in the origin line. Rekor v1 writes the tree's id after
    /// it (`rekor.sigstore.dev - 2605736670972794746`), Rekor v2 does not.
    #[must_use]
    pub fn log_name(&self) -> &str {
        match self.origin.split_once(" - ") {
            Some((name, tree)) if !tree.is_empty() && tree.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => &self.origin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "rekor.example - 12\n75441653\nuAqI3id6JHPMMNUltHIKHuX1kVHpm5y7jSfnbaRO+E4=\n\n\
        \u{2014} rekor.example wNI9ajBGAiEA\n\u{2014} witness.example/one LhqNyQAA\n";

    #[test]
    fn a_checkpoint_is_read() {
        let note = read(GOOD).unwrap();
        assert_eq!(note.log_name(), "rekor.example");
        assert_eq!((note.size, note.root[0]), (75_441_653, 0xb8));
        assert!(note.text.ends_with("E4=\n"));
        assert_eq!(note.signatures.len(), 2);
        assert_eq!(note.signatures[0].hint, [0xc0, 0xd2, 0x3d, 0x6a]);
    }

    #[test]
    fn what_is_not_of_the_format_is_refused() {
        for (from, to) in [
            ("\n\n", "\n"),
            ("\n\n", "\n\n\n"),
            ("LhqNyQAA\n", "LhqNyQAA"),
            ("LhqNyQAA\n", "LhqNyQAA\n\n"),
            ("LhqNyQAA\n", "LhqNyQAA\nx\n"),
            ("LhqNyQAA\n", "LhqNyQAB=\n"),
            ("LhqNyQAA\n", "LhqN\n"),
            ("\u{2014} witness", "- witness"),
            ("\u{2014} witness", "\u{2014}witness"),
            ("witness.example/one", "witness example"),
            ("witness.example/one", "witness+example"),
            ("75441653", "075441653"),
            ("75441653", "+75441653"),
            ("75441653", " 75441653"),
            ("75441653", "18446744073709551616"),
            ("E4=\n", "E4=\r\n"),
            ("E4=", "E4"),
            ("E4=", "E5="),
            ("rekor.example - 12\n", "\n"),
        ] {
            let wrong = GOOD.replacen(from, to, 1);
            assert_ne!(wrong, GOOD);
            assert!(read(&wrong).is_err(), "{wrong:?}");
        }
    }
}

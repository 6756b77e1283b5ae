//! How the policy is written, so that what is added looks the same: one line as Keylime's tools write it, or indented
//! by whatever its author indents with, with the author's line ends.

/// Something new.
#[derive(Debug, Clone)]
pub(super) enum New<'a> {
    True,
    Text(&'a str),
    Object(Vec<(&'a str, New<'a>)>),
}

/// The habits of a text.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// The line end, where members stand on lines of their own.
    pub newline: Option<&'static str>,
    /// What one step of indentation is.
    pub unit: Vec<u8>,
    /// What stands between a name and its value, with the colon.
    pub colon: Vec<u8>,
    /// What stands behind a comma within a line.
    pub gap: Vec<u8>,
}

/// Where a new value stands.
#[derive(Debug, Clone)]
pub(super) struct Around {
    /// The indentation of the line that it begins on.
    pub indent: Vec<u8>,
    /// Whether an object has its members on lines of their own.
    pub open: bool,
}

impl Layout {
    /// The line end of a text with several lines.
    pub fn newline_of(space: &[u8]) -> Option<&'static str> {
        let has = |byte: u8| space.contains(&byte);
        match (has(b'\r'), has(b'\n')) {
            (true, true) => Some("\r\n"),
            (false, true) => Some("\n"),
            (true, false) => Some("\r"),
            (false, false) => None,
        }
    }

    /// Writes a value.
    pub fn value(&self, out: &mut Vec<u8>, value: &New<'_>, around: &Around) {
        match value {
            New::True => out.extend_from_slice(b"true"),
            New::Text(text) => quote(out, text),
            New::Object(members) => {
                let inner = self.newline.filter(|_| around.open).map(|newline| {
                    let indent = [around.indent.as_slice(), &self.unit].concat();
                    (newline, indent)
                });
                out.push(b'{');
                for (number, (name, value)) in members.iter().enumerate() {
                    if number > 0 {
                        out.push(b',');
                    }
                    match &inner {
                        Some((newline, indent)) => {
                            out.extend_from_slice(newline.as_bytes());
                            out.extend_from_slice(indent);
                        }
                        None if number > 0 => out.extend_from_slice(&self.gap),
                        None => {}
                    }
                    let indent = inner.as_ref().map_or_else(Vec::new, |(_, indent)| indent.clone());
                    self.member(out, name, value, &Around { indent, open: around.open });
                }
                if let Some((newline, _)) = inner {
                    out.extend_from_slice(newline.as_bytes());
                    out.extend_from_slice(&around.indent);
                }
                out.push(b'}');
            }
        }
    }

    /// Writes a name and its value.
    pub fn member(&self, out: &mut Vec<u8>, name: &str, value: &New<'_>, around: &Around) {
        quote(out, name);
        out.extend_from_slice(&self.colon);
        self.value(out, value, around);
    }
}

/// As Keylime's tools write texts: ASCII.
fn quote(out: &mut Vec<u8>, text: &str) {
    let mut quoted = Vec::with_capacity(text.len() + 2);
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(&mut quoted, text);
    for character in String::from_utf8_lossy(&quoted).chars() {
        if character.is_ascii() && character != '\u{7f}' {
            out.push(character as u8);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
            }
        }
    }
}

//! A text as it would have been written with more care: `servers fmt`.
//!
//! Carried out are the fixes of findings that a machine may put right unasked
//! ([`SAFE`]), then every list of addresses gets its one form. Whatever needs
//! a decision stays: an address twice, a port of the other role, a misspelt key.

use super::document::{self, Diagnostic, Fix, Mode};
use super::edit::{Document, EditError};

/// Findings whose fix only says better what is meant: addresses that are read
/// as the better text already, and keys that TOML gives to a block because they
/// stand below its header.
pub const SAFE: [&str; 5] =
    ["lower-cased", "trailing-slash", "trailing-dot", "blanks-around", KEY_IN_WRONG_TABLE];

/// Moving one key changes where the next has to go.
const KEY_IN_WRONG_TABLE: &str = "key-in-wrong-table";

/// Rounds at most: several findings may be about the same bytes, and keys move
/// one after the other.
const MAX_ROUNDS: usize = 256;

/// What tidying made of a text.
#[derive(Clone, PartialEq, Eq)]
pub struct Tidied {
    /// The text. Like the old one it may hold secrets.
    pub text: String,
    /// What was done, fit to be shown.
    pub done: Vec<String>,
}

/// Tidies a text that is read in these modes. What is tidy stays byte for byte.
///
/// # Errors
/// It is no TOML, or its servers are nothing that can be edited.
pub fn tidy(text: &str, modes: &[Mode]) -> Result<Tidied, EditError> {
    let mut document = Document::new(text)?;
    let mut done = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let found = document::read_closely(document.text(), modes).diagnostics;
        let (fix, titles) = together(&found);
        let better = fix.apply(document.text()).filter(|better| better != document.text());
        // What could not be edited afterwards is not made.
        let Some(better) = better.and_then(|better| Document::new(better).ok()) else { break };
        document = better;
        done.extend(titles);
    }
    match document.format_lists()? {
        0 => {}
        1 => done.push("one list written in the usual form".to_owned()),
        count => done.push(format!("{count} lists written in the usual form")),
    }
    Ok(Tidied { text: document.text().to_owned(), done })
}

/// The safe fixes that can be made at once: none touches bytes of another.
fn together(found: &[Diagnostic]) -> (Fix, Vec<String>) {
    let safe = |diagnostic: &&Diagnostic| SAFE.contains(&diagnostic.code);
    let mut all = Fix { title: String::new(), edits: Vec::new() };
    let mut titles = Vec::new();
    for diagnostic in found.iter().filter(safe) {
        let Some(fix) = &diagnostic.fix else { continue };
        let moves = diagnostic.code == KEY_IN_WRONG_TABLE;
        let behind = all.edits.last().map_or(0, |edit| edit.range.end);
        let fits = fix.edits.first().is_some_and(|edit| all.edits.is_empty() || edit.range.start > behind);
        if moves && !all.edits.is_empty() || !fits {
            continue;
        }
        all.edits.extend(fix.edits.iter().cloned());
        titles.push(format!("line {}: {}", diagnostic.line, fix.title));
        if moves {
            break;
        }
    }
    (all, titles)
}

/// Without the text, which may hold secrets.
impl std::fmt::Debug for Tidied {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Tidied").field("bytes", &self.text.len()).field("done", &self.done).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tidied(text: &str) -> String {
        let once = tidy(text, &[]).unwrap().text;
        let twice = tidy(&once, &[]).unwrap();
        assert_eq!((twice.text.as_str(), twice.done.len()), (once.as_str(), 0), "tidy is tidy");
        once
    }

    #[test]
    fn what_is_safe_is_put_right() {
        assert_eq!(
            tidied("[[servers]]\nregistrars = [\" HTTP://REG1.Example.com:8890/ \", \"reg2.\"]\n"),
            "[[servers]]\nregistrars = [\"http://reg1.example.com:8890\", \"reg2\"]\n"
        );
        assert_eq!(
            tidied("[[servers]]\nregistrars = [\"r\"]\nverification_duplication = 1\nuuid = 'x'\nport = 9\n"),
            "verification_duplication = 1\n[agent]\nuuid = 'x'\n\nport = 9\n[[servers]]\nregistrars = [\"r\"]\n"
        );
    }

    #[test]
    fn what_needs_a_decision_stays() {
        for text in [
            "[[servers]]\nregistrars = [\"reg\", \"reg\"]\n",
            "[[servers]]\nregistrar = [\"reg\"]\n",
            "[[Servers]]\nregistrars = [\"reg\"]\n",
            "[[servers]]\nregistrars = [\"reg:8881\"]\nverifiers = [\"http://ver\"]\n",
            "[[servers]]\nregistrars = \"reg\"\n",
            "",
            "\u{feff}# nothing\r\n",
        ] {
            assert_eq!(tidied(text), text);
        }
        assert!(tidy("[[servers", &[]).is_err());
    }

    #[test]
    fn lists_have_one_form_and_keep_their_comments() {
        assert_eq!(
            tidied("[[servers]]\r\nregistrars=[ 'a' ,\"b\",]  # both\r\nverifiers = [\r\n  \"c\"\r\n]\r\n"),
            "[[servers]]\r\nregistrars=[\"a\", \"b\"]  # both\r\nverifiers = [\"c\"]\r\n"
        );
        assert_eq!(
            tidied(
                "[[servers]]\n  registrars = [ # open\n\"a\", \"b\" # B\n , # after\n\n'c' # C, last\n# end\n]\n"
            ),
            "[[servers]]\n  registrars = [ # open\n      \"a\",\n      \"b\", # B\n      # after\n      \
             \"c\", # C, last\n      # end\n  ]\n"
        );
        assert_eq!(
            tidied("servers = [ { registrars = [ 'a' ] , verifiers = [\n'b', # B\n] } ]\n"),
            "servers = [ { registrars = [\"a\"] , verifiers = [\n'b', # B\n] } ]\n"
        );
    }

    #[test]
    fn a_line_has_up_to_100_columns() {
        let list = |letters: usize| {
            let names = ["a", "b"].map(|letter| letter.repeat(50 - letters));
            format!("[[servers]]\nregistrars = [\"{}\", \"{}\"]\n", names[0], names[1])
        };
        let line = |text: &str| text.lines().nth(1).unwrap().chars().count();
        let (fits, too_long) = (list(11).replace("b\"", "bc\""), list(10));
        assert_eq!((line(&fits), line(&too_long)), (100, 101));
        assert_eq!(tidied(&fits), fits);
        let lines = tidied(&too_long);
        assert_eq!(lines.lines().count(), 5, "{lines}");
        assert!(lines.contains("registrars = [\n    \"aaaa") && lines.ends_with("b\",\n]\n"), "{lines}");
    }

    #[test]
    fn more_findings_than_are_kept_are_put_right_too() {
        let entries: Vec<_> = (0..900).map(|number| format!("\"REG{number}.\"")).collect();
        let text = format!("[[servers]]\nregistrars = [{}]\n", entries.join(", "));
        let tidy = tidied(&text);
        assert!(!tidy.contains("REG") && !tidy.contains(".\""), "{tidy}");
        assert_eq!(tidy.lines().count(), 903);
    }
}

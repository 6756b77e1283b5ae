//! Keylime's own configuration files, as Python's `configparser` reads them
//! (`RawConfigParser`: no interpolation, no comments behind a value).

use std::collections::BTreeMap;

/// Option → value, of one section. Options are lower case.
pub(super) type Section = BTreeMap<String, String>;

/// Reads one section; a later value of an option replaces an earlier one.
/// What is no option is skipped: it is not our file to judge.
pub(super) fn section(text: &str, name: &str) -> Section {
    let mut options = Section::new();
    let mut inside = false;
    // The option whose value an indented line goes on.
    let mut open: Option<String> = None;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(header) = trimmed.strip_prefix('[').and_then(|rest| rest.split(']').next())
            && !line.starts_with([' ', '\t'])
        {
            inside = header == name;
            open = None;
            continue;
        }
        if !inside {
            continue;
        }
        if line.starts_with([' ', '\t'])
            && let Some(value) = open.as_ref().and_then(|option| options.get_mut(option))
        {
            value.push('\n');
            value.push_str(trimmed);
            continue;
        }
        if let Some((option, value)) = trimmed.split_once(['=', ':']) {
            let option = option.trim().to_lowercase();
            options.insert(option.clone(), value.trim().to_owned());
            open = Some(option);
        }
    }
    options
}

/// A value as Keylime takes it: without the quotes and blanks around it.
pub(super) fn unquoted(value: &str) -> &str {
    value.trim_matches(['"', '\'', ' '])
}

/// The strings of a Python list, `['a', "b"]`; a bare value is a list of one.
pub(super) fn list(value: &str) -> Vec<String> {
    let value = value.trim_matches(['"', ' ']);
    let inside = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(value);
    inside.split(',').map(|item| unquoted(item.trim()).to_owned()).filter(|item| !item.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_section_as_python_reads_it() {
        let text = "# top\nlost = 1\n[other]\nip = 9\n[tenant]\n; no\nVerifier_IP = \"127.0.0.1\"\n\
                    registrar_port: 8891\nempty =\nlong = a\n  b\nurl = http://x # kept\n[tail]\nip = 8\n";
        let section = section(text, "tenant");
        let pairs: Vec<(&str, &str)> =
            section.iter().map(|(option, value)| (option.as_str(), value.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("empty", ""),
                ("long", "a\nb"),
                ("registrar_port", "8891"),
                ("url", "http://x # kept"),
                ("verifier_ip", "\"127.0.0.1\""),
            ]
        );
    }

    #[test]
    fn lists_and_quotes() {
        assert_eq!(list("['a.crt', \"b.crt\"]"), ["a.crt", "b.crt"]);
        assert_eq!(list("a.crt"), ["a.crt"]);
        assert_eq!(list("[]"), [""; 0]);
        assert_eq!(unquoted("\" default \""), "default");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in any::<String>()) {
            section(&text, "tenant");
            list(&text);
        }
    }
}

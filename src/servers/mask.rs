//! `user:password@` never leaves the file it was written in.

/// Characters that are, or that a resolver may fold into, the sign between
/// userinfo and host.
pub(crate) const AT_SIGNS: [char; 3] = ['@', '\u{ff20}', '\u{fe6b}'];

/// The text with everything that may be userinfo read as `***@`.
///
/// Masks too much rather than too little: up to the last `@`, because a
/// password may hold any character, from the end of `scheme://` if the text
/// begins with one, else from its beginning.
pub fn mask_userinfo(entry: &str) -> String {
    match userinfo(entry) {
        Some((start, end)) => {
            let before = entry.get(..start).unwrap_or_default();
            let after = entry.get(end..).unwrap_or_default();
            format!("{before}***@{after}")
        }
        None => entry.to_owned(),
    }
}

/// First byte of the userinfo and first byte after its `@`.
pub(crate) fn userinfo(entry: &str) -> Option<(usize, usize)> {
    let (last, sign) = entry.char_indices().rfind(|(_, character)| AT_SIGNS.contains(character))?;
    let blank = entry.len() - entry.trim_start().len();
    let start = match entry.find("://") {
        Some(position)
            if position < last
                && entry.get(blank..position).is_some_and(|text| text.chars().all(in_scheme)) =>
        {
            position + 3
        }
        _ => blank.min(last),
    };
    Some((start, last + sign.len_utf8()))
}

fn in_scheme(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_before_the_last_at_sign_is_kept() {
        for (entry, masked) in [
            ("ver1:8881", "ver1:8881"),
            ("https://user:pw@ver1:8881", "https://***@ver1:8881"),
            ("user:pw@ver1", "***@ver1"),
            ("https://user:p/w@x@ver1", "https://***@ver1"),
            ("user:p://w@ver1", "***@ver1"),
            ("@ver1", "***@ver1"),
            (" https://u:p@h", " https://***@h"),
            ("u:p\u{ff20}h", "***@h"),
        ] {
            assert_eq!(mask_userinfo(entry), masked);
        }
    }

    proptest! {
        #[test]
        fn a_password_never_survives(
            scheme in "(https://|http://)?", user in "[a-z]{0,5}", host in "[a-z]{1,8}", noise in "[ -~]{0,12}",
        ) {
            let shown = mask_userinfo(&format!("{scheme}{user}:SECRET{noise}@{host}"));
            prop_assert!(!shown.contains("SECRET"), "{}", shown);
        }
    }
}

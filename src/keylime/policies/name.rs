//! Which policies can be asked for by name.
//!
//! Keylime compares a part of the path with the stored name as it stands: it
//! decodes no percent signs (`web/base/route.py`), so `with%20space` is a name
//! of its own, and one with a space in it, which an enrolment can bring in,
//! cannot be asked for by anybody. To encode such a name would ask for another
//! policy.

/// Longest name that is taken in, in bytes; the verifier's own column has 255
/// characters.
pub const MAX_POLICY_NAME: usize = 1024;

/// Why a policy cannot be asked for, though it may well be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unaskable {
    /// Nothing there.
    #[error("a policy without a name cannot be asked for")]
    Empty,
    /// Too long.
    #[error("a name of more than {MAX_POLICY_NAME} bytes is not asked for")]
    Long,
    /// It would mean another place of the server.
    #[error("a name of dots only means another place on the server, so this policy cannot be asked for")]
    Dots,
    /// Characters that do not stand in a path as they are.
    #[error(
        "its name holds characters that Keylime's API cannot be asked for; read it from the verifier's database, \
         or store it under a name of letters, digits and . _ -"
    )]
    Characters,
}

/// Whether a policy of this name can be asked for.
///
/// # Errors
/// Why not.
pub fn askable(name: &str) -> Result<(), Unaskable> {
    if name.is_empty() {
        return Err(Unaskable::Empty);
    }
    if name.len() > MAX_POLICY_NAME {
        return Err(Unaskable::Long);
    }
    // The characters of a path (RFC 3986 section 3.3), as Keylime's router has them.
    let mut bytes = name.bytes();
    while let Some(byte) = bytes.next() {
        let stands = match byte {
            b'%' => [bytes.next(), bytes.next()]
                .iter()
                .all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit())),
            _ => byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte),
        };
        if !stands {
            return Err(Unaskable::Characters);
        }
    }
    // Whoever builds a URL resolves these, written either way (URL standard section 4.4).
    let dots = name.to_ascii_lowercase().replace("%2e", ".");
    if dots == "." || dots == ".." { Err(Unaskable::Dots) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_path_can_be_asked_for() {
        for name in
            ["ima-base", "a", "...", "web_1.2~x", "with%20space", "a:b@c", "it's(1)+2,3;x=y&z!", "%2e%2e%2e"]
        {
            assert_eq!(askable(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn everything_else_cannot() {
        for (name, why) in [
            ("", Unaskable::Empty),
            (".", Unaskable::Dots),
            ("..", Unaskable::Dots),
            (".%2E", Unaskable::Dots),
            ("%2e", Unaskable::Dots),
            ("a b", Unaskable::Characters),
            ("a/b", Unaskable::Characters),
            ("a?b", Unaskable::Characters),
            ("a#b", Unaskable::Characters),
            ("a\\b", Unaskable::Characters),
            ("100%", Unaskable::Characters),
            ("100%z1", Unaskable::Characters),
            ("größe", Unaskable::Characters),
            ("a\u{1b}[31m", Unaskable::Characters),
            ("<a>", Unaskable::Characters),
            (&"a".repeat(MAX_POLICY_NAME + 1), Unaskable::Long),
        ] {
            assert_eq!(askable(name), Err(why), "{name:?}");
        }
    }
}

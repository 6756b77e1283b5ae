//! The address grammar: no panic, spans inside the entry, no userinfo in a
//! message, and what is formatted reads the same again.

use limescope::servers::{
    Role, Severity, parse_address, parse_admin_address, parse_host, registrar_agent_face, verifier_endpoint,
};

use crate::mutate;

const CORPUS: &str = include_str!("corpus/addresses.txt");

const PIECES: &[&str] = &[
    "http://",
    "https://",
    "HTTPS://",
    "://",
    ":",
    "/",
    "[",
    "]",
    "@",
    "%",
    "%25eth0",
    ".",
    "..",
    "-",
    "_",
    "0",
    "8881",
    "65535",
    "65536",
    "::",
    "::ffff:",
    "xn--",
    "ä",
    "０",
    "\u{202e}",
    "\0",
    "\u{1b}[",
    "\\",
    " ",
    "127.0.0.1",
    "0x7f",
];

/// Whether no userinfo is shown; a part of the entry that is none may say the same.
fn shown_without_secret(shown: &str, entry: &str) -> bool {
    let host = entry.rsplit_once('@').map_or("", |(_, host)| host);
    let scheme = entry.split_once("://").map_or("", |(scheme, _)| scheme);
    host.contains("SECRET") || scheme.contains("SECRET") || !shown.contains("SECRET")
}

/// Tries one entry.
pub fn try_one(entry: &str) {
    for role in [Role::Registrar, Role::Verifier] {
        match parse_address(entry, role) {
            Err(error) => {
                assert!(entry.get(error.span.clone()).is_some(), "{entry:?}: {error:?}");
                // What stands before `://` is a scheme, what stands after the last `@` a host.
                let user = entry.rsplit_once('@').map_or("", |(user, _)| user);
                let secret = user.rsplit_once("://").map_or(user, |(_, user)| user).contains("SECRET");
                assert!(!secret || shown_without_secret(&error.to_string(), entry), "{entry:?}: {error}");
            }
            Ok((address, notices)) => {
                assert!(notices.iter().all(|notice| entry.get(notice.span.clone()).is_some()), "{entry:?}");
                let endpoint = match role {
                    Role::Registrar => registrar_agent_face(&address),
                    Role::Verifier => verifier_endpoint(&address),
                };
                let (again, notices) = parse_address(&endpoint.to_string(), role)
                    .unwrap_or_else(|error| panic!("{entry:?} → {endpoint}: {error}"));
                let same = match role {
                    Role::Registrar => registrar_agent_face(&again),
                    Role::Verifier => verifier_endpoint(&again),
                };
                assert_eq!(same, endpoint, "{entry:?}");
                let odd = notices.iter().any(|notice| {
                    notice.severity == Severity::Warning
                        && !["port-of-other-role", "link-local"].contains(&notice.code)
                });
                assert!(!odd, "{entry:?} → {endpoint}: {notices:?}");
            }
        }
    }
    let _ = parse_admin_address(entry);
    let _ = parse_host(entry);
}

#[test]
fn addresses() {
    let corpus: Vec<String> = CORPUS.lines().map(str::to_owned).collect();
    mutate::run(&corpus, PIECES, mutate::rounds(30_000), try_one);
}

//! Every edge that concerns one entry, each with its name.

use proptest::prelude::*;

use super::*;
use Role::{Registrar, Verifier};

/// Row, role, entry, the URL it resolves to, the codes of its notices
/// (`clear-text` of registrars left out).
type Accepted = (&'static str, Role, &'static str, &'static str, &'static [&'static str]);

const ACCEPTED: &[Accepted] = &[
    ("host only, registrar", Registrar, "reg1.example.com", "http://reg1.example.com:8890", &[]),
    ("host only, verifier", Verifier, "ver1.example.com", "https://ver1.example.com:8881", &[]),
    ("host and port", Registrar, "reg1.example.com:8890", "http://reg1.example.com:8890", &[]),
    ("host and port, verifier", Verifier, "ver1:9443", "https://ver1:9443", &[]),
    ("scheme and host", Registrar, "https://reg1", "https://reg1:8891", &[]),
    ("scheme and host, http", Registrar, "http://reg1", "http://reg1:8890", &[]),
    ("scheme and host, verifier", Verifier, "https://ver1", "https://ver1:8881", &[]),
    ("all parts", Verifier, "https://ver1:443", "https://ver1:443", &[]),
    ("port that http implies survives", Registrar, "http://reg:80", "http://reg:80", &[]),
    ("port that https implies survives", Verifier, "https://ver:443", "https://ver:443", &[]),
    ("loopback name", Verifier, "localhost", "https://localhost:8881", &[]),
    ("dotted quad", Verifier, "127.0.0.1:8881", "https://127.0.0.1:8881", &[]),
    ("bare IPv6 loopback", Verifier, "::1", "https://[::1]:8881", &[]),
    ("bare IPv6", Verifier, "2001:db8::5", "https://[2001:db8::5]:8881", &[]),
    ("bare IPv6 of eight groups", Verifier, "1:2:3:4:5:6:7:8890", "https://[1:2:3:4:5:6:7:8890]:8881", &[]),
    (
        "bare IPv6 that may end in a port",
        Verifier,
        "2001:db8::5:8890",
        "https://[2001:db8::5:8890]:8881",
        &["ambiguous-ipv6"],
    ),
    ("bracketed IPv6", Verifier, "[::1]", "https://[::1]:8881", &[]),
    ("bracketed IPv6 and port", Registrar, "[::1]:8890", "http://[::1]:8890", &[]),
    ("bracketed IPv6, all parts", Verifier, "https://[::1]:8881", "https://[::1]:8881", &[]),
    ("IPv6 in upper case", Verifier, "[2001:DB8::5]", "https://[2001:db8::5]:8881", &["lower-cased"]),
    ("bracketed IPv4", Verifier, "[127.0.0.1]", "https://127.0.0.1:8881", &["bracketed-ipv4"]),
    ("IPv4-mapped IPv6", Verifier, "::ffff:10.0.0.1", "https://[::ffff:10.0.0.1]:8881", &["ipv4-mapped"]),
    ("link-local IPv6", Verifier, "fe80::1", "https://[fe80::1]:8881", &["link-local"]),
    ("upper case", Verifier, "HTTPS://VER1", "https://ver1:8881", &["lower-cased"]),
    ("trailing slash", Verifier, "https://ver/", "https://ver:8881", &["trailing-slash"]),
    ("trailing slash without scheme", Verifier, "ver/", "https://ver:8881", &["trailing-slash"]),
    ("trailing slash after a port", Verifier, "ver:1/", "https://ver:1", &["trailing-slash"]),
    ("leading blank", Verifier, " ver", "https://ver:8881", &["blanks-around"]),
    ("trailing blanks", Verifier, "https://ver:1  ", "https://ver:1", &["blanks-around"]),
    ("highest port", Verifier, "ver:65535", "https://ver:65535", &[]),
    ("lowest port", Verifier, "ver:1", "https://ver:1", &[]),
    ("registrar with the verifier's port", Registrar, "reg:8881", "http://reg:8881", &["port-of-other-role"]),
    ("verifier with the registrar's port", Verifier, "ver:8890", "https://ver:8890", &["port-of-other-role"]),
    (
        "verifier with the registrar's TLS port",
        Verifier,
        "https://ver:8891",
        "https://ver:8891",
        &["port-of-other-role"],
    ),
    (
        "international name",
        Verifier,
        "exämple.com",
        "https://xn--exmple-cua.com:8881",
        &["international-name"],
    ),
    (
        "international name that mixes scripts",
        Verifier,
        "p\u{430}ypal-ä.com",
        "https://xn--pypal--gua068d.com:8881",
        &["international-name", "confusable-name"],
    ),
    (
        "international name that looks like another",
        Verifier,
        "\u{440}\u{430}\u{443}\u{440}\u{430}.com",
        "https://xn--80aa0cbo.com:8881",
        &["international-name", "confusable-name"],
    ),
    ("A-label as it is", Verifier, "xn--exmple-cua.com", "https://xn--exmple-cua.com:8881", &[]),
    ("trailing dot", Verifier, "ver.", "https://ver:8881", &["trailing-dot"]),
    ("trailing dot and port", Verifier, "ver.example.:1", "https://ver.example:1", &["trailing-dot"]),
    ("digits inside a name", Verifier, "10-0-0-1.example", "https://10-0-0-1.example:8881", &[]),
    ("digits first", Verifier, "3com", "https://3com:8881", &[]),
];

/// Row, role, entry, code, the part of the entry at fault.
type Refused = (&'static str, Role, &'static str, &'static str, &'static str);

const REFUSED: &[Refused] = &[
    ("IPv6 after a scheme without brackets", Verifier, "https://::1:8881", "ipv6-needs-brackets", "::1:8881"),
    ("IPv6 after a scheme, no port", Verifier, "https://2001:db8::5", "ipv6-needs-brackets", "2001:db8::5"),
    ("bare IPv6 and a port it cannot hold", Verifier, "::1:65535", "ipv6-needs-brackets", "::1:65535"),
    (
        "bare IPv6 of eight groups and a port",
        Verifier,
        "1:2:3:4:5:6:7:8:8890",
        "ipv6-needs-brackets",
        "1:2:3:4:5:6:7:8:8890",
    ),
    ("bracket never closed", Verifier, "[::1", "bracket", "["),
    ("bracket never opened", Verifier, "::1]", "bracket", "]"),
    ("empty brackets", Verifier, "[]", "empty-host", "[]"),
    ("port without colon after bracket", Verifier, "[::1]8890", "bracket", "8890"),
    ("name in brackets", Verifier, "[localhost]", "ipv6-invalid", "localhost"),
    ("nested brackets", Verifier, "[[::1]]", "ipv6-invalid", "[::1"),
    ("IPv6 zone", Verifier, "fe80::1%eth0", "ipv6-zone", "%eth0"),
    ("IPv6 zone in brackets", Verifier, "[fe80::1%25eth0]", "ipv6-zone", "%25eth0"),
    ("IPv6 zone after a scheme", Verifier, "https://[fe80::1%25eth0]:1", "ipv6-zone", "%25eth0"),
    ("no IPv6", Verifier, "1::2::3", "ipv6-invalid", "1::2::3"),
    ("two ports", Verifier, "ver:1:2", "second-colon", ":2"),
    ("short IPv4", Verifier, "127.1", "not-a-dotted-quad", "127.1"),
    ("hexadecimal IPv4", Verifier, "0x7f.1", "not-a-dotted-quad", "0x7f.1"),
    ("hexadecimal number", Verifier, "0x7f000001", "not-a-dotted-quad", "0x7f000001"),
    ("number", Verifier, "2130706433", "not-a-dotted-quad", "2130706433"),
    ("octal IPv4", Verifier, "010.0.0.1", "not-a-dotted-quad", "010.0.0.1"),
    ("octet above 255", Verifier, "256.0.0.1", "not-a-dotted-quad", "256.0.0.1"),
    ("five numbers", Verifier, "1.2.3.4.5", "not-a-dotted-quad", "1.2.3.4.5"),
    ("name that ends in a number", Verifier, "ver.1", "not-a-dotted-quad", "ver.1"),
    ("dotted quad with a trailing dot", Verifier, "127.0.0.1.", "not-a-dotted-quad", "127.0.0.1"),
    ("scheme alone", Verifier, "https://", "empty-host", ""),
    ("no scheme before ://", Verifier, "://h", "empty-scheme", "://"),
    ("empty", Verifier, "", "empty-entry", ""),
    ("blanks", Verifier, "   ", "empty-entry", "   "),
    ("slash alone", Verifier, "/", "empty-host", ""),
    ("port alone", Verifier, ":8881", "empty-host", ""),
    ("ftp", Verifier, "ftp://ver", "unknown-scheme", "ftp"),
    ("ws", Verifier, "ws://ver", "unknown-scheme", "ws"),
    ("keylime", Verifier, "keylime://ver", "unknown-scheme", "keylime"),
    ("htps", Verifier, "htps://ver", "unknown-scheme", "htps"),
    ("one slash", Verifier, "https:/ver", "malformed-scheme", ":/ver"),
    ("no slash", Verifier, "https:ver", "malformed-scheme", ":ver"),
    ("no slash, upper case", Registrar, "HTTP:8890", "malformed-scheme", ":8890"),
    ("three slashes", Verifier, "https:///ver", "malformed-scheme", "/"),
    ("one slash, unknown scheme", Verifier, "htps:/ver", "malformed-scheme", ":/ver"),
    ("path", Verifier, "https://ver/x", "path", "/x"),
    ("path without scheme", Verifier, "ver:8881/v2.1/agents", "path", "/v2.1/agents"),
    ("two slashes at the end", Verifier, "https://ver//", "path", "//"),
    ("query", Verifier, "ver?x", "query", "?x"),
    ("fragment", Verifier, "https://ver#x", "fragment", "#x"),
    ("userinfo", Verifier, "https://user:pw@host", "userinfo", "user:pw@"),
    ("userinfo without scheme", Verifier, "user:pw@host", "userinfo", "user:pw@"),
    ("user without password", Verifier, "user@host", "userinfo", "user@"),
    ("backslash before userinfo", Verifier, "ver\\@evil", "userinfo", "ver\\@"),
    ("backslash", Verifier, "ver\\evil", "odd-character", "\\"),
    ("carriage return", Verifier, "ver\r", "odd-character", "\r"),
    ("line feed", Verifier, "a\nb", "odd-character", "\n"),
    ("tab", Verifier, "\tver", "odd-character", "\t"),
    ("NUL", Verifier, "ver\0", "odd-character", "\0"),
    ("ESC", Verifier, "\u{1b}[31mver", "odd-character", "\u{1b}"),
    ("direction mark", Verifier, "ver\u{202e}1", "odd-character", "\u{202e}"),
    ("no-break space", Verifier, "ver\u{a0}", "odd-character", "\u{a0}"),
    ("zero-width space", Verifier, "v\u{200b}er", "odd-character", "\u{200b}"),
    ("blank inside", Verifier, "ver 1", "inner-blank", " "),
    ("port zero", Verifier, "ver:0", "port", "0"),
    ("port zeros", Verifier, "ver:000", "port", "000"),
    ("port 65536", Verifier, "ver:65536", "port", "65536"),
    ("port 70000", Registrar, "reg:70000", "port", "70000"),
    ("negative port", Verifier, "ver:-1", "port", "-1"),
    ("port with a plus", Verifier, "ver:+8881", "port", "+8881"),
    ("port with a leading zero", Verifier, "ver:08881", "port", "08881"),
    ("port with a letter", Verifier, "ver:8881x", "port", "8881x"),
    ("port in other digits", Verifier, "ver:٨٨٨١", "port", "٨٨٨١"),
    ("no port after the colon", Verifier, "ver:", "port", ""),
    ("no port after bracket and colon", Verifier, "[::1]:", "port", ""),
    ("endless port", Verifier, "ver:99999999999999999999999", "port", "99999999999999999999999"),
    ("full-width digits", Verifier, "\u{ff10}\u{ff11}", "look-alike", "\u{ff10}"),
    ("full-width letters", Verifier, "\u{ff56}er", "look-alike", "\u{ff56}"),
    ("ideographic full stop", Verifier, "ver\u{3002}example", "look-alike", "\u{3002}"),
    ("letter that folds to ASCII", Verifier, "\u{212a}eylime", "look-alike", "\u{212a}eylime"),
    ("invalid international name", Verifier, "ä\u{2f}.com", "path", "/.com"),
    ("symbol that IDNA knows no form of", Verifier, "ver\u{378}.com", "international-name", "ver\u{378}.com"),
    ("underscore", Registrar, "reg_1", "host-character", "_"),
    ("leading hyphen", Registrar, "-reg", "hyphen", "-reg"),
    ("trailing hyphen", Registrar, "a.reg-", "hyphen", "reg-"),
    ("empty label", Registrar, "a..b", "empty-label", ""),
    ("dot first", Registrar, ".a", "empty-label", ""),
    ("dot alone", Registrar, ".", "empty-label", ""),
    ("two dots at the end", Registrar, "ver..", "empty-label", ""),
    ("other punctuation", Registrar, "reg!1", "host-character", "!"),
    ("percent sign", Registrar, "reg%31", "host-character", "%"),
    ("every interface", Verifier, "0.0.0.0", "unspecified-address", "0.0.0.0"),
    ("every interface, IPv6", Verifier, "::", "unspecified-address", "::"),
    ("every interface, mapped", Verifier, "[::ffff:0.0.0.0]:1", "unspecified-address", "[::ffff:0.0.0.0]"),
    ("wildcard", Verifier, "*", "host-character", "*"),
    ("multicast", Verifier, "224.0.0.1", "multicast-address", "224.0.0.1"),
    ("multicast, IPv6", Verifier, "[ff02::1]", "multicast-address", "[ff02::1]"),
    ("broadcast", Verifier, "255.255.255.255:8881", "broadcast-address", "255.255.255.255"),
    ("http verifier", Verifier, "http://ver", "http-verifier", "http"),
];

fn resolved(entry: &str, role: Role) -> Result<(String, Vec<&'static str>), AddressError> {
    let (address, notices) = parse_address(entry, role)?;
    let endpoint = match role {
        Registrar => registrar_agent_face(&address),
        Verifier => verifier_endpoint(&address),
    };
    let codes = notices.iter().map(|notice| notice.code).filter(|code| *code != "clear-text").collect();
    Ok((endpoint.to_string(), codes))
}

#[test]
fn accepted_rows() {
    for (row, role, entry, url, codes) in ACCEPTED {
        let (found, notices) = resolved(entry, *role).unwrap_or_else(|error| panic!("{row}: {error}"));
        assert_eq!(found, *url, "{row}");
        assert_eq!(notices, *codes, "{row}");
    }
}

#[test]
fn refused_rows() {
    for (row, role, entry, code, part) in REFUSED {
        let error = match resolved(entry, *role) {
            Err(error) => error,
            Ok(found) => panic!("{row}: accepted as {found:?}"),
        };
        assert_eq!((error.code, &entry[error.span.clone()]), (*code, *part), "{row}: {error}");
    }
}

#[test]
fn long_labels_and_names() {
    let label = "a".repeat(63);
    assert!(parse_address(&label, Verifier).is_ok());
    assert_eq!(parse_address(&format!("{label}a"), Verifier).unwrap_err().code, "label-length");
    let name = format!("{label}.{label}.{label}.{}", "a".repeat(61));
    assert!(parse_address(&name, Verifier).is_ok(), "253 characters");
    assert_eq!(parse_address(&format!("{name}a"), Verifier).unwrap_err().code, "name-length");
    assert_eq!(parse_address(&"a".repeat(1 << 20), Verifier).unwrap_err().code, "label-length");
}

#[test]
fn a_bare_registrar_is_said_to_be_clear_text() {
    for (entry, expected) in [("reg", true), ("http://reg", true), ("https://reg", false)] {
        let (_, notices) = parse_address(entry, Registrar).unwrap();
        assert_eq!(notices.iter().any(|notice| notice.code == "clear-text"), expected, "{entry}");
    }
}

#[test]
fn operators_speak_tls() {
    assert_eq!(parse_admin_address("http://reg").unwrap_err().code, "http-registrar-admin");
    let (_, notices) = parse_admin_address("reg:8890").unwrap();
    assert_eq!(notices[0].code, "port-of-other-role");
}

#[test]
fn a_host_alone() {
    assert_eq!(parse_host("Server").unwrap().0, Host::Name("server".to_owned()));
    assert_eq!(parse_host("::1").unwrap().0.to_string(), "::1");
    assert_eq!(parse_host("server:1").unwrap_err().code, "host-only");
}

#[test]
fn errors_quote_the_entry_its_character_and_the_default() {
    let error = parse_address("ver:70000", Verifier).unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"ver:70000\", character 5: the port is above 65535; write a port from 1 to 65535; \
         the default is https and port 8881"
    );
    let error = parse_address("htps://ver", Verifier).unwrap_err();
    assert!(error.hint.unwrap().starts_with("did you mean https://?"));
    let error = parse_address("::1:65535", Verifier).unwrap_err();
    assert!(error.hint.unwrap().starts_with("write [::1]:65535"));
    let (_, notices) = parse_address("2001:db8::5:8890", Verifier).unwrap();
    assert_eq!(notices[0].hint.as_deref(), Some("did you mean [2001:db8::5]:8890?"));
}

#[test]
fn the_international_notice_shows_the_a_label() {
    let (_, notices) = parse_address("exämple.com", Verifier).unwrap();
    assert_eq!(notices[0].severity, Severity::Info);
    assert_eq!(notices[0].message, "\"exämple.com\" is looked up as xn--exmple-cua.com");
}

/// `𝕆𖫐;𝕀` becomes `xn--o;i-j461a`, which is as many bytes long as it is.
#[test]
fn a_converted_name_as_long_as_the_written_one_is_marked_whole() {
    let entry = "𝕆𖫐;𝕀";
    let error = parse_address(entry, Verifier).unwrap_err();
    assert_eq!((error.code, error.span), ("host-character", 0..entry.len()));
}

proptest! {
    #[test]
    fn any_text_is_taken_apart_without_a_panic(entry in any::<String>()) {
        for role in [Registrar, Verifier] {
            if let Err(error) = parse_address(&entry, role) {
                prop_assert!(entry.get(error.span.clone()).is_some(), "{:?}", error);
            }
        }
    }

    #[test]
    fn text_like_addresses_too(entry in "(https?://)?[\\[\\]a-f0-9:.@/%é-]{0,24}") {
        if let Err(error) = parse_address(&entry, Verifier) {
            prop_assert!(entry.get(error.span.clone()).is_some(), "{:?}", error);
        }
    }

    #[test]
    fn what_is_accepted_reads_the_same_again(entry in "(https://)?[a-zA-Z0-9.:\\[\\]-]{1,20}") {
        if let Ok((address, _)) = parse_address(&entry, Verifier) {
            let endpoint = verifier_endpoint(&address);
            let (again, notices) = parse_address(&endpoint.to_string(), Verifier).unwrap();
            prop_assert_eq!(verifier_endpoint(&again), endpoint);
            prop_assert!(notices.iter().all(|notice| notice.severity == Severity::Info
                || notice.code == "port-of-other-role" || notice.code == "link-local"));
        }
    }

    #[test]
    fn no_message_holds_a_password(before in "[ -~]{0,8}", after in "[ -~]{0,8}") {
        let entry = format!("{before}SECRET{after}@host");
        let error = parse_address(&entry, Verifier).unwrap_err();
        // What stands before `://` is a scheme, not userinfo.
        prop_assume!(!before.contains("://") && !after.contains("://"));
        prop_assert!(!error.to_string().contains("SECRET"), "{}", error);
    }
}
